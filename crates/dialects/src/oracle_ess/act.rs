//! Answers to orders: which effect of which order is the links of the request, and which is a refusal. What an order
//! does to a job is not known here.

use bytes::Bytes;
use countermand_model::machine::FORCE_AFTER;
use countermand_model::{Acted, Effect, Fault, FaultKind, Outcome, State};
use http::{Response, StatusCode};

use super::selection::Selection;
use super::wire::write_action;
use super::{OracleEss, details, encode, errors, states};
use crate::Echo;

/// The answer of cancelling.
///
/// Quirk: success is 200 with links, not 202 or 204, and says that the cancel was begun, not that it is done;
/// fixtures/oracle-ess/cancel-running.http
pub(super) fn cancel(codec: &OracleEss, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    answer(codec, echo, outcome, of_cancel, "cancelled")
}

/// The answer of cancelling by force: it is done, or it is not possible.
pub(super) fn force_cancel(codec: &OracleEss, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    if let Outcome::Acted { targets, .. } = outcome
        && let [Acted { target, effect: Effect::NotPossible, before: Some(State::Cancelling), .. }] =
            targets.as_slice()
    {
        let minutes = FORCE_AFTER / 60_000;
        let detail = format!(
            "Request {} cannot be cancelled by force: {NOT_WAITING}, and be cancelling without a sign of life for \
             {minutes} minutes.",
            target.written
        );
        return errors::wrong_state(codec, echo, &detail);
    }
    answer(codec, echo, outcome, of_cancel, "cancelled by force")
}

/// What is said of one that is cancelling and may not be ended by force.
const NOT_WAITING: &str = "it must wait for an asynchronous answer itself";

/// What is said before the word of the state that an order met.
const ITS_STATE: &str = "its state is ";

/// The state that an order met, as the sentence says that refuses it; other servers' sentences are not known.
pub(super) fn state_before(detail: &str) -> Option<State> {
    if detail.contains(NOT_WAITING) {
        return Some(State::Cancelling);
    }
    let (_, word) = detail.strip_suffix('.')?.rsplit_once(ITS_STATE)?;
    states::state(word)
}

/// The answer of holding.
pub(super) fn hold(codec: &OracleEss, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    answer(codec, echo, outcome, of_order, "held")
}

/// The answer of releasing.
pub(super) fn release(codec: &OracleEss, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    answer(codec, echo, outcome, of_order, "released")
}

/// The answer of a job's report.
pub(super) fn report(codec: &OracleEss, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    answer(codec, echo, outcome, of_order, "updated")
}

/// The answer of deleting.
///
/// Quirk: 204 without a body, where every other order is answered with links; fixtures/oracle-ess/delete-succeeded.http
pub(super) fn delete(codec: &OracleEss, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    if let Outcome::Acted { targets, .. } = outcome
        && let [Acted { target, effect: Effect::NotPossible, before: Some(before), .. }] = targets.as_slice()
        && before.is_terminal()
    {
        // Quirk: an ended request is refused for one reason only, that it is a child, and its state does not say so;
        // fixtures/oracle-ess/delete-child.http
        let detail = format!("Request {} cannot be deleted: it is not a top-level request.", target.written);
        return errors::wrong_state(codec, echo, &detail);
    }
    let mut response = answer(codec, echo, outcome, of_order, "deleted");
    if response.status() == StatusCode::OK {
        response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    response
}

/// What an effect is to the caller.
enum Told {
    /// "Operation initiated".
    Initiated,
    /// "Unsupported state for operation".
    WrongState,
    /// "Request ID not found".
    NotFound,
    /// "Not authorized".
    Forbidden,
    /// The engine did not say what came of it.
    Unanswered,
    /// The order cannot have this effect: the engine is broken.
    Defect,
}

const fn of_cancel(effect: Effect) -> Told {
    match effect {
        // Quirk: a repeated cancel is 200 as long as the request has not ended (inferred: Oracle's Java API refuses
        // ended ones only); fixtures/oracle-ess/cancel-repeated.http
        Effect::Cancelled | Effect::Accepted | Effect::AlreadyCancelling | Effect::UnverifiedTaken => {
            Told::Initiated
        }
        Effect::AlreadyCancelled | Effect::AlreadyFinished | Effect::NotPossible => Told::WrongState,
        Effect::NotFound => Told::NotFound,
        Effect::Forbidden => Told::Forbidden,
        Effect::UnverifiedUnanswered => Told::Unanswered,
        Effect::Done | Effect::AlreadySo => Told::Defect,
    }
}

/// Of an order that is done or not, with nothing between the two.
const fn of_order(effect: Effect) -> Told {
    match effect {
        // Quirk: what is so already is 200 as well, so that an order may be repeated whose answer was lost
        // (inferred); fixtures/oracle-ess/hold-repeated.http, and for a family with a child at work
        // fixtures/oracle-ess/hold-parent-repeated.http
        Effect::Done | Effect::AlreadySo | Effect::UnverifiedTaken => Told::Initiated,
        Effect::NotPossible
        | Effect::AlreadyCancelling
        | Effect::AlreadyCancelled
        | Effect::AlreadyFinished => Told::WrongState,
        Effect::NotFound => Told::NotFound,
        Effect::Forbidden => Told::Forbidden,
        Effect::UnverifiedUnanswered => Told::Unanswered,
        Effect::Cancelled | Effect::Accepted => Told::Defect,
    }
}

fn answer(
    codec: &OracleEss,
    echo: &Echo,
    outcome: &Outcome,
    told: fn(Effect) -> Told,
    participle: &str,
) -> Response<Bytes> {
    let Outcome::Acted { targets, .. } = outcome else { return encode::defect(codec, echo) };
    let [Acted { target, effect, before, .. }] = targets.as_slice() else {
        return encode::defect(codec, echo);
    };
    let id = &target.written;
    let refused = |kind, message: String| errors::fault(codec, echo, &Fault::new(kind, message));
    match told(*effect) {
        Told::Initiated => {
            let links = details::links(codec, echo, id.as_str().into(), None, &Selection::all());
            encode::json(echo, 200, write_action(&links))
        }
        Told::WrongState => {
            let state = before.map(|state| format!(": {ITS_STATE}{}", states::word(state)));
            let detail = format!("Request {id} cannot be {participle}{}.", state.unwrap_or_default());
            errors::wrong_state(codec, echo, &detail)
        }
        Told::NotFound => refused(FaultKind::NotFound, encode::not_found(echo)),
        Told::Forbidden => refused(FaultKind::Forbidden, String::new()),
        Told::Unanswered => refused(
            FaultKind::Unreachable,
            format!("The scheduler did not answer. Whether request {id} was {participle} is not known."),
        ),
        Told::Defect => encode::defect(codec, echo),
    }
}
