//! Reads one document into a dialect's own structs, and says where it does not fit. Knows no member of any of them.

use serde::de::DeserializeOwned;

use crate::Malformed;

/// How deep arrays and objects may nest, the root counted.
pub const DEPTH_LIMIT: usize = 128;

/// Reads one document. Unknown members are passed over; nesting deeper than [`DEPTH_LIMIT`] is refused, in what is
/// passed over too, and so is anything after the root.
///
/// # Errors
/// With the JSON pointer, or the line and column, of what does not fit.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Malformed> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Malformed::new(format!("byte {}", error.valid_up_to() + 1), "the body is not UTF-8")
    })?;
    // RFC 8259 §8.1: a reader may ignore a byte order mark; old Windows clients write one.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    refuse_deep_nesting(text)?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let Ok(document) = T::deserialize(&mut reader) else { return Err(flaw::<T>(text)) };
    reader.end().map_err(|error| {
        Malformed::new(place_in_text(&error), "there is something after the end of the document")
    })?;
    Ok(document)
}

/// What is wrong with a document that is not a `T`. Found by reading it again while the way to every value is written
/// down, so that a good document pays nothing for it.
fn flaw<T: DeserializeOwned>(text: &str) -> Malformed {
    let mut reader = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Err(error) => located(&error),
        Ok(_) => Malformed::new("", "the document was read once and not again"),
    }
}

/// serde_json counts the depth of what it builds but not of what it passes over, so the depth is looked at first. The
/// text need not be JSON: whatever else is wrong with it is for serde_json to say.
fn refuse_deep_nesting(text: &str) -> Result<(), Malformed> {
    let opened = text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count();
    if opened <= DEPTH_LIMIT {
        return Ok(());
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' if depth == DEPTH_LIMIT => {
                let line = text[..place].matches('\n').count() + 1;
                let column = place - text[..place].rfind('\n').map_or(0, |end| end + 1) + 1;
                let problem = format!("arrays and objects nest deeper than {DEPTH_LIMIT}");
                return Err(Malformed::new(format!("line {line} column {column}"), problem));
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

fn located(error: &serde_path_to_error::Error<serde_json::Error>) -> Malformed {
    let inner = error.inner();
    let pointer = pointer(error.path());
    let place = if inner.is_data() && !pointer.is_empty() { pointer } else { place_in_text(inner) };
    // The text of serde_json ends in its own " at line 1 column 2": the place says that.
    let text = inner.to_string();
    let problem = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem);
    Malformed::new(place, problem.to_owned())
}

fn place_in_text(error: &serde_json::Error) -> String {
    // serde_json says column 0 of what it has looked at and not yet taken.
    format!("line {} column {}", error.line(), error.column().max(1))
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_where() {
        #[derive(Debug, serde::Deserialize)]
        struct Outer {
            #[expect(dead_code, reason = "only its errors matter")]
            ids: Vec<i64>,
        }
        let place = |text: &str| read::<Outer>(text.as_bytes()).unwrap_err().place;
        assert_eq!(place(r#"{"ids":[1,"x"]}"#), "/ids/1");
        assert_eq!(place(r#"{"ids":[1],}"#), "line 1 column 12");
        assert_eq!(place("{\"ids\":[1]}\n x"), "line 2 column 2");
        assert_eq!(place("{\"ids\":[9223372036854775808]}"), "/ids/0");
    }

    #[test]
    fn deep_nesting_is_refused_even_where_it_would_be_passed_over() {
        #[derive(Debug, serde::Deserialize)]
        struct Nothing {}
        let nested = |depth: usize| format!("{{\"a\":\n{}{}}}", "[".repeat(depth), "]".repeat(depth));
        let read = |text: &str| read::<Nothing>(text.as_bytes()).map_err(|error| error.place);
        assert!(read(&nested(DEPTH_LIMIT - 1)).is_ok());
        assert_eq!(read(&nested(DEPTH_LIMIT)).unwrap_err(), "line 2 column 128");
        assert_eq!(read(&nested(100_000)).unwrap_err(), "line 2 column 128");
        assert!(read(&format!("{{\"a\":\"\\\"{}\"}}", "[".repeat(200))).is_ok());
    }
}
