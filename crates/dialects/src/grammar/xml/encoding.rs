//! The text of a document, by its bytes alone: UTF-8 and UTF-16, the two encodings that every processor of XML must read
//! (XML 1.0 §4.3.3). Knows no declaration but the names it may give to the encoding.

use std::borrow::Cow;

use crate::Malformed;

/// What the bytes of a document are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

impl Encoding {
    /// By the first bytes, and how many of them are a byte order mark: XML 1.0 appendix F.1. UTF-16 without a mark must
    /// declare itself, so it begins with `<?`.
    fn of(bytes: &[u8]) -> (Encoding, usize) {
        match bytes {
            [0xEF, 0xBB, 0xBF, ..] => (Encoding::Utf8, 3),
            [0xFF, 0xFE, ..] => (Encoding::Utf16Le, 2),
            [0xFE, 0xFF, ..] => (Encoding::Utf16Be, 2),
            [b'<', 0, b'?', 0, ..] => (Encoding::Utf16Le, 0),
            [0, b'<', 0, b'?', ..] => (Encoding::Utf16Be, 0),
            _ => (Encoding::Utf8, 0),
        }
    }

    /// Checks the name that a declaration gives it.
    ///
    /// A .NET program that writes a document to a string declares UTF-16 and sends the string as UTF-8: fatal in XML, and
    /// refused by the parsers that the vendors' servers used; fixtures/cisco-prime/bad-xml-utf-16-by-name.http
    pub(super) fn check_name(self, name: &str) -> Result<(), &'static str> {
        let (names, problem): (&[&str], _) = match self {
            Encoding::Utf8 => (&["utf-8", "us-ascii"], "the encoding is not UTF-8"),
            Encoding::Utf16Le => (&["utf-16", "utf-16le"], "the encoding is not UTF-16"),
            Encoding::Utf16Be => (&["utf-16", "utf-16be"], "the encoding is not UTF-16"),
        };
        if names.iter().any(|known| name.eq_ignore_ascii_case(known)) { Ok(()) } else { Err(problem) }
    }
}

/// The text that bytes hold, without a byte order mark, and the encoding it was in.
///
/// # Errors
/// With the place of the first byte, counted from 1, that is not text in that encoding.
pub(super) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), Malformed> {
    let (encoding, mark) = Encoding::of(bytes);
    let unit: fn([u8; 2]) -> u16 = match encoding {
        Encoding::Utf8 => {
            let text = std::str::from_utf8(&bytes[mark..])
                .map_err(|error| ill_formed(mark + error.valid_up_to(), "UTF-8"))?;
            return Ok((Cow::Borrowed(text), encoding));
        }
        Encoding::Utf16Le => u16::from_le_bytes,
        Encoding::Utf16Be => u16::from_be_bytes,
    };
    let (pairs, odd) = bytes[mark..].as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    let mut place = mark;
    for char in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let char = char.map_err(|_| ill_formed(place, "UTF-16"))?;
        place += 2 * char.len_utf16();
        text.push(char);
    }
    if odd.is_empty() { Ok((Cow::Owned(text), encoding)) } else { Err(ill_formed(place, "UTF-16")) }
}

fn ill_formed(place: usize, encoding: &str) -> Malformed {
    Malformed::new(format!("byte {}", place + 1), format!("the body is not {encoding}"))
}
