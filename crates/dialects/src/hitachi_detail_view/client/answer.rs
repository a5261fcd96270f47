//! Answers read into the model. Results are kept as the texts they came in; members that the model has no word for are
//! passed over, for none is known.

use bytes::Bytes;
use countermand_model::{
    Acted, Alias, Delivery, Effect, Fault, FaultKind, Job, Outcome, Progress, Results, Snapshot, State,
    Status, Target,
};
use http::{Response, StatusCode};

use crate::Malformed;
use crate::grammar::{json, number};
use crate::hitachi_detail_view::errors::{self, Function, Mistake, Refusal};
use crate::hitachi_detail_view::wire::{AbortedWire, ReceivedWire};
use crate::hitachi_detail_view::{NAME, states};

/// What an abort is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// "The request is stopped successfully", or it is "processed, but not stopped".
    Aborted(bool),
    /// It was stopped before.
    AlreadyAborted,
    /// It had ended before.
    AlreadyCompleted,
    /// There is nothing of that id, or not any more.
    Absent,
    /// Who asks may not.
    Forbidden,
    /// The request was understood, and refused for what it says.
    Refused,
}

/// Reads the answer to an abort.
///
/// # Errors
/// It is none, or a failure of the server: nobody knows then whether the request was stopped.
pub(super) fn said(target: &Target, response: &Response<Bytes>) -> Result<Said, Malformed> {
    if response.status() == StatusCode::OK {
        let wire: AbortedWire = json::read(response.body())?;
        if wire.id != target.written {
            return Err(Malformed::new(
                "/id",
                format!("{:?} is not the request that was asked for", wire.id),
            ));
        }
        return Ok(Said::Aborted(wire.aborted));
    }
    let refusal = errors::read(Function::Abort, response)?;
    match refusal.mistake {
        Some(Mistake::CacheMiss) => Ok(Said::Absent),
        Some(Mistake::AlreadyCompleted) => Ok(Said::AlreadyCompleted),
        Some(Mistake::AlreadyAborted) => Ok(Said::AlreadyAborted),
        _ => match refusal.fault.kind {
            FaultKind::NoCredentials
            | FaultKind::BadCredentials
            | FaultKind::Forbidden
            | FaultKind::CrossSite => Ok(Said::Forbidden),
            FaultKind::Malformed
            | FaultKind::WrongMethod
            | FaultKind::NotAcceptable
            | FaultKind::TooLarge
            | FaultKind::UnsupportedMediaType
            | FaultKind::TooManyRequests => Ok(Said::Refused),
            FaultKind::UnknownRoute
            | FaultKind::NotFound
            | FaultKind::BodyTimeout
            | FaultKind::Conflict
            | FaultKind::Internal
            | FaultKind::Unsupported
            | FaultKind::Unreachable
            | FaultKind::Overloaded
            | FaultKind::Timeout => Err(Malformed::new("", refusal.fault.to_string())),
        },
    }
}

/// See [`Codec::decode_response`](crate::Codec::decode_response), of `abortRequest`: the server's own word, unverified.
pub(super) fn aborted(
    target: &Target,
    at: i64,
    response: &Response<Bytes>,
) -> Result<Result<Outcome, Fault>, Malformed> {
    let effect = match said(target, response) {
        Ok(Said::Aborted(true)) => Effect::Cancelled,
        Ok(Said::Aborted(false)) => Effect::UnverifiedTaken,
        Ok(Said::AlreadyAborted) => Effect::AlreadyCancelled,
        Ok(Said::AlreadyCompleted) => Effect::AlreadyFinished,
        Ok(Said::Absent) => Effect::NotFound,
        Ok(Said::Forbidden | Said::Refused) => {
            return errors::read(Function::Abort, response).map(|refusal| Err(refusal.fault));
        }
        Err(_) if response.status() != StatusCode::OK => {
            return errors::read(Function::Abort, response).map(|refusal| Err(refusal.fault));
        }
        Err(malformed) => return Err(malformed),
    };
    let acted = Acted { target: target.clone(), effect, before: None, after: None };
    Ok(Ok(Outcome::Acted { at, targets: vec![acted] }))
}

/// See [`Codec::decode_response`](crate::Codec::decode_response), of `getStatus`.
pub(super) fn status(
    status: &Status,
    at: i64,
    response: &Response<Bytes>,
) -> Result<Result<Outcome, Fault>, Malformed> {
    Ok(match handed_out(status, at, response)? {
        Ok(snapshot) => Ok(Outcome::Read { at, snapshot: Some(Box::new(snapshot)) }),
        Err(refusal) => Err(refusal.fault),
    })
}

/// The same, in a conversation: that there is no such request is something read, and whoever asked says it in their own
/// words.
pub(super) fn read(
    status: &Status,
    at: i64,
    response: &Response<Bytes>,
) -> Result<Result<Outcome, Fault>, Malformed> {
    Ok(match handed_out(status, at, response)? {
        Ok(snapshot) => Ok(Outcome::Read { at, snapshot: Some(Box::new(snapshot)) }),
        Err(refusal) if refusal.mistake == Some(Mistake::CacheMiss) => {
            Ok(Outcome::Read { at, snapshot: None })
        }
        Err(refusal) => Err(refusal.fault),
    })
}

/// A request of which no more is known than that it was asked for.
pub(super) fn named(target: &Target, at: i64) -> Job {
    let known = number::canonical(&target.written);
    let alias = Alias { dialect: NAME.to_owned(), id: target.written.clone(), number: known };
    Job {
        aliases: if known.is_some() { Vec::new() } else { vec![alias] },
        dataset: target.dataset.clone(),
        ..Job::new(known.unwrap_or(0), at)
    }
}

/// What a reading handed out.
fn handed_out(
    status: &Status,
    at: i64,
    response: &Response<Bytes>,
) -> Result<Result<Snapshot, Refusal>, Malformed> {
    let mut job = named(&status.target, at);
    let ended = match response.status() {
        StatusCode::OK => true,
        StatusCode::PARTIAL_CONTENT => false,
        _ => {
            let refusal = errors::read(Function::Status, response)?;
            // Quirk: the original request's error is the answer; fixtures/hitachi-detail-view/status-relays-the-original-error.http
            let Some(relayed) = refusal.relayed() else { return Ok(Err(refusal)) };
            job.state = State::Failed;
            job.attributes = vec![(NAME.to_owned(), relayed)];
            return Ok(Ok(Snapshot::of(job)));
        }
    };
    let wire: ReceivedWire = json::read(response.body())?;
    job.state = states::meaning(ended, wire.status.completed, wire.status.aborted, wire.status.has_errors.0);
    job.has_errors = wire.status.has_errors.0;
    job.progress =
        Progress { total: wire.status.total, matched: wire.status.matched, processed: wire.status.processed };
    let results: Vec<String> = wire.result.iter().map(|item| item.get().to_owned()).collect();
    job.results_total = results.len() as u64;
    // The answer that ends it can be had once, and is had by this reader.
    let delivery = (ended && status.results.takes()).then_some(HAD);
    let results = if status.results == Results::None { Vec::new() } else { results };
    Ok(Ok(Snapshot { results, delivery, ..Snapshot::of(job) }))
}

/// Stands for whatever was handed out: it was gone at the server before it came, so a confirmation does nothing.
const HAD: Delivery = Delivery(0);
