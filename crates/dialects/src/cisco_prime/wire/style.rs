//! What the versions' JSON differs in. Version 1 wrote JSON from XML text (by Jettison's "mapped" convention), later
//! versions from typed values (Jackson-like): that one change explains every difference here.

use std::borrow::Cow;

use crate::grammar::json::{Slashes, Writer};
use crate::grammar::query;
use crate::{Echo, Format};

/// How one API version writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    version: u8,
}

/// How an element's text is typed from version 2 on. Version 1 looks at the text alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// A string.
    Text,
    /// A number.
    Long,
}

impl Style {
    pub(super) fn of(echo: &Echo) -> Style {
        Style { version: echo.version }
    }

    pub(super) fn is_v1(self) -> bool {
        self.version == 1
    }

    /// Whether documents tell the virtual domain, and numbers of JobSummary are numbers.
    pub(super) fn is_v4(self) -> bool {
        self.version == 4
    }

    /// Quirk: v1 escapes every slash; fixtures/cisco-prime/v1-reference-json.http
    pub(super) fn json(self) -> Writer {
        Writer::new(if self.is_v1() { Slashes::Escaped } else { Slashes::Plain })
    }

    /// A URL of the request. Quirk: v1 writes the query HTML-escaped, in JSON too;
    /// fixtures/cisco-prime/v1-query-is-echoed.http. In XML it is escaped once, as XML asks.
    pub(super) fn json_url(self, url: &str) -> Cow<'_, str> {
        if !self.is_v1() || !url.contains(['&', '"', '<', '>']) {
            return Cow::Borrowed(url);
        }
        let escaped =
            url.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
        Cow::Owned(escaped)
    }

    /// An attribute whose value is a number. Quirk: all attributes are strings in v1;
    /// fixtures/cisco-prime/v1-job-summary-json.http
    pub(super) fn number_attribute(self, json: &mut Writer, key: &'static str, number: i64) {
        if self.is_v1() {
            json.member_string(key, itoa::Buffer::new().format(number));
        } else {
            json.member_integer(key, number);
        }
    }

    /// An element that holds a text. Quirk: in v1 a text that looks like a number or a boolean becomes one, whatever
    /// its type; fixtures/cisco-prime/v1-numeric-name-json.http
    pub(super) fn element(self, json: &mut Writer, key: &'static str, text: &str, typed: Typed) {
        let bare = if self.is_v1() { looks_typed(text) } else { typed == Typed::Long && is_long(text) };
        if bare {
            json.member_raw(key, text);
        } else {
            json.member_string(key, text);
        }
    }

    /// A collection: an element that holds items. Quirk: v1 writes an empty one as `""` and a single item without an
    /// array; fixtures/cisco-prime/v1-reference-json.http. Later versions always write the array;
    /// fixtures/cisco-prime/v2-reference-json.http
    pub(super) fn collection<T>(
        self,
        json: &mut Writer,
        (wrapper, item): (&'static str, &'static str),
        items: &[T],
        write: impl Fn(&mut Writer, &T),
    ) {
        if items.is_empty() && self.is_v1() {
            json.member_string(wrapper, "");
        } else {
            json.member_object(wrapper, |json| self.repeated(json, item, items, write));
        }
    }

    /// Items without an element around them. None are nothing at all in v1.
    pub(super) fn repeated<T>(
        self,
        json: &mut Writer,
        name: &'static str,
        items: &[T],
        write: impl Fn(&mut Writer, &T),
    ) {
        match items {
            [] if self.is_v1() => {}
            [only] if self.is_v1() => json.member_object(name, |json| write(json, only)),
            _ => self.always_array(json, name, items, write),
        }
    }

    /// Items that are an array even where there is one. Quirk: `entity`, `entityId` and those of the catalogues are, in
    /// v1 too; fixtures/cisco-prime/v1-job-summary-json.http. That v1 leaves out an array of none, and later versions
    /// do not, is inferred.
    pub(super) fn always_array<T>(
        self,
        json: &mut Writer,
        name: &'static str,
        items: &[T],
        write: impl Fn(&mut Writer, &T),
    ) {
        if items.is_empty() && self.is_v1() {
            return;
        }
        json.member_array(name, |json| {
            for item in items {
                json.object(|json| write(json, item));
            }
        });
    }
}

/// The parameter that names a virtual domain.
pub(in super::super) const DOMAIN: &str = "_ctx.domain";

/// The virtual domain that there always is.
pub(in super::super) const ROOT_DOMAIN: &str = "ROOT-DOMAIN";

/// The virtual domain a request is made in. Nothing here is divided by domain: it is echoed, as version 4 does.
pub(super) fn domain(echo: &Echo) -> Cow<'_, str> {
    query::value(&echo.query, DOMAIN).unwrap_or(Cow::Borrowed(ROOT_DOMAIN))
}

/// A document in the format that was asked for.
pub(super) fn in_format(
    echo: &Echo,
    json: impl FnOnce() -> Vec<u8>,
    xml: impl FnOnce() -> Vec<u8>,
) -> Vec<u8> {
    match echo.format {
        Format::Json => json(),
        Format::Xml => xml(),
    }
}

/// Whether Jettison's default converter would make a primitive of a text: a long, a double or a boolean whose Java text
/// is the text itself, so that `0015` and `1e3` stay strings.
fn looks_typed(text: &str) -> bool {
    let begins_a_number = || text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    matches!(text, "true" | "false") || begins_a_number() && (is_long(text) || is_double(text))
}

fn is_long(text: &str) -> bool {
    text.parse().is_ok_and(|number: i64| itoa::Buffer::new().format(number) == text)
}

fn is_double(text: &str) -> bool {
    // Outside of this range Java writes an exponent, and an exponent is not looked for here.
    let is_plain = |number: f64| number == 0.0 || (1e-3..1e7).contains(&number.abs());
    text.parse::<f64>().is_ok_and(|number| is_plain(number) && format!("{number:?}") == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_that_java_would_write_is_a_number() {
        for text in ["0", "15", "-7", "112401323", "24.5", "-0.25", "100.0", "true", "false"] {
            assert!(looks_typed(text), "{text}");
        }
        for text in
            ["", "0015", "+1", "1e3", "24.00", ".5", "NaN", "inf", "True", " 1", "9223372036854775808", "1,5"]
        {
            assert!(!looks_typed(text), "{text}");
        }
    }
}
