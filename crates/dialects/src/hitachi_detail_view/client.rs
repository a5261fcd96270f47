//! The client half: what is said to a server of this API, and what its answers mean.
//!
//! Neither function only looks: `getStatus` takes results away, `abortRequest` stops. So a status is told only to whoever
//! takes the results with it, and an abort is verified by another abort. There are no lists, no users, no holds.

mod ask;

mod answer;

mod abort;

use bytes::Bytes;
use countermand_model::{Acted, Cancel, Command, Effect, Fault, Outcome, Reach, Results, Status, Target};
use http::Response;

use self::abort::Abort;
use self::ask::Servlet;
use super::DetailView;
use super::decode::is_request_id;
use super::settings::Delivery;
use crate::conversation::{Known, Once, unsupported};
use crate::{Conversation, Malformed, Safety};

/// See [`Codec::converse`](crate::Codec::converse).
pub(super) fn converse(
    codec: &DetailView,
    command: &Command,
    at: i64,
) -> Result<Box<dyn Conversation>, Fault> {
    match command {
        Command::Cancel(cancel) => abort(codec, cancel, at),
        Command::Status(status) => get_status(codec, status, at),
        // What was handed out was gone there as it was sent here: nobody has to be told.
        Command::Confirm { .. } => Ok(Box::new(Known::new(Ok(Outcome::Confirmed)))),
        Command::Hold(_) => Err(unsupported("keep a request from starting")),
        Command::Release(_) => Err(unsupported("let a held request go")),
        Command::Acknowledge { .. } => Err(unsupported("take note of the end of a request")),
        Command::DeleteOutput { .. } => Err(unsupported("delete what a request produced")),
        Command::Delete { .. } => Err(unsupported("delete a request")),
        Command::List { .. } => Err(unsupported("list requests")),
        Command::Runs { .. } => Err(unsupported("list runs")),
        Command::Permissions { .. } => Err(unsupported("say what its callers may do")),
        Command::Report { .. } => Err(unsupported("take what a request says of itself")),
        Command::CheckIn { .. } => Err(unsupported("be asked by a request whether to stop")),
    }
}

/// See [`Codec::decode_response`](crate::Codec::decode_response).
pub(super) fn decode_response(
    command: &Command,
    at: i64,
    response: &Response<Bytes>,
) -> Result<Result<Outcome, Fault>, Malformed> {
    match command {
        Command::Cancel(cancel) => match cancel.targets.as_slice() {
            [target] => answer::aborted(target, at, response),
            _none_or_many => Err(Malformed::new("", "an abort is of one request")),
        },
        Command::Status(status) => answer::status(status, at, response),
        Command::Hold(_)
        | Command::Release(_)
        | Command::Acknowledge { .. }
        | Command::DeleteOutput { .. }
        | Command::Delete { .. }
        | Command::Confirm { .. }
        | Command::List { .. }
        | Command::Runs { .. }
        | Command::Permissions { .. }
        | Command::Report { .. }
        | Command::CheckIn { .. } => Err(Malformed::new("", "no function of this API means that command")),
    }
}

/// A request stands alone: to stop it, its tree and what of it has not started is all the same.
fn abort(codec: &DetailView, cancel: &Cancel, at: i64) -> Result<Box<dyn Conversation>, Fault> {
    if cancel.force.is_some() {
        return Err(unsupported("end a request by force"));
    }
    if cancel.acknowledge_after {
        return Err(unsupported("acknowledge the end of a request"));
    }
    if cancel.delete_output {
        return Err(unsupported("delete what a request produced"));
    }
    match cancel.reach {
        Reach::One | Reach::Tree | Reach::Unstarted => {
            Ok(Box::new(Abort::new(Servlet::of(codec), cancel, at)))
        }
        // No request has a trigger.
        Reach::Trigger => {
            let acted = |target: &Target| Acted {
                target: target.clone(),
                effect: Effect::NotFound,
                before: None,
                after: None,
            };
            let targets = cancel.targets.iter().map(acted).collect();
            Ok(Box::new(Known::new(Ok(Outcome::Acted { at, targets }))))
        }
    }
}

/// A reading that takes what the server hands out, where that is just what is asked for. To look without taking is
/// possible only where the server is known to hand everything out again.
fn get_status(codec: &DetailView, status: &Status, at: i64) -> Result<Box<dyn Conversation>, Fault> {
    let safety = match (codec.delivery, status.results) {
        (Delivery::Once, Results::Undelivered) | (Delivery::Cumulative, Results::Cumulative) => {
            Safety::Consuming
        }
        (Delivery::Repeat, Results::None | Results::All) => Safety::Safe,
        (Delivery::Once | Delivery::Cumulative, Results::None) => {
            return Err(unsupported("tell how far a request is without handing out its results for good"));
        }
        (Delivery::Once, Results::All | Results::Cumulative) | (Delivery::Cumulative, Results::All) => {
            return Err(unsupported("hand out results again"));
        }
        (Delivery::Cumulative | Delivery::Repeat, Results::Undelivered)
        | (Delivery::Repeat, Results::Cumulative) => {
            return Err(unsupported("hand out each result once"));
        }
    };
    if !is_request_id(&status.target.written) {
        return Ok(Box::new(Known::new(Ok(Outcome::Read { at, snapshot: None }))));
    }
    let ask = Servlet::of(codec).get_status(&status.target, safety);
    let status = status.clone();
    Ok(Box::new(Once::new(ask, move |response| answer::read(&status, at, response))))
}
