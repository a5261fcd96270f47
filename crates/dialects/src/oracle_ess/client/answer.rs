//! Answers about one request: what a look shows, what came of an order, and the bare documents. Lists are `lists.rs`'s.

use bytes::Bytes;
use countermand_model::{Acted, Command, Effect, Fault, Outcome, Permissions, Snapshot, State, Target};
use http::{Response, StatusCode};

use super::details;
use super::refusal::{self, Refusal};
use crate::conversation::Seen;
use crate::grammar::{json, number};
use crate::oracle_ess::selection::Selection;
use crate::oracle_ess::wire::{GivenActionWire, GivenDetailsWire, GivenPermissionsWire};
use crate::oracle_ess::{act, decode, encode, errors};
use crate::{Echo, Malformed};

/// What an answer means: an outcome, or in the `Ok` a refusal of this API.
pub(super) type Meaning = Result<Result<Outcome, Fault>, Malformed>;

/// What a look at the request of an id shows.
///
/// # Errors
/// It is no answer of this API, or none about that request.
pub(super) fn seen(id: &str, response: &Response<Bytes>, at: i64) -> Result<Seen, Malformed> {
    Ok(match refusal::read(response)? {
        None => Seen::Job(Box::new(shown(id, response, at)?)),
        // A server in trouble may still know better than to take an order.
        Some(refusal) if refusal.status >= 500 => Seen::Unknown,
        Some(refusal) => Seen::of(refusal.fault(true)),
    })
}

/// The request of an id, as the document shows it that was asked for by it.
///
/// # Errors
/// It is none, or another request's.
pub(super) fn shown(id: &str, response: &Response<Bytes>, at: i64) -> Result<Snapshot, Malformed> {
    let given = decode::object::<GivenDetailsWire>(response.body())?;
    details::snapshot(given, asked(id), &Selection::all(), at)
}

/// What is told of one request, read by `read`; `None` where a refusal says that there is no such request. Any other is a
/// fault in the `Ok`.
///
/// # Errors
/// It is no answer of this API.
pub(super) fn told<T>(
    response: &Response<Bytes>,
    is_absence: impl FnOnce(&Refusal) -> bool,
    read: impl FnOnce(&Response<Bytes>) -> Result<T, Malformed>,
) -> Result<Result<Option<T>, Fault>, Malformed> {
    Ok(match refusal::read(response)? {
        None => Ok(Some(read(response)?)),
        Some(refusal) if is_absence(&refusal) => Ok(None),
        Some(refusal) => Err(refusal.fault(true)),
    })
}

/// The number that an id is, which an answer must say again; of what is none, one that no answer says.
fn asked(id: &str) -> Option<i64> {
    Some(number::decimal(id).unwrap_or(0))
}

/// The refusal of an order; `None`: it was taken.
///
/// # Errors
/// It is no answer of this API.
pub(super) fn taken(response: &Response<Bytes>) -> Result<Option<Refusal>, Malformed> {
    let refused = refusal::read(response)?;
    if refused.is_none() && response.status() != StatusCode::NO_CONTENT {
        let _: GivenActionWire = decode::object(response.body())?;
    }
    Ok(refused)
}

/// What a caller's own order came to, as the answer has it. It says no more than that the order was begun, that the
/// request's state does not allow it, or that the request is not there or not the caller's: `Accepted` and `Done` are the
/// least that 200 means.
pub(super) fn acted(echo: &Echo, command: &Command, response: &Response<Bytes>, at: i64) -> Meaning {
    let is_cancel = matches!(command, Command::Cancel(_));
    let (effect, before) = match taken(response)? {
        None if is_cancel => (Effect::Accepted, None),
        None => (Effect::Done, None),
        Some(refusal) if is_absence(echo, &refusal) => (Effect::NotFound, None),
        Some(refusal) if refusal.status == 403 => (Effect::Forbidden, None),
        Some(refusal) if refusal.status == 400 && refusal.title != errors::BAD_REQUEST => {
            let before = act::state_before(refusal.detail.as_deref().unwrap_or_default());
            (refused(is_cancel, before), before)
        }
        Some(refusal) => return Ok(Err(refusal.fault(true))),
    };
    let acted = Acted { target: target(echo), effect, before, after: None };
    Ok(Ok(Outcome::Acted { at, targets: vec![acted] }))
}

/// Why an order did not fit, by the state it met.
fn refused(is_cancel: bool, before: Option<State>) -> Effect {
    match before {
        Some(State::Cancelled) if is_cancel => Effect::AlreadyCancelled,
        Some(state) if is_cancel && state.is_terminal() => Effect::AlreadyFinished,
        Some(_) | None => Effect::NotPossible,
    }
}

/// What the reading of one request came to.
pub(super) fn read(echo: &Echo, response: &Response<Bytes>, at: i64) -> Meaning {
    let shown = |response: &Response<Bytes>| {
        let given = decode::object::<GivenDetailsWire>(response.body())?;
        let asked = asked(echo.id.as_deref().unwrap_or_default());
        details::snapshot(given, asked, &Selection::read(&echo.query), at).map(Box::new)
    };
    let told = told(response, |refusal| is_absence(echo, refusal), shown)?;
    Ok(told.map(|snapshot| Outcome::Read { at, snapshot }))
}

/// What a caller may do: to change a request is to cancel, to hold and to release it; of less, to read it.
pub(super) fn permitted(echo: &Echo, response: &Response<Bytes>) -> Meaning {
    Ok(told(response, |refusal| is_absence(echo, refusal), permissions)?.map(Outcome::Permitted))
}

/// Whether a job is being cancelled.
pub(super) fn checked_in(echo: &Echo, response: &Response<Bytes>) -> Meaning {
    Ok(told(response, |refusal| is_absence(echo, refusal), flag)?.map(Outcome::CheckedIn))
}

/// The document of the permissions.
///
/// # Errors
/// It is none.
pub(super) fn permissions(response: &Response<Bytes>) -> Result<Permissions, Malformed> {
    let GivenPermissionsWire { permissions } = decode::object(response.body())?;
    let [_, changes @ ..] = &encode::ACTIONS;
    let change = changes.iter().all(|action| permissions.iter().any(|given| given == action));
    Ok(Permissions { change })
}

/// The document that is `true` or `false`.
///
/// # Errors
/// It is neither.
pub(super) fn flag(response: &Response<Bytes>) -> Result<bool, Malformed> {
    json::read(response.body())
}

/// Whether a refusal says nothing but that there is no such request, in words that an outcome without one is answered
/// with. Other words are kept, in a fault.
fn is_absence(echo: &Echo, refusal: &Refusal) -> bool {
    refusal.is_absence() && refusal.detail.as_deref().is_none_or(|detail| detail == encode::not_found(echo))
}

fn target(echo: &Echo) -> Target {
    let written = echo.id.clone().unwrap_or_default();
    Target { number: number::decimal(&written), written, dataset: None }
}
