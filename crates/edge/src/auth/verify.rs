//! Threads that verify passwords, and the lines before them. A verification takes a tenth of a second of a core, so it
//! never happens on an async thread, and strangers may not have as many as they like: one at a time per client
//! address, a short line behind it, and a bounded number in all.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::oneshot;

use super::cache::{Fingerprint, Verdict};

/// How many may wait in all: ten seconds of one core at bcrypt's usual cost, which is as long as anybody waits.
const QUEUE: usize = 128;

/// How many may wait for one address: enough for the users behind one proxy to log in at once, few enough that one
/// address cannot fill the queue.
const LINE: usize = 16;

/// What a verifier does: slow, and remembers its verdict where the next request finds it.
pub(super) type Work = Box<dyn FnOnce() -> Verdict + Send>;

/// Which verification it is: a state of the file, and a name and password. Two requests with the same share one.
pub(super) type Key = (u64, Fingerprint);

/// There are too many already.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

/// The verifiers of a realm. They end when this is dropped.
pub(super) struct Verifiers {
    shared: Arc<Shared>,
}

struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: HashMap<Key, Job>,
    /// The next for each address that has nothing under way; taken in turn.
    ready: VecDeque<Key>,
    /// Per address with something ready or under way: what waits behind it.
    lines: HashMap<IpAddr, VecDeque<Key>>,
    closed: bool,
}

struct Job {
    address: IpAddr,
    /// `None` while it is done.
    work: Option<Work>,
    replies: Vec<oneshot::Sender<Verdict>>,
}

impl Verifiers {
    /// Starts the threads: one fewer than there are cores, so that a storm of logins leaves one to those who are in.
    ///
    /// # Errors
    /// The operating system has no more threads.
    pub(super) fn start() -> io::Result<Verifiers> {
        let shared = Arc::new(Shared { queue: Mutex::default(), wake: Condvar::new() });
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let verifiers = Verifiers { shared: Arc::clone(&shared) };
        for _ in 0..cores.saturating_sub(1).clamp(1, 4) {
            let shared = Arc::clone(&shared);
            thread::Builder::new().name("verifier".to_owned()).spawn(move || work(&shared))?;
        }
        Ok(verifiers)
    }

    /// Puts a verification into the line of its address, or joins one that is there already. The receiver fails only
    /// when the verifiers end.
    ///
    /// # Errors
    /// The line or the queue is full.
    pub(super) fn submit(
        &self,
        key: Key,
        client: IpAddr,
        work: Work,
    ) -> Result<oneshot::Receiver<Verdict>, Full> {
        let (reply, verdict) = oneshot::channel();
        let mut queue = self.shared.locked();
        if let Some(job) = queue.jobs.get_mut(&key) {
            job.replies.push(reply);
            return Ok(verdict);
        }
        if queue.jobs.len() >= QUEUE {
            return Err(Full);
        }
        let address = household(client);
        match queue.lines.entry(address) {
            Entry::Occupied(line) if line.get().len() >= LINE => return Err(Full),
            Entry::Occupied(mut line) => line.get_mut().push_back(key),
            Entry::Vacant(line) => {
                line.insert(VecDeque::new());
                queue.ready.push_back(key);
            }
        }
        queue.jobs.insert(key, Job { address, work: Some(work), replies: vec![reply] });
        drop(queue);
        self.shared.wake.notify_one();
        Ok(verdict)
    }
}

impl Drop for Verifiers {
    fn drop(&mut self) {
        self.shared.locked().closed = true;
        self.shared.wake.notify_all();
    }
}

impl Shared {
    /// Nothing that can panic runs under the lock.
    fn locked(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next verification that somebody still waits for; `None` when it is over.
    fn next(&self) -> Option<(Key, Work)> {
        let mut queue = self.locked();
        loop {
            if queue.closed {
                return None;
            }
            let Some(key) = queue.ready.pop_front() else {
                queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let work = queue.jobs.get_mut(&key).and_then(|job| {
                job.replies.retain(|reply| !reply.is_closed());
                if job.replies.is_empty() { None } else { job.work.take() }
            });
            match work {
                Some(work) => return Some((key, work)),
                None => drop(queue.finish(key)),
            }
        }
    }
}

impl Queue {
    /// Takes a job out and lets the next of its address come, behind those of all others.
    fn finish(&mut self, key: Key) -> Option<Job> {
        let job = self.jobs.remove(&key)?;
        if let Entry::Occupied(mut line) = self.lines.entry(job.address) {
            match line.get_mut().pop_front() {
                Some(next) => self.ready.push_back(next),
                None => drop(line.remove()),
            }
        }
        Some(job)
    }
}

fn work(shared: &Shared) {
    while let Some((key, work)) = shared.next() {
        // A panic in a hash function is a wrong password and not the end of the thread.
        let verdict = crate::rescue::caught(work).unwrap_or_default();
        let job = shared.locked().finish(key);
        // The line of this address may have brought one that another thread can take.
        shared.wake.notify_one();
        for reply in job.into_iter().flat_map(|job| job.replies) {
            // Who has gone does not need it.
            drop(reply.send(verdict.clone()));
        }
    }
}

/// The address that has a line of its own. Of IPv6 that is the /64: anybody has all addresses of one.
fn household(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests;
