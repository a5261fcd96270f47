//! What a request asks. Ids in bodies of `cancelrunning` are run ids; all others, in bodies and in paths, are job ids.

use countermand_model::{Cancel, Command, Kin, Order, Reach, Results, Status, Target};

use super::Prime;
use super::wire::{JobIds, Payload, RunIds, read_ids};
use crate::grammar::number;
use crate::{Echo, Malformed};

pub(super) fn cancel_running(_: &Prime, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
    let targets = targets::<RunIds>(echo, body)?;
    Ok(Command::Cancel(Cancel { targets, reach: Reach::One, ..Cancel::default() }))
}

/// Quirk: a run that is at work goes on, here and below; fixtures/cisco-prime/suspend-spares-the-run-json.http
pub(super) fn suspend(_: &Prime, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
    triggers(echo, body).map(Command::Hold)
}

pub(super) fn resume(_: &Prime, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
    triggers(echo, body).map(Command::Release)
}

pub(super) fn cancel(_: &Prime, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
    let targets = targets::<JobIds>(echo, body)?;
    Ok(Command::Cancel(Cancel { targets, reach: Reach::Trigger, ..Cancel::default() }))
}

pub(super) fn job_summary(_: &Prime, echo: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    let written = echo.id.as_deref().unwrap_or_default();
    // Java reads `0015` as 15, so that is what was asked for: fixtures/cisco-prime/id-with-leading-zeros-json.http
    let target = number::decimal(written)
        .map_or_else(|| Target { written: written.to_owned(), number: None, dataset: None }, Target::number);
    Ok(Command::Status(Status { target, results: Results::None, kin: Kin::Latest }))
}

/// An order to the triggers of jobs, and to nothing else.
fn triggers(echo: &Echo, body: &[u8]) -> Result<Order, Malformed> {
    let targets = targets::<JobIds>(echo, body)?;
    Ok(Order { targets, reach: Reach::Trigger, ..Order::default() })
}

fn targets<P: Payload>(echo: &Echo, body: &[u8]) -> Result<Vec<Target>, Malformed> {
    let ids = read_ids::<P>(echo.body, body)?;
    // An id is a Java long: one that no job can have is not found, it is not malformed.
    let target = |id: i64| Target { written: id.to_string(), number: (id > 0).then_some(id), dataset: None };
    Ok(ids.into_iter().map(target).collect())
}
