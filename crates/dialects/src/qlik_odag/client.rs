//! The client half: what is said to an ODAG server, and what its answers mean. Which command is said how; the requests
//! are written in `client/ask.rs` and the answers read in `client/answer.rs`.

mod ask;

mod answer;

mod orders;

mod family;

mod lists;

use bytes::Bytes;
use countermand_model::{Command, Fault, Outcome};
use http::Response;

use self::ask::Api;
use super::Odag;
use crate::conversation::{Aim, Wanted, unsupported};
use crate::{Conversation, Echo, Malformed};

/// See [`Codec::converse`](crate::Codec::converse).
pub(super) fn converse(odag: &Odag, command: &Command, at: i64) -> Result<Box<dyn Conversation>, Fault> {
    let api = Api::of(odag);
    match command {
        Command::Cancel(cancel) => orders::cancel(api, cancel, at),
        Command::Hold(order) => Ok(orders::order(api, "pause", Aim::Hold(order.reach), order, at)),
        Command::Release(order) => Ok(orders::order(api, "resume", Aim::Release(order.reach), order, at)),
        Command::Acknowledge { target, end, delete_output } => {
            Ok(orders::acknowledge(api, target, *end, *delete_output, at))
        }
        Command::DeleteOutput { target } => Ok(orders::delete_app(api, target, at)),
        Command::Status(status) => Ok(family::read(api, status, at)),
        Command::List { filter, sort, page, count, kin } => {
            lists::list(api, &Wanted { filter, sort, page: *page, count: *count, kin: *kin }, at)
        }
        // The service has a request until its retention time is over.
        Command::Delete { .. } => Err(unsupported("delete a request, only what it generated")),
        Command::Confirm { .. } => Err(unsupported("be told that results have arrived: it hands out none")),
        Command::Runs { .. } => Err(unsupported("list runs")),
        Command::Permissions { .. } => Err(unsupported("say what its callers may do")),
        Command::Report { .. } => Err(unsupported("take what a job says of itself")),
        Command::CheckIn { .. } => Err(unsupported("be asked by a job whether to stop")),
    }
}

/// See [`Codec::decode_response`](crate::Codec::decode_response).
pub(super) fn decode_response(
    echo: &Echo,
    command: &Command,
    at: i64,
    response: &Response<Bytes>,
) -> Result<Result<Outcome, Fault>, Malformed> {
    match command {
        Command::Cancel(cancel) => {
            answer::acted(Aim::Cancel(cancel.reach), &cancel.targets, cancel.wants_after, at, response)
        }
        Command::Hold(order) => {
            answer::acted(Aim::Hold(order.reach), &order.targets, order.wants_after, at, response)
        }
        Command::Release(order) => {
            answer::acted(Aim::Release(order.reach), &order.targets, order.wants_after, at, response)
        }
        Command::Acknowledge { target, end, .. } => {
            answer::acted(Aim::Acknowledge(*end), std::slice::from_ref(target), true, at, response)
        }
        Command::DeleteOutput { target } => answer::deleted(target, at, response),
        Command::Status(status) if answer::is_about_selections(echo) => {
            answer::selections(&status.target, at, response)
        }
        Command::Status(status) => answer::status(status.kin, at, response),
        Command::List { count, .. } => lists::answered(*count, at, response),
        Command::Delete { .. }
        | Command::Confirm { .. }
        | Command::Runs { .. }
        | Command::Permissions { .. }
        | Command::Report { .. }
        | Command::CheckIn { .. } => Err(Malformed::new("", "no request of this service means that command")),
    }
}
