//! A list, page by page. How many requests a page has is the server's to choose and nowhere said, so it is measured: the
//! first page has as many as any that is not the last.
//!
//! What comes or goes while the pages are read may be missing, or stand there twice: the API has no way to read a list as
//! it is at one moment.

use bytes::Bytes;
use countermand_model::{Fault, Page, Snapshot};
use http::Response;

use super::{ask, lists, refusal};
use crate::oracle_ess::selection::Selection;
use crate::{Ask, Malformed};

/// The reading of a part of a list.
pub(super) struct Pages {
    parameters: Vec<(&'static str, String)>,
    wanted: Page,
    counts: bool,
    /// The page to be asked for, from 1; `None` when there is nothing more to ask for.
    next: Option<u64>,
    /// How many requests the first page had.
    size: u64,
    /// How many requests there are on the pages so far, those passed over included.
    seen: u64,
    /// What was found of what is wanted.
    found: Vec<Snapshot>,
}

impl Pages {
    /// The part that is wanted of what `filter` asks for, in this order; with the number of all of them, if it `counts`.
    pub(super) fn new(filter: Option<String>, order: String, wanted: Page, counts: bool) -> Pages {
        let filter = filter.map(|filter| ("q", filter));
        let parameters = filter.into_iter().chain([("orderBy", order)]).collect();
        let next = (wanted.size > 0 || counts).then_some(1);
        Pages { parameters, wanted, counts, next, size: 0, seen: 0, found: Vec::new() }
    }

    /// Everything that `filter` asks for, by number.
    pub(super) fn all(filter: String) -> Pages {
        Pages::new(Some(filter), "requestId:asc".to_owned(), Page { first: 0, size: u64::MAX }, false)
    }

    /// The next page; `None` when all is there.
    pub(super) fn ask(&self) -> Option<Ask> {
        let parameters: Vec<_> =
            self.parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.next.map(|page| ask::page(page, &parameters))
    }

    /// Takes a page in. What the server refuses is a fault in the `Ok`.
    ///
    /// # Errors
    /// It is not the page that was asked for.
    pub(super) fn take(
        &mut self,
        response: &Response<Bytes>,
        at: i64,
    ) -> Result<Result<(), Fault>, Malformed> {
        if let Some(refusal) = refusal::read(response)? {
            return Ok(Err(refusal.fault(false)));
        }
        let Some(index) = self.next else { return Ok(Ok(())) };
        let page = lists::page(response, &Selection::all(), at)?;
        if page.index.is_some_and(|told| u64::from(told) != index) {
            return Err(Malformed::new("/pageIndex", format!("page {index} was asked for")));
        }
        let count = page.jobs.len() as u64;
        if index == 1 {
            self.size = count;
        } else if count > self.size {
            let problem = format!("there are {count}, and {} on the first page", self.size);
            return Err(Malformed::new("/items", problem));
        }
        let before = self.size.saturating_mul(index - 1);
        self.seen = self.seen.max(before.saturating_add(count));
        let places = (before..).zip(page.jobs);
        let end = self.wanted.first.saturating_add(self.wanted.size);
        self.found
            .extend(places.filter(|(place, _)| (self.wanted.first..end).contains(place)).map(|(_, job)| job));
        self.next = self.following(index, count, end);
        Ok(Ok(()))
    }

    /// What comes after the page of this index, on which so many stood.
    fn following(&self, index: u64, count: u64, end: u64) -> Option<u64> {
        // Only of the first page it cannot be told whether it is short.
        let is_last = count == 0 || count < self.size;
        let is_enough = index.saturating_mul(self.size) >= end && !self.counts;
        if is_last || is_enough {
            return None;
        }
        // What lies before the part that is wanted need not be read, unless it is counted.
        let first = if self.counts { 0 } else { self.wanted.first / self.size + 1 };
        Some(first.max(index + 1))
    }

    /// What was found, and how many there are in all.
    pub(super) fn found(&mut self) -> (Vec<Snapshot>, Option<u64>) {
        (std::mem::take(&mut self.found), self.counts.then_some(self.seen))
    }
}
