//! Outcomes as responses: which effect is an answer and which an error. The object itself is written in `wire`.
//!
//! No response has a `Location`: clients would follow it.

use bytes::Bytes;
use countermand_model::{Acted, Alias, Effect, Fault, FaultKind, Job, Kind, Outcome, Snapshot, State};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

use super::settings::{DeleteRequest, UnknownLink};
use super::{DIALECT, Odag, decode, errors, filter, wire};
use crate::Echo;

/// The type of every answer. That it names the charset is inferred.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// Of `GET`.
pub(super) fn read(odag: &Odag, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    let Outcome::Read { snapshot, .. } = outcome else { return unexpected(odag, echo) };
    match snapshot {
        Some(snapshot) => object(odag, echo, snapshot),
        None => errors::answer(odag, echo, &refusal(Effect::NotFound)),
    }
}

/// Of `GET …/selections`: the bare array that the request was submitted with.
pub(super) fn selections(odag: &Odag, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    let Outcome::Read { snapshot, .. } = outcome else { return unexpected(odag, echo) };
    match snapshot {
        Some(snapshot) => json(wire::selections(&snapshot.job)),
        None => errors::answer(odag, echo, &refusal(Effect::NotFound)),
    }
}

/// Of the lists.
// Quirk: a bare array, all of it at once; fixtures/qlik-odag/list-bare-array.http
pub(super) fn listed(odag: &Odag, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    let Outcome::Listed { jobs, .. } = outcome else { return unexpected(odag, echo) };
    let most = odag.list_limit;
    if jobs.len() as u64 > most {
        // A part of the list would be taken for the whole: there is no word for "and more" in it.
        let message = format!("The list has more than {most} requests; ask for fewer of them.");
        return errors::answer(odag, echo, &Fault::new(FaultKind::Malformed, message));
    }
    let of_nothing = jobs.is_empty() && echo.id.is_some() && !filter::narrows(echo);
    if of_nothing && odag.unknown_link == UnknownLink::NotFound {
        let fault = Fault::new(FaultKind::NotFound, "No request was submitted through this link.");
        return errors::answer(odag, echo, &fault);
    }
    json(wire::list(odag, echo, jobs))
}

/// Of `action=cancel`: as [`acted`], but a cancel that came after success may be told not to mind.
// Quirk: that is 200 with the untouched request; fixtures/qlik-odag/cancel-ignore-succeeded.http
pub(super) fn cancelled(odag: &Odag, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    if let Some(Acted { effect, after: Some(after), .. }) = only(outcome)
        // Of a multiple request that has ended there is nothing left to cancel, which is NotPossible.
        && matches!(effect, Effect::AlreadyFinished | Effect::NotPossible)
        && matches!(after.job.state, State::Succeeded | State::Warning)
        && decode::ignores_succeeded(echo)
    {
        return object(odag, echo, after);
    }
    acted(odag, echo, outcome)
}

/// Of the other actions. An effect that is an answer has the request as it is afterwards; an engine that does not
/// give it has not kept the contract.
pub(super) fn acted(odag: &Odag, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    let Some(Acted { effect, after, .. }) = only(outcome) else { return unexpected(odag, echo) };
    match effect {
        // A repeated cancel of a request that is stopping is answered like the first: inferred.
        Effect::Cancelled
        | Effect::Accepted
        | Effect::Done
        | Effect::AlreadyCancelling
        // Taken, and what came of it is not known: the object says the state last seen. Inferred.
        | Effect::UnverifiedTaken => {
            after.as_ref().map_or_else(|| unexpected(odag, echo), |after| object(odag, echo, after))
        }
        Effect::AlreadyCancelled
        | Effect::AlreadyFinished
        | Effect::AlreadySo
        | Effect::NotFound
        | Effect::Forbidden
        | Effect::NotPossible
        | Effect::UnverifiedUnanswered => errors::answer(odag, echo, &refusal(*effect)),
    }
}

/// Of `DELETE …/app`.
// Quirk: 204 has neither a body nor a Content-Type; fixtures/qlik-odag/p1-delete-app.http
pub(super) fn deleted(odag: &Odag, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    let Some(Acted { effect, .. }) = only(outcome) else { return unexpected(odag, echo) };
    match effect {
        Effect::Done | Effect::UnverifiedTaken => {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        Effect::NotPossible => {
            let fault = Fault::new(FaultKind::NotFound, "The request has no generated app.");
            errors::answer(odag, echo, &fault)
        }
        Effect::Cancelled
        | Effect::Accepted
        | Effect::AlreadyCancelling
        | Effect::AlreadyCancelled
        | Effect::AlreadyFinished
        | Effect::AlreadySo
        | Effect::NotFound
        | Effect::Forbidden
        | Effect::UnverifiedUnanswered => errors::answer(odag, echo, &refusal(*effect)),
    }
}

/// Of `DELETE` of a request: as what the option says that it means.
pub(super) fn delete(odag: &Odag, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    match odag.delete_request {
        DeleteRequest::DeleteApp => deleted(odag, echo, outcome),
        DeleteRequest::Cancel => acted(odag, echo, outcome),
        DeleteRequest::Refuse => unexpected(odag, echo),
    }
}

/// Of rows that lead to no command, and so to no outcome.
pub(super) fn unasked(odag: &Odag, echo: &Echo, _: &Outcome) -> Response<Bytes> {
    unexpected(odag, echo)
}

/// The id of a request that has none but its number: its hexadecimal value in 24 digits.
pub(super) fn id_of_number(number: i64) -> String {
    let mut id = [b'0'; 24];
    let mut left = number.cast_unsigned();
    for digit in id.iter_mut().rev() {
        *digit = b"0123456789abcdef"[usize::try_from(left % 16).expect("a digit is below 16")];
        left /= 16;
    }
    String::from_utf8(id.to_vec()).expect("its digits are ASCII")
}

/// The id under which a request is shown to a caller who wrote `asked`: just that where it is one of the request's,
/// else one of the same form, else its first, else its number. In a list nobody has written one.
pub(super) fn id_of(job: &Job, asked: Option<&str>) -> String {
    id_among(&job.aliases, job.number, asked)
}

/// The same of a job of which no more is known than its aliases and its number.
pub(super) fn id_among(aliases: &[Alias], number: i64, asked: Option<&str>) -> String {
    let ids = || aliases.iter().filter(|alias| alias.dialect == DIALECT.name).map(|alias| alias.id.as_str());
    let same = |id: &&str| asked == Some(*id);
    let same_form = |id: &&str| asked.is_some_and(|asked| decode::is_guid(id) == decode::is_guid(asked));
    let shown = ids().find(same).or_else(|| ids().find(same_form)).or_else(|| ids().next());
    shown.map_or_else(|| id_of_number(number), str::to_owned)
}

/// ODAG's word for a job's place in a family.
pub(super) const fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Single => "single",
        Kind::Parent => "multiple",
        Kind::Child => "singlesub",
    }
}

/// What came of the one target that every action has.
fn only(outcome: &Outcome) -> Option<&Acted> {
    let Outcome::Acted { targets, .. } = outcome else { return None };
    match targets.as_slice() {
        [acted] => Some(acted),
        _none_or_many => None,
    }
}

/// 200 with the request: also for an order that is only accepted. ODAG knows no 202.
fn object(odag: &Odag, echo: &Echo, snapshot: &Snapshot) -> Response<Bytes> {
    json(wire::request(odag, echo, snapshot))
}

fn json(document: Vec<u8>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(document));
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// The fault that an effect is. One that is an answer is a fault only where the engine mixed them up.
// Quirk: an action that does not fit the state is 404 like an unknown id; fixtures/qlik-odag/p1-cancel-succeeded.http
fn refusal(effect: Effect) -> Fault {
    let (kind, message) = match effect {
        Effect::NotFound => (FaultKind::NotFound, "There is no request with this ID."),
        Effect::AlreadyCancelled => (FaultKind::NotFound, "The request has already been canceled."),
        Effect::AlreadyFinished => (FaultKind::NotFound, "The request has already ended."),
        Effect::AlreadySo | Effect::NotPossible => {
            (FaultKind::NotFound, "The request is not in a state that allows this action.")
        }
        Effect::Forbidden => (FaultKind::Forbidden, "The request belongs to another user."),
        Effect::UnverifiedUnanswered => {
            (FaultKind::Unreachable, "Whether the action was carried out is not known.")
        }
        Effect::Cancelled
        | Effect::Accepted
        | Effect::Done
        | Effect::AlreadyCancelling
        | Effect::UnverifiedTaken => (FaultKind::Internal, errors::UNEXPECTED),
    };
    Fault::new(kind, message)
}

fn unexpected(odag: &Odag, echo: &Echo) -> Response<Bytes> {
    errors::answer(odag, echo, &Fault::new(FaultKind::Internal, errors::UNEXPECTED))
}
