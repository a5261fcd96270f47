//! JSON by value. Members are kept in their order, names that stand twice too, and numbers as the text they are: a
//! number is compared by its value, to the last digit.

use std::fmt;

use countermand_dialects::grammar;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Found;
use super::line_up::line_up;
use crate::place::Path;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Flag(bool),
    /// As it is written.
    Number(String),
    Text(String),
    Array(Vec<Json>),
    /// In the order of the document, names that stand twice as well.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a document.
    ///
    /// # Errors
    /// A sentence with the place.
    pub(crate) fn read(text: &str) -> Result<Json, String> {
        let raw: Box<RawValue> = grammar::json::read(text.as_bytes()).map_err(|error| error.to_string())?;
        Ok(Json::of(&raw))
    }

    /// The nesting is limited and the syntax checked by whoever read the document.
    fn of(raw: &RawValue) -> Json {
        let text = raw.get();
        let known = "it was read before";
        match text.as_bytes().first() {
            Some(b'n') => Json::Null,
            Some(b't') => Json::Flag(true),
            Some(b'f') => Json::Flag(false),
            Some(b'"') => Json::Text(unquoted(text)),
            Some(b'[') => {
                let items: Vec<Box<RawValue>> = serde_json::from_str(text).expect(known);
                Json::Array(items.iter().map(|item| Json::of(item)).collect())
            }
            Some(b'{') => {
                let Pairs(members) = serde_json::from_str(text).expect(known);
                let member =
                    |(name, value): &(Box<RawValue>, Box<RawValue>)| (unquoted(name.get()), Json::of(value));
                Json::Object(members.iter().map(member).collect())
            }
            _ => Json::Number(text.to_owned()),
        }
    }

    /// The first member of that name.
    pub(crate) fn member(&self, name: &str) -> Option<&Json> {
        let Json::Object(members) = self else { return None };
        members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The items of an array; nothing else has any.
    pub(crate) fn items(&self) -> &[Json] {
        if let Json::Array(items) = self { items } else { &[] }
    }

    /// A text.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Json::Text(text) = self { Some(text) } else { None }
    }

    /// A whole number of 64 bits.
    pub(crate) fn integer(&self) -> Option<i64> {
        if let Json::Number(number) = self { number.parse().ok() } else { None }
    }

    /// What kind of value it is, in a word.
    const fn kind(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Flag(_) => "a flag",
            Json::Number(_) => "a number",
            Json::Text(_) => "a text",
            Json::Array(_) => "an array",
            Json::Object(_) => "an object",
        }
    }

    /// On lines of its own, indented by two blanks, as people read it.
    pub(crate) fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Some(0));
        out
    }

    fn write(&self, out: &mut String, depth: Option<usize>) {
        let line = |out: &mut String, depth: Option<usize>| {
            if let Some(depth) = depth {
                out.push('\n');
                out.push_str(&"  ".repeat(depth));
            }
        };
        let deeper = depth.map(|depth| depth + 1);
        match self {
            Json::Array(items) if !items.is_empty() => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    line(out, deeper);
                    item.write(out, deeper);
                }
                line(out, depth);
                out.push(']');
            }
            Json::Object(members) if !members.is_empty() => {
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    line(out, deeper);
                    out.push_str(&quoted(name));
                    out.push_str(if depth.is_some() { ": " } else { ":" });
                    value.write(out, deeper);
                }
                line(out, depth);
                out.push('}');
            }
            Json::Null => out.push_str("null"),
            Json::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Json::Number(text) => out.push_str(text),
            Json::Text(text) => out.push_str(&quoted(text)),
            Json::Array(_) => out.push_str("[]"),
            Json::Object(_) => out.push_str("{}"),
        }
    }
}

impl fmt::Display for Json {
    /// On one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(&mut out, None);
        f.write_str(&out)
    }
}

/// Notes every difference of two documents.
pub(super) fn compare(expected: &str, seen: &str, found: &mut Found<'_>) {
    match (Json::read(expected), Json::read(seen)) {
        (Ok(expected), Ok(seen)) => values(&Path::root(), &expected, &seen, found),
        (Err(why), _) => {
            found.add("body", Some(format!("no JSON ({why}): {expected}")), Some(seen.to_owned()));
        }
        (Ok(_), Err(why)) => {
            found.add("body", Some("JSON".to_owned()), Some(format!("no JSON ({why}): {seen}")));
        }
    }
}

fn values(path: &Path, expected: &Json, seen: &Json, found: &mut Found<'_>) {
    if found.rules.covers(path) {
        if expected.kind() != seen.kind() {
            found.add(path, Some(expected.kind().to_owned()), Some(seen.to_string()));
        }
        return;
    }
    match (expected, seen) {
        (Json::Object(wanted), Json::Object(given)) => objects(path, wanted, given, found),
        (Json::Array(wanted), Json::Array(given)) => arrays(path, wanted, given, found),
        (one, other) if one == other => {}
        (Json::Number(one), Json::Number(other)) if is_one_number(one, other) => {}
        _ => found.add(path, Some(expected.to_string()), Some(seen.to_string())),
    }
}

fn objects(path: &Path, wanted: &[(String, Json)], given: &[(String, Json)], found: &mut Found<'_>) {
    for (index, (name, expected)) in wanted.iter().enumerate() {
        // The nth member of a name stands for the nth there: a name that stands twice is rare, and noted.
        let nth = wanted[..index].iter().filter(|(other, _)| other == name).count();
        let path = path.then(name);
        match given.iter().filter(|(other, _)| other == name).nth(nth) {
            Some((_, seen)) => values(&path, expected, seen, found),
            None => found.add(path, Some(expected.to_string()), None),
        }
    }
    for (index, (name, seen)) in given.iter().enumerate() {
        let nth = given[..index].iter().filter(|(other, _)| other == name).count();
        if wanted.iter().filter(|(other, _)| other == name).count() > nth {
            continue;
        }
        let twice = if nth > 0 { " (the name stands there more than once)" } else { "" };
        found.add(path.then(name), None, Some(format!("{seen}{twice}")));
    }
}

fn arrays(path: &Path, wanted: &[Json], given: &[Json], found: &mut Found<'_>) {
    if wanted.len() == given.len() {
        for (index, (expected, seen)) in wanted.iter().zip(given).enumerate() {
            values(&path.then(index.to_string()), expected, seen, found);
        }
        return;
    }
    let texts = |items: &[Json]| items.iter().map(Json::to_string).collect::<Vec<_>>();
    for pair in line_up(&texts(wanted), &texts(given)) {
        match pair {
            (Some(one), Some(other)) => {
                values(&path.then(one.to_string()), &wanted[one], &given[other], found);
            }
            (Some(one), None) => found.add(path.then(one.to_string()), Some(wanted[one].to_string()), None),
            (None, Some(other)) => {
                found.add(path.then(other.to_string()), None, Some(given[other].to_string()));
            }
            (None, None) => {}
        }
    }
}

/// Whether two numbers have one value. Where a power of ten is beyond counting, no value is known.
fn is_one_number(one: &str, other: &str) -> bool {
    decimal(one).is_some_and(|value| decimal(other) == Some(value))
}

/// A number's value: its sign, its digits without zeros at either end, and the power of ten of the last of them.
/// `24`, `24.00` and `2.4e1` are one value; 2^53 and 2^53+1 are two.
fn decimal(text: &str) -> Option<(bool, String, i64)> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    let (negative, mantissa) = mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let kept = digits.trim_end_matches('0');
    let dropped = i64::try_from(digits.len() - kept.len()).ok()?;
    let power = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?.checked_add(dropped)?;
    Some(match kept.trim_start_matches('0') {
        "" => (false, String::new(), 0),
        digits => (negative, digits.to_owned(), power),
    })
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// What a text in quotes says. One that is no text, since half a surrogate pair stands in it, stays as it is written.
fn unquoted(written: &str) -> String {
    serde_json::from_str(written).unwrap_or_else(|_| written.to_owned())
}

/// The members of an object, each name and each value as it is written.
struct Pairs(Vec<(Box<RawValue>, Box<RawValue>)>);

impl<'de> serde::Deserialize<'de> for Pairs {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Pairs, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Pairs(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}
