//! Which texts are copied as they are. Nearly all are, so it is found out eight bytes at a time.

/// Whether no byte is a control character of ASCII or one of `special`, which are of ASCII too.
pub(super) fn are_free_of<const COUNT: usize>(bytes: &[u8], special: [u8; COUNT]) -> bool {
    let is_free = |chunk: &[u8; 8]| {
        let word = u64::from_le_bytes(*chunk);
        let found = special.into_iter().fold(below(word, b' '), |found, byte| found | equal(word, byte));
        found & HIGHEST == 0
    };
    match bytes.last_chunk() {
        // The last eight may have been looked at in part before.
        Some(last) => bytes.as_chunks().0.iter().all(is_free) && is_free(last),
        None => bytes.iter().all(|byte| *byte >= b' ' && !special.contains(byte)),
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHEST: u64 = ONES << 7;

/// Has a byte's highest bit set if any of the eight is below a limit: what is taken away from a byte that is too small borrows
/// it, unless it was set before. The lowest such byte is always told; what the borrowing says of those above it, is not believed.
const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * limit as u64) & !word
}

/// The same for bytes that are equal to one.
const fn equal(word: u64, byte: u8) -> u64 {
    below(word ^ (ONES * byte as u64), 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::are_free_of;

    proptest! {
        #[test]
        fn it_is_true_of_all_exactly_when_it_is_of_each(text in "[ -~é\u{1}-\u{1f}]{0,40}") {
            let each = text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'/');
            prop_assert_eq!(are_free_of(text.as_bytes(), [b'"', b'/']), each);
        }

        #[test]
        fn one_byte_is_found_wherever_it_stands(length in 1..40_usize, place in 0..40_usize, byte: u8) {
            let mut bytes = vec![b'a'; length];
            bytes[place % length] = byte;
            prop_assert_eq!(are_free_of(&bytes, [b'&']), byte >= b' ' && byte != b'&');
        }
    }
}
