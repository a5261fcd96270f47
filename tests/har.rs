//! `countermand fixtures import` and `export --har` as a process: what is exported is imported again as it was, by the
//! whole corpus.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use countermand_conformance::fill::{AUTHORIZATION, Base};
use countermand_conformance::fixture::{Fixture, Message, User, read};
use countermand_conformance::har::{self, Pair};

use crate::conform::check;
use crate::server::program;
use crate::tidy::{files, root};

fn fixtures(arguments: &[&str]) -> Output {
    Command::new(program()).arg("fixtures").args(arguments).output().expect("the program runs")
}

fn corpus() -> Vec<Fixture> {
    files("fixtures", ".http").iter().map(|file| read(file).unwrap()).collect()
}

/// The headers of a message as an archive has them.
fn headers(message: &Message, user: User, base: &Base) -> Vec<(String, String)> {
    let header = |(name, value): &(String, String)| {
        let variable = format!("{{{{{}}}}}", user.name());
        let is_user = value == AUTHORIZATION;
        let value = if is_user { variable } else { base.filled(value) };
        (!is_user || user != User::None).then(|| (name.clone(), value))
    };
    message.headers.iter().filter_map(header).collect()
}

fn pairs(headers: &[Pair]) -> Vec<(String, String)> {
    headers.iter().map(|header| (header.name.clone(), header.value.clone())).collect()
}

#[test]
fn an_archive_of_the_corpus_holds_every_exchange_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.har");
    let exported =
        fixtures(&["export", "--har", file.to_str().unwrap(), root().join("fixtures").to_str().unwrap()]);
    check(&exported, 0, &[" exchanges of ", " cases written to "]);
    let har = har::read(&file, &std::fs::read_to_string(&file).unwrap()).unwrap();
    let base = Base { url: "http://localhost:8080".to_owned(), authority: "localhost:8080".to_owned() };
    let mut entries = har.log.entries.iter();
    let mut titles: BTreeMap<_, _> = har.log.pages.iter().map(|page| (&page.id, &page.title)).collect();
    for fixture in corpus() {
        assert_eq!(titles.remove(&fixture.name), Some(&fixture.head.title));
        for exchange in &fixture.exchanges {
            let entry = entries.next().unwrap();
            let (asked, answered) = (&exchange.request, &exchange.response);
            assert_eq!(entry.pageref.as_deref(), Some(fixture.name.as_str()));
            assert_eq!(entry.request.method, asked.method());
            assert_eq!(entry.request.url, format!("{}{}", base.url, base.filled(asked.target())));
            assert_eq!(pairs(&entry.request.headers), headers(asked, fixture.head.user, &base));
            let sent = entry.request.post_data.as_ref().and_then(|body| body.text.as_deref());
            assert_eq!(sent.unwrap_or_default(), base.filled(&asked.body));
            assert_eq!(entry.response.status, answered.status());
            assert_eq!(pairs(&entry.response.headers), headers(answered, fixture.head.user, &base));
            assert_eq!(entry.response.content.text.as_deref(), Some(base.filled(&answered.body).as_str()));
        }
    }
    assert!(entries.next().is_none() && titles.is_empty());
}

/// Of each dialect one case. What a result holds is in no table, and kept by name.
const KNOWN: [&str; 4] = [
    "cisco-prime/v1-cancel-xml",
    "hitachi-detail-view/status-cancelling",
    "oracle-ess/cancel-running",
    "qlik-odag/cancel-auto-ack",
];

#[test]
fn what_is_exported_is_imported_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (file, into) = (folder.path().join("some.har"), folder.path().join("imported"));
    let (file, into) = (file.to_str().unwrap(), into.to_str().unwrap());
    let cases: Vec<_> = KNOWN.iter().map(|name| root().join(format!("fixtures/{name}.http"))).collect();
    let paths: Vec<_> = cases.iter().map(|case| case.to_str().unwrap()).collect();
    check(&fixtures(&[&["export", "--har", file], paths.as_slice()].concat()), 0, &["of 4 cases"]);
    let exchanges: usize = cases.iter().map(|case| read(case).unwrap().exchanges.len()).sum();
    let says = format!("4 fixtures with {exchanges} exchanges; 0 repeated ones are folded\n");
    let import = ["import", "--keep", "/result", "--into", into, file];
    check(&fixtures(&import), 0, &[&says]);
    for case in &cases {
        let before = read(case).unwrap();
        let made: Vec<_> = std::fs::read_dir(Path::new(into).join(before.dialect.name)).unwrap().collect();
        let [Ok(made)] = made.as_slice() else { panic!("one fixture: {made:?}") };
        assert_eq!(made.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let after = read(&made.path()).unwrap();
        assert_eq!(after.head.evidence.name(), "observed");
        assert!(after.head.source.contains(&before.head.title), "{}", after.head.source);
        for (one, other) in before.exchanges.iter().zip(&after.exchanges) {
            assert_eq!(value(&one.request), value(&other.request));
            assert_eq!(value(&one.response), value(&other.response));
        }
    }
    // Again, and nothing is overwritten.
    check(&fixtures(&import), 0, &[&says]);
    assert_eq!(std::fs::read_dir(Path::new(into).join("oracle-ess")).unwrap().count(), 2);
}

/// A message without its layout.
fn value(message: &Message) -> (String, Vec<(String, String)>, String) {
    let body: Result<serde_json::Value, _> = serde_json::from_str(&message.body);
    let body = body.map_or_else(|_| message.body.split_whitespace().collect(), |json| json.to_string());
    let mut headers = message.headers.clone();
    headers.sort();
    (message.start.clone(), headers, body)
}

#[test]
fn what_is_no_archive_and_what_nothing_can_be_made_of_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.har");
    let into = folder.path().join("into");
    let into = into.to_str().unwrap();
    let import = |text: &str, arguments: &[&str]| {
        std::fs::write(&file, text).unwrap();
        fixtures(&[&["import", "--into", into, file.to_str().unwrap()], arguments].concat())
    };
    let log = |entries: &str| {
        format!(
            "{{\"log\":{{\"version\":\"1.2\",\"creator\":{{\"name\":\"n\",\"version\":\"1\"}},\"entries\":[{entries}]}}}}"
        )
    };
    check(&import(&log("{}"), &[]), 1, &[":1:", ": /log/entries/0: missing field `startedDateTime`"]);
    check(&import("GET / HTTP/1.1", &[]), 1, &["t.har:1:1: no JSON: "]);
    let page = "{\"startedDateTime\":\"2026-01-01T12:00:00Z\",\"request\":{\"method\":\"GET\",\"url\":\"http://h/\",\"headers\":[]},\
                \"response\":{\"status\":200,\"headers\":[],\"content\":{}}}";
    check(
        &import(&log(page), &[]),
        1,
        &["left out 1: the path is in no dialect", "(/log/entries/0)", "none of the 1 entries of "],
    );
    check(&import(&log(""), &["--keep", "header:cookie"]), 64, &["holds credentials"]);
    check(&import(&log(""), &["--dialect", "oracle"]), 64, &["there is no dialect \"oracle\""]);
    check(&fixtures(&["import", "--into", into, "/nowhere.har"]), 74, &["cannot read /nowhere.har"]);
    check(&fixtures(&["export", "--har", "x", "--into", into, "fixtures"]), 64, &["cannot be used with"]);
    check(&fixtures(&["export", "fixtures"]), 64, &["--into"]);
    assert!(!Path::new(into).exists());
}
