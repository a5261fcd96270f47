//! Who hears of a commit: readers of the feed, those who wait for the end of a cancel, and the figures.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, watch};

use crate::deliver::Deliveries;
use crate::hot::Hot;

/// What a group of writes leaves to be told, once it is committed.
#[derive(Default)]
pub(crate) struct Aftermath {
    /// The last line it added to the feed.
    pub(crate) feed: Option<u64>,
    /// The jobs, by row, that it took out of Cancelling.
    pub(crate) settled: Vec<i64>,
    /// The deliveries it confirmed.
    pub(crate) confirmed: Vec<u64>,
    /// How many changing commands it carried out.
    pub(crate) commands: u64,
}

/// Where commits are told.
pub(crate) struct Signals {
    feed: watch::Sender<u64>,
    waiting: Mutex<HashMap<i64, Crowd>>,
    pub(crate) deliveries: Deliveries,
    /// Copies of jobs, which are good until a write touches them.
    pub(crate) hot: Hot,
    pub(crate) commands: AtomicU64,
    pub(crate) commits: AtomicU64,
}

/// Those who wait for one job. Counted, because the handles on `notify` are given up outside of the lock.
#[derive(Default)]
struct Crowd {
    size: usize,
    notify: Arc<Notify>,
}

impl Signals {
    /// `last` is the last line of the feed so far.
    pub(crate) fn new(last: u64) -> Signals {
        Signals {
            feed: watch::Sender::new(last),
            waiting: Mutex::default(),
            deliveries: Deliveries::default(),
            hot: Hot::default(),
            commands: AtomicU64::new(0),
            commits: AtomicU64::new(0),
        }
    }

    /// Tells what a commit left to be told. Called before its callers are answered.
    pub(crate) fn tell(&self, aftermath: Aftermath) {
        self.commits.fetch_add(1, Relaxed);
        self.commands.fetch_add(aftermath.commands, Relaxed);
        if let Some(last) = aftermath.feed {
            self.feed.send_replace(last);
        }
        aftermath.confirmed.iter().for_each(|delivery| self.deliveries.end(*delivery));
        if !aftermath.settled.is_empty() {
            let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            for crowd in aftermath.settled.iter().filter_map(|job| waiting.get(job)) {
                crowd.notify.notify_waiters();
            }
        }
    }

    pub(crate) fn feed(&self) -> watch::Receiver<u64> {
        self.feed.subscribe()
    }

    /// Somebody waits for the job in that row. Whoever registers reads the job after that, so that no commit falls
    /// between.
    pub(crate) fn wait_for(self: &Arc<Self>, job: i64) -> Waiting {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let crowd = waiting.entry(job).or_default();
        crowd.size += 1;
        Waiting { job, notify: Arc::clone(&crowd.notify), signals: Arc::clone(self) }
    }
}

/// A place among those who wait for one job; given up when dropped.
pub(crate) struct Waiting {
    job: i64,
    pub(crate) notify: Arc<Notify>,
    signals: Arc<Signals>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut waiting = self.signals.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut crowd) = waiting.entry(self.job) {
            crowd.get_mut().size -= 1;
            if crowd.get().size == 0 {
                crowd.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_no_more_leaves_nothing_behind() {
        let signals = Arc::new(Signals::new(0));
        let together = Arc::new(std::sync::Barrier::new(2));
        let threads = [0; 2].map(|_| {
            let (signals, together) = (Arc::clone(&signals), Arc::clone(&together));
            std::thread::spawn(move || {
                for job in 0..5_000 {
                    let waiting = signals.wait_for(job);
                    together.wait();
                    drop(waiting);
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(signals.waiting.lock().unwrap().len(), 0);
    }
}
