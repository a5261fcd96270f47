//! From an outcome to an answer. Nothing here knows the error texts.

use bytes::Bytes;
use countermand_model::{Acted, Effect, Job, Outcome, Snapshot, State};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};

use super::errors::{self, Mistake};
use super::settings::Delivery;
use super::wire::{AbortWire, AttributesWire, RelayedWire, StatusWire};
use super::{DetailView, NAME, states};
use crate::grammar::json;
use crate::{Echo, Malformed};

/// Writes how far a request is, with the results that were handed out.
pub(super) fn get_status(codec: &DetailView, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    let Outcome::Read { at, snapshot } = outcome else {
        return errors::answer(codec, echo, Mistake::Internal);
    };
    match snapshot.as_deref() {
        Some(snapshot) if is_cached(codec, &snapshot.job, *at) => status(codec, echo, snapshot),
        Some(_) | None => errors::answer(codec, echo, Mistake::CacheMiss),
    }
}

/// Writes what came of an abort.
pub(super) fn abort_request(codec: &DetailView, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    let Outcome::Acted { at, targets } = outcome else {
        return errors::answer(codec, echo, Mistake::Internal);
    };
    match targets.first() {
        Some(acted) => aborted(codec, echo, acted, *at),
        None => errors::answer(codec, echo, Mistake::Internal),
    }
}

/// A document with its headers.
pub(super) fn document(status: StatusCode, body: Vec<u8>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    // Inferred: no page shows a header of an answer.
    let content_type = HeaderValue::from_static("application/json;charset=UTF-8");
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    // Quirk: both functions change something by GET. fixtures/hitachi-detail-view/abort-queued.http
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn status(codec: &DetailView, echo: &Echo, snapshot: &Snapshot) -> Response<Bytes> {
    let job = &snapshot.job;
    match relayed(job) {
        Ok(Some(relayed)) => return errors::relay(echo, &relayed),
        Ok(None) => {}
        Err(malformed) => return errors::unreadable(echo, &malformed),
    }
    let words = states::words(job.state);
    // Inferred: the last results are on their way to another reader, whose connection may yet break. Until that is
    // known there is something to come, so this reader is told to ask again.
    let takes = codec.takes(echo);
    let awaits = words.ended && takes && snapshot.delivery.is_none();
    let ended = words.ended && !awaits;
    let document_wire = StatusWire {
        total: job.progress.total,
        matched: job.progress.matched,
        processed: job.progress.processed,
        completed: words.completed && ended,
        aborted: words.aborted,
        has_errors: words.has_errors || job.has_errors,
        has_errors_form: codec.has_errors,
        // A HEAD is told the length of what the next GET would take.
        result: if takes { &snapshot.results } else { untaken(codec, snapshot) },
    };
    // Quirk: a request at work is 206, and never 202, which is what "Job Accepted" suggests.
    // fixtures/hitachi-detail-view/status-running-hands-out-once.http
    let status = if ended { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT };
    document(status, document_wire.write())
}

fn aborted(codec: &DetailView, echo: &Echo, acted: &Acted, at: i64) -> Response<Bytes> {
    let after = acted.after.as_deref().map(|snapshot| &snapshot.job);
    let stopped = match acted.effect {
        Effect::Cancelled => true,
        // Whether it ended as told while we waited; it may have ended otherwise, and then it was not stopped.
        Effect::Accepted | Effect::AlreadyCancelling => {
            after.is_some_and(|job| job.state == State::Cancelled)
        }
        // "The request is processed, but not stopped", for all we know.
        Effect::UnverifiedTaken | Effect::NotPossible => false,
        // That it was aborted is remembered for the whole lifetime, drained or not; that it completed only while its
        // result is there: fixtures/hitachi-detail-view/abort-then-drain.http, abort-drained.http.
        Effect::AlreadyCancelled if after.is_none_or(|job| is_young(codec, job, at)) => {
            return errors::answer(codec, echo, Mistake::AlreadyAborted);
        }
        Effect::AlreadyFinished if after.is_none_or(|job| is_cached(codec, job, at)) => {
            return errors::answer(codec, echo, Mistake::AlreadyCompleted);
        }
        Effect::AlreadyCancelled | Effect::AlreadyFinished | Effect::NotFound => {
            return errors::answer(codec, echo, Mistake::CacheMiss);
        }
        Effect::Forbidden => return errors::answer(codec, echo, Mistake::Authorization),
        // Not answered, or an effect that an abort cannot have.
        Effect::UnverifiedUnanswered | Effect::Done | Effect::AlreadySo => {
            return errors::answer(codec, echo, Mistake::Internal);
        }
    };
    let id = echo.id.as_deref().unwrap_or(&acted.target.written);
    document(StatusCode::OK, AbortWire { aborted: stopped, id }.write())
}

/// Whether there is still something to be had of a request.
fn is_cached(codec: &DetailView, job: &Job, at: i64) -> bool {
    // Quirk: what was read to its end is gone at once. fixtures/hitachi-detail-view/status-drain.http
    let drained = codec.delivery != Delivery::Repeat && job.drained_at.is_some();
    !drained && is_young(codec, job, at)
}

/// Whether a request has not ended, or not longer ago than its lifetime.
///
/// Quirk: the lifetime counts from the end. fixtures/hitachi-detail-view/status-lifetime-expired.http
fn is_young(codec: &DetailView, job: &Job, at: i64) -> bool {
    job.finished_at.is_none_or(|end| at.saturating_sub(end) < codec.lifetime)
}

/// The results that the next taker would be given, of all there are. They are delivered in order.
fn untaken<'s>(codec: &DetailView, snapshot: &'s Snapshot) -> &'s [String] {
    match codec.delivery {
        Delivery::Once => {
            let delivered = usize::try_from(snapshot.job.results_delivered).unwrap_or(usize::MAX);
            snapshot.results.get(delivered..).unwrap_or_default()
        }
        Delivery::Cumulative | Delivery::Repeat => &snapshot.results,
    }
}

/// The error of the original request, when it failed and somebody said how.
///
/// Quirk: its code has the prefix of its own function. fixtures/hitachi-detail-view/status-relays-the-original-error.http
///
/// # Errors
/// What stands there is not an error that this API could have answered. To answer without it would be to say that the
/// request was processed to its end.
fn relayed(job: &Job) -> Result<Option<RelayedWire>, Malformed> {
    let failed = matches!(job.state, State::Failed | State::Invalid);
    let Some(attributes) = job.attributes_of(NAME).filter(|_| failed) else { return Ok(None) };
    let relayed = json::read::<AttributesWire>(attributes.as_bytes())?.error;
    match relayed.as_ref().map(RelayedWire::check) {
        Some(Err(malformed)) => Err(malformed),
        Some(Ok(())) | None => Ok(relayed),
    }
}
