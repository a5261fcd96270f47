//! Readings of one request and of many.

use bytes::Bytes;
use countermand_model::{Fault, Filter, Kin, Outcome, Page, Snapshot, Sort, Status};
use http::Response;

use super::answer::{self, Answered, Meaning};
use super::{ask, details, refusal};
use crate::conversation::{Once, Seen, unsupported};
use crate::oracle_ess::selection::Selection;
use crate::oracle_ess::wire::{GivenDetailsWire, GivenListWire, GivenResourcesWire};
use crate::oracle_ess::{OracleEss, decode};
use crate::{Conversation, Echo, Malformed};

/// What is asked of a list.
pub(super) struct Wanted<'c> {
    pub(super) filter: &'c Filter,
    pub(super) sort: &'c [Sort],
    pub(super) page: Page,
    pub(super) count: bool,
    pub(super) kin: Kin,
}

/// Reading one request.
pub(super) fn status(status: &Status, at: i64) -> Result<Box<dyn Conversation>, Fault> {
    if status.kin != Kin::None {
        return Err(unsupported("show the children of a request"));
    }
    let id = status.target.written.clone();
    Ok(Box::new(Once::new(ask::about("details", &id), move |response| {
        Ok(match answer::answered(response)? {
            Answered::Yes | Answered::Absent => match answer::seen(&id, response, at)? {
                Seen::Job(snapshot) => Ok(Outcome::Read { at, snapshot: Some(snapshot) }),
                Seen::Absent | Seen::Forbidden | Seen::Unknown | Seen::Refused(_) => {
                    Ok(Outcome::Read { at, snapshot: None })
                }
            },
            Answered::Refused(fault) => Err(fault),
        })
    })))
}

/// Reading many.
pub(super) fn list(
    _codec: &OracleEss,
    _wanted: Wanted<'_>,
    _at: i64,
) -> Result<Box<dyn Conversation>, Fault> {
    Err(unsupported("list"))
}

/// What the answer to a caller's own list shows.
pub(super) fn listed(echo: &Echo, response: &Response<Bytes>, at: i64) -> Meaning {
    if let Some(refusal) = refusal::read(response)? {
        return Ok(Err(refusal.fault(false)));
    }
    let is_root = echo.operation.is_some_and(|operation| operation.name == "resources");
    let jobs = if is_root {
        let _: GivenResourcesWire = decode::object(response.body())?;
        Vec::new()
    } else {
        page(response, &Selection::read(&echo.query), at)?.jobs
    };
    Ok(Ok(Outcome::Listed { at, jobs, total: None }))
}

/// A page, as it came.
pub(super) struct PageShown {
    pub(super) jobs: Vec<Snapshot>,
    pub(super) index: Option<u32>,
}

/// Reads a page, or the requests that were named: some servers write those where a page has its own.
///
/// # Errors
/// It is none, or an item is no request.
pub(super) fn page(
    response: &Response<Bytes>,
    selection: &Selection,
    at: i64,
) -> Result<PageShown, Malformed> {
    let list: GivenListWire = decode::object(response.body())?;
    let (member, items) = match (list.items, list.batch) {
        (Some(items), None) => ("items", items),
        (None, Some(batch)) => ("batch", batch),
        // Members without a value are left out, so perhaps an empty array is too.
        (None, None) if list.count == Some(0) => ("items", Vec::new()),
        (None, None) => return Err(Malformed::new("/items", "it is missing")),
        (Some(_), Some(_)) => return Err(Malformed::new("/batch", "it stands beside items")),
    };
    let shown = |(place, given): (usize, GivenDetailsWire)| {
        details::snapshot(given, None, selection, at).map_err(|malformed| {
            Malformed::new(format!("/{member}/{place}{}", malformed.place), malformed.problem)
        })
    };
    let jobs = items.into_iter().enumerate().map(shown).collect::<Result<_, _>>()?;
    Ok(PageShown { jobs, index: list.page_index })
}
