//! Writes one document, element by element, in the order of the calls, without white space between them.

use super::characters::is_char;
use crate::grammar::bytes::{Plain, plain, run};

/// What JAXB writes before a document.
const PROLOG: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;

/// What most documents fit into, in bytes.
const USUAL: usize = 1024;

/// What stands for itself, in a text and in the value of an attribute.
const PLAIN: Plain = plain(b' ', b'~', b"&<>\"");

/// A document being written. Names are the caller's own constants and are not checked; texts and values may be
/// anything: a character that XML cannot hold becomes U+FFFD.
#[derive(Debug)]
pub struct Writer {
    out: String,
    /// Whether the innermost start tag still lacks its `>`.
    in_tag: bool,
}

impl Default for Writer {
    fn default() -> Writer {
        Writer::new()
    }
}

impl Writer {
    /// A document with nothing but its declaration.
    #[must_use]
    pub fn new() -> Writer {
        let mut out = String::with_capacity(USUAL);
        out.push_str(PROLOG);
        Writer { out, in_tag: false }
    }

    /// The bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.out.into_bytes()
    }

    /// An element with its attributes; `<name/>` when `inside` writes nothing.
    pub fn element(&mut self, name: &str, attributes: &[(&str, &str)], inside: impl FnOnce(&mut Writer)) {
        self.end_tag();
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            self.escaped(value, true);
            self.out.push('"');
        }
        self.in_tag = true;
        inside(self);
        if std::mem::take(&mut self.in_tag) {
            self.out.push_str("/>");
        } else {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
    }

    /// An element without attributes that holds a text.
    pub fn text_element(&mut self, name: &str, text: &str) {
        self.element(name, &[], |xml| xml.text(text));
    }

    /// Text of the innermost element.
    pub fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.end_tag();
            self.escaped(text, false);
        }
    }

    fn end_tag(&mut self) {
        if std::mem::take(&mut self.in_tag) {
            self.out.push('>');
        }
    }

    fn escaped(&mut self, text: &str, in_attribute: bool) {
        // Runs of what stands for itself are copied whole. Outside of ASCII that is decided letter by letter.
        let mut rest = text;
        loop {
            let (run, others) = rest.split_at(run(rest.as_bytes(), &PLAIN));
            self.out.push_str(run);
            let mut letters = others.chars();
            let Some(letter) = letters.next() else { break };
            self.letter(letter, in_attribute);
            rest = letters.as_str();
        }
    }

    fn letter(&mut self, letter: char, in_attribute: bool) {
        match letter {
            '&' => self.out.push_str("&amp;"),
            '<' => self.out.push_str("&lt;"),
            '>' => self.out.push_str("&gt;"),
            '"' if in_attribute => self.out.push_str("&quot;"),
            // A reader would turn these into blanks or line feeds.
            '\t' if in_attribute => self.out.push_str("&#9;"),
            '\n' if in_attribute => self.out.push_str("&#10;"),
            '\r' => self.out.push_str("&#13;"),
            letter if is_char(letter) => self.out.push(letter),
            _ => self.out.push(char::REPLACEMENT_CHARACTER),
        }
    }
}
