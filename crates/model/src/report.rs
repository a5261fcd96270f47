//! What the owner of the jobs tells the ledger: how a job is described, and what its runner says of it.

use crate::{Alias, Kind, Output, Progress, State, Trigger};

/// Whether a field of a description is left as it is, or set. `Set(None)` clears an optional one.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Patch<T> {
    /// Leave it.
    #[default]
    Keep,
    /// Make it so.
    Set(T),
}

impl<T> Patch<T> {
    /// The new value, or the old one.
    pub fn or(self, old: T) -> T {
        match self {
            Patch::Keep => old,
            Patch::Set(new) => new,
        }
    }
}

/// A description of a job. Fields that are kept have their defaults on a new job.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// [`Job::aliases`](crate::Job). The whole set.
    pub aliases: Patch<Vec<Alias>>,
    /// [`Job::dialects`](crate::Job).
    pub dialects: Patch<Option<Vec<String>>>,
    /// [`Job::dataset`](crate::Job).
    pub dataset: Patch<Option<String>>,
    /// [`Job::kind`](crate::Job). Kept on a new job: a child where a parent is named, a parent where a trigger is
    /// described, else single.
    pub kind: Patch<Kind>,
    /// [`Job::parent`](crate::Job). It must exist and not be a child.
    pub parent: Patch<Option<i64>>,
    /// [`Job::trigger`](crate::Job).
    pub trigger: Patch<Option<Trigger>>,
    /// [`Job::owner`](crate::Job).
    pub owner: Patch<Option<String>>,
    /// [`Job::name`](crate::Job).
    pub name: Patch<Option<String>>,
    /// [`Job::description`](crate::Job).
    pub description: Patch<Option<String>>,
    /// [`Job::job_type`](crate::Job).
    pub job_type: Patch<Option<String>>,
    /// [`Job::state`](crate::Job). A new job is Queued. Ignored on a parent with children.
    pub state: Patch<State>,
    /// [`Job::created_at`](crate::Job). A new job's is now.
    pub created_at: Patch<i64>,
    /// [`Job::started_at`](crate::Job). Set by the ledger when the job begins to run.
    pub started_at: Patch<Option<i64>>,
    /// [`Job::finished_at`](crate::Job). Set by the ledger when the job ends.
    pub finished_at: Patch<Option<i64>>,
    /// [`Job::progress`](crate::Job).
    pub progress: Patch<Progress>,
    /// Every result so far, each the text of one JSON value.
    pub results: Patch<Vec<String>>,
    /// [`Job::has_errors`](crate::Job).
    pub has_errors: Patch<bool>,
    /// [`Job::output`](crate::Job).
    pub output: Patch<Option<Output>>,
    /// [`Job::acknowledged`](crate::Job).
    pub acknowledged: Patch<bool>,
    /// [`Job::message`](crate::Job).
    pub message: Patch<Option<String>>,
    /// [`Job::attributes`](crate::Job). The whole set.
    pub attributes: Patch<Vec<(String, String)>>,
}

/// What a runner says of a job. Each part is taken or the whole is refused.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// Its new state.
    pub state: Option<State>,
    /// Who says so. The first to say `running` holds the job; another one's event is refused.
    pub runner: Option<String>,
    /// [`Job::progress`](crate::Job).
    pub progress: Option<Progress>,
    /// [`Job::message`](crate::Job).
    pub message: Option<String>,
    /// [`Job::output`](crate::Job).
    pub output: Option<Output>,
    /// [`Job::has_errors`](crate::Job).
    pub has_errors: Option<bool>,
    /// More results.
    pub results: Option<NewResults>,
}

/// Results from a place on. Those already stored are skipped, a gap is refused.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewResults {
    /// The place of the first item, from 0.
    pub from: u64,
    /// The items, each the text of one JSON value.
    pub items: Vec<String>,
}
