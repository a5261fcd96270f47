//! A client of a proxy: the real curl, over TLS, from an address that is not the proxy's own. It sends paths as they are
//! written and is told what to trust.

use std::process::Command;

use super::front::Front;
use crate::certificates::NAME;
use crate::client::Answer;

/// Where clients are; the proxies are at 127.0.0.1.
pub(crate) const CLIENT: &str = "127.0.0.5";

impl Front {
    /// What clients call it.
    pub(crate) fn origin(&self) -> String {
        format!("https://{NAME}:{}", self.listen.port())
    }

    /// What `operator` is answered on a path: `more` are curl's own arguments.
    pub(crate) fn ask(&self, path: &str, more: &[&str]) -> Answer {
        let mut answers = self.ask_in_turn(&[(path, more)]);
        answers.pop().expect("one call, one answer")
    }

    /// The same for several calls over one connection, one after the other.
    pub(crate) fn ask_in_turn(&self, calls: &[(&str, &[&str])]) -> Vec<Answer> {
        let mut command = Command::new("curl");
        for (place, (path, more)) in calls.iter().enumerate() {
            if place > 0 {
                command.arg("--next");
            }
            let resolve = format!("{NAME}:{}:{}", self.listen.port(), self.listen.ip());
            command.args(["--disable", "--silent", "--show-error", "--include", "--path-as-is", "--globoff"]);
            command.args(["--max-time", "60", "--http1.1", "--interface", CLIENT, "--resolve", &resolve]);
            command.arg("--cacert").arg(&self.certificates.authority);
            // No `Expect: 100-continue`, whose answer would be one more.
            command.args(["--user", "operator:secret", "--header", "Expect:"]).args(*more);
            command.arg(format!("{}{path}", self.origin()));
        }
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let output = command.output().expect("curl starts");
        let shown = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        let answers = answers(&shown).unwrap_or_else(|| panic!("{shown:?}{errors}\n{}", self.said()));
        assert_eq!(answers.len(), calls.len(), "{shown}{errors}\n{}", self.said());
        answers
    }
}

/// The answers that curl shows one behind the other, each with its head.
fn answers(mut shown: &str) -> Option<Vec<Answer>> {
    let mut answers = Vec::new();
    while !shown.is_empty() {
        let (head, rest) = shown.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let header =
            |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
        let headers = lines.map(header).collect::<Option<_>>()?;
        let mut answer = Answer { status, headers, body: String::new() };
        // Less than was promised where the answer broke off; all that is left where nothing was.
        let length = answer.header("content-length").and_then(|length| length.parse().ok());
        let (body, rest) = rest.split_at(length.unwrap_or(rest.len()).min(rest.len()));
        answer.body = body.to_owned();
        answers.push(answer);
        shown = rest;
    }
    Some(answers)
}
