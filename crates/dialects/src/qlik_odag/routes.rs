//! Which request means which operation: the profiles and the table of operations. What an operation does is said in
//! `decode.rs`, `filter.rs` and `encode.rs`.

use http::Method;

use super::settings::DeleteRequest;
use super::{Odag, decode, encode, filter, refused};
use crate::grammar::route::{self, Hit, Miss};
use crate::{BodyRule, Document, Evidence, Operation, Route};

/// One of the places where the API lives.
pub(super) struct Place {
    /// Its path.
    pub(super) base: &'static str,
    /// The profile, [`Echo::version`].
    pub(super) profile: u8,
    /// What stands in profile 1 between its base and a path below this one.
    pub(super) collection: &'static str,
}

/// The places, in the order of the dialect's paths.
pub(super) const PLACES: [Place; 6] = [
    Place { base: "/api/odag/v1", profile: WINDOWS, collection: "" },
    Place { base: "/api/v1/odagrequests", profile: CLOUD, collection: "/requests" },
    Place { base: "/api/analytics/odag-requests", profile: PUBLIC, collection: "/requests" },
    Place { base: "/api/v1/odaglinks", profile: CLOUD, collection: "/links" },
    Place { base: "/api/analytics/odag-links", profile: PUBLIC, collection: "/links" },
    // The one cloud resource that is called otherwise than on Windows.
    Place { base: "/api/v1/odagisavailable", profile: CLOUD, collection: "/isodagavailable" },
];

/// [`Echo::version`](crate::Echo::version) on Windows; the others are the cloud's.
pub(super) const WINDOWS: u8 = 1;
pub(super) const CLOUD: u8 = 2;
pub(super) const PUBLIC: u8 = 3;

/// The path of one request.
const REQUEST: &str = "/requests/{requestId}";
/// The path of a link's requests.
const OF_LINK: &str = "/links/{linkId}/requests";

/// Every operation, with paths as profile 1 writes them.
pub(super) static ROUTES: &[Route<Odag>] = &[
    Route {
        operation: Operation::read("get", REQUEST, "The state of a request."),
        decode: decode::get,
        encode: encode::read,
    },
    Route {
        operation: Operation {
            body: BodyRule::Document,
            ..action(
                "cancel",
                "Stop a request, or the sub-requests of a multiple one that have not begun to load.",
            )
        },
        decode: decode::cancel,
        encode: encode::cancelled,
    },
    Route {
        operation: action("pause", "Keep a queued request from starting."),
        decode: decode::pause,
        encode: encode::acted,
    },
    Route {
        operation: action("resume", "Let a paused request go."),
        decode: decode::resume,
        encode: encode::acted,
    },
    Route {
        operation: Operation {
            body: BodyRule::Document,
            ..action("ackcancel", "Take note of a cancelation.")
        },
        decode: decode::acknowledge_cancel,
        encode: encode::acted,
    },
    Route {
        operation: Operation { body: BodyRule::Document, ..action("ackfailure", "Take note of a failure.") },
        decode: decode::acknowledge_failure,
        encode: encode::acted,
    },
    Route {
        operation: Operation::read("list", "/requests", "All requests, filtered."),
        decode: filter::all,
        encode: encode::listed,
    },
    Route {
        operation: Operation::read("linkrequests", OF_LINK, "The requests of one link, filtered."),
        decode: filter::of_link,
        encode: encode::listed,
    },
    Route {
        operation: Operation::write(
            "deleteapp",
            DELETE,
            "/requests/{requestId}/app",
            "Delete the app that a request generated; the request stays.",
        ),
        decode: decode::delete_app,
        encode: encode::deleted,
    },
    Route {
        operation: Operation::read(
            "selections",
            "/requests/{requestId}/selections",
            "The selections under which a request was submitted.",
        ),
        decode: decode::selections,
        encode: encode::selections,
    },
    Route {
        operation: Operation {
            document: Some(&AVAILABLE),
            evidence: Evidence::Observed,
            ..Operation::read(
                "isodagavailable",
                "/isodagavailable",
                "Whether the service is there for the caller.",
            )
        },
        decode: route::unasked,
        encode: encode::unasked,
    },
    refused::row(Operation::write(
        "submit",
        POST,
        OF_LINK,
        "Submit a request. Refused: work is not started here.",
    )),
    refused::row(Operation::write("reloadApp", POST, "/requests/{requestId}/reloadApp", RELOAD)),
    refused::row(Operation::write("reload-app", POST, "/requests/{requestId}/reload-app", RELOAD)),
    refused::row(Operation::write("renameApp", POST, "/requests/{requestId}/renameApp", RENAME)),
    refused::row(Operation::write("rename-app", POST, "/requests/{requestId}/rename-app", RENAME)),
    // Last, because it is not there unless an option says what it means; see `table`.
    Route {
        operation: Operation {
            evidence: Evidence::Inferred,
            ..Operation::write(
                "delete",
                DELETE,
                REQUEST,
                "Not documented, and sent by two clients that mean different things; an option says which.",
            )
        },
        decode: decode::delete,
        encode: encode::delete,
    },
];

const RELOAD: &str = "Load a generated app again. Refused: work is not started here.";
const RENAME: &str = "Give a generated app another name. Refused: apps are not kept here.";

/// The operations that not every profile has, with the profiles that have them.
const ONLY: &[(&str, &[u8])] = &[
    ("list", &[WINDOWS]),
    ("selections", &[PUBLIC]),
    ("isodagavailable", &[WINDOWS, CLOUD]),
    ("reloadApp", &[WINDOWS, CLOUD]),
    ("renameApp", &[WINDOWS, CLOUD]),
    ("reload-app", &[PUBLIC]),
    ("rename-app", &[PUBLIC]),
];

/// Of `isodagavailable`. The page's model has a second, optional member about dynamic views, of which nothing is known
/// here.
static AVAILABLE: Document =
    Document { status: 200, content_type: "application/json; charset=utf-8", body: "{\"available\":true}" };

/// The row that a request of a profile means.
///
/// # Errors
/// What the row that came nearest lacks.
pub(super) fn find<'p>(
    odag: &Odag,
    profile: u8,
    path: &'p str,
    method: &Method,
    query: &str,
) -> Result<Hit<'p>, Miss> {
    let found = route::find(table(odag), path, method, query);
    // All rows of one path are in the same profiles, so a path is there or it is not.
    let is_there = match &found {
        Ok(hit) => is_in(hit.operation, profile),
        Err(_) => at(odag, profile, path).next().is_some(),
    };
    if is_there { found } else { Err(Miss::Path) }
}

/// The rows that have this path in a profile, by whatever method.
pub(super) fn at<'p>(odag: &Odag, profile: u8, path: &'p str) -> impl Iterator<Item = Hit<'p>> {
    route::at(table(odag), path).filter(move |hit| is_in(hit.operation, profile))
}

/// Whether a profile has an operation.
fn is_in(operation: &Operation, profile: u8) -> bool {
    let only = ONLY.iter().find(|(name, _)| *name == operation.name);
    only.is_none_or(|(_, profiles)| profiles.contains(&profile))
}

/// The rows of one mount.
// Quirk: DELETE of a request is 405 unless an option says what it means; fixtures/qlik-odag/delete-request-is-refused.http
fn table(odag: &Odag) -> &'static [Route<Odag>] {
    match odag.delete_request {
        DeleteRequest::Refuse => &ROUTES[..ROUTES.len() - 1],
        DeleteRequest::DeleteApp | DeleteRequest::Cancel => ROUTES,
    }
}

const PUT: &[Method] = &[Method::PUT];
const POST: &[Method] = &[Method::POST];
const DELETE: &[Method] = &[Method::DELETE];

/// One value of `action`.
// Quirk: `action` is a query parameter, though the page lists it under the path; fixtures/qlik-odag/p1-cancel-queued.http
const fn action(name: &'static str, meaning: &'static str) -> Operation {
    Operation { selector: Some(("action", name)), ..Operation::write(name, PUT, REQUEST, meaning) }
}
