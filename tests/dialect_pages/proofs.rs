//! What proves a dialect's page: its fixtures, counted, and its pitfalls with the files that name them.

use std::collections::BTreeMap;

use countermand_conformance::fixture::{Evidence, read};

use crate::pages::table;
use crate::pitfalls::{listed, named};
use crate::tidy::files;

/// How many fixtures there are, by evidence.
pub(super) fn fixtures(dialect: &str) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for path in files(&format!("fixtures/{dialect}"), ".http") {
        *counts.entry(read(&path).unwrap().head.evidence.name()).or_default() += 1;
    }
    let count = |evidence: Evidence| counts.get(evidence.name()).copied().unwrap_or(0);
    format!(
        "{} cases in [fixtures/{dialect}](../../fixtures/{dialect}): {} documented, {} observed, {} inferred.\n",
        counts.values().sum::<usize>(),
        count(Evidence::Documented),
        count(Evidence::Observed),
        count(Evidence::Inferred),
    )
}

/// The pitfalls by number, each with what proves it.
pub(super) fn pitfalls(dialect: &str) -> String {
    let listed = listed(dialect);
    if listed.is_empty() {
        return "None listed.\n".to_owned();
    }
    let named = named(dialect);
    let row = |(number, says): (u8, String)| {
        let files = named.get(&number).into_iter().flatten();
        vec![number.to_string(), says, files.map(|file| link(file)).collect::<Vec<_>>().join(", ")]
    };
    table(&["", "pitfall", "proved by"], listed.into_iter().map(row))
}

/// A link from a page to a file of the repository.
pub(super) fn link(file: &str) -> String {
    let name = file.rsplit_once('/').map_or(file, |(_, name)| name);
    let name = name.strip_suffix(".http").unwrap_or(name);
    format!("[{name}](../../{file})")
}
