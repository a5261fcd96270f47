//! Times in a filter: RFC 3339, and what clients leave out of it. No clock is looked at.

use jiff::civil::DateTime;

use crate::grammar::time::since_1970;

/// An instant, as milliseconds since 1970-01-01T00:00:00Z: what the jobs' own times are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Instant {
    /// The last whole millisecond that is not after it.
    pub(in super::super) milliseconds: i64,
    /// Whether it is that millisecond, and not a little after it.
    pub(in super::super) exact: bool,
}

/// Reads `2024-10-12T20:00Z`, with or without seconds, a fraction of up to nine digits, and `Z` or an offset. Without
/// either it is UTC, as all times of the answers are (inferred).
///
/// Quirk: a `+` that a client does not escape is a blank when it arrives, so an offset may begin with one;
/// fixtures/oracle-ess/list-q-times.http
///
/// # Errors
/// What is wrong with it: not such a text, or no such date or time of day.
pub(in super::super) fn instant(text: &str) -> Result<Instant, &'static str> {
    let (local, offset) = split_offset(text);
    let offset = seconds_east(offset).ok_or(FORM)?;
    let (date, time) = local.split_once(['T', 't']).ok_or(FORM)?;
    let [year, month, day] = numbers(date, '-', &[4, 2, 2])[..] else { return Err(FORM) };
    let (whole, fraction) =
        time.split_once('.').map_or((time, None), |(whole, fraction)| (whole, Some(fraction)));
    let (hour, minute, second) = match numbers(whole, ':', &[2, 2, 2])[..] {
        [hour, minute, second] => (hour, minute, second),
        _ => match numbers(whole, ':', &[2, 2])[..] {
            [hour, minute] if fraction.is_none() => (hour, minute, 0),
            _ => return Err(FORM),
        },
    };
    let nanoseconds = match fraction {
        None => 0,
        Some(digits) if (1..=9).contains(&digits.len()) && is_digits(digits) => {
            format!("{digits:0<9}").parse().map_err(|_| FORM)?
        }
        Some(_) => return Err(FORM),
    };
    let small = |number: i16| i8::try_from(number).map_err(|_| ABSENT);
    let [month, day, hour, minute, second] =
        [small(month)?, small(day)?, small(hour)?, small(minute)?, small(second)?];
    let civil = DateTime::new(year, month, day, hour, minute, second, nanoseconds).map_err(|_| ABSENT)?;
    let nanoseconds = since_1970(civil).as_nanos() - i128::from(offset) * 1_000_000_000;
    Ok(Instant {
        milliseconds: i64::try_from(nanoseconds.div_euclid(1_000_000)).map_err(|_| ABSENT)?,
        exact: nanoseconds.rem_euclid(1_000_000) == 0,
    })
}

const FORM: &str = "a time such as \"2024-10-12T20:00:00Z\" was expected";
const ABSENT: &str = "there is no such date or time of day";

/// The local part and the offset. The date has hyphens of its own, so an offset is looked for after the `T` only.
fn split_offset(text: &str) -> (&str, &str) {
    let time = text.find(['T', 't']).unwrap_or(text.len());
    let offset = text[time..].find(['Z', 'z', '+', '-', ' ']).map_or(text.len(), |place| time + place);
    text.split_at(offset)
}

/// `Z`, nothing, `+02:00`, `-0530`, `+02`.
fn seconds_east(offset: &str) -> Option<i32> {
    if matches!(offset, "" | "Z" | "z") {
        return Some(0);
    }
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = match offset.get(1..)? {
        hours if hours.len() == 2 => (hours, "0"),
        both if both.len() == 4 => both.split_at_checked(2)?,
        both => both.split_once(':').filter(|(hours, minutes)| hours.len() == 2 && minutes.len() == 2)?,
    };
    if !is_digits(hours) || !is_digits(minutes) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// The numbers between separators, where each has just so many digits; else none.
fn numbers(text: &str, separator: char, digits: &[usize]) -> Vec<i16> {
    let parts: Vec<&str> = text.split(separator).collect();
    let fits = parts.len() == digits.len()
        && parts.iter().zip(digits).all(|(part, digits)| part.len() == *digits && is_digits(part));
    if fits { parts.iter().filter_map(|part| part.parse().ok()).collect() } else { Vec::new() }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::grammar::time::{Fraction, rfc3339};

    #[test]
    fn what_clients_leave_out_is_understood() {
        for (text, expected) in [
            ("2024-10-12T20:00Z", "2024-10-12T20:00:00.000Z"),
            ("2024-10-12T20:00:05Z", "2024-10-12T20:00:05.000Z"),
            ("2024-10-12T20:00:05.5Z", "2024-10-12T20:00:05.500Z"),
            ("2024-10-12T20:00:05", "2024-10-12T20:00:05.000Z"),
            ("2024-10-12t20:00z", "2024-10-12T20:00:00.000Z"),
            ("2024-10-12T20:00+02:00", "2024-10-12T18:00:00.000Z"),
            ("2024-10-12T20:00:00 02:00", "2024-10-12T18:00:00.000Z"),
            ("2024-10-12T20:00:00-0530", "2024-10-13T01:30:00.000Z"),
            ("2024-10-12T20:00:00+02", "2024-10-12T18:00:00.000Z"),
            ("2024-02-29T00:00Z", "2024-02-29T00:00:00.000Z"),
            ("0001-01-01T00:00Z", "0001-01-01T00:00:00.000Z"),
        ] {
            let read = instant(text).unwrap_or_else(|wrong| panic!("{text}: {wrong}"));
            assert_eq!((rfc3339(read.milliseconds, Fraction::Always).as_str(), read.exact), (expected, true));
        }
        // What clients write for "ever", which an answer cannot show.
        for (text, milliseconds) in [
            ("9999-12-31T23:59:59Z", 253_402_300_799_000),
            ("9999-12-31T23:59:59-01:00", 253_402_304_399_000),
        ] {
            assert_eq!(instant(text), Ok(Instant { milliseconds, exact: true }), "{text}");
        }
        let between = instant("2024-10-12T20:00:05.123456Z").unwrap();
        assert_eq!((between.milliseconds % 1000, between.exact), (123, false));
        let before_1970 = instant("1969-12-31T23:59:59.9999Z").unwrap();
        assert_eq!((before_1970.milliseconds, before_1970.exact), (-1, false));
    }

    #[test]
    fn a_date_that_does_not_exist_is_said_to_be_absent() {
        for text in [
            "2023-02-29T00:00Z",
            "2024-13-01T00:00Z",
            "2024-00-10T00:00Z",
            "2024-04-31T00:00Z",
            "2024-01-01T24:00Z",
            "2024-01-01T00:60Z",
            "2024-01-01T00:00:60Z",
        ] {
            assert_eq!(instant(text), Err(ABSENT), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2024-10-12",
            "2024-10-12 20:00Z",
            "2024-1-2T20:00Z",
            "2024-10-12T20Z",
            "2024-10-12T20:00.5Z",
            "2024-10-12T20:00:00.Z",
            "2024-10-12T20:00:00.1234567890Z",
            "2024-10-12T20:00Zulu",
            "2024-10-12T20:00+2",
            "2024-10-12T20:00+25:00",
            "2024-10-12T20:00+02:0",
            "2024-10-12T20:00+0:200",
            "2024-10-12T20:00+ü2",
            "-2024-10-12T20:00Z",
            "1767268800000",
        ] {
            assert_eq!(instant(text), Err(FORM), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_time_of_an_answer_is_read_back(milliseconds in -62_135_596_800_000_i64..253_402_207_200_000) {
            let written = rfc3339(milliseconds, Fraction::Always);
            prop_assert_eq!(instant(&written), Ok(Instant { milliseconds, exact: true }));
        }

        #[test]
        fn no_text_is_a_panic(text in "\\PC{0,12}|[0-9T:Z.+ -]{0,30}") {
            let _ = instant(&text);
        }
    }
}
