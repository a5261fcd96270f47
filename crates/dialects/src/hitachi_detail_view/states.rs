//! Where a request stands, in the words of `status`: three flags instead of sixteen states, so most rows are lossy.

use countermand_model::State;

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
