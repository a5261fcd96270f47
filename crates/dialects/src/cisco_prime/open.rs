//! The head of a request: version, suffix, route, formats, and the URLs that answers echo. Reads no body.

use countermand_model::Fault;
use http::header::RANGE;
use percent_encoding::percent_decode_str;

use super::errors::NO_SUCH_RESOURCE;
use super::routes::{self, ROUTES};
use super::{Prime, refused};
use crate::grammar::bytes::split_before;
use crate::grammar::route::{self, Hit, Miss};
use crate::grammar::{negotiate, path};
use crate::{BodyRule, Echo, Format, Head};

/// What answers are written in; XML when nothing is said ("By default, when nothing is specified, the response format
/// is set to be XML"). The vendor names `text/xml`; `application/xml` is taken as the same wish, and answered with
/// `text/xml` too.
const ANSWERS: &[negotiate::Offer] =
    &[("text/xml", Format::Xml), ("application/xml", Format::Xml), ("application/json", Format::Json)];

/// What bodies are read in.
const BODIES: &[negotiate::Offer] =
    &[("application/json", Format::Json), ("application/xml", Format::Xml), ("text/xml", Format::Xml)];

/// See [`Codec::open`](crate::Codec::open).
pub(super) fn open(prime: &Prime, head: &Head<'_>) -> Echo {
    let (path, suffix) = without_suffix(head.rest);
    let (version, below) = version_and_rest(path);
    let (found, missing) = match find(head, path, version) {
        Ok(hit) => (Some(hit), None),
        Err(miss) => {
            let known = version.and_then(|_| refused::of_path(head, below));
            (None, Some(known.unwrap_or_else(|| Fault::new(miss.kind(), NO_SUCH_RESOURCE))))
        }
    };
    let operation = found.as_ref().map(|hit| hit.operation);

    // Quirk: a suffix wins against Accept; fixtures/cisco-prime/suffix-beats-accept.http
    let negotiated = match (suffix, operation.and_then(|operation| operation.document)) {
        (Some(format), _) => Ok(format),
        (None, Some(_)) => Ok(Format::Xml),
        (None, None) => negotiate::answer(head.headers, ANSWERS),
    };
    let (format, unacceptable) =
        negotiated.map_or_else(|fault| (Format::Xml, Some(fault)), |format| (format, None));

    // Quirk: the suffix does not choose the parser, only Content-Type does, and a GET may have any;
    // fixtures/cisco-prime/json-suffix-with-xml-body.http and stray-content-type-on-get.http
    let takes_body = operation.is_some_and(|operation| operation.body != BodyRule::None);
    let read = if takes_body { negotiate::body(head.headers, BODIES, Format::Xml) } else { Ok(Format::Xml) };
    let (body, unreadable) = read.map_or_else(|fault| (Format::Xml, Some(fault)), |format| (format, None));

    let query = head.query.unwrap_or_default();
    let range = head.headers.get(RANGE).map(|range| String::from_utf8_lossy(range.as_bytes()).into_owned());
    let of_query = || refused::of_query(&prime.settings, operation, query, range.as_deref());
    let refusal = missing.or(unacceptable).or(unreadable).or_else(of_query);

    Echo {
        operation,
        route: found.as_ref().map_or(0, |hit| hit.index),
        refusal,
        // Where no known version was asked for. Inferred: the newest is the least odd.
        version: version.unwrap_or(routes::NEWEST),
        format,
        body,
        method: head.method.clone(),
        path: below.to_owned(),
        query: query.to_owned(),
        range,
        request_url: request_url(head, path, below),
        root_url: root_url(head, path, version, below),
        id: found.and_then(|hit| hit.taken.get(1).map(|id| path::decoded(id))),
    }
}

/// The route of a path without its suffix. The login page has no version, and nothing else is below its base.
fn find<'p>(head: &Head<'_>, path: &'p str, version: Option<u8>) -> Result<Hit<'p>, Miss> {
    let is_page = head.base.and_then(|base| routes::PATHS.get(base)) == Some(&routes::LOGIN);
    let may_exist = if is_page { path.is_empty() } else { version.is_some() };
    if !may_exist {
        return Err(Miss::Path);
    }
    let hit = route::find(&ROUTES, path, head.method, "")?;
    // Only two suffixes are known; any other is no id but a resource that does not exist.
    let odd_suffix = hit.taken.get(1).is_some_and(|id| id.contains('.'));
    if odd_suffix { Err(Miss::Path) } else { Ok(hit) }
}

/// Quirk: the suffix stands at the end of the path and is not shown in any URL that is echoed;
/// fixtures/cisco-prime/v1-query-is-echoed.http
fn without_suffix(path: &str) -> (&str, Option<Format>) {
    let known = [(".json", Format::Json), (".xml", Format::Xml)];
    known
        .into_iter()
        .find_map(|(suffix, format)| path.strip_suffix(suffix).map(|path| (path, Some(format))))
        .unwrap_or((path, None))
}

/// `/v1/op/…` is 1 and `/op/…`. Without a known version, the path below the first segment all the same.
fn version_and_rest(path: &str) -> (Option<u8>, &str) {
    let whole = path.strip_prefix('/').unwrap_or(path);
    let (first, below) = split_before(whole, b'/');
    (routes::version(first), below)
}

fn request_url(head: &Head<'_>, path: &str, below: &str) -> String {
    let Some(query) = head.query else { return head.origin.url(&[head.base_path(), path]) };
    // Quirk: below data/ the query is echoed decoded, below op/ as it was sent;
    // fixtures/cisco-prime/v1-query-is-echoed.http
    let query =
        if below.starts_with("/data") { percent_decode_str(query).decode_utf8_lossy() } else { query.into() };
    head.origin.url(&[head.base_path(), path, "?", &query])
}

/// The API's root with version and section: `https://host/webacs/api/v1/op`. No slash at the end.
fn root_url(head: &Head<'_>, path: &str, version: Option<u8>, below: &str) -> String {
    let version = version.and_then(|_| path.strip_suffix(below)).unwrap_or_default();
    let section = match below.strip_prefix('/').map(|below| split_before(below, b'/').0) {
        Some("op") => "/op",
        Some("data") => "/data",
        Some(_) | None => "",
    };
    head.origin.url(&[head.base_path(), version, section])
}
