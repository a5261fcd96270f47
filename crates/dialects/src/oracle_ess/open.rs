//! The head of a request: route, media type of the answer, and the URLs that links begin with. Reads no body.

use countermand_model::Fault;

use super::{OracleEss, refused, routes};
use crate::grammar::route::{self, Miss};
use crate::grammar::{negotiate, path};
use crate::{BodyRule, Echo, Format, Head};

/// See [`Codec::open`](crate::Codec::open).
pub(super) fn open(codec: &OracleEss, head: &Head<'_>) -> Echo {
    let path = without_slash(head.rest);
    let (found, mut refusal) = match route::find(routes::ROUTES, path, head.method, "") {
        Ok(hit) => (Some(hit), None),
        Err(miss) => (None, Some(refusal(miss))),
    };
    let operation = found.as_ref().map(|hit| hit.operation);
    refusal = refusal.or_else(|| operation.and_then(refused::reason));
    if operation.is_some_and(|operation| operation.body == BodyRule::Document) {
        refusal = negotiate::body(head.headers, &routes::READ, Format::Json).err();
    }
    // Quirk: an Accept that names neither media type is no error, the answer is JSON all the same;
    // fixtures/oracle-ess/get-odd-accept.http
    let version = negotiate::answer(head.headers, &routes::offers(operation)).unwrap_or(routes::PLAIN);
    Echo {
        operation,
        route: found.as_ref().map_or(0, |hit| hit.index),
        refusal,
        version,
        format: Format::Json,
        body: Format::Json,
        method: head.method.clone(),
        path: path.to_owned(),
        query: head.query.unwrap_or_default().to_owned(),
        range: None,
        request_url: String::new(),
        root_url: codec.url(head.origin, head.base_path()),
        id: found.and_then(|hit| hit.taken.first().map(|id| path::decoded(id))),
    }
}

/// Quirk: a slash at the end is tolerated on lists, whose blogs write it, and on nothing else;
/// fixtures/oracle-ess/list-trailing-slash.http
fn without_slash(path: &str) -> &str {
    match path.strip_suffix('/') {
        Some(shorter) if route::at(routes::ROUTES, shorter).any(|hit| routes::is_list(hit.operation)) => {
            shorter
        }
        Some(_) | None => path,
    }
}

fn refusal(miss: Miss) -> Fault {
    let message = match miss {
        Miss::Method => "The resource is not served by this method.",
        Miss::Path | Miss::Selector => "There is no such resource.",
    };
    Fault::new(miss.kind(), message)
}
