//! Refusals: which status, summary and code each has, and the `SimpleExceptionDetail` that says so.
//!
//! The statuses 400, 403, 404, 409 and 500 and their summaries are the reference page's. Any other refusal has the
//! status of RFC 9110 with its usual phrase. Of the codes only the form is known, from the page's one example
//! `ESS-00500`: Oracle's catalogue could not be read, so every other code is a placeholder (inferred), formed from
//! the status. The two that clients meet in daily work are options of the mount.

use std::borrow::Cow;

use bytes::Bytes;
use countermand_model::{Fault, FaultKind};
use http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response};

use super::wire::ExceptionWire;
use super::{OracleEss, encode, refused, routes};
use crate::Echo;
use crate::grammar::route;

/// The placeholder for an order that does not fit the request's state.
pub(super) const WRONG_STATE_CODE: &str = "ESS-00400";
/// The placeholder for an unknown request.
pub(super) const UNKNOWN_ID_CODE: &str = "ESS-00404";

/// The summary of a request that was not understood: so of no order that does not fit a state.
pub(super) const BAD_REQUEST: &str = "Bad Request";

/// Fusion's realm, seen in the challenge of a live server.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Basic realm=\"owsm\"");

/// When to come back if nobody says: at once is too soon for a gateway that is too busy.
const RETRY_AFTER_SECONDS: u32 = 1;

/// A kind of refusal.
struct Row {
    status: u16,
    title: &'static str,
    code: &'static str,
}

const fn row(status: u16, title: &'static str, code: &'static str) -> Row {
    Row { status, title, code }
}

/// The table.
const fn of(kind: FaultKind) -> Row {
    match kind {
        FaultKind::Malformed => row(400, BAD_REQUEST, "ESS-00400"),
        FaultKind::NoCredentials | FaultKind::BadCredentials => row(401, "Unauthorized", "ESS-00401"),
        FaultKind::Forbidden | FaultKind::CrossSite => row(403, "Not authorized", "ESS-00403"),
        FaultKind::UnknownRoute => row(404, "Not Found", "ESS-00404"),
        FaultKind::NotFound => row(404, "Request ID not found", UNKNOWN_ID_CODE),
        FaultKind::WrongMethod => row(405, "Method Not Allowed", "ESS-00405"),
        FaultKind::NotAcceptable => row(406, "Not Acceptable", "ESS-00406"),
        FaultKind::BodyTimeout => row(408, "Request Timeout", "ESS-00408"),
        // Documented for cancel without a word of when; Oracle's Java API refuses concurrent changes.
        FaultKind::Conflict => row(409, "Conflict", "ESS-00409"),
        FaultKind::TooLarge => row(413, "Content Too Large", "ESS-00413"),
        FaultKind::UnsupportedMediaType => row(415, "Unsupported Media Type", "ESS-00415"),
        FaultKind::TooManyRequests => row(429, "Too Many Requests", "ESS-00429"),
        // The scheduler behind us is the sub-system that the page's 500 speaks of.
        FaultKind::Internal | FaultKind::Unreachable => row(500, "Scheduling sub-system error", "ESS-00500"),
        FaultKind::Unsupported => row(501, "Not Implemented", "ESS-00501"),
        // Clients repeat a POST after a 503, which is just right here: nothing was done.
        FaultKind::Overloaded => row(503, "Service Unavailable", "ESS-00503"),
        FaultKind::Timeout => row(504, "Gateway Timeout", "ESS-00504"),
    }
}

/// The table read the other way: the kind that is answered with this status and this summary; where none has the
/// summary, which nobody promises, the first with the status. A 404 to a question about one request says that there is
/// no such request; what no kind is answered with comes from something in between.
pub(super) fn kind(status: u16, title: &str, is_about_a_request: bool) -> FaultKind {
    let mut kinds = FaultKind::ALL.into_iter().filter(|kind| of(*kind).status == status);
    let titled = kinds.clone().find(|kind| of(*kind).title == title);
    if status == 404 && is_about_a_request {
        return FaultKind::NotFound;
    }
    titled.or_else(|| kinds.next()).unwrap_or(FaultKind::Unreachable)
}

/// The answer to a fault.
pub(super) fn fault(codec: &OracleEss, echo: &Echo, fault: &Fault) -> Response<Bytes> {
    let Row { status, title, code } = of(fault.kind);
    let code = if fault.kind == FaultKind::NotFound { codec.unknown_id_code.as_str() } else { code };
    let title = if status == 403 { not_authorized(echo, title) } else { title };
    // Who may not is told that, and nothing about why: the summary says it all.
    let detail = (!matches!(status, 401 | 403)).then_some(fault.message.as_str());
    let mut response = exception(echo, status, title, detail, fault.code.unwrap_or(code));
    let headers = response.headers_mut();
    match status {
        401 => {
            headers.insert(WWW_AUTHENTICATE, CHALLENGE);
        }
        405 => {
            // What is refused whatever the request is not allowed.
            let there = route::at(routes::ROUTES, &echo.path).map(|hit| hit.operation);
            headers
                .insert(ALLOW, route::allow(there.filter(|operation| refused::reason(operation).is_none())));
        }
        429 | 503 => {
            headers.insert(RETRY_AFTER, fault.retry_after.unwrap_or(RETRY_AFTER_SECONDS).into());
        }
        _ => {}
    }
    response
}

/// The answer to an order that does not fit the request's state.
///
/// Quirk: 400, not 409, which is for concurrent changes; and never a 5xx, after which clients repeat the order;
/// fixtures/oracle-ess/cancel-succeeded.http
pub(super) fn wrong_state(codec: &OracleEss, echo: &Echo, detail: &str) -> Response<Bytes> {
    exception(echo, 400, "Unsupported state for operation", Some(detail), &codec.wrong_state_code)
}

/// The reference page of cancel words this summary for its operation; for the others, it is worded alike (inferred).
fn not_authorized(echo: &Echo, otherwise: &'static str) -> &'static str {
    match echo.operation.map(|operation| operation.name) {
        Some("cancel") => "Not authorized to cancel this request",
        Some("hold") => "Not authorized to hold this request",
        Some("release") => "Not authorized to release this request",
        Some("delete") => "Not authorized to delete this request",
        Some("executionStatus") => "Not authorized to update this request",
        Some("permissions") => "Not authorized to view the permissions on this request",
        Some("details" | "checkInCancelling") => "Not authorized to view this request",
        Some("forceCancel") => "Not authorized to force the cancel of this request",
        Some("submit" | "submitArgs") => "Not authorized to submit requests",
        Some("update") => "Not authorized to change this request",
        Some("subscribe") => "Not authorized to subscribe to this request",
        Some("requests" | "search" | "query") => "Not authorized to query requests",
        Some(_) | None => otherwise,
    }
}

fn exception(echo: &Echo, status: u16, title: &str, detail: Option<&str>, code: &str) -> Response<Bytes> {
    let error_code = (!code.is_empty()).then_some(code);
    let document = ExceptionWire { kind: explanation(status), title, status, detail, error_code };
    encode::json(echo, status, document.write())
}

/// `type`: the reference page asks to "link to HTTP error code page" where there is no better URI. Oracle's other REST
/// services link to the sections of RFC 2616 at the W3C: 404 is 10.4.5. It has none for 429.
fn explanation(status: u16) -> Cow<'static, str> {
    match status {
        429 => Cow::Borrowed("https://www.rfc-editor.org/rfc/rfc6585#section-4"),
        _ => {
            let (class, place) = (status / 100, status % 100 + 1);
            format!("http://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html#sec10.{class}.{place}").into()
        }
    }
}
