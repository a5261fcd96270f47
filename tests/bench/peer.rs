//! nginx, one worker: with a fixed body of 300 bytes, which is the anchor, or as a proxy in front of such a one.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};

/// A running nginx; ended when dropped.
pub(crate) struct Nginx {
    master: Child,
    /// The process that does the work.
    pub(crate) worker: u32,
    /// Where it answers.
    pub(crate) address: SocketAddr,
}

impl Nginx {
    /// One that answers by itself, on a processor.
    pub(crate) fn start(folder: &Path, processor: &str) -> Nginx {
        let body = format!("{{\"filler\":\"{}\"}}", "x".repeat(287));
        let location = format!("default_type application/json; return 200 '{body}';");
        Nginx::serving(&folder.join("anchor"), processor, "", &location)
    }

    /// One that asks another, over connections that it keeps, and says who asks.
    pub(crate) fn in_front(folder: &Path, processor: &str, of: SocketAddr) -> Nginx {
        let upstream =
            format!("upstream old {{ server {of}; keepalive 128; keepalive_requests 100000000; }}\n");
        let location = "proxy_pass http://old; proxy_http_version 1.1; proxy_set_header Connection \"\"; \
                        proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr; \
                        proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $http_host;";
        Nginx::serving(&folder.join("proxy"), processor, &upstream, location)
    }

    fn serving(folder: &Path, processor: &str, more: &str, location: &str) -> Nginx {
        std::fs::create_dir_all(folder).expect("a folder to write in");
        let address =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        let text = format!(
            "daemon off; worker_processes 1; pid {0}/nginx.pid; error_log {0}/nginx.log;\n\
             events {{ worker_connections 4096; }}\n\
             http {{ access_log off; keepalive_requests 100000000; {more} server {{ listen {address};\n\
             location / {{ {location} }} }} }}\n",
            folder.display()
        );
        let path = folder.join("nginx.conf");
        std::fs::write(&path, text).expect("a folder to write in");
        let mut command = Command::new("taskset");
        let master = command
            .args(["-c", processor, "nginx", "-c"])
            .arg(&path)
            .spawn()
            .expect("nginx and taskset are installed");
        // Waited for by asking it: a connection is taken only once the worker listens.
        while TcpStream::connect(address).is_err() {
            std::thread::yield_now();
        }
        let children = format!("/proc/{0}/task/{0}/children", master.id());
        let worker = loop {
            let children = std::fs::read_to_string(&children).expect("the master runs");
            if let Some(worker) = children.split_whitespace().next() {
                break worker.parse().expect("a process id");
            }
        };
        Nginx { master, worker, address }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.master.id().to_string()).status();
        let _ = self.master.wait();
    }
}
