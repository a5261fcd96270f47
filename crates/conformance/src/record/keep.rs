//! Places that are recorded as they are although no table knows them. Knows no document.

use crate::place::{Mask, Path};

/// A place that somebody wants to see: a header, a parameter of queries, or a place in bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep(What);

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// A parameter of queries, decoded.
    Parameter(String),
    /// A header, or a place in a body.
    Place(Mask),
}

/// Headers that are never kept: who has them is let in.
const SECRET: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "set-cookie"];

impl Keep {
    /// Reads `header:NAME`, `query:NAME`, a JSON pointer or an element path.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to write.
    pub fn read(text: &str) -> Result<Keep, String> {
        if let Some(name) = text.strip_prefix("query:") {
            if name.is_empty() {
                return Err("\"query:\" names no parameter; write such as \"query:trace\"".to_owned());
            }
            return Ok(Keep(What::Parameter(name.to_owned())));
        }
        let place = Mask::read(text)?;
        if let Some(secret) = SECRET.iter().find(|name| place.covers_header(name)) {
            return Err(format!("{secret} holds credentials, and no fixture does; leave it out"));
        }
        Ok(Keep(What::Place(place)))
    }

    pub(super) fn keeps_header(&self, name: &str) -> bool {
        matches!(&self.0, What::Place(place) if place.covers_header(name))
    }

    pub(super) fn keeps_parameter(&self, name: &str) -> bool {
        matches!(&self.0, What::Parameter(parameter) if parameter == name)
    }

    /// What stands below a place that is kept is kept with it.
    pub(super) fn keeps(&self, path: &Path) -> bool {
        matches!(&self.0, What::Place(place) if place.holds(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_kept_where_it_is_named() {
        assert!(Keep::read("header:X-Trace").unwrap().keeps_header("x-trace"));
        assert!(Keep::read("query:trace").unwrap().keeps_parameter("trace"));
        assert!(Keep::read("/a/*/b").unwrap().keeps(&Path::root().then("a").then("0").then("b")));
        assert!(Keep::read("/a").unwrap().keeps(&Path::root().then("a").then("0").then("b")));
        assert!(Keep::read("header:Cookie").unwrap_err().contains("credentials"));
        assert!(Keep::read("trace").unwrap_err().contains("is not a place"));
    }
}
