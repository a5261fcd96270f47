//! Writes one document, member by member, and takes care of commas, quotes and escapes: nothing else. It copies whole runs
//! of bytes, because most of what an answer costs is this.

use std::borrow::Cow;

use crate::grammar::bytes::{Plain, plain, run};
use crate::grammar::time::{self, Fraction};

/// Writes one document, member by member, in the order of the calls, without white space. Keys are a dialect's own
/// constants and stand for themselves; only those of [`member_given`](Writer::member_given) may be anything.
#[derive(Debug)]
pub struct Writer {
    out: Vec<u8>,
    /// What stands for itself in a string.
    plain: &'static Plain,
    /// Whether the innermost object or array has a member already.
    begun: bool,
}

/// What most documents fit into, in bytes: one that does is written without moving, and the allocator has the room at hand.
const USUAL: usize = 1024;

/// How `/` is written in a string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Slashes {
    /// As `/`.
    #[default]
    Plain,
    /// As `\/`.
    Escaped,
}

impl Slashes {
    /// What stands for itself: all that RFC 8259 §7 does not exclude, and perhaps not `/`.
    const fn plain(self) -> &'static Plain {
        const ALL: Plain = plain(b' ', 0xff, b"\"\\");
        const BUT_SLASHES: Plain = plain(b' ', 0xff, b"\"\\/");
        match self {
            Slashes::Plain => &ALL,
            Slashes::Escaped => &BUT_SLASHES,
        }
    }
}

impl Writer {
    /// An empty document.
    #[must_use]
    pub fn new(slashes: Slashes) -> Writer {
        Writer::with_room(USUAL, slashes)
    }

    /// An empty document with room for so many bytes, where more than is usual will come.
    #[must_use]
    pub fn with_room(room: usize, slashes: Slashes) -> Writer {
        Writer { out: Vec::with_capacity(room), plain: slashes.plain(), begun: false }
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
        self.raw(itoa::Buffer::new().format(number));
    }

    /// A JSON text as it is: the root, or an item of an array. The caller knows that it is one.
    pub fn raw(&mut self, json: &str) {
        self.next();
        self.out.extend_from_slice(json.as_bytes());
    }

    /// The same, in pieces.
    pub fn raw_pieces(&mut self, pieces: &[&str]) {
        self.next();
        pieces.iter().for_each(|piece| self.out.extend_from_slice(piece.as_bytes()));
    }

    /// A text as it stands between the quotes of a string of this document: what [`raw_pieces`](Writer::raw_pieces) takes
    /// where one text is a part of many strings.
    #[must_use]
    pub fn escaped<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.is_plain(text) {
            return Cow::Borrowed(text);
        }
        let mut inside = Writer { out: Vec::new(), plain: self.plain, begun: false };
        inside.text(text);
        Cow::Owned(String::from_utf8(inside.out).expect("the escapes of a text are a text"))
    }

    /// A member that is an object.
    pub fn member_object(&mut self, key: &'static str, members: impl FnOnce(&mut Writer)) {
        self.key(key);
        self.enter(b'{', b'}', members);
    }

    /// A member that is an array.
    pub fn member_array(&mut self, key: &'static str, items: impl FnOnce(&mut Writer)) {
        self.key(key);
        self.enter(b'[', b']', items);
    }

    /// A member that is a string.
    pub fn member_string(&mut self, key: &'static str, text: &str) {
        self.key(key);
        self.string(text);
    }

    /// A member that is a whole number.
    pub fn member_integer(&mut self, key: &'static str, number: i64) {
        self.key(key);
        self.integer(number);
    }

    /// A member that is `true` or `false`.
    pub fn member_flag(&mut self, key: &'static str, flag: bool) {
        self.key(key);
        self.raw(if flag { "true" } else { "false" });
    }

    /// A member that is a JSON text as it is. The caller knows that it is one.
    pub fn member_raw(&mut self, key: &'static str, json: &str) {
        self.key(key);
        self.raw(json);
    }

    /// A member that is a JSON text as it is, under a key that somebody gave.
    pub fn member_given(&mut self, key: &str, json: &str) {
        self.string(key);
        self.out.push(b':');
        self.out.extend_from_slice(json.as_bytes());
    }

    /// A member that is a time in the form of RFC 3339.
    pub fn member_time(&mut self, key: &'static str, milliseconds: i64, fraction: Fraction) {
        self.key(key);
        self.next();
        self.out.push(b'"');
        time::push_rfc3339(&mut self.out, milliseconds, fraction);
        self.out.push(b'"');
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
    fn key(&mut self, key: &'static str) {
        debug_assert!(self.is_plain(key), "{key} does not stand for itself");
        self.next();
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.begun = false;
    }

    fn quoted(&mut self, text: &str) {
        self.out.push(b'"');
        self.text(text);
        self.out.push(b'"');
    }

    /// The inside of a string: runs of what stands for itself are copied whole.
    fn text(&mut self, text: &str) {
        let mut rest = text.as_bytes();
        loop {
            let (run, others) = rest.split_at(run(rest, self.plain));
            self.out.extend_from_slice(run);
            let Some((special, behind)) = others.split_first() else { break };
            self.escape(*special);
            rest = behind;
        }
    }

    fn is_plain(&self, text: &str) -> bool {
        run(text.as_bytes(), self.plain) == text.len()
    }

    /// A byte that does not stand for itself, as RFC 8259 §7 writes it.
    fn escape(&mut self, byte: u8) {
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

    proptest! {
        #[test]
        fn what_is_written_reads_back(text in ".*", key in ".*", escaped: bool) {
            let mut json = Writer::new(if escaped { Slashes::Escaped } else { Slashes::Plain });
            let inside = json.escaped(&text);
            json.object(|json| {
                json.member_given(&key, &format!("\"{inside}\""));
                json.member_array("texts", |json| {
                    json.string(&text);
                    json.raw_pieces(&["\"", &inside, "\""]);
                });
            });
            let document = json.finish();
            let read: serde_json::Value = serde_json::from_slice(&document).unwrap();
            let text = Some(text.as_str());
            prop_assert_eq!(read[&key].as_str().or(read["texts"][0].as_str()), text);
            prop_assert_eq!((read["texts"][0].as_str(), read["texts"][1].as_str()), (text, text));
        }
    }
}
