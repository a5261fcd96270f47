//! What reports say of one case of each kind.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::compare::{Rules, Seen, answers};
use crate::fill::Base;
use crate::fixture::parse;
use crate::run::{Outcome, Verdict};
use crate::target::Skip;

/// A case that pins a quirk of its dialect, answered with another state and another status.
fn failed() -> Verdict {
    let text = "+++\ntitle = \"No run\"\nevidence = \"observed\"\nsource = \"a page\"\n+++\nGET /x HTTP/1.1\nHost: {{host}}\n\n---\n\
                HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"id\": 7, \"state\": \"a\", \"at\": \"{{base}}/x\"}\n";
    let dialect = countermand_dialects::ALL[0];
    let fixture = parse(&Path::new("fixtures").join(dialect.quirks[0].fixture), text).unwrap();
    let seen = Seen {
        status: 404,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: "{\"state\":\"\\u001bb\",\"id\":7.0,\"at\":\"http://h/x\"}".to_owned(),
    };
    let base = Base { url: "http://h".to_owned(), authority: "h".to_owned() };
    let differences = answers(&fixture.exchanges[0].response, &seen, &base, &Rules::default(), 1);
    let result = Outcome::Failed(differences);
    let answers = vec![seen];
    let time = Duration::from_millis(5);
    Verdict { fixture: Arc::new(fixture), result, answers, base, own_clock: false, unseen: 0, time }
}

fn with(result: Outcome) -> Verdict {
    Verdict { result, ..failed() }
}

#[test]
fn a_failure_names_the_place_what_was_seen_and_why_it_matters() {
    let said = dialects(&[failed(), with(Outcome::Passed)], Style::default());
    let quirk = countermand_dialects::ALL[0].quirks[0].what;
    for line in [
        "cisco-prime: 1 passed, 1 failed, 0 skipped",
        "answer 1 to GET /x HTTP/1.1",
        "      status\n        expected 200\n        seen     404",
        "      /state\n        expected \"a\"\n        seen     \"\\u001bb\"",
        "-   \"state\": \"a\"",
        &format!("why it matters: {quirk}"),
    ] {
        assert!(said.contains(line), "{line} is not in\n{said}");
    }
    assert!(!said.contains('\u{1b}'), "{said}");
    assert!(dialects(&[failed()], Style { colour: true, verbose: false }).contains("\u{1b}[31m"));
}

#[test]
fn summaries_count_the_reasons() {
    let skipped = |skip| with(Outcome::Skipped(skip));
    let all = [
        with(Outcome::Passed),
        skipped(Skip::Options),
        skipped(Skip::Options),
        skipped(Skip::Clock),
        failed(),
    ];
    assert_eq!(Counts::of(&all).to_string(), "1 passed, 1 failed, 3 skipped (1: clock, 2: options)");
}

#[test]
fn programs_and_ci_servers_are_told_the_same() {
    let all = [failed(), with(Outcome::Skipped(Skip::Clock)), with(Outcome::Broken("no\u{1}".to_owned()))];
    let report = json("in process", &all, 7);
    assert_eq!((report["failed"].as_u64(), report["skipped"]["clock"].as_u64()), (Some(2), Some(1)));
    assert_eq!(report["cases"][0]["differences"][1]["place"], "/state");
    assert_eq!(report["cases"][0]["why"][0], countermand_dialects::ALL[0].quirks[0].what);
    let xml = junit("in process", &all, Duration::from_secs(1)).unwrap();
    let document = roxmltree::Document::parse(&xml).unwrap();
    let count = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    assert_eq!((count("testcase"), count("failure"), count("error"), count("skipped")), (3, 1, 1, 1));
}
