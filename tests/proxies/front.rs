//! A proxy as an operator would run it: the real program, started from the very file in `docs/deployment`, with TLS in
//! front. Knows what is replaced in these files, and nothing of what is sent through.

use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::certificates::Certificates;
use crate::tidy::root;

/// Which proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It says who the client is in headers.
    Nginx,
    /// It says so by the PROXY protocol, version 2.
    Haproxy,
}

impl Kind {
    pub(crate) const ALL: [Kind; 2] = [Kind::Nginx, Kind::Haproxy];

    /// What the head of its file says that the gateway's `[server]` needs.
    pub(crate) fn server(self) -> &'static str {
        match self {
            Kind::Nginx => "trusted_proxies = [\"127.0.0.1\"]\n",
            Kind::Haproxy => "trusted_proxies = [\"127.0.0.1\"]\nproxy_protocol = \"required\"\n",
        }
    }

    /// What to replace further so that it listens without TLS.
    pub(crate) fn without_tls(self) -> (&'static str, &'static str) {
        match self {
            Kind::Nginx => (" ssl;  # yours", ";"),
            Kind::Haproxy => ("bind fd@0 ssl", "bind fd@0  # ssl"),
        }
    }

    fn file(self) -> &'static str {
        match self {
            Kind::Nginx => "nginx.conf",
            Kind::Haproxy => "haproxy.cfg",
        }
    }
}

/// A running proxy; ended when dropped.
pub(crate) struct Front {
    child: Child,
    /// Where clients call it, by TLS.
    pub(crate) listen: SocketAddr,
    /// What it shows them, and what they trust.
    pub(crate) certificates: Certificates,
    folder: TempDir,
}

impl Front {
    /// Starts a proxy in front of what listens at `gateway`.
    pub(crate) fn start(kind: Kind, gateway: SocketAddr) -> Front {
        Front::start_with(kind, gateway, &[])
    }

    /// The same with more of its file replaced: how a test sees that it would see a mistake in there.
    pub(crate) fn start_with(kind: Kind, gateway: SocketAddr, changes: &[(&str, &str)]) -> Front {
        let folder = tempfile::tempdir().unwrap();
        let certificates = Certificates::write(folder.path());
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = socket.local_addr().unwrap();
        let gateway = gateway.to_string();
        let text = std::fs::read_to_string(root().join("docs/deployment").join(kind.file())).unwrap();
        let path = |path: &Path| path.to_str().expect("temporary folders have plain names").to_owned();
        let log = path(&folder.path().join("access.log"));
        let text = match kind {
            Kind::Nginx => replaced(
                text,
                &[
                    ("user www-data;", ""),
                    ("/var/log/nginx/countermand.log", &log),
                    ("server 127.0.0.1:8080;", &format!("server {gateway};")),
                    ("listen 443 ssl;", &format!("listen {listen} ssl;")),
                    ("/etc/nginx/tls/prime.example.pem", &path(&certificates.certificate)),
                    ("/etc/nginx/tls/prime.example.key", &path(&certificates.key)),
                ],
            ),
            Kind::Haproxy => replaced(
                text,
                &[
                    ("    user haproxy", ""),
                    ("    group haproxy", ""),
                    ("server gateway 127.0.0.1:8080", &format!("server gateway {gateway}")),
                    ("bind :443", "bind fd@0"),
                    ("/etc/haproxy/tls/prime.example.pem", &path(&certificates.both)),
                ],
            ),
        };
        let file = folder.path().join(kind.file());
        std::fs::write(&file, replaced(text, changes)).unwrap();
        let child = command(kind, &file, folder.path())
            // It listens on a socket that is open already: no port to guess, and nothing to wait for.
            .stdin(Stdio::from(OwnedFd::from(socket)))
            .stdout(std::fs::File::create(folder.path().join("stdout")).unwrap())
            .stderr(std::fs::File::create(folder.path().join("stderr")).unwrap())
            .spawn()
            .unwrap_or_else(|error| panic!("{kind:?} does not start ({error}): run ./check"));
        Front { child, listen, certificates, folder }
    }

    /// What the proxy has written about its calls and itself.
    pub(crate) fn said(&self) -> String {
        let read = |name| std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        ["access.log", "stdout", "stderr"].map(read).concat()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        // nginx has children of its own, which a master that is killed would leave behind.
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.child.wait();
    }
}

/// The program with its file, in the foreground, with the listening socket as its descriptor 0.
fn command(kind: Kind, file: &Path, folder: &Path) -> Command {
    match kind {
        Kind::Nginx => {
            // Debian has it in a folder that is only in root's PATH.
            let mut command = Command::new(installed("nginx"));
            let inherited = "0;";
            let own = format!("daemon off; pid {}/pid;", folder.display());
            command.env("NGINX", inherited).arg("-p").arg(folder).args(["-e", "stderr", "-g", &own]);
            command.arg("-c").arg(file);
            command
        }
        Kind::Haproxy => {
            let mut command = Command::new(installed("haproxy"));
            command.arg("-db").arg("-f").arg(file);
            command
        }
    }
}

fn installed(program: &str) -> String {
    let places = ["/usr/sbin", "/usr/local/sbin", "/sbin"].map(|folder| format!("{folder}/{program}"));
    places.into_iter().find(|path| Path::new(path).is_file()).unwrap_or_else(|| program.to_owned())
}

/// A text in which each of these is replaced. One that is not there, or is there twice, is a test that has lost sight of
/// its file.
fn replaced(text: String, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text, |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "{from:?} stands in the file just once");
        text.replace(from, to)
    })
}
