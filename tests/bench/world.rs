//! Our own server over a ledger of many queued jobs: a copy of a file that was written once, or in memory.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::process::{SERVER, child, pinned};
use crate::seed::seed;
use crate::server::{Server, TOKEN, config_with, program};

/// What a server is started over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct World {
    pub(crate) store: Kept,
    pub(crate) jobs: i64,
    /// In front of a legacy server, for Oracle's dialect.
    pub(crate) front: Option<Front>,
}

/// What is behind a server that passes requests through.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Front {
    pub(crate) legacy: SocketAddr,
    /// Whether passwords are checked here already.
    pub(crate) users: bool,
}

/// Where its jobs are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    Durable,
    Memory,
    /// On a disk that takes so many milliseconds longer to sync.
    Slower(u32),
}

/// A ledger's file of each size, written when it is first asked for.
pub(crate) struct Templates {
    folder: PathBuf,
    written: BTreeMap<i64, PathBuf>,
}

impl Templates {
    /// Keeps them below `folder`.
    pub(crate) fn new(folder: &Path) -> Templates {
        Templates { folder: folder.to_owned(), written: BTreeMap::new() }
    }

    /// The file of a ledger of so many jobs.
    pub(crate) fn file(&mut self, jobs: i64) -> &Path {
        self.written.entry(jobs).or_insert_with(|| {
            let file = self.folder.join(format!("template-{jobs}.db"));
            let begun = Instant::now();
            seed(&file, jobs);
            let bytes = std::fs::metadata(&file).map_or(0, |file| file.len());
            println!(
                "a ledger of {jobs} jobs, {} MiB, written in {:.1} s",
                bytes >> 20,
                begun.elapsed().as_secs_f64()
            );
            file
        })
    }
}

/// A server of ours with its folder.
pub(crate) struct Ours {
    pub(crate) server: Server,
    /// The process that does the work.
    pub(crate) worker: u32,
    /// From the start of the process until it said that it was ready.
    pub(crate) ready: Duration,
    /// Where its ledger is, as `ledger.db`.
    pub(crate) folder: tempfile::TempDir,
}

impl World {
    /// Starts a server below `parent` and waits until it is ready.
    pub(crate) fn start(self, templates: &mut Templates, parent: &Path) -> Ours {
        let folder = tempfile::tempdir_in(parent).expect("a folder to write in");
        let more = self.front.map(in_front_of).unwrap_or_default();
        let store = if self.store == Kept::Memory { "memory" } else { "sqlite:ledger.db" };
        let config = config_with(folder.path(), store, &more);
        if self.store != Kept::Memory {
            let file = folder.path().join("ledger.db");
            copy(templates.file(self.jobs), &file);
        }
        let mut command = match self.store {
            Kept::Durable | Kept::Memory => pinned(SERVER, program()),
            Kept::Slower(milliseconds) => slower(milliseconds, folder.path()),
        };
        command.args(["serve", "--config"]).arg(config);
        let begun = Instant::now();
        let server = Server::spawn(command);
        let ready = begun.elapsed();
        let worker = if let Kept::Slower(_) = self.store { child(server.id()) } else { server.id() };
        if self.store == Kept::Memory {
            fill(&server, self.jobs);
        }
        Ours { server, worker, ready, folder }
    }
}

fn in_front_of(front: Front) -> String {
    let realm = if front.users { "ops" } else { "none" };
    format!(
        "[engines.old]\nkind = \"upstream\"\ndialect = \"oracle-ess\"\nurl = \"http://{}/ess/rest/scheduler/v1\"\n\
         [[mounts]]\ndialect = \"oracle-ess\"\nengine = \"primary\"\nlegacy = \"old\"\nmode = \"passthrough\"\nrealm = \"{realm}\"\n",
        front.legacy
    )
}

/// Copies a ledger, and waits until it is on the disk: else the first sync of the server would pay for all of it.
fn copy(template: &Path, file: &Path) {
    std::fs::copy(template, file).expect("there is room for a copy");
    let copied = std::fs::File::open(file).and_then(|file| file.sync_all());
    copied.expect("the disk takes it");
}

/// The program under strace, which stops it at nothing but the syncs, and lets each of them take longer.
fn slower(milliseconds: u32, folder: &Path) -> Command {
    let mut command = pinned(SERVER, "strace");
    let delay = format!("inject=fdatasync,fsync:delay_exit={}", milliseconds * 1000);
    command.args(["-f", "--seccomp-bpf", "-e", "trace=fdatasync,fsync", "-e", &delay, "-o"]);
    command.arg(folder.join("trace")).arg(program());
    command
}

/// Registers queued jobs by the control API, a part at a time.
fn fill(server: &Server, jobs: i64) {
    let numbers: Vec<i64> = (1..=jobs).collect();
    for part in numbers.chunks(10_000) {
        let lines: String =
            part.iter().map(|number| format!("{{\"number\":{number},\"state\":\"queued\"}}\n")).collect();
        server.control("POST /v1/jobs", &lines);
    }
}

/// Starts jobs afresh that were cancelled.
pub(crate) fn refill(server: &Server, numbers: impl Iterator<Item = i64>) {
    let mut client = Client::connect(server.control).expect("the control API listens");
    let headers = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n");
    for number in numbers {
        let line = format!("PUT /v1/jobs/{number}?replace=true");
        let answer = client.request(&line, &headers, "{\"state\":\"queued\"}").expect("it answers");
        assert_eq!(answer.status, 200, "{line}: {}", answer.body);
    }
}
