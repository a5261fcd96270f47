//! The inside of a start tag, read attribute by attribute, and the XML declaration, which is written like one.

use std::borrow::Cow;

use super::characters::{Flaw, is_space, qualified, referenced, with_plain_line_ends};
use super::encoding::Encoding;

/// A start tag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag<'x> {
    /// Where its `<` stands.
    pub(super) offset: usize,
    /// Its name with its prefix.
    pub(super) qualified: &'x str,
    pub(super) prefix: Option<&'x str>,
    pub(super) local: &'x str,
    /// What follows the name, and where that begins.
    attributes: &'x str,
    attributes_offset: usize,
}

/// An attribute as it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute<'x> {
    pub(super) offset: usize,
    pub(super) prefix: Option<&'x str>,
    pub(super) local: &'x str,
    raw: &'x str,
    raw_offset: usize,
}

impl<'x> Tag<'x> {
    /// Takes the tag apart from `content`, which is everything between `<` and `>` or `/>`; `offset` is that of `<`.
    pub(super) fn parse(content: &'x str, offset: usize) -> Result<Tag<'x>, Flaw> {
        let length = content.bytes().position(is_space).unwrap_or(content.len());
        let (name, attributes) = content.split_at(length);
        let (prefix, local) =
            qualified(name).ok_or_else(|| Flaw::new(offset, "the name of the element is not a name"))?;
        Ok(Tag { offset, qualified: name, prefix, local, attributes, attributes_offset: offset + 1 + length })
    }

    /// Whether it has neither a prefix nor attributes, as most have none.
    pub(super) fn is_bare(&self) -> bool {
        self.prefix.is_none() && self.attributes.is_empty()
    }

    /// Its attributes, in order; nothing comes after a flaw.
    pub(super) fn attributes(&self) -> Attributes<'x> {
        Attributes { rest: self.attributes, offset: self.attributes_offset }
    }
}

impl<'x> Attribute<'x> {
    /// Its value, normalized as XML does: references resolved, white space as blanks.
    pub(super) fn value(&self) -> Result<Cow<'x, str>, Flaw> {
        if !self.raw.bytes().any(|byte| matches!(byte, b'&' | b'\t' | b'\n' | b'\r')) {
            return Ok(Cow::Borrowed(self.raw));
        }
        let text = with_plain_line_ends(self.raw);
        let mut value = String::with_capacity(text.len());
        let mut pieces = text.split('&');
        value.push_str(&pieces.next().unwrap_or_default().replace(['\t', '\n'], " "));
        for piece in pieces {
            let flaw = |problem| Flaw::new(self.raw_offset, problem);
            let (name, plain) = piece.split_once(';').ok_or_else(|| flaw("a reference has no `;`".into()))?;
            value.push(referenced(name).map_err(flaw)?);
            value.push_str(&plain.replace(['\t', '\n'], " "));
        }
        Ok(Cow::Owned(value))
    }
}

/// The attributes of one tag.
#[derive(Debug)]
pub(super) struct Attributes<'x> {
    rest: &'x str,
    offset: usize,
}

impl<'x> Iterator for Attributes<'x> {
    type Item = Result<Attribute<'x>, Flaw>;

    fn next(&mut self) -> Option<Self::Item> {
        let spaced = self.pass_spaces();
        if self.rest.is_empty() {
            return None;
        }
        let attribute = if spaced {
            self.attribute()
        } else {
            Err(Flaw::new(self.offset, "white space is missing before an attribute"))
        };
        if attribute.is_err() {
            self.rest = "";
        }
        Some(attribute)
    }
}

impl<'x> Attributes<'x> {
    fn attribute(&mut self) -> Result<Attribute<'x>, Flaw> {
        let offset = self.offset;
        let end = self.rest.bytes().position(|byte| byte == b'=' || is_space(byte));
        let name = self.take(end.unwrap_or(self.rest.len()));
        let (prefix, local) =
            qualified(name).ok_or_else(|| Flaw::new(offset, "the name of an attribute is not a name"))?;
        self.pass_spaces();
        if !self.rest.starts_with('=') {
            return Err(Flaw::new(offset, format!("the attribute {name} has no value")));
        }
        self.take(1);
        self.pass_spaces();
        let quote = self.rest.chars().next().filter(|char| matches!(char, '"' | '\''));
        let quote = quote.ok_or_else(|| Flaw::new(offset, format!("the value of {name} has no quotes")))?;
        self.take(1);
        let raw_offset = self.offset;
        let end = self.rest.find(quote);
        let raw = self.take(end.ok_or_else(|| Flaw::new(offset, format!("the value of {name} has no end")))?);
        self.take(1);
        if let Some(place) = raw.find('<') {
            return Err(Flaw::new(raw_offset + place, "a `<` stands in the value of an attribute"));
        }
        Ok(Attribute { offset, prefix, local, raw, raw_offset })
    }

    fn pass_spaces(&mut self) -> bool {
        let length = self.rest.bytes().take_while(|byte| is_space(*byte)).count();
        self.take(length);
        length > 0
    }

    fn take(&mut self, length: usize) -> &'x str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.offset += length;
        taken
    }
}

/// Checks `<?xml …?>`: production 23, and that the document is one that this reader can read. `content` is everything
/// between `<?xml` and `?>`; `encoding` is what the bytes are.
pub(super) fn check_declaration(content: &str, offset: usize, encoding: Encoding) -> Result<(), Flaw> {
    // What may come, in this order.
    let mut expected = ["version", "encoding", "standalone"].iter();
    let mut has_version = false;
    for attribute in (Attributes { rest: content, offset }) {
        let attribute = attribute?;
        let flaw = |problem: &'static str| Err(Flaw::new(attribute.offset, problem));
        let (name, value) = (attribute.local, attribute.raw);
        if attribute.prefix.is_some() || !expected.any(|known| *known == name) {
            return flaw("this does not belong into an XML declaration, or not at this place");
        }
        match name {
            "version" if value != "1.0" => return flaw("the version of XML is not 1.0"),
            "version" => has_version = true,
            "encoding" => {
                encoding.check_name(value).map_err(|problem| Flaw::new(attribute.offset, problem))?;
            }
            "standalone" if !matches!(value, "yes" | "no") => return flaw("standalone is yes or no"),
            _ => {}
        }
    }
    if has_version { Ok(()) } else { Err(Flaw::new(offset, "the XML declaration has no version")) }
}
