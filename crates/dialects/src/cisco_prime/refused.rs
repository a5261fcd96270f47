//! Why a request is refused by its head alone, besides that nothing is there: what kind of thing is not there, what is
//! not for us, and what the mount's settings forbid.

use countermand_model::{Fault, FaultKind};
use http::Method;

use super::errors::{NO_SUCH_ENTITY_TYPE, NOT_LISTED};
use super::query::Paging;
use super::routes;
use super::settings::Settings;
use super::wire::{DOMAIN, ROOT_DOMAIN};
use crate::grammar::{path, query};
use crate::{Head, Malformed, Operation};

/// What is to be said of a path that no route has.
pub(super) fn of_path(head: &Head<'_>, below: &str) -> Option<Fault> {
    unknown_entity_type(head, below).or_else(|| starter(head, below))
}

/// What is wrong with the query or the `Range` header of a request that has a route.
pub(super) fn of_query(
    settings: &Settings,
    operation: Option<&'static Operation>,
    query: &str,
    range: Option<&str>,
) -> Option<Fault> {
    unknown_domain(settings, query).or_else(|| too_large(settings, operation, query, range))
}

/// `/data/{something}` by GET is told what it is that does not exist.
fn unknown_entity_type(head: &Head<'_>, below: &str) -> Option<Fault> {
    let reads = [Method::GET, Method::HEAD].contains(head.method);
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
fn unknown_domain(settings: &Settings, query: &str) -> Option<Fault> {
    let domain = query::value(query, DOMAIN)?;
    let known = &settings.domains;
    let exists = known.is_empty() || domain == ROOT_DOMAIN || known.iter().any(|name| *name == domain);
    let wrong = || Malformed::new(DOMAIN, format!("there is no virtual domain {domain:?}"));
    (!exists).then(|| Fault::new(FaultKind::Malformed, wrong().to_string()))
}

/// Documented: the largest page is one of the five limits of which exceeding any is answered with 503. The sentence is
/// inferred.
fn too_large(
    settings: &Settings,
    operation: Option<&'static Operation>,
    query: &str,
    range: Option<&str>,
) -> Option<Fault> {
    operation.filter(|operation| operation.name == routes::LIST)?;
    // A page that is none is for the decoder to tell.
    let paging = Paging::read(query, range, settings).ok()?;
    let limit = settings.page_limit;
    (paging.size > limit).then(|| {
        let message = format!("The page size exceeds the limit (More than {limit})");
        Fault::new(FaultKind::TooManyRequests, message).with_code(Some(NOT_LISTED))
    })
}
