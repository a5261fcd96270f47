//! The reading of one request, and where its children are asked for, of the sub-requests that its object names by id.
//!
//! A multiple request costs one more reading for each of them then. One that is gone in the meantime is left out. In the
//! cloud an object names none.

use std::collections::VecDeque;

use countermand_model::{Fault, FaultKind, Kin, Kind, Outcome, Snapshot, Status};

use super::answer;
use super::ask::Api;
use crate::conversation::{Conversation, Heard, Step, not_understood, passed_on, unreachable};
use crate::grammar::path;
use crate::qlik_odag::wire::RequestWire;

/// Begins to read. ODAG has no results to hand out, however many are asked for.
pub(super) fn read(api: Api, status: &Status, at: i64) -> Box<dyn Conversation> {
    // What no path can hold is nobody's id.
    let known = path::segment(&status.target.written).map(|_| status.target.written.clone());
    let first = VecDeque::from_iter(known);
    Box::new(Reading { api, at, kin: status.kin, waiting: first, asked: String::new(), head: None })
}

struct Reading {
    api: Api,
    at: i64,
    kin: Kin,
    /// The ids to read yet.
    waiting: VecDeque<String>,
    /// The one that was asked for last.
    asked: String,
    /// What was asked for, once it has been read.
    head: Option<Snapshot>,
}

impl Reading {
    fn take(&mut self, heard: &Heard) -> Result<(), Fault> {
        let response = heard.as_ref().map_err(|lost| unreachable(*lost))?;
        let read = answer::answered(response, |response| answer::shown(&self.asked, response));
        let found = match read.map_err(|malformed| not_understood(&malformed))? {
            Ok(snapshot) => Some(snapshot),
            Err(fault) if fault.kind == FaultKind::NotFound => None,
            Err(fault) => return Err(passed_on(fault)),
        };
        match (&mut self.head, found) {
            (Some(head), Some(sub)) => head.kin.push(sub.job),
            (None, Some(head)) => {
                if head.job.kind == Kind::Parent && head.kin.is_empty() && self.kin != Kin::None {
                    let named = RequestWire::read(response.body()).and_then(|wire| wire.texts("subRequests"));
                    self.waiting.extend(named.map_err(|malformed| not_understood(&malformed))?);
                }
                self.head = Some(head);
            }
            (_, None) => {}
        }
        Ok(())
    }
}

impl Conversation for Reading {
    fn next(&mut self, heard: Option<Heard>) -> Step {
        if let Some(heard) = heard
            && let Err(fault) = self.take(&heard)
        {
            return Step::Done(Err(fault));
        }
        if let Some(id) = self.waiting.pop_front() {
            let ask = self.api.get(&id);
            self.asked = id;
            return Step::Send(ask);
        }
        let snapshot = self.head.take().map(|mut head| {
            answer::choose(&mut head.kin, self.kin);
            Box::new(head)
        });
        Step::Done(Ok(Outcome::Read { at: self.at, snapshot }))
    }
}
