//! The two functions that are served, those that are not, and the forms that a request for one may have. Nothing here
//! knows what a function does.

use std::borrow::Cow;

use http::Method;

use super::{DetailView, decode, encode, refused};
use crate::grammar::query::{self, Pair};
use crate::{Access, Operation, Route, Safety};

/// The functions, in the order of the documentation. The servlet is found by its path and the function by `action`;
/// "baseURL/dbapi.do?action=…" (MK-99ANA004-11, Getting the request status, Stopping an API request).
pub(super) static ROUTES: &[Route<DetailView>] = &[
    Route {
        operation: Operation {
            selector: Some(("action", "getStatus")),
            methods: &[Method::GET, Method::HEAD, Method::POST],
            // Results are handed out once.
            safety: Safety::Consuming,
            ..Operation::read("getStatus", "", "Tells how far a request is and hands out its results.")
        },
        decode: decode::get_status,
        encode: encode::get_status,
    },
    Route {
        operation: Operation {
            selector: Some(("action", "abortRequest")),
            // No HEAD, which must not stop anything: RFC 9110 §9.2.1 calls it safe.
            ..Operation::write("abortRequest", GET, "", "Stops a request.")
        },
        decode: decode::abort_request,
        encode: encode::abort_request,
    },
    refused::row("query", POST, Access::Read, "Runs a query. Refused: no new requests are taken."),
    refused::row("retrieveDataset", GET, Access::Read, "Describes a dataset. Refused as query is."),
    refused::row("clearDataset", GET, Access::Write, "Empties a dataset. Refused as query is."),
    refused::row(
        "retrieveDataSubset",
        GET,
        Access::Read,
        "Describes a part of a dataset. Refused as query is.",
    ),
    refused::row("retrieveResourceData", POST, Access::Read, "Reads resources. Refused as query is."),
    refused::row("createOrUpdateResourceData", POST, Access::Write, "Writes resources. Refused as query is."),
    refused::row("expireResourceData", GET, Access::Write, "Deactivates resources. Refused as query is."),
    refused::row("updateAttributeDef", POST, Access::Write, "Changes attributes. Refused as query is."),
    refused::row("deleteAttributeDef", GET, Access::Write, "Deletes attributes. Refused as query is."),
    refused::row(
        "getServerInfo",
        GET,
        Access::Read,
        "Tells the vendor's versions. Refused: they are not known here.",
    ),
    refused::row(
        "getAuditLogs",
        POST,
        Access::Read,
        "Tells who called. Refused: the control API has the audit.",
    ),
];

/// "supported only through two HTTP methods: GET and POST" (MK-99ANA004-11, User management API design).
const GET: &[Method] = &[Method::GET, Method::POST];

/// The same, where the manual prints POST.
const POST: &[Method] = &[Method::POST, Method::GET];

/// Whether a path is the abort line as one copy of the manual prints it.
pub(super) fn is_printed_line(path: &str) -> bool {
    printed_line(path).is_some()
}

/// The pairs of a query.
///
/// Quirk: the manuals up to 10.7 print `dataset =<Datasetname>`; pasted, the blank arrives as a part of the name.
/// fixtures/hitachi-detail-view/status-blank-in-parameter-name.http
pub(super) fn parameters(query: &str) -> Vec<Pair<'_>> {
    query::each(query).map(|(name, value)| (trimmed(name), value)).collect()
}

fn trimmed(name: Cow<'_, str>) -> Cow<'_, str> {
    match name {
        Cow::Borrowed(name) => Cow::Borrowed(name.trim()),
        Cow::Owned(name) => Cow::Owned(name.trim().to_owned()),
    }
}

/// The value of a parameter, where it has one: an empty one counts as none.
///
/// A parameter may stand there twice, as long as both say the same. Which of two values the vendor would believe is not
/// known, and a wrong guess would stop somebody else's request.
///
/// # Errors
/// It has several values.
pub(super) fn value<'p>(parameters: &'p [Pair<'_>], name: &str) -> Result<Option<&'p str>, Ambiguous> {
    let mut values = parameters.iter().filter(|(key, value)| key == name && !value.is_empty());
    let Some((_, first)) = values.next() else { return Ok(None) };
    if values.all(|(_, other)| other == first) { Ok(Some(first)) } else { Err(Ambiguous) }
}

/// A parameter with several values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ambiguous;

/// Dataset and raw request id of `/<dataset>&requestId=<id>`.
pub(super) fn printed_line(path: &str) -> Option<(&str, &str)> {
    let (dataset, request_id) = path.strip_prefix('/')?.split_once("&requestId=")?;
    let whole = !request_id.is_empty() && !request_id.contains(['&', '/']);
    (whole && decode::is_dataset(dataset)).then_some((dataset, request_id))
}
