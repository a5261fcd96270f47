//! ESS state words and the canonical states. Nothing here knows a job: whether a word that an owner of jobs gave still
//! stands is asked in `details.rs`, and for a list in `query/names.rs`.
//!
//! The words are those of `oracle.as.scheduler.State`, in upper snake case and with the British double L.

use countermand_model::State;

use crate::{AskedWord, OtherWord, States};

/// The table as data.
pub(super) const STATES: States = States {
    members: &["state"],
    words: |state| vec![Some(word(state))],
    others: || {
        let when = "the request's attributes say so";
        LOSSY.iter().map(|(word, state)| OtherWord { member: "state", word, state: *state, when }).collect()
    },
    asked: || {
        let reported = |(word, state): &(&str, Option<State>)| AskedWord {
            place: "`status` of `executionStatus`",
            word: (*word).to_owned(),
            states: state.iter().copied().collect(),
        };
        REPORTS.iter().map(reported).collect()
    },
    losses: &[],
};

/// The word for a state.
pub(super) const fn word(state: State) -> &'static str {
    match state {
        State::Validating => "PENDING_VALIDATION",
        State::Invalid => "VALIDATION_FAILED",
        State::Queued => "WAIT",
        State::Ready => "READY",
        State::Blocked => "BLOCKED",
        State::Held => "HOLD",
        State::Running => "RUNNING",
        State::Paused => "PAUSED",
        // Quirk: COMPLETED is not an end: the executable is done, its post-processing is not, and a cancel still
        // goes to CANCELLING; fixtures/oracle-ess/cancel-completed.http
        State::Finishing => "COMPLETED",
        State::Recovering => "ERROR_AUTO_RETRY",
        State::Cancelling => "CANCELLING",
        State::Cancelled => "CANCELLED",
        State::Succeeded => "SUCCEEDED",
        State::Warning => "WARNING",
        State::Failed => "ERROR",
        State::Expired => "EXPIRED",
    }
}

/// Words that share a canonical state with another word, and so are lost unless a job's attributes keep them.
const LOSSY: &[(&str, State)] = &[
    // A schedule parent whose schedule is used up while its instances still run.
    ("SCHEDULE_ENDED", State::Running),
    // Waits like ERROR_AUTO_RETRY, but for a person.
    ("ERROR_MANUAL_RECOVERY", State::Recovering),
    // A parent that has ended together with all its children, however each of them ended.
    ("FINISHED", State::Succeeded),
];

/// What a job says of itself: the documented words of `status`, and the state each reports. `UPDATE` reports none, it is
/// a sign of life.
///
/// Quirk: a business error is an error like any other here, and a job that suspends itself is paused like one that
/// waits for its sub-requests (inferred); fixtures/oracle-ess/execution-status-business-error.http
pub(super) const REPORTS: [(&str, Option<State>); 8] = [
    ("SUCCESS", Some(State::Succeeded)),
    ("UPDATE", None),
    ("PAUSE", Some(State::Paused)),
    ("WARNING", Some(State::Warning)),
    ("ERROR", Some(State::Failed)),
    ("BUSINESS_ERROR", Some(State::Failed)),
    ("CANCEL", Some(State::Cancelled)),
    ("SUSPEND", Some(State::Paused)),
];

/// The word by which a state, or a sign of life, is reported: the first of its words. `None` where a job cannot say so.
pub(super) fn report(state: Option<State>) -> Option<&'static str> {
    REPORTS.into_iter().find(|(_, reported)| *reported == state).map(|(word, _)| word)
}

/// The state a word means. `UNKNOWN`, the twentieth word, says that ESS itself does not know: it means none.
pub(super) fn state(wanted: &str) -> Option<State> {
    let exact = State::ALL.into_iter().find(|state| word(*state) == wanted);
    exact.or_else(|| LOSSY.iter().find(|(lossy, _)| *lossy == wanted).map(|(_, state)| *state))
}

/// Every word that there is, `UNKNOWN` too: the twenty of `oracle.as.scheduler.State`.
pub(super) fn words() -> Vec<&'static str> {
    let lossy = LOSSY.iter().map(|(lossy, _)| *lossy);
    State::ALL.into_iter().map(word).chain(lossy).chain(["UNKNOWN"]).collect()
}

/// The words that a state has beside its own, where a job's attributes keep one.
pub(super) fn lossy(state: State) -> impl Iterator<Item = &'static str> {
    LOSSY.iter().filter(move |(_, of)| *of == state).map(|(lossy, _)| *lossy)
}

/// `stateDescription`: the word in title case. `Hold` and `Wait` were seen; a blank for each underscore is inferred.
pub(super) fn description(word: &str) -> String {
    let mut description = String::with_capacity(word.len());
    let mut first = true;
    for letter in word.chars() {
        let written = match (letter, first) {
            ('_', _) => ' ',
            (letter, true) => letter.to_ascii_uppercase(),
            (letter, false) => letter.to_ascii_lowercase(),
        };
        description.push(written);
        first = letter == '_';
    }
    description
}

/// `cause`: why a request is where it is. `started` tells a cancel in the queue from one at work.
///
/// The words are documented; which of them a cancelled request has is inferred from their names.
pub(super) const fn cause(state: State, started: bool) -> &'static str {
    match state {
        State::Validating
        | State::Queued
        | State::Ready
        | State::Blocked
        | State::Held
        | State::Running
        | State::Paused
        | State::Finishing
        | State::Recovering
        | State::Cancelling => "NON_TERMINAL",
        State::Invalid => "VALIDATION_ERROR",
        State::Cancelled if started => "PROCESS_CANCEL",
        State::Cancelled => "OPERATOR_CANCEL",
        State::Succeeded => "PROCESS_SUCCESS",
        State::Warning => "PROCESS_WARNING",
        State::Failed => "PROCESS_ERROR",
        State::Expired => "REQUEST_EXPIRED",
    }
}
