//! One JSON value as text, and where it stands in its document. Knows JSON, not jobs.

use countermand_model::Patch;
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::Problem;
use crate::read::names::did_you_mean;

/// How deep arrays and objects may stand in each other. Whoever reads a result later may recurse.
const DEEPEST: usize = 128;

/// A value and its place.
pub(crate) struct Value<'j> {
    pointer: String,
    raw: &'j RawValue,
}

impl<'j> Value<'j> {
    /// A whole document: one JSON value, nothing after it.
    ///
    /// # Errors
    /// 400 with line and column.
    pub(crate) fn document(bytes: &'j [u8]) -> Result<Value<'j>, Problem> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Problem::malformed(format!("byte {}: not UTF-8", error.valid_up_to() + 1)))?;
        // RFC 8259 §8.1: a reader may ignore a byte order mark; old Windows tools write one.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim_ascii().is_empty() {
            return Err(Problem::malformed("the body is empty; a JSON object is expected"));
        }
        // Before anything else, because RawValue passes over nesting of any depth.
        check_depth(text)?;
        let raw = serde_json::from_str(text).map_err(|error| {
            Problem::malformed(format!(
                "line {} column {}: {}",
                error.line(),
                error.column(),
                without_place(&error)
            ))
        })?;
        Ok(Value { pointer: String::new(), raw })
    }

    /// The text, as received.
    pub(crate) fn text(&self) -> &'j str {
        self.raw.get()
    }

    /// What is wrong with this value: 422 with its pointer.
    pub(crate) fn invalid(&self, why: impl Into<String>) -> Problem {
        Problem::invalid(self.pointer.clone(), why)
    }

    /// The value as a type of serde's own: numbers, booleans, strings.
    pub(crate) fn read<T: Deserialize<'j>>(&self) -> Result<T, Problem> {
        serde_json::from_str(self.raw.get()).map_err(|error| self.invalid(without_place(&error)))
    }

    /// A string.
    pub(crate) fn string(&self) -> Result<String, Problem> {
        self.read()
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self) -> Result<bool, Problem> {
        self.read()
    }

    /// A whole number from 0 to 2^63−1.
    pub(crate) fn count(&self) -> Result<u64, Problem> {
        let number: i64 = self.read()?;
        u64::try_from(number).map_err(|_| self.invalid("must not be negative"))
    }

    /// An array.
    pub(crate) fn items(&self) -> Result<Vec<Value<'j>>, Problem> {
        let items: Vec<&RawValue> = self.read()?;
        let place = |index: usize| format!("{}/{index}", self.pointer);
        Ok(items.into_iter().enumerate().map(|(index, raw)| Value { pointer: place(index), raw }).collect())
    }

    /// An object.
    pub(crate) fn members(&self) -> Result<Members<'j>, Problem> {
        let Pairs(given) = self.read()?;
        Ok(Members { pointer: self.pointer.clone(), given, asked: Vec::new() })
    }

    /// Whether it is written as an array.
    pub(crate) fn is_array(&self) -> bool {
        self.text().starts_with('[')
    }

    /// Whether it is written as an object.
    pub(crate) fn is_object(&self) -> bool {
        self.text().starts_with('{')
    }
}

/// An object whose members are asked for one by one; in the end none may be left.
pub(crate) struct Members<'j> {
    pointer: String,
    given: Vec<(String, &'j RawValue)>,
    asked: Vec<&'static str>,
}

impl<'j> Members<'j> {
    /// A member; `None` where it is absent or `null`.
    pub(crate) fn get<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value<'j>) -> Result<T, Problem>,
    ) -> Result<Option<T>, Problem> {
        match self.nullable(name, read)? {
            Patch::Set(value) => Ok(value),
            Patch::Keep => Ok(None),
        }
    }

    /// A member that must be there.
    pub(crate) fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value<'j>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let missing = Problem::invalid(self.pointer.clone(), format!("the member `{name}` is missing"));
        self.get(name, read)?.ok_or(missing)
    }

    /// A member that is left as it is where absent; `null` is refused.
    pub(crate) fn patch<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value<'j>) -> Result<T, Problem>,
    ) -> Result<Patch<T>, Problem> {
        match self.nullable(name, read)? {
            Patch::Set(Some(value)) => Ok(Patch::Set(value)),
            Patch::Set(None) => Err(Problem::invalid(self.place(name), "must not be null")),
            Patch::Keep => Ok(Patch::Keep),
        }
    }

    /// A member that is left as it is where absent and cleared by `null`.
    pub(crate) fn nullable<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value<'j>) -> Result<T, Problem>,
    ) -> Result<Patch<Option<T>>, Problem> {
        self.asked.push(name);
        let Some(at) = self.given.iter().position(|(given, _)| given == name) else { return Ok(Patch::Keep) };
        let (_, raw) = self.given.swap_remove(at);
        if self.given.iter().any(|(given, _)| given == name) {
            return Err(Problem::invalid(self.place(name), "is there twice"));
        }
        if raw.get() == "null" {
            return Ok(Patch::Set(None));
        }
        read(&Value { pointer: self.place(name), raw }).map(|value| Patch::Set(Some(value)))
    }

    /// A member that may be there and says nothing.
    pub(crate) fn pass_over(&mut self, name: &'static str) {
        self.asked.push(name);
        self.given.retain(|(given, _)| given != name);
    }

    /// Every member, for an object whose names are data.
    pub(crate) fn all(self) -> impl Iterator<Item = (String, Value<'j>)> {
        let Members { pointer, given, .. } = self;
        given.into_iter().map(move |(name, raw)| {
            let pointer = format!("{pointer}/{}", escaped(&name));
            (name, Value { pointer, raw })
        })
    }

    /// # Errors
    /// A member is left that nobody asked for: 422 with the nearest name.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        match self.given.first() {
            None => Ok(()),
            Some((name, _)) => {
                let hint = did_you_mean(name, self.asked.iter().copied());
                Err(Problem::invalid(self.place(name), format!("there is no member `{name}` here{hint}")))
            }
        }
    }

    fn place(&self, name: &str) -> String {
        format!("{}/{}", self.pointer, escaped(name))
    }
}

/// The members of an object in order, none of them read.
struct Pairs<'j>(Vec<(String, &'j RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Pairs<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// RFC 6901 §3.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// serde_json's message without its own " at line 1 column 2", which counts from the member, not the document.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem).to_owned()
}

fn check_depth(text: &str) -> Result<(), Problem> {
    let (mut depth, mut in_string, mut escape) = (0_usize, false, false);
    let (mut line, mut line_start) = (1, 0);
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            _ if escape => escape = false,
            b'\\' if in_string => escape = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            b'\n' => (line, line_start) = (line + 1, place + 1),
            _ => {}
        }
        if depth > DEEPEST {
            let column = place - line_start + 1;
            return Err(Problem::malformed(format!(
                "line {line} column {column}: nested deeper than {DEEPEST}"
            )));
        }
    }
    Ok(())
}
