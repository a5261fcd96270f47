//! The client half of a dialect: what is said to a server that speaks it, and what its answers mean. Nothing here sees
//! a socket, a clock, credentials, or whose server it is: whoever drives a [`Conversation`] sends what it asks for and
//! tells it what came back.
//!
//! Reading order: [`Conversation`] is the contract; `known.rs` and `once.rs` are those of no question and of a single
//! one, `verified.rs` that of an order whose effect is looked at, and `judge.rs` says what was seen then.

mod judge;

mod known;

mod once;

mod verified;

#[cfg(test)]
pub(crate) mod play;

#[cfg(test)]
mod tests;

use bytes::Bytes;
use countermand_model::{Fault, Filter, Kin, Outcome, Page, Sort};
use http::{Request, Response};

pub(crate) use judge::{Aim, Seen, Told, afterwards};
pub(crate) use known::Known;
pub(crate) use once::{Once, understood, unreachable};
pub(crate) use verified::{Errand, Verified, unsupported};

/// One command, carried out by as many requests as it takes. Begun by
/// [`Codec::converse`](crate::Codec::converse).
pub trait Conversation: Send {
    /// What comes next, given what came of the last [`Step::Send`]; `None` at the beginning. Not called again after
    /// [`Step::Done`].
    ///
    /// Whoever drives it may stop sending at any time, as when a deadline has passed: it then goes on with
    /// [`Lost::Unsent`] for every request, and soon comes to an end that says what is known.
    ///
    /// A fault at the end says that nothing was done: every order was refused, or none was sent. Where that is not so, or
    /// not known, the end is an outcome, whose effects say what is.
    fn next(&mut self, heard: Option<Heard>) -> Step;
}

/// What a conversation wants.
#[derive(Debug)]
pub enum Step {
    /// Send this, and tell what came of it.
    Send(Ask),
    /// It is over.
    Done(Result<Outcome, Fault>),
}

/// A request of a conversation.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The method; as the URI a path and query below the server's [`root`](crate::Dialect::root), beginning with `/`
    /// or `?`, or empty; the headers that the dialect needs; the body. Host, credentials and framing are not its own.
    pub request: Request<Bytes>,
    /// What sending it may do.
    pub safety: Safety,
}

/// What came of a request: a whole answer, or none.
pub type Heard = Result<Response<Bytes>, Lost>;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lost {
    /// Not one byte of the request has reached the server. Nothing can have been done.
    Unsent,
    /// Some of the request was sent, and no whole answer came. What was done is not known.
    Unanswered,
}

/// What a request may do to the server it is sent to, and so whether it may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Safety {
    /// It only looks: it may be sent as often as anybody likes.
    Safe,
    /// It takes something away that is handed out once, such as results: never sent again, never sent besides.
    Consuming,
    /// It changes something: never sent twice, unless no byte of it had been sent.
    Changing,
}

/// What is asked of a list; see [`Command::List`](countermand_model::Command::List).
pub(crate) struct Wanted<'c> {
    pub(crate) filter: &'c Filter,
    pub(crate) sort: &'c [Sort],
    pub(crate) page: Page,
    pub(crate) count: bool,
    pub(crate) kin: Kin,
}

impl Safety {
    /// The name, as the table of dialects writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Safety::Safe => "safe",
            Safety::Consuming => "consuming",
            Safety::Changing => "changing",
        }
    }
}
