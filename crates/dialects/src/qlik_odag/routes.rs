//! Which request means which operation: the profiles and the table of operations. What an operation does is said in
//! `decode.rs` and `encode.rs`.

use bytes::Bytes;
use countermand_model::{Command, Outcome};
use http::{Method, Response};

use super::{Odag, decode, encode};
use crate::{Access, BodyRule, Echo, Evidence, Malformed, Operation, Route};

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
            document: None,
            meaning,
            evidence: Evidence::Documented,
        },
        decode,
        encode,
    }
}
