//! What came of an operation of `jobService` on several ids: one success or failure per id, in sentences.
//!
//! Documented are the two lists, the words `Success` and `Failure`, and the name of each operation. No real answer is
//! public: every sentence, and on which side each effect is, is inferred.

use bytes::Bytes;
use countermand_model::{Acted, Cancel, Command, Effect, Outcome, Reach};
use http::{Response, StatusCode};

use super::wire::{OperationResultWire, StatusWire};
use super::{Prime, encode, errors};
use crate::Echo;

/// The values of `status`, documented: "Could be Success of Failure" [sic].
const SUCCESS: &str = "Success";
const FAILURE: &str = "Failure";

/// The sentence about all ids together.
const ALL_SUCCEEDED: &str = "The operation succeeded.";
const SOME_SUCCEEDED: &str = "The operation succeeded for some of the ids.";
const NONE_SUCCEEDED: &str = "The operation failed.";

/// The sentences of one operation, one per effect.
struct Words {
    /// `operation`: a documented value of `OperationEnum`.
    operation: &'static str,
    done: &'static str,
    accepted: &'static str,
    /// With its side: only to a cancel it is what was asked for.
    already_cancelling: (&'static str, &'static str),
    already_so: &'static str,
    already_cancelled: &'static str,
    already_finished: &'static str,
    not_found: &'static str,
    forbidden: &'static str,
    not_possible: &'static str,
    taken: &'static str,
    unanswered: &'static str,
}

const CANCEL_RUNNING: Words = Words {
    operation: "CANCELRUNNING",
    done: "The run instance was cancelled.",
    accepted: "The run instance is being cancelled.",
    already_cancelling: (SUCCESS, "The run instance is already being cancelled."),
    already_so: "The run instance is already being cancelled.",
    already_cancelled: "The run instance was already cancelled.",
    already_finished: "The run instance has already finished.",
    not_found: "The run instance does not exist.",
    forbidden: "The run instance belongs to another user.",
    not_possible: "The run instance cannot be cancelled in its present state.",
    taken: "The cancellation was taken, but it is not verified that the run instance stopped.",
    unanswered: "There was no answer: it is unknown whether the run instance is being cancelled.",
};

const SUSPEND: Words = Words {
    operation: "SUSPEND",
    done: "The job was suspended.",
    accepted: "The job is being suspended.",
    already_cancelling: (FAILURE, "The job is being cancelled."),
    already_so: "The job is already suspended.",
    already_cancelled: "The job was already cancelled.",
    already_finished: "The job has already finished.",
    // A job that nothing triggers is no job here: these orders are for triggers.
    not_found: "The job does not exist, or nothing triggers it.",
    forbidden: "The job belongs to another user.",
    not_possible: "The job cannot be suspended in its present state.",
    taken: "The order was taken, but it is not verified that the job was suspended.",
    unanswered: "There was no answer: it is unknown whether the job was suspended.",
};

const RESUME: Words = Words {
    operation: "RESUME",
    done: "The job was resumed.",
    accepted: "The job is being resumed.",
    already_so: "The job is not suspended.",
    not_possible: "The job cannot be resumed in its present state.",
    taken: "The order was taken, but it is not verified that the job was resumed.",
    unanswered: "There was no answer: it is unknown whether the job was resumed.",
    ..SUSPEND
};

const CANCEL: Words = Words {
    operation: "CANCEL",
    done: "The job was cancelled.",
    accepted: "The job is being cancelled.",
    already_cancelling: (SUCCESS, "The job is already being cancelled."),
    already_so: "The job is already being cancelled.",
    not_possible: "The job cannot be cancelled in its present state.",
    taken: "The order was taken, but it is not verified that the job was cancelled.",
    unanswered: "There was no answer: it is unknown whether the job was cancelled.",
    ..SUSPEND
};

/// What a server told of one id, as the effect that is told so here: the tables above read backwards. `None`: the
/// words are nobody's here.
pub(super) fn effect_of(command: &Command, is_success: bool, message: &str) -> Option<Effect> {
    let (words, may_be): (_, fn(Effect) -> bool) = match command {
        Command::Cancel(Cancel { reach: Reach::Trigger, .. }) => (&CANCEL, |effect| effect != Effect::Done),
        Command::Cancel(_) => (&CANCEL_RUNNING, |effect| effect != Effect::Done),
        Command::Hold(_) => (&SUSPEND, |effect| effect != Effect::Cancelled),
        Command::Release(_) => (&RESUME, |effect| effect != Effect::Cancelled),
        Command::Acknowledge { .. }
        | Command::DeleteOutput { .. }
        | Command::Delete { .. }
        | Command::Status(_)
        | Command::Confirm { .. }
        | Command::List { .. }
        | Command::Runs { .. }
        | Command::Permissions { .. }
        | Command::Report { .. }
        | Command::CheckIn { .. } => return None,
    };
    let told = (if is_success { SUCCESS } else { FAILURE }, message);
    Effect::ALL.into_iter().find(|effect| may_be(*effect) && words_for(*effect, words) == told)
}

pub(super) fn cancel_running(_: &Prime, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    result(echo, outcome, &CANCEL_RUNNING)
}

pub(super) fn suspend(_: &Prime, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    result(echo, outcome, &SUSPEND)
}

pub(super) fn resume(_: &Prime, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    result(echo, outcome, &RESUME)
}

pub(super) fn cancel(_: &Prime, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    result(echo, outcome, &CANCEL)
}

/// An id that could not be helped is no HTTP error; fixtures/cisco-prime/v1-mixed-json.http
fn result(echo: &Echo, outcome: &Outcome, words: &Words) -> Response<Bytes> {
    let targets = match outcome {
        Outcome::Acted { targets, .. } => targets,
        Outcome::Read { .. }
        | Outcome::Confirmed
        | Outcome::Listed { .. }
        | Outcome::Runs { .. }
        | Outcome::Permitted(_)
        | Outcome::CheckedIn(_) => return errors::defect(echo),
    };
    let mut result = OperationResultWire { operation: words.operation, ..OperationResultWire::default() };
    for acted in targets {
        let status = status(acted, words);
        let list = if status.status == SUCCESS { &mut result.success } else { &mut result.failure };
        list.push(status);
    }
    result.message = match (result.success.is_empty(), result.failure.is_empty()) {
        (_, true) => ALL_SUCCEEDED,
        (false, false) => SOME_SUCCEEDED,
        (true, false) => NONE_SUCCEEDED,
    };
    encode::response(echo, StatusCode::OK, result.write(echo))
}

/// What came of one id.
fn status<'a>(acted: &'a Acted, words: &Words) -> StatusWire<'a> {
    let (status, message) = words_for(acted.effect, words);
    StatusWire { id: &acted.target.written, message, status }
}

/// The `status` and the sentence of an effect.
fn words_for(effect: Effect, words: &Words) -> (&'static str, &'static str) {
    match effect {
        Effect::Cancelled | Effect::Done => (SUCCESS, words.done),
        Effect::Accepted => (SUCCESS, words.accepted),
        Effect::AlreadyCancelling => words.already_cancelling,
        // Quirk: what is as it was asked to be is a success, so that an order may be sent again;
        // fixtures/cisco-prime/v2-suspend-twice-json.http
        Effect::AlreadySo => (SUCCESS, words.already_so),
        Effect::AlreadyCancelled => (FAILURE, words.already_cancelled),
        Effect::AlreadyFinished => (FAILURE, words.already_finished),
        Effect::NotFound => (FAILURE, words.not_found),
        Effect::Forbidden => (FAILURE, words.forbidden),
        Effect::NotPossible => (FAILURE, words.not_possible),
        Effect::UnverifiedTaken => (SUCCESS, words.taken),
        Effect::UnverifiedUnanswered => (FAILURE, words.unanswered),
    }
}
