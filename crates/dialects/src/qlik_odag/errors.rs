//! Faults as ODAG's error document, the cloud's `ErrorV2`: `{"errors": [{code, title, detail, meta}]}`.
//!
//! The Windows service has a model page of its own for errors that says nothing to rely on; clients of it render
//! `errors[].title (code)` when they find it and the raw body otherwise, so the cloud's document serves all profiles.

use bytes::Bytes;
use countermand_model::{Fault, FaultKind};
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, Response, StatusCode};
use serde::Deserialize;

use super::{Odag, encode, routes};
use crate::grammar::json::{self, Slashes, Writer};
use crate::grammar::route;
use crate::{Echo, Malformed};

/// What a caller reads when an engine answers something that its command cannot have.
pub(super) const UNEXPECTED: &str = "The answer of the service behind was not understood.";

/// The reason of the documented 404 of a PUT: the only refusal the reference page knows.
const WRONG_ACTION: &str = "Invalid request ID or action for current request state.";

/// The reason of the documented 404 of a GET.
const WRONG_ID: &str = "Invalid request ID.";

/// The reason of the documented 404 of the deletion of an app.
const NO_APP: &str = "Invalid request ID or generated app not found.";

/// The reason of the documented 404 of a link's list.
const WRONG_LINK: &str = "Invalid link ID.";

/// The code of a body that was not understood. It does not reach a caller: in the cloud the answer to that has no
/// code, on Windows it is any 400's.
pub(super) const BODY: &str = "body";

/// The challenge of a 401. Not from Qlik, whose proxies send a login page: what RFC 9110 §11.6.1
/// and RFC 7617 ask for.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Basic realm=\"Qlik ODAG\", charset=\"UTF-8\"");

/// Seconds after which a caller that asks too often may ask again, where the fault does not say.
const PATIENCE: u32 = 1;

/// Writes a fault.
pub(super) fn answer(odag: &Odag, echo: &Echo, fault: &Fault) -> Response<Bytes> {
    let (status, code) = row(fault.kind);
    let is_body = fault.code == Some(BODY);
    let code = fault.code.filter(|_| !is_body).unwrap_or(code);
    let mut json = Writer::new(Slashes::Plain);
    // Quirk: in the cloud, a body that is not understood has an answer of its own; fixtures/qlik-odag/p2-broken-body.http
    if is_body && echo.version != routes::WINDOWS {
        json.object(|json| json.member_string("message", &fault.message));
    } else {
        document(&mut json, code, title(echo, fault.kind, status), detail(fault), status);
    }
    let mut response = Response::new(Bytes::from(json.finish()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, encode::JSON);
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, CHALLENGE);
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        let there = routes::at(odag, echo.version, &echo.path);
        headers.insert(ALLOW, route::allow(there.map(|hit| hit.operation)));
    }
    let patience = (status == StatusCode::TOO_MANY_REQUESTS).then_some(PATIENCE);
    if let Some(seconds) = fault.retry_after.or(patience) {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// What a server refuses with. Its own code is for the log: a fault can name codes of ours only.
///
/// A proxy in front answers by itself who may not, who asks too often, and that nothing is behind it, in whatever
/// words it likes. A 404 of its own says nothing of a request, so that one must be the service's: it is JSON (inferred).
///
/// # Errors
/// The status is none of the service's, or the 404 is somebody else's.
pub(super) fn read(response: &Response<Bytes>) -> Result<Fault, Malformed> {
    let status = response.status();
    let kind = kind_of(status).ok_or_else(|| Malformed::new("", format!("the answer was {status}")))?;
    let refusal = match json::read::<RefusalWire>(response.body()) {
        Ok(refusal) => refusal,
        Err(malformed) if kind == FaultKind::NotFound => return Err(malformed),
        Err(_) => RefusalWire::default(),
    };
    let is_body = refusal.errors.is_empty() && refusal.message.is_some();
    let error = refusal.errors.into_iter().next().unwrap_or_default();
    let reason = || status.canonical_reason().unwrap_or_default().to_owned();
    let said = error.detail.or(error.title).or(refusal.message).filter(|text| !text.is_empty());
    let mut fault = Fault::new(kind, said.unwrap_or_else(reason));
    fault.detail = error.code.map(|code| format!("the server's code is {code}"));
    fault.code = (is_body && kind == FaultKind::Malformed).then_some(BODY);
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    fault.retry_after = seconds.and_then(|seconds| seconds.parse().ok());
    Ok(fault)
}

/// The kind that has this status, [`row`] read the other way; of several the first, but for a 404: what is asked for by a
/// route of ours is no unknown route.
fn kind_of(status: StatusCode) -> Option<FaultKind> {
    let kinds = FaultKind::ALL.into_iter().filter(|kind| *kind != FaultKind::UnknownRoute);
    kinds.into_iter().find(|kind| row(*kind).0 == status)
}

/// `ErrorV2`, all of whose members are optional; or the answer to a body that was not understood.
#[derive(Default, Deserialize)]
struct RefusalWire {
    #[serde(default)]
    errors: Vec<ErrorWire>,
    message: Option<String>,
}

#[derive(Default, Deserialize)]
struct ErrorWire {
    code: Option<String>,
    title: Option<String>,
    detail: Option<String>,
}

fn document(json: &mut Writer, code: &str, title: &str, detail: Option<&str>, status: StatusCode) {
    json.object(|json| {
        json.member_array("errors", |json| {
            json.object(|json| {
                json.member_string("code", code);
                json.member_string("title", title);
                if let Some(detail) = detail {
                    json.member_string("detail", detail);
                }
                json.member_object("meta", |json| {
                    json.member_integer("statusCode", status.as_u16().into());
                });
            });
        });
    });
}

/// The status and the code of a fault.
///
/// The codes are inferred. Qlik's own have four digits (`ODAG-ERR-1132`), and none for these cases is public; three
/// digits cannot be taken for one of them.
fn row(kind: FaultKind) -> (StatusCode, &'static str) {
    match kind {
        FaultKind::Malformed => (StatusCode::BAD_REQUEST, "ODAG-ERR-400"),
        FaultKind::NoCredentials | FaultKind::BadCredentials => (StatusCode::UNAUTHORIZED, "ODAG-ERR-401"),
        FaultKind::Forbidden | FaultKind::CrossSite => (StatusCode::FORBIDDEN, "ODAG-ERR-403"),
        FaultKind::UnknownRoute | FaultKind::NotFound => (StatusCode::NOT_FOUND, "ODAG-ERR-404"),
        FaultKind::WrongMethod => (StatusCode::METHOD_NOT_ALLOWED, "ODAG-ERR-405"),
        FaultKind::NotAcceptable => (StatusCode::NOT_ACCEPTABLE, "ODAG-ERR-406"),
        FaultKind::BodyTimeout => (StatusCode::REQUEST_TIMEOUT, "ODAG-ERR-408"),
        FaultKind::Conflict => (StatusCode::CONFLICT, "ODAG-ERR-409"),
        FaultKind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "ODAG-ERR-413"),
        FaultKind::UnsupportedMediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "ODAG-ERR-415"),
        FaultKind::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, "ODAG-ERR-429"),
        FaultKind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "ODAG-ERR-500"),
        FaultKind::Unsupported => (StatusCode::NOT_IMPLEMENTED, "ODAG-ERR-501"),
        // A service that cannot reach what is behind it says so of itself: ODAG is no gateway.
        FaultKind::Unreachable | FaultKind::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "ODAG-ERR-503"),
        FaultKind::Timeout => (StatusCode::GATEWAY_TIMEOUT, "ODAG-ERR-504"),
    }
}

/// The title: the documented sentence where there is one, else the status in words.
fn title(echo: &Echo, kind: FaultKind, status: StatusCode) -> &'static str {
    if kind != FaultKind::NotFound {
        return status.canonical_reason().unwrap_or_default();
    }
    if echo.path.starts_with("/links/") {
        WRONG_LINK
    } else if echo.method == Method::PUT {
        WRONG_ACTION
    } else if echo.method == Method::DELETE {
        NO_APP
    } else {
        WRONG_ID
    }
}

/// What is said besides. Whoever is refused for who they are is not told more than that.
fn detail(fault: &Fault) -> Option<&str> {
    let personal =
        matches!(fault.kind, FaultKind::NoCredentials | FaultKind::BadCredentials | FaultKind::Forbidden);
    (!personal).then_some(&fault.message)
}
