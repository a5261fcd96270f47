//! Every pitfall of a dialect is proved: by a fixture that names its number in `pitfalls`, or by a test whose comment
//! says `Pitfall <dialect> <number>.` on a line of its own. The pitfalls stand in `fixtures/<dialect>/pitfalls.toml`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use countermand_conformance::fixture::read;
use countermand_conformance::report::pitfalls;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}

/// The numbers that fixtures and the comments of tests name.
fn named(dialect: &str) -> BTreeSet<u8> {
    let mut fixtures = Vec::new();
    files(&root().join("fixtures").join(dialect), "http", &mut fixtures);
    let mut named: BTreeSet<u8> =
        fixtures.iter().flat_map(|path| read(path).unwrap().head.pitfalls).collect();
    let mut sources = Vec::new();
    files(&root().join("crates"), "rs", &mut sources);
    files(&root().join("tests"), "rs", &mut sources);
    let mark = format!("/// Pitfall {dialect} ");
    for path in sources {
        let text = std::fs::read_to_string(path).unwrap();
        named.extend(
            text.lines()
                .filter_map(|line| line.trim().strip_prefix(&mark)?.strip_suffix('.')?.parse::<u8>().ok()),
        );
    }
    named
}

#[test]
fn every_pitfall_is_named_by_a_fixture_or_a_test() {
    for dialect in countermand_dialects::ALL {
        let folder = root().join("fixtures").join(dialect.name);
        let listed: BTreeSet<u8> = pitfalls(&folder).into_keys().collect();
        let named = named(dialect.name);
        let unproved: Vec<_> = listed.difference(&named).collect();
        let unknown: Vec<_> = named.difference(&listed).collect();
        assert!(unproved.is_empty(), "{}: nothing names the pitfalls {unproved:?}", dialect.name);
        assert!(unknown.is_empty(), "{}: named, and not in pitfalls.toml: {unknown:?}", dialect.name);
    }
}
