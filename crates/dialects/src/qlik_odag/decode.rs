//! Requests about one request as commands, and ids as numbers. Lists are `filter.rs`'s.

use countermand_model::{Acknowledged, Cancel, Command, Kin, Order, Reach, Results, Status, Target};
use serde_json::Value;

use super::settings::DeleteRequest;
use super::wire::FlagsWire;
use super::{Odag, errors, routes};
use crate::grammar::{json, query, route};
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

/// `GET …/selections`.
pub(super) fn selections(_: &Odag, echo: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    Ok(Command::Status(Status { target: target(echo), results: Results::None, kin: Kin::None }))
}

/// `action=cancel`. `delGenApp` counts only together with `autoAck`; `ignoreSucceeded` is about the answer and is read
/// again there, but a wrong value is refused before anything is done.
pub(super) fn cancel(odag: &Odag, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
    let flags = Flags::of(odag, echo, body)?;
    let acknowledge_after = flags.read("autoAck")?;
    let delete = flags.read("delGenApp")?;
    flags.in_query(IGNORE_SUCCEEDED)?;
    let delete_output = delete && acknowledge_after;
    Ok(Command::Cancel(Cancel { acknowledge_after, delete_output, ..plain_cancel(odag, echo) }))
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
pub(super) fn acknowledge_cancel(odag: &Odag, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
    acknowledge(odag, echo, body, Acknowledged::Cancel)
}

/// `action=ackfailure`.
pub(super) fn acknowledge_failure(odag: &Odag, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
    acknowledge(odag, echo, body, Acknowledged::Failure)
}

/// `DELETE …/app`.
pub(super) fn delete_app(_: &Odag, echo: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    Ok(Command::DeleteOutput { target: target(echo) })
}

/// `DELETE` of a request: what the option says that it means.
pub(super) fn delete(odag: &Odag, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
    match odag.delete_request {
        DeleteRequest::DeleteApp => delete_app(odag, echo, body),
        DeleteRequest::Cancel => Ok(Command::Cancel(plain_cancel(odag, echo))),
        // There is no such row then.
        DeleteRequest::Refuse => route::unasked(odag, echo, body),
    }
}

/// Whether a cancel that came too late for a succeeded request is no error. An answer is written from the head, so a
/// body cannot say this.
pub(super) fn ignores_succeeded(echo: &Echo) -> bool {
    query::value(&echo.query, IGNORE_SUCCEEDED).as_deref() == Some("true")
}

const IGNORE_SUCCEEDED: &str = "ignoreSucceeded";

fn plain_cancel(odag: &Odag, echo: &Echo) -> Cancel {
    Cancel { targets: vec![target(echo)], reach: odag.cancel_reach, wants_after: true, ..Cancel::default() }
}

fn order(echo: &Echo) -> Order {
    Order { targets: vec![target(echo)], reach: Reach::Unstarted, wants_after: true }
}

fn acknowledge(odag: &Odag, echo: &Echo, body: &[u8], end: Acknowledged) -> Result<Command, Malformed> {
    let delete_output = Flags::of(odag, echo, body)?.read("delGenApp")?;
    Ok(Command::Acknowledge { target: target(echo), end, delete_output })
}

/// What is no id is nobody's id: the engine does not find it, and the documented answer to that is 404.
fn target(echo: &Echo) -> Target {
    let written = echo.id.clone().expect("every route of a request has its id in the path");
    Target { number: number(&written), written, dataset: None }
}

/// The flags of an action: from the query, and from the body where the query has no such name. Only those that an
/// action takes are read.
// Quirk: a flag the action does not take may hold anything; fixtures/qlik-odag/put-inapplicable-flags.http
// Quirk: names that nobody knows are passed over; fixtures/qlik-odag/put-redundant-query.http
struct Flags<'e> {
    query: &'e str,
    body: FlagsWire,
}

impl Flags<'_> {
    // Quirk: one client has a bug in its query and the flags in a body; fixtures/qlik-odag/put-flags-in-body.http
    fn of<'e>(odag: &Odag, echo: &'e Echo, body: &[u8]) -> Result<Flags<'e>, Malformed> {
        let body = if odag.flags_in_body && is_object(body) {
            json::read(body).map_err(|malformed| malformed.with_code(errors::BODY))?
        } else {
            FlagsWire::default()
        };
        Ok(Flags { query: &echo.query, body })
    }

    fn read(&self, name: &'static str) -> Result<bool, Malformed> {
        match (self.in_query(name)?, self.body.0.get(name)) {
            (Some(flag), _) => Ok(flag),
            (None, None | Some(Value::Null)) => Ok(false),
            (None, Some(Value::Bool(flag))) => Ok(*flag),
            // The types of that client have a string in two of three.
            (None, Some(Value::String(text))) if text == "true" => Ok(true),
            (None, Some(Value::String(text))) if text == "false" => Ok(false),
            (None, Some(_)) => Err(Malformed::new(format!("/{name}"), EXPECTED).with_code(errors::BODY)),
        }
    }

    fn in_query(&self, name: &'static str) -> Result<Option<bool>, Malformed> {
        match query::value(self.query, name).as_deref() {
            None => Ok(None),
            Some("false") => Ok(Some(false)),
            Some("true") => Ok(Some(true)),
            Some(_) => Err(Malformed::new(name, EXPECTED)),
        }
    }
}

const EXPECTED: &str = "expected true or false";

/// Whether a body begins like a JSON object. Any other is somebody's habit and says nothing.
fn is_object(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    text.trim_ascii_start().starts_with(b"{")
}
