//! The names of this dialect, for recordings: the attributes of its lists, its controls, and the members of its
//! documents.

use super::{attributes, query};
use crate::Vocabulary;

/// See [`Vocabulary`].
pub(super) fn vocabulary() -> Vocabulary {
    let attributes =
        || attributes::names(attributes::JOB_SUMMARY).chain(attributes::names(attributes::RUN_HISTORY));
    let members = attributes().map(|name| name.strip_prefix('@').unwrap_or(name));
    Vocabulary {
        headers: &[],
        parameters: query::CONTROLS.iter().copied().chain(attributes()).collect(),
        members: members.chain(MEMBERS.iter().copied()).collect(),
        volatile: &[],
        shown: &["name", "description", "type", "owner", "attributes"],
    }
}

/// What documents have besides attributes of lists. Values of a run's `results` are what its job printed, such as the
/// configuration of a device, so `property` and `value` are not among them.
const MEMBERS: &[&str] = &[
    "$",
    "comment",
    "count",
    "displayName",
    "domain",
    "dtoType",
    "entity",
    "entityId",
    "entityType",
    "errorDocument",
    "failure",
    "first",
    "httpMethod",
    "httpResponseCode",
    "id",
    "job",
    "jobIds",
    "jobOperationPayload",
    "jobRunOperationPayload",
    "jobSummaryDTO",
    "last",
    "message",
    "mgmtResponse",
    "operation",
    "operationResult",
    "path",
    "queryParams",
    "queryResponse",
    "requestUrl",
    "responseType",
    "result",
    "results",
    "rootUrl",
    "runIds",
    "runInstance",
    "runInstances",
    "status",
    "success",
    "type",
    "uriPath",
    "url",
];
