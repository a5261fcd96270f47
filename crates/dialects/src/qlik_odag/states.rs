//! The canonical states in ODAG's words, and back. One table; rows that lose something say what.

use countermand_model::State;

/// A state, whether it is acknowledged, and ODAG's word for the two. The first row of a word is what it is read as.
// Quirk: one l, and camel case for acknowledged ends; fixtures/qlik-odag/get-canceled-ack.http
const TABLE: &[(State, bool, &str)] = &[
    (State::Validating, false, "validating"),
    (State::Queued, false, "queued"),
    // What keeps a queued request from loading has no word.
    (State::Ready, false, "queued"),
    (State::Blocked, false, "queued"),
    (State::Recovering, false, "queued"),
    (State::Invalid, false, "invalid"),
    (State::Held, false, "hold"),
    (State::Running, false, "loading"),
    // Waiting for children and post-processing are part of loading.
    (State::Paused, false, "loading"),
    (State::Finishing, false, "loading"),
    (State::Cancelling, false, "canceling"),
    (State::Cancelled, false, "canceled"),
    (State::Cancelled, true, "canceledAck"),
    (State::Failed, false, "failed"),
    (State::Failed, true, "failedAck"),
    // Time that ran out is a failure without a word of its own; it cannot be acknowledged.
    (State::Expired, false, "failed"),
    (State::Succeeded, false, "succeeded"),
    // The reservations are told by `loadState.status`.
    (State::Warning, false, "succeeded"),
];

/// ODAG's word for a state. Acknowledgement shows on a canceled and a failed request only.
#[must_use]
pub fn word(state: State, acknowledged: bool) -> &'static str {
    let word = |acknowledged| {
        TABLE
            .iter()
            .find(|(canonical, mark, _)| *canonical == state && *mark == acknowledged)
            .map(|row| row.2)
    };
    let marked = if acknowledged { word(true) } else { None };
    marked.or_else(|| word(false)).expect("the table has a row for every state, and a test says so")
}

/// The state that a word means, and whether it is acknowledged.
#[must_use]
pub fn from_word(word: &str) -> Option<(State, bool)> {
    TABLE.iter().find(|row| row.2 == word).map(|(state, acknowledged, _)| (*state, *acknowledged))
}

/// The word of `loadState.status` for a request whose load has begun. An interrupted load has none.
#[must_use]
pub fn load_status(state: State) -> Option<&'static str> {
    match state {
        State::Running | State::Paused | State::Finishing | State::Cancelling => Some("pending"),
        State::Succeeded => Some("success"),
        State::Warning => Some("warnings"),
        State::Failed | State::Expired => Some("failed"),
        State::Validating
        | State::Invalid
        | State::Queued
        | State::Ready
        | State::Blocked
        | State::Held
        | State::Recovering
        | State::Cancelled => None,
    }
}

/// Whether a request in this state shows no load, even if one was begun before.
#[must_use]
pub fn is_before_loading(state: State) -> bool {
    matches!(word(state, false), "validating" | "invalid" | "queued" | "hold")
}
