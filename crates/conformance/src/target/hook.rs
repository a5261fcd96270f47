//! A command that prepares a foreign server for a case: what `given` says is on its stdin as JSON. Knows the shell, not
//! what the command does.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::{Skip, Trouble};
use crate::fixture::{Fixture, Given};

/// The exit code that says "not this case": `EX_TEMPFAIL` of sysexits.h.
const CANNOT: i32 = 75;

/// How long a hook may take for one case.
const PATIENCE: Duration = Duration::from_secs(120);

/// A command, run by the shell once per case before its first request.
#[derive(Clone, Debug)]
pub struct Hook {
    command: String,
}

impl Hook {
    /// A hook that runs this command line.
    #[must_use]
    pub fn new(command: impl Into<String>) -> Hook {
        Hook { command: command.into() }
    }

    /// Runs it. Exit 0: the jobs are there. Exit 75: this case cannot be prepared. Anything else is a failure, told
    /// with the last line of its stderr.
    pub(super) async fn prepare(&self, fixture: &Fixture) -> Result<(), Trouble> {
        let failed = |problem: String| Trouble::Case(format!("--given-hook {problem}"));
        let mut child = Command::new("sh")
            .args(["-c", &self.command])
            .env("COUNTERMAND_CASE", &fixture.name)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(format!("does not start: {error}")))?;
        let input = input(fixture);
        let mut stdin = child.stdin.take().expect("it is piped");
        // A hook need not read what it is told.
        drop(stdin.write_all(input.as_bytes()).await);
        drop(stdin);
        let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
        let output = output.map_err(|_| failed(format!("has not ended within {PATIENCE:?}")))?;
        let output = output.map_err(|error| failed(format!("has not ended well: {error}")))?;
        match output.status.code() {
            Some(0) => Ok(()),
            Some(CANNOT) => Err(Trouble::Skip(Skip::Hook)),
            _ => {
                let said =
                    String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("nothing").to_owned();
                Err(failed(format!("ended with {}; it said: {said}", output.status)))
            }
        }
    }
}

/// `{"case": …, "dialect": …, "title": …, "given": […]}` and a newline.
fn input(fixture: &Fixture) -> String {
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let given: Vec<_> = fixture.head.given.iter().map(Given::json).collect();
    format!(
        "{{\"case\":{},\"dialect\":{},\"title\":{},\"given\":[{}]}}\n",
        text(&fixture.name),
        text(fixture.dialect.name),
        text(&fixture.head.title),
        given.join(",")
    )
}
