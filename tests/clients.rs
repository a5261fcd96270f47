//! Real clients, unmodified, each through a whole session against the real program: what it returns and raises is what
//! its user sees, and what it did is in the ledger.
//!
//! A session is a script under `tests/clients/` that gets the gateway's address and the control API's, where it also plays
//! the runner of the jobs it stops. It prints one line for each step, which must be the lines of the file beside it that
//! ends in `.txt`; `…` there stands for anything. `tests/clients/install`, which `./check` runs, installs the clients.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::client::{Answer, Client};
use crate::readme::fits;
use crate::server::{Server, bcrypt_of_secret};
use crate::tidy::root;

/// How long a session may take, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(120);

/// What runs a script.
#[derive(Clone, Copy, Debug)]
enum Runtime {
    Shell,
    Python,
    /// A module from standard input, whose imports are looked for where it runs: among the installed packages.
    Node,
}

/// A gateway whose ledger holds `tests/clients/jobs.ndjson`. Users `operator`, who may write, and `reader`; the password
/// of both is `secret`.
struct Stage {
    server: Server,
    folder: TempDir,
}

impl Stage {
    /// `mounts` is what the configuration says besides: nothing mounts every dialect on its own paths.
    fn new(mounts: &str) -> Stage {
        let folder = TempDir::new().unwrap();
        let hash = bcrypt_of_secret();
        let users = format!("operator:{hash}\nreader:{hash}\n");
        std::fs::write(folder.path().join("ops.htpasswd"), users).unwrap();
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\n[control]\nlisten = \"127.0.0.1:0\"\ntoken = \"control-token-of-tests\"\n\
             [ledger]\nstore = \"memory\"\n\
             [realms.ops]\nhtpasswd = \"ops.htpasswd\"\nread = [\"all\"]\nwrite = [\"operators\"]\n\
             groups = {{ all = [\"operator\", \"reader\"], operators = [\"operator\"] }}\n\
             [engines.primary]\nkind = \"ledger\"\n{mounts}"
        );
        let config = folder.path().join("countermand.toml");
        std::fs::write(&config, text).unwrap();
        let stage = Stage { server: Server::start(&config), folder };
        stage.register(&std::fs::read_to_string(scripts().join("jobs.ndjson")).unwrap());
        stage
    }

    /// Describes jobs, one a line.
    fn register(&self, jobs: &str) {
        let answer = self.control("POST /v1/jobs", "Content-Type: application/x-ndjson\r\n", jobs);
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(told["failed_total"], 0, "{told}");
    }

    /// Runs a script and holds what it prints to the file beside it.
    fn plays(&self, runtime: Runtime, script: &str) {
        let shown = self.run(runtime, script);
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
    fn run(&self, runtime: Runtime, script: &str) -> String {
        let mut command = runtime.command(script);
        command
            .args([format!("http://{}", self.server.listen), format!("http://{}", self.server.control)])
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
        shown.replace(&self.server.listen.to_string(), "gateway")
    }

    /// The states of jobs as the ledger has them.
    fn ends_with(&self, states: &[(i64, &str)]) {
        for (number, state) in states {
            let answer = self.control(&format!("GET /v1/jobs/{number}"), "", "");
            let job: Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(job["state"], **state, "{job}");
        }
    }

    /// The orders that runners were given: each `NUMBER COMMAND`, in order.
    fn orders(&self) -> Vec<String> {
        let answer = self.control("GET /v1/commands?after=0&limit=1000", "", "");
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        let commands = told["commands"].as_array().unwrap();
        commands
            .iter()
            .map(|order| format!("{} {}", order["number"], order["command"].as_str().unwrap()))
            .collect()
    }

    fn control(&self, line: &str, headers: &str, body: &str) -> Answer {
        let headers = format!("Authorization: Bearer control-token-of-tests\r\n{headers}");
        let answer = Client::connect(self.server.control).unwrap().request(line, &headers, body).unwrap();
        assert_eq!(answer.status, 200, "{line}: {}", answer.body);
        answer
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

#[test]
fn curl_in_a_shell_script_speaks_all_four() {
    let stage = Stage::new("");
    stage.plays(Runtime::Shell, "curl.sh");
    stage.ends_with(&[(15, "cancelled"), (25, "cancelled"), (16, "succeeded"), (101, "cancelled")]);
    stage.ends_with(&[(201, "cancelled"), (202, "running"), (301, "cancelled")]);
    let prime = ["25 cancel", "15 cancel", "7 cancel"];
    let odag = ["201 hold", "201 release", "201 cancel", "201 acknowledge"];
    let ess = ["301 hold", "301 release", "301 cancel", "304 cancel", "305 cancel", "303 cancel"];
    let deleted = ["304 delete", "305 delete", "303 delete"];
    assert_eq!(stage.orders(), [&prime[..], &["101 cancel"], &odag, &ess, &deleted].concat());
}

#[test]
fn requests_that_are_sent_again_count_once() {
    let stage = Stage::new("");
    stage.plays(Runtime::Python, "retries.py");
    stage.ends_with(&[(15, "cancelling"), (202, "cancelling"), (302, "cancelled"), (301, "queued")]);
    assert_eq!(stage.orders(), ["302 cancel", "15 cancel", "202 cancel"]);
}

#[test]
fn what_powershell_sends_is_understood_or_refused_clearly() {
    let stage = Stage::new("");
    stage.plays(Runtime::Python, "powershell.py");
    stage.ends_with(&[(16, "succeeded"), (35, "cancelled"), (36, "queued"), (45, "cancelled")]);
    let orders =
        ["15 cancel", "25 cancel", "46 cancel", "35 cancel", "45 cancel", "302 cancel", "201 cancel"];
    assert_eq!(stage.orders(), orders);
}

#[test]
fn qlik_api_does_its_whole_session() {
    let stage = Stage::new("");
    stage.plays(Runtime::Node, "qlik.mjs");
    stage.ends_with(&[
        (201, "cancelled"),
        (202, "cancelled"),
        (203, "failed"),
        (204, "succeeded"),
        (205, "queued"),
    ]);
    let orders =
        ["201 hold", "201 release", "201 cancel", "201 acknowledge", "202 cancel", "202 acknowledge"];
    assert_eq!(stage.orders(), [&orders[..], &["203 acknowledge", "203 delete_output"]].concat());
}
