//! Every fixture through the whole gateway in this process, and what is promised of fixtures as files: each says what
//! follows the clock, the schema is the reader's, and a given job's members are the control API's.

use std::path::Path;
use std::sync::Arc;

use countermand::conform::InProcess;
use countermand_conformance::fixture::{Fixture, Key, MEMBERS, read, schema};
use countermand_conformance::report::{Counts, Style, dialects};
use countermand_conformance::run::{Outcome, Verdict, one, play};

/// An hour at which no fixture stands, for those that do not name theirs: 2031-07-02T03:04:05.678Z.
const ANOTHER_TIME: i64 = 1_940_727_845_678;

/// Every fixture there is.
pub(crate) fn fixtures() -> Vec<Arc<Fixture>> {
    let read = |path: &std::path::PathBuf| match read(path) {
        Ok(fixture) => Arc::new(fixture),
        Err(mistakes) => {
            panic!("{}", mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        }
    };
    crate::tidy::files("fixtures", ".http").iter().map(read).collect()
}

fn fell_short(verdicts: &[Verdict]) -> String {
    let verdicts: Vec<_> = verdicts.iter().filter(|verdict| verdict.result.fell_short()).cloned().collect();
    dialects(&verdicts, Style::default())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fixture_is_answered_as_it_says() {
    let target = Arc::new(InProcess::new().unwrap());
    let verdicts = play(target, fixtures(), |_| {}).await.unwrap();
    let counts = Counts::of(&verdicts);
    println!("{counts}");
    assert_eq!(counts.failed, 0, "\n{}{counts}", fell_short(&verdicts));
}

/// A server that runs has a clock of its own: a case that names no `clock` must hold at any time, but for its `times`.
/// `UPDATE_EXPECT=1` writes into a file what it misses.
#[tokio::test(flavor = "multi_thread")]
async fn every_fixture_says_what_follows_the_clock() {
    let noon = InProcess::new().unwrap();
    let later = Arc::new(InProcess::at(ANOTHER_TIME).unwrap());
    let verdicts = play(Arc::clone(&later) as Arc<_>, fixtures(), |_| {}).await.unwrap();
    let mut missing = Vec::new();
    for verdict in verdicts.into_iter().filter(|verdict| verdict.result.fell_short()) {
        if one(&noon, Arc::clone(&verdict.fixture)).await.unwrap().result.fell_short() {
            // It is wrong at any time, which another test says.
            continue;
        }
        let line = clock_line(later.as_ref(), &verdict).await;
        let path = &verdict.fixture.path;
        missing.push(format!("{}: add a line `{line}`", path.display()));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            write_below_title(path, &line);
        }
    }
    let advice = "UPDATE_EXPECT=1 adds the lines";
    assert!(
        missing.is_empty(),
        "{} fixtures follow the clock; {advice}:\n{}",
        missing.len(),
        missing.join("\n")
    );
}

/// The line that a head misses: the places that differ at another time, if that is all that differs, else the clock.
async fn clock_line(later: &InProcess, verdict: &Verdict) -> String {
    let mut fixture = Fixture::clone(&verdict.fixture);
    // Bytes have no places.
    fixture.head.exact = false;
    let by_value = one(later, Arc::new(fixture)).await.unwrap();
    let Outcome::Failed(differences) = by_value.result else { return clock() };
    let mut places: Vec<String> = verdict.fixture.head.times.iter().map(ToString::to_string).collect();
    for difference in differences {
        let is_value =
            difference.place.starts_with('/') && difference.expected.is_some() && difference.seen.is_some();
        if !is_value {
            return clock();
        }
        if !places.contains(&difference.place) {
            places.push(difference.place);
        }
    }
    format!("times = {places:?}")
}

fn clock() -> String {
    "clock = \"2026-01-01T12:00:00Z\"".to_owned()
}

fn write_below_title(path: &Path, line: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    let key = line.split(' ').next().unwrap();
    let mut lines: Vec<&str> =
        text.split('\n').filter(|old| !old.starts_with(&format!("{key} = "))).collect();
    lines.insert(2, line);
    std::fs::write(path, lines.join("\n")).unwrap();
}

#[test]
fn the_schema_is_the_readers() {
    crate::pages::hold("docs/fixture.schema.json", &format!("{:#}\n", schema()));
}

#[test]
fn the_docs_show_every_key_of_a_head() {
    let docs = std::fs::read_to_string(crate::tidy::root().join("docs/fixtures.md")).unwrap();
    for row in Key::ALL.map(Key::row) {
        let absent = row.absent.unwrap_or("required");
        let line = format!("| `{}` | {} | {absent} |", row.name, row.meaning);
        assert!(docs.contains(&line), "docs/fixtures.md has no line\n{line}");
    }
}

#[test]
fn a_given_job_has_the_members_that_the_control_api_takes() {
    let path = crate::tidy::root().join("crates/control/src/openapi.json");
    let document: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for member in MEMBERS {
        // What the control API does not know it refuses, and names what was probably meant.
        let value = member.blank.unwrap_or(match member.name {
            "kind" => "\"single\"",
            _ => "\"2026-01-01T12:00:00Z\"",
        });
        let json = format!("{{\"number\":1,\"{}\":{value}}}", member.name);
        countermand_control::describe(json.as_bytes())
            .unwrap_or_else(|problem| panic!("{json}: {problem:?}"));
    }
    let properties = document["components"]["schemas"]["Job"]["properties"].as_object();
    let known = properties.expect("the description of a job is in the document");
    let here = |name: &str| MEMBERS.iter().any(|member| member.name == name);
    let read_only = |value: &serde_json::Value| value["readOnly"].as_bool() == Some(true);
    let apart = ["number", "namespace"];
    let missing: Vec<_> = known
        .iter()
        .filter(|(name, value)| !here(name) && !apart.contains(&name.as_str()) && !read_only(value))
        .map(|(name, _)| name)
        .collect();
    assert!(missing.is_empty(), "a fixture cannot give {missing:?}");
}
