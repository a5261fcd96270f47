//! Answers to questions about one request, and the parts that all answers share. What a request shows is `details.rs`'s,
//! answers to orders are `act.rs`'s, lists `lists.rs`'s, and statuses of refusals `errors.rs`'s.

use bytes::Bytes;
use countermand_model::{Fault, FaultKind, Outcome, Permissions};
use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};

use super::details::request_details;
use super::selection::Selection;
use super::wire::{write_flag, write_permissions};
use super::{OracleEss, errors, routes};
use crate::Echo;
use crate::grammar::number;

/// The answer of reading one request.
pub(super) fn details(codec: &OracleEss, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    let Outcome::Read { at, snapshot } = outcome else { return defect(codec, echo) };
    let Some(snapshot) = snapshot else {
        return errors::fault(codec, echo, &Fault::new(FaultKind::NotFound, not_found(echo)));
    };
    // A request with several ids is shown by the one that it was asked for by.
    let asked = echo.id.as_deref().and_then(number::decimal);
    let selection = Selection::read(&echo.query);
    json(echo, 200, request_details(codec, echo, &snapshot.job, asked, *at, &selection).write())
}

/// What a caller may do with a request, in the names of Oracle's data security; the schema is not published, so the
/// form of the document is inferred.
///
/// Quirk: the actions are named one by one, in an object so that more may be said beside them;
/// fixtures/oracle-ess/permissions.http
pub(super) fn permissions(codec: &OracleEss, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    match outcome {
        Outcome::Permitted(Some(Permissions { change: true })) => {
            json(echo, 200, write_permissions(&ACTIONS))
        }
        Outcome::Permitted(Some(Permissions { change: false })) => {
            json(echo, 200, write_permissions(&ACTIONS[..1]))
        }
        Outcome::Permitted(None) => {
            errors::fault(codec, echo, &Fault::new(FaultKind::NotFound, not_found(echo)))
        }
        Outcome::Acted { .. }
        | Outcome::Read { .. }
        | Outcome::Confirmed
        | Outcome::Listed { .. }
        | Outcome::Runs { .. }
        | Outcome::CheckedIn(_) => defect(codec, echo),
    }
}

/// The actions on a request, reading first.
pub(super) const ACTIONS: [&str; 4] =
    ["ESS_REQUEST_READ", "ESS_REQUEST_CANCEL", "ESS_REQUEST_HOLD", "ESS_REQUEST_RELEASE"];

/// The answer to a job that asks whether it is being cancelled: a bare JSON boolean.
///
/// Quirk: `true` or `false` is the whole document; fixtures/oracle-ess/check-in-cancelling.http
pub(super) fn check_in(codec: &OracleEss, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    match outcome {
        Outcome::CheckedIn(Some(is_cancelling)) => json(echo, 200, write_flag(*is_cancelling)),
        Outcome::CheckedIn(None) => {
            errors::fault(codec, echo, &Fault::new(FaultKind::NotFound, not_found(echo)))
        }
        Outcome::Acted { .. }
        | Outcome::Read { .. }
        | Outcome::Confirmed
        | Outcome::Listed { .. }
        | Outcome::Runs { .. }
        | Outcome::Permitted(_) => defect(codec, echo),
    }
}

/// A document in the media type the caller asked for.
pub(super) fn json(echo: &Echo, status: u16, document: Vec<u8>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(document));
    *response.status_mut() = StatusCode::from_u16(status).expect("the tables hold statuses");
    let content_type = routes::content_type(echo.operation, echo.version);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// The answer to an outcome that the operation cannot have: the engine is broken, not the request.
pub(super) fn defect(codec: &OracleEss, echo: &Echo) -> Response<Bytes> {
    errors::fault(codec, echo, &Fault::new(FaultKind::Internal, "The scheduler's answer was not understood."))
}

/// Clients look for "not found" in the text.
pub(super) fn not_found(echo: &Echo) -> String {
    format!("Request {} was not found.", echo.id.as_deref().unwrap_or_default())
}
