//! The reading of one request, and where its children are asked for, of the sub-requests that its object names by id.
//!
//! A multiple request costs one more reading for each of them then. One that is gone in the meantime is left out. In the
//! cloud an object names none.

use std::collections::VecDeque;

use bytes::Bytes;
use countermand_model::{Fault, FaultKind, Kin, Kind, Outcome, Snapshot, Status};
use http::Response;

use super::answer;
use super::ask::Api;
use crate::conversation::{Conversation, Heard, Step, understood};
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
    fn take(&mut self, heard: Heard) -> Result<(), Fault> {
        let wants_children = self.head.is_none() && self.kin != Kin::None;
        let read = |response: &Response<Bytes>| {
            let wire = RequestWire::read(response.body())?;
            answer::about(&self.asked, &wire)?;
            let shown = answer::described(&wire)?;
            let only_names = wants_children && shown.job.kind == Kind::Parent && shown.kin.is_empty();
            let named = if only_names { wire.texts("subRequests")? } else { Vec::new() };
            Ok((shown, named))
        };
        match understood(heard, |response| answer::answered(response, read)) {
            Ok((shown, named)) => match &mut self.head {
                Some(head) => head.kin.push(shown.job),
                None => {
                    self.waiting.extend(named);
                    self.head = Some(shown);
                }
            },
            Err(fault) if fault.kind == FaultKind::NotFound => {}
            Err(fault) => return Err(fault),
        }
        Ok(())
    }
}

impl Conversation for Reading {
    fn next(&mut self, heard: Option<Heard>) -> Step {
        if let Some(heard) = heard
            && let Err(fault) = self.take(heard)
        {
            return Step::Done(Err(fault));
        }
        if let Some(id) = self.waiting.pop_front() {
            let ask = self.api.get(&id);
            self.asked = id;
            return Step::Send(ask);
        }
        let snapshot = self.head.take().map(|mut head| {
            self.kin.choose(&mut head.kin);
            Box::new(head)
        });
        Step::Done(Ok(Outcome::Read { at: self.at, snapshot }))
    }
}
