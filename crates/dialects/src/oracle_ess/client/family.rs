//! The children of what was found: they are listed by the top of their family, several families at once.
//!
//! Families of the model have two levels, and so all below a top are its children: the steps of a scheduled job set as
//! well as its instance. A request in the middle has none there.

use std::collections::HashMap;

use bytes::Bytes;
use countermand_model::{Children, Fault, Job, Kin, Kind, Snapshot};
use http::Response;

use super::pages::Pages;
use crate::oracle_ess::query;
use crate::{Ask, Malformed};

/// How many families are listed at once: as many as make an address of a thousand characters or so.
const AT_ONCE: usize = 20;

/// The families of what was found.
pub(super) struct Families {
    found: Vec<Snapshot>,
    kin: Kin,
    /// The tops whose children are not read yet, the next last.
    tops: Vec<i64>,
    pages: Option<Pages>,
    children: HashMap<i64, Vec<Job>>,
}

impl Families {
    /// What was found, with these children to be read.
    pub(super) fn new(found: Vec<Snapshot>, kin: Kin) -> Families {
        let parents = found.iter().filter(|shown| kin != Kin::None && shown.job.kind == Kind::Parent);
        let tops = parents.map(|shown| shown.job.number).rev().collect();
        Families { found, kin, tops, pages: None, children: HashMap::new() }
    }

    /// The next page of children; `None` when all are there.
    pub(super) fn ask(&mut self) -> Option<Ask> {
        loop {
            if let Some(pages) = &mut self.pages {
                if let Some(ask) = pages.ask() {
                    return Some(ask);
                }
                for child in pages.found().0 {
                    self.children.entry(child.job.parent.unwrap_or(0)).or_default().push(child.job);
                }
                self.pages = None;
            }
            if self.tops.is_empty() {
                return None;
            }
            let tops = self.tops.split_off(self.tops.len().saturating_sub(AT_ONCE));
            self.pages = Some(Pages::all(query::below(&tops)));
        }
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
        match &mut self.pages {
            Some(pages) => pages.take(response, at),
            None => Ok(Ok(())),
        }
    }

    /// What was found, each with its children.
    pub(super) fn found(&mut self) -> Vec<Snapshot> {
        let mut found = std::mem::take(&mut self.found);
        for shown in &mut found {
            shown.kin = self.children.remove(&shown.job.number).unwrap_or_default();
            if shown.job.kind == Kind::Parent && self.kin != Kin::None {
                let unfinished = shown.kin.iter().filter(|child| !child.state.is_terminal()).count() as u64;
                shown.job.children = Children { total: shown.kin.len() as u64, unfinished };
            }
            self.kin.choose(&mut shown.kin);
        }
        found
    }
}
