//! The canonical states of a job. Each dialect's `states.rs` maps them to that dialect's words.

/// Where a job stands.
///
/// Nothing leaves a terminal state except by acknowledgement, which is a mark on the job and not a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Accepted, its parameters not yet checked.
    Validating,
    /// Its parameters were refused. Terminal.
    Invalid,
    /// Waits for its turn.
    Queued,
    /// Dispatched, about to start.
    Ready,
    /// Kept from starting by another job.
    Blocked,
    /// Kept from starting by an order; a release lets it go.
    Held,
    /// At work.
    Running,
    /// At work, waits for its children.
    Paused,
    /// The work is done, post-processing is not. Not terminal.
    Finishing,
    /// Failed once, waits for a retry. Not terminal.
    Recovering,
    /// Told to stop; its runner has not yet confirmed.
    Cancelling,
    /// Stopped by order. Terminal.
    Cancelled,
    /// Done. Terminal.
    Succeeded,
    /// Done, with reservations. Terminal.
    Warning,
    /// Went wrong. Terminal.
    Failed,
    /// Its time ran out before it could start or end. Terminal.
    Expired,
}

impl State {
    /// Every state, in the order of the design's table.
    pub const ALL: [State; 16] = [
        State::Validating,
        State::Invalid,
        State::Queued,
        State::Ready,
        State::Blocked,
        State::Held,
        State::Running,
        State::Paused,
        State::Finishing,
        State::Recovering,
        State::Cancelling,
        State::Cancelled,
        State::Succeeded,
        State::Warning,
        State::Failed,
        State::Expired,
    ];

    /// The name in lower snake case, as the control API and the ledger write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            State::Validating => "validating",
            State::Invalid => "invalid",
            State::Queued => "queued",
            State::Ready => "ready",
            State::Blocked => "blocked",
            State::Held => "held",
            State::Running => "running",
            State::Paused => "paused",
            State::Finishing => "finishing",
            State::Recovering => "recovering",
            State::Cancelling => "cancelling",
            State::Cancelled => "cancelled",
            State::Succeeded => "succeeded",
            State::Warning => "warning",
            State::Failed => "failed",
            State::Expired => "expired",
        }
    }

    /// The state of that [`name`](State::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether the job has ended.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        match self {
            State::Invalid
            | State::Cancelled
            | State::Succeeded
            | State::Warning
            | State::Failed
            | State::Expired => true,
            State::Validating
            | State::Queued
            | State::Ready
            | State::Blocked
            | State::Held
            | State::Running
            | State::Paused
            | State::Finishing
            | State::Recovering
            | State::Cancelling => false,
        }
    }

    /// Whether work has begun and has not ended: a runner holds the job.
    #[must_use]
    pub const fn is_at_work(self) -> bool {
        matches!(self, State::Running | State::Paused | State::Finishing | State::Cancelling)
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
