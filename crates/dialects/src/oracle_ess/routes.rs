//! The operations, one row each, and the media types of their answers. What a row does is in `decode.rs`, `act.rs`,
//! `encode.rs` and `lists.rs`; of those that are refused, in `refused.rs`.

use http::{HeaderValue, Method};

use super::{OracleEss, act, decode, encode, lists, refused};
use crate::grammar::negotiate::Offer;
use crate::{Access, BodyRule, Evidence, Format, Operation, Route};

/// Every operation, paths below `/ess/rest/scheduler/v1`. Source: the reference page of each, Fusion `farca` 23d to 25d.
pub(super) static ROUTES: &[Route<OracleEss>] = &[
    Route {
        operation: Operation::write(
            "cancel",
            POST,
            "/requests/{requestId}/cancel",
            "cancels a request that has not ended; of a parent, every child that has not",
        ),
        decode: decode::cancel,
        encode: act::cancel,
    },
    Route {
        operation: Operation::write(
            "forceCancel",
            POST,
            "/requests/{requestId}/forceCancel",
            "ends an asynchronous request that has been cancelling in silence for 30 minutes",
        ),
        decode: decode::force_cancel,
        encode: act::force_cancel,
    },
    Route {
        operation: Operation::write(
            "hold",
            POST,
            "/requests/{requestId}/hold",
            "keeps a request in WAIT or READY from starting; of a parent, every such child",
        ),
        decode: decode::hold,
        encode: act::hold,
    },
    Route {
        operation: Operation::write(
            "release",
            POST,
            "/requests/{requestId}/release",
            "lets a request in HOLD go; of a parent, every such child",
        ),
        decode: decode::release,
        encode: act::release,
    },
    Route {
        operation: Operation::read("details", "/requests/{requestId}", "shows a request"),
        decode: decode::details,
        encode: encode::details,
    },
    Route {
        operation: Operation::write(
            "delete",
            DELETE,
            "/requests/{requestId}",
            "puts a top-level request that has ended out of sight, with its children",
        ),
        decode: decode::delete,
        encode: act::delete,
    },
    Route {
        operation: Operation {
            body: BodyRule::Document,
            ..Operation::write(
                "executionStatus",
                POST,
                "/requests/{requestId}/executionStatus",
                "takes what a job says of its own execution",
            )
        },
        decode: decode::report,
        encode: act::report,
    },
    Route {
        operation: Operation {
            access: Access::Read,
            body: BodyRule::Document,
            ..Operation::write(
                "checkInCancelling",
                POST,
                "/requests/{requestId}/checkInCancelling",
                "tells a job whether it is being cancelled",
            )
        },
        decode: decode::check_in,
        encode: encode::check_in,
    },
    Route {
        operation: Operation {
            evidence: Evidence::Inferred,
            ..Operation::read(
                "permissions",
                "/requests/{requestId}/permissions",
                "says what the caller may do with a request",
            )
        },
        decode: decode::permissions,
        encode: encode::permissions,
    },
    Route {
        operation: Operation::read(
            "requests",
            "/requests",
            "lists the requests that `q` asks for, or those that `id` names",
        ),
        decode: lists::requests,
        encode: lists::listed,
    },
    Route {
        operation: Operation::read(
            "search",
            "/requests/search/{pageIndex}",
            "lists a page of the requests that `q` asks for",
        ),
        decode: lists::search,
        encode: lists::listed,
    },
    Route {
        operation: Operation::read(
            "query",
            "/query/{application}/requests",
            "lists a page of one application's requests",
        ),
        decode: lists::of_application,
        encode: lists::listed,
    },
    Route {
        operation: Operation::read("resources", "", "lists the operations"),
        decode: lists::resources,
        encode: lists::shown_resources,
    },
    refused::row(Operation::write(
        "submit",
        POST,
        "/requests",
        "is refused: work is submitted to the scheduler itself",
    )),
    refused::row(Operation::write("submitArgs", POST, "/requests/submitArgs", "is refused as `submit` is")),
    refused::row(Operation::write(
        "update",
        PATCH,
        "/requests/{requestId}",
        "is refused: parameters, schedules and callbacks are the scheduler's own",
    )),
    refused::row(Operation::write(
        "subscribe",
        &[Method::POST, Method::DELETE],
        "/requests/{requestId}/subscribe",
        "is refused: there are no callbacks here, a state is asked for",
    )),
    refused::row(Operation {
        access: Access::Read,
        ..Operation::write(
            "quiesceState",
            GET,
            "/server/quiesceState",
            "is refused: there is no cluster here that could be quiesced",
        )
    }),
];

const GET: &[Method] = &[Method::GET];
const POST: &[Method] = &[Method::POST];
const PATCH: &[Method] = &[Method::PATCH];
const DELETE: &[Method] = &[Method::DELETE];

/// Whether an operation is answered with a list.
pub(super) fn is_list(operation: &Operation) -> bool {
    matches!(operation.name, "requests" | "search" | "query" | "resources")
}

/// The media types a body is read under; without a `Content-Type`, it is JSON as well. Source: the pages of the
/// operations that take one.
pub(super) const READ: [Offer; 2] =
    [("application/json", Format::Json), ("application/vnd.oracle.resource+json", Format::Json)];

/// [`Echo::version`](crate::Echo): the answer is plain JSON.
pub(super) const PLAIN: u8 = 1;
/// [`Echo::version`](crate::Echo): the answer is JSON under Oracle's own media type.
pub(super) const RESOURCE: u8 = 2;

/// The media types that an operation's answers, errors included, are written under; [`PLAIN`] is the default.
pub(super) fn offers(operation: Option<&Operation>) -> [(&'static str, u8); 2] {
    let [plain, resource] = types(operation);
    [(plain.name, PLAIN), (resource.name, RESOURCE)]
}

/// The `Content-Type` of such an answer.
pub(super) fn content_type(operation: Option<&Operation>, version: u8) -> HeaderValue {
    let [plain, resource] = types(operation);
    let media_type = if version == RESOURCE { resource } else { plain };
    media_type.value.clone()
}

/// A media type, and the same as the value of a header, which is made when the program is compiled.
struct MediaType {
    name: &'static str,
    value: HeaderValue,
}

const fn media_type(name: &'static str) -> MediaType {
    MediaType { name, value: HeaderValue::from_static(name) }
}

static JSON: MediaType = media_type("application/json");
static JSON_IN_UTF_8: MediaType = media_type("application/json;charset=utf-8");
static ORACLE: MediaType = media_type("application/vnd.oracle.resource+json");
static ORACLE_SINGULAR: MediaType = media_type("application/vnd.oracle.resource+json;type=singular");
static ORACLE_COLLECTION: MediaType = media_type("application/vnd.oracle.resource+json;type=collection");

/// [`PLAIN`] and [`RESOURCE`] of an operation.
fn types(operation: Option<&Operation>) -> [&'static MediaType; 2] {
    match operation.map(|operation| operation.name) {
        // Quirk: reading one request names the charset and `type=singular`, the actions name neither;
        // fixtures/oracle-ess/get-vendor-type.http
        Some("details") => [&JSON_IN_UTF_8, &ORACLE_SINGULAR],
        Some("requests" | "search" | "query") => [&JSON_IN_UTF_8, &ORACLE_COLLECTION],
        Some("permissions" | "checkInCancelling") => [&JSON_IN_UTF_8, &ORACLE],
        Some(_) | None => [&JSON, &ORACLE],
    }
}
