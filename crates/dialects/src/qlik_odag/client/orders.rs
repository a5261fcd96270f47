//! Orders to one request at a time: looked at by `GET`, given by `PUT` or `DELETE`.
//!
//! What a server's `cancel` of a multiple request reaches is the server's: its page says both "not yet loading" and "not
//! yet completed", and nothing in the request chooses. An order that is to reach the job alone is not given to a
//! multiple one.

use bytes::Bytes;
use countermand_model::{Acknowledged, Cancel, Fault, Kind, Order, Reach, Target};
use http::Response;

use super::answer;
use super::ask::Api;
use crate::conversation::{Aim, Ask, Errand, Seen, Told, Verified, unsupported};
use crate::grammar::path;
use crate::{Conversation, Malformed};

/// `action=cancel`. It is sent without `ignoreSucceeded`: the look afterwards says what a 404 meant.
pub(super) fn cancel(api: Api, cancel: &Cancel, at: i64) -> Result<Box<dyn Conversation>, Fault> {
    if cancel.force.is_some() {
        return Err(unsupported("end a request by force"));
    }
    if cancel.delete_output && !cancel.acknowledge_after {
        return Err(unsupported("delete what a cancel leaves behind without acknowledging the cancel"));
    }
    let mut query = "action=cancel".to_owned();
    if cancel.acknowledge_after {
        query.push_str("&autoAck=true");
    }
    if cancel.delete_output {
        query.push_str("&delGenApp=true");
    }
    let act = Act { api, how: How::Put(query), alone: cancel.reach == Reach::One };
    Ok(begin(act, Aim::Cancel(cancel.reach), &cancel.targets, cancel.wants_after, at))
}

/// `action=pause` and `action=resume`.
pub(super) fn order(api: Api, action: &str, aim: Aim, order: &Order, at: i64) -> Box<dyn Conversation> {
    let act = Act { api, how: How::Put(format!("action={action}")), alone: order.reach == Reach::One };
    begin(act, aim, &order.targets, order.wants_after, at)
}

/// `action=ackcancel` and `action=ackfailure`.
pub(super) fn acknowledge(
    api: Api,
    target: &Target,
    end: Acknowledged,
    delete_output: bool,
    at: i64,
) -> Box<dyn Conversation> {
    let action = match end {
        Acknowledged::Cancel => "ackcancel",
        Acknowledged::Failure => "ackfailure",
    };
    let flag = if delete_output { "&delGenApp=true" } else { "" };
    let act = Act { api, how: How::Put(format!("action={action}{flag}")), alone: false };
    begin(act, Aim::Acknowledge(end), std::slice::from_ref(target), true, at)
}

/// `DELETE …/app`.
pub(super) fn delete_app(api: Api, target: &Target, at: i64) -> Box<dyn Conversation> {
    let act = Act { api, how: How::DeleteApp, alone: false };
    begin(act, Aim::DeleteOutput, std::slice::from_ref(target), false, at)
}

fn begin(act: Act, aim: Aim, targets: &[Target], wants_after: bool, at: i64) -> Box<dyn Conversation> {
    Box::new(Verified::new(act, aim, targets, wants_after, at))
}

/// One order.
struct Act {
    api: Api,
    how: How,
    /// Whether it is to reach the job itself, of which a multiple request has no more than a number.
    alone: bool,
}

enum How {
    /// With this query.
    Put(String),
    DeleteApp,
}

impl Errand for Act {
    fn can_be(&self, target: &Target) -> bool {
        path::segment(&target.written).is_some()
    }

    fn look(&self, targets: &[Target]) -> Ask {
        self.api.get(id(targets))
    }

    fn seen(&self, targets: &[Target], answer: &Response<Bytes>) -> Result<Vec<Seen>, Malformed> {
        let seen = answer::seen(id(targets), answer)?;
        let is_parent = seen.snapshot().is_some_and(|snapshot| snapshot.job.kind == Kind::Parent);
        Ok(vec![if self.alone && is_parent { Seen::Absent } else { seen }])
    }

    fn order(&self, targets: &[Target]) -> Ask {
        match &self.how {
            How::Put(query) => self.api.put(id(targets), query),
            How::DeleteApp => self.api.delete_app(id(targets)),
        }
    }

    fn told(&self, targets: &[Target], answer: &Response<Bytes>) -> Result<Vec<Told>, Malformed> {
        let told = match &self.how {
            How::Put(_) => answer::told(id(targets), answer),
            How::DeleteApp => answer::told_of_deletion(answer),
        };
        told.map(|told| vec![told])
    }
}

/// Each question and each order is about one request.
fn id(targets: &[Target]) -> &str {
    &targets.first().expect("a part of an order is about a target").written
}
