//! The pages of a list, one after the other, and then the runs of the jobs on them where all are wanted. Pages are as large
//! as the server allows; one that the model asks for may be several of those. What the conditions mean is not known here.

use countermand_model::{Fault, Kin, Kind, Outcome, Page, Snapshot};

use super::super::settings::Settings;
use super::super::wire::{ToldEntitiesWire, ToldHistoryWire};
use super::answer::{self, understood};
use super::ask::{AT_ONCE, Manner, one_of};
use crate::conversation::{Ask, Conversation, Heard, Step, Wanted};

/// The reading of a part of a list.
pub(super) struct Pages {
    manner: Manner,
    parameters: Vec<(String, String)>,
    /// What is wanted; of its jobs those in `jobs` are there.
    page: Page,
    /// The largest page of the server.
    limit: u64,
    count: bool,
    kin: Kin,
    at: i64,
    jobs: Vec<Snapshot>,
    total: Option<u64>,
    /// How many jobs the last question was for.
    asked: u64,
    /// Jobs whose runs are yet to be asked for, once the pages are there.
    rest: Option<Vec<i64>>,
}

impl Pages {
    /// The part that is wanted of what these conditions ask for, in their order.
    pub(super) fn new(
        settings: &Settings,
        parameters: Vec<(String, String)>,
        wanted: &Wanted<'_>,
        at: i64,
    ) -> Pages {
        Pages {
            manner: Manner::new(settings),
            parameters,
            page: wanted.page,
            limit: settings.page_limit,
            count: wanted.count,
            kin: wanted.kin,
            at,
            jobs: Vec::new(),
            total: None,
            asked: 0,
            rest: None,
        }
    }

    fn ask_page(&mut self) -> Ask {
        let there = self.jobs.len() as u64;
        // Of no jobs there is no page: how many there are is told with one of them.
        self.asked = (self.page.size.saturating_sub(there)).clamp(1, self.limit);
        let mut parameters = self.parameters.clone();
        parameters.push((".firstResult".to_owned(), (self.page.first + there).to_string()));
        parameters.push((".maxResults".to_owned(), self.asked.to_string()));
        if !self.count || there > 0 {
            parameters.push((".nocount".to_owned(), "true".to_owned()));
        }
        self.manner.summaries(&parameters)
    }

    fn take_page(&mut self, heard: Heard) -> Result<Step, Fault> {
        let at = self.at;
        let most = self.asked;
        let (jobs, total) = understood(heard, |told: ToldEntitiesWire| {
            let jobs = answer::snapshots(&told, at)?;
            answer::check_page(&jobs, most)?;
            Ok((jobs, answer::total(told.count.as_deref())?))
        })?;
        let is_last = (jobs.len() as u64) < self.asked;
        self.total = self.total.or(total.filter(|_| self.count));
        self.jobs.extend(jobs);
        if !is_last && (self.jobs.len() as u64) < self.page.size {
            return Ok(Step::Send(self.ask_page()));
        }
        self.jobs.truncate(usize::try_from(self.page.size).unwrap_or(usize::MAX));
        let parents = self.jobs.iter().filter(|snapshot| snapshot.job.kind == Kind::Parent);
        let parents = parents.filter(|_| self.kin == Kin::All).map(|snapshot| snapshot.job.number);
        self.rest = Some(parents.collect());
        Ok(self.ask_runs())
    }

    fn ask_runs(&mut self) -> Step {
        let rest = self.rest.as_mut().filter(|rest| !rest.is_empty());
        let Some(rest) = rest else { return self.end() };
        let ids = rest.split_off(rest.len().saturating_sub(AT_ONCE));
        Step::Send(self.manner.history(&[("jobId".to_owned(), one_of(&ids))]))
    }

    fn take_runs(&mut self, heard: Heard) -> Result<Step, Fault> {
        let at = self.at;
        let told = understood(heard, |told: ToldHistoryWire| answer::histories(&told, at))?;
        for history in told {
            let of = self.jobs.iter_mut().find(|snapshot| snapshot.job.number == history.job.number);
            if let Some(job) = of {
                answer::add_runs(job, history);
            }
        }
        Ok(self.ask_runs())
    }

    fn end(&mut self) -> Step {
        let mut jobs = std::mem::take(&mut self.jobs);
        jobs.iter_mut().for_each(|snapshot| self.kin.choose(&mut snapshot.kin));
        Step::Done(Ok(Outcome::Listed { at: self.at, jobs, total: self.total }))
    }
}

impl Conversation for Pages {
    fn next(&mut self, heard: Option<Heard>) -> Step {
        let next = match heard {
            None => return Step::Send(self.ask_page()),
            Some(heard) if self.rest.is_some() => self.take_runs(heard),
            Some(heard) => self.take_page(heard),
        };
        next.unwrap_or_else(|fault| Step::Done(Err(fault)))
    }
}
