//! Query strings as pairs.

use std::borrow::Cow;

use crate::grammar::bytes::split_before;

/// A name and a value, percent-decoded, `+` read as a blank. What is not UTF-8 is replaced by U+FFFD.
pub type Pair<'q> = (Cow<'q, str>, Cow<'q, str>);

/// The pairs of a query, in order, each made when it is looked at.
pub fn each(query: &str) -> impl Iterator<Item = Pair<'_>> {
    let mut rest = query;
    let pairs = std::iter::from_fn(move || {
        let (pair, behind) = split_before(rest, b'&');
        let is_done = rest.is_empty();
        rest = behind.strip_prefix('&').unwrap_or_default();
        (!is_done).then_some(pair)
    });
    pairs.filter(|pair| !pair.is_empty()).map(|pair| {
        if pair.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
            return form_urlencoded::parse(pair.as_bytes()).next().unwrap_or_default();
        }
        let (name, value) = split_before(pair, b'=');
        (name.into(), value.strip_prefix('=').unwrap_or_default().into())
    })
}

/// The same, as texts that outlive the query.
#[must_use]
pub fn pairs(query: &str) -> Vec<(String, String)> {
    each(query).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// The first value of a name.
#[must_use]
pub fn first<'q>(pairs: &'q [(String, String)], name: &str) -> Option<&'q str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The first value of a name in a query of which nothing else is asked.
#[must_use]
pub fn value<'q>(query: &'q str, name: &str) -> Option<Cow<'q, str>> {
    each(query).find(|(key, _)| key == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pairs_are_what_forms_have(query in "[a-c=&%+20é]*") {
            let form: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            prop_assert_eq!(pairs(&query), form);
        }
    }
}
