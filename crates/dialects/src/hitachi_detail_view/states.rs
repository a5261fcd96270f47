//! Where a request stands, in the words of `status`: three flags instead of sixteen states, so most rows are lossy.

use countermand_model::State;

use crate::States;

/// The table as data.
pub(super) const STATES: States = States {
    members: &["HTTP status", "status.completed", "status.aborted", "status.hasErrors"],
    words: |state| {
        let Words { ended, completed, aborted, has_errors } = words(state);
        let flag = |flag| Some(if flag { "true" } else { "false" });
        vec![Some(if ended { "200" } else { "206" }), flag(completed), flag(aborted), flag(has_errors)]
    },
    others: Vec::new,
    asked: Vec::new,
    losses: &[
        (State::Queued, "The manual knows \"in progress\" only; what waits for its turn is in progress too."),
        (State::Cancelling, "A request is not aborted before its runner says so."),
        (
            State::Failed,
            "Processed, and something about it is wrong; an error of its own is relayed instead (inferred).",
        ),
    ],
};

/// What getStatus says of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// Nothing more will come: 200 instead of 206.
    pub(super) ended: bool,
    /// It was processed to its end.
    pub(super) completed: bool,
    /// It was stopped.
    pub(super) aborted: bool,
    /// The state alone says that something went wrong; the job may say so besides.
    pub(super) has_errors: bool,
}

const IN_PROGRESS: Words = Words { ended: false, completed: false, aborted: false, has_errors: false };
const COMPLETED: Words = Words { ended: true, completed: true, aborted: false, has_errors: false };
const WITH_ERRORS: Words = Words { has_errors: true, ..COMPLETED };
// Inferred: no page shows the status of a stopped request. It is over, so a poller must not see 206 for ever; it was
// not processed to its end, so nobody must take what there is for the whole.
const ABORTED: Words = Words { completed: false, aborted: true, ..COMPLETED };

/// The state that an answer tells of, as far as it does: what is in progress is running.
pub(super) const fn meaning(ended: bool, completed: bool, aborted: bool, has_errors: bool) -> State {
    match (ended, completed, aborted) {
        (false, _, _) => State::Running,
        (true, _, true) => State::Cancelled,
        (true, true, false) if has_errors => State::Warning,
        (true, true, false) => State::Succeeded,
        // Over, and neither processed to its end nor stopped: no page shows it.
        (true, false, false) => State::Failed,
    }
}

/// The words for a state.
pub(super) const fn words(state: State) -> Words {
    match state {
        // The manual knows "in progress" only; what waits for its turn "counts as asynchronous" too.
        State::Validating
        | State::Queued
        | State::Ready
        | State::Blocked
        | State::Held
        | State::Running
        | State::Paused
        | State::Finishing
        | State::Recovering => IN_PROGRESS,
        // Not aborted before its runner says so.
        State::Cancelling => IN_PROGRESS,
        State::Cancelled => ABORTED,
        State::Succeeded => COMPLETED,
        // Inferred: processed, and something about it is wrong. Failed and Invalid may have an error of their own.
        State::Warning | State::Failed | State::Invalid | State::Expired => WITH_ERRORS,
    }
}
