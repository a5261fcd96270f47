//! What was done, and what was read.

use crate::{Delivery, Job, State, Target};

/// What came of a command that an engine took on. That one of several targets could not be helped is not a fault:
/// each target has its own effect.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Of Cancel, Hold, Release, Acknowledge, `DeleteOutput`, Delete and Report.
    Acted {
        /// When the engine acted, by its clock.
        at: i64,
        /// One per target, in the order of the command.
        targets: Vec<Acted>,
    },
    /// Of Status.
    Read {
        /// When the engine read, by its clock.
        at: i64,
        /// The job, when there is one that this caller may see.
        snapshot: Option<Box<Snapshot>>,
    },
    /// Of Confirm. An unknown or expired delivery is confirmed without effect.
    Confirmed,
    /// Of List.
    Listed {
        /// When the engine read, by its clock.
        at: i64,
        /// The page.
        jobs: Vec<Snapshot>,
        /// How many there are in all, when that was asked for.
        total: Option<u64>,
    },
    /// Of Runs: each job, by number, with its runs in [`Snapshot::kin`], in the order they started; those that have
    /// not started come last. The only run of a single job is that job again.
    Runs {
        /// When the engine read, by its clock.
        at: i64,
        /// The parents and single jobs.
        parents: Vec<Snapshot>,
    },
    /// Of Permissions; `None` where there is no such job.
    Permitted(Option<Permissions>),
    /// Of `CheckIn`: whether the job is being cancelled; `None` where there is no such job.
    CheckedIn(Option<bool>),
}

/// What was done to one target.
#[derive(Clone, Debug, PartialEq)]
pub struct Acted {
    /// As it was asked for.
    pub target: Target,
    /// What came of it.
    pub effect: Effect,
    /// The state before, where there is such a job.
    pub before: Option<State>,
    /// The job afterwards, where the command wanted it and there is one.
    pub after: Option<Box<Snapshot>>,
}

/// What an order did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It is cancelled.
    Cancelled,
    /// It was told to stop, and that is on disk; its runner has yet to confirm.
    Accepted,
    /// It was held, released, acknowledged, deleted or reported as asked.
    Done,
    /// It was told to stop before and has not confirmed.
    AlreadyCancelling,
    /// It was cancelled before.
    AlreadyCancelled,
    /// It had ended before it could be stopped.
    AlreadyFinished,
    /// It is held or released already.
    AlreadySo,
    /// There is no such job here.
    NotFound,
    /// It is another user's.
    Forbidden,
    /// The order does not fit its state or its kind.
    NotPossible,
    /// The engine behind took the order, but what came of it could not be seen.
    UnverifiedTaken,
    /// The engine behind did not answer: whether the order arrived is not known.
    UnverifiedUnanswered,
}

impl Effect {
    /// Every effect.
    pub const ALL: [Effect; 12] = [
        Effect::Cancelled,
        Effect::Accepted,
        Effect::Done,
        Effect::AlreadyCancelling,
        Effect::AlreadyCancelled,
        Effect::AlreadyFinished,
        Effect::AlreadySo,
        Effect::NotFound,
        Effect::Forbidden,
        Effect::NotPossible,
        Effect::UnverifiedTaken,
        Effect::UnverifiedUnanswered,
    ];

    /// The name in lower snake case, as the audit writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Effect::Cancelled => "cancelled",
            Effect::Accepted => "accepted",
            Effect::Done => "done",
            Effect::AlreadyCancelling => "already_cancelling",
            Effect::AlreadyCancelled => "already_cancelled",
            Effect::AlreadyFinished => "already_finished",
            Effect::AlreadySo => "already_so",
            Effect::NotFound => "not_found",
            Effect::Forbidden => "forbidden",
            Effect::NotPossible => "not_possible",
            Effect::UnverifiedTaken => "unverified_taken",
            Effect::UnverifiedUnanswered => "unverified_unanswered",
        }
    }
}

/// A job as it was at one moment, with what was asked for beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The job.
    pub job: Job,
    /// The children that were asked for.
    pub kin: Vec<Job>,
    /// The results handed out, in order, each as the text received.
    pub results: Vec<String>,
    /// Set where results, or the news that there are no more, are to be confirmed.
    pub delivery: Option<Delivery>,
}

impl Snapshot {
    /// The job alone.
    #[must_use]
    pub fn of(job: Job) -> Snapshot {
        Snapshot { job, kin: Vec::new(), results: Vec::new(), delivery: None }
    }
}

/// What a caller may do with a job. An engine knows whose the job is; what the groups of a realm take away from that is
/// the edge's to take away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// Change it; reading it is what led here.
    pub change: bool,
}
