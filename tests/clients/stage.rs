//! A gateway with jobs in its ledger, against which a script is run. Knows how scripts are run, and no client.

use std::net::SocketAddr;
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

/// The configuration, up to the mounts.
const CONFIG: &str = r#"
[server]
listen = "127.0.0.1:0"
[control]
listen = "127.0.0.1:0"
token = "control-token-of-tests"
[ledger]
store = "memory"
[realms.ops]
htpasswd = "ops.htpasswd"
tokens = "ops.tokens"
read = ["all"]
write = ["operators"]
groups = { all = ["operator", "reader"], operators = ["operator"] }
[engines.primary]
kind = "ledger"
"#;

/// The SHA-256 of each user's bearer token.
const TOKENS: &str = "\
operator:{SHA256}18480fd309fa2cc658eb41b2df7eebc20f8f515b6331fa8417b15c198f9559da
reader:{SHA256}f9e36f90379bbb3c10c8874dde93c9c078b38316c1d9d076ea507844b76d2278
";

/// What runs a script.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Runtime {
    Shell,
    Python,
    /// A module from standard input, whose imports are looked for where it runs: among the installed packages.
    Node,
}

/// A gateway whose ledger holds `tests/clients/jobs.ndjson`. Users `operator`, who may write, and `reader`; the password
/// of both is `secret`, their bearer tokens are `token-of-operator` and `token-of-reader`.
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
        let hash = bcrypt_of_secret();
        let users = format!("operator:{hash}\nreader:{hash}\n");
        std::fs::write(folder.path().join("ops.htpasswd"), users).unwrap();
        std::fs::write(folder.path().join("ops.tokens"), TOKENS).unwrap();
        let config = folder.path().join("countermand.toml");
        std::fs::write(&config, format!("{CONFIG}{mounts}")).unwrap();
        let stage = Stage { server: Server::start(&config), folder };
        stage.register(&std::fs::read_to_string(scripts().join("jobs.ndjson")).unwrap());
        stage
    }

    /// Describes jobs, one a line.
    pub(crate) fn register(&self, jobs: &str) {
        let answer = self.control("POST /v1/jobs", "Content-Type: application/x-ndjson\r\n", jobs);
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(told["failed_total"], 0, "{told}");
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
            let answer = self.control(&format!("GET /v1/jobs/{number}"), "", "");
            let job: Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(job["state"], **state, "{job}");
        }
    }

    /// The orders that runners were given: each `NUMBER COMMAND`, in order.
    pub(crate) fn orders(&self) -> Vec<String> {
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
