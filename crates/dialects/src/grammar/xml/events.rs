//! The tokens of quick-xml as the events of a well-formed document, or the place where it is not one. Borrows from the
//! body and keeps nothing but the tags that are open, so memory stays flat whatever comes.

use std::borrow::Cow;

use quick_xml::events::Event as Token;

use super::DEPTH_LIMIT;
use super::characters::{
    Flaw, is_blank, is_char, is_name, is_plain, is_space, referenced, with_plain_line_ends,
};
use super::encoding::Encoding;
use super::scope::Scope;
use super::tags::{Tag, check_declaration};
use crate::Malformed;

/// What comes next in a document. Comments and processing instructions are checked and passed over.
#[derive(Debug)]
pub(super) enum Event<'x> {
    /// An element begins. The first event, and only the first outside of all elements.
    Open(Tag<'x>),
    /// A piece of the innermost element's text.
    Text(Cow<'x, str>),
    /// The innermost element ends.
    Close,
    /// The document ends.
    End,
}

/// A document, event by event.
#[derive(Debug)]
pub(super) struct Events<'x> {
    text: &'x str,
    encoding: Encoding,
    tokens: quick_xml::Reader<&'x [u8]>,
    open: Vec<Tag<'x>>,
    scope: Scope<'x>,
    /// The innermost element was written as `<empty/>`: its end comes next.
    ends_next: bool,
    has_root: bool,
}

impl<'x> Events<'x> {
    /// Checks that the text is one that XML can hold. `encoding` is what it was in, which it may declare.
    pub(super) fn new(text: &'x str, encoding: Encoding) -> Result<Events<'x>, Malformed> {
        let events = Events::over(text, encoding);
        if is_plain(text) {
            return Ok(events);
        }
        // A second byte order mark would be passed over by quick-xml, and is not XML.
        let forbidden =
            |(offset, char): &(usize, char)| !is_char(*char) || *offset == 0 && *char == '\u{feff}';
        match text.char_indices().find(forbidden) {
            None => Ok(events),
            Some((offset, char)) => {
                let problem = format!("the character U+{:04X} is not one of XML", u32::from(char));
                Err(events.located(Flaw::new(offset, problem)))
            }
        }
    }

    fn over(text: &'x str, encoding: Encoding) -> Events<'x> {
        Events {
            text,
            encoding,
            tokens: quick_xml::Reader::from_str(text),
            open: Vec::new(),
            scope: Scope::default(),
            ends_next: false,
            has_root: false,
        }
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The next event; after [`Event::End`], that again.
    pub(super) fn next(&mut self) -> Result<Event<'x>, Malformed> {
        self.advance().map_err(|flaw| self.located(flaw))
    }

    fn advance(&mut self) -> Result<Event<'x>, Flaw> {
        if std::mem::take(&mut self.ends_next) {
            return Ok(self.close());
        }
        loop {
            let start = self.position();
            let token = self.tokens.read_event().map_err(|error| self.broken(&error))?;
            let raw = &self.text[start..self.position()];
            match token {
                Token::Start(_) => return self.open(&raw[1..raw.len() - 1], start),
                Token::Empty(_) => {
                    let event = self.open(&raw[1..raw.len() - 2], start)?;
                    self.ends_next = true;
                    return Ok(event);
                }
                Token::End(_) => return Ok(self.close()),
                Token::Text(_) => {
                    if let Some(text) = self.text_event(raw, start)? {
                        return Ok(Event::Text(text));
                    }
                }
                Token::CData(_) if self.open.is_empty() => {
                    return Err(Flaw::new(start, "a CDATA section stands outside of the root element"));
                }
                Token::CData(_) => {
                    let inside = &raw["<![CDATA[".len()..raw.len() - "]]>".len()];
                    return Ok(Event::Text(with_plain_line_ends(inside)));
                }
                Token::GeneralRef(_) if self.open.is_empty() => {
                    return Err(Flaw::new(start, "a reference stands outside of the root element"));
                }
                Token::GeneralRef(_) => {
                    let char =
                        referenced(&raw[1..raw.len() - 1]).map_err(|problem| Flaw::new(start, problem))?;
                    return Ok(Event::Text(Cow::Owned(char.into())));
                }
                Token::Comment(_) => check_comment(raw, start)?,
                Token::PI(_) => check_instruction(raw, start)?,
                Token::Decl(_) if start > 0 => {
                    return Err(Flaw::new(start, "an XML declaration stands only at the very beginning"));
                }
                Token::Decl(_) => {
                    check_declaration(
                        &raw["<?xml".len()..raw.len() - "?>".len()],
                        "<?xml".len(),
                        self.encoding,
                    )?;
                }
                Token::DocType(_) => {
                    return Err(Flaw::new(start, "a document type declaration is not accepted"));
                }
                Token::Eof => return self.end(start),
            }
        }
    }

    fn open(&mut self, content: &'x str, offset: usize) -> Result<Event<'x>, Flaw> {
        if self.open.is_empty() && self.has_root {
            return Err(Flaw::new(offset, "a second root element begins"));
        }
        if self.open.len() == DEPTH_LIMIT {
            return Err(Flaw::new(offset, format!("elements nest deeper than {DEPTH_LIMIT}")));
        }
        let tag = Tag::parse(content, offset)?;
        self.has_root = true;
        self.open.push(tag);
        self.scope.enter(&tag, self.open.len())?;
        Ok(Event::Open(tag))
    }

    fn close(&mut self) -> Event<'x> {
        self.scope.leave(self.open.len());
        self.open.pop();
        Event::Close
    }

    /// The text, unless it is white space around the root.
    fn text_event(&self, raw: &'x str, start: usize) -> Result<Option<Cow<'x, str>>, Flaw> {
        if self.open.is_empty() {
            let outside = Flaw::new(start, "text stands outside of the root element");
            return if is_blank(raw) { Ok(None) } else { Err(outside) };
        }
        if !raw.bytes().any(|byte| matches!(byte, b']' | b'\r')) {
            return Ok(Some(Cow::Borrowed(raw)));
        }
        raw.find("]]>").map_or_else(
            || Ok(Some(with_plain_line_ends(raw))),
            |place| Err(Flaw::new(start + place, "`]]>` stands in text")),
        )
    }

    fn end(&self, offset: usize) -> Result<Event<'x>, Flaw> {
        match self.open.last() {
            Some(tag) => Err(Flaw::new(offset, format!("the element {} has no end", tag.qualified))),
            None if self.has_root => Ok(Event::End),
            None => Err(Flaw::new(offset, "there is no root element")),
        }
    }

    fn position(&self) -> usize {
        usize::try_from(self.tokens.buffer_position()).map_or(self.text.len(), |at| at.min(self.text.len()))
    }

    fn broken(&self, error: &quick_xml::Error) -> Flaw {
        let offset = usize::try_from(self.tokens.error_position()).unwrap_or(usize::MAX);
        Flaw::new(offset.min(self.text.len()), error.to_string())
    }

    fn located(&self, flaw: Flaw) -> Malformed {
        let offset = self.text.floor_char_boundary(flaw.offset);
        let before = &self.text[..offset];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Malformed::new(format!("line {line} column {column}"), flaw.problem)
    }

    /// The path of an element whose parents are the first `parents` open tags: `/a/b[2]/c`. An element that is not
    /// the first of its name in its parent has its place among them, from 1. Found by reading the document again, so
    /// that a good document pays nothing for it.
    pub(super) fn path(&self, parents: usize, tag: &Tag<'x>) -> String {
        let mut path: Vec<(&Tag<'x>, u64)> = self.open[..parents].iter().map(|open| (open, 0)).collect();
        path.push((tag, 0));
        let mut again = Events::over(self.text, self.encoding);
        let mut found = 0;
        while let (Some((wanted, count)), Ok(event)) = (path.get_mut(found), again.advance()) {
            if let Event::Open(tag) = event
                && again.depth() == found + 1
                && tag.local == wanted.local
            {
                *count += 1;
                found += usize::from(tag.offset == wanted.offset);
            }
        }
        let step = |(tag, count): &(&Tag<'_>, u64)| match count {
            0 | 1 => format!("/{}", tag.local),
            _ => format!("/{}[{count}]", tag.local),
        };
        path.iter().map(step).collect()
    }
}

fn check_comment(raw: &str, start: usize) -> Result<(), Flaw> {
    let inside = raw.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
    match inside {
        Some(inside) if !inside.contains("--") && !inside.ends_with('-') => Ok(()),
        Some(_) | None => Err(Flaw::new(start, "`--` stands in a comment")),
    }
}

fn check_instruction(raw: &str, start: usize) -> Result<(), Flaw> {
    let inside = &raw["<?".len()..raw.len() - "?>".len()];
    let target = &inside[..inside.bytes().position(is_space).unwrap_or(inside.len())];
    if is_name(target) && !target.eq_ignore_ascii_case("xml") {
        return Ok(());
    }
    Err(Flaw::new(start, "the target of a processing instruction is not one"))
}
