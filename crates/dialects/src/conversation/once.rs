//! The conversation of one question and one answer.

use bytes::Bytes;
use countermand_model::{Fault, FaultKind, Outcome};
use http::Response;

use super::{Ask, Conversation, Heard, Lost, Step};
use crate::Malformed;

/// Reads the one answer. What a server refuses is a fault in an `Ok`: it was understood.
type Read = Box<dyn FnOnce(&Response<Bytes>) -> Result<Result<Outcome, Fault>, Malformed> + Send>;

/// One request, and what its answer means.
pub(crate) struct Once {
    ask: Option<Ask>,
    read: Option<Read>,
}

impl Once {
    /// The conversation that sends `ask` and reads the answer with `read`.
    pub(crate) fn new(
        ask: Ask,
        read: impl FnOnce(&Response<Bytes>) -> Result<Result<Outcome, Fault>, Malformed> + Send + 'static,
    ) -> Once {
        Once { ask: Some(ask), read: Some(Box::new(read)) }
    }
}

impl Conversation for Once {
    fn next(&mut self, heard: Option<Heard>) -> Step {
        let Some(heard) = heard else {
            return Step::Send(self.ask.take().expect("a conversation begins once"));
        };
        let read = self.read.take().expect("a conversation ends once");
        Step::Done(understood(heard, read))
    }
}

/// What was heard, read by `read`, in which what a server refuses is a fault in an `Ok`.
///
/// # Errors
/// What the caller is told where there is no answer, none of the dialect's, or a refusal. That of one job which is not
/// there is still [`FaultKind::NotFound`], and nothing else is.
pub(crate) fn understood<T>(
    heard: Heard,
    read: impl FnOnce(&Response<Bytes>) -> Result<Result<T, Fault>, Malformed>,
) -> Result<T, Fault> {
    let response = heard.map_err(unreachable)?;
    read(&response).map_err(|malformed| not_understood(&malformed))?.map_err(passed_on)
}

/// The server behind answered something that its dialect does not know. Its mistake, so not the caller's.
pub(super) fn not_understood(malformed: &Malformed) -> Fault {
    Fault::new(
        FaultKind::Unreachable,
        "The server behind this gateway gave an answer that was not understood.",
    )
    .with_detail(malformed.to_string())
}

/// What a caller is told of a refusal by the server behind: that is about a request of ours, with our credentials. Only
/// what is so whoever asks is told as it is.
pub(super) fn passed_on(fault: Fault) -> Fault {
    match fault.kind {
        FaultKind::Forbidden
        | FaultKind::NotFound
        | FaultKind::Conflict
        | FaultKind::TooManyRequests
        | FaultKind::Unsupported
        | FaultKind::Unreachable
        | FaultKind::Overloaded
        | FaultKind::Timeout => fault,
        FaultKind::Malformed
        | FaultKind::NoCredentials
        | FaultKind::BadCredentials
        | FaultKind::CrossSite
        | FaultKind::UnknownRoute
        | FaultKind::WrongMethod
        | FaultKind::NotAcceptable
        | FaultKind::BodyTimeout
        | FaultKind::TooLarge
        | FaultKind::UnsupportedMediaType
        | FaultKind::Internal => {
            let message = "The server behind this gateway refused the request.";
            Fault::new(FaultKind::Unreachable, message).with_detail(fault.to_string())
        }
    }
}

/// The server behind did not answer.
pub(crate) fn unreachable(lost: Lost) -> Fault {
    let message = match lost {
        Lost::Unsent => "The server behind this gateway could not be reached. Nothing was done.",
        Lost::Unanswered => "The server behind this gateway did not answer.",
    };
    Fault::new(FaultKind::Unreachable, message)
}
