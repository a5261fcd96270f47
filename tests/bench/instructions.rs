//! `cargo bench -p countermand-tests --bench instructions`: how many instructions the program takes for a request, counted by
//! callgrind, which does not depend on the neighbours as time does. Held to `instructions.toml` beside this file, within
//! [`MARGIN`]; `UPDATE_EXPECT=1` writes what was counted. `--only WORD` counts the cases whose name holds it.
//!
//! What is counted is the real program with its sockets and a durable ledger, asked one request after the other, so
//! that each cancel is a commit of its own.

#[path = "../client.rs"]
mod client;

#[path = "../server.rs"]
#[expect(dead_code, reason = "shared with the tests; a bench asks for less")]
mod server;

#[expect(dead_code, reason = "shared with the bench of costs; wrk is not asked here")]
mod asked;

#[expect(dead_code, reason = "shared with the bench of costs, which has more of them")]
mod cases;

mod seed;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use asked::{Case, Order};
use client::Client;
use server::{Server, config};

/// How far a count may be from what is kept before it must be looked at.
const MARGIN: f64 = 0.03;

/// Requests of a case before the counted ones: statements are prepared then, and the password is known.
const WARM: i64 = 10;

/// How often a case is counted. The least is kept: what threads do to find each other's work only adds to it.
const TIMES: usize = 5;

/// Jobs named by the requests that are counted at a time.
const COUNTED: i64 = 100;

const JOBS: i64 = 50_000;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let only = words.iter().position(|word| word == "--only").and_then(|place| words.get(place + 1));
    let folder = tempfile::tempdir().expect("a folder to write in");
    seed::seed(&folder.path().join("ledger.db"), JOBS);
    let counter = Counter::start(folder.path());
    let mut client = counter.server.client();
    let mut counts = BTreeMap::new();
    let mut turn = 1;
    for case in cases::distinct() {
        if only.is_some_and(|word| !case.name.contains(word.as_str())) {
            continue;
        }
        let count = counter.count(&case, &mut client, &mut turn);
        println!("{:<28} {count:>10}", case.name);
        counts.insert(case.name.to_owned(), count);
    }
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/instructions.toml");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        write(&kept, counts);
    } else if !hold(&read(&kept), &counts) {
        std::process::exit(1);
    }
}

/// The program under callgrind.
struct Counter {
    server: Server,
    /// Where callgrind writes.
    folder: PathBuf,
}

/// What callgrind writes when the program ends.
const LAST: &str = "callgrind.out";

impl Counter {
    fn start(folder: &Path) -> Counter {
        let output = folder.join("callgrind");
        std::fs::create_dir(&output).expect("a folder to write in");
        let mut command = Command::new("valgrind");
        // One thread of Tokio, and turns for all: how threads find work for each other is chance, up to 4 %.
        command.env("TOKIO_WORKER_THREADS", "1");
        command.args(["--tool=callgrind", "--quiet", "--fair-sched=yes"]);
        command.arg(format!("--callgrind-out-file={}", output.join(LAST).display()));
        command.arg(server::program()).args(["serve", "--config"]).arg(config(folder, "sqlite:ledger.db"));
        Counter { server: Server::spawn(command), folder: output }
    }

    /// Instructions per request of a case, whose requests begin at `turn`.
    fn count(&self, case: &Case, client: &mut Client, turn: &mut i64) -> u64 {
        *turn = ask(client, case, *turn, if case.targets > 1 { 1 } else { WARM });
        let requests = (COUNTED / case.targets).max(1);
        let total = |_| {
            self.tell("zero");
            *turn = ask(client, case, *turn, requests);
            self.total()
        };
        let least = (0..TIMES).map(total).min().expect("more than none");
        if case.consumes {
            // A bench of refusals would be a fast one.
            let job = self.server.control(&format!("GET /v1/jobs/{}", *turn - 1), "").body;
            assert!(job.contains("\"state\":\"cancelled\""), "{}: {job}", case.name);
        }
        least / u64::try_from(requests).expect("positive")
    }

    /// The instructions since the last `zero`: the line `totals: N` at the end of the file that callgrind writes.
    fn total(&self) -> u64 {
        self.tell("dump");
        let entries = std::fs::read_dir(&self.folder).expect("the folder was made above").flatten();
        let dumps = entries.map(|entry| entry.path()).filter(|path| path != &self.folder.join(LAST));
        let dump = dumps.last().expect("callgrind has written a file");
        let text = std::fs::read_to_string(&dump).expect("callgrind has written it");
        std::fs::remove_file(&dump).expect("callgrind is done with it");
        let line = text.lines().rev().find_map(|line| line.strip_prefix("totals: "));
        line.and_then(|count| count.trim().parse().ok()).expect("callgrind ends its file with the total")
    }

    /// Gives callgrind a command, and waits until it is done.
    fn tell(&self, command: &str) {
        let process = format!("--pid={}", self.server.id());
        let told = Command::new("vgdb").args([&process, command]).output().expect("vgdb comes with valgrind");
        assert!(told.status.success(), "vgdb: {}", String::from_utf8_lossy(&told.stderr));
    }
}

/// Asks, and returns the turn after the last.
fn ask(client: &mut Client, case: &Case, first: i64, requests: i64) -> i64 {
    // What is hot was asked for among the first requests.
    let jobs = if case.order == Order::Hot { WARM } else { JOBS };
    for place in 0..requests {
        let (line, headers, body) = case.request(first + place * case.targets, jobs);
        let answer = client.request(&line, &headers, &body).expect("the program answers");
        assert_eq!(answer.status, case.status, "{}: {}", case.name, answer.body);
    }
    first + requests * case.targets
}

fn read(path: &Path) -> BTreeMap<String, u64> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    toml::from_str(&text).expect("instructions.toml is a table of counts")
}

fn write(path: &Path, counts: BTreeMap<String, u64>) {
    let mut kept = read(path);
    kept.extend(counts);
    let text = format!(
        "# Instructions per request, written by UPDATE_EXPECT=1 cargo bench -p countermand-tests --bench instructions\n{}",
        toml::to_string(&kept).expect("names and numbers are TOML")
    );
    std::fs::write(path, text).expect("the repository is a folder to write in");
}

/// Says what is not as it is kept; whether all is.
fn hold(kept: &BTreeMap<String, u64>, counts: &BTreeMap<String, u64>) -> bool {
    let mut fine = true;
    for (name, count) in counts {
        let Some(before) = kept.get(name) else {
            println!("{name}: no count is kept; UPDATE_EXPECT=1 writes it");
            fine = false;
            continue;
        };
        let change = *count as f64 / *before as f64 - 1.0;
        if change.abs() > MARGIN {
            let word = if change > 0.0 { "dearer" } else { "cheaper" };
            println!("{name}: {:.1} % {word} than the {before} that are kept", change.abs() * 100.0);
            fine = false;
        }
    }
    if !fine {
        println!("If that is meant, UPDATE_EXPECT=1 keeps the new counts; the commit says why.");
    }
    fine
}
