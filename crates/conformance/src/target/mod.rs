//! Whoever answers the requests of a case: a gateway in this process, one that runs somewhere, or the legacy server
//! itself. Two of the implementations speak HTTP and are here; the one in this process is where gateways are built.

mod client;

mod control;

mod credentials;

mod hook;

mod http;

pub(crate) mod stage;

use std::fmt;

use ::http::{HeaderValue, Request};
use bytes::Bytes;
use countermand_model::State;
use futures_util::future::BoxFuture;

pub use control::Control;
pub use credentials::Credentials;
pub use hook::Hook;
pub use http::{Http, Settings};

use crate::compare::Seen;
use crate::fill::Base;
use crate::fixture::{Fixture, User};

/// Somebody who answers. Cases do not see each other: what one does is gone when the next begins, or the target lets
/// only one be played at a time.
pub trait Target: Send + Sync + 'static {
    /// What reports call it.
    fn name(&self) -> String;

    /// How many cases may be played at once, at least 1.
    fn lanes(&self) -> usize;

    /// Whether its clock is its own: then places that show it are not compared.
    fn own_clock(&self) -> bool;

    /// Why a case is not played here; `None` where it is. Asked before anything is done.
    fn skips(&self, fixture: &Fixture) -> Option<Skip>;

    /// Prepares what a case is given.
    fn open<'t>(&'t self, fixture: &'t Fixture) -> BoxFuture<'t, Result<Box<dyn Session + 't>, Trouble>>;
}

/// A target while one case is played.
pub trait Session: Send {
    /// Where the target is, as the case's placeholders say it.
    fn base(&self) -> &Base;

    /// The `Authorization` header of a user; `None` where none is sent.
    fn authorization(&self, user: User) -> Option<HeaderValue>;

    /// Sends a request, whose target begins with the dialect's own path, and takes the whole answer.
    fn send(&mut self, request: Request<Bytes>) -> BoxFuture<'_, Result<Seen, Trouble>>;

    /// The state of a job.
    fn look(&mut self, number: i64) -> BoxFuture<'_, Result<Look, Trouble>>;

    /// Puts away what the case was given.
    fn close<'s>(self: Box<Self>) -> BoxFuture<'s, Result<(), Trouble>>
    where
        Self: 's;
}

/// What is seen of a job after a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Its state.
    State(State),
    /// There is no such job.
    Absent,
    /// Nobody can be asked.
    Unseen,
}

/// Why a case is not played.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// It wants switches that the target's mount may not have.
    Options,
    /// It wants the server's clock at a certain time.
    Clock,
    /// It wants a user whose password was not given.
    User,
    /// It wants jobs to be there, and there is neither a control API nor a hook.
    Given,
    /// It changes something on a server that is not ours.
    SideEffects,
    /// The hook cannot prepare it.
    Hook,
}

impl Skip {
    /// The reason in a word or two, as summaries count it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Skip::Options => "options",
            Skip::Clock => "clock",
            Skip::User => "user",
            Skip::Given => "given",
            Skip::SideEffects => "side effects",
            Skip::Hook => "hook",
        }
    }

    /// What would have to be so for the case to be played.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Skip::Options => "the case is about a mount with other options; it is played in process",
            Skip::Clock => {
                "the case is about a certain time; it is played in process, where the clock can be set"
            }
            Skip::User => "give --user NAME:PASSWORD, and --reader NAME:PASSWORD for cases of a reader",
            Skip::Given => "jobs must be there first; give --control and --token, or --given-hook",
            Skip::SideEffects => "it changes something there; give --allow-side-effects",
            Skip::Hook => "the hook ended with 75: it cannot prepare this case",
        }
    }
}

/// Why a case could not be played to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The target, or its control API, does not answer: no further case is tried.
    Gone(String),
    /// The target does not let in whom it should: no further case is tried.
    TurnedAway(String),
    /// This case could not be prepared or sent; others may.
    Case(String),
    /// The case is not played after all.
    Skip(Skip),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Gone(problem) | Trouble::TurnedAway(problem) | Trouble::Case(problem) => {
                f.write_str(problem)
            }
            Trouble::Skip(skip) => f.write_str(skip.advice()),
        }
    }
}
