//! Job numbers as text.

/// A decimal number from 1 to 2^63−1, digits only: no sign, no blank, no exponent. Leading zeros are allowed.
#[must_use]
pub fn decimal(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|number| *number > 0)
}

/// The same, written as we write it: `0101` is another text than `101`.
#[must_use]
pub fn canonical(text: &str) -> Option<i64> {
    decimal(text).filter(|_| !text.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_in_range_are_a_number() {
        assert_eq!(decimal("15"), Some(15));
        assert_eq!(decimal("0015"), Some(15));
        assert_eq!((canonical("15"), canonical("0015")), (Some(15), None));
        assert_eq!(decimal("9223372036854775807"), Some(i64::MAX));
        for text in ["", "0", "-1", "+1", " 1", "1e3", "1.0", "9223372036854775808", "٣"] {
            assert_eq!(decimal(text), None, "{text:?}");
        }
    }
}
