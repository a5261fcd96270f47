//! What the [`Store`](crate::Store) takes and answers besides the model's own types.

use countermand_model::{Alias, Caller, Effect, Fault, FaultKind, State};

/// Why the ledger did not do what the owner of the jobs asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// There is no such job.
    NotFound,
    /// The move is not one of the state machine's, or another runner holds the job, or an id is taken.
    Conflict {
        /// What does not fit, in a sentence.
        message: String,
        /// The state the job is in, where it is about a job.
        state: Option<State>,
    },
    /// The description does not make sense: the member, as a JSON pointer, and why.
    Invalid {
        /// The member.
        place: String,
        /// Why.
        message: String,
    },
    /// The revision asked for is not the job's.
    Stale {
        /// The job's revision; 0 where there is no such job.
        revision: u64,
    },
    /// The ledger itself could not: overloaded, closing, or its disk failed.
    Unable(Fault),
}

impl Refused {
    pub(crate) fn conflict(message: impl Into<String>, state: Option<State>) -> Refused {
        Refused::Conflict { message: message.into(), state }
    }

    pub(crate) fn invalid(place: impl Into<String>, message: impl Into<String>) -> Refused {
        Refused::Invalid { place: place.into(), message: message.into() }
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Refused {
        Refused::Unable(fault)
    }
}

/// How a description is applied.
#[derive(Clone, Debug, Default)]
pub struct Put {
    /// Start a finished job afresh where the description moves it.
    pub replace: bool,
    /// Only when this is the job's revision; `Some(0)`: only when there is no such job.
    pub if_revision: Option<u64>,
    /// Who says so, for the audit of a replacement and the feed's line of a cancel that is carried to a new child.
    pub by: String,
    /// Where the request came from, for the audit of a replacement.
    pub client: String,
    /// The request's id, for the same.
    pub request_id: String,
}

/// A changing operation that a known user was refused before it became a command.
#[derive(Clone, Debug)]
pub struct Denied {
    /// Who asked.
    pub caller: Caller,
    /// The dialect it was asked in, or `control`.
    pub dialect: &'static str,
    /// The operation, by the dialect's name for it, such as `cancelrunning`.
    pub operation: String,
    /// The id in the request's path or query, where it has one. The body was not read.
    pub written: Option<String>,
    /// The request's id.
    pub request_id: String,
}

/// What runners must obey: one line of the feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Ascending without meaning otherwise.
    pub seq: u64,
    /// When.
    pub at: i64,
    /// The job's namespace.
    pub namespace: String,
    /// The job.
    pub number: i64,
    /// Its aliases as they are now: dialect, id.
    pub aliases: Vec<(String, String)>,
    /// `cancel`, `force_cancel`, `hold`, `release`, `acknowledge`, `delete_output` or `delete`.
    pub command: String,
    /// The job's state before.
    pub state_before: State,
    /// The job's state after.
    pub state: State,
    /// The user who gave it.
    pub by: String,
    /// The dialect it was given in, or `control`.
    pub dialect: String,
    /// The request's id.
    pub request_id: String,
}

/// One row of the audit: one changing command.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRow {
    /// Ascending.
    pub seq: u64,
    /// When.
    pub at: i64,
    /// The namespace.
    pub namespace: String,
    /// The command's [`name`](countermand_model::Command::name), or `replace` for a job started afresh, or
    /// `refused:` and the operation for a known user who may not.
    pub command: String,
    /// The user.
    pub by: String,
    /// Where the request came from.
    pub client: String,
    /// The dialect, or `control`.
    pub dialect: String,
    /// The request's id.
    pub request_id: String,
    /// Per target, in the order of the command.
    pub targets: Vec<AuditTarget>,
    /// Of a command that goes to another engine, where and how far it came. `None`: it was carried out here.
    pub elsewhere: Option<Elsewhere>,
}

/// A command that goes to an engine whose jobs are not in this ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The engine's name in the configuration.
    pub engine: String,
    /// How far it came.
    pub fate: Fate,
}

/// How far a command to another engine came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It may have been sent; what came of it is not known. No target has an effect yet.
    Sent,
    /// What came of each target is known, or that it cannot be.
    Settled {
        /// Since when.
        at: i64,
    },
    /// It was not sent, or nothing of it was taken: no target has an effect.
    Refused {
        /// Why.
        kind: FaultKind,
        /// When.
        at: i64,
    },
}

/// What the audit keeps of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditTarget {
    /// As it was written.
    pub written: String,
    /// The job it was. Of another engine's, the number that what was written would be.
    pub number: Option<i64>,
    /// What came of it, as far as that is known.
    pub effect: Option<Effect>,
    /// The state before.
    pub before: Option<State>,
    /// The state after.
    pub after: Option<State>,
}

/// A part of a log that is kept for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Log<T> {
    /// The entries after the one asked for.
    pub entries: Vec<T>,
    /// The last sequence number there is; 0 before the first.
    pub last: u64,
}

/// Figures for metrics: counters since start and gauges of now.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Changing commands committed.
    pub commands: u64,
    /// Commits, each of one or more writes.
    pub commits: u64,
    /// Readings answered by a copy in memory.
    pub copies: u64,
    /// Writes that wait now.
    pub waiting: u64,
}

/// The row of a command that was sent, to be completed: its [`AuditRow::seq`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use = "what was sent is to be settled"]
pub struct Ticket(pub u64);

/// A job that one engine's ids and another's have in common: a job of this ledger that was registered to say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namesake {
    /// Its number.
    pub number: i64,
    /// Its ids in all dialects that do not use the number, in the order given.
    pub aliases: Vec<Alias>,
    /// The user it belongs to.
    pub owner: Option<String>,
}

impl Namesake {
    /// Its first id in a dialect, when that is not the number.
    #[must_use]
    pub fn alias(&self, dialect: &str) -> Option<&str> {
        self.aliases.iter().find(|alias| alias.dialect == dialect).map(|alias| alias.id.as_str())
    }
}
