//! The documents as they stand on the wire, and their bytes. What the values mean is not known here. What is written has
//! structs of its own, and what is read others, `Given…`: a server says more than we do, and in other orders.

mod details;

mod exception;

mod links;

mod lists;

use serde::Deserialize;

pub(super) use details::{GivenDetailsWire, GivenMembersWire, RequestDetailsWire, ValueWire};
pub(super) use exception::{ExceptionWire, GivenExceptionWire};
pub(super) use links::{LinkWire, LinksWire, RelationWire};
pub(super) use lists::{GivenListWire, GivenResourcesWire, ListWire, ResourceWire, write_resources};

use crate::grammar::json::{Slashes, Writer};

/// What a job says of itself.
///
/// Quirk: `requestHandle` names one execution of the request and is opaque. None was given out here, so none is looked
/// at: the id in the path says which request is meant; fixtures/oracle-ess/execution-status-success.http
#[derive(Deserialize)]
pub(super) struct ExecutionStatusWire {
    /// A word of `states::REPORTS`.
    pub(super) status: String,
    /// A sentence.
    #[serde(rename = "statusMessage")]
    pub(super) status_message: Option<String>,
}

/// What a job sends along when it asks whether it is being cancelled.
#[derive(Deserialize)]
pub(super) struct CheckInWire {
    /// Opaque, as [`ExecutionStatusWire`]'s handle is; a text, where it is there.
    #[serde(rename = "requestExecutionContext")]
    #[expect(dead_code, reason = "only its kind is looked at")]
    context: Option<String>,
}

/// The answer of an action as a server wrote it. That it is an object is enough: its links lead to where it was asked.
#[derive(Deserialize)]
pub(super) struct GivenActionWire {}

/// The permissions as a server wrote them. Their schema is not published, so this is our own (inferred).
#[derive(Deserialize)]
pub(super) struct GivenPermissionsWire {
    /// Names of actions.
    pub(super) permissions: Vec<String>,
}

/// What a job says of itself; see [`ExecutionStatusWire`].
pub(super) fn write_report(status: &str, message: Option<&str>) -> Vec<u8> {
    let mut json = Writer::new(Slashes::Plain);
    json.object(|json| {
        json.member_string("status", status);
        if let Some(message) = message {
            json.member_string("statusMessage", message);
        }
    });
    json.finish()
}

/// An object without members.
pub(super) fn write_nothing() -> Vec<u8> {
    let mut json = Writer::new(Slashes::Plain);
    json.object(|_| {});
    json.finish()
}

/// The answer of an action: `{"links":[…]}`.
pub(super) fn write_action(links: &LinksWire<'_>) -> Vec<u8> {
    let mut json = Writer::new(Slashes::Plain);
    json.object(|json| links.write_into(json, "links"));
    json.finish()
}

/// `{"permissions":[…]}`.
pub(super) fn write_permissions(actions: &[&str]) -> Vec<u8> {
    let mut json = Writer::new(Slashes::Plain);
    json.object(|json| {
        json.member_array("permissions", |json| actions.iter().for_each(|action| json.string(action)));
    });
    json.finish()
}

/// A document that is `true` or `false` and nothing else.
pub(super) fn write_flag(flag: bool) -> Vec<u8> {
    let mut json = Writer::new(Slashes::Plain);
    json.raw(if flag { "true" } else { "false" });
    json.finish()
}
