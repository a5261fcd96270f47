//! The head of a request: profile, route, id, and the key against forged requests. Reads no body.

use countermand_model::{Fault, FaultKind};

use super::routes::{self, PROFILES, ROUTES, WINDOWS};
use crate::grammar::{path, query};
use crate::{Echo, Format, Head};

/// See [`Codec::open`](crate::Codec::open).
pub(super) fn open(head: &Head<'_>) -> Echo {
    // The base is always one of ours: this dialect claims no other path.
    let profile = head.base.and_then(|place| PROFILES.get(place)).unwrap_or(&PROFILES[0]);
    let path = format!("{}{}", profile.collection, head.rest);
    let pairs = query::pairs(head.query.unwrap_or_default());
    let (found, mut refusal) = match routes::find(&path, head.method, &pairs) {
        Ok(route) => (Some(route), None),
        Err(fault) => (None, Some(fault)),
    };
    if profile.version == WINDOWS && forged(head, &pairs) {
        refusal = Some(Fault::new(FaultKind::Malformed, "XSRF prevention check failed"));
    }
    Echo {
        operation: found.map(|route| &ROUTES[route].operation),
        route: found.unwrap_or_default(),
        refusal,
        version: profile.version,
        format: Format::Json,
        body: Format::Json,
        method: head.method.clone(),
        id: id_in(&path),
        path,
        query: head.query.unwrap_or_default().to_owned(),
        request_url: String::new(),
        root_url: String::new(),
    }
}

/// The id in a path; in one that matches no route there is none to show.
fn id_in(path: &str) -> Option<String> {
    routes::at(path)
        .find_map(|route| path::matches(route.operation.path, path))
        .and_then(|taken| taken.first().map(|segment| path::decoded(segment)))
}

/// Whether the two halves of the key against forged requests differ. The names are Qlik's, in any case.
// Quirk: absent, or in one place only, is fine; fixtures/qlik-odag/p1-xrfkey-differs.http
fn forged(head: &Head<'_>, pairs: &[(String, String)]) -> bool {
    let in_header = head.headers.get("x-qlik-xrfkey").map(http::HeaderValue::as_bytes);
    let in_query = pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case("xrfkey"));
    in_header.zip(in_query).is_some_and(|(header, (_, query))| header != query.as_bytes())
}
