//! Our states and the words of `JobSummary`, both ways. The words are the documented values of JobSpecState, WorkState
//! and ResultState; which of our states each stands for is inferred, except where a line says otherwise.

use countermand_model::{Job, State, TriggerState};

use super::summary;
use crate::{OtherWord, States};

/// JobSpecState, documented.
pub(super) const JOB_STATUSES: &[&str] = &[
    "SCHEDULED",
    "COMPLETED",
    "SUSPENDED",
    "CANCELLED",
    "PENDINGAPPROVAL",
    "EXPIREDBEFOREAPPROVAL",
    "UNDEFINED",
];

/// WorkState, documented. Quirk: `PENDING_EXECUTION` here, `PENDINGEXECUTION` in ResultState;
/// fixtures/cisco-prime/unknown-word-json.http
pub(super) const RUN_STATUSES: &[&str] = &[
    "UNKNOWN",
    "CREATED",
    "RUNNING",
    "COMPLETED",
    "ABORTED",
    "INTERRUPTED",
    "CANCELLED",
    "PENDING_EXECUTION",
    "PAUSING",
    "PAUSED",
];

/// ResultState, documented.
pub(super) const RESULT_STATUSES: &[&str] = &[
    "UNKNOWN",
    "SUCCESS",
    "PARTIALSUCCESS",
    "FAILURE",
    "ROLLBACKED",
    "CANCELFAILED",
    "CANCELLED",
    "PENDINGEXECUTION",
    "PAUSED",
    "PARTIALFAILURE",
];

/// The table as data. `jobStatus` is that of a job without a trigger, before it has started.
pub(super) const STATES: States = States {
    members: &["runStatus", "resultStatus", "jobStatus"],
    words: |state| {
        let (work, result) = run_words(state);
        vec![Some(work), result, Some(job_status(&Job { state, ..Job::new(1, 0) }))]
    },
    others: || {
        let work = OTHER_WORK.iter().map(|(word, state)| ("runStatus", *word, *state));
        let results = OTHER_RESULTS.iter().filter(|(word, _)| *word != NO_RESULT);
        let results = results.map(|(word, state)| ("resultStatus", *word, *state));
        let other =
            |(member, word, state)| OtherWord { member, word, state, when: "the run's attributes say so" };
        work.chain(results).map(other).collect()
    },
    asked: Vec::new,
    losses: &[
        (State::Queued, "The vendor has one word for all that waits."),
        (State::Cancelling, "A run that was told to stop is at work until it has stopped."),
        (State::Expired, "What never did its work was aborted."),
    ],
};

/// The words for a run: its WorkState, and its ResultState where it has one.
///
/// Observed: a run that is RUNNING has no resultStatus; COMPLETED comes with SUCCESS.
pub(super) const fn run_words(state: State) -> (&'static str, Option<&'static str>) {
    match state {
        State::Validating => ("CREATED", None),
        // Lossy: the vendor has one word for all that waits.
        State::Queued | State::Ready | State::Blocked | State::Held | State::Recovering => {
            ("PENDING_EXECUTION", None)
        }
        // Lossy: a run that was told to stop is at work until it has stopped.
        State::Running | State::Finishing | State::Cancelling => ("RUNNING", None),
        State::Paused => ("PAUSED", None),
        State::Cancelled => ("CANCELLED", Some("CANCELLED")),
        State::Succeeded => ("COMPLETED", Some("SUCCESS")),
        State::Warning => ("COMPLETED", Some("PARTIALSUCCESS")),
        // COMPLETED, because clients wait for that word and then look at the result.
        State::Failed => ("COMPLETED", Some("FAILURE")),
        // Lossy: what never did its work was aborted.
        State::Invalid | State::Expired => ("ABORTED", Some("FAILURE")),
    }
}

/// WorkStates that a run may keep in its attributes, each with the state it stands for.
pub(super) const OTHER_WORK: &[(&str, State)] = &[
    ("PAUSING", State::Running),
    ("ABORTED", State::Failed),
    ("INTERRUPTED", State::Failed),
    // It is there, and nothing says that it has ended.
    (UNKNOWN, State::Running),
];

/// What a WorkState or a ResultState is when it is not told.
pub(super) const UNKNOWN: &str = "UNKNOWN";

/// In the place of a ResultState: the run has ended and shows none.
pub(super) const NO_RESULT: &str = "";

/// ResultStates that a run may keep in its attributes, each with the state it stands for.
pub(super) const OTHER_RESULTS: &[(&str, State)] = &[
    ("PARTIALFAILURE", State::Warning),
    ("ROLLBACKED", State::Failed),
    ("CANCELFAILED", State::Failed),
    ("PENDINGEXECUTION", State::Queued),
    ("PAUSED", State::Paused),
    ("CANCELFAILED", State::Running),
    ("FAILURE", State::Cancelled),
    ("CANCELLED", State::Failed),
    (UNKNOWN, State::Running),
    (UNKNOWN, State::Queued),
    (UNKNOWN, State::Cancelled),
    // It has ended, and nothing says how well.
    (UNKNOWN, State::Warning),
    (UNKNOWN, State::Failed),
    (NO_RESULT, State::Warning),
    (NO_RESULT, State::Failed),
    (NO_RESULT, State::Cancelled),
];

/// The order in which states are looked at for words that several are written as: the plainest of them first. What was
/// aborted by a server that says no more of it had begun to work.
const READ: [State; 16] = [
    State::Running,
    State::Queued,
    State::Validating,
    State::Paused,
    State::Cancelled,
    State::Succeeded,
    State::Warning,
    State::Failed,
    State::Held,
    State::Ready,
    State::Blocked,
    State::Recovering,
    State::Finishing,
    State::Cancelling,
    State::Expired,
    State::Invalid,
];

/// What the words of a run are read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading<'w> {
    pub(super) state: State,
    /// The WorkState, where the state alone would not be written so.
    pub(super) work: Option<&'w str>,
    /// The same of the ResultState.
    pub(super) result: Option<&'w str>,
}

/// The first state that is written with these words and fits; else the first that is; else, for words that contradict
/// each other, the first that is written with the WorkState, or with the ResultState where that says more. `None`: the
/// WorkState is nobody's word.
pub(super) fn read_run<'w>(
    work: &'w str,
    result: Option<&'w str>,
    fits: impl Fn(State) -> bool,
) -> Option<Reading<'w>> {
    let kept = |word: &'w str, own: &str, others: &[(&str, State)], state| {
        if word == own { Some(None) } else { others.contains(&(word, state)).then_some(Some(word)) }
    };
    let by_work = |state: &State| {
        let work = kept(work, run_words(*state).0, OTHER_WORK, *state)?;
        Some(Reading { state: *state, work, result: None })
    };
    let by_result = |state: &State| {
        let own = run_words(*state).1.unwrap_or(NO_RESULT);
        kept(result.unwrap_or(NO_RESULT), own, OTHER_RESULTS, *state)
    };
    let by_both = |state: &State| Some(Reading { result: by_result(state)?, ..by_work(state)? });
    let states = || READ.iter();
    let says_nothing = work == UNKNOWN && result.is_some_and(|result| result != UNKNOWN);
    let of_result = || {
        let state = states().find(|state| says_nothing && by_result(state) == Some(None))?;
        Some(Reading { state: *state, work: None, result: None })
    };
    states()
        .filter(|state| fits(**state))
        .find_map(by_both)
        .or_else(|| states().find_map(by_both))
        .or_else(of_result)
        .or_else(|| states().find_map(by_work))
}

/// The state of the trigger that a jobStatus tells of.
pub(super) fn read_trigger(word: &str) -> Option<TriggerState> {
    let own = TriggerState::ALL.into_iter().find(|state| trigger_word(*state) == word);
    own.or_else(|| OTHER_TRIGGERS.iter().find(|(other, _)| *other == word).map(|(_, state)| *state))
}

/// JobSpecStates that a job may keep in its attributes, each with the state of the trigger that it stands for. What waits
/// for an approval fires when that is given, as one that is suspended does when it is resumed; what was not approved in
/// time will not fire, and neither will what says nothing.
pub(super) const OTHER_TRIGGERS: &[(&str, TriggerState)] = &[
    ("PENDINGAPPROVAL", TriggerState::Suspended),
    ("EXPIREDBEFOREAPPROVAL", TriggerState::Completed),
    ("UNDEFINED", TriggerState::Completed),
];

/// The word for a job's trigger.
pub(super) const fn trigger_word(state: TriggerState) -> &'static str {
    match state {
        TriggerState::Scheduled => "SCHEDULED",
        TriggerState::Suspended => "SUSPENDED",
        TriggerState::Cancelled => "CANCELLED",
        TriggerState::Completed => "COMPLETED",
    }
}

/// The JobSpecState of a job. It describes the trigger, not the run: observed is COMPLETED beside a run that is
/// RUNNING.
pub(super) fn job_status(job: &Job) -> &'static str {
    let Some(trigger) = &job.trigger else { return untriggered_word(job.state, job.started_at.is_some()) };
    let kept: Option<String> = summary::kept(job, "jobStatus");
    let other =
        OTHER_TRIGGERS.iter().find(|(word, state)| *state == trigger.state && kept.as_deref() == Some(word));
    other.map_or(trigger_word(trigger.state), |(word, _)| word)
}

/// The word for a job without a trigger: it is taken as triggered once, when it starts.
pub(super) const fn untriggered_word(state: State, has_started: bool) -> &'static str {
    match state {
        State::Held => "SUSPENDED",
        State::Validating | State::Queued | State::Ready | State::Blocked => "SCHEDULED",
        State::Cancelled if !has_started => "CANCELLED",
        State::Running
        | State::Paused
        | State::Finishing
        | State::Recovering
        | State::Cancelling
        | State::Cancelled
        | State::Invalid
        | State::Succeeded
        | State::Warning
        | State::Failed
        | State::Expired => "COMPLETED",
    }
}

/// The word that a run shows: the one that was kept for it, while the state that this one stands for holds, else the
/// state's own.
pub(super) fn shown<'w>(
    own: Option<&'w str>,
    kept: Option<&'w str>,
    others: &[(&str, State)],
    state: State,
) -> Option<&'w str> {
    kept.filter(|word| others.contains(&(*word, state))).or(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_documented_words() {
        for state in State::ALL {
            let (word, result) = run_words(state);
            assert!(RUN_STATUSES.contains(&word), "{state}: {word}");
            assert!(result.is_none_or(|word| RESULT_STATUSES.contains(&word)), "{state}: {result:?}");
            assert_eq!(
                result.is_some(),
                state.is_terminal(),
                "{state} has a result exactly when it has ended"
            );
        }
        assert!(OTHER_TRIGGERS.iter().all(|(word, _)| JOB_STATUSES.contains(word)));
        assert!(OTHER_WORK.iter().all(|(word, _)| RUN_STATUSES.contains(word)));
        let known = |word| word == NO_RESULT || RESULT_STATUSES.contains(&word);
        assert!(OTHER_RESULTS.iter().all(|(word, _)| known(word)));
    }
}
