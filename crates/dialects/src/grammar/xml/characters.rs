//! Which characters and names XML 1.0 has, and what its references mean. Knows nothing of markup.

use std::borrow::Cow;

use crate::grammar::bytes::{Plain, plain, run};

/// Something that is not XML, at a byte offset.
#[derive(Debug)]
pub(super) struct Flaw {
    pub(super) offset: usize,
    pub(super) problem: Cow<'static, str>,
}

impl Flaw {
    pub(super) fn new(offset: usize, problem: impl Into<Cow<'static, str>>) -> Flaw {
        Flaw { offset, problem: problem.into() }
    }
}

/// Production 2, `Char`.
pub(super) const fn is_char(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Production 3, `S`, one character of it.
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Whether a text is white space only.
pub(super) fn is_blank(text: &str) -> bool {
    text.bytes().all(is_space)
}

/// Whether every character of a text is one of XML, and an ASCII one, as in nearly every document: asked of many at a time,
/// without a branch for each.
pub(super) fn is_plain(text: &str) -> bool {
    let is_plain = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'\x7f');
    text.as_bytes().chunks(64).all(|bytes| bytes.iter().fold(true, |so_far, byte| so_far & is_plain(*byte)))
}

/// A name of Namespaces in XML, split into its prefix, if any, and its local part.
pub(super) fn qualified(name: &str) -> Option<(Option<&str>, &str)> {
    if is_plain_name(name) {
        return Some((None, name));
    }
    match name.split_once(':') {
        None => is_name(name).then_some((None, name)),
        Some((prefix, local)) => (is_name(prefix) && is_name(local)).then_some((Some(prefix), local)),
    }
}

/// Whether it is a name of letters and digits of ASCII, as most are.
fn is_plain_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic) && run(bytes, &IN_PLAIN_NAME) == bytes.len()
}

/// What stands between the digits, the capital and the small letters of ASCII does not.
const IN_PLAIN_NAME: Plain = plain(b'0', b'z', b":;<=>?@[\\]^_`");

/// Production 4 of Namespaces in XML, `NCName`: a name without a colon.
pub(super) fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

const fn is_name_start(char: char) -> bool {
    matches!(char,
        'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

const fn is_name_char(char: char) -> bool {
    is_name_start(char)
        || matches!(char,
            '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// What the reference of that name, without `&` and `;`, stands for.
///
/// # Errors
/// An entity that XML itself does not define, or a number that is no character.
pub(super) fn referenced(name: &str) -> Result<char, Cow<'static, str>> {
    let number = match name {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "apos" => return Ok('\''),
        "quot" => return Ok('"'),
        _ => name.strip_prefix('#').ok_or_else(|| format!("the entity &{name}; is not defined"))?,
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    // `from_str_radix` would take a sign; XML does not.
    let all_digits = digits.bytes().all(|byte| char::from(byte).is_digit(radix));
    all_digits
        .then(|| u32::from_str_radix(digits, radix).ok())
        .flatten()
        .and_then(char::from_u32)
        .filter(|char| is_char(*char))
        .ok_or_else(|| format!("&{name}; is no character of XML").into())
}

/// Line ends as XML hands them on: `\r\n` and a lone `\r` are `\n`.
pub(super) fn with_plain_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() }
}
