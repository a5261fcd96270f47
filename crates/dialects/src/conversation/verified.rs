//! The conversation of an order: look, give it, look again. All looks come before the first order, so that a server
//! which cannot be reached is found out while nothing has been done.

use std::collections::HashMap;

use bytes::Bytes;
use countermand_model::{Acted, Effect, Fault, FaultKind, Outcome, Snapshot, Target};
use http::Response;

use super::judge::{self, Aim, Seen, Told};
use super::once::{not_understood, passed_on, unreachable};
use super::{Ask, Conversation, Heard, Lost, Step};
use crate::Malformed;

/// How a dialect says and hears the parts of an order. Each part is about one or more targets at once; the same targets
/// are handed in when the answer is read.
pub(crate) trait Errand: Send {
    /// How many targets one look is about; at least 1.
    const LOOK_AT: usize = 1;
    /// How many targets one order is given to; at least 1.
    const ORDER_TO: usize = 1;

    /// Whether a target can be a job of that server's at all. One that cannot is not there, and nobody is asked.
    fn can_be(&self, _target: &Target) -> bool {
        true
    }

    /// A safe question about these targets.
    fn look(&self, targets: &[Target]) -> Ask;

    /// What an answer to it shows: one for each of the targets.
    ///
    /// # Errors
    /// The answer is none of the dialect's.
    fn seen(&self, targets: &[Target], answer: &Response<Bytes>) -> Result<Vec<Seen>, Malformed>;

    /// What comes of an order that is not sent because this dialect's would reach further than the one that is meant;
    /// `None`: it reaches just as far. Asked of every job that a look has shown, before anything is sent.
    fn beyond(&self, _seen: &Snapshot) -> Option<Effect> {
        None
    }

    /// The order to these targets.
    fn order(&self, targets: &[Target]) -> Ask;

    /// What an answer to it says: one for each of the targets.
    ///
    /// # Errors
    /// The answer is none of the dialect's. Nobody then knows whether the order was taken.
    fn told(&self, targets: &[Target], answer: &Response<Bytes>) -> Result<Vec<Told>, Malformed>;
}

/// An order that is looked at.
pub(crate) struct Verified<E> {
    errand: E,
    aim: Aim,
    wants_after: bool,
    at: i64,
    /// Which of the marks each target of the command is, in its order: one may stand there twice.
    places: Vec<usize>,
    /// Each target once.
    marks: Vec<Mark>,
    phase: Phase,
    /// The first mark that the phase has not come to yet.
    next: usize,
    /// The marks that the last request was about.
    asked: Vec<usize>,
}

/// What is known of one target.
struct Mark {
    target: Target,
    before: Seen,
    told: Option<Told>,
    after: Seen,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Before,
    Order,
    After,
}

impl<E: Errand> Verified<E> {
    /// The order to these targets, in the order of the command. `at`: when it is given.
    pub(crate) fn new(errand: E, aim: Aim, targets: &[Target], wants_after: bool, at: i64) -> Verified<E> {
        let mut marks: Vec<Mark> = Vec::new();
        let mut known: HashMap<&Target, usize> = HashMap::new();
        let places = targets.iter().map(|target| {
            *known.entry(target).or_insert_with(|| {
                let before = if errand.can_be(target) { Seen::Unknown } else { Seen::Absent };
                marks.push(Mark::new(target.clone(), before));
                marks.len() - 1
            })
        });
        let places = places.collect();
        let (phase, asked) = (Phase::Before, Vec::new());
        Verified { errand, aim, wants_after, at, places, marks, phase, next: 0, asked }
    }

    /// The next targets that the phase has a question for. Each is come to once: there may be a hundred thousand.
    fn chosen(&self) -> Vec<usize> {
        let most = match self.phase {
            Phase::Before | Phase::After => E::LOOK_AT,
            Phase::Order => E::ORDER_TO,
        };
        let wanted = |mark: &Mark| match self.phase {
            Phase::Before => mark.before == Seen::Unknown,
            Phase::Order => self.beforehand(mark).is_none(),
            // A refusal for the caller or the id says all there is.
            Phase::After => {
                matches!(mark.told, Some(Told::Taken | Told::Refused | Told::Nothing(Lost::Unanswered)))
            }
        };
        let wanted = self.marks.iter().enumerate().skip(self.next).filter(|(_, mark)| wanted(mark));
        wanted.map(|(index, _)| index).take(most).collect()
    }

    /// What comes of the order to a target that need not, or must not, be sent. `None`: send it.
    fn beforehand(&self, mark: &Mark) -> Option<Effect> {
        let beyond = mark.before.snapshot().and_then(|seen| self.errand.beyond(seen));
        beyond.or_else(|| judge::beforehand(self.aim, &mark.before))
    }

    fn ask(&mut self) -> Option<Ask> {
        loop {
            self.asked = self.chosen();
            if let Some(last) = self.asked.last() {
                self.next = last + 1;
                break;
            }
            self.phase = match self.phase {
                Phase::Before => Phase::Order,
                Phase::Order => Phase::After,
                Phase::After => return None,
            };
            self.next = 0;
        }
        let targets = self.targets();
        Some(match self.phase {
            Phase::Before | Phase::After => self.errand.look(&targets),
            Phase::Order => self.errand.order(&targets),
        })
    }

    fn targets(&self) -> Vec<Target> {
        self.asked.iter().map(|index| self.marks[*index].target.clone()).collect()
    }

    /// Takes an answer in.
    ///
    /// # Errors
    /// It came before any order, and there is no use in going on: nothing was done.
    fn take(&mut self, heard: &Heard) -> Result<(), Fault> {
        let targets = self.targets();
        match self.phase {
            Phase::Before => {
                let answer = heard.as_ref().map_err(|lost| unreachable(*lost))?;
                let seen =
                    self.errand.seen(&targets, answer).map_err(|malformed| not_understood(&malformed))?;
                let refused = |seen: &Seen| match seen {
                    Seen::Refused(fault) => Some(Fault::clone(fault)),
                    Seen::Job(_) | Seen::Absent | Seen::Forbidden | Seen::Unknown => None,
                };
                if let Some(fault) = seen.iter().find_map(refused) {
                    return Err(passed_on(fault));
                }
                self.note(seen, |mark, seen| mark.before = seen);
            }
            Phase::Order => {
                let told = match heard {
                    Ok(answer) => self.errand.told(&targets, answer).unwrap_or_default(),
                    Err(lost) => vec![Told::Nothing(*lost); targets.len()],
                };
                // What is not understood, or says nothing of a target, leaves open whether it was taken.
                let open = std::iter::repeat(Told::Nothing(Lost::Unanswered));
                self.note(told.into_iter().chain(open), |mark, told| mark.told = Some(told));
            }
            Phase::After => {
                let seen = heard.as_ref().ok().and_then(|answer| self.errand.seen(&targets, answer).ok());
                self.note(seen.unwrap_or_default(), |mark, seen| mark.after = seen);
            }
        }
        Ok(())
    }

    fn note<T>(&mut self, news: impl IntoIterator<Item = T>, take: impl Fn(&mut Mark, T)) {
        for (index, news) in self.asked.iter().zip(news) {
            take(&mut self.marks[*index], news);
        }
    }

    fn outcome(&self) -> Result<Outcome, Fault> {
        let told = || self.marks.iter().filter_map(|mark| mark.told.as_ref());
        let nothing_done = told().map(|told| match told {
            Told::Nothing(Lost::Unsent) => Some(unreachable(Lost::Unsent)),
            Told::Fault(fault) => Some(passed_on(Fault::clone(fault))),
            Told::Taken
            | Told::Refused
            | Told::Absent
            | Told::Forbidden
            | Told::Nothing(Lost::Unanswered) => None,
        });
        // Of several some of which went out, one that did not is told as one that nothing is known of. Where none went
        // out, the truth is simpler.
        if let Some(Some(fault)) =
            nothing_done.reduce(|first, next| first.and_then(|first| next.map(|_| first)))
        {
            return Err(fault);
        }
        let mut is_told = vec![false; self.marks.len()];
        let targets = self.places.iter().map(|index| {
            let acted = self.acted(&self.marks[*index]);
            match std::mem::replace(&mut is_told[*index], true) {
                true => Acted { effect: judge::again(self.aim, acted.effect), ..acted },
                false => acted,
            }
        });
        Ok(Outcome::Acted { at: self.at, targets: targets.collect() })
    }

    fn acted(&self, mark: &Mark) -> Acted {
        let (effect, last) = match &mark.told {
            Some(told) => (judge::afterwards(self.aim, &mark.before, told, &mark.after), &mark.after),
            None => (self.beforehand(mark).unwrap_or(Effect::UnverifiedUnanswered), &mark.before),
        };
        // What was seen last, even if it was before the order: the caller learns from it at least what job it is.
        let last = last.snapshot().or(mark.before.snapshot());
        Acted {
            target: mark.target.clone(),
            effect,
            before: mark.before.snapshot().map(|snapshot| snapshot.job.state),
            after: last.filter(|_| self.wants_after).cloned().map(Box::new),
        }
    }
}

impl<E: Errand> Conversation for Verified<E> {
    fn next(&mut self, heard: Option<Heard>) -> Step {
        if let Some(heard) = heard
            && let Err(fault) = self.take(&heard)
        {
            return Step::Done(Err(fault));
        }
        match self.ask() {
            Some(ask) => Step::Send(ask),
            None => Step::Done(self.outcome()),
        }
    }
}

impl Mark {
    fn new(target: Target, before: Seen) -> Mark {
        Mark { target, before, told: None, after: Seen::Unknown }
    }
}

/// What a command is answered that a dialect has no word for.
pub(crate) fn unsupported(what: &str) -> Fault {
    Fault::new(FaultKind::Unsupported, format!("The server behind this gateway cannot {what}."))
}
