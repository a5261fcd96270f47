//! Results that are handed out once. A reservation in memory keeps a second reader from getting the same ones
//! meanwhile; only a confirmation, which is on disk before it is answered, makes them delivered. A reservation that is
//! lost, by its 30 seconds or by a crash, has the results handed out again.
//!
//! One reservation per job is open at a time, so results are delivered in the order they arrived.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use countermand_model::Delivery;

use crate::rows::stored;
use crate::turn::Turn;

/// How long results stay reserved, in milliseconds.
const RESERVED_FOR: i64 = 30_000;

/// What is handed out and not yet confirmed.
#[derive(Default)]
pub(crate) struct Deliveries(Mutex<Open>);

#[derive(Default)]
struct Open {
    last: u64,
    reserved: HashMap<u64, Reserved>,
    by_job: HashMap<(i64, i64), u64>,
    /// Every delivery in the order it runs out, some of them over already.
    running_out: VecDeque<(i64, u64)>,
}

#[derive(Clone, Copy)]
struct Reserved {
    /// The row, and the life its results belong to.
    job: (i64, i64),
    contents: Contents,
}

/// What a delivery hands out.
#[derive(Clone, Copy, Default)]
pub(crate) struct Contents {
    /// The results up to this place.
    pub(crate) up_to: u64,
    /// And the news that there are no more.
    pub(crate) is_last: bool,
}

/// A reservation that is given up again when it is dropped before it is filled.
pub(crate) struct Reservation<'a> {
    deliveries: &'a Deliveries,
    id: u64,
    is_filled: bool,
}

impl Deliveries {
    /// Reserves the results of a job, unless they are reserved. Whoever reserves reads the job after that: what was
    /// confirmed before is then seen as delivered.
    pub(crate) fn reserve(&self, job: i64, life: i64, now: i64) -> Option<Reservation<'_>> {
        let mut open = self.open();
        open.let_run_out(now);
        if open.by_job.contains_key(&(job, life)) {
            return None;
        }
        open.last += 1;
        let id = open.last;
        open.reserved.insert(id, Reserved { job: (job, life), contents: Contents::default() });
        open.by_job.insert((job, life), id);
        open.running_out.push_back((now.saturating_add(RESERVED_FOR), id));
        Some(Reservation { deliveries: self, id, is_filled: false })
    }

    /// Ends a reservation: it is confirmed on disk, or given up.
    pub(crate) fn end(&self, id: u64) {
        self.open().end(id);
    }

    fn find(&self, id: u64, now: i64) -> Option<Reserved> {
        let mut open = self.open();
        open.let_run_out(now);
        open.reserved.get(&id).copied()
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn let_run_out(&mut self, now: i64) {
        while let Some((until, id)) = self.running_out.front().copied()
            // One that has longer than a whole term was made before the clock was set back.
            && (until <= now || until > now.saturating_add(RESERVED_FOR))
        {
            self.running_out.pop_front();
            self.end(id);
        }
    }

    fn end(&mut self, id: u64) {
        if let Some(reserved) = self.reserved.remove(&id) {
            self.by_job.remove(&reserved.job);
        }
    }
}

impl Reservation<'_> {
    /// Hands out these contents under the delivery that is answered.
    pub(crate) fn fill(mut self, contents: Contents) -> Delivery {
        if let Some(reserved) = self.deliveries.open().reserved.get_mut(&self.id) {
            reserved.contents = contents;
        }
        self.is_filled = true;
        Delivery(self.id)
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if !self.is_filled {
            self.deliveries.end(self.id);
        }
    }
}

/// Makes what was handed out delivered. One that is unknown, or ran out, or belongs to results that have begun anew
/// since, is confirmed without effect.
pub(crate) fn confirm(
    turn: &mut Turn<'_>,
    deliveries: &Deliveries,
    delivery: Delivery,
) -> rusqlite::Result<()> {
    let Some(Reserved { job: (id, life), contents, .. }) = deliveries.find(delivery.0, turn.now) else {
        return Ok(());
    };
    turn.session.run(
        "UPDATE jobs SET results_delivered = max(results_delivered, ?3),
         drained_at = CASE WHEN ?4 AND results_total <= ?3 THEN coalesce(drained_at, ?5) ELSE drained_at END,
         revision = revision + 1 WHERE id = ?1 AND life = ?2",
        (id, life, stored(contents.up_to), contents.is_last, turn.now),
    )?;
    turn.aftermath.confirmed.push(delivery.0);
    Ok(())
}
