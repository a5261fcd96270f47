//! A slice of load by wrk, and what it cost the server.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use crate::asked::Case;
use crate::process::{LOAD, cpu, pinned};

/// How it is asked.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) connections: i64,
    pub(crate) seconds: u32,
    /// The slice ends after so many requests.
    pub(crate) most: i64,
    /// How many milliseconds each connection rests before it asks again.
    pub(crate) pause: u32,
}

/// What came of it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Slice {
    pub(crate) requests: i64,
    pub(crate) errors: i64,
    nanoseconds: u64,
    /// Milliseconds in which half of the requests were answered.
    pub(crate) half: f64,
    /// And 99 of 100.
    pub(crate) most: f64,
}

/// wrk, about to ask a case from `turn` on.
pub(crate) fn wrk(
    case: &Case,
    address: SocketAddr,
    load: Load,
    turn: i64,
    jobs: i64,
    folder: &Path,
) -> Command {
    let script = folder.join("load.lua");
    std::fs::write(&script, case.script(turn, jobs, load.most, load.pause)).expect("a folder to write in");
    let mut command = pinned(LOAD, "wrk");
    let (connections, seconds) = (load.connections.to_string(), format!("{}s", load.seconds));
    command.args(["-t1", "--timeout", "20s", "-d", &seconds, "-c", &connections, "-s"]).arg(script);
    command.arg(format!("http://{address}"));
    command
}

impl Slice {
    /// Asks, and reads the server's accounts before and after.
    pub(crate) fn of(command: &mut Command, worker: u32) -> Slice {
        let before = cpu(worker);
        let output = command.output().expect("wrk is installed");
        let nanoseconds = cpu(worker) - before;
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text.lines().find(|line| line.starts_with("figures"));
        let line =
            line.unwrap_or_else(|| panic!("wrk said: {text}{}", String::from_utf8_lossy(&output.stderr)));
        let figures: Vec<f64> =
            line.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
        let [requests, errors, half, most] = figures[..] else { panic!("wrk said: {line}") };
        let milliseconds = |microseconds: f64| microseconds / 1000.0;
        let (requests, errors) = (requests as i64, errors as i64);
        Slice { requests, errors, nanoseconds, half: milliseconds(half), most: milliseconds(most) }
    }

    /// CPU microseconds per request; `None` for a slice with an error.
    pub(crate) fn cost(&self) -> Option<f64> {
        let clean = self.errors == 0 && self.requests > 0;
        clean.then(|| self.nanoseconds as f64 / 1000.0 / self.requests as f64)
    }
}
