//! The two functions that are served, and the forms that a request for one may have. Nothing here knows what a
//! function does.

use http::Method;

use super::{DetailView, decode, encode};
use crate::grammar::query;
use crate::{Access, BodyRule, Evidence, Operation, Route};

/// The functions, in the order of the documentation. The servlet is found by its path and the function by `action`;
/// "baseURL/dbapi.do?action=…" (MK-99ANA004-11, Getting the request status, Stopping an API request).
pub(super) static ROUTES: &[Route<DetailView>] = &[
    Route {
        operation: Operation {
            name: "getStatus",
            methods: &[Method::GET, Method::HEAD, Method::POST],
            path: "",
            selector: Some(("action", "getStatus")),
            access: Access::Read,
            body: BodyRule::None,
            document: None,
            meaning: "Tells how far a request is and hands out its results.",
            evidence: Evidence::Documented,
        },
        decode: decode::get_status,
        encode: encode::get_status,
    },
    Route {
        operation: Operation {
            name: "abortRequest",
            // No HEAD, which must not stop anything: RFC 9110 §9.2.1 calls it safe.
            methods: &[Method::GET, Method::POST],
            path: "",
            selector: Some(("action", "abortRequest")),
            access: Access::Write,
            body: BodyRule::None,
            document: None,
            meaning: "Stops a request.",
            evidence: Evidence::Documented,
        },
        decode: decode::abort_request,
        encode: encode::abort_request,
    },
];

/// The operations of [`ROUTES`].
pub(super) fn operations() -> Vec<&'static Operation> {
    ROUTES.iter().map(|route| &route.operation).collect()
}

/// Whether a path is the abort line as one copy of the manual prints it.
pub(super) fn is_printed_line(path: &str) -> bool {
    printed_line(path).is_some()
}

/// The pairs of a query.
///
/// Quirk: the manuals up to 10.7 print `dataset =<Datasetname>`; pasted, the blank arrives as a part of the name.
/// fixtures/hitachi-detail-view/status-blank-in-parameter-name.http
pub(super) fn parameters(query: &str) -> Vec<(String, String)> {
    query::pairs(query).into_iter().map(|(name, value)| (name.trim().to_owned(), value)).collect()
}

/// Dataset and raw request id of `/<dataset>&requestId=<id>`.
pub(super) fn printed_line(path: &str) -> Option<(&str, &str)> {
    let (dataset, request_id) = path.strip_prefix('/')?.split_once("&requestId=")?;
    let whole = !request_id.is_empty() && !request_id.contains(['&', '/']);
    (whole && decode::is_dataset(dataset)).then_some((dataset, request_id))
}
