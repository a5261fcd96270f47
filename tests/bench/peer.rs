//! Whom the program is measured against, each a process of its own: nginx with a fixed body, which is the anchor, as a reverse
//! proxy and with a few lines of Lua; HAProxy with a fixed body; Express and WireMock with the same cancel.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::process::{LOAD, SERVER, child, free_address, pinned, target, wait_for};

/// Who it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// nginx, a fixed body of 300 bytes.
    Nginx,
    /// The same where the load comes from: what stands behind proxies, and is not measured.
    Behind,
    /// nginx `proxy_pass` to an address, connections kept.
    Proxy(SocketAddr),
    Lua,
    Haproxy,
    Express,
    WireMock,
}

/// A running one; ended when dropped.
pub(crate) struct Peer {
    started: Child,
    /// The process that does the work.
    pub(crate) worker: u32,
    /// Where it answers.
    pub(crate) address: SocketAddr,
}

impl Peer {
    /// Starts it and waits until it listens. Writes below `folder`.
    pub(crate) fn start(kind: Kind, folder: &Path) -> Peer {
        let address = free_address();
        let folder = folder.join(format!("peer-{}", address.port()));
        std::fs::create_dir(&folder).expect("a folder to write in");
        let mut command = command(kind, address, &folder);
        let started = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let started = started.expect("prlimit is part of util-linux");
        wait_for(address);
        let worker = match kind {
            Kind::Nginx | Kind::Behind | Kind::Proxy(_) | Kind::Lua => child(started.id()),
            Kind::Haproxy | Kind::Express | Kind::WireMock => started.id(),
        };
        Peer { started, worker, address }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.started.id().to_string()).status();
        let _ = self.started.wait();
    }
}

fn command(kind: Kind, address: SocketAddr, folder: &Path) -> Command {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/peers");
    let body = format!("{{\"filler\":\"{}\"}}", "x".repeat(287));
    let fixed = format!("default_type application/json; return 200 '{body}';");
    let port = address.port().to_string();
    match kind {
        Kind::Nginx => nginx(SERVER, address, folder, "", &fixed),
        Kind::Behind => nginx(LOAD, address, folder, "", &fixed),
        Kind::Proxy(behind) => {
            let upstream = format!(
                "upstream behind {{ server {behind}; keepalive 128; keepalive_requests 100000000; }}"
            );
            // As we do: it says who asks, and what for.
            let pass = "proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ''; \
                        proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr; \
                        proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $http_host;";
            nginx(SERVER, address, folder, &upstream, pass)
        }
        Kind::Lua => {
            let stub = format!("content_by_lua_file {};", here.join("stub.lua").display());
            nginx(SERVER, address, folder, "", &stub)
        }
        Kind::Haproxy => {
            let text = format!(
                "global\n nbthread 1\n maxconn 4000\ndefaults\n mode http\n timeout client 60s\n timeout connect 5s\n timeout server 60s\n\
                 frontend fixed\n bind {address}\n http-request return status 200 content-type application/json string '{body}'\n"
            );
            let mut command = pinned(SERVER, "haproxy");
            command.args(["-db", "-f"]).arg(write(folder, "haproxy.cfg", &text));
            command
        }
        Kind::Express => {
            // Beside its modules, which Node looks for in the folder of the script and above.
            let script = target("peers").join("express.mjs");
            std::fs::copy(here.join("express.mjs"), &script)
                .expect("tests/bench/install has made the folder");
            let mut command = pinned(SERVER, "node");
            command.env("NODE_ENV", "production").arg(script).arg(port);
            command
        }
        Kind::WireMock => {
            std::fs::create_dir(folder.join("mappings")).expect("a folder to write in");
            std::fs::copy(here.join("wiremock.json"), folder.join("mappings/cancel.json"))
                .expect("it is there");
            let jar = target("peers/node_modules/wiremock/build/wiremock-standalone-3.13.2.jar");
            let mut command = pinned(SERVER, "java");
            command.arg("-jar").arg(jar).args(["--port", &port, "--bind-address", "127.0.0.1"]);
            command.args(["--no-request-journal", "--disable-banner", "--root-dir"]).arg(folder);
            command
        }
    }
}

fn nginx(processor: &str, address: SocketAddr, folder: &Path, http: &str, location: &str) -> Command {
    let modules = "/usr/lib/nginx/modules";
    let lua =
        format!("load_module {modules}/ndk_http_module.so; load_module {modules}/ngx_http_lua_module.so;");
    let load = if location.contains("lua") { lua.as_str() } else { "" };
    let text = format!(
        "{load} daemon off; worker_processes 1; pid {0}/nginx.pid; error_log {0}/nginx.log;\n\
         events {{ worker_connections 15000; }}\n\
         http {{ access_log off; keepalive_requests 100000000; {http}\n\
         server {{ listen {address} backlog=4096; location / {{ {location} }} }} }}\n",
        folder.display()
    );
    let mut command = pinned(processor, "nginx");
    command.arg("-c").arg(write(folder, "nginx.conf", &text));
    command
}

fn write(folder: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a folder to write in");
    path
}
