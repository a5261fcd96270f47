//! `cargo bench -p countermand-tests --bench instructions`: how many instructions of its own this program needs for a request,
//! counted by callgrind. The figures do not depend on the neighbours, hence decide where times are too close to tell. What
//! the kernel does for the program is not among them, nor is waiting: commits and switches of threads cost more than
//! they show here.
//!
//! One connection asks, one request after the other, so that each cancel is a group and a commit of its own. Needs
//! valgrind, on Linux. Flag: `--requests N` (2000).

#[path = "../client.rs"]
mod client;

#[path = "../server.rs"]
#[expect(dead_code, reason = "shared with the tests; a bench asks for less")]
mod server;

mod seed;

use std::path::Path;
use std::process::{Command, Stdio};

use server::{BASIC, Server, config, program};

/// So many requests are not counted: what is prepared once, is prepared by then.
const FIRST: i64 = 200;

/// How many jobs the hot poll asks for in turn.
const HOT: i64 = 100;

/// Something to ask of one job after the other.
struct Case {
    name: &'static str,
    line: fn(i64) -> String,
    media_type: &'static str,
    body: fn(i64) -> String,
    /// What the answer says where it did what was asked: a bench of refusals would be a fast one.
    says: &'static str,
}

const CASES: [Case; 4] = [
    Case {
        name: "status poll, JSON, hot",
        line: |id| poll(id % HOT + 1),
        media_type: "",
        body: |_| String::new(),
        says: "\"requestId\":",
    },
    Case {
        name: "status poll, JSON, each job once",
        line: poll,
        media_type: "",
        body: |_| String::new(),
        says: "\"requestId\":",
    },
    Case {
        name: "cancel, XML, durable",
        line: |_| "PUT /webacs/api/v1/op/jobService/cancelrunning".to_owned(),
        media_type: "Content-Type: application/xml\r\n",
        body: |id| {
            format!(
                "<?xml version=\"1.0\" ?><jobRunOperationPayload><runIds><runId>{id}</runId></runIds></jobRunOperationPayload>"
            )
        },
        says: "The run instance was cancelled.",
    },
    Case {
        name: "cancel, JSON, durable",
        line: |_| "PUT /webacs/api/v4/op/jobService/cancelrunning.json".to_owned(),
        media_type: "Content-Type: application/json\r\n",
        body: |id| format!("{{\"jobRunOperationPayload\":{{\"runIds\":{{\"runId\":[{id}]}}}}}}"),
        says: "The run instance was cancelled.",
    },
];

fn poll(id: i64) -> String {
    format!("GET /ess/rest/scheduler/v1/requests/{id}")
}

/// Instructions per request of a server of its own.
fn count(case: &Case, requests: i64) -> u64 {
    let folder = tempfile::tempdir().expect("a folder to write in");
    seed::seed(folder.path(), FIRST + requests);
    let out = folder.path().join("callgrind");
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--tool=callgrind"]).arg(format!("--callgrind-out-file={}", out.display()));
    command.arg(program()).args(["serve", "--config"]).arg(config(folder.path(), "sqlite:ledger.db"));
    let server = Server::spawn(command);
    let mut client = server.client();
    let headers = format!("{BASIC}{}", case.media_type);
    let mut ask = |ids: std::ops::RangeInclusive<i64>| {
        for id in ids {
            let answer =
                client.request(&(case.line)(id), &headers, &(case.body)(id)).expect("it is answered");
            assert_eq!(answer.status, 200, "{}: {}", case.name, answer.body);
            assert!(answer.body.contains(case.says), "{}: {}", case.name, answer.body);
        }
    };
    ask(1..=FIRST);
    control("--zero", server.id());
    ask(FIRST + 1..=FIRST + requests);
    control("--dump", server.id());
    server.kill();
    counted(&folder.path().join("callgrind.1")) / requests.unsigned_abs()
}

/// Tells callgrind what to do; returns when it is done.
fn control(what: &str, process: u32) {
    let mut command = Command::new("callgrind_control");
    command.args([what, &process.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(command.status().expect("callgrind_control comes with valgrind").success(), "{what}");
}

/// The sum that a dump ends with. <https://valgrind.org/docs/manual/cl-format.html>
fn counted(dump: &Path) -> u64 {
    let text = std::fs::read_to_string(dump).expect("callgrind has dumped");
    let sum = text.lines().rev().find_map(|line| line.strip_prefix("totals:")).expect("it ends with its sum");
    sum.trim().parse().expect("a number of instructions")
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let flag = words.iter().position(|word| word == "--requests").and_then(|place| words.get(place + 1));
    let requests = flag.map_or(2000, |text| text.parse().expect("a number"));
    println!("{:<34} {:>12}", "case", "instructions");
    for case in &CASES {
        println!("{:<34} {:>12}", case.name, count(case, requests));
    }
}
