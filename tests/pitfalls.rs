//! Every pitfall of a dialect is proved: by a fixture that names its number in `pitfalls`, or by a test whose comment
//! says `Pitfall <dialect> <number>.` on a line of its own. The pitfalls stand in `fixtures/<dialect>/pitfalls.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use countermand_conformance::fixture::{Exchange, read};
use countermand_conformance::report::pitfalls;

use crate::tidy::{files, root};

/// The pitfalls of a dialect by number, where its folder has them.
pub(crate) fn listed(dialect: &str) -> BTreeMap<u8, String> {
    pitfalls(&root().join("fixtures").join(dialect))
}

/// The numbers that fixtures and the comments of tests name, each with those files, as the repository has them.
pub(crate) fn named(dialect: &str) -> BTreeMap<u8, BTreeSet<String>> {
    let mut named: BTreeMap<u8, BTreeSet<String>> = BTreeMap::new();
    let mut name = |number, path: &Path| {
        let file = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        named.entry(number).or_default().insert(file);
    };
    for path in files(&format!("fixtures/{dialect}"), ".http") {
        read(&path).unwrap().head.pitfalls.into_iter().for_each(|number| name(number, &path));
    }
    let mark = format!("/// Pitfall {dialect} ");
    for path in files("crates", ".rs").into_iter().chain(files("tests", ".rs")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let numbers =
            text.lines().filter_map(|line| line.trim().strip_prefix(&mark)?.strip_suffix('.')?.parse().ok());
        numbers.for_each(|number| name(number, &path));
    }
    named
}

#[test]
fn every_pitfall_is_named_by_a_fixture_or_a_test() {
    for dialect in countermand_dialects::ALL {
        let listed: BTreeSet<u8> = listed(dialect.name).into_keys().collect();
        let named: BTreeSet<u8> = named(dialect.name).into_keys().collect();
        let unproved: Vec<_> = listed.difference(&named).collect();
        let unknown: Vec<_> = named.difference(&listed).collect();
        assert!(unproved.is_empty(), "{}: nothing names the pitfalls {unproved:?}", dialect.name);
        assert!(unknown.is_empty(), "{}: named, and not in pitfalls.toml: {unknown:?}", dialect.name);
    }
}

/// Pitfall hitachi-detail-view 17.
#[test]
fn no_fixture_is_made_of_the_manuals_notation() {
    for path in files("fixtures/hitachi-detail-view", ".http") {
        let shown = path.display();
        for Exchange { request, response } in read(&path).unwrap().exchanges {
            // `GET / HTTP /1.1 Authorization:Basic …` is how a manual prints a request, not what a client sends.
            let words: Vec<_> = request.start.split(' ').collect();
            let [method, target, "HTTP/1.1"] = words[..] else { panic!("{shown}: {}", request.start) };
            assert!(method.bytes().all(|byte| byte.is_ascii_uppercase()), "{shown}: {method}");
            assert!(target.starts_with('/') || target == "*", "{shown}: {target}");
            // `{"total":, "data":[ , , ]}` is the skeleton of an answer.
            let is_json = response
                .headers
                .iter()
                .any(|(name, value)| name.eq_ignore_ascii_case("content-type") && value.contains("json"));
            if is_json && !response.body.is_empty() {
                let read = serde_json::from_str::<serde::de::IgnoredAny>(&response.body);
                assert!(read.is_ok(), "{shown}: {read:?} in {}", response.body);
            }
        }
    }
}
