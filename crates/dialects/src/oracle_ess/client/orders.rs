//! Orders: each looked at before and after. One request at a time, as the API has it.

use bytes::Bytes;
use countermand_model::{Effect, Kind, Reach, Snapshot, State, Target};
use http::Response;

use super::{answer, ask};
use crate::Ask;
use crate::Malformed;
use crate::conversation::{Errand, Seen, Told};
use crate::grammar::number;
use crate::oracle_ess::states;
use crate::oracle_ess::wire::write_report;

/// An order to requests.
pub(super) struct Order {
    operation: &'static str,
    /// How far the order that is meant reaches. The API's own reach the whole family.
    reach: Reach,
    document: Option<Vec<u8>>,
    at: i64,
}

impl Order {
    /// The operation of the table, without a document.
    pub(super) fn new(operation: &'static str, reach: Reach, at: i64) -> Order {
        Order { operation, reach, document: None, at }
    }

    /// What a job says of itself; `None` where it has no word for it.
    ///
    /// A live server gives each execution a `requestHandle`, which the model does not have: it is left out (inferred), and
    /// a server that insists on it refuses.
    pub(super) fn report(state: Option<State>, message: Option<&str>, at: i64) -> Option<Order> {
        let document = write_report(states::report(state)?, message);
        let order = Order::new("executionStatus", Reach::Tree, at);
        Some(Order { document: Some(document), ..order })
    }
}

impl Errand for Order {
    fn can_be(&self, target: &Target) -> bool {
        is_id(&target.written)
    }

    fn look(&self, targets: &[Target]) -> Ask {
        ask::about("details", written(targets))
    }

    fn seen(&self, targets: &[Target], answer: &Response<Bytes>) -> Result<Vec<Seen>, Malformed> {
        answer::seen(written(targets), answer, self.at).map(|seen| vec![seen])
    }

    /// The API's orders to a parent reach its schedule and its children, whatever is wanted of them: less is refused.
    fn beyond(&self, seen: &Snapshot) -> Option<Effect> {
        if seen.job.kind != Kind::Parent {
            return None;
        }
        match self.reach {
            Reach::Tree => None,
            Reach::One => Some(Effect::NotFound),
            // A hold or a release passes over the children at work; with no schedule that is just what is wanted.
            Reach::Unstarted if self.operation != "cancel" && seen.job.trigger.is_none() => None,
            Reach::Unstarted | Reach::Trigger => Some(Effect::NotPossible),
        }
    }

    fn order(&self, targets: &[Target]) -> Ask {
        match &self.document {
            None => ask::about(self.operation, written(targets)),
            Some(document) => ask::telling(self.operation, written(targets), document.clone()),
        }
    }

    /// 400 is of a request that the order does not fit: there is nothing else in the order that could be wrong.
    fn told(&self, _targets: &[Target], answer: &Response<Bytes>) -> Result<Vec<Told>, Malformed> {
        Ok(vec![match answer::taken(answer)? {
            None => Told::Taken,
            Some(refusal) if refusal.status == 400 => Told::Refused,
            Some(refusal) => Told::of(refusal.fault(true)),
        }])
    }
}

/// Whether a text can be the id of a request: what is none is asked for by nobody.
pub(super) fn is_id(text: &str) -> bool {
    number::canonical(text).is_some()
}

fn written(targets: &[Target]) -> &str {
    targets.first().map_or("", |target| target.written.as_str())
}
