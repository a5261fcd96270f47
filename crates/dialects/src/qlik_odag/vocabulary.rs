//! The names of this dialect, for recordings: the members of both shapes of a request, its parameters and its errors.

use super::{filter, wire};
use crate::Vocabulary;

/// See [`Vocabulary`]. A ticket in a query (`qlikTicket`) is a credential, so it is no known parameter.
pub(super) fn vocabulary() -> Vocabulary {
    Vocabulary {
        headers: &["x-qlik-xrfkey"],
        parameters: filter::names().chain(PARAMETERS.iter().copied()).collect(),
        members: wire::names().chain(MEMBERS.iter().copied()).collect(),
        volatile: &[],
        shown: &["owner", "message", "output", "attributes"],
    }
}

const PARAMETERS: &[&str] =
    &["action", "autoAck", "delGenApp", "ignoreSucceeded", "includeCharts", "requestId", "type", "xrfkey"];

/// What documents have besides the members of a request. The values of selections are data of an app, so `strValue` and
/// `numValue` are not among them.
const MEMBERS: &[&str] = &[
    "action",
    "autoAck",
    "available",
    "code",
    "delGenApp",
    "detail",
    "errors",
    "finishedAt",
    "ignoreSucceeded",
    "loadHost",
    "message",
    "messages",
    "meta",
    "name",
    "startedAt",
    "status",
    "statusCode",
    "subject",
    "tenantid",
    "title",
    "userDirectory",
    "userId",
];
