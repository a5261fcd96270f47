//! Placeholders: what differs from server to server, and stands in a fixture under a name. Knows no socket.

use std::ops::Range;

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
        let places = [(&self.escaped(), BASE_ESCAPED), (&self.url, BASE), (&self.authority, HOST)];
        places.iter().fold(text.to_owned(), |text, (place, by)| {
            replaced_host(&text, place, by, &['.', '-', '_', ':']).unwrap_or(text)
        })
    }

    fn escaped(&self) -> String {
        self.url.replace('/', "\\/")
    }
}

/// A text with a host replaced wherever it is named, alone or at the end of a URL's beginning; `None` where it is not.
/// Not where it is part of a longer word, which letters, digits and `joints` make: `http://h` is not `http://h2` nor
/// `http://h:81`. Not where it is a step of a path either: a server may be called `ess`, and its paths begin so.
pub(crate) fn replaced_host(text: &str, host: &str, by: &str, joints: &[char]) -> Option<String> {
    replaced(text, host, by, |text, range| {
        let (before, after) = (&text[..range.start], &text[range.end..]);
        let is_step = before.ends_with('/') && !before.ends_with("//") && !before.ends_with("/\\/");
        let mut next = after.chars();
        let goes_on = next.next().is_some_and(|c| {
            c.is_alphanumeric() || joints.contains(&c) && next.next().is_some_and(char::is_alphanumeric)
        });
        !is_step && !goes_on && !before.ends_with(|c: char| c.is_alphanumeric() || joints.contains(&c))
    })
}

/// A text with a part replaced wherever its place `fits`; `None` where that is nowhere.
pub(crate) fn replaced(
    text: &str,
    part: &str,
    by: &str,
    fits: impl Fn(&str, &Range<usize>) -> bool,
) -> Option<String> {
    let mut out = String::new();
    let mut from = 0;
    for (at, _) in text.match_indices(part) {
        let range = at..at + part.len();
        if fits(text, &range) {
            out.push_str(&text[from..at]);
            out.push_str(by);
            from = range.end;
        }
    }
    (from > 0).then(|| out + &text[from..])
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

    #[test]
    fn a_host_is_neither_a_part_of_another_nor_a_step_of_a_path() {
        let base = Base { url: "http://ess".to_owned(), authority: "ess".to_owned() };
        for (text, expected) in [
            ("http://ess/ess/rest", "{{base}}/ess/rest"),
            ("http:\\/\\/ess\\/ess\\/rest", "{{base_escaped}}\\/ess\\/rest"),
            ("https://ess/ see ess.", "https://{{host}}/ see {{host}}."),
            ("http://ess2/ http://ess:81/ process", "http://ess2/ http://ess:81/ process"),
        ] {
            assert_eq!(base.emptied(text), expected);
        }
    }
}
