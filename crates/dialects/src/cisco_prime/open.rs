//! The head of a request: version, suffix, route, formats, and the URLs that answers echo. Reads no body.

use countermand_model::{Fault, FaultKind};
use http::Method;
use http::header::RANGE;
use percent_encoding::percent_decode_str;

use super::Prime;
use super::errors::{NO_SUCH_ENTITY_TYPE, NO_SUCH_RESOURCE, NOT_LISTED};
use super::query::Paging;
use super::routes::{self, ROUTES};
use super::wire::{DOMAIN, ROOT_DOMAIN};
use crate::grammar::route::{self, Hit, Miss};
use crate::grammar::{negotiate, path, query};
use crate::{BodyRule, Echo, Format, Head, Malformed, Operation};

/// What answers are written in; XML when nothing is said ("By default, when nothing is specified, the response format
/// is set to be XML"). The vendor names `text/xml`; `application/xml` is taken as the same wish, and answered with
/// `text/xml` too.
const ANSWERS: &[negotiate::Offer] =
    &[("text/xml", Format::Xml), ("application/xml", Format::Xml), ("application/json", Format::Json)];

/// What bodies are read in.
const BODIES: &[negotiate::Offer] =
    &[("application/json", Format::Json), ("application/xml", Format::Xml), ("text/xml", Format::Xml)];

/// What an answer is written as where no known version was asked for. Inferred: the newest is the least odd.
const VERSION_OF_THE_LOST: u8 = 4;

/// See [`Codec::open`](crate::Codec::open).
pub(super) fn open(prime: &Prime, head: &Head<'_>) -> Echo {
    let (path, suffix) = without_suffix(head.rest);
    let (version, below) = version_and_rest(path);
    let (found, missing) = match find(head, path, version) {
        Ok(hit) => (Some(hit), None),
        Err(miss) => {
            let known =
                version.and_then(|_| unknown_entity_type(head, below).or_else(|| starter(head, below)));
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
    let strange =
        || unknown_domain(prime, query).or_else(|| too_large(prime, operation, query, range.as_deref()));
    let refusal = missing.or(unacceptable).or(unreadable).or_else(strange);

    Echo {
        operation,
        route: found.as_ref().map_or(0, |hit| hit.index),
        refusal,
        version: version.unwrap_or(VERSION_OF_THE_LOST),
        format,
        body,
        method: head.method.clone(),
        path: below.to_owned(),
        query: query.to_owned(),
        range,
        request_url: request_url(head, path, below),
        root_url: root_url(head, version, below),
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
    let hit = route::find(&ROUTES, path, head.method, &[])?;
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
    let (first, below) = whole.split_at(whole.find('/').unwrap_or(whole.len()));
    let version =
        routes::VERSIONS.iter().zip(1..).find(|(name, _)| **name == first).map(|(_, number)| number);
    (version, below)
}

/// `/data/{something}` by GET is told what it is that does not exist.
fn unknown_entity_type(head: &Head<'_>, below: &str) -> Option<Fault> {
    let reads = routes::READS.contains(head.method);
    let mut segments = below.strip_prefix("/data/")?.split('/');
    let entity = segments.next().filter(|entity| !entity.is_empty() && *entity != routes::JOB_SUMMARY)?;
    let shallow = segments.nth(1).is_none();
    (reads && shallow).then(|| {
        Fault::new(FaultKind::UnknownRoute, format!("No such entity type as {}.", path::decoded(entity)))
            .with_code(Some(NO_SUCH_ENTITY_TYPE))
    })
}

/// An operation that starts jobs is not served, and told so.
fn starter(head: &Head<'_>, below: &str) -> Option<Fault> {
    let path = below.strip_prefix("/op/")?;
    let is_one = head.method == Method::PUT && routes::STARTERS.contains(&path);
    is_one.then(|| {
        Fault::new(
            FaultKind::Unsupported,
            format!("Jobs are controlled here, not started: {path} is not served."),
        )
    })
}

/// Inferred: nobody has seen what a domain that does not exist is answered with.
fn unknown_domain(prime: &Prime, query: &str) -> Option<Fault> {
    let pairs = query::pairs(query);
    let domain = query::first(&pairs, DOMAIN)?;
    let known = &prime.settings.domains;
    let exists = known.is_empty() || domain == ROOT_DOMAIN || known.iter().any(|name| name == domain);
    let wrong = || Malformed::new(DOMAIN, format!("there is no virtual domain {domain:?}"));
    (!exists).then(|| Fault::new(FaultKind::Malformed, wrong().to_string()))
}

/// Documented: the largest page is one of the five limits of which exceeding any is answered with 503. The sentence is
/// inferred.
fn too_large(
    prime: &Prime,
    operation: Option<&'static Operation>,
    query: &str,
    range: Option<&str>,
) -> Option<Fault> {
    operation.filter(|operation| operation.name == routes::LIST)?;
    // A page that is none is for the decoder to tell.
    let paging = Paging::read(query, range, &prime.settings).ok()?;
    let limit = prime.settings.page_limit;
    (paging.size > limit).then(|| {
        let message = format!("The page size exceeds the limit (More than {limit})");
        Fault::new(FaultKind::TooManyRequests, message).with_code(Some(NOT_LISTED))
    })
}

fn request_url(head: &Head<'_>, path: &str, below: &str) -> String {
    let mut url = format!("{}{}{path}", head.origin, head.base_path());
    if let Some(query) = head.query {
        url.push('?');
        // Quirk: below data/ the query is echoed decoded, below op/ as it was sent;
        // fixtures/cisco-prime/v1-query-is-echoed.http
        if below.starts_with("/data") {
            url.push_str(&percent_decode_str(query).decode_utf8_lossy());
        } else {
            url.push_str(query);
        }
    }
    url
}

/// The API's root with version and section: `https://host/webacs/api/v1/op`. No slash at the end.
fn root_url(head: &Head<'_>, version: Option<u8>, below: &str) -> String {
    let mut url = format!("{}{}", head.origin, head.base_path());
    if let Some(version) = version {
        url.push_str(&format!("/v{version}"));
    }
    if let Some(section @ ("op" | "data")) = below.split('/').nth(1) {
        url.push('/');
        url.push_str(section);
    }
    url
}
