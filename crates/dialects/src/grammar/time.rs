//! Times as text. The model counts milliseconds since 1970-01-01T00:00:00Z; all that is written here is UTC and ends in `Z`.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp, civil};

/// When the fraction of a second is written; if it is, with three digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fraction {
    /// Always: `2018-03-29T09:49:43.000Z`.
    Always,
    /// Only when it is not zero: `2018-03-29T09:49:43Z`, `2018-03-29T09:49:43.007Z`.
    WhenNotZero,
}

/// A time in the form of RFC 3339. What lies outside the years −9999 to 9999 is written as the nearest that does not.
#[must_use]
pub fn rfc3339(milliseconds: i64, fraction: Fraction) -> String {
    let mut text = Vec::with_capacity(FORM.len() + 1);
    push_rfc3339(&mut text, milliseconds, fraction);
    String::from_utf8(text).expect("it is ASCII")
}

/// The same, at the end of a document that is being written.
pub fn push_rfc3339(document: &mut Vec<u8>, milliseconds: i64, fraction: Fraction) {
    let nearest = if milliseconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    let time = Timestamp::from_millisecond(milliseconds).unwrap_or(nearest);
    let utc = Offset::UTC.to_datetime(time);
    // By hand: every poll writes several, and a format that is interpreted takes ten times as long.
    let mut text = *FORM;
    put(&mut text[0..4], utc.year().unsigned_abs());
    let others = [(5, utc.month()), (8, utc.day()), (11, utc.hour()), (14, utc.minute()), (17, utc.second())];
    for (place, part) in others {
        put(&mut text[place..place + 2], part.unsigned_abs().into());
    }
    let millisecond = utc.millisecond().unsigned_abs();
    put(&mut text[20..23], millisecond);
    if utc.year() < 0 {
        document.push(b'-');
    }
    if fraction == Fraction::Always || millisecond != 0 {
        document.extend_from_slice(&text);
    } else {
        document.extend_from_slice(&text[..19]);
        document.push(b'Z');
    }
}

/// Where its digits stand.
const FORM: &[u8; 24] = b"0000-00-00T00:00:00.000Z";

/// A number, with zeros in front.
fn put(place: &mut [u8], mut number: u16) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).expect("a digit is below 10");
        number /= 10;
    }
}

/// How long after 1970-01-01T00:00:00Z a date and time of day in UTC is. A [`Timestamp`] ends a day before the year 9999
/// does, whose last second clients write for "ever".
#[must_use]
pub fn since_1970(utc: DateTime) -> SignedDuration {
    utc.duration_since(civil::date(1970, 1, 1).at(0, 0, 0, 0))
}

/// How many nanoseconds after 1970-01-01T00:00:00Z a text of ISO 8601 is: a date, or a date and a time of day, without an
/// offset in UTC. `None`: another text, or no such date or time of day.
#[must_use]
pub fn iso8601(text: &str) -> Option<i128> {
    let (_, time) = text.split_once(['T', 't', ' ']).unwrap_or_default();
    let local = time.strip_suffix(['Z', 'z']).unwrap_or(time);
    let time_of_day = local.split(['.', ',', '+', '-']).next().unwrap_or_default().replace(':', "");
    // A reader of ISO 8601 takes second 60 for 59, and passes over the name of a zone in brackets.
    if time_of_day.get(4..6) == Some("60") || text.contains('[') {
        return None;
    }
    if local.contains(['Z', 'z', '+', '-']) {
        return Some(text.parse::<Timestamp>().ok()?.as_nanosecond());
    }
    let utc = &text[..text.len() - (time.len() - local.len())];
    Some(since_1970(utc.parse().ok()?).as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fraction_has_three_digits_or_none() {
        let cases = [
            (0, "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00Z"),
            (1_495_045_210_350, "2017-05-17T18:20:10.350Z", "2017-05-17T18:20:10.350Z"),
            (1_522_316_983_007, "2018-03-29T09:49:43.007Z", "2018-03-29T09:49:43.007Z"),
            (-1, "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z", "2000-02-29T00:00:00Z"),
        ];
        for (milliseconds, always, when_not_zero) in cases {
            assert_eq!(rfc3339(milliseconds, Fraction::Always), always);
            assert_eq!(rfc3339(milliseconds, Fraction::WhenNotZero), when_not_zero);
        }
    }

    #[test]
    fn a_date_may_lack_its_time_of_day_and_a_time_its_offset() {
        for text in [
            "1970-01-02T00:00:00Z",
            "1970-01-02T01:00+01:00",
            "1970-01-02t00:00z",
            "1970-01-02",
            "19700102T00",
        ] {
            assert_eq!(iso8601(text), Some(86_400_000_000_000), "{text}");
        }
        assert_eq!(iso8601("1969-12-31 23:59:59,999999999"), Some(-1));
        assert_eq!(iso8601("9999-12-31T23:59:59Z"), Some(253_402_300_799_000_000_000));
        for text in [
            "",
            "1970-02-30",
            "1970-01-02TZ",
            "1970-01-02T24:00:00Z",
            "1970-01-02T23:59:60Z",
            "1970-01-02T00:00:00ZZ",
            "1970-01-02T00:00:00+01:00Z",
            "1970-01-02T00:00:00+01:00[Europe/Paris]",
            // Later than any time with an offset can be read: never read without it.
            "9999-12-31T23:59:59-01:00",
        ] {
            assert_eq!(iso8601(text), None, "{text}");
        }
    }

    #[test]
    fn the_last_second_of_9999_is_one() {
        let last = civil::date(9999, 12, 31).at(23, 59, 59, 0);
        assert_eq!(since_1970(last).as_secs(), 253_402_300_799);
        assert_eq!(since_1970(civil::date(1969, 12, 31).at(23, 59, 59, 999_000_000)).as_millis(), -1);
    }

    #[test]
    fn every_number_has_a_text() {
        assert_eq!(&rfc3339(i64::MAX, Fraction::Always)[..4], "9999");
        assert_eq!(&rfc3339(i64::MIN, Fraction::Always)[..5], "-9999");
    }
}
