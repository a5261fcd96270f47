//! The conversation of one question and one answer, and the one of none.

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
        Step::Done(match heard {
            Ok(response) => read(&response).unwrap_or_else(|malformed| Err(not_understood(&malformed))),
            Err(lost) => Err(unreachable(lost)),
        })
    }
}

/// The conversation in which nothing has to be said.
pub(crate) struct Settled(Option<Outcome>);

impl Settled {
    /// The conversation that ends so as it begins.
    pub(crate) fn new(outcome: Outcome) -> Settled {
        Settled(Some(outcome))
    }
}

impl Conversation for Settled {
    fn next(&mut self, _heard: Option<Heard>) -> Step {
        Step::Done(Ok(self.0.take().expect("a conversation ends once")))
    }
}

/// The server behind answered something that its dialect does not know. Its mistake, so not the caller's.
pub(crate) fn not_understood(malformed: &Malformed) -> Fault {
    Fault::new(
        FaultKind::Unreachable,
        "The server behind this gateway gave an answer that was not understood.",
    )
    .with_detail(malformed.to_string())
}

/// The server behind did not answer.
pub(crate) fn unreachable(lost: Lost) -> Fault {
    let message = match lost {
        Lost::Unsent => "The server behind this gateway could not be reached. Nothing was done.",
        Lost::Unanswered => "The server behind this gateway did not answer.",
    };
    Fault::new(FaultKind::Unreachable, message)
}
