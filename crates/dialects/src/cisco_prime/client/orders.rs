//! Orders, each looked at before and after: `cancelrunning` to runs, and `cancel`, `suspend` and `resume` to triggers.

use bytes::Bytes;
use countermand_model::{Cancel, Command, Effect, Fault, FaultKind, Kind, Order, Reach, Target};
use http::Response;

use super::super::wire::{JobIds, RunIds, ToldEntitiesWire, ToldOperationWire};
use super::answer::{self, Word, answered, understood};
use super::ask::{AT_ONCE, Manner};
use crate::conversation::{Aim, Ask, Errand, Heard, Lost, Seen, Step, Told, Verified, unsupported};
use crate::grammar::number;
use crate::{Conversation, Malformed};

/// A cancel.
///
/// # Errors
/// What no request of this API can say.
pub(super) fn cancel(manner: Manner, cancel: &Cancel, at: i64) -> Result<Box<dyn Conversation>, Fault> {
    let Cancel { targets, reach, force, acknowledge_after, delete_output, settle: _, wants_after } = cancel;
    if force.is_some() {
        return Err(unsupported("end a run without its consent"));
    }
    if *acknowledge_after {
        return Err(unsupported("take note of an end"));
    }
    if *delete_output {
        return Err(unsupported("delete what a job produced"));
    }
    let command = Command::Cancel(cancel.clone());
    let aim = Aim::Cancel(*reach);
    match reach {
        Reach::One => {
            let errand = Runs { manner, command, at };
            Ok(Box::new(Verified::new(errand, aim, targets, *wants_after, at)))
        }
        Reach::Trigger => {
            let errand = Triggers { manner, command, operation: "cancel", at };
            Ok(Box::new(Verified::new(errand, aim, targets, *wants_after, at)))
        }
        Reach::Tree | Reach::Unstarted => {
            let errand = Runs { manner, command, at };
            let verified = Verified::new(errand, aim, targets, *wants_after, at);
            Ok(Box::new(NoJobs { manner, ids: numbers(targets), verified, is_begun: false }))
        }
    }
}

/// A hold, of triggers alone.
///
/// # Errors
/// It reaches further.
pub(super) fn hold(manner: Manner, order: &Order, at: i64) -> Result<Box<dyn Conversation>, Fault> {
    let errand = Triggers { manner, command: Command::Hold(order.clone()), operation: "suspend", at };
    triggers(errand, Aim::Hold(order.reach), order, at)
}

/// A release, of triggers alone.
///
/// # Errors
/// It reaches further.
pub(super) fn release(manner: Manner, order: &Order, at: i64) -> Result<Box<dyn Conversation>, Fault> {
    let errand = Triggers { manner, command: Command::Release(order.clone()), operation: "resume", at };
    triggers(errand, Aim::Release(order.reach), order, at)
}

fn triggers(errand: Triggers, aim: Aim, order: &Order, at: i64) -> Result<Box<dyn Conversation>, Fault> {
    match order.reach {
        Reach::Trigger => Ok(Box::new(Verified::new(errand, aim, &order.targets, order.wants_after, at))),
        Reach::One | Reach::Tree | Reach::Unstarted => {
            Err(unsupported("hold or release a run, but only a trigger"))
        }
    }
}

/// An order to runs of which none may be a job: one to a job and all its runs takes several orders here, between which
/// another run may begin. Every job of them is found before anything is sent.
struct NoJobs {
    manner: Manner,
    /// What is yet to be looked at, the last first.
    ids: Vec<i64>,
    verified: Verified<Runs>,
    is_begun: bool,
}

impl NoJobs {
    /// The next look, or the order itself.
    fn go_on(&mut self) -> Step {
        match self.ids.pop() {
            Some(id) => Step::Send(self.manner.summary(id)),
            None => {
                self.is_begun = true;
                self.verified.next(None)
            }
        }
    }
}

impl Conversation for NoJobs {
    fn next(&mut self, heard: Option<Heard>) -> Step {
        if self.is_begun {
            return self.verified.next(heard);
        }
        let Some(heard) = heard else { return self.go_on() };
        match understood(heard, |told: ToldEntitiesWire| answer::only(&told, 0)) {
            Ok(job) if job.job.kind == Kind::Parent => {
                Step::Done(Err(unsupported("cancel a job together with its runs, but only one of the two")))
            }
            Ok(_) => self.go_on(),
            Err(fault) if fault.kind == FaultKind::NotFound => self.go_on(),
            Err(fault) => Step::Done(Err(fault)),
        }
    }
}

/// Runs, found as the latest of their jobs.
struct Runs {
    manner: Manner,
    /// Whose sentences are listened for.
    command: Command,
    at: i64,
}

impl Errand for Runs {
    const LOOK_AT: usize = AT_ONCE;
    const ORDER_TO: usize = AT_ONCE;

    fn can_be(&self, target: &Target) -> bool {
        number::decimal(&target.written).is_some()
    }

    fn look(&self, targets: &[Target]) -> Ask {
        self.manner.latest_runs(&numbers(targets))
    }

    fn seen(&self, targets: &[Target], answer: &Response<Bytes>) -> Result<Vec<Seen>, Malformed> {
        // Where a run is not the latest of its job, nothing is seen of it.
        let seen = |jobs: &[_], target: &Target| {
            number::decimal(&target.written)
                .and_then(|id| answer::run(jobs, id))
                .map_or(Seen::Unknown, |run| Seen::Job(Box::new(run)))
        };
        Ok(match answered(answer, |told: ToldEntitiesWire| answer::snapshots(&told, self.at))? {
            Ok(jobs) => targets.iter().map(|target| seen(&jobs, target)).collect(),
            Err(fault) => vec![Seen::of(fault); targets.len()],
        })
    }

    fn order(&self, targets: &[Target]) -> Ask {
        self.manner.operate::<RunIds>("cancelrunning", &numbers(targets))
    }

    fn told(&self, targets: &[Target], answer: &Response<Bytes>) -> Result<Vec<Told>, Malformed> {
        told(targets, &self.command, answer)
    }
}

/// The triggers of jobs, which are looked at one by one: that a list can be asked for jobs by their ids is not documented.
struct Triggers {
    manner: Manner,
    /// Whose sentences are listened for.
    command: Command,
    at: i64,
    operation: &'static str,
}

impl Errand for Triggers {
    const ORDER_TO: usize = AT_ONCE;

    fn can_be(&self, target: &Target) -> bool {
        number::decimal(&target.written).is_some()
    }

    fn look(&self, targets: &[Target]) -> Ask {
        self.manner.summary(first(targets))
    }

    fn seen(&self, targets: &[Target], answer: &Response<Bytes>) -> Result<Vec<Seen>, Malformed> {
        let shown = |told: ToldEntitiesWire| answer::asked_for(first(targets), &told, self.at);
        Ok(vec![match answered(answer, shown)? {
            Ok(snapshot) => Seen::Job(Box::new(snapshot)),
            Err(fault) => Seen::of(fault),
        }])
    }

    fn order(&self, targets: &[Target]) -> Ask {
        self.manner.operate::<JobIds>(self.operation, &numbers(targets))
    }

    fn told(&self, targets: &[Target], answer: &Response<Bytes>) -> Result<Vec<Told>, Malformed> {
        told(targets, &self.command, answer)
    }
}

/// The number of the one that a look at a trigger is about.
fn first(targets: &[Target]) -> i64 {
    numbers(targets).first().copied().unwrap_or_default()
}

/// The numbers that these ids are; those that are none have been left out before.
fn numbers(targets: &[Target]) -> Vec<i64> {
    targets.iter().filter_map(|target| number::decimal(&target.written)).collect()
}

/// What an answer to an order says. Of the sentence of a failure only those are understood that are this gateway's own.
fn told(targets: &[Target], command: &Command, answer: &Response<Bytes>) -> Result<Vec<Told>, Malformed> {
    let word = |word: Option<Word>| match word {
        Some(Word { is_success: true, .. }) => Told::Taken,
        Some(Word { effect: Some(Effect::NotFound), .. }) => Told::Absent,
        Some(Word { effect: Some(Effect::Forbidden), .. }) => Told::Forbidden,
        Some(Word { effect: Some(Effect::UnverifiedUnanswered), .. }) | None => {
            Told::Nothing(Lost::Unanswered)
        }
        Some(Word { is_success: false, .. }) => Told::Refused,
    };
    Ok(match answered(answer, |told: ToldOperationWire| answer::words(&told, targets, command))? {
        Ok(words) => words.into_iter().map(word).collect(),
        Err(fault) => vec![Told::of(fault); targets.len()],
    })
}
