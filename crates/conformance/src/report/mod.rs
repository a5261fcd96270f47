//! What came of the cases, told to people, to CI servers and to programs. Plays nothing and judges nothing.

mod counts;

mod json;

mod junit;

mod shown;

mod text;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

pub use counts::Counts;
pub use json::json;
pub use junit::junit;
pub use shown::{body_diff, file_diff};
pub use text::{Style, case, dialects};

use crate::fixture::Fixture;

/// Why it matters what a case says: the dialect's quirks that it pins, and the pitfalls that it proves.
#[must_use]
pub fn why(fixture: &Fixture) -> Vec<String> {
    let file = format!("{}.http", fixture.name);
    let quirks = fixture.dialect.quirks.iter().filter(|quirk| quirk.fixture == file);
    let mut reasons: Vec<String> = quirks.map(|quirk| quirk.what.to_owned()).collect();
    if !fixture.head.pitfalls.is_empty() {
        let listed = pitfalls(fixture.path.parent().unwrap_or(Path::new("")));
        reasons.extend(
            fixture
                .head
                .pitfalls
                .iter()
                .filter_map(|number| Some(format!("pitfall {number}: {}", listed.get(number)?))),
        );
    }
    reasons
}

/// The pitfalls of a folder of fixtures by number, from its `pitfalls.toml`; none where there is no such file, or it
/// is not one.
#[must_use]
pub fn pitfalls(folder: &Path) -> BTreeMap<u8, String> {
    let text = std::fs::read_to_string(folder.join("pitfalls.toml")).unwrap_or_default();
    let table: BTreeMap<String, String> = toml::from_str(&text).unwrap_or_default();
    table.into_iter().filter_map(|(number, says)| Some((number.parse().ok()?, says))).collect()
}
