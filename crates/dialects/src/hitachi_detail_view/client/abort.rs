//! The conversation of an abort. There is no safe look: getStatus takes results away. So an abort is verified by a second
//! one, whose refusals say what became of the request: already aborted, already completed, not present.
//!
//! The second is sent also where the first was not answered, or not understood. That breaks no rule against sending
//! twice: a request that is stopped twice is stopped, the manual has an answer for just that, and an id is never given to
//! another request (inferred: `316829382_14` counts). Without it nobody would know. A third is never sent: what the
//! second brings about itself stays unverified.
//!
//! All first ones go out before any second, so that a server has time to stop what it was told to.

use std::collections::HashMap;

use countermand_model::{Acted, Cancel, Effect, Fault, Job, Outcome, Snapshot, State, Target};

use http::StatusCode;

use super::answer::{self, Said};
use super::ask::Servlet;
use crate::conversation::{Conversation, Heard, Lost, Step, unreachable};
use crate::hitachi_detail_view::decode::is_request_id;

/// An abort of one or more requests.
pub(super) struct Abort {
    servlet: Servlet,
    at: i64,
    wants_after: bool,
    /// Which of the marks each target of the command is, in its order: one may stand there twice.
    places: Vec<usize>,
    /// Each target once.
    marks: Vec<Mark>,
    /// The first mark that has not had its first abort yet, and the first that has not been looked at for its second.
    next: [usize; 2],
    /// The mark that the last request was about.
    asked: usize,
}

/// What is known of one request.
struct Mark {
    target: Target,
    first: Option<Result<Said, Lost>>,
    second: Option<Result<Said, Lost>>,
}

impl Abort {
    /// The abort of the targets of a command.
    pub(super) fn new(servlet: Servlet, cancel: &Cancel, at: i64) -> Abort {
        let mut marks: Vec<Mark> = Vec::new();
        let mut known: HashMap<&Target, usize> = HashMap::new();
        let places = cancel.targets.iter().map(|target| {
            *known.entry(target).or_insert_with(|| {
                // What is no request id is nobody's, and no query can hold it.
                let first = (!is_request_id(&target.written)).then_some(Ok(Said::Absent));
                marks.push(Mark { target: target.clone(), first, second: None });
                marks.len() - 1
            })
        });
        let places = places.collect();
        Abort { servlet, at, wants_after: cancel.wants_after, places, marks, next: [0, 0], asked: 0 }
    }

    /// The next mark that an abort is to be sent for: all first ones before any second, and each is come to once.
    fn chosen(&mut self) -> Option<usize> {
        let [first, second] = self.next;
        let wanted = self.marks.iter().skip(first).position(|mark| mark.first.is_none());
        if let Some(place) = wanted.map(|place| first + place) {
            self.next = [place + 1, second];
            return Some(place);
        }
        let open = self.marks.iter().skip(second).position(Mark::is_open).map(|place| second + place);
        self.next = [self.marks.len(), open.map_or(self.marks.len(), |place| place + 1)];
        open
    }

    fn outcome(&self) -> Result<Outcome, Fault> {
        let is_unsent = |mark: &Mark| mark.first == Some(Err(Lost::Unsent));
        if self.marks.iter().all(is_unsent) && !self.marks.is_empty() {
            return Err(unreachable(Lost::Unsent));
        }
        let acted = |place: &usize| self.marks[*place].acted(self.wants_after, self.at);
        Ok(Outcome::Acted { at: self.at, targets: self.places.iter().map(acted).collect() })
    }
}

impl Conversation for Abort {
    fn next(&mut self, heard: Option<Heard>) -> Step {
        if let Some(heard) = heard {
            self.marks[self.asked].take(&heard);
        }
        match self.chosen() {
            Some(place) => {
                self.asked = place;
                Step::Send(self.servlet.abort_request(&self.marks[place].target))
            }
            None => Step::Done(self.outcome()),
        }
    }
}

impl Mark {
    fn take(&mut self, heard: &Heard) {
        let said = match heard {
            // It was not looked at: as good as not sent.
            Ok(response) if response.status() == StatusCode::TOO_MANY_REQUESTS => Err(Lost::Unsent),
            // What is not understood leaves open what was done, as no answer does.
            Ok(response) => answer::said(&self.target, response).map_err(|_| Lost::Unanswered),
            Err(lost) => Err(*lost),
        };
        if self.first.is_none() {
            self.first = Some(said);
        } else {
            self.second = Some(said);
        }
    }

    /// Whether the second abort is to be sent.
    // Quirk: its refusal is the only look there is; fixtures/hitachi-detail-view/abort-twice.http
    fn is_open(&self) -> bool {
        let open = matches!(self.first, Some(Ok(Said::Aborted(_)) | Err(Lost::Unanswered)));
        open && self.second.is_none()
    }

    fn effect(&self) -> Effect {
        match self.first {
            Some(Ok(Said::AlreadyAborted)) => Effect::AlreadyCancelled,
            Some(Ok(Said::AlreadyCompleted)) => Effect::AlreadyFinished,
            Some(Ok(Said::Absent)) => Effect::NotFound,
            Some(Ok(Said::Forbidden)) => Effect::Forbidden,
            Some(Ok(Said::Refused)) => Effect::NotPossible,
            Some(Ok(Said::Aborted(_))) => match self.second {
                Some(Ok(Said::AlreadyAborted)) => Effect::Cancelled,
                Some(Ok(Said::AlreadyCompleted)) => Effect::AlreadyFinished,
                // Told to stop again, gone, refused, or silent: none of it shows that the first was carried out.
                Some(Ok(Said::Aborted(_) | Said::Absent | Said::Forbidden | Said::Refused) | Err(_))
                | None => Effect::UnverifiedTaken,
            },
            Some(Err(Lost::Unanswered)) => match self.second {
                // What was seen is true, whoever brought it about.
                Some(Ok(Said::AlreadyAborted)) => Effect::Cancelled,
                Some(Ok(Said::AlreadyCompleted)) => Effect::AlreadyFinished,
                Some(Ok(Said::Absent)) => Effect::NotFound,
                Some(Ok(Said::Aborted(_))) => Effect::UnverifiedTaken,
                Some(Ok(Said::Forbidden | Said::Refused) | Err(_)) | None => Effect::UnverifiedUnanswered,
            },
            Some(Err(Lost::Unsent)) | None => Effect::UnverifiedUnanswered,
        }
    }

    fn acted(&self, wants_after: bool, at: i64) -> Acted {
        let effect = self.effect();
        let after = self.after(effect, at).filter(|_| wants_after);
        Acted {
            target: self.target.clone(),
            effect,
            before: None,
            after: after.map(|job| Box::new(Snapshot::of(job))),
        }
    }

    /// The request as far as the answers show it: that it was stopped, or told to.
    fn after(&self, effect: Effect, at: i64) -> Option<Job> {
        let state = match effect {
            Effect::Cancelled | Effect::AlreadyCancelled => State::Cancelled,
            Effect::Accepted | Effect::AlreadyCancelling | Effect::UnverifiedTaken => State::Cancelling,
            Effect::Done
            | Effect::AlreadyFinished
            | Effect::AlreadySo
            | Effect::NotFound
            | Effect::Forbidden
            | Effect::NotPossible
            | Effect::UnverifiedUnanswered => return None,
        };
        Some(Job { state, ..answer::named(&self.target, at) })
    }
}
