//! JSON: a strict reader with located errors, and a writer of exact bytes.

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
    let document = serde_path_to_error::deserialize(&mut reader).map_err(|error| located(&error))?;
    reader.end().map_err(|error| {
        Malformed::new(place_in_text(&error), "there is something after the end of the document")
    })?;
    Ok(document)
}

/// serde_json counts the depth of what it builds but not of what it passes over, so the depth is looked at first. The
/// text need not be JSON: whatever else is wrong with it is for serde_json to say.
fn refuse_deep_nesting(text: &str) -> Result<(), Malformed> {
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

/// Writes one document, member by member, in the order of the calls, without white space.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
    slashes: Slashes,
    /// Whether the innermost object or array has a member already.
    begun: bool,
}

/// What most documents fit into, in bytes: one that does is written without moving.
const USUAL: usize = 2048;

/// How `/` is written in a string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Slashes {
    /// As `/`.
    #[default]
    Plain,
    /// As `\/`.
    Escaped,
}

impl Writer {
    /// An empty document.
    #[must_use]
    pub fn new(slashes: Slashes) -> Writer {
        Writer { out: Vec::with_capacity(USUAL), slashes, begun: false }
    }

    /// The bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    /// An object: the root, or an item of an array.
    pub fn object(&mut self, members: impl FnOnce(&mut Writer)) {
        self.enter(b'{', b'}', members);
    }

    /// An array: the root, or an item of an array.
    pub fn array(&mut self, items: impl FnOnce(&mut Writer)) {
        self.enter(b'[', b']', items);
    }

    /// A string: the root, or an item of an array.
    pub fn string(&mut self, text: &str) {
        self.next();
        self.quoted(text);
    }

    /// A whole number: the root, or an item of an array.
    pub fn integer(&mut self, number: i64) {
        self.next();
        self.out.extend_from_slice(number.to_string().as_bytes());
    }

    /// A JSON text as it is: the root, or an item of an array. The caller knows that it is one.
    pub fn raw(&mut self, json: &str) {
        self.next();
        self.out.extend_from_slice(json.as_bytes());
    }

    /// A member that is an object.
    pub fn member_object(&mut self, key: &str, members: impl FnOnce(&mut Writer)) {
        self.key(key);
        self.enter(b'{', b'}', members);
    }

    /// A member that is an array.
    pub fn member_array(&mut self, key: &str, items: impl FnOnce(&mut Writer)) {
        self.key(key);
        self.enter(b'[', b']', items);
    }

    /// A member that is a string.
    pub fn member_string(&mut self, key: &str, text: &str) {
        self.key(key);
        self.string(text);
    }

    /// A member that is a whole number.
    pub fn member_integer(&mut self, key: &str, number: i64) {
        self.key(key);
        self.integer(number);
    }

    /// A member that is `true` or `false`.
    pub fn member_flag(&mut self, key: &str, flag: bool) {
        self.key(key);
        self.raw(if flag { "true" } else { "false" });
    }

    /// A member that is a JSON text as it is. The caller knows that it is one.
    pub fn member_raw(&mut self, key: &str, json: &str) {
        self.key(key);
        self.raw(json);
    }

    fn enter(&mut self, open: u8, close: u8, inside: impl FnOnce(&mut Writer)) {
        self.next();
        self.out.push(open);
        self.begun = false;
        inside(self);
        self.out.push(close);
        self.begun = true;
    }

    fn next(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            self.out.push(b',');
        }
    }

    /// A key; the value that follows must not write a comma of its own.
    fn key(&mut self, key: &str) {
        self.next();
        self.quoted(key);
        self.out.push(b':');
        self.begun = false;
    }

    fn quoted(&mut self, text: &str) {
        self.out.push(b'"');
        let bytes = text.as_bytes();
        if self.is_plain(bytes) {
            self.out.extend_from_slice(bytes);
        } else {
            for byte in bytes {
                if self.is_special(*byte) {
                    self.escaped(*byte);
                } else {
                    self.out.push(*byte);
                }
            }
        }
        self.out.push(b'"');
    }

    /// Whether every byte stands for itself, which nearly every text's do: so it is asked of eight at a time.
    fn is_plain(&self, bytes: &[u8]) -> bool {
        let is_plain = |word: &[u8; 8]| !self.has_special(u64::from_le_bytes(*word));
        match bytes.last_chunk() {
            // The last eight may have been looked at in part before.
            Some(last) => bytes.as_chunks().0.iter().all(is_plain) && is_plain(last),
            None => !bytes.iter().any(|byte| self.is_special(*byte)),
        }
    }

    fn is_special(&self, byte: u8) -> bool {
        byte < 0x20 || matches!(byte, b'"' | b'\\') || (byte == b'/' && self.slashes == Slashes::Escaped)
    }

    /// [`is_special`](Writer::is_special) of any of eight bytes: what is taken away from a byte that is too small borrows
    /// its highest bit, unless it was set before.
    fn has_special(&self, word: u64) -> bool {
        const ONES: u64 = 0x0101_0101_0101_0101;
        let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word;
        let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
        let slash = if self.slashes == Slashes::Escaped { equal(b'/') } else { 0 };
        (below(word, 0x20) | equal(b'"') | equal(b'\\') | slash) & (ONES << 7) != 0
    }

    /// A byte that does not stand for itself, as RFC 8259 §7 writes it.
    fn escaped(&mut self, byte: u8) {
        let escape: &[u8] = match byte {
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0x08 => b"\\b",
            0x0c => b"\\f",
            0x00..0x20 => return self.out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => &[b'\\', byte],
        };
        self.out.extend_from_slice(escape);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn members_stand_in_the_order_of_the_calls() {
        let mut json = Writer::new(Slashes::Escaped);
        json.object(|json| {
            json.member_string("@url", "https://h/a");
            json.member_array("ids", |json| {
                json.integer(1);
                json.object(|json| json.member_flag("a", true));
                json.array(|_| {});
            });
            json.member_object("empty", |_| {});
            json.member_raw("raw", "24.00");
        });
        let expected = r#"{"@url":"https:\/\/h\/a","ids":[1,{"a":true},[]],"empty":{},"raw":24.00}"#;
        assert_eq!(String::from_utf8(json.finish()).unwrap(), expected);
    }

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

    proptest! {
        #[test]
        fn what_is_written_reads_back(text in ".*", key in ".*", escaped: bool) {
            let mut json = Writer::new(if escaped { Slashes::Escaped } else { Slashes::Plain });
            json.object(|json| json.member_string(&key, &text));
            let read: serde_json::Value = serde_json::from_slice(&json.finish()).unwrap();
            prop_assert_eq!(read[&key].as_str(), Some(text.as_str()));
        }
    }
}
