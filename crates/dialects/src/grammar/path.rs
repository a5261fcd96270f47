//! Path templates against raw paths. Segments are compared before they are decoded, so `%2F` never splits one.

use percent_encoding::percent_decode_str;

/// Matches a raw path against a template of the same number of segments. A `{name}` takes any one non-empty
/// segment; other segments are compared byte by byte. Returns the taken segments, raw, in order.
#[must_use]
pub fn matches<'p>(template: &str, path: &'p str) -> Option<Vec<&'p str>> {
    // Most rows of a table do not fit: they are told without remembering what their variables would take.
    segments(template, path, |_| {})?;
    let mut taken = Vec::new();
    segments(template, path, |segment| taken.push(segment))?;
    Some(taken)
}

/// Goes through both, segment by segment, and hands over what the variables take.
fn segments<'p>(template: &str, path: &'p str, mut take: impl FnMut(&'p str)) -> Option<()> {
    let mut given = path.split('/');
    for wanted in template.split('/') {
        let segment = given.next()?;
        if !wanted.starts_with('{') {
            if wanted != segment {
                return None;
            }
        } else if segment.is_empty() {
            return None;
        } else {
            take(segment);
        }
    }
    given.next().is_none().then_some(())
}

/// One raw segment, percent-decoded; what is not UTF-8 is replaced by U+FFFD and so names no job.
#[must_use]
pub fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
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
}
