//! The bodies of answers, and what the body of a request is said to be.

use std::convert::Infallible;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use mediatype::{MediaType, ReadParams, names};
use serde::Serialize;

use crate::Problem;

/// The body of an answer: one piece, or an endless stream of events.
pub type ControlBody = UnsyncBoxBody<Bytes, Infallible>;

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
pub(crate) fn media(headers: &HeaderMap) -> Result<Media, Problem> {
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

/// An answer in JSON.
pub(crate) fn json(status: StatusCode, document: &impl Serialize) -> Response<ControlBody> {
    let bytes =
        serde_json::to_vec(document).expect("wire types are JSON, and kept texts were when they came in");
    answer(status, "application/json", bytes)
}

/// An answer of one piece.
pub(crate) fn answer(
    status: StatusCode,
    content_type: &'static str,
    bytes: impl Into<Bytes>,
) -> Response<ControlBody> {
    let mut response = Response::new(Full::new(bytes.into()).boxed_unsync());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
