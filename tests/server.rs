//! The real program, as a process of its own: built, started on a free port, waited for by its own word, killed.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use crate::client::{Answer, Client};

/// A running gateway; killed when dropped.
pub(crate) struct Server {
    child: Child,
    /// Where the legacy clients call.
    pub(crate) listen: SocketAddr,
    /// Where the control API is.
    pub(crate) control: SocketAddr,
}

/// The token of the control API.
pub(crate) const TOKEN: &str = "control-token-of-tests";

/// What [`config_with`] is given where the users have bearer tokens too: `token-of-operator` and `token-of-reader`.
pub(crate) const WITH_TOKENS: &str = "tokens = \"ops.tokens\"\n";

/// The SHA-256 of each user's bearer token, by sha256sum.
const TOKENS: &str = "\
operator:{SHA256}18480fd309fa2cc658eb41b2df7eebc20f8f515b6331fa8417b15c198f9559da
reader:{SHA256}f9e36f90379bbb3c10c8874dde93c9c078b38316c1d9d076ea507844b76d2278
";

/// The credentials of `operator` of [`config`].
pub(crate) const BASIC: &str = "Authorization: Basic b3BlcmF0b3I6c2VjcmV0\r\n";

/// The program, built as this test was.
pub(crate) fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
        let mut build = Command::new(cargo);
        build.args(["build", "--locked", "--quiet", "--package", "countermand", "--bin", "countermand"]);
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo starts").success(), "the program does not build");
        let test = std::env::current_exe().expect("this test has a path");
        test.ancestors().nth(2).expect("target/<profile>/deps/<test>").join("countermand")
    })
}

/// Writes a configuration into a folder: every dialect on its own paths, a ledger of that name, and users `operator`, who
/// may write, and `reader`, both with the password `secret`.
pub(crate) fn config(folder: &Path, store: &str) -> PathBuf {
    config_with(folder, store, "")
}

/// The same with `more` after its last table, which is the realm's.
pub(crate) fn config_with(folder: &Path, store: &str, more: &str) -> PathBuf {
    // A cheap hash, so that the start of a test is not spent on a password.
    let password = bcrypt::hash("secret", 4).expect("cost 4 is allowed");
    let users = format!("operator:{password}\nreader:{password}\n");
    std::fs::write(folder.join("ops.htpasswd"), users).expect("a folder to write in");
    std::fs::write(folder.join("ops.tokens"), TOKENS).expect("a folder to write in");
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\n[control]\nlisten = \"127.0.0.1:0\"\ntoken = \"{TOKEN}\"\n\
         [ledger]\nstore = \"{store}\"\n[engines.primary]\nkind = \"ledger\"\n\
         [realms.ops]\nhtpasswd = \"ops.htpasswd\"\nread = [\"all\"]\nwrite = [\"operators\"]\n\
         groups = {{ all = [\"operator\", \"reader\"], operators = [\"operator\"] }}\n{more}"
    );
    let path = folder.join("countermand.toml");
    std::fs::write(&path, text).expect("a folder to write in");
    path
}

impl Server {
    /// Starts `countermand serve` on a configuration and waits until it says that it is ready.
    pub(crate) fn start(config: &Path) -> Server {
        let mut command = Command::new(program());
        command.args(["serve", "--config"]).arg(config);
        Server::spawn(command)
    }

    /// Starts a command that ends up as the program, perhaps under a tracer.
    pub(crate) fn spawn(mut command: Command) -> Server {
        command.stderr(Stdio::piped()).stdout(Stdio::null()).stdin(Stdio::null());
        let mut child = command.env("RUST_LOG", "info").spawn().expect("the program starts");
        let log = BufReader::new(child.stderr.take().expect("it is piped"));
        let (told, ready) = std::sync::mpsc::channel();
        // The log is read to its end, so that the program never waits for a full pipe.
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                if let Some(addresses) = ready_line(&line) {
                    let _ = told.send(Ok(addresses));
                } else {
                    let _ = told.send(Err(line));
                }
            }
        });
        let mut said = Vec::new();
        loop {
            match ready.recv_timeout(Duration::from_secs(60)) {
                Ok(Ok((listen, control))) => return Server { child, listen, control },
                Ok(Err(line)) => said.push(line),
                Err(why) => panic!("the program is not ready ({why}); it said:\n{}", said.join("\n")),
            }
        }
    }

    /// A new connection for legacy calls.
    pub(crate) fn client(&self) -> Client {
        Client::connect(self.listen).expect("the gateway listens")
    }

    /// What the control API answers to a call, which must be no refusal. Many jobs come as NDJSON, one a line.
    pub(crate) fn control(&self, line: &str, body: &str) -> Answer {
        let media = if line == "POST /v1/jobs" { "application/x-ndjson" } else { "application/json" };
        let headers = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: {media}\r\n");
        let mut client = Client::connect(self.control).expect("the control API listens");
        let answer = client.request(line, &headers, body).expect("it answers");
        assert!(answer.status < 300, "{line}: {}", answer.body);
        answer
    }

    /// The process, which under a tracer is the tracer's.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`, and waits for the end.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    /// Sends a signal, by its name without `SIG`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status().expect("kill starts");
        assert!(sent.success());
    }

    /// Waits for an end that somebody else has brought about; the exit code.
    pub(crate) fn wait(mut self) -> Option<i32> {
        self.child.wait().expect("it was started").code()
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// The addresses in the log line that says ready.
fn ready_line(line: &str) -> Option<(SocketAddr, SocketAddr)> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    let address = |name: &str| value.get(name)?.as_str()?.parse().ok();
    (value.get("message")?.as_str()? == "ready").then_some(())?;
    Some((address("listen")?, address("control")?))
}
