//! What the body of a request is said to be.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use mediatype::{MediaType, ReadParams, names};

use crate::Problem;

/// What a body is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Media {
    /// One JSON document. Also where nothing is said.
    Json,
    /// One JSON document per line.
    Lines,
}

/// What a body is said to be.
///
/// # Errors
/// 415 for anything but JSON in UTF-8, as it is.
pub(crate) fn of(headers: &HeaderMap) -> Result<Media, Problem> {
    if headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
    {
        let detail = "The body is to be sent as it is, without a Content-Encoding.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(Media::Json) };
    let refused = || {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The body is to be application/json, or application/x-ndjson where many jobs are registered, in UTF-8.",
        )
    };
    let text = value.to_str().map_err(|_| refused())?;
    let media = MediaType::parse(text).map_err(|_| refused())?;
    let utf8 = |charset: mediatype::Value<'_>| charset.unquoted_str().eq_ignore_ascii_case("utf-8");
    if !media.get_param(names::CHARSET).is_none_or(utf8) || media.ty != names::APPLICATION {
        return Err(refused());
    }
    match media.subty.as_str().to_ascii_lowercase().as_str() {
        "json" => Ok(Media::Json),
        "x-ndjson" => Ok(Media::Lines),
        _ => Err(refused()),
    }
}
