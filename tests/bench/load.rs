//! What is asked, and what a second of asking cost.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

/// Something to ask again and again.
pub(crate) struct Case {
    /// For the table.
    pub(crate) name: &'static str,
    address: SocketAddr,
    /// A Lua expression for the next request; `id` is the next job's number.
    request: &'static str,
    /// The last job asked for; each slice goes on where the last one ended.
    next: i64,
    /// Of each slice, where it began and how many were answered.
    answered: Vec<(i64, i64)>,
    /// Whether each request needs a job of its own.
    consumes: bool,
}

/// `operator:secret`, as [`crate::server::config`] has it.
const AUTHORIZATION: &str = "Basic b3BlcmF0b3I6c2VjcmV0";

/// The three cases; each has a third of the jobs to itself.
pub(crate) fn cases(address: SocketAddr, jobs: i64) -> Vec<Case> {
    let case =
        |name, request, next, consumes| Case { name, address, request, next, answered: Vec::new(), consumes };
    vec![
        case(
            "status poll, JSON",
            "wrk.format('GET', '/ess/rest/scheduler/v1/requests/' .. (id % 10000 + 1))",
            1,
            false,
        ),
        case(
            "cancel, XML, durable",
            "wrk.format('PUT', '/webacs/api/v1/op/jobService/cancelrunning', {['Authorization']=auth,['Content-Type']='application/xml'}, \
             '<?xml version=\"1.0\" ?><jobRunOperationPayload><runIds><runId>' .. id .. '</runId></runIds></jobRunOperationPayload>')",
            jobs / 3,
            true,
        ),
        case(
            "cancel, JSON, durable",
            "wrk.format('PUT', '/webacs/api/v4/op/jobService/cancelrunning.json', {['Authorization']=auth,['Content-Type']='application/json'}, \
             '{\"jobRunOperationPayload\":{\"runIds\":{\"runId\":[' .. id .. ']}}}')",
            2 * (jobs / 3),
            true,
        ),
    ]
}

impl Case {
    pub(crate) fn anchor(address: SocketAddr) -> Case {
        Case {
            name: "nginx",
            address,
            request: "wrk.format('GET', '/')",
            next: 0,
            answered: Vec::new(),
            consumes: false,
        }
    }

    /// A poll that somebody else answers.
    pub(crate) fn passed_on(name: &'static str, address: SocketAddr) -> Case {
        let request = "wrk.format('GET', '/ess/rest/scheduler/v1/requests/' .. (id % 10000 + 1))";
        Case { name, request, ..Case::anchor(address) }
    }

    /// Goes on behind the jobs that a slice has used up: those answered, those on their way when it ended, and the one
    /// that wrk asks its script for before it begins.
    pub(crate) fn advance(&mut self, slice: &Slice, connections: usize) {
        if self.consumes {
            self.answered.push((self.next, slice.requests));
            self.next += slice.requests + i64::try_from(connections).expect("a small number") + 1;
        }
    }

    /// Ten jobs of each slice that were answered for: not the first, nor those that may have been on their way.
    pub(crate) fn sample(&self, connections: usize) -> Vec<i64> {
        let margin = 2 * i64::try_from(connections).expect("a small number");
        let ten = |(start, answered): &(i64, i64)| {
            let (start, sure) = (*start, (answered - margin).max(0));
            (0..10.min(sure)).map(move |place| start + 2 + place * sure / 10).collect::<Vec<_>>()
        };
        self.answered.iter().flat_map(ten).collect()
    }

    fn script(&self) -> String {
        let head =
            format!("wrk.headers['Authorization'] = '{AUTHORIZATION}'\nlocal auth = '{AUTHORIZATION}'\n");
        let count = format!(
            "local id = {}\nrequest = function() id = id + 1; return {} end\n",
            self.next, self.request
        );
        let done = "done = function(summary) local e = summary.errors; \
                    print('figures', summary.requests, e.connect + e.read + e.write + e.status + e.timeout) end\n";
        format!("{head}{count}{done}")
    }
}

/// A second of load.
pub(crate) struct Slice {
    requests: i64,
    errors: i64,
    nanoseconds: u64,
}

impl Slice {
    pub(crate) fn of(case: &Case, process: u32, connections: usize, folder: &Path) -> Slice {
        let script = folder.join("load.lua");
        std::fs::write(&script, case.script()).expect("a folder to write in");
        let before = cpu(process);
        let mut command = Command::new("taskset");
        command.args(["-c", "1", "wrk", "-t1", "-d1s", "-c", &connections.to_string(), "-s"]).arg(&script);
        let output =
            command.arg(format!("http://{}", case.address)).output().expect("wrk and taskset are installed");
        let nanoseconds = cpu(process) - before;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text
            .lines()
            .find(|line| line.starts_with("figures"))
            .unwrap_or_else(|| panic!("wrk said: {text}"));
        let figures: Vec<i64> =
            line.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
        Slice { requests: figures[0], errors: figures[1], nanoseconds }
    }

    /// CPU microseconds per request; `None` for a slice with an error.
    pub(crate) fn cost(&self) -> Option<f64> {
        (self.errors == 0 && self.requests > 0)
            .then(|| self.nanoseconds as f64 / 1000.0 / self.requests as f64)
    }
}

/// CPU nanoseconds that a process has used, over all its threads.
fn cpu(process: u32) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).expect("the process runs");
    let used = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok());
    used.filter_map(|line| line.split(' ').next().and_then(|figure| figure.parse::<u64>().ok())).sum()
}
