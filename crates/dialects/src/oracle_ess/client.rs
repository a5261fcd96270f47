//! What is said to a server of this dialect, and what its answers mean: which command is which conversation. Whose server
//! it is, and which ids its requests have elsewhere, is not known here.
//!
//! An order reaches the whole family of a request there, and one request at a time. What reaches less far is said where
//! that makes no difference, and refused where it does: `orders.rs`. Spoken is JSON, of the one version that there is.

mod ask;

mod answer;

mod refusal;

mod details;

mod orders;

mod lists;

mod pages;

mod family;

use bytes::Bytes;
use countermand_model::{Cancel, Command, Fault, Order, Outcome, Reach, Target};
use http::Response;

use self::answer::Meaning;
use self::refusal::Refusal;
use super::decode;
use crate::conversation::{Aim, Known, Once, Verified, Wanted, unsupported};
use crate::{Conversation, Echo, Malformed};

/// See [`Codec::converse`](crate::Codec::converse).
pub(super) fn converse(command: &Command, at: i64) -> Result<Box<dyn Conversation>, Fault> {
    let one = std::slice::from_ref;
    match command {
        Command::Cancel(order) => cancel(order, at),
        Command::Hold(order) => hold_or_release("hold", order, Aim::Hold(order.reach), at),
        Command::Release(order) => hold_or_release("release", order, Aim::Release(order.reach), at),
        Command::Delete { target } => {
            let order = orders::Order::new("delete", Reach::Tree, at);
            Ok(Box::new(Verified::new(order, Aim::Delete, one(target), false, at)))
        }
        Command::Report { target, state, message } => {
            let order = orders::Order::report(*state, message.as_deref(), at).ok_or_else(|| {
                unsupported(&format!(
                    "take the report that a job is {}",
                    state.map_or("", |state| state.name())
                ))
            })?;
            Ok(Box::new(Verified::new(order, Aim::Report(*state), one(target), false, at)))
        }
        Command::Status(status) if !orders::is_id(&status.target.written) => {
            known(Outcome::Read { at, snapshot: None })
        }
        Command::Status(status) => Ok(Box::new(lists::status(status, at))),
        Command::List { filter, sort, page, count, kin } => {
            let wanted = Wanted { filter, sort, page: *page, count: *count, kin: *kin };
            Ok(Box::new(lists::list(&wanted, at)?))
        }
        Command::Permissions { target } if !orders::is_id(&target.written) => known(Outcome::Permitted(None)),
        Command::Permissions { target } => Ok(Box::new(permissions(target))),
        Command::CheckIn { target } if !orders::is_id(&target.written) => known(Outcome::CheckedIn(None)),
        Command::CheckIn { target } => Ok(Box::new(check_in(target))),
        Command::Acknowledge { .. } => Err(unsupported("take note of an end")),
        Command::DeleteOutput { .. } => Err(unsupported("delete what a request produced")),
        // No results are handed out there, so that no delivery is known.
        Command::Confirm { .. } => known(Outcome::Confirmed),
        Command::Runs { .. } => Err(unsupported("list runs by the job they are runs of")),
    }
}

/// What is known without the server.
fn known(outcome: Outcome) -> Result<Box<dyn Conversation>, Fault> {
    Ok(Box::new(Known::new(Ok(outcome))))
}

/// See [`Codec::decode_response`](crate::Codec::decode_response).
pub(super) fn decode_response(
    echo: &Echo,
    command: &Command,
    at: i64,
    response: &Response<Bytes>,
) -> Meaning {
    if echo.method == http::Method::HEAD {
        return Err(Malformed::new("", "an answer to HEAD has no document"));
    }
    match command {
        Command::Cancel(_)
        | Command::Hold(_)
        | Command::Release(_)
        | Command::Delete { .. }
        | Command::Report { .. } => answer::acted(echo, command, response, at),
        Command::Status(_) => answer::read(echo, response, at),
        Command::List { .. } => lists::listed(echo, response, at),
        Command::Permissions { .. } => answer::permitted(echo, response),
        Command::CheckIn { .. } => answer::checked_in(echo, response),
        Command::Acknowledge { .. }
        | Command::DeleteOutput { .. }
        | Command::Confirm { .. }
        | Command::Runs { .. } => Err(Malformed::new("", "no operation of this API asks for this")),
    }
}

/// Cancelling, also by force; which asks of a request just what [`decode::force_condition`] does, and nothing else.
fn cancel(order: &Cancel, at: i64) -> Result<Box<dyn Conversation>, Fault> {
    let Cancel { targets, reach, force, acknowledge_after, delete_output, settle: _, wants_after } = order;
    if *acknowledge_after {
        return Err(unsupported("take note of a cancellation"));
    }
    if *delete_output {
        return Err(unsupported("delete what a request produced"));
    }
    let reach = whole(*reach)?;
    let (operation, aim) = match force {
        None => ("cancel", Aim::Cancel(reach)),
        Some(condition) if *condition == decode::force_condition(targets) => {
            ("forceCancel", Aim::ForceCancel)
        }
        Some(_) => return Err(unsupported("cancel by force on a condition of its caller's")),
    };
    Ok(Box::new(Verified::new(orders::Order::new(operation, reach, at), aim, targets, *wants_after, at)))
}

fn hold_or_release(
    operation: &'static str,
    order: &Order,
    aim: Aim,
    at: i64,
) -> Result<Box<dyn Conversation>, Fault> {
    let errand = orders::Order::new(operation, whole(order.reach)?, at);
    Ok(Box::new(Verified::new(errand, aim, &order.targets, order.wants_after, at)))
}

/// A reach that a request can be ordered at. An order to a schedule reaches its instances as well, always.
fn whole(reach: Reach) -> Result<Reach, Fault> {
    match reach {
        Reach::Trigger => Err(unsupported("give an order to a schedule without its requests")),
        Reach::One | Reach::Tree | Reach::Unstarted => Ok(reach),
    }
}

fn permissions(target: &Target) -> Once {
    Once::new(ask::about("permissions", &target.written), |response| {
        Ok(answer::told(response, Refusal::is_absence, answer::permissions)?.map(Outcome::Permitted))
    })
}

/// A live server's job sends its `requestExecutionContext` along, which the model does not have: it is left out
/// (inferred), and a server that insists on it refuses.
fn check_in(target: &Target) -> Once {
    let ask = ask::telling("checkInCancelling", &target.written, super::wire::write_nothing());
    Once::new(ask, |response| {
        Ok(answer::told(response, Refusal::is_absence, answer::flag)?.map(Outcome::CheckedIn))
    })
}
