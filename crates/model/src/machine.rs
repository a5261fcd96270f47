//! The state machine, as one table. The ledger obeys it, the documentation prints it, and the property tests
//! hold it to three promises: no illegal move, terminal is final, a repeated order is harmless.

use crate::{Effect, State, TriggerState};

/// For how long a job must have been Cancelling in silence ([`Job::silent_since`](crate::Job::silent_since)) before a
/// forced cancel ends it: 30 minutes, in milliseconds. Source: Oracle's page of `forceCancel`.
pub const FORCE_AFTER: i64 = 30 * 60 * 1000;

/// An order to one job, stripped of everything but what the machine looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// Stop it.
    Cancel,
    /// Stop waiting for its runner to confirm. The caller of [`judge`] has checked that the job fits the condition of
    /// the order and has been silent for [`FORCE_AFTER`].
    ForceCancel,
    /// Keep it from starting.
    Hold,
    /// Let a held job go.
    Release,
    /// Take note of its cancellation.
    AcknowledgeCancel,
    /// Take note of its failure.
    AcknowledgeFailure,
    /// Put it out of sight.
    Delete,
}

impl Move {
    /// Every move.
    pub const ALL: [Move; 7] = [
        Move::Cancel,
        Move::ForceCancel,
        Move::Hold,
        Move::Release,
        Move::AcknowledgeCancel,
        Move::AcknowledgeFailure,
        Move::Delete,
    ];
}

/// What an order does to a job in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What is reported.
    pub effect: Effect,
    /// Where the job goes; `None` when it stays.
    pub to: Option<State>,
    /// Whether the job is thereby acknowledged.
    pub acknowledges: bool,
}

const fn row(effect: Effect, to: Option<State>) -> Judgement {
    Judgement { effect, to, acknowledges: false }
}

/// One row: an order, the states it is given in, and what comes of it.
pub type Row = (Move, &'static [State], Judgement);

use State::{
    Blocked, Cancelled, Cancelling, Expired, Failed, Finishing, Held, Invalid, Paused, Queued, Ready,
    Recovering, Running, Succeeded, Validating, Warning,
};

/// Every order that does something or is told why not. A pair that is not here is [`Effect::NotPossible`].
pub const TABLE: &[Row] = &[
    (
        Move::Cancel,
        &[Validating, Queued, Ready, Blocked, Held, Recovering],
        row(Effect::Cancelled, Some(Cancelled)),
    ),
    (Move::Cancel, &[Running, Finishing, Paused], row(Effect::Accepted, Some(Cancelling))),
    (Move::Cancel, &[Cancelling], row(Effect::AlreadyCancelling, None)),
    (Move::Cancel, &[Cancelled], row(Effect::AlreadyCancelled, None)),
    (Move::Cancel, &[Invalid, Succeeded, Warning, Failed, Expired], row(Effect::AlreadyFinished, None)),
    (Move::ForceCancel, &[Cancelling], row(Effect::Cancelled, Some(Cancelled))),
    (Move::Hold, &[Queued, Ready], row(Effect::Done, Some(Held))),
    (Move::Hold, &[Held], row(Effect::AlreadySo, None)),
    (Move::Release, &[Held], row(Effect::Done, Some(Queued))),
    (Move::AcknowledgeCancel, &[Cancelled], Judgement { effect: Effect::Done, to: None, acknowledges: true }),
    (Move::AcknowledgeFailure, &[Failed], Judgement { effect: Effect::Done, to: None, acknowledges: true }),
    (Move::Delete, &[Invalid, Cancelled, Succeeded, Warning, Failed, Expired], row(Effect::Done, None)),
];

/// What an order does to a job in `state`, `acknowledged` or not.
#[must_use]
pub fn judge(order: Move, state: State, acknowledged: bool) -> Judgement {
    let refused = row(Effect::NotPossible, None);
    TABLE
        .iter()
        .find(|(asked, from, _)| *asked == order && from.contains(&state))
        .map(|(_, _, judgement)| *judgement)
        .filter(|judgement| !(judgement.acknowledges && acknowledged))
        .unwrap_or(refused)
}

/// Every order to a trigger; a pair that is not here is [`Effect::NotPossible`].
pub const TRIGGERS: &[(Move, TriggerState, Effect, Option<TriggerState>)] = &[
    (Move::Hold, TriggerState::Scheduled, Effect::Done, Some(TriggerState::Suspended)),
    (Move::Hold, TriggerState::Suspended, Effect::AlreadySo, None),
    (Move::Release, TriggerState::Suspended, Effect::Done, Some(TriggerState::Scheduled)),
    (Move::Release, TriggerState::Scheduled, Effect::AlreadySo, None),
    (Move::Cancel, TriggerState::Scheduled, Effect::Cancelled, Some(TriggerState::Cancelled)),
    (Move::Cancel, TriggerState::Suspended, Effect::Cancelled, Some(TriggerState::Cancelled)),
];

/// What an order does to a trigger.
#[must_use]
pub fn judge_trigger(order: Move, state: TriggerState) -> (Effect, Option<TriggerState>) {
    TRIGGERS
        .iter()
        .find(|(asked, from, _, _)| *asked == order && *from == state)
        .map_or((Effect::NotPossible, None), |(_, _, effect, to)| (*effect, *to))
}

/// The moves a runner may report: from each state, where a job may go by itself.
///
/// Held is left by a release only, so a runner that did not hear of the hold is told not to start. Cancelling is
/// left to Cancelled, or to the end the job reached first.
pub const REPORTS: &[(State, &[State])] = &[
    (Validating, &[Invalid, Queued, Ready, Blocked, Running, Failed, Expired]),
    (Queued, &[Ready, Blocked, Running, Failed, Expired]),
    (Ready, &[Queued, Blocked, Running, Failed, Expired]),
    (Blocked, &[Queued, Ready, Running, Failed, Expired]),
    (Held, &[Expired]),
    (Running, &[Paused, Finishing, Recovering, Cancelled, Succeeded, Warning, Failed, Expired]),
    (Paused, &[Running, Finishing, Recovering, Cancelled, Succeeded, Warning, Failed, Expired]),
    (Finishing, &[Recovering, Cancelled, Succeeded, Warning, Failed, Expired]),
    (Recovering, &[Queued, Ready, Running, Failed, Expired]),
    (Cancelling, &[Cancelled, Succeeded, Warning, Failed]),
];

/// Whether a runner may report `to` of a job in `from`. The same state again is harmless, but for two reasons it is
/// not always allowed: a second runner must not start a running job (the ledger compares runners), and a terminal
/// state takes no more news.
#[must_use]
pub fn may_report(from: State, to: State) -> bool {
    (from == to && !from.is_terminal())
        || REPORTS.iter().any(|(state, onward)| *state == from && onward.contains(&to))
}

#[cfg(test)]
mod tests;
