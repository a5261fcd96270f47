//! A document read element by element, from the outside in. A dialect's `wire.rs` says which names it takes; whatever
//! it passes over is still checked.

use std::borrow::Cow;

use super::characters::is_blank;
use super::encoding::decode;
use super::events::{Event, Events};
use super::tags::Tag;
use crate::Malformed;

/// Reads a document whose root element has that name. `inside` reads the root; what it leaves is passed over.
///
/// ```
/// use countermand_dialects::grammar::xml;
///
/// let mut ids = Vec::new();
/// xml::read(b"<order><id>15</id><note/><id>25</id></order>", "order", |order| {
///     order.children(|child| {
///         if child.name() == "id" {
///             ids.push(child.text()?.into_owned());
///         }
///         Ok(())
///     })
/// })?;
/// assert_eq!(ids, ["15", "25"]);
/// # Ok::<(), countermand_dialects::Malformed>(())
/// ```
///
/// # Errors
/// With the line and column where the bytes are not XML, or what `inside` says.
pub fn read<T>(
    bytes: &[u8],
    root: &str,
    inside: impl FnOnce(&mut Element<'_, '_>) -> Result<T, Malformed>,
) -> Result<T, Malformed> {
    let (text, encoding) = decode(bytes)?;
    let mut events = Events::new(&text, encoding)?;
    let Event::Open(tag) = events.next()? else {
        return Err(Malformed::new("", "there is no root element"));
    };
    let mut element = Element::new(&mut events, tag);
    if element.name() != root {
        return Err(element.malformed(format!("the root element is not {root}")));
    }
    let document = inside(&mut element)?;
    element.skip()?;
    events.next()?;
    Ok(document)
}

/// An element whose start tag has been read.
#[derive(Debug)]
pub struct Element<'d, 'x> {
    events: &'d mut Events<'x>,
    tag: Tag<'x>,
    /// How many elements it stands in.
    parents: usize,
}

impl<'d, 'x> Element<'d, 'x> {
    fn new(events: &'d mut Events<'x>, tag: Tag<'x>) -> Element<'d, 'x> {
        let parents = events.depth() - 1;
        Element { events, tag, parents }
    }

    /// Its local name.
    #[must_use]
    #[expect(clippy::misnamed_getters, reason = "the name of a tag here is its prefix and its local name")]
    pub fn name(&self) -> &'x str {
        self.tag.local
    }

    /// The value of its first attribute of that local name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<Cow<'x, str>> {
        let attributes = self.tag.attributes().filter_map(Result::ok);
        attributes.filter(|attribute| attribute.local == name).find_map(|attribute| attribute.value().ok())
    }

    /// Reads its child elements one by one. What `each` leaves of a child is passed over.
    ///
    /// # Errors
    /// Text between the children, bytes that are not XML, or what `each` says.
    pub fn children(
        &mut self,
        mut each: impl FnMut(&mut Element<'_, 'x>) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        while self.is_open() {
            match self.events.next()? {
                Event::Open(tag) => {
                    let mut child = Element::new(self.events, tag);
                    each(&mut child)?;
                    child.skip()?;
                }
                Event::Text(text) if is_blank(&text) => {}
                Event::Text(_) => return Err(self.malformed("there is text where only elements may be")),
                Event::Close | Event::End => {}
            }
        }
        Ok(())
    }

    /// Reads its text, as it is written: what white space around it means is the caller's to say.
    ///
    /// # Errors
    /// An element inside it, or bytes that are not XML.
    pub fn text(&mut self) -> Result<Cow<'x, str>, Malformed> {
        let mut text = Cow::Borrowed("");
        while self.is_open() {
            match self.events.next()? {
                Event::Text(piece) if text.is_empty() => text = piece,
                Event::Text(piece) => text.to_mut().push_str(&piece),
                Event::Open(tag) => {
                    let problem = format!("there is an element {} where only text may be", tag.local);
                    return Err(self.malformed(problem));
                }
                Event::Close | Event::End => {}
            }
        }
        Ok(text)
    }

    /// Something is wrong with it: an error that tells its path, such as `/order/id[2]`.
    #[must_use]
    pub fn malformed(&self, problem: impl Into<Cow<'static, str>>) -> Malformed {
        Malformed::new(self.events.path(self.parents, &self.tag), problem)
    }

    /// Passes over what is left of it.
    fn skip(&mut self) -> Result<(), Malformed> {
        while self.is_open() {
            self.events.next()?;
        }
        Ok(())
    }

    fn is_open(&self) -> bool {
        self.events.depth() > self.parents
    }
}
