//! Path templates against raw paths. Segments are compared before they are decoded, so `%2F` never splits one.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Matches a raw path against a template of the same number of segments. A `{name}` takes any one non-empty
/// segment; other segments are compared byte by byte. Returns the taken segments, raw, in order.
#[must_use]
pub fn matches<'p>(template: &str, path: &'p str) -> Option<Vec<&'p str>> {
    let mut taken = Vec::new();
    let mut given = path.split('/');
    for wanted in template.split('/') {
        let segment = given.next()?;
        if wanted.starts_with('{') {
            if segment.is_empty() {
                return None;
            }
            taken.push(segment);
        } else if wanted != segment {
            return None;
        }
    }
    given.next().is_none().then_some(taken)
}

/// One raw segment, percent-decoded; what is not UTF-8 is replaced by U+FFFD and so names no job.
#[must_use]
pub fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// A text as one raw segment: [`decoded`] undoes it. A dot is escaped as well, so that no segment is `.` or `..`.
#[must_use]
pub fn encoded(text: &str) -> String {
    const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// A template with these texts as its variable segments, in order.
#[must_use]
pub fn filled<'t>(template: &str, texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut texts = texts.into_iter();
    let segments = template.split('/').map(|segment| match segment.starts_with('{') {
        true => encoded(texts.next().unwrap_or_default()),
        false => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
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
    fn a_text_is_one_segment_whatever_stands_in_it() {
        for text in ["7", "a/b", "..", ".", "%2F", "a;b?c#d", "ä b", "x~y-z_1"] {
            let path = filled("/requests/{id}/cancel", [text]);
            let taken = matches("/requests/{id}/cancel", &path).expect("one segment");
            assert_eq!(decoded(taken[0]), text, "{path}");
            assert!(!path.contains(".."), "{path}");
        }
    }
}
