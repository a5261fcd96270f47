//! Query strings as pairs.

use std::borrow::Cow;

/// The pairs of a query, names and values percent-decoded, `+` read as a blank, in order. What is not UTF-8 is
/// replaced by U+FFFD.
#[must_use]
pub fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// The first value of a name.
#[must_use]
pub fn first<'q>(pairs: &'q [(String, String)], name: &str) -> Option<&'q str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The first value of a name in a query of which nothing else is asked.
#[must_use]
pub fn value<'q>(query: &'q str, name: &str) -> Option<Cow<'q, str>> {
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value)
}
