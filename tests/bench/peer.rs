//! The anchor: nginx, one worker, a fixed body of 300 bytes.

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
    pub(crate) fn start(folder: &Path) -> Nginx {
        let address =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        let body = format!("{{\"filler\":\"{}\"}}", "x".repeat(287));
        let text = format!(
            "daemon off; worker_processes 1; pid {0}/nginx.pid; error_log {0}/nginx.log;\n\
             events {{ worker_connections 4096; }}\n\
             http {{ access_log off; keepalive_requests 100000000; server {{ listen {address};\n\
             location / {{ default_type application/json; return 200 '{body}'; }} }} }}\n",
            folder.display()
        );
        let path = folder.join("nginx.conf");
        std::fs::write(&path, text).expect("a folder to write in");
        let mut command = Command::new("taskset");
        let master = command
            .args(["-c", "0", "nginx", "-c"])
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
