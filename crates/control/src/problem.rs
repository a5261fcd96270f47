//! Refusals, as RFC 9457 problem documents. The only place that turns what went wrong into a status code.

use countermand_ledger::Refused;
use countermand_model::{Fault, FaultKind, State};
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};

use crate::wire::ProblemWire;
use crate::{ControlBody, answer};

/// A refusal: a status, a sentence, and the one thing that helps a program go on.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    status: StatusCode,
    detail: String,
    help: Help,
}

/// What a kind of problem tells a program besides its status: a member of the document, or a header.
#[derive(Clone, Debug, PartialEq)]
enum Help {
    /// Nothing: the status says it all.
    None,
    /// 409, `state`: the state the job is in.
    State(State),
    /// 422, `pointer`: the member of the body, RFC 6901.
    Pointer(String),
    /// 412, `revision`: the revision the job has; `None` when there is no such job.
    Revision(Option<u64>),
    /// 410, `oldest`: the oldest sequence number that is kept.
    Oldest(u64),
    /// 410, `oldest` likewise: what was asked for has never been.
    Ahead(u64),
    /// 401, `WWW-Authenticate`.
    Challenge(&'static str),
    /// 405, `Allow`.
    Allow(String),
    /// 503, `Retry-After` in seconds.
    RetryAfter(u32),
}

impl Problem {
    /// A problem that is told by its status.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        Problem { status, detail: detail.into(), help: Help::None }
    }

    /// 400: not JSON, or not a query that is known here.
    pub(crate) fn malformed(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 422: JSON, but not what it should say.
    pub(crate) fn invalid(pointer: String, detail: impl Into<String>) -> Problem {
        Problem { help: Help::Pointer(pointer), ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail) }
    }

    /// 404.
    pub(crate) fn no_such_job() -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "There is no such job.")
    }

    /// 409: the order does not fit the job's state.
    pub(crate) fn conflict(state: Option<State>, detail: impl Into<String>) -> Problem {
        let help = state.map_or(Help::None, Help::State);
        Problem { help, ..Problem::new(StatusCode::CONFLICT, detail) }
    }

    /// 412: the job has another revision, or none.
    pub(crate) fn stale(revision: Option<u64>) -> Problem {
        let detail = revision.map_or_else(
            || "There is no such job, so no condition on its revision holds.".to_owned(),
            |revision| format!("The job is at revision {revision}."),
        );
        Problem { help: Help::Revision(revision), ..Problem::new(StatusCode::PRECONDITION_FAILED, detail) }
    }

    /// 410: what was asked for is no longer kept.
    pub(crate) fn gone(oldest: u64) -> Problem {
        let detail = format!(
            "The log does not continue from there. The oldest entry kept is {oldest}; read on after {}.",
            oldest.saturating_sub(1)
        );
        Problem { help: Help::Oldest(oldest), ..Problem::new(StatusCode::GONE, detail) }
    }

    /// 410: the place is beyond the end, so it is of another log.
    pub(crate) fn ahead(oldest: u64) -> Problem {
        let detail = format!(
            "The log has not come that far, so the place is another log's. Read on after {}.",
            oldest.saturating_sub(1)
        );
        Problem { help: Help::Ahead(oldest), ..Problem::new(StatusCode::GONE, detail) }
    }

    /// 401.
    pub(crate) fn unauthorized(detail: &str, challenge: &'static str) -> Problem {
        Problem { help: Help::Challenge(challenge), ..Problem::new(StatusCode::UNAUTHORIZED, detail) }
    }

    /// 405 with the methods there are.
    pub(crate) fn wrong_method(allow: String) -> Problem {
        let detail = format!("This path takes {allow}.");
        Problem { help: Help::Allow(allow), ..Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail) }
    }

    /// What it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What is wrong, in a sentence that a stranger may read.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The member of the description it is about, as a JSON pointer, where it is about one.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        if let Help::Pointer(pointer) = &self.help { Some(pointer) } else { None }
    }

    /// As it is written. A problem that its status tells has the type `about:blank`, RFC 9457 §4.2.1.
    pub(crate) fn wire(&self) -> ProblemWire<'_> {
        let blank = ("about:blank", self.status.canonical_reason().unwrap_or("Error"));
        let (kind, title) = match &self.help {
            Help::None | Help::Challenge(_) | Help::Allow(_) | Help::RetryAfter(_) => blank,
            Help::State(_) => ("/problems/state", "The state of the job does not allow this"),
            Help::Pointer(_) => ("/problems/invalid", "The body does not say what it should"),
            Help::Revision(_) => ("/problems/stale", "The job has another revision"),
            Help::Oldest(_) => ("/problems/gone", "The log does not go back that far"),
            Help::Ahead(_) => ("/problems/gone", "The log does not reach that far"),
        };
        let mut wire = ProblemWire::new(kind, title, self.status.as_u16(), &self.detail);
        match &self.help {
            Help::None | Help::Challenge(_) | Help::Allow(_) | Help::RetryAfter(_) => {}
            Help::State(state) => wire.state = Some(state.name()),
            Help::Pointer(pointer) => wire.pointer = Some(pointer),
            Help::Revision(revision) => wire.revision = *revision,
            Help::Oldest(oldest) | Help::Ahead(oldest) => wire.oldest = Some(*oldest),
        }
        wire
    }

    /// As an answer.
    pub(crate) fn response(&self) -> Response<ControlBody> {
        let mut response = answer::json(self.status, &self.wire());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match &self.help {
            Help::Challenge(challenge) => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
            }
            Help::Allow(allow) => {
                headers.insert(ALLOW, HeaderValue::from_str(allow).expect("methods are tokens"));
            }
            Help::RetryAfter(seconds) => {
                headers.insert(RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Help::None
            | Help::State(_)
            | Help::Pointer(_)
            | Help::Revision(_)
            | Help::Oldest(_)
            | Help::Ahead(_) => {}
        }
        response
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.pointer() {
            Some(pointer) if !pointer.is_empty() => write!(f, "{pointer}: {}", self.detail),
            Some(_) | None => f.write_str(&self.detail),
        }
    }
}

impl std::error::Error for Problem {}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Problem {
        match refused {
            Refused::NotFound => Problem::no_such_job(),
            Refused::Conflict { message, state } => Problem::conflict(state, message),
            Refused::Invalid { place, message } => Problem::invalid(place, message),
            // Revision 0 is how the ledger says that there is no such job.
            Refused::Stale { revision } => Problem::stale((revision > 0).then_some(revision)),
            Refused::Unable(fault) => Problem::from(fault),
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Problem {
        let status = match fault.kind {
            FaultKind::Malformed => StatusCode::BAD_REQUEST,
            FaultKind::NoCredentials | FaultKind::BadCredentials => StatusCode::UNAUTHORIZED,
            FaultKind::Forbidden | FaultKind::CrossSite => StatusCode::FORBIDDEN,
            FaultKind::UnknownRoute | FaultKind::NotFound => StatusCode::NOT_FOUND,
            FaultKind::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            FaultKind::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            FaultKind::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            FaultKind::Conflict => StatusCode::CONFLICT,
            FaultKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            FaultKind::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            FaultKind::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            FaultKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            FaultKind::Unsupported => StatusCode::NOT_IMPLEMENTED,
            FaultKind::Unreachable => StatusCode::BAD_GATEWAY,
            FaultKind::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            FaultKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        };
        if status.is_server_error() {
            tracing::error!(fault = %fault, "the ledger could not");
        }
        let help = fault.retry_after.map_or(Help::None, Help::RetryAfter);
        Problem { help, ..Problem::new(status, fault.message) }
    }
}
