//! Copies of the jobs that are polled, so that a poll of a job that nobody touches crosses to no other thread and asks
//! no SQL. What a copy answers is what a reading would have answered: one that starts after an answered write sees it.
//!
//! How that is kept: the writer stamps the row of a job with the number of its group of writes as it touches the row
//! (`stamps`), which is before anybody else can see the change. A copy knows up to which group its reading had seen, and
//! is good for as long as no row it was made from has a later stamp. SQLite itself tells of each row that is touched
//! (see [`Session::tell_of_jobs`](crate::session::Session::tell_of_jobs)), so no write can forget to.
//!
//! Nothing here knows what a job means. A job that is read together with children has no copy: they change without it.
//! Nor has one that is not there, so that guessing ids displaces nothing.

mod shelf;

mod stamps;

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use countermand_model::{Call, Command, Job, Kin, Results, Snapshot, Status, Target};

use crate::rows::is_foreign;
use shelf::{Copy, Shelf};
pub(crate) use stamps::Moment;
use stamps::Stamps;

/// How much text a job may have to be copied, in bytes. With the places there are ([`shelf::PLACES`]) that bounds what
/// all copies hold: 48 MiB at the worst; measured, 13 MiB of jobs without any text and 19 MiB with 200 bytes each.
const LARGEST: usize = 2048;

/// The copies, and what the writer says of the rows they were made from.
#[derive(Default)]
pub(crate) struct Hot {
    pub(crate) stamps: Stamps,
    shelf: Shelf,
    hits: AtomicU64,
}

/// Where a job was asked for, and as what.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) dialect: &'static str,
    pub(crate) target: &'a Target,
}

impl Hot {
    /// The answer to a call, where a copy has it. A job that may be another's is left to a reading.
    pub(crate) fn find(&self, namespace: &str, call: &Call) -> Option<Snapshot> {
        let Command::Status(status) = &call.command else { return None };
        if status.results != Results::None {
            return None;
        }
        let place = Place { namespace, dialect: call.dialect, target: &status.target };
        let copy = self.shelf.find(place)?;
        let is_good = copy.rows.iter().all(|row| self.stamps.is_untouched(*row, copy.moment));
        if !is_good || !is_alone(&copy.job, status.kin) || is_foreign(copy.job.owner.as_deref(), &call.caller)
        {
            return None;
        }
        self.hits.fetch_add(1, Relaxed);
        Some(Snapshot::of(copy.job.clone()))
    }

    /// Keeps a copy of a job that was read, without results, at that moment or later. `rows` are the keys of its row and
    /// of its parent's, whose ids it shows.
    pub(crate) fn keep(&self, place: Place<'_>, status: &Status, moment: Moment, job: &Job, rows: [i64; 2]) {
        let is_of_use = rows.iter().all(|row| self.stamps.is_untouched(*row, moment));
        if is_of_use && is_alone(job, status.kin) && text(job) <= LARGEST {
            self.shelf.put(Copy::new(place, moment, rows, job.clone()));
        }
    }

    /// How many calls were answered by copies.
    pub(crate) fn hits(&self) -> u64 {
        self.hits.load(Relaxed)
    }
}

/// Whether a reading with these kin shows nothing but the job. That it has its first child is a change of its own row.
fn is_alone(job: &Job, kin: Kin) -> bool {
    kin == Kin::None || job.children.total == 0
}

/// How many bytes a job has besides itself: its text, and what holds the lists of it.
fn text(job: &Job) -> usize {
    let some = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let aliases = job
        .aliases
        .iter()
        .chain(&job.parent_aliases)
        .map(|alias| size_of_val(alias) + alias.dialect.len() + alias.id.len());
    let attributes = job.attributes.iter().map(|pair| size_of_val(pair) + pair.0.len() + pair.1.len());
    let dialects = job.dialects.iter().flatten().map(|dialect| size_of_val(dialect) + dialect.len());
    let rule = job.trigger.as_ref().map_or(0, |trigger| some(&trigger.rule));
    let output = job.output.as_ref().map_or(0, |output| output.id.len() + output.name.len());
    let words =
        [&job.dataset, &job.owner, &job.name, &job.description, &job.job_type, &job.message, &job.runner];
    aliases.chain(attributes).chain(dialects).chain(words.map(some)).sum::<usize>() + rule + output
}

#[cfg(test)]
mod tests;
