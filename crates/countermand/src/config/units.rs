//! Quantities as people write them: sizes, durations, counts, addresses. Each refusal says how to write it.

use std::net::SocketAddr;
use std::time::Duration;

const SIZES: [(&str, u64); 4] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("B", 1)];

const DURATIONS: [(&str, u64); 4] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

/// Bytes: `16KiB`, `1MiB`, `2GiB`, `512B`, or a plain number of bytes.
pub(super) fn size(text: &str) -> Result<usize, String> {
    let advice = || format!("{text:?} is not a size; write it as \"16KiB\", \"1MiB\" or a number of bytes");
    let (number, unit) = split(text);
    let factor = if unit.is_empty() { Some(1) } else { factor(&SIZES, unit) };
    let bytes = number.checked_mul(factor.ok_or_else(advice)?).ok_or_else(advice)?;
    usize::try_from(bytes).map_err(|_| advice())
}

/// A duration with its unit: `500ms`, `10s`, `2m`, `1h`. Longer than a day is a slip of the unit.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let advice =
        || format!("{text:?} is not a duration; write it with its unit: \"500ms\", \"10s\" or \"2m\"");
    let (number, unit) = split(text);
    let milliseconds = number.checked_mul(factor(&DURATIONS, unit).ok_or_else(advice)?).ok_or_else(advice)?;
    match milliseconds {
        0 => Err(format!("{text:?} is no time at all; write at least \"1ms\"")),
        1..=86_400_000 => Ok(Duration::from_millis(milliseconds)),
        _ => Err(format!("{text:?} is longer than a day; write at most \"24h\"")),
    }
}

/// More of anything than a machine could hold.
const MOST: usize = 10_000_000;

/// A number of things, from 1.
pub(super) fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("0 would refuse everything; write a number from 1".to_owned()),
        Ok(count @ 1..=MOST) => Ok(count),
        Ok(_) | Err(_) => Err(format!("{text:?} is not a count; write a whole number from 1 to {MOST}")),
    }
}

/// An address to listen at.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!(
            "{text:?} is not an address to listen at; write an IP address and a port, such as 127.0.0.1:8080"
        )
    })
}

/// Digits (an underscore between them is TOML's habit and fine) and what follows them. No digits: an impossible unit.
fn split(text: &str) -> (u64, &str) {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    number.replace('_', "").parse().map_or((0, "?"), |number| (number, unit.trim_start()))
}

fn factor(table: &[(&str, u64)], unit: &str) -> Option<u64> {
    table.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_durations_are_read_as_people_write_them() {
        assert_eq!(size("16KiB"), Ok(16384));
        assert_eq!(size("1 MiB"), Ok(1 << 20));
        assert_eq!(size("1_000"), Ok(1000));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(count("7"), Ok(7));
    }

    #[test]
    fn what_is_not_a_quantity_is_refused_with_an_example() {
        for text in ["", "1MB", "MiB", "-1", "1.5MiB", "99999999999999999999GiB", "18446744073709551615KiB"] {
            assert!(size(text).is_err_and(|message| message.contains("\"1MiB\"")), "{text}");
        }
        for text in ["", "10", "10 sec", "s", "-1s", "0s", "25h"] {
            assert!(duration(text).is_err_and(|message| message.contains("write")), "{text}");
        }
        assert!(count("0").is_err() && count("-1").is_err() && count("99999999999").is_err());
        assert!(address("localhost:80").is_err_and(|message| message.contains("127.0.0.1:8080")));
    }
}
