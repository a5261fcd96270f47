//! What can be asked.

use std::time::Duration;

use crate::{Filter, Job, Page, Sort, State};

/// A command together with who gives it and through what: the request of every engine.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is asked.
    pub command: Command,
    /// Who asks.
    pub caller: Caller,
    /// The dialect it was asked in, or `control`. Targets are resolved among this dialect's ids.
    pub dialect: &'static str,
    /// The request's id, for the audit and the log.
    pub request_id: String,
}

impl Call {
    /// The longest id of a caller that is taken over.
    const LONGEST_REQUEST_ID: usize = 128;

    /// Whether a caller's own request id is taken over: it can stand in a header, a log line and a table as it is, being
    /// visible ASCII and not too long. One rule for all that is listened to, so that one id can follow an order through
    /// everything.
    #[must_use]
    pub fn takes_request_id(id: &str) -> bool {
        (1..=Call::LONGEST_REQUEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
    }
}

/// Who gives a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The authenticated user; empty where the mount asks for none.
    pub user: String,
    /// Where the request came from, for the audit.
    pub client: String,
    /// Restricted to jobs that are the user's own or nobody's. Set where the mount's scope is `own` and the user is in
    /// no admin group.
    pub own_only: bool,
}

/// What is asked of an engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Stop work, or keep it from starting.
    Cancel(Cancel),
    /// Keep work from starting.
    Hold(Order),
    /// Let held work go.
    Release(Order),
    /// Take note of an end. Its answer always has the job as it is afterwards.
    Acknowledge {
        /// The job.
        target: Target,
        /// Which end.
        end: Acknowledged,
        /// Whether its output is then deleted.
        delete_output: bool,
    },
    /// Delete what a job produced; the job stays.
    DeleteOutput {
        /// The job.
        target: Target,
    },
    /// Put a finished top-level job and its children out of sight.
    Delete {
        /// The job.
        target: Target,
    },
    /// Read one job.
    Status(Status),
    /// Results handed out by a [`Status`] have reached their reader.
    Confirm {
        /// What was handed out.
        delivery: Delivery,
    },
    /// Read many jobs.
    List {
        /// Which.
        filter: Filter,
        /// In what order.
        sort: Vec<Sort>,
        /// Which part of them.
        page: Page,
        /// Whether the answer says how many there are in all.
        count: bool,
        /// Which children come with each.
        kin: Kin,
    },
    /// Read runs, grouped by the job they are runs of: the children of each parent, and each single job as a job
    /// whose only run is itself. A job without a run that fits is left out.
    Runs {
        /// Which jobs and runs. The times (`CreatedAt`, `StartedAt`, `FinishedAt`, `ChangedAt`) and `State` look at
        /// the run; every other [`Field`](crate::Field) looks at the job, also `Parent` and `ParentId`, which are
        /// there the same as `Number` and `Id`. `Latest` looks at the run of that job that started last, whether or
        /// not it fits itself.
        filter: Filter,
    },
    /// What may this caller do with a job?
    Permissions {
        /// The job.
        target: Target,
    },
    /// A job says, through its own dialect, how it fares.
    Report {
        /// The job.
        target: Target,
        /// Its new state; `None` is a sign of life.
        state: Option<State>,
        /// A sentence.
        message: Option<String>,
    },
    /// A job asks whether it is being cancelled. A job that is has thereby given a sign of life, which is on disk
    /// before it is answered; it is no change of the job.
    CheckIn {
        /// The job.
        target: Target,
    },
}

impl Command {
    /// Whether it may change a job, and so has a row in the audit.
    #[must_use]
    pub const fn is_changing(&self) -> bool {
        match self {
            Command::Cancel(_)
            | Command::Hold(_)
            | Command::Release(_)
            | Command::Acknowledge { .. }
            | Command::DeleteOutput { .. }
            | Command::Delete { .. }
            | Command::Report { .. } => true,
            Command::Status(_)
            | Command::Confirm { .. }
            | Command::List { .. }
            | Command::Runs { .. }
            | Command::Permissions { .. }
            | Command::CheckIn { .. } => false,
        }
    }

    /// The jobs that it names.
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        match self {
            Command::Cancel(cancel) => &cancel.targets,
            Command::Hold(order) | Command::Release(order) => &order.targets,
            Command::Acknowledge { target, .. }
            | Command::DeleteOutput { target }
            | Command::Delete { target }
            | Command::Status(Status { target, .. })
            | Command::Permissions { target }
            | Command::Report { target, .. }
            | Command::CheckIn { target } => std::slice::from_ref(target),
            Command::Confirm { .. } | Command::List { .. } | Command::Runs { .. } => &[],
        }
    }

    /// The name in lower snake case, as the audit, the log and the metrics write it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Command::Cancel(cancel) if cancel.force.is_some() => "force_cancel",
            Command::Cancel(_) => "cancel",
            Command::Hold(_) => "hold",
            Command::Release(_) => "release",
            Command::Acknowledge { .. } => "acknowledge",
            Command::DeleteOutput { .. } => "delete_output",
            Command::Delete { .. } => "delete",
            Command::Status(_) => "status",
            Command::Confirm { .. } => "confirm",
            Command::List { .. } => "list",
            Command::Runs { .. } => "runs",
            Command::Permissions { .. } => "permissions",
            Command::Report { .. } => "report",
            Command::CheckIn { .. } => "check_in",
        }
    }
}

/// A cancel.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Cancel {
    /// The jobs, in the order written; one may stand there twice.
    pub targets: Vec<Target>,
    /// How far it reaches from each target.
    pub reach: Reach,
    /// Do not wait for the runner any longer: end a job that has been Cancelling in silence for
    /// [`FORCE_AFTER`](crate::machine::FORCE_AFTER) and that this condition fits, in which a dialect says what else it
    /// asks for. Any other is not possible.
    pub force: Option<Filter>,
    /// A job that ends as Cancelled by this is thereby acknowledged.
    pub acknowledge_after: bool,
    /// A job that is acknowledged by this loses its output.
    pub delete_output: bool,
    /// How long the answer may wait for the end of an accepted cancel.
    pub settle: Duration,
    /// Whether the answer needs each job as it is afterwards.
    pub wants_after: bool,
}

/// A hold or a release.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Order {
    /// The jobs, in the order written; one may stand there twice.
    pub targets: Vec<Target>,
    /// How far it reaches from each target.
    pub reach: Reach,
    /// Whether the answer needs each job as it is afterwards.
    pub wants_after: bool,
}

/// How far an order reaches from its target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reach {
    /// The job itself. A parent is not found: its number names a trigger, not work.
    #[default]
    One,
    /// The trigger of the job and nothing else; a job without one is not found.
    Trigger,
    /// The job, its trigger and every unfinished descendant.
    Tree,
    /// The job itself; of a parent, every child that is not yet at work. None: not possible.
    Unstarted,
}

/// An end that can be acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Acknowledged {
    /// Cancelled.
    Cancel,
    /// Failed.
    Failure,
}

/// A job as a caller names it. Only an engine resolves it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// What was written, decoded.
    pub written: String,
    /// The number that would be, by the dialect's rule.
    pub number: Option<i64>,
    /// The dataset it must belong to, where the dialect has datasets.
    pub dataset: Option<String>,
}

impl Target {
    /// The job of that number.
    #[must_use]
    pub fn number(number: i64) -> Target {
        Target { written: number.to_string(), number: Some(number), dataset: None }
    }
}

/// A reading of one job.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// The job.
    pub target: Target,
    /// Which of its results are handed out.
    pub results: Results,
    /// Which of its children come with it.
    pub kin: Kin,
}

/// Which results a reading hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Results {
    /// None.
    None,
    /// All, as often as they are asked for.
    All,
    /// Those not delivered before. They are reserved for this answer for 30 s; a [`Command::Confirm`] makes them
    /// delivered, durably; without one they are handed out again.
    Undelivered,
    /// All, those delivered before included. That the job has ended is reserved and confirmed as with
    /// [`Undelivered`](Results::Undelivered), so that the last answer can be had once.
    Cumulative,
}

impl Results {
    /// Whether a reading with these may hand out something that is to be confirmed.
    #[must_use]
    pub const fn takes(self) -> bool {
        match self {
            Results::Undelivered | Results::Cumulative => true,
            Results::None | Results::All => false,
        }
    }
}

/// Which children come with a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kin {
    /// None.
    None,
    /// The one that started last; before any has started, the one with the highest number.
    Latest,
    /// All, by number.
    All,
}

impl Kin {
    /// Leaves of all the children of a job those that come along, in their order.
    pub fn choose(self, children: &mut Vec<Job>) {
        match self {
            Kin::None => children.clear(),
            Kin::Latest => {
                children.sort_by_key(|child| (child.started_at, child.number));
                children.drain(..children.len().saturating_sub(1));
            }
            // Stable: children whose ids mean no number stay in the order they are told in.
            Kin::All => children.sort_by_key(|child| child.number),
        }
    }
}

/// Results handed out and not yet confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Delivery(pub u64);

#[cfg(test)]
mod tests {
    use super::Call;

    #[test]
    fn a_request_id_is_visible_ascii_of_1_to_128_characters() {
        for fine in ["run-15", "!", &"x".repeat(128)] {
            assert!(Call::takes_request_id(fine), "{fine:?}");
        }
        for bad in ["", "two words", "tab\there", "é", &"x".repeat(129)] {
            assert!(!Call::takes_request_id(bad), "{bad:?}");
        }
    }
}
