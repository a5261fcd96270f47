//! Which namespace prefixes are bound where. Refuses to know what any namespace means.

use std::borrow::Cow;

use super::characters::Flaw;
use super::tags::{Attribute, Tag};
use super::{ATTRIBUTE_LIMIT, NAMESPACE_LIMIT};

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// The bindings of all open elements, the innermost last.
#[derive(Debug, Default)]
pub(super) struct Scope<'x> {
    bindings: Vec<Binding<'x>>,
}

#[derive(Debug)]
struct Binding<'x> {
    depth: usize,
    prefix: &'x str,
    name: Cow<'x, str>,
}

impl<'x> Scope<'x> {
    /// Checks the attributes of an element that stands `depth` deep, and binds what it declares.
    pub(super) fn enter(&mut self, tag: &Tag<'x>, depth: usize) -> Result<(), Flaw> {
        if tag.is_bare() {
            return Ok(());
        }
        let mut attributes: Vec<Attribute<'x>> = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute?;
            if attributes.len() == ATTRIBUTE_LIMIT {
                let problem = format!("an element has more than {ATTRIBUTE_LIMIT} attributes");
                return Err(Flaw::new(attribute.offset, problem));
            }
            let value = attribute.value()?;
            if let Some(prefix) = declares(&attribute) {
                self.bind(&attribute, prefix, value, depth)?;
            }
            attributes.push(attribute);
        }
        // XML defines attributes with `xml:` and no element; roxmltree too refuses one.
        if matches!(tag.prefix, Some("xml" | "xmlns")) {
            return Err(Flaw::new(tag.offset, "no element has the prefix xml or xmlns"));
        }
        self.name_of(tag.prefix, tag.offset)?;
        self.refuse_duplicates(&attributes)
    }

    /// Forgets what the element that stood `depth` deep declared.
    pub(super) fn leave(&mut self, depth: usize) {
        let kept = self.bindings.iter().take_while(|binding| binding.depth < depth).count();
        self.bindings.truncate(kept);
    }

    fn bind(
        &mut self,
        attribute: &Attribute<'x>,
        prefix: &'x str,
        name: Cow<'x, str>,
        depth: usize,
    ) -> Result<(), Flaw> {
        let allowed = match prefix {
            "xml" => name == XML,
            "xmlns" => false,
            "" => name != XML && name != XMLNS,
            _ => name != XML && name != XMLNS && !name.is_empty(),
        };
        if !allowed {
            return Err(Flaw::new(attribute.offset, "a prefix cannot be bound to this namespace"));
        }
        if self.bindings.len() == NAMESPACE_LIMIT {
            let problem = format!("more than {NAMESPACE_LIMIT} namespaces are declared");
            return Err(Flaw::new(attribute.offset, problem));
        }
        self.bindings.push(Binding { depth, prefix, name });
        Ok(())
    }

    /// The namespace of a prefix; without one, that of no namespace, which is all that attributes and equality need.
    fn name_of(&self, prefix: Option<&str>, offset: usize) -> Result<&str, Flaw> {
        let Some(prefix) = prefix else { return Ok("") };
        if prefix == "xml" {
            return Ok(XML);
        }
        self.bindings
            .iter()
            .rfind(|binding| binding.prefix == prefix)
            .map(|binding| binding.name.as_ref())
            .ok_or_else(|| Flaw::new(offset, format!("the prefix {prefix} is bound to no namespace")))
    }

    fn refuse_duplicates(&self, attributes: &[Attribute<'x>]) -> Result<(), Flaw> {
        for (place, attribute) in attributes.iter().enumerate() {
            let name = self.expanded(attribute)?;
            for earlier in &attributes[..place] {
                if self.expanded(earlier)? == name {
                    let problem = format!("the attribute {} stands there twice", attribute.local);
                    return Err(Flaw::new(attribute.offset, problem));
                }
            }
        }
        Ok(())
    }

    /// An attribute's namespace and local name.
    fn expanded(&self, attribute: &Attribute<'x>) -> Result<(&str, &'x str), Flaw> {
        if attribute.prefix == Some("xmlns") {
            return Ok((XMLNS, attribute.local));
        }
        Ok((self.name_of(attribute.prefix, attribute.offset)?, attribute.local))
    }
}

/// The prefix that an attribute binds, if it is a namespace declaration; empty for the default.
fn declares<'x>(attribute: &Attribute<'x>) -> Option<&'x str> {
    match attribute.prefix {
        None if attribute.local == "xmlns" => Some(""),
        Some("xmlns") => Some(attribute.local),
        None | Some(_) => None,
    }
}
