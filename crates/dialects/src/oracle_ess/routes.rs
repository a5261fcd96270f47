//! The operations, one row each, and the media types of their answers. What a row does is in `decode.rs`, `act.rs`,
//! `encode.rs` and `lists.rs`; of those that are refused, in `refused.rs`.

use http::Method;

use super::{OracleEss, act, decode, encode, lists, refused};
use crate::grammar::negotiate::Offer;
use crate::{Access, BodyRule, Evidence, Format, Operation, Route};

/// Every operation, paths below `/ess/rest/scheduler/v1`. Source: the reference page of each, Fusion `farca` 23d to 25d.
pub(super) static ROUTES: &[Route<OracleEss>] = &[
    Route {
        operation: Operation {
            name: "cancel",
            methods: &[Method::POST],
            path: "/requests/{requestId}/cancel",
            selector: None,
            access: Access::Write,
            body: BodyRule::None,
            document: None,
            meaning: "cancels a request that has not ended; of a parent, every child that has not",
            evidence: Evidence::Documented,
        },
        decode: decode::cancel,
        encode: act::cancel,
    },
    Route {
        operation: Operation {
            name: "forceCancel",
            methods: &[Method::POST],
            path: "/requests/{requestId}/forceCancel",
            selector: None,
            access: Access::Write,
            body: BodyRule::None,
            document: None,
            meaning: "ends an asynchronous request that has been cancelling in silence for 30 minutes",
            evidence: Evidence::Documented,
        },
        decode: decode::force_cancel,
        encode: act::force_cancel,
    },
    Route {
        operation: Operation {
            name: "hold",
            methods: &[Method::POST],
            path: "/requests/{requestId}/hold",
            selector: None,
            access: Access::Write,
            body: BodyRule::None,
            document: None,
            meaning: "keeps a request in WAIT or READY from starting; of a parent, every such child",
            evidence: Evidence::Documented,
        },
        decode: decode::hold,
        encode: act::hold,
    },
    Route {
        operation: Operation {
            name: "release",
            methods: &[Method::POST],
            path: "/requests/{requestId}/release",
            selector: None,
            access: Access::Write,
            body: BodyRule::None,
            document: None,
            meaning: "lets a request in HOLD go; of a parent, every such child",
            evidence: Evidence::Documented,
        },
        decode: decode::release,
        encode: act::release,
    },
    Route {
        operation: Operation {
            name: "details",
            methods: &[Method::GET, Method::HEAD],
            path: "/requests/{requestId}",
            selector: None,
            access: Access::Read,
            body: BodyRule::None,
            document: None,
            meaning: "shows a request",
            evidence: Evidence::Documented,
        },
        decode: decode::details,
        encode: encode::details,
    },
    Route {
        operation: Operation {
            name: "delete",
            methods: &[Method::DELETE],
            path: "/requests/{requestId}",
            selector: None,
            access: Access::Write,
            body: BodyRule::None,
            document: None,
            meaning: "puts a top-level request that has ended out of sight, with its children",
            evidence: Evidence::Documented,
        },
        decode: decode::delete,
        encode: act::delete,
    },
    Route {
        operation: Operation {
            name: "executionStatus",
            methods: &[Method::POST],
            path: "/requests/{requestId}/executionStatus",
            selector: None,
            access: Access::Write,
            body: BodyRule::Document,
            document: None,
            meaning: "takes what a job says of its own execution",
            evidence: Evidence::Documented,
        },
        decode: decode::report,
        encode: act::report,
    },
    Route {
        operation: Operation {
            name: "checkInCancelling",
            methods: &[Method::POST],
            path: "/requests/{requestId}/checkInCancelling",
            selector: None,
            access: Access::Read,
            body: BodyRule::Document,
            document: None,
            meaning: "tells a job whether it is being cancelled",
            evidence: Evidence::Documented,
        },
        decode: decode::check_in,
        encode: encode::check_in,
    },
    Route {
        operation: Operation {
            name: "permissions",
            methods: &[Method::GET, Method::HEAD],
            path: "/requests/{requestId}/permissions",
            selector: None,
            access: Access::Read,
            body: BodyRule::None,
            document: None,
            meaning: "says what the caller may do with a request",
            evidence: Evidence::Inferred,
        },
        decode: decode::permissions,
        encode: encode::permissions,
    },
    Route {
        operation: Operation {
            name: "requests",
            methods: &[Method::GET, Method::HEAD],
            path: "/requests",
            selector: None,
            access: Access::Read,
            body: BodyRule::None,
            document: None,
            meaning: "lists the requests that `q` asks for, or those that `id` names",
            evidence: Evidence::Documented,
        },
        decode: lists::requests,
        encode: lists::listed,
    },
    Route {
        operation: Operation {
            name: "search",
            methods: &[Method::GET, Method::HEAD],
            path: "/requests/search/{pageIndex}",
            selector: None,
            access: Access::Read,
            body: BodyRule::None,
            document: None,
            meaning: "lists a page of the requests that `q` asks for",
            evidence: Evidence::Documented,
        },
        decode: lists::search,
        encode: lists::listed,
    },
    Route {
        operation: Operation {
            name: "query",
            methods: &[Method::GET, Method::HEAD],
            path: "/query/{application}/requests",
            selector: None,
            access: Access::Read,
            body: BodyRule::None,
            document: None,
            meaning: "lists a page of one application's requests",
            evidence: Evidence::Documented,
        },
        decode: lists::of_application,
        encode: lists::listed,
    },
    Route {
        operation: Operation {
            name: "resources",
            methods: &[Method::GET, Method::HEAD],
            path: "",
            selector: None,
            access: Access::Read,
            body: BodyRule::None,
            document: None,
            meaning: "lists the operations",
            evidence: Evidence::Documented,
        },
        decode: lists::resources,
        encode: lists::shown_resources,
    },
    Route {
        operation: Operation {
            name: "submit",
            methods: &[Method::POST],
            path: "/requests",
            selector: None,
            access: Access::Write,
            body: BodyRule::None,
            document: None,
            meaning: "is refused: work is submitted to the scheduler itself",
            evidence: Evidence::Inferred,
        },
        decode: refused::decode,
        encode: refused::encode,
    },
    Route {
        operation: Operation {
            name: "submitArgs",
            methods: &[Method::POST],
            path: "/requests/submitArgs",
            selector: None,
            access: Access::Write,
            body: BodyRule::None,
            document: None,
            meaning: "is refused as `submit` is",
            evidence: Evidence::Inferred,
        },
        decode: refused::decode,
        encode: refused::encode,
    },
    Route {
        operation: Operation {
            name: "update",
            methods: &[Method::PATCH],
            path: "/requests/{requestId}",
            selector: None,
            access: Access::Write,
            body: BodyRule::None,
            document: None,
            meaning: "is refused: parameters, schedules and callbacks are the scheduler's own",
            evidence: Evidence::Inferred,
        },
        decode: refused::decode,
        encode: refused::encode,
    },
    Route {
        operation: Operation {
            name: "subscribe",
            methods: &[Method::POST, Method::DELETE],
            path: "/requests/{requestId}/subscribe",
            selector: None,
            access: Access::Write,
            body: BodyRule::None,
            document: None,
            meaning: "is refused: there are no callbacks here, a state is asked for",
            evidence: Evidence::Inferred,
        },
        decode: refused::decode,
        encode: refused::encode,
    },
    Route {
        operation: Operation {
            name: "quiesceState",
            methods: &[Method::GET],
            path: "/server/quiesceState",
            selector: None,
            access: Access::Read,
            body: BodyRule::None,
            document: None,
            meaning: "is refused: there is no cluster here that could be quiesced",
            evidence: Evidence::Inferred,
        },
        decode: refused::decode,
        encode: refused::encode,
    },
];

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
    match operation.map(|operation| operation.name) {
        // Quirk: reading one request names the charset and `type=singular`, the actions name neither;
        // fixtures/oracle-ess/get-vendor-type.http
        Some("details") => [
            ("application/json;charset=utf-8", PLAIN),
            ("application/vnd.oracle.resource+json;type=singular", RESOURCE),
        ],
        Some("requests" | "search" | "query") => [
            ("application/json;charset=utf-8", PLAIN),
            ("application/vnd.oracle.resource+json;type=collection", RESOURCE),
        ],
        Some("permissions" | "checkInCancelling") => {
            [("application/json;charset=utf-8", PLAIN), ("application/vnd.oracle.resource+json", RESOURCE)]
        }
        Some(_) | None => [("application/json", PLAIN), ("application/vnd.oracle.resource+json", RESOURCE)],
    }
}
