//! Every fault in this dialect: its status, its PRS code and the form of its answer.
//!
//! Documented are the statuses 302, 400, 401, 403, 404, 406, 415, 500, 502 and 503 and what they are for, and that the
//! body is an `errorDocument` "in your requested format". Known are the codes 101, 102 and 303. Inferred are the other
//! statuses (RFC 9110), and that a 401, 403, 406 and 415 too have an `errorDocument`.

use bytes::Bytes;
use countermand_model::{Fault, FaultKind};
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};

use super::routes::{LOGIN, PATHS};
use super::wire::{self, ErrorDocumentWire, ToldErrorWire};
use super::{encode, limits};
use crate::{Echo, Format, Malformed};

/// No such entity, 404. Observed.
pub(super) const NO_SUCH_ENTITY: &str = "PRS-101";

/// No such entity type, 404. Documented.
pub(super) const NO_SUCH_ENTITY_TYPE: &str = "PRS-102";

/// Too many requests, 503. Observed of one user's; inferred of everybody's and of those under way at once.
const RATE_LIMIT: &str = "PRS-303";

/// Of everything else. Inferred: the catalogue is not public, and a number that is in nobody's catalogue misleads nobody.
pub(super) const NOT_LISTED: &str = "PRS-000";

/// The documented meaning of 404: also of a known path with a wrong method.
pub(super) const NO_SUCH_RESOURCE: &str =
    "The URI and method combination requested is invalid or does not exist.";

/// Inferred: the realm's name is not known.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Basic realm=\"Prime\"");

/// The whole answer to a request that is refused.
pub(super) fn response(echo: &Echo, fault: &Fault) -> Response<Bytes> {
    let (status, code) = row(fault.kind);
    if status == StatusCode::FOUND {
        return redirect(echo);
    }
    let code = fault.code.unwrap_or(code);
    // Quirk: a message ends in `.-PRS-n`; fixtures/cisco-prime/v1-unknown-job-json.http
    let excess = fault.excess.as_deref().map(limits::sentence);
    let sentence = excess.as_deref().unwrap_or(&fault.message).trim_end_matches('.');
    let document = ErrorDocumentWire {
        http_response_code: status.as_u16(),
        message: format!("{sentence}.-{code}"),
        id: format!("presentation.{code}"),
    };
    let mut response = encode::response(echo, status, document.write(echo));
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, CHALLENGE);
    }
    if let Some(seconds) = fault.retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// Why a server refused a request. What its `errorDocument` says is kept as far as it is there: proxies in front of a
/// server, and its own login, answer without one. A code that is not among those above has no place in a fault, and its
/// kind is that of its status alone.
///
/// # Errors
/// The status is none that refuses, or a redirect to anything but the login page.
pub(super) fn fault(format: Option<Format>, response: &Response<Bytes>) -> Result<Fault, Malformed> {
    let status = response.status();
    let header = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if status == StatusCode::FOUND && !header(LOCATION).is_some_and(|location| location.contains(LOGIN)) {
        return Err(Malformed::new("Location", "a redirect that does not lead to the login page"));
    }
    let document: Option<ToldErrorWire> =
        format.and_then(|format| wire::document(format, response.body()).ok());
    // The server's own 503 is about its limits (documented). One without a document is a proxy's that has no server.
    let is_a_proxys = document.is_none() && status == StatusCode::SERVICE_UNAVAILABLE;
    let document = document.unwrap_or_default();
    let id = document.id.unwrap_or_default();
    let told = id.rsplit('.').next().unwrap_or_default();
    let code =
        [NO_SUCH_ENTITY, NO_SUCH_ENTITY_TYPE, RATE_LIMIT, NOT_LISTED].into_iter().find(|code| *code == told);
    let kind = is_a_proxys.then_some(FaultKind::Overloaded).or_else(|| kind_of(status, code));
    let kind = kind
        .ok_or_else(|| Malformed::new("", format!("an answer with status {status} is none of this API")))?;
    let sentence = document.message.map(|message| {
        message.strip_suffix(told).and_then(|rest| rest.strip_suffix('-')).unwrap_or(&message).to_owned()
    });
    let retry_after = header(RETRY_AFTER).and_then(|seconds| seconds.parse().ok());
    let mut fault = Fault::new(kind, sentence.unwrap_or_else(|| WITHOUT_WORDS.to_owned()))
        .with_detail(format!("answered {status} {id}"))
        .with_code(code);
    fault.retry_after = retry_after;
    Ok(fault)
}

/// What is told of a refusal that has no words.
const WITHOUT_WORDS: &str = "The request was refused.";

/// The first kind that is written so; where none is, the first of that status.
fn kind_of(status: StatusCode, code: Option<&str>) -> Option<FaultKind> {
    let of_row = |kind: &FaultKind| (row(*kind).0 == status, Some(row(*kind).1) == code);
    let kinds = || FaultKind::ALL.into_iter();
    kinds().find(|kind| of_row(kind) == (true, true)).or_else(|| kinds().find(|kind| of_row(kind).0))
}

/// An engine answered what it cannot have been asked: a defect of ours.
pub(super) fn defect(echo: &Echo) -> Response<Bytes> {
    response(
        echo,
        &Fault::new(FaultKind::Internal, "The request could not be processed because of an internal error."),
    )
}

fn row(kind: FaultKind) -> (StatusCode, &'static str) {
    match kind {
        FaultKind::Malformed => (StatusCode::BAD_REQUEST, NOT_LISTED),
        // Quirk: without credentials there is no 401 but a redirect to the login page;
        // fixtures/cisco-prime/no-credentials.http
        FaultKind::NoCredentials => (StatusCode::FOUND, NOT_LISTED),
        FaultKind::BadCredentials => (StatusCode::UNAUTHORIZED, NOT_LISTED),
        FaultKind::Forbidden | FaultKind::CrossSite => (StatusCode::FORBIDDEN, NOT_LISTED),
        // Quirk: a wrong method is 404, never 405; fixtures/cisco-prime/wrong-method-json.http
        FaultKind::UnknownRoute | FaultKind::WrongMethod => (StatusCode::NOT_FOUND, NOT_LISTED),
        FaultKind::NotFound => (StatusCode::NOT_FOUND, NO_SUCH_ENTITY),
        FaultKind::NotAcceptable => (StatusCode::NOT_ACCEPTABLE, NOT_LISTED),
        FaultKind::BodyTimeout => (StatusCode::REQUEST_TIMEOUT, NOT_LISTED),
        FaultKind::Conflict => (StatusCode::CONFLICT, NOT_LISTED),
        FaultKind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, NOT_LISTED),
        FaultKind::UnsupportedMediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, NOT_LISTED),
        // Quirk: who asks too often gets 503, not 429; fixtures/cisco-prime/v1-rate-limit-json.http
        FaultKind::TooManyRequests => (StatusCode::SERVICE_UNAVAILABLE, RATE_LIMIT),
        FaultKind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, NOT_LISTED),
        FaultKind::Unsupported => (StatusCode::NOT_IMPLEMENTED, NOT_LISTED),
        FaultKind::Unreachable => (StatusCode::BAD_GATEWAY, NOT_LISTED),
        FaultKind::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, NOT_LISTED),
        FaultKind::Timeout => (StatusCode::GATEWAY_TIMEOUT, NOT_LISTED),
    }
}

fn redirect(echo: &Echo) -> Response<Bytes> {
    // The login page is the API's neighbour, behind the same prefix.
    let outside = PATHS.iter().find_map(|base| echo.root_url.rsplit_once(base)).map(|(outside, _)| outside);
    let location = format!("{}{LOGIN}", outside.unwrap_or_default());
    let body = "<html><head><title>302 Found</title></head><body><p>Log in first.</p></body></html>\n";
    let mut response = Response::new(Bytes::from_static(body.as_bytes()));
    *response.status_mut() = StatusCode::FOUND;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html;charset=UTF-8"));
    // A path alone does where the authority is not fit for a header.
    let location = HeaderValue::try_from(location).unwrap_or(HeaderValue::from_static(LOGIN));
    response.headers_mut().insert(LOCATION, location);
    response
}
