//! Where an answer ends, in the words of its head. hyper has read it by them already, and is content with less than may be
//! passed on: a length beside chunks, one that is said twice, a coding that it took for none. Knows no body.

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue};

/// What becomes of `Content-Length`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// It stays as it is, or is not there.
    AsItIs,
    /// It stays behind: beside a coding it says nothing, and may tell something else (RFC 9112 §6.3).
    Untold,
    /// It was said in several ways, and is said once.
    Once(HeaderValue),
}

/// How long an answer is, as far as its head says.
///
/// # Errors
/// The head makes no sense.
pub(super) fn length(headers: &HeaderMap) -> Result<Length, &'static str> {
    if headers.contains_key(TRANSFER_ENCODING) {
        return coding(headers).map(|()| Length::Untold);
    }
    let mut lines = headers.get_all(CONTENT_LENGTH).iter();
    let Some(first) = lines.next() else { return Ok(Length::AsItIs) };
    if lines.next().is_none() && is_number(first.as_bytes()) {
        return Ok(Length::AsItIs);
    }
    // RFC 9110 §8.6: the same number several times may be taken for one.
    let mut members =
        headers.get_all(CONTENT_LENGTH).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    let first = members.next().unwrap_or_default().trim_ascii();
    let is_one = is_number(first) && members.all(|other| other.trim_ascii() == first);
    let value = HeaderValue::from_bytes(first).ok().filter(|_| is_one);
    value.map(Length::Once).ok_or("its Content-Length is no length")
}

/// We ask for no coding but chunks. What came in another is still in it, and nobody would be told. `identity` was one of
/// RFC 2616 §3.6, and means none.
fn coding(headers: &HeaderMap) -> Result<(), &'static str> {
    let mut lines = headers.get_all(TRANSFER_ENCODING).iter();
    let only = lines.next().filter(|_| lines.next().is_none()).map(HeaderValue::as_bytes);
    let is_plain = only.is_some_and(|coding| {
        coding.eq_ignore_ascii_case(b"chunked") || coding.eq_ignore_ascii_case(b"identity")
    });
    if is_plain { Ok(()) } else { Err("its Transfer-Encoding is one that was not asked for") }
}

fn is_number(text: &[u8]) -> bool {
    !text.is_empty()
        && text.iter().all(u8::is_ascii_digit)
        && std::str::from_utf8(text).is_ok_and(|text| text.parse::<u64>().is_ok())
}
