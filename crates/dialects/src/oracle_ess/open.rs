//! The head of a request: route, media type of the answer, and the URLs that links begin with. Reads no body.

use super::{OracleEss, routes};
use crate::grammar::{negotiate, path};
use crate::{Echo, Format, Head};

/// See [`Codec::open`](crate::Codec::open).
pub(super) fn open(codec: &OracleEss, head: &Head<'_>) -> Echo {
    let (found, refusal) = match routes::find(head.method, head.rest) {
        Ok(found) => (Some(found), None),
        Err(fault) => (None, Some(fault)),
    };
    let route = found.map_or(0, |(route, _)| route);
    let operation = found.map(|(route, _)| &routes::ROUTES[route].operation);
    // Quirk: an Accept that names neither media type is no error, the answer is JSON all the same;
    // fixtures/oracle-ess/get-odd-accept.http
    let version = negotiate::answer(head.headers, &routes::offers(operation)).unwrap_or(routes::PLAIN);
    let root_url = format!("{}{}", codec.origin(head.origin), head.base_path());
    Echo {
        operation,
        route,
        refusal,
        version,
        format: Format::Json,
        body: Format::Json,
        method: head.method.clone(),
        path: head.rest.to_owned(),
        query: head.query.unwrap_or_default().to_owned(),
        request_url: format!("{root_url}{}", head.rest),
        root_url,
        id: found.map(|(_, id)| path::decoded(id)),
    }
}
