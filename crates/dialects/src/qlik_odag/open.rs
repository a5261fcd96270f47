//! The head of a request: profile, route, id, and the key against forged requests. Reads no body.

use countermand_model::{Fault, FaultKind};

use super::routes::{self, PLACES, WINDOWS};
use super::{Odag, refused};
use crate::grammar::route::{Hit, Miss};
use crate::grammar::{path, query};
use crate::{Echo, Format, Head};

/// See [`Codec::open`](crate::Codec::open).
pub(super) fn open(odag: &Odag, head: &Head<'_>) -> Echo {
    // The base is always one of ours: this dialect claims no other path.
    let place = head.base.and_then(|place| PLACES.get(place)).unwrap_or(&PLACES[0]);
    let path = [place.collection, head.rest].concat();
    let query = head.query.unwrap_or_default();
    let found = routes::find(odag, place.profile, &path, head.method, query);
    let mut refusal = match &found {
        Ok(hit) => refused::reason(hit.operation),
        Err(miss) => Some(missed(*miss)),
    };
    if place.profile == WINDOWS && forged(head, query) {
        refusal = Some(Fault::new(FaultKind::Malformed, "XSRF prevention check failed"));
    }
    Echo {
        operation: found.as_ref().ok().map(|hit| hit.operation),
        route: found.as_ref().map_or(0, |hit| hit.index),
        refusal,
        version: place.profile,
        format: Format::Json,
        body: Format::Json,
        method: head.method.clone(),
        id: found.ok().or_else(|| routes::at(odag, place.profile, &path).next()).and_then(|hit| id_in(&hit)),
        path,
        query: query.to_owned(),
        range: None,
        request_url: String::new(),
        root_url: String::new(),
    }
}

/// The id in a path, of a request or of a link.
fn id_in(hit: &Hit<'_>) -> Option<String> {
    hit.taken.first().map(|segment| path::decoded(segment))
}

fn missed(miss: Miss) -> Fault {
    let message = match miss {
        Miss::Path => "There is no such resource.",
        Miss::Method => "The resource does not take this method.",
        // No source says what a missing or unknown action is answered with: 400 is inferred.
        Miss::Selector => {
            "The query parameter 'action' must be one of cancel, pause, resume, ackcancel and ackfailure."
        }
    };
    Fault::new(miss.kind(), message)
}

/// Whether the two halves of the key against forged requests differ. The names are Qlik's, in any case.
// Quirk: absent, or in one place only, is fine; fixtures/qlik-odag/p1-xrfkey-differs.http
fn forged(head: &Head<'_>, query: &str) -> bool {
    let Some(in_header) = head.headers.get("x-qlik-xrfkey") else { return false };
    let pairs = query::pairs(query);
    let in_query = pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case("xrfkey"));
    in_query.is_some_and(|(_, in_query)| in_header != in_query)
}
