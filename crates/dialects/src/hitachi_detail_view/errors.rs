//! What goes wrong, with the status, code and text that the function asked for has for it. One table; the functions
//! below only look it up.
//!
//! A code reads `FF LL NNNN`: the function, a class, the reason (inferred). The reasons E0 (method), E2 (internal), E4
//! (dataset), E6 (cache) and E9 (authorization) are the same in all functions; E1 is ours.

use bytes::Bytes;
use countermand_model::{Fault, FaultKind};
use http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};

use super::DetailView;
use super::encode::document;
use super::wire::{ErrorWire, ReceivedErrorWire, RelayedWire};
use crate::grammar::json::{self, Slashes, Writer};
use crate::grammar::route;
use crate::{Echo, Malformed};

/// Whose family of codes an answer is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    /// None was named, or one whose codes are not known; ours begin with 00.
    Unknown,
    /// 72.
    Status,
    /// B5.
    Abort,
    /// 43: `updateAttributeDef`, which is not served.
    Attribute,
    /// C2: `getServerInfo`, which is not served.
    ServerInfo,
}

/// What went wrong, as far as the vendor tells mistakes apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    /// `action` is not there.
    ActionMissing,
    /// `action` is not one of the vendor's.
    ActionUnknown,
    /// `action` has several values.
    ActionAmbiguous,
    /// The function may start a request, and none are started here.
    StartsWork,
    /// The function tells something that is not known here.
    NotServed,
    /// Not by this method.
    Method,
    /// `dataset` is not there.
    DatasetMissing,
    /// `dataset` is not 2 to 32 letters, digits, `_` and `-`.
    DatasetInvalid,
    /// `dataset` has several values.
    DatasetAmbiguous,
    /// `requestId` is not there.
    RequestIdMissing,
    /// `requestId` has several values.
    RequestIdAmbiguous,
    /// Nobody knows who asks, or they may not.
    Authorization,
    /// No such request, or not any more.
    CacheMiss,
    /// It had ended before it could be stopped.
    AlreadyCompleted,
    /// It was stopped before.
    AlreadyAborted,
    /// Something here or behind us.
    Internal,
    /// Anything that the manual has no code for.
    Refused,
}

use Function::{Abort, Attribute, ServerInfo, Status, Unknown};
use Mistake::{
    ActionAmbiguous, ActionMissing, ActionUnknown, AlreadyAborted, AlreadyCompleted, Authorization,
    CacheMiss, DatasetAmbiguous, DatasetInvalid, DatasetMissing, Internal, Method, NotServed, Refused,
    RequestIdAmbiguous, RequestIdMissing, StartsWork,
};

/// Function, mistake, status, code, text; `<id>` stands for the request id, `<method>` for the method, `<action>` for the
/// action. The texts are
/// literals, braces and missing full stops included, and differ between functions as the manual's do. A status is
/// inferred wherever the manual does not join its two tables. `Refused` has the text of the fault.
type Row = (Function, Mistake, u16, &'static str, &'static str);

const TABLE: &[Row] = &[
    // Inferred, all of them: no code can carry a function's prefix here.
    (Unknown, ActionMissing, 400, NO_FUNCTION, "Mandatory parameter {action} not specified."),
    (Unknown, ActionUnknown, 400, NO_FUNCTION, "Invalid value specified for parameter {action}."),
    (Unknown, ActionAmbiguous, 400, NO_FUNCTION, "Parameter {action} is specified more than once."),
    (Unknown, StartsWork, 400, NO_FUNCTION, STARTS_WORK),
    (Unknown, NotServed, 400, NO_FUNCTION, NOT_SERVED),
    (Unknown, Method, 405, "000000E0", WRONG_METHOD),
    (Unknown, Authorization, 401, "000000E9", "Authorization needed."),
    (Unknown, Internal, 500, "000600E2", "Application encountered an internal error."),
    (Unknown, Refused, 400, NO_FUNCTION, ""),
    // Inferred but for the family, which 43050005 shows: E1, E2 and E9 as in every function.
    (Attribute, StartsWork, 400, "430000E1", STARTS_WORK),
    (Attribute, Method, 405, "430000E0", WRONG_METHOD),
    (Attribute, Authorization, 401, "430000E9", "Authorization needed."),
    (Attribute, Internal, 500, "430600E2", "Application encountered an internal error."),
    (Attribute, Refused, 400, "430000E1", ""),
    // MK-99ANA004-11, Getting the Analyzer detail view server information: E4. The rest as above.
    (ServerInfo, DatasetMissing, 400, "C20000E4", "Mandatory parameter {dataset} not specified."),
    (ServerInfo, NotServed, 400, "C20000E1", NOT_SERVED),
    (ServerInfo, Method, 405, "C20000E0", WRONG_METHOD),
    (ServerInfo, Authorization, 401, "C20000E9", "Authorization needed."),
    (ServerInfo, Internal, 500, "C20600E2", "Application encountered an internal error."),
    (ServerInfo, Refused, 400, "C20000E1", ""),
    // MK-99ANA004-11, Getting the request status. E0 by analogy to C60100E0, E4 to C20000E4 and C4010004.
    (Status, Method, 405, "720000E0", WRONG_METHOD),
    (Status, DatasetMissing, 400, "720000E4", "Mandatory parameter {dataset} not specified."),
    (Status, DatasetInvalid, 400, "720000E4", "Invalid value specified for parameter {dataset}."),
    (Status, DatasetAmbiguous, 400, "720000E4", "Parameter {dataset} is specified more than once."),
    (Status, RequestIdMissing, 400, "72020008", "Mandatory parameter {requestId} not specified."),
    (Status, RequestIdAmbiguous, 400, "72020008", "Parameter {requestId} is specified more than once."),
    (Status, Authorization, 401, "720000E9", "Authorization needed."),
    (Status, CacheMiss, 404, "720600E6", "Response is not present in the cache for the given requestId."),
    (Status, Internal, 500, "720600E2", "Application encountered an internal error."),
    (Status, Refused, 400, "720000E1", ""),
    // MK-99ANA004-11, Stopping an API request: the texts of its bodies where it prints one, else of its table.
    (Abort, Method, 405, "B50000E0", WRONG_METHOD),
    (Abort, DatasetMissing, 400, "B50000E4", "Mandatory parameter {dataset} is not specified."),
    (Abort, DatasetInvalid, 400, "B50000E4", "Invalid value specified for parameter {dataset}."),
    (Abort, DatasetAmbiguous, 400, "B50000E4", "Parameter {dataset} is specified more than once."),
    (Abort, RequestIdMissing, 400, "B5020008", "Mandatory parameter {requestId} is not specified."),
    (Abort, RequestIdAmbiguous, 400, "B5020008", "Parameter {requestId} is specified more than once."),
    (Abort, Authorization, 401, "B50000E9", "Authorization is required."),
    (Abort, CacheMiss, 404, "B5040016", "Response is not present in cache for the given requestId '<id>'"),
    (Abort, AlreadyCompleted, 400, "B5040017", "Request for given requestId '<id>' is already completed"),
    (Abort, AlreadyAborted, 400, "B5040018", "Request for given requestId '<id>' is already aborted"),
    (Abort, Internal, 500, "B50600E2", "Application encountered an internal error"),
    (Abort, Refused, 400, "B50000E1", ""),
];

/// Inferred: the code where no function is known.
const NO_FUNCTION: &str = "000000E1";

/// In the form of C60100E0.
const WRONG_METHOD: &str = "HTTP method [<method>] is not supported for action [<action>]";

/// Inferred, in the form of "HTTP method [POST] is not supported for action [getAppUrl]". A 400, "check the response
/// body for details", which no client repeats by itself, rather than a status that the manual does not know.
const STARTS_WORK: &str = "Action [<action>] is not supported here: no new requests are taken";

/// Inferred, as above.
const NOT_SERVED: &str = "Action [<action>] is not supported here";

/// Inferred: the vendor's realm is not known, and no client of it waits for the challenge. Where tokens lead in as well,
/// the edge adds a line for Bearer.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Basic realm=\"Analyzer detail view\"");

/// The answer to a mistake.
pub(super) fn answer(codec: &DetailView, echo: &Echo, mistake: Mistake) -> Response<Bytes> {
    let (_, _, status, code, text) = *row(echo, mistake);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // Quirk: the manual says 404 for a response that is gone, and on the same page 400.
    // fixtures/hitachi-detail-view/status-vanished-400.http
    let gone = mistake == CacheMiss && function(echo) == Status;
    let status = if gone { codec.vanished } else { status };
    write(echo, status, code, &filled(echo, text))
}

/// The answer to a fault.
pub(super) fn response(codec: &DetailView, echo: &Echo, fault: &Fault) -> Response<Bytes> {
    let refused = |status| {
        let (_, _, _, code, _) = *row(echo, Refused);
        write(echo, status, fault.code.unwrap_or(code), &fault.message)
    };
    let mut response = match fault.kind {
        // Quirk: "Supplied authentication token is invalid or does not have the appropriate credentials": no 403.
        // fixtures/hitachi-detail-view/abort-by-a-reader.http
        FaultKind::NoCredentials
        | FaultKind::BadCredentials
        | FaultKind::Forbidden
        | FaultKind::CrossSite => answer(codec, echo, Authorization),
        FaultKind::WrongMethod => answer(codec, echo, Method),
        FaultKind::NotFound => answer(codec, echo, CacheMiss),
        // The manual has one error for all that is not the caller's: no 501, 502, 503, 504.
        FaultKind::Internal
        | FaultKind::Unsupported
        | FaultKind::Unreachable
        | FaultKind::Overloaded
        | FaultKind::Timeout => answer(codec, echo, Internal),
        // "Request URL or request body validation failed": no 406, 413, 415.
        FaultKind::Malformed
        | FaultKind::NotAcceptable
        | FaultKind::TooLarge
        | FaultKind::UnsupportedMediaType => refused(StatusCode::BAD_REQUEST),
        FaultKind::UnknownRoute => refused(StatusCode::NOT_FOUND),
        // The manual is silent, so RFC 9110 speaks.
        FaultKind::BodyTimeout => refused(StatusCode::REQUEST_TIMEOUT),
        FaultKind::Conflict => refused(StatusCode::CONFLICT),
        FaultKind::TooManyRequests => refused(StatusCode::TOO_MANY_REQUESTS),
    };
    if let Some(seconds) = fault.retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// What a server refuses with.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The mistake that its code is of, where it is one of the function's own.
    pub(super) mistake: Option<Mistake>,
    /// The fault that it is.
    pub(super) fault: Fault,
    /// The document.
    error: Option<RelayedWire>,
}

impl Refusal {
    /// The attributes of a request whose own error this is: its code is of another function than the one that was asked.
    pub(super) fn relayed(&self) -> Option<String> {
        let error = self.error.as_ref().filter(|error| error.check().is_ok() && self.mistake.is_none())?;
        let own = TABLE.iter().filter(|row| row.0 == Status).all(|row| row.3[..2] == error.code[..2]);
        let mut json = Writer::new(Slashes::Plain);
        json.object(|json| {
            json.member_object("error", |json| {
                json.member_integer("status", error.status.into());
                json.member_string("code", &error.code);
                json.member_string("error", &error.error);
            });
        });
        let text = String::from_utf8(json.finish()).expect("JSON is written from texts");
        (!own).then_some(text)
    }
}

/// Reads a refusal: the function's table the other way, by code. A code that is not there has the meaning of its status,
/// and so has an answer that is none of the servlet's, but for a 404: one of somebody else's says nothing of a request.
///
/// # Errors
/// It is no refusal of this API.
pub(super) fn read(function: Function, response: &Response<Bytes>) -> Result<Refusal, Malformed> {
    let status = response.status();
    let document = json::read::<ReceivedErrorWire>(response.body());
    if let (StatusCode::NOT_FOUND, Err(malformed)) = (status, &document) {
        return Err(malformed.clone());
    }
    let error = document.ok();
    let row = error.as_ref().and_then(|error| {
        TABLE.iter().find(|row| row.0 == function && row.3.eq_ignore_ascii_case(&error.code))
    });
    let mistake = row.map(|row| row.1).filter(|mistake| *mistake != Refused);
    let kind = match mistake {
        Some(mistake) => kind_of(mistake),
        None => {
            kind_of_status(status).ok_or_else(|| Malformed::new("", format!("the answer was {status}")))?
        }
    };
    let reason = || status.canonical_reason().unwrap_or_default().to_owned();
    let text = error.as_ref().map(|error| error.error.clone()).filter(|text| !text.is_empty());
    let mut fault = Fault::new(kind, text.unwrap_or_else(reason)).with_code(row.map(|row| row.3));
    fault.detail = error.as_ref().map(|error| format!("the server's code is {}", error.code));
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    fault.retry_after = seconds.and_then(|seconds| seconds.parse().ok());
    let error = error.map(|wire| RelayedWire { status: status.as_u16(), code: wire.code, error: wire.error });
    Ok(Refusal { mistake, fault, error })
}

/// The fault that a mistake is, of those that [`response`] answers with it the one that says least.
const fn kind_of(mistake: Mistake) -> FaultKind {
    match mistake {
        ActionMissing | ActionUnknown | ActionAmbiguous | StartsWork | NotServed | DatasetMissing
        | DatasetInvalid | DatasetAmbiguous | RequestIdMissing | RequestIdAmbiguous | Refused => {
            FaultKind::Malformed
        }
        Method => FaultKind::WrongMethod,
        Authorization => FaultKind::BadCredentials,
        CacheMiss => FaultKind::NotFound,
        // Each is an effect where it is read.
        AlreadyCompleted | AlreadyAborted => FaultKind::Conflict,
        Internal => FaultKind::Internal,
    }
}

/// The fault that a status is. "If an error response is not listed, examine the HTTP status codes" (MK-99ANA004-11).
fn kind_of_status(status: StatusCode) -> Option<FaultKind> {
    const KINDS: [(StatusCode, FaultKind); 12] = [
        (StatusCode::BAD_REQUEST, FaultKind::Malformed),
        (StatusCode::UNAUTHORIZED, FaultKind::BadCredentials),
        (StatusCode::FORBIDDEN, FaultKind::Forbidden),
        (StatusCode::NOT_FOUND, FaultKind::UnknownRoute),
        (StatusCode::METHOD_NOT_ALLOWED, FaultKind::WrongMethod),
        (StatusCode::REQUEST_TIMEOUT, FaultKind::BodyTimeout),
        (StatusCode::CONFLICT, FaultKind::Conflict),
        (StatusCode::TOO_MANY_REQUESTS, FaultKind::TooManyRequests),
        (StatusCode::INTERNAL_SERVER_ERROR, FaultKind::Internal),
        (StatusCode::BAD_GATEWAY, FaultKind::Unreachable),
        (StatusCode::SERVICE_UNAVAILABLE, FaultKind::Overloaded),
        (StatusCode::GATEWAY_TIMEOUT, FaultKind::Timeout),
    ];
    KINDS.iter().find(|(known, _)| *known == status).map(|(_, kind)| *kind)
}

/// The error of an original request as getStatus relays it, code and text as they are.
pub(super) fn relay(echo: &Echo, relayed: &RelayedWire) -> Response<Bytes> {
    let status = StatusCode::from_u16(relayed.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    write(echo, status, &relayed.code, &relayed.error)
}

/// The answer where a request has failed and what is said about its error is not one. The reason stands in the text, for
/// whoever described the job; fixtures/hitachi-detail-view/status-relays-no-nonsense.http
pub(super) fn unreadable(echo: &Echo, malformed: &Malformed) -> Response<Bytes> {
    let (_, _, _, code, text) = *row(echo, Internal);
    let error = format!("{text} The error of the original request is not one: {malformed}.");
    write(echo, StatusCode::INTERNAL_SERVER_ERROR, code, &error)
}

/// A mistake in the parameters. Its text names the parameter itself, so there is no place besides.
pub(super) fn malformed(echo: &Echo, mistake: Mistake) -> Malformed {
    let (_, _, _, code, text) = *row(echo, mistake);
    Malformed::new("", text).with_code(code)
}

/// The same as a fault, for what the head alone shows.
pub(super) fn fault(echo: &Echo, mistake: Mistake) -> Fault {
    let (_, _, _, code, text) = *row(echo, mistake);
    Fault::new(FaultKind::Malformed, filled(echo, text)).with_code(Some(code))
}

fn function(echo: &Echo) -> Function {
    match echo.operation.map_or("", |operation| operation.name) {
        "getStatus" => Status,
        "abortRequest" => Abort,
        "updateAttributeDef" => Attribute,
        "getServerInfo" => ServerInfo,
        _ => Unknown,
    }
}

/// The function's row for a mistake; one that it cannot make counts as an internal error.
fn row(echo: &Echo, mistake: Mistake) -> &'static Row {
    let find = |mistake| TABLE.iter().find(|row| row.0 == function(echo) && row.1 == mistake);
    find(mistake).or_else(|| find(Internal)).expect("every function has a row for an internal error")
}

fn filled(echo: &Echo, text: &str) -> String {
    let text = text.replace("<method>", echo.method.as_str());
    let text = text.replace("<action>", echo.operation.map_or("", |operation| operation.name));
    text.replace("<id>", echo.id.as_deref().unwrap_or_default())
}

fn write(echo: &Echo, status: StatusCode, code: &str, error: &str) -> Response<Bytes> {
    let mut response = document(status, ErrorWire { code, error }.write());
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, CHALLENGE);
    }
    if let (StatusCode::METHOD_NOT_ALLOWED, Some(operation)) = (status, echo.operation) {
        response.headers_mut().insert(ALLOW, route::allow([operation]));
    }
    response
}
