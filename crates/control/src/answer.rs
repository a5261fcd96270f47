//! Answers: a status, a media type, and a body of one piece. Those that go on for ever begin here too.

use std::convert::Infallible;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use serde::Serialize;

/// The body of an answer: one piece, or an endless stream of events.
pub type ControlBody = UnsyncBoxBody<Bytes, Infallible>;

/// An answer in JSON.
pub(crate) fn json(status: StatusCode, document: &impl Serialize) -> Response<ControlBody> {
    let bytes =
        serde_json::to_vec(document).expect("wire types are JSON, and kept texts were when they came in");
    whole(status, "application/json", bytes)
}

/// An answer of one piece.
pub(crate) fn whole(
    status: StatusCode,
    content_type: &'static str,
    bytes: impl Into<Bytes>,
) -> Response<ControlBody> {
    let mut response = Response::new(Full::new(bytes.into()).boxed_unsync());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
