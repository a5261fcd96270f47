//! Which request means which operation: the profiles and the table of operations. What an operation does is said in
//! `decode.rs` and `encode.rs`.

use bytes::Bytes;
use countermand_model::{Command, Fault, FaultKind, Outcome};
use http::{Method, Response};

use super::{Odag, decode, encode};
use crate::grammar::{path, query};
use crate::{Access, BodyRule, Echo, Evidence, Malformed, Operation, Resend, Route};

/// One of the three places where the API lives.
pub(super) struct Profile {
    /// Its path.
    pub(super) base: &'static str,
    /// [`Echo::version`].
    pub(super) version: u8,
    /// What stands in profile 1 between its base and a path below this one.
    pub(super) collection: &'static str,
}

/// The profiles, in the order of the dialect's paths.
pub(super) const PROFILES: [Profile; 3] = [
    Profile { base: "/api/odag/v1", version: WINDOWS, collection: "" },
    Profile { base: "/api/v1/odagrequests", version: 2, collection: "/requests" },
    Profile { base: "/api/analytics/odag-requests", version: 3, collection: "/requests" },
];

/// [`Echo::version`] on Windows; the others are the cloud's.
pub(super) const WINDOWS: u8 = 1;

/// Every operation, with paths as profile 1 writes them.
pub(super) static ROUTES: &[Route<Odag>] = &[
    Route {
        operation: Operation {
            name: "get",
            methods: READS,
            path: "/requests/{requestId}",
            selector: None,
            access: Access::Read,
            body: BodyRule::None,
            resend: Resend::Safe,
            document: None,
            meaning: "The state of a request.",
            evidence: Evidence::Documented,
        },
        decode: decode::get,
        encode: encode::read,
    },
    action(
        "cancel",
        "Stop a request, or the sub-requests of a multiple one that have not begun to load.",
        decode::cancel,
        encode::cancelled,
    ),
    action("pause", "Keep a queued request from starting.", decode::pause, encode::acted),
    action("resume", "Let a paused request go.", decode::resume, encode::acted),
    action("ackcancel", "Take note of a cancelation.", decode::acknowledge_cancel, encode::acted),
    action("ackfailure", "Take note of a failure.", decode::acknowledge_failure, encode::acted),
];

const READS: &[Method] = &[Method::GET, Method::HEAD];
const WRITES: &[Method] = &[Method::PUT];
const SELECTOR: &str = "action";

type Decode = fn(&Odag, &Echo, &[u8]) -> Result<Command, Malformed>;
type Encode = fn(&Odag, &Echo, &Outcome) -> Response<Bytes>;

/// The row of one value of `action`.
// Quirk: `action` is a query parameter, though the page lists it under the path; fixtures/qlik-odag/p1-cancel-queued.http
const fn action(name: &'static str, meaning: &'static str, decode: Decode, encode: Encode) -> Route<Odag> {
    Route {
        operation: Operation {
            name,
            methods: WRITES,
            path: "/requests/{requestId}",
            selector: Some((SELECTOR, name)),
            access: Access::Write,
            body: BodyRule::None,
            resend: Resend::Never,
            document: None,
            meaning,
            evidence: Evidence::Documented,
        },
        decode,
        encode,
    }
}

/// The methods a path is served by, as `Allow` lists them; empty for a path that is nobody's.
pub(super) fn allowed(path: &str) -> String {
    let mut methods: Vec<&str> = Vec::new();
    for route in at(path) {
        methods.extend(route.operation.methods.iter().map(Method::as_str));
    }
    methods.dedup();
    methods.join(", ")
}

pub(super) fn at(path: &str) -> impl Iterator<Item = &'static Route<Odag>> {
    ROUTES.iter().filter(move |route| path::matches(route.operation.path, path).is_some())
}

/// The place of the route of a request, or why there is none.
pub(super) fn find(path: &str, method: &Method, pairs: &[(String, String)]) -> Result<usize, Fault> {
    let mut refusal = Fault::new(FaultKind::UnknownRoute, "There is no such resource.");
    for (place, Route { operation, .. }) in ROUTES.iter().enumerate() {
        if path::matches(operation.path, path).is_none() {
            continue;
        }
        if !operation.methods.contains(method) {
            if refusal.kind == FaultKind::UnknownRoute {
                refusal = Fault::new(FaultKind::WrongMethod, "The resource does not take this method.");
            }
            continue;
        }
        match operation.selector {
            Some((name, value)) if query::first(pairs, name) != Some(value) => {
                refusal = Fault::new(FaultKind::Malformed, ACTIONS);
            }
            _ => return Ok(place),
        }
    }
    Err(refusal)
}

/// No source says what a missing or unknown action is answered with: 400 is inferred.
const ACTIONS: &str =
    "The query parameter 'action' must be one of cancel, pause, resume, ackcancel and ackfailure.";
