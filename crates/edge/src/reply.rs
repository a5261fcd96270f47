//! From an outcome or a fault to the response: the codec's bytes and the edge's headers.

use bytes::Bytes;
use countermand_dialects::{Access, Document, Echo};
use countermand_model::{Fault, FaultKind, Outcome};
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::auth::is_bearer;
use crate::log::Seen;
use crate::stack::bare;
use crate::{AnswerBody, Mount, rescue};

const PROXY_STATUS: HeaderName = HeaderName::from_static("proxy-status");

/// The codec's answer. Should the codec panic over it, its answer to that; should it panic again, a bare 500.
pub(crate) fn encoded(
    mount: &Mount,
    echo: &Echo,
    answer: Result<Outcome, Fault>,
    seen: &mut Seen,
) -> Response<AnswerBody> {
    let written = rescue::caught(|| mount.codec.encode_response(echo, &answer)).or_else(|panic| {
        seen.fault = Some(panic.clone());
        rescue::caught(|| mount.codec.encode_response(echo, &Err(panic)))
    });
    let Ok(response) = written else { return bare(StatusCode::INTERNAL_SERVER_ERROR) };
    let response = response.map(AnswerBody::new);
    if seen.fault.is_none() {
        seen.fault = answer.err();
    }
    response
}

/// A document that the dialect has ready, as it is.
pub(crate) fn prepared(document: &'static Document) -> Response<AnswerBody> {
    let mut response = bare(StatusCode::from_u16(document.status).unwrap_or(StatusCode::OK));
    *response.body_mut() = AnswerBody::new(Bytes::from_static(document.body.as_bytes()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(document.content_type));
    response
}

/// The headers that are the edge's, where the codec has not its own.
pub(crate) fn finish(
    response: &mut Response<AnswerBody>,
    mount: &Mount,
    parts: &Parts,
    seen: &Seen,
    must_close: bool,
) {
    let is_challenge = response.status() == StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    // What changed something is not to be answered from a cache the next time (RFC 9111 §5.2.2.5), GETs least of all.
    if seen.operation.is_some_and(|operation| operation.access == Access::Write) {
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    // RFC 9110 §11.6.1: a 401 says how to do better. Only the edge knows the realm's name.
    let asks = |fault: &Fault| matches!(fault.kind, FaultKind::NoCredentials | FaultKind::BadCredentials);
    if is_challenge
        && seen.fault.as_ref().is_some_and(asks)
        && let Some(realm) = &mount.realm
    {
        let had_token = is_bearer(parts.headers.get(AUTHORIZATION));
        for (scheme, challenge) in realm.challenges(mount.dialect.schemes, had_token) {
            if !challenges(headers, scheme.name()) {
                headers.append(WWW_AUTHENTICATE, challenge);
            }
        }
    }
    // RFC 9209: that it is not we who failed, in words that monitors know.
    if let Some(error) = seen.proxy_error
        && let Ok(status) = HeaderValue::try_from(format!("countermand; error={error}"))
    {
        headers.insert(PROXY_STATUS, status);
    }
    if must_close {
        close(response);
    }
}

/// Says that no other request is answered on this connection.
pub(crate) fn close(response: &mut Response<AnswerBody>) {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
}

/// Whether the codec has challenged in this scheme already, in the dialect's own words.
fn challenges(headers: &HeaderMap, scheme: &str) -> bool {
    let begins = |value: &HeaderValue| {
        value.as_bytes().get(..scheme.len()).is_some_and(|name| name.eq_ignore_ascii_case(scheme.as_bytes()))
    };
    headers.get_all(WWW_AUTHENTICATE).iter().any(begins)
}
