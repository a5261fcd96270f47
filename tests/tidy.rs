//! What the repository promises about itself: who imports whom, what every file begins with, what no file holds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Which of our own crates a crate may import, and which outside crates it must not. The table of
/// `docs/architecture.md`, as data.
const CRATES: &[(&str, &[&str], &[&str])] = &[
    ("model", &[], &["*"]),
    ("dialects", &["model"], &["tokio", "hyper", "tower", "rusqlite"]),
    ("ledger", &["model"], &["http", "hyper"]),
    ("upstream", &[], &["rusqlite"]),
    ("bus", &["model", "dialects", "upstream"], &["hyper", "rusqlite"]),
    ("edge", &["model", "dialects", "upstream"], &["rusqlite"]),
    ("control", &["model", "dialects", "ledger"], &["rusqlite"]),
    ("conformance", &["model", "dialects"], &["rusqlite"]),
    (
        "countermand",
        &["model", "dialects", "ledger", "upstream", "bus", "edge", "control", "conformance"],
        &["rusqlite"],
    ),
];

/// The folders beside the dialects' that are no dialect's.
const SHARED: [&str; 2] = ["grammar", "conversation"];

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_owned()
}

pub(crate) fn files(below: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(below)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the repository").flatten() {
            let path = entry.path();
            if path.is_dir() && entry.file_name() != "target" {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn crates_import_only_what_the_table_allows() {
    for (name, own, barred) in CRATES {
        let manifest: toml::Table =
            toml::from_str(&text(&root().join("crates").join(name).join("Cargo.toml"))).unwrap();
        let empty = toml::Table::new();
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table).unwrap_or(&empty);
        for dependency in dependencies.keys() {
            if let Some(ours) = dependency.strip_prefix("countermand-") {
                assert!(own.contains(&ours), "{name} must not import {ours}");
            } else {
                let hit = barred.contains(&"*") || barred.contains(&dependency.as_str());
                assert!(!hit, "{name} must not depend on {dependency}");
            }
        }
    }
    let folders = std::fs::read_dir(root().join("crates")).unwrap().count();
    assert_eq!(folders, CRATES.len(), "every crate has a row in the table");
}

#[test]
fn no_dialect_knows_another_and_nothing_outside_knows_one_by_name() {
    let modules: Vec<String> = std::fs::read_dir(root().join("crates/dialects/src"))
        .unwrap()
        .flatten()
        .filter(|entry| {
            entry.path().is_dir() && !SHARED.contains(&entry.file_name().to_string_lossy().as_ref())
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(!modules.is_empty());
    for path in files("crates", ".rs") {
        let shown = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let inside =
            modules.iter().find(|module| shown.starts_with(&format!("crates/dialects/src/{module}/")));
        let table =
            ["crates/dialects/src/lib.rs", "crates/dialects/src/dialect.rs"].contains(&shown.as_str());
        for module in modules.iter().filter(|module| inside != Some(module) && !table) {
            assert!(!text(&path).contains(&format!("{module}::")), "{shown} reaches into {module}");
        }
    }
}

#[test]
fn every_dialect_folder_has_the_same_files() {
    let wanted = [
        "client.rs",
        "decode.rs",
        "encode.rs",
        "errors.rs",
        "mod.rs",
        "open.rs",
        "quirks.rs",
        "refused.rs",
        "routes.rs",
        "settings.rs",
        "states.rs",
        "tests.rs",
        "vocabulary.rs",
        "wire.rs",
    ];
    for entry in std::fs::read_dir(root().join("crates/dialects/src")).unwrap().flatten() {
        if entry.path().is_dir() && !SHARED.contains(&entry.file_name().to_string_lossy().as_ref()) {
            for file in wanted {
                assert!(entry.path().join(file).is_file(), "{} has no {file}", entry.path().display());
            }
        }
    }
}

#[test]
fn every_file_says_what_it_is() {
    for path in files("crates", ".rs").into_iter().chain(files("tests", ".rs")) {
        assert!(text(&path).starts_with("//! "), "{} does not open with //!", path.display());
    }
}

#[test]
fn no_sleeping_test_no_ignored_test_no_allowed_lint() {
    let banned = ["#[ignore", "#[allow(", "#![allow(", "thread::sleep"];
    for path in files("crates", ".rs").into_iter().chain(files("tests", ".rs")) {
        if path.ends_with("tests/tidy.rs") {
            continue;
        }
        for word in banned {
            assert!(!text(&path).contains(word), "{} holds {word}", path.display());
        }
    }
}

#[test]
fn no_wildcard_arm_over_a_model_enum() {
    // A match that names a variant of one of these and has a bare `_ =>` arm would let a new variant pass unseen.
    let enums = ["Command::", "Outcome::", "State::", "FaultKind::", "Effect::"];
    let mut hits = Vec::new();
    for path in files("crates", ".rs") {
        let shown = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        if shown.contains("tests") {
            continue;
        }
        for (line, arms) in matches_with_wildcards(&text(&path)) {
            if let Some(hit) = enums.iter().find(|name| arms.iter().any(|arm| arm.contains(**name))) {
                hits.push(format!("{shown}:{line}: a `_` arm in a match over {hit}"));
            }
        }
    }
    assert!(hits.is_empty(), "{}", hits.join("\n"));
}

/// The matches of a formatted file that have a bare `_ =>` arm: the arm's line, and all arms of that match. rustfmt
/// puts the arms of one match at one indentation.
fn matches_with_wildcards(source: &str) -> Vec<(usize, Vec<String>)> {
    let lines: Vec<&str> = source.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    for (place, line) in lines.iter().enumerate().filter(|(_, line)| line.trim_start().starts_with("_ =>")) {
        let depth = indent(line);
        let above = lines[..place].iter().rev().take_while(|line| line.is_empty() || indent(line) >= depth);
        let arms = above.filter(|line| indent(line) == depth).map(|line| (*line).to_owned()).collect();
        found.push((place + 1, arms));
    }
    found
}

#[test]
fn fixtures_say_how_they_know_and_quirks_have_fixtures() {
    let mut by_evidence = BTreeMap::new();
    for path in files("fixtures", ".http") {
        let fixture = countermand_conformance::fixture::read(&path).unwrap();
        *by_evidence.entry(fixture.head.evidence.name()).or_insert(0) += 1;
    }
    println!("fixtures by evidence: {by_evidence:?}");
    for dialect in countermand_dialects::ALL {
        for quirk in dialect.quirks {
            assert!(
                root().join("fixtures").join(quirk.fixture).is_file(),
                "{}: {}",
                dialect.name,
                quirk.fixture
            );
        }
    }
}
