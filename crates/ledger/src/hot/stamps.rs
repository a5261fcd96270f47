//! In which group of writes the row of each job was last touched. The writer's thread alone writes here.
//!
//! Groups are counted from 1. A row's stamp is set as the row is touched, hence before the group is committed; the group
//! counts as done after that. So whoever begins to read when group n is done sees all of it, and a row whose stamp is n
//! or less is as that reading found it.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// How many stamps there are: a power of two, 512 KiB. Rows that lie so far apart share one, and are then taken for touched
/// together, which costs a reading and no truth.
const STAMPS: usize = 1 << 16;

/// When a reading began: so many groups were done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(u64);

/// The stamps, and the count of groups.
pub(crate) struct Stamps {
    rows: Box<[AtomicU64]>,
    under_way: AtomicU64,
    done: AtomicU64,
}

impl Default for Stamps {
    fn default() -> Stamps {
        let rows = std::iter::repeat_with(AtomicU64::default).take(STAMPS).collect();
        Stamps { rows, under_way: AtomicU64::new(0), done: AtomicU64::new(0) }
    }
}

impl Stamps {
    /// A group of writes begins.
    pub(crate) fn begin(&self) {
        self.under_way.store(self.done.load(SeqCst) + 1, SeqCst);
    }

    /// The row of a job is touched by the group under way.
    pub(crate) fn touch(&self, row: i64) {
        self.stamp(row).store(self.under_way.load(SeqCst), SeqCst);
    }

    /// The group under way is committed, or taken back. Called before anybody hears of it.
    pub(crate) fn end(&self) {
        self.done.store(self.under_way.load(SeqCst), SeqCst);
    }

    /// Now. A reading that begins after this sees every group that was done.
    pub(crate) fn now(&self) -> Moment {
        Moment(self.done.load(SeqCst))
    }

    /// Whether a row is as a reading found it that began at that moment.
    pub(crate) fn is_untouched(&self, row: i64, since: Moment) -> bool {
        self.stamp(row).load(SeqCst) <= since.0
    }

    fn stamp(&self, row: i64) -> &AtomicU64 {
        // Keys count upwards, so the low bits spread them evenly.
        let place = usize::try_from(row.unsigned_abs() % STAMPS as u64).expect("it is less than STAMPS");
        &self.rows[place]
    }
}
