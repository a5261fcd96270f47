//! Durable jobs on SQLite: a [`Store`] to describe, move and list them, and a tower service of [`Call`]s over it.
//! Nothing here knows HTTP or a dialect.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use countermand_model::{Call, Draft, Effect, Event, Fault, Filter, Job, Outcome, State};

/// What time it is. The ledger reads no other clock.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> i64;
}

/// The wall clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wall;

/// How a ledger is opened.
pub struct Config {
    /// Where it lives.
    pub location: Location,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Whether a commit waits for the disk. Off is for tests that show the difference, and for memory.
    pub durable: bool,
    /// How many commands may wait for the writer; one more is [`Overloaded`](countermand_model::FaultKind::Overloaded).
    pub queue: usize,
    /// How many connections read.
    pub readers: usize,
}

/// Where a ledger lives.
pub enum Location {
    /// On an unlinked temporary file; gone with the process.
    Memory,
    /// In this file and its `-wal` and `-shm` companions.
    File(PathBuf),
}

/// Why a ledger was not opened. Nothing was changed.
#[derive(Debug)]
pub enum OpenError {}

/// The ledger. Clones are handles on the same one.
#[derive(Clone)]
pub struct Store {}

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
        /// The job's revision.
        revision: u64,
    },
    /// The ledger itself could not: overloaded, closing, or its disk failed.
    Unable(Fault),
}

/// How a description is applied.
#[derive(Clone, Debug, Default)]
pub struct Put {
    /// Start a finished job afresh where the description moves it.
    pub replace: bool,
    /// Only when this is the job's revision; `Some(0)`: only when there is no such job.
    pub if_revision: Option<u64>,
    /// Who says so, for the audit of a replacement.
    pub by: String,
    /// The request's id, for the audit of a replacement.
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
    /// Its aliases: dialect, id.
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
    /// The command's name, or `replace` for a job started afresh, or `refused` for a known user who may not.
    pub command: String,
    /// The user.
    pub by: String,
    /// Where the request came from.
    pub client: String,
    /// The dialect, or `control`.
    pub dialect: String,
    /// The request's id.
    pub request_id: String,
    /// Per target.
    pub targets: Vec<AuditTarget>,
}

/// What the audit keeps of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditTarget {
    /// As it was written.
    pub written: String,
    /// The job it was.
    pub number: Option<i64>,
    /// What came of it.
    pub effect: Effect,
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
    /// The last sequence number there is.
    pub last: u64,
}

/// Figures for metrics: counters since start and gauges of now.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Changing commands committed.
    pub commands: u64,
    /// Commits, each of one or more writes.
    pub commits: u64,
    /// Writes that wait now.
    pub waiting: u64,
}

impl Store {
    /// Opens a ledger, creating the file when there is none. Blocks.
    ///
    /// # Errors
    /// The file is damaged, newer than this program, not a ledger, locked by another process, or not to be read.
    pub fn open(config: Config) -> Result<Store, OpenError> {
        todo!()
    }

    /// The engine over one namespace: `tower::Service<Call, Response = Outcome, Error = Fault>`, `Clone`, `Send`, `Sync`.
    pub fn engine(&self, namespace: &str) -> Engine {
        todo!()
    }

    /// Describes a job; `number` `None` takes the next one. The `bool` is whether it is new.
    pub async fn put(
        &self,
        namespace: &str,
        number: Option<i64>,
        draft: Draft,
        put: Put,
    ) -> Result<(Job, bool), Refused> {
        todo!()
    }

    /// Describes many jobs in one transaction, each taken or refused by itself, answered in order.
    pub async fn put_all(
        &self,
        namespace: &str,
        drafts: Vec<(Option<i64>, Draft)>,
    ) -> Result<Vec<Result<Job, Refused>>, Fault> {
        todo!()
    }

    /// A runner's word.
    pub async fn event(
        &self,
        namespace: &str,
        number: i64,
        event: Event,
        if_revision: Option<u64>,
    ) -> Result<Job, Refused> {
        todo!()
    }

    /// One job with all its results.
    pub async fn get(&self, namespace: &str, number: i64) -> Result<(Job, Vec<String>), Refused> {
        todo!()
    }

    /// Jobs after a number, ascending, at most `limit`.
    pub async fn list(
        &self,
        namespace: &str,
        filter: Filter,
        after: i64,
        limit: u64,
    ) -> Result<Vec<Job>, Refused> {
        todo!()
    }

    /// The feed after `after`; all namespaces. An `after` older than what is kept: `Err(oldest seq kept)`.
    pub async fn commands(&self, after: u64, limit: u64) -> Result<Result<Log<Entry>, u64>, Refused> {
        todo!()
    }

    /// Wakes whenever the feed has grown; holds the last committed `seq`.
    pub fn commands_watch(&self) -> tokio::sync::watch::Receiver<u64> {
        todo!()
    }

    /// The audit after `after`.
    pub async fn audit(&self, after: u64, limit: u64) -> Result<Log<AuditRow>, Refused> {
        todo!()
    }

    /// Records a changing command that was refused to a known user, in the audit.
    pub async fn audit_refusal(&self, namespace: &str, call: &Call) -> Result<(), Fault> {
        todo!()
    }

    /// Waits until a job is no longer cancelling, at most `limit`.
    pub async fn settled(&self, namespace: &str, number: i64, limit: Duration) {
        todo!()
    }

    /// Whether the ledger can read and write now.
    pub async fn ready(&self) -> Result<(), Fault> {
        todo!()
    }

    /// Figures for metrics.
    pub fn figures(&self) -> Figures {
        todo!()
    }

    /// Finishes what waits, checkpoints and closes. Later calls are refused.
    pub async fn close(&self) {
        todo!()
    }
}

/// The ledger as an engine over one namespace.
#[derive(Clone)]
pub struct Engine {}

impl tower::Service<Call> for Engine {
    type Response = Outcome;
    type Error = Fault;
    type Future = futures_util::future::BoxFuture<'static, Result<Outcome, Fault>>;
    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Fault>> {
        todo!()
    }
    fn call(&mut self, _call: Call) -> Self::Future {
        todo!()
    }
}
