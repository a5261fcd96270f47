//! Requests about one request as commands: its id, and what a job says of itself. Whether that fits the job's state is
//! not known here; lists are `lists.rs`'s.

use countermand_model::{
    Cancel, Command, Field, Filter, Kin, Order, Reach, Results, Status, Target, Test, Value,
};
use serde::de::DeserializeOwned;

use super::selection::Selection;
use super::wire::{CheckInWire, ExecutionStatusWire};
use super::{OracleEss, details as shown, states};
use crate::grammar::{json, number};
use crate::{Echo, Malformed};

/// `POST /requests/{requestId}/cancel`.
pub(super) fn cancel(_codec: &OracleEss, echo: &Echo, _body: &[u8]) -> Result<Command, Malformed> {
    let targets = vec![target(echo)?];
    Ok(Command::Cancel(Cancel { targets, reach: Reach::Tree, ..Cancel::default() }))
}

/// `POST /requests/{requestId}/forceCancel`.
///
/// Only a request that waits for an asynchronous answer is ended so, which its attributes say. A parent does not wait for
/// one itself: what it waits for are its children, each of which can be ended by its own id (inferred).
///
/// Quirk: it must have been cancelling in silence for half an hour, else it is 400;
/// fixtures/oracle-ess/force-cancel-too-soon.http
pub(super) fn force_cancel(_codec: &OracleEss, echo: &Echo, _body: &[u8]) -> Result<Command, Malformed> {
    let targets = vec![target(echo)?];
    let force = Some(force_condition(&targets));
    Ok(Command::Cancel(Cancel { targets, reach: Reach::Tree, force, ..Cancel::default() }))
}

/// What a forced cancel asks of a job, besides that it has been silent for long enough.
pub(super) fn force_condition(targets: &[Target]) -> Filter {
    let numbers = targets.iter().filter_map(|target| target.number).map(Value::Integer).collect();
    Filter::And(vec![Filter::Field(Field::Id, Test::In(numbers)), shown::is_asynchronous()])
}

/// `POST /requests/{requestId}/hold`.
pub(super) fn hold(_codec: &OracleEss, echo: &Echo, _body: &[u8]) -> Result<Command, Malformed> {
    Ok(Command::Hold(order(echo)?))
}

/// `POST /requests/{requestId}/release`.
pub(super) fn release(_codec: &OracleEss, echo: &Echo, _body: &[u8]) -> Result<Command, Malformed> {
    Ok(Command::Release(order(echo)?))
}

/// Quirk: a parent is held or released with all its children that this fits, however few;
/// fixtures/oracle-ess/hold-parent.http
fn order(echo: &Echo) -> Result<Order, Malformed> {
    Ok(Order { targets: vec![target(echo)?], reach: Reach::Tree, ..Order::default() })
}

/// `DELETE /requests/{requestId}`.
///
/// Quirk: a logical delete: the request and its children are not found any more, and their ids are not free again;
/// fixtures/oracle-ess/delete-succeeded.http
pub(super) fn delete(_codec: &OracleEss, echo: &Echo, _body: &[u8]) -> Result<Command, Malformed> {
    Ok(Command::Delete { target: target(echo)? })
}

/// `POST /requests/{requestId}/executionStatus`.
pub(super) fn report(_codec: &OracleEss, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
    let target = target(echo)?;
    let ExecutionStatusWire { status, status_message: message } = object(body)?;
    let Some((_, state)) = states::REPORTS.into_iter().find(|(word, _)| *word == status) else {
        let words = states::REPORTS.map(|(word, _)| word).join(", ");
        return Err(Malformed::new("/status", format!("{status:?} is none of {words}")));
    };
    Ok(Command::Report { target, state, message })
}

/// `POST /requests/{requestId}/checkInCancelling`.
pub(super) fn check_in(_codec: &OracleEss, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
    let target = target(echo)?;
    let _: CheckInWire = object(body)?;
    Ok(Command::CheckIn { target })
}

/// `GET /requests/{requestId}/permissions`.
pub(super) fn permissions(_codec: &OracleEss, echo: &Echo, _body: &[u8]) -> Result<Command, Malformed> {
    Ok(Command::Permissions { target: target(echo)? })
}

/// `GET /requests/{requestId}`.
pub(super) fn details(_codec: &OracleEss, echo: &Echo, _body: &[u8]) -> Result<Command, Malformed> {
    Selection::check(&echo.query)?;
    Ok(Command::Status(Status { target: target(echo)?, results: Results::None, kin: Kin::None }))
}

/// A body that is a JSON object. serde reads a record from an array of its values as well, which is no object.
pub(super) fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, Malformed> {
    let document = json::read(body)?;
    let opening = body.iter().find(|byte| matches!(byte, b'{' | b'['));
    if opening == Some(&b'[') {
        return Err(Malformed::new("", "a JSON object was expected, not an array"));
    }
    Ok(document)
}

/// The request that is meant. An int64 that no request can have, zero or negative, is one that is not found.
///
/// Quirk: an id is a JSON number of 64 bits, never a double, so a text that is no int64 is the caller's mistake (400)
/// and not an unknown request (404), which the notes leave open; fixtures/oracle-ess/cancel-id-not-a-number.http
fn target(echo: &Echo) -> Result<Target, Malformed> {
    let written = echo.id.as_deref().unwrap_or_default();
    if let Some(number) = number::decimal(written) {
        // Java reads `007` as 7, so that is what was asked for.
        return Ok(Target::number(number));
    }
    let digits = written.strip_prefix('-').unwrap_or(written);
    let in_range = digits.bytes().all(|byte| byte.is_ascii_digit()) && written.parse::<i64>().is_ok();
    if !in_range {
        return Err(Malformed::new("requestId", "a whole number of 64 bits (int64) was expected"));
    }
    Ok(Target { written: written.to_owned(), number: None, dataset: None })
}
