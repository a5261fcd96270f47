//! Times: milliseconds since 1970 UTC inside, RFC 3339 outside.

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

/// Writes RFC 3339 in UTC, with a fraction only where there is one. A time outside of the years -9999 to 9999, which
/// nothing here accepts, is written as the nearest inside.
pub(crate) fn write(milliseconds: i64) -> String {
    let nearest = if milliseconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(milliseconds).unwrap_or(nearest).to_string()
}
