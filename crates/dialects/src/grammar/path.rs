//! Path templates against raw paths. Segments are compared before they are decoded, so `%2F` never splits one.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::grammar::bytes::split_before;

/// Matches a raw path against a template of the same number of segments. A `{name}` takes any one non-empty
/// segment; other segments are compared byte by byte. Returns the taken segments, raw, in order.
#[must_use]
pub fn matches<'p>(template: &str, path: &'p str) -> Option<Vec<&'p str>> {
    // Most rows of a table do not fit: they are told without remembering what their variables would take.
    walk(template, path, |_| {})?;
    let mut taken = Vec::new();
    walk(template, path, |segment| taken.push(segment))?;
    Some(taken)
}

/// Goes along both, byte by byte outside of variables, and hands over what the variables take.
fn walk<'p>(template: &str, path: &'p str, mut take: impl FnMut(&'p str)) -> Option<()> {
    let (mut wanted, mut given) = (template, path);
    loop {
        let (literal, variable) = split_before(wanted, b'{');
        given = given.strip_prefix(literal)?;
        if variable.is_empty() {
            return given.is_empty().then_some(());
        }
        (_, wanted) = split_before(variable, b'/');
        let (segment, rest) = split_before(given, b'/');
        if segment.is_empty() {
            return None;
        }
        take(segment);
        given = rest;
    }
}

/// One raw segment, percent-decoded; what is not UTF-8 is replaced by U+FFFD and so names no job.
#[must_use]
pub fn decoded(segment: &str) -> String {
    if !segment.bytes().any(|byte| byte == b'%') {
        return segment.to_owned();
    }
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// A text as one raw segment; `None` where no segment can stand for it. That is nothing, which leaves the path of a
/// collection, `.` and `..`, which are taken for steps along the path however they are written, and what is longer than
/// any server reads.
#[must_use]
pub fn segment(text: &str) -> Option<String> {
    let stays = !matches!(text, "" | "." | "..") && text.len() <= LONGEST;
    stays.then(|| utf8_percent_encode(text, RESERVED).to_string())
}

/// Three times as many bytes, when all of them are encoded, are still below the 8000 that RFC 9110 §4.1 asks of everybody.
const LONGEST: usize = 2048;

/// All but what RFC 3986 §2.3 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_variable_takes_one_whole_segment() {
        assert_eq!(matches("/requests/{id}/cancel", "/requests/7/cancel"), Some(vec!["7"]));
        assert_eq!(matches("/requests/{id}", "/requests/a%2Fb"), Some(vec!["a%2Fb"]));
        assert_eq!(decoded("a%2Fb"), "a/b");
        for path in ["/requests/7", "/requests//cancel", "/requests/7/cancel/", "/Requests/7/cancel"] {
            assert_eq!(matches("/requests/{id}/cancel", path), None, "{path}");
        }
    }

    #[test]
    fn what_would_be_a_step_is_no_segment() {
        for text in ["", ".", "..", &"x".repeat(2049)] {
            assert_eq!(segment(text), None, "{text:?}");
        }
        assert_eq!(segment("a/b%2F;c?d#e ü").as_deref(), Some("a%2Fb%252F%3Bc%3Fd%23e%20%C3%BC"));
    }

    proptest! {
        #[test]
        fn any_other_text_is_one_segment(text in ".*") {
            if let Some(segment) = segment(&text) {
                prop_assert_eq!(decoded(&segment), text);
                let path = format!("/requests/{segment}/cancel");
                prop_assert_eq!(matches("/requests/{id}/cancel", &path), Some(vec![segment.as_str()]));
                let uri = path.parse::<http::Uri>().unwrap();
                prop_assert_eq!(uri.path(), path);
            }
        }
    }
}
