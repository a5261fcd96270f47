//! An independent judge: the cases as Hurl files, run by the real `hurl` against the real program. It must say of every
//! case what our runner says, of cases that are right and of cases that were made wrong. `tests/judge/install`, which
//! `./check` runs, installs it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use countermand_conformance::export::hurl;
use countermand_conformance::fixture::Fixture;
use countermand_conformance::run::{Outcome, play};
use countermand_conformance::target::{Control, Credentials, Http, Settings};

use crate::conform::gateway;
use crate::mutation::mutants;
use crate::server::{Server, TOKEN};
use crate::tidy::root;

/// How many changed answers both are asked about.
const CHANGED: usize = 300;

/// The judge, at the pinned version.
fn judge() -> PathBuf {
    let path = root().join("target/judge/bin/hurl");
    assert!(path.is_file(), "the judge is not installed: run ./check, or tests/judge/install");
    path
}

/// The names of the cases that hurl says are not as they should be.
fn hurl_says(server: &Server, folder: &Path) -> BTreeSet<String> {
    let host = server.listen.to_string();
    let variables = [
        format!("base=http://{host}"),
        format!("base_escaped=http:\\/\\/{host}"),
        format!("host={host}"),
        format!("control=http://{}", server.control),
        format!("token={TOKEN}"),
        "operator=Basic b3BlcmF0b3I6c2VjcmV0".to_owned(),
        "reader=Basic cmVhZGVyOnNlY3JldA==".to_owned(),
        "wrong=Basic b3BlcmF0b3I6d3Jvbmc=".to_owned(),
    ];
    let mut command = Command::new(judge());
    command
        .args(["--test", "--jobs", "1", "--no-color"])
        .args(variables.iter().flat_map(|v| ["--variable", v]));
    let output = command.arg(".").current_dir(folder).output().expect("hurl starts");
    let said = String::from_utf8_lossy(&output.stderr);
    let name = |line: &str, word: &str| {
        let path = line.strip_prefix(word)?.trim_start().split(".hurl").next()?;
        Some(path.trim_start_matches("./").to_owned())
    };
    let all = said.lines().filter(|line| name(line, "Success ").or(name(line, "Failure ")).is_some()).count();
    assert!(all > 0, "hurl judged nothing:\n{said}");
    said.lines().filter_map(|line| name(line, "Failure ")).collect()
}

/// The names of the cases that our runner says are not as they should be.
async fn we_say(server: &Server, cases: Vec<Arc<Fixture>>) -> BTreeSet<String> {
    let control = Control::new(&format!("http://{}", server.control), TOKEN, "default").unwrap();
    let target = Http::new(Settings {
        url: format!("http://{}", server.listen),
        credentials: Credentials::basic(Some("operator:secret"), Some("reader:secret")).unwrap(),
        control: Some(control),
        hook: None,
        allow_side_effects: true,
    });
    let verdicts = play(target.unwrap(), cases, |_| {}).await.unwrap();
    let fell_short = verdicts.iter().filter(|verdict| verdict.result.fell_short());
    assert!(!verdicts.iter().any(|verdict| matches!(verdict.result, Outcome::Skipped(_))), "all are played");
    fell_short.map(|verdict| verdict.fixture.name.clone()).collect()
}

/// Writes the cases that can be exported; answers them.
fn exported(cases: impl IntoIterator<Item = Arc<Fixture>>, folder: &Path) -> Vec<Arc<Fixture>> {
    let mut written = Vec::new();
    for case in cases {
        let Ok(text) = hurl(&case) else { continue };
        let path = folder.join(format!("{}.hurl", case.name));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        written.push(case);
    }
    written
}

#[tokio::test(flavor = "multi_thread")]
async fn hurl_says_of_every_case_what_we_say() {
    let (folder, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = gateway(folder.path());
    let fixtures = crate::replay::fixtures();
    let count = fixtures.len();
    let cases = exported(fixtures, files.path());
    println!("{} of {count} cases are judged by hurl as well", cases.len());
    assert!(cases.len() * 10 > count * 9, "only {} of {count} cases can be exported", cases.len());
    assert_eq!(hurl_says(&server, files.path()), we_say(&server, cases).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn hurl_sees_the_changes_that_we_see() {
    let (folder, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = gateway(folder.path());
    // Hurl ends a case at its first mistake and puts nothing away, so only cases that are given nothing are changed.
    let changed = mutants(&crate::replay::fixtures()).into_iter().map(|(_, mutant)| mutant);
    let changed = changed.filter(|mutant| mutant.head.given.is_empty() && mutant.head.times.is_empty());
    let cases = exported(renamed(changed.take(CHANGED)), files.path());
    assert!(cases.len() >= 200, "{} changed answers are too few to say anything", cases.len());
    let ours = we_say(&server, cases.clone()).await;
    assert_eq!(ours.len(), cases.len(), "every change is one that we see");
    println!("{} changed answers are seen by hurl as well", cases.len());
    assert_eq!(hurl_says(&server, files.path()), ours);
}

/// A fixture may have been changed in several ways, and each is a case of its own.
fn renamed(mutants: impl Iterator<Item = Arc<Fixture>>) -> impl Iterator<Item = Arc<Fixture>> {
    mutants.enumerate().map(|(index, mutant)| {
        let name = format!("{}-{index}", mutant.name);
        Arc::new(Fixture { name, ..Fixture::clone(&mutant) })
    })
}
