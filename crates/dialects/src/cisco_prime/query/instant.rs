//! Times in conditions: `2013-04-26T14:00:00`, as the pages write them, or any form that answers have. Here the server's
//! local time, which a time without an offset is in, is UTC.

use crate::grammar::time::iso8601;

/// The milliseconds since 1970 UTC of a time, and `None` of what is none: another form, a day that does not exist, a
/// fraction finer than milliseconds. Seconds may be left out, as the pages do; the time of day may not.
pub(in super::super) fn instant(text: &str) -> Option<i64> {
    // A `+` that was not percent-encoded arrives as a blank.
    let text = text.replace(' ', "+");
    text.find('T').filter(|at| *at == 10)?;
    let nanoseconds = iso8601(&text)?;
    let is_whole = nanoseconds % 1_000_000 == 0;
    is_whole.then(|| i64::try_from(nanoseconds / 1_000_000).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pitfall cisco-prime 12.
    #[test]
    fn every_form_that_answers_have_is_read_back() {
        let cases = [
            ("1970-01-01T00:00:00", 0),
            ("1970-01-01T00:00", 0),
            ("1970-01-01T00:00:00.007", 7),
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.000Z", 0),
            ("2017-05-16T18:20:10.350Z", 1_494_958_810_350),
            ("1970-01-01T10:00:00+10:00", 0),
            ("1970-01-01T10:00:00 10:00", 0),
            ("1969-12-31T17:00:00-0700", 0),
            ("2016-02-29T00:00:00", 1_456_704_000_000),
            ("9999-12-31T23:59:59", 253_402_300_799_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ];
        for (text, expected) in cases {
            assert_eq!(instant(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_does_not_exist_is_no_time() {
        let cases = [
            "",
            "yesterday",
            "0",
            "2013-04-26",
            "2013-04-31T00:00:00",
            "2015-02-29T00:00:00",
            "2013-13-01T00:00:00",
            "2013-04-26T25:00:00",
            "2013-04-26T24:00:00",
            "2013-04-26T23:60:00",
            "2013-04-26T23:59:60",
            "2013-04-26T14:00:00.0001",
            "2013-04-26T14:00:00+99:00",
            "2013-04-26T14:00:00+01:00[Europe/Paris]",
            "2013-04-26T14:00:00Zulu",
            "2013-04-26T14:00:00ZZ",
            "2013-04-26T14:00:00+01:00Z",
            "2013-04-26T24:00:00Z",
            "2013-04-26T23:59:60Z",
            "2013-4-26T14:00:00",
        ];
        for text in cases {
            assert_eq!(instant(text), None, "{text}");
        }
    }
}
