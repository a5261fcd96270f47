//! A gateway with jobs in its ledger, against which a script is run. Knows how scripts are run, and no client.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::readme::fits;
use crate::server::{Server, WITH_TOKENS, config_with};
use crate::tidy::root;

/// How long a session may take, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(120);

/// What runs a script.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Runtime {
    Shell,
    Python,
    /// A module from standard input, whose imports are looked for where it runs: among the installed packages.
    Node,
}

/// A gateway whose ledger holds `tests/clients/jobs.ndjson`.
pub(crate) struct Stage {
    server: Server,
    folder: TempDir,
}

impl Stage {
    /// Every dialect is mounted on its own paths.
    pub(crate) fn new() -> Stage {
        Stage::with("")
    }

    /// With mounts as the configuration says them.
    pub(crate) fn with(mounts: &str) -> Stage {
        let folder = TempDir::new().unwrap();
        let config = config_with(folder.path(), "memory", &format!("{WITH_TOKENS}{mounts}"));
        let stage = Stage { server: Server::start(&config), folder };
        stage.register(&std::fs::read_to_string(scripts().join("jobs.ndjson")).unwrap());
        stage
    }

    /// Describes jobs, one a line.
    pub(crate) fn register(&self, jobs: &str) {
        let answer = self.server.control("POST /v1/jobs", jobs);
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(told["failed_total"], 0, "{told}");
    }

    /// Describes 250 jobs that have ended, 1001 to 1250: lists of several pages.
    pub(crate) fn register_many(&self) {
        let jobs = (1..=250).map(|place| {
            let number = 1000 + place;
            format!(
                "{{\"number\":{number},\"dialects\":[\"cisco-prime\"],\"name\":\"Import {place:03}\",\"type\":\"BulkImport\",\
                 \"owner\":\"li\",\"state\":\"succeeded\"}}\n"
            )
        });
        self.register(&jobs.collect::<String>());
    }

    /// Runs a script and holds what it prints to the file beside it.
    pub(crate) fn plays(&self, runtime: Runtime, script: &str) {
        self.plays_by_way_of(self.server.listen, runtime, script);
    }

    /// The same, with whoever listens at that address between the script and the gateway.
    pub(crate) fn plays_by_way_of(&self, address: SocketAddr, runtime: Runtime, script: &str) {
        let shown = self.run(address, runtime, script);
        let name = script.rsplit_once('.').unwrap().0;
        let expected = std::fs::read_to_string(scripts().join(format!("{name}.txt"))).unwrap();
        let (mut seen, mut wanted) = (shown.lines(), expected.lines());
        for place in 1.. {
            match (wanted.next(), seen.next()) {
                (None, None) => return,
                (Some(wanted), Some(seen)) if fits(wanted, seen) => {}
                (wanted, seen) => panic!(
                    "{name}.txt line {place}\nwanted: {}\nseen:   {}\nall that was seen:\n{shown}",
                    wanted.unwrap_or("nothing more"),
                    seen.unwrap_or("nothing more")
                ),
            }
        }
    }

    /// What a script prints. Its environment is its own: no proxy, no settings of whoever runs the tests.
    fn run(&self, address: SocketAddr, runtime: Runtime, script: &str) -> String {
        let mut command = runtime.command(script);
        command
            .args([format!("http://{address}"), format!("http://{}", self.server.control)])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let id = child.id();
        let (told, ended) = mpsc::channel();
        std::thread::spawn(move || told.send(child.wait_with_output()));
        let Ok(output) = ended.recv_timeout(PATIENCE) else {
            let _ = Command::new("kill").args(["-9", &id.to_string()]).status();
            panic!("{script} has not ended after {PATIENCE:?}");
        };
        let output = output.unwrap();
        let (shown, errors) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{script}: {}\n{shown}{errors}", output.status);
        shown.replace(&address.to_string(), "gateway")
    }

    /// Where the gateway and its control API are.
    pub(crate) fn addresses(&self) -> (SocketAddr, SocketAddr) {
        (self.server.listen, self.server.control)
    }

    /// The states of jobs as the ledger has them.
    pub(crate) fn ends_with(&self, states: &[(i64, &str)]) {
        for (number, state) in states {
            let answer = self.server.control(&format!("GET /v1/jobs/{number}"), "");
            let job: Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(job["state"], **state, "{job}");
        }
    }

    /// The orders that runners were given: each `NUMBER COMMAND`, in order.
    pub(crate) fn orders(&self) -> Vec<String> {
        let answer = self.server.control("GET /v1/commands?after=0&limit=1000", "");
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        let commands = told["commands"].as_array().unwrap();
        commands
            .iter()
            .map(|order| format!("{} {}", order["number"], order["command"].as_str().unwrap()))
            .collect()
    }
}

impl Runtime {
    /// The command that runs a script, with nothing in it that the script gets.
    fn command(self, script: &str) -> Command {
        let script = scripts().join(script);
        match self {
            Runtime::Shell => {
                let mut command = Command::new("sh");
                command.arg(script);
                command
            }
            Runtime::Python => {
                let mut command = Command::new(installed().join("venv/bin/python"));
                command.arg(script);
                command
            }
            Runtime::Node => {
                let mut command = Command::new(installed().join("node"));
                command.args(["--input-type=module", "-"]).current_dir(installed());
                command.stdin(std::fs::File::open(script).unwrap());
                command
            }
        }
    }
}

fn scripts() -> PathBuf {
    root().join("tests/clients")
}

/// Where the clients are: what is pinned, and nothing else.
fn installed() -> PathBuf {
    let folder = root().join("target/clients");
    let pins =
        ["requirements.txt", "package-lock.json"].map(|file| std::fs::read(scripts().join(file)).unwrap());
    let there = std::fs::read(folder.join("installed")).unwrap_or_default();
    assert!(
        there == pins.concat(),
        "the real clients are not installed as pinned: run ./check, or tests/clients/install"
    );
    folder
}
