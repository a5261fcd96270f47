//! The names of this dialect, for recordings: the members that `fields` may name, and those of its other documents.

use super::selection;
use crate::Vocabulary;

/// See [`Vocabulary`].
pub(super) fn vocabulary() -> Vocabulary {
    Vocabulary {
        headers: &["x-requested-by"],
        parameters: PARAMETERS.to_vec(),
        members: selection::members().chain(MEMBERS.iter().copied()).collect(),
        volatile: &["elapsedTime"],
        shown: &["name", "description", "type", "owner", "message", "attributes"],
    }
}

const PARAMETERS: &[&str] = &[
    "excludeFields",
    "fields",
    "id",
    "limit",
    "links",
    "offset",
    "orderBy",
    "pageIndex",
    "q",
    "totalResults",
];

/// What documents have besides the members of a request. The `value` of a request's parameter is what its submitter
/// wrote, so it is not among them.
const MEMBERS: &[&str] = &[
    "batch",
    "count",
    "detail",
    "errorCode",
    "href",
    "items",
    "mediaType",
    "method",
    "name",
    "pageIndex",
    "paramType",
    "permissions",
    "rel",
    "status",
    "templated",
    "title",
    "type",
];
