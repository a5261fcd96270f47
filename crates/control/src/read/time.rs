//! Times: milliseconds since 1970 UTC inside, RFC 3339 outside.

use countermand_dialects::grammar::time::{Fraction, rfc3339};
use jiff::Timestamp;

use crate::Problem;
use crate::read::value::Value;

/// Reads an RFC 3339 time with any offset; what is finer than a millisecond is cut off.
pub(crate) fn read(value: &Value<'_>) -> Result<i64, Problem> {
    let text = value.string()?;
    let time: Timestamp = text
        .parse()
        .map_err(|_| value.invalid("not a time as RFC 3339 writes it, such as `2026-01-31T23:59:59Z`"))?;
    Ok(time.as_millisecond())
}

/// Writes RFC 3339 in UTC, always with three digits of the fraction: times of one width can be compared as texts.
pub(crate) fn write(milliseconds: i64) -> String {
    rfc3339(milliseconds, Fraction::Always)
}
