//! Which bytes a writer copies as they are, and where a short text ends. Nearly all texts of an answer are short and have no others, so what counts is how
//! little is done before and after a text; a look into a table is less than a comparison with each byte that is special.

/// For each byte, whether it stands for itself.
pub(super) type Plain = [bool; 256];

/// From `first` to `last`, all but those that are special.
pub(super) const fn plain(first: u8, last: u8, special: &[u8]) -> Plain {
    let mut plain = [false; 256];
    let mut byte = first as usize;
    while byte <= last as usize {
        plain[byte] = true;
        byte += 1;
    }
    let mut place = 0;
    while place < special.len() {
        plain[special[place] as usize] = false;
        place += 1;
    }
    plain
}

/// How many bytes of a text stand for themselves before the first that does not.
pub(super) fn run(text: &[u8], plain: &Plain) -> usize {
    let is_plain = |byte: &u8| plain[usize::from(*byte)];
    // Eight at a time without a branch for each, then one by one.
    let are_plain = |bytes: &&[u8; 8]| bytes.iter().fold(true, |so_far, byte| so_far & is_plain(byte));
    let whole = 8 * text.as_chunks().0.iter().take_while(are_plain).count();
    whole + text[whole..].iter().take_while(|byte| is_plain(byte)).count()
}

/// What stands before an ASCII character, and the rest with it, which is empty where there is none. For short texts: a search
/// made for long ones would take longer to begin than this takes to end.
pub(crate) fn split_before(text: &str, mark: u8) -> (&str, &str) {
    text.split_at(text.bytes().position(|byte| byte == mark).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_before_the_first_special_byte() {
        const PLAIN: Plain = plain(b' ', 0xff, b"&\"");
        for (text, length) in [("", 0), ("abc", 3), ("é~ &", 4), ("a\tb", 1), ("\"", 0)] {
            assert_eq!(run(text.as_bytes(), &PLAIN), length, "{text:?}");
        }
        let text = "a".repeat(30);
        assert_eq!(run(text.as_bytes(), &PLAIN), 30);
        for place in 0..30 {
            let text = [&text[..place], "&", &text[place..]].concat();
            assert_eq!(run(text.as_bytes(), &PLAIN), place, "{text}");
        }
    }
}
