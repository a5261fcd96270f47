//! Placeholders: what differs from server to server, and stands in a fixture under a name. Knows no socket.

/// The scheme and authority that the client sees, and the path that stands before a dialect's own.
pub const BASE: &str = "{{base}}";

/// The same with every `/` written `\/`, as some JSON writers do.
pub const BASE_ESCAPED: &str = "{{base_escaped}}";

/// The authority alone.
pub const HOST: &str = "{{host}}";

/// The credentials of the case's user.
pub const AUTHORIZATION: &str = "{{authorization}}";

/// Every placeholder.
pub const ALL: [&str; 4] = [BASE, BASE_ESCAPED, HOST, AUTHORIZATION];

/// Where a target is, as its clients write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// Such as `http://localhost:8080`, or `https://prime.example/vp` behind a prefix.
    pub url: String,
    /// Such as `localhost:8080`.
    pub authority: String,
}

impl Base {
    /// A text with every placeholder but the credentials replaced by what it stands for.
    #[must_use]
    pub fn filled(&self, text: &str) -> String {
        if !text.contains("{{") {
            return text.to_owned();
        }
        text.replace(BASE_ESCAPED, &self.escaped()).replace(BASE, &self.url).replace(HOST, &self.authority)
    }

    /// The reverse of [`filled`](Base::filled), for a text that a server wrote.
    #[must_use]
    pub fn emptied(&self, text: &str) -> String {
        text.replace(&self.escaped(), BASE_ESCAPED).replace(&self.url, BASE).replace(&self.authority, HOST)
    }

    fn escaped(&self) -> String {
        self.url.replace('/', "\\/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_is_emptied_again() {
        let base = Base { url: "http://h:1/vp".to_owned(), authority: "h:1".to_owned() };
        let text = r#"{"a":"{{base}}/x","b":"{{base_escaped}}\/x","c":"{{host}}"}"#;
        let filled = base.filled(text);
        assert_eq!(filled, r#"{"a":"http://h:1/vp/x","b":"http:\/\/h:1\/vp\/x","c":"h:1"}"#);
        assert_eq!(base.emptied(&filled), text);
    }
}
