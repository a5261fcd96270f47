//! The reading of one job. An id is that of a job, or else that of a run; of all the runs of a job only its history tells.

use countermand_model::{Fault, FaultKind, Kin, Kind, Outcome, Snapshot, Status};

use super::super::wire::{ToldEntitiesWire, ToldHistoryWire};
use super::answer::{self, understood};
use super::ask::Manner;
use crate::conversation::{Conversation, Heard, Step};
use crate::grammar::number;

/// The conversation. Results are not handed out: what a history shows of them is what a run printed about each of its
/// devices, and stays among the attributes.
pub(super) struct Reading {
    manner: Manner,
    /// Nothing where what was asked for is no id of this dialect, and so nobody's.
    id: Option<i64>,
    kin: Kin,
    at: i64,
    /// What the next answer is to.
    question: Question,
}

enum Question {
    Job,
    Run,
    /// With the job that it is the history of.
    History(Box<Snapshot>),
}

impl Reading {
    pub(super) fn new(manner: Manner, status: &Status, at: i64) -> Reading {
        let id = number::decimal(&status.target.written);
        Reading { manner, id, kin: status.kin, at, question: Question::Job }
    }

    /// What comes after an answer: the next question, or the end.
    fn after(&mut self, id: i64, heard: Heard) -> Result<Step, Fault> {
        let at = self.at;
        match std::mem::replace(&mut self.question, Question::Run) {
            Question::Job => {
                match understood(heard, |told: ToldEntitiesWire| answer::asked_for(id, &told, at)) {
                    Err(fault) if fault.kind == FaultKind::NotFound => {
                        Ok(Step::Send(self.manner.latest_runs(&[id])))
                    }
                    Err(fault) => Err(fault),
                    Ok(job) if self.kin == Kin::All && job.job.kind == Kind::Parent => {
                        self.question = Question::History(Box::new(job));
                        Ok(Step::Send(self.manner.history(&[("jobId".to_owned(), id.to_string())])))
                    }
                    Ok(job) => Ok(self.end(Some(job))),
                }
            }
            Question::Run => {
                let jobs = understood(heard, |told: ToldEntitiesWire| answer::snapshots(&told, at))?;
                Ok(self.end(answer::run(&jobs, id)))
            }
            Question::History(mut job) => {
                let told = understood(heard, |told: ToldHistoryWire| answer::histories(&told, at))?;
                // A job that has gone in the meantime was there when it was asked for.
                if let Some(history) = told.into_iter().find(|history| history.job.number == id) {
                    answer::add_runs(&mut job, history);
                }
                Ok(self.end(Some(*job)))
            }
        }
    }

    fn end(&self, found: Option<Snapshot>) -> Step {
        let shown = found.map(|mut snapshot| {
            self.kin.choose(&mut snapshot.kin);
            Box::new(snapshot)
        });
        Step::Done(Ok(Outcome::Read { at: self.at, snapshot: shown }))
    }
}

impl Conversation for Reading {
    fn next(&mut self, heard: Option<Heard>) -> Step {
        let Some(id) = self.id else { return self.end(None) };
        match heard {
            None => Step::Send(self.manner.summary(id)),
            Some(heard) => self.after(id, heard).unwrap_or_else(|fault| Step::Done(Err(fault))),
        }
    }
}
