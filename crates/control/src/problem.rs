//! Refusals, as RFC 9457 problem documents. The only place that turns what went wrong into a status code.

use countermand_ledger::Refused;
use countermand_model::{Fault, FaultKind, State};
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::wire::ProblemWire;
use crate::{ControlBody, body};

/// A refusal: a status, a sentence, and the one member that helps a program go on.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    status: StatusCode,
    detail: String,
    member: Member,
    header: Option<(HeaderName, HeaderValue)>,
}

/// The member that a kind of problem has besides those of RFC 9457.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Member {
    /// Nothing: the status says it all, and the type is `about:blank`.
    None,
    /// 409: the state the job is in.
    State(State),
    /// 422: the member of the body, as a JSON pointer (RFC 6901).
    Pointer(String),
    /// 412: the revision the job has; `None` when there is no such job.
    Revision(Option<u64>),
    /// 410: the oldest sequence number that is kept.
    Oldest(u64),
}

impl Problem {
    /// A problem that is told by its status.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        Problem { status, detail: detail.into(), member: Member::None, header: None }
    }

    /// 400: not JSON, or not a query that is known here.
    pub(crate) fn malformed(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 422: JSON, but not what it should say.
    pub(crate) fn invalid(pointer: String, detail: impl Into<String>) -> Problem {
        Problem { member: Member::Pointer(pointer), ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail) }
    }

    /// 404.
    pub(crate) fn no_such_job() -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "There is no such job.")
    }

    /// 409: the order does not fit the job's state.
    pub(crate) fn conflict(state: Option<State>, detail: impl Into<String>) -> Problem {
        let member = state.map_or(Member::None, Member::State);
        Problem { member, ..Problem::new(StatusCode::CONFLICT, detail) }
    }

    /// 412: the job has another revision, or none.
    pub(crate) fn stale(revision: Option<u64>) -> Problem {
        let detail = revision.map_or_else(
            || "There is no such job, so no condition on its revision holds.".to_owned(),
            |revision| format!("The job is at revision {revision}."),
        );
        Problem {
            member: Member::Revision(revision),
            ..Problem::new(StatusCode::PRECONDITION_FAILED, detail)
        }
    }

    /// 410: what was asked for is no longer kept.
    pub(crate) fn gone(oldest: u64) -> Problem {
        let detail = format!(
            "The log does not continue from there. The oldest entry kept is {oldest}; read on after {}.",
            oldest.saturating_sub(1)
        );
        Problem { member: Member::Oldest(oldest), ..Problem::new(StatusCode::GONE, detail) }
    }

    /// 401.
    pub(crate) fn unauthorized(detail: &str, challenge: &'static str) -> Problem {
        let header = Some((WWW_AUTHENTICATE, HeaderValue::from_static(challenge)));
        Problem { header, ..Problem::new(StatusCode::UNAUTHORIZED, detail) }
    }

    /// 405 with the methods there are.
    pub(crate) fn wrong_method(allow: &str) -> Problem {
        let detail = format!("This path takes {allow}.");
        let header = HeaderValue::from_str(allow).ok().map(|allow| (ALLOW, allow));
        Problem { header, ..Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail) }
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
        match &self.member {
            Member::Pointer(pointer) => Some(pointer),
            Member::None | Member::State(_) | Member::Revision(_) | Member::Oldest(_) => None,
        }
    }

    /// As it is written.
    pub(crate) fn wire(&self) -> ProblemWire<'_> {
        let (kind, title) = match &self.member {
            Member::None => ("about:blank", self.status.canonical_reason().unwrap_or("Error")),
            Member::State(_) => ("/problems/state", "The job's state does not allow this"),
            Member::Pointer(_) => ("/problems/invalid", "The body does not say what it should"),
            Member::Revision(_) => ("/problems/stale", "The job has changed"),
            Member::Oldest(_) => ("/problems/gone", "The log does not go back that far"),
        };
        let mut wire = ProblemWire::new(kind, title, self.status.as_u16(), &self.detail);
        match &self.member {
            Member::None => {}
            Member::State(state) => wire.state = Some(state.name()),
            Member::Pointer(pointer) => wire.pointer = Some(pointer),
            Member::Revision(revision) => wire.revision = *revision,
            Member::Oldest(oldest) => wire.oldest = Some(*oldest),
        }
        wire
    }

    /// As an answer.
    pub(crate) fn response(&self) -> Response<ControlBody> {
        let mut response = body::json(self.status, &self.wire());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some((name, value)) = &self.header {
            headers.insert(name, value.clone());
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
        let header = fault.retry_after.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds)));
        Problem { header, ..Problem::new(status, fault.message) }
    }
}
