//! The README, run: every `$ curl` of its tour is sent to a fresh demo, and what comes back is what the README shows, `…`
//! standing for anything; and its commands follow one another as they stand there.

use std::process::Command;

use crate::server::{Server, program};

/// The calls of the tour, each with the lines shown below it.
fn tour() -> Vec<(String, String)> {
    let readme = std::fs::read_to_string(crate::tidy::root().join("README.md")).unwrap();
    let mut calls: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in readme.lines() {
        match line.strip_prefix("$ ") {
            _ if line.starts_with("```") => inside = line == "```console",
            Some(call) if inside => calls.push((call.to_owned(), String::new())),
            None if inside => {
                let (_, shown) = calls.last_mut().expect("a block begins with a call");
                shown.push_str(line);
                shown.push('\n');
            }
            Some(_) | None => {}
        }
    }
    calls
}

/// Whether a text is the pattern, `…` being anything.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut open_end = false;
    for part in parts {
        let Some(place) = rest.find(part) else { return false };
        rest = &rest[place + part.len()..];
        open_end = part.is_empty();
    }
    rest.is_empty() || open_end
}

#[test]
fn the_tour_is_what_the_demo_prints() {
    let mut demo = Command::new(program());
    demo.args(["demo", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--token", "TOKEN"]);
    let demo = Server::spawn(demo);
    let (listen, control) = (demo.listen.to_string(), demo.control.to_string());
    let calls = tour();
    assert!(calls.len() >= 10, "the tour has {} calls", calls.len());
    for (call, shown) in calls {
        let real = call.replace("127.0.0.1:8080", &listen).replace("127.0.0.1:8081", &control);
        let output = Command::new("sh").args(["-c", &real]).output().expect("sh starts");
        assert!(output.status.success(), "{call}: {output:?}");
        let seen = String::from_utf8(output.stdout).unwrap().replace(&listen, "127.0.0.1:8080");
        assert!(fits(shown.trim_end(), seen.trim_end()), "$ {call}\nshown: {shown}\nseen:  {seen}");
    }
}

/// The first block of the README that begins so, without its fences.
fn block(begins: &str) -> String {
    let readme = std::fs::read_to_string(crate::tidy::root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once(begins).expect("there is such a block");
    format!("{}{}", begins.rsplit('\n').next().unwrap(), rest.split("\n```").next().unwrap())
}

#[test]
fn the_commands_for_real_are_understood_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("countermand.toml"), block("```toml\n# countermand.toml")).unwrap();
    std::fs::write(folder.path().join("control.token"), "token-of-the-readme").unwrap();
    std::fs::write(folder.path().join("password"), "secret").unwrap();
    // One case is enough: all of them are played elsewhere, and recordings are made elsewhere.
    let case = crate::tidy::root().join("fixtures/oracle-ess/cancel-running.http");
    for cases in ["fixtures/oracle-ess", "recorded/oracle-ess"] {
        let cases = folder.path().join(cases);
        std::fs::create_dir_all(&cases).unwrap();
        std::fs::copy(&case, cases.join("cancel-running.http")).unwrap();
    }
    let commands = block("```sh\ncountermand user");
    for command in commands.lines() {
        let mut run = Command::new("sh");
        // Whatever serves does not end: of that, only what `--help` says of it is asked.
        let serves = ["countermand serve", "countermand record"];
        let help = if serves.iter().any(|name| command.starts_with(name)) { "--help" } else { "" };
        let bare = command.split(" #").next().unwrap();
        run.args(["-c", &format!("{bare} {help} < password")]).current_dir(folder.path());
        let path = std::env::var("PATH").unwrap();
        run.env("PATH", format!("{}:{path}", program().parent().unwrap().display()));
        let output = run.output().expect("sh starts");
        assert!(output.status.success(), "{command}: {output:?}");
    }
    assert!(commands.lines().count() >= 5, "{commands}");
}

#[test]
fn a_pattern_fits_only_what_it_says() {
    assert!(fits("a…c", "abbc") && fits("a…", "ab") && fits("abc", "abc"));
    assert!(!fits("a…c", "abbd") && !fits("abc", "abcd") && !fits("…c", "cd"));
}
