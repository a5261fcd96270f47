//! Requests as commands, and ids as numbers. Bodies are not read: everything stands in the path and the query.

use countermand_model::{Acknowledged, Cancel, Command, Kin, Order, Reach, Results, Status, Target};

use super::{Odag, routes};
use crate::grammar::query;
use crate::{Echo, Malformed};

/// Whether a text is an id: 24 hexadecimal digits, or a GUID without braces. Which one is the vendor's habit per
/// profile, not a rule: both are ids everywhere.
pub(super) fn is_id(text: &str) -> bool {
    is_object_id(text) || is_guid(text)
}

/// Whether an id is a GUID.
pub(super) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The number that an id means: the value of 24 hexadecimal digits, if it is 1 … 2^63−1. A GUID means none.
pub(super) fn number(text: &str) -> Option<i64> {
    let value = is_object_id(text).then(|| i64::from_str_radix(text, 16).ok()).flatten();
    value.filter(|number| *number > 0)
}

fn is_object_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `GET`. Sub-requests are shown on Windows only, so only there they are read.
pub(super) fn get(_: &Odag, echo: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    let kin = if echo.version == routes::WINDOWS { Kin::All } else { Kin::None };
    Ok(Command::Status(Status { target: target(echo), results: Results::None, kin }))
}

/// `action=cancel`. `delGenApp` counts only together with `autoAck`; `ignoreSucceeded` is about the answer and is read
/// again there, but a wrong value is refused before anything is done.
pub(super) fn cancel(odag: &Odag, echo: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    let flags = Flags::of(echo);
    let acknowledge_after = flags.read("autoAck")?;
    let delete = flags.read("delGenApp")?;
    flags.read(IGNORE_SUCCEEDED)?;
    Ok(Command::Cancel(Cancel {
        targets: vec![target(echo)],
        reach: odag.cancel_reach,
        acknowledge_after,
        delete_output: delete && acknowledge_after,
        wants_after: true,
        ..Cancel::default()
    }))
}

/// `action=pause`.
pub(super) fn pause(_: &Odag, echo: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    Ok(Command::Hold(order(echo)))
}

/// `action=resume`.
pub(super) fn resume(_: &Odag, echo: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    Ok(Command::Release(order(echo)))
}

/// `action=ackcancel`.
pub(super) fn acknowledge_cancel(_: &Odag, echo: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    acknowledge(echo, Acknowledged::Cancel)
}

/// `action=ackfailure`.
pub(super) fn acknowledge_failure(_: &Odag, echo: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    acknowledge(echo, Acknowledged::Failure)
}

/// Whether a cancel that came too late for a succeeded request is no error.
pub(super) fn ignores_succeeded(echo: &Echo) -> bool {
    matches!(Flags::of(echo).read(IGNORE_SUCCEEDED), Ok(true))
}

const IGNORE_SUCCEEDED: &str = "ignoreSucceeded";

fn order(echo: &Echo) -> Order {
    Order { targets: vec![target(echo)], reach: Reach::Unstarted, wants_after: true }
}

fn acknowledge(echo: &Echo, end: Acknowledged) -> Result<Command, Malformed> {
    let delete_output = Flags::of(echo).read("delGenApp")?;
    Ok(Command::Acknowledge { target: target(echo), end, delete_output })
}

/// What is no id is nobody's id: the engine does not find it, and the documented answer to that is 404.
fn target(echo: &Echo) -> Target {
    let written = echo.id.clone().expect("every route of this dialect has an id in its path");
    Target { number: number(&written), written, dataset: None }
}

/// The query's flags. Only those that an action takes are read from it.
// Quirk: a flag the action does not take may hold anything; fixtures/qlik-odag/put-inapplicable-flags.http
// Quirk: names that nobody knows are passed over; fixtures/qlik-odag/put-redundant-query.http
struct Flags(Vec<(String, String)>);

impl Flags {
    fn of(echo: &Echo) -> Flags {
        Flags(query::pairs(&echo.query))
    }

    fn read(&self, name: &'static str) -> Result<bool, Malformed> {
        match query::first(&self.0, name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Malformed::new(name, "expected true or false")),
        }
    }
}
