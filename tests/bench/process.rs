//! Processes: on which processor they run, what they have used.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;

/// Where servers run.
pub(crate) const SERVER: &str = "0";

/// Where the load comes from.
pub(crate) const LOAD: &str = "1";

/// More than ten thousand connections, for a server or a client of it.
const FILES: &str = "--nofile=16384";

/// A command that runs on one processor and may have many connections.
pub(crate) fn pinned(processor: &str, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("prlimit");
    command.args([FILES, "taskset", "-c", processor]).arg(program);
    // Debian's sbin folder is not in everybody's PATH.
    command.env("PATH", format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default()));
    command
}

/// Lets this process have many connections too.
pub(crate) fn many_connections() {
    let this = std::process::id().to_string();
    let status = Command::new("prlimit").args(["--pid", &this, FILES]).status();
    assert!(status.expect("prlimit is part of util-linux").success(), "16384 open files are not allowed");
}

/// CPU nanoseconds that a process has used, over all its threads.
pub(crate) fn cpu(process: u32) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).expect("the process runs");
    let used = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok());
    used.filter_map(|line| line.split(' ').next().and_then(|figure| figure.parse::<u64>().ok())).sum()
}

/// MiB of a process's memory by the name that the kernel gives them: `VmRSS` now, `VmHWM` at the most.
pub(crate) fn memory(process: u32, name: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let figure = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    figure.expect("kilobytes") / 1024.0
}

/// The first child of a process, as soon as it has one.
pub(crate) fn child(process: u32) -> u32 {
    let children = format!("/proc/{process}/task/{process}/children");
    loop {
        let children = std::fs::read_to_string(&children).expect("the parent runs");
        if let Some(child) = children.split_whitespace().next() {
            return child.parse().expect("a process id");
        }
    }
}

/// An address that nobody listens at yet.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port")
}

/// Returns as soon as somebody listens there.
pub(crate) fn wait_for(address: SocketAddr) {
    while TcpStream::connect(address).is_err() {
        std::thread::yield_now();
    }
}

/// `target/` and a name below it.
pub(crate) fn target(name: &str) -> PathBuf {
    let bench = std::env::current_exe().expect("this bench has a path");
    bench.ancestors().nth(3).expect("target/release/deps/<bench>").join(name)
}
