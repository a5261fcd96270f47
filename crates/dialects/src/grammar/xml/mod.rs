//! XML: a strict reader with located errors, and a writer of exact bytes. Nothing here knows a dialect's words.
//!
//! quick-xml finds the markup; it accepts much that is not XML, so a layer of our own over its tokens refuses whatever
//! XML 1.0 (fifth edition) and Namespaces in XML 1.0 refuse, and besides: a document type declaration (so no entity
//! but the five of XML itself), an encoding other than UTF-8 and UTF-16, and documents past the limits below. What this
//! reader accepts, roxmltree accepts; a property test says so.
//!
//! Namespaces: elements and attributes are matched by their local names, whatever namespace they are in. Clients that
//! marshal with a generated schema write `<ns2:payload xmlns:ns2="…">`, the vendors' pages write no namespace, and
//! none of the APIs has two vocabularies in one document. A prefix that is bound to nothing is refused.

mod encoding;

mod characters;

mod tags;

mod scope;

mod events;

mod reader;

mod writer;

#[cfg(test)]
mod tests;

pub use reader::{Element, read};
pub use writer::Writer;

/// How deep elements may nest, the root counted. The deepest document of any dialect has six levels.
pub const DEPTH_LIMIT: usize = 64;

/// How many attributes one element may have, namespace declarations counted.
pub const ATTRIBUTE_LIMIT: usize = 32;

/// How many namespace declarations may be in scope at once.
pub const NAMESPACE_LIMIT: usize = 32;
