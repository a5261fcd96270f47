//! A text to a [`Har`], or to the place where it is none.

use std::path::Path;

use serde::{Deserialize, Deserializer, de};
use serde_path_to_error::Segment;

use super::Har;
use crate::fixture::Mistake;

/// Reads a document; `file` is what its mistake is told of.
///
/// # Errors
/// The first place that is not as it must be, as a JSON pointer, with what is wrong there.
pub fn read(file: &Path, text: &str) -> Result<Har, Mistake> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        (format!("{pointer}{}", if pointer.is_empty() { "" } else { ": " }), error.into_inner())
    });
    let ended = read.and_then(|har| reader.end().map(|()| har).map_err(|error| (String::new(), error)));
    ended.map_err(|(place, error)| Mistake {
        file: file.to_owned(),
        line: error.line().max(1),
        column: error.column().max(1),
        problem: problem(&place, &error),
    })
}

/// `log.version`.
pub(super) fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let version = String::deserialize(deserializer)?;
    if version == "1.2" {
        return Ok(version);
    }
    Err(de::Error::custom(format!("HAR {version:?} is not read; save the traffic as HAR 1.2")))
}

/// Times as ISO 8601 writes them, with their offset.
pub(super) mod time {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(in super::super) fn serialize<S: Serializer>(time: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format!("{time:.3}"))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(|_| {
            de::Error::custom(format!("{text:?} is no time; write such as 2026-01-01T12:00:00.000Z"))
        })
    }
}

fn problem(place: &str, error: &serde_json::Error) -> String {
    let says = error.to_string();
    // The line and the column are told in front.
    let says = says.rsplit_once(" at line ").map_or(says.as_str(), |(says, _)| says);
    let kind = if error.is_data() { "" } else { "no JSON: " };
    format!("{place}{kind}{says}").chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    };
    path.iter().map(step).collect()
}
