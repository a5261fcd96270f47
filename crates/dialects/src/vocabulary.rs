//! The names that a dialect's tables know, for whoever records its traffic: what is in none of them is somebody's own,
//! and its value is not written down. Names only; what they mean is known in the dialect's folder.

/// The names of a dialect. A name that is left out is not refused anywhere: its values are replaced in a recording.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// Headers that change what is asked or answered, in lower case, besides those that every dialect has
    /// ([`Vocabulary::HEADERS`]).
    pub headers: &'static [&'static str],
    /// Parameters of queries.
    pub parameters: Vec<&'static str>,
    /// Members of JSON, elements of XML and their attributes, of requests and answers. An attribute is known by its bare
    /// name, and in JSON by `@` and that name.
    pub members: Vec<&'static str>,
    /// Those of [`members`](Vocabulary::members) that follow the server's clock without being a time.
    pub volatile: &'static [&'static str],
    /// Members of a job's description, as the control API names them, whose texts the answers show.
    pub shown: &'static [&'static str],
}

impl Vocabulary {
    /// Headers that mean the same in every dialect, in lower case.
    pub const HEADERS: &'static [&'static str] =
        &["accept", "allow", "content-range", "content-type", "location", "range", "www-authenticate"];

    /// Whether a header is known.
    #[must_use]
    pub fn has_header(&self, name: &str) -> bool {
        Vocabulary::HEADERS.iter().chain(self.headers).any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Whether a parameter of a query is known.
    #[must_use]
    pub fn has_parameter(&self, name: &str) -> bool {
        self.parameters.contains(&name)
    }

    /// Whether a member, an element or an attribute is known.
    #[must_use]
    pub fn has_member(&self, name: &str) -> bool {
        self.members.contains(&name.strip_prefix('@').unwrap_or(name))
    }

    /// Whether the value of a member follows the server's clock without being a time.
    #[must_use]
    pub fn is_volatile(&self, name: &str) -> bool {
        self.volatile.contains(&name)
    }
}
