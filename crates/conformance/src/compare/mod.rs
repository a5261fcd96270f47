//! An answer held against the expected one, by value: a [`Difference`] is data, with its place. Knows neither where
//! the answer is from nor why a difference matters.
//!
//! JSON: members in any order, arrays in theirs, numbers by value however many digits they have. XML: namespaces, not
//! prefixes; attributes in any order; white space between elements and comments do not count, text in an element does.
//! Everything else: as bytes.

mod bytes;

pub(crate) mod json;

mod line_up;

pub(crate) mod xml;

#[cfg(test)]
mod tests;

use crate::fill::Base;
use crate::fixture::{Fixture, Message};
use crate::place::{Mask, Path};

/// Something that is not as it is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which answer of the case, from 1; 0 for what is looked at after the last.
    pub answer: usize,
    /// `status`, `header:content-type`, a JSON pointer, an element path, `body`, or `then:302`.
    pub place: String,
    /// What is expected there; `None`: nothing.
    pub expected: Option<String>,
    /// What is there; `None`: nothing.
    pub seen: Option<String>,
}

/// An answer as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// The headers, names in lower case, in the order they came.
    pub headers: Vec<(String, String)>,
    /// The body; bytes that are not UTF-8 are replaced.
    pub body: String,
}

impl Seen {
    /// The values of all headers of that name.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The media type without its parameters, in lower case; empty where there is none.
    #[must_use]
    pub fn media_type(&self) -> String {
        essence(self.values("content-type").next().unwrap_or_default())
    }
}

/// What is not compared, and how bodies are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    pub(crate) masks: Vec<Mask>,
    pub(crate) exact: bool,
}

impl Rules {
    /// The rules of a case. Where the server's clock is its own, the places that show it are not compared.
    pub(crate) fn of(fixture: &Fixture, own_clock: bool) -> Rules {
        let times = fixture.head.times.iter().filter(|_| own_clock);
        let masks: Vec<_> = fixture.head.mask.iter().chain(times).cloned().collect();
        // Bytes with a volatile place in them can only be compared as values.
        Rules { exact: fixture.head.exact && masks.is_empty(), masks }
    }

    pub(crate) fn covers(&self, path: &Path) -> bool {
        self.masks.iter().any(|mask| mask.covers(path))
    }
}

/// What is found on the way through two documents.
struct Found<'r> {
    rules: &'r Rules,
    list: Vec<(String, Option<String>, Option<String>)>,
}

impl Found<'_> {
    fn add(&mut self, place: impl ToString, expected: Option<String>, seen: Option<String>) {
        self.list.push((place.to_string(), expected, seen));
    }
}

/// Everything in which an answer differs from the one that a case expects at that place, from 1, where the case's own
/// clock is the server's.
///
/// # Panics
/// The case has no such answer.
#[must_use]
pub fn differences(fixture: &Fixture, answer: usize, seen: &Seen, base: &Base) -> Vec<Difference> {
    let expected = &fixture.exchanges[answer - 1].response;
    answers(expected, seen, base, &Rules::of(fixture, false), answer)
}

/// Everything in which an answer differs from the expected one. `answer` is its number in the case.
pub(crate) fn answers(
    expected: &Message,
    seen: &Seen,
    base: &Base,
    rules: &Rules,
    answer: usize,
) -> Vec<Difference> {
    let mut found = Found { rules, list: Vec::new() };
    if expected.status() != seen.status {
        found.add("status", Some(expected.status().to_string()), Some(seen.status.to_string()));
    }
    headers(expected, seen, base, &mut found);
    body(expected, seen, base, &mut found);
    let difference = |(place, expected, seen)| Difference { answer, place, expected, seen };
    found.list.into_iter().map(difference).collect()
}

/// Everything in which one server's answer differs from another's to the same request, where neither is a fixture. Of
/// the headers only those of `seen` are looked at: the expected one has its own about its connection, its age and its maker.
#[must_use]
pub fn sides(expected: &Seen, seen: &Seen) -> Vec<Difference> {
    let rules = Rules::default();
    let mut found = Found { rules: &rules, list: Vec::new() };
    if expected.status != seen.status {
        found.add("status", Some(expected.status.to_string()), Some(seen.status.to_string()));
    }
    for (name, _) in &seen.headers {
        let both = [expected, seen].map(|side| side.values(name).collect::<Vec<_>>().join(", "));
        // By value here too: a charset in another case is the same one.
        if !both[0].eq_ignore_ascii_case(&both[1]) {
            let [wanted, given] = both;
            found.add(format!("header:{name}"), Some(wanted).filter(|text| !text.is_empty()), Some(given));
        }
    }
    let trimmed = |side: &Seen| side.body.trim_end_matches(['\r', '\n']).to_owned();
    values(&trimmed(expected), &trimmed(seen), &expected.media_type(), &mut found);
    let difference = |(place, expected, seen)| Difference { answer: 1, place, expected, seen };
    found.list.into_iter().map(difference).collect()
}

/// Of the answer's headers only those that the fixture writes are looked at; of one that it writes, every value.
fn headers(expected: &Message, seen: &Seen, base: &Base, found: &mut Found<'_>) {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in &expected.headers {
        let lower = name.to_ascii_lowercase();
        if !names.contains(&lower) {
            names.push(lower);
        }
    }
    for name in names {
        let wanted = expected.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(&name));
        let wanted: Vec<_> = wanted.map(|(_, value)| base.filled(value)).collect();
        let given: Vec<_> = seen.values(&name).collect();
        let is_masked = found.rules.masks.iter().any(|mask| mask.covers_header(&name));
        let is_same = if is_masked { !given.is_empty() } else { wanted == given };
        if !is_same {
            let given = (!given.is_empty()).then(|| given.join(", "));
            found.add(format!("header:{name}"), Some(wanted.join(", ")), given);
        }
    }
}

fn body(expected: &Message, seen: &Seen, base: &Base, found: &mut Found<'_>) {
    let wanted = base.filled(&expected.body);
    if found.rules.exact {
        return bytes::compare(&wanted, &seen.body, found);
    }
    // The newline that ends a file is not part of a body in a fixture, so it cannot be asked for in an answer either.
    let given = seen.body.strip_suffix('\n').unwrap_or(&seen.body);
    // The expected media type decides where there is one: an answer of another is a difference of its own.
    let media = expected.header("content-type").map_or_else(|| seen.media_type(), essence);
    values(&wanted, given, &media, found);
}

/// Two bodies of a media type, by value.
fn values(wanted: &str, given: &str, media: &str, found: &mut Found<'_>) {
    if wanted.is_empty() || given.is_empty() {
        if wanted != given {
            let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            found.add("body", part(wanted), part(given));
        }
        return;
    }
    if is_json(media) {
        json::compare(wanted, given, found);
    } else if is_xml(media) {
        xml::compare(wanted, given, found);
    } else {
        bytes::compare(wanted, given, found);
    }
}

fn essence(media: &str) -> String {
    media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a media type without parameters is JSON (RFC 6839 §3.1).
pub(crate) fn is_json(media: &str) -> bool {
    media == "application/json" || media == "text/json" || media.ends_with("+json")
}

/// Whether a media type without parameters is XML (RFC 7303).
pub(crate) fn is_xml(media: &str) -> bool {
    media == "application/xml" || media == "text/xml" || media.ends_with("+xml")
}
