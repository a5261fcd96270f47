//! Readings: of one request, or of many by filter, order and page, each with the children that are wanted.

use bytes::Bytes;
use countermand_model::{Fault, Kin, Outcome, Snapshot, Status};
use http::Response;

use super::answer::{self, Meaning};
use super::family::Families;
use super::pages::Pages;
use super::refusal::{self, Refusal};
use super::{ask, details};
use crate::conversation::{Heard, Step, Wanted, understood, unsupported};
use crate::oracle_ess::selection::Selection;
use crate::oracle_ess::wire::{GivenDetailsWire, GivenListWire, GivenResourcesWire};
use crate::oracle_ess::{decode, query};
use crate::{Conversation, Echo, Malformed};

/// Reading one request.
pub(super) fn status(status: &Status, at: i64) -> Reading {
    let stage = Stage::Request(status.target.written.clone());
    Reading { at, kin: status.kin, answer: Answer::Request, stage }
}

/// Reading many.
///
/// # Errors
/// What is asked cannot be said, or there is no saying which children belong where.
pub(super) fn list(wanted: &Wanted<'_>, at: i64) -> Result<Reading, Fault> {
    let by = |what: String| unsupported(&format!("list requests by {what}"));
    let order =
        query::order(wanted.sort).map_err(|what| unsupported(&format!("order requests by {what}")))?;
    let stage = match query::write(wanted.filter).map_err(by)? {
        query::Written::All => Stage::List(Pages::new(None, order, wanted.page, wanted.count)),
        query::Written::Filter(filter) => {
            Stage::List(Pages::new(Some(filter), order, wanted.page, wanted.count))
        }
        query::Written::None => Stage::Families(Families::new(Vec::new(), Kin::None)),
    };
    let total = wanted.count.then_some(0);
    Ok(Reading { at, kin: wanted.kin, answer: Answer::List { total }, stage })
}

/// A reading under way.
pub(super) struct Reading {
    at: i64,
    kin: Kin,
    answer: Answer,
    stage: Stage,
}

/// What the outcome is to be.
enum Answer {
    Request,
    List { total: Option<u64> },
}

enum Stage {
    /// The request of this id is read.
    Request(String),
    /// The list is read.
    List(Pages),
    /// What was found is there; its children are read.
    Families(Families),
}

impl Reading {
    /// Takes an answer in. What the server refuses is a fault in the `Ok`.
    fn take(&mut self, response: &Response<Bytes>) -> Result<Result<(), Fault>, Malformed> {
        match &mut self.stage {
            Stage::Request(id) => {
                let shown = |response: &_| answer::shown(id, response, self.at);
                let found = answer::told(response, Refusal::is_absence, shown)?;
                Ok(found.map(|found| {
                    self.stage = Stage::Families(Families::new(found.into_iter().collect(), self.kin));
                }))
            }
            Stage::List(pages) => pages.take(response, self.at),
            Stage::Families(families) => families.take(response, self.at),
        }
    }

    fn outcome(&mut self, mut found: Vec<Snapshot>) -> Outcome {
        match self.answer {
            Answer::Request => Outcome::Read { at: self.at, snapshot: found.pop().map(Box::new) },
            Answer::List { total } => Outcome::Listed { at: self.at, jobs: found, total },
        }
    }
}

impl Conversation for Reading {
    fn next(&mut self, heard: Option<Heard>) -> Step {
        if let Some(heard) = heard
            && let Err(fault) = understood(heard, |response| self.take(response))
        {
            return Step::Done(Err(fault));
        }
        loop {
            match &mut self.stage {
                Stage::Request(id) => return Step::Send(ask::about("details", id)),
                Stage::List(pages) => {
                    if let Some(ask) = pages.ask() {
                        return Step::Send(ask);
                    }
                    let (found, total) = pages.found();
                    self.answer = Answer::List { total };
                    self.stage = Stage::Families(Families::new(found, self.kin));
                }
                Stage::Families(families) => {
                    if let Some(ask) = families.ask() {
                        return Step::Send(ask);
                    }
                    let found = families.found();
                    return Step::Done(Ok(self.outcome(found)));
                }
            }
        }
    }
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
    /// The requests on it.
    pub(super) jobs: Vec<Snapshot>,
    /// Which page it says that it is.
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
