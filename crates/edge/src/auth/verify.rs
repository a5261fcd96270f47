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

/// How many may wait in all. At a tenth of a second each that is half a minute of one core, which nobody waits for;
/// but the line is shared by many addresses, and most that wait have one.
const QUEUE: usize = 256;

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
mod tests {
    use std::net::IpAddr;
    use std::sync::mpsc;

    use tokio::sync::oneshot::Receiver;

    use super::{Full, Key, LINE, QUEUE, Verdict, Verifiers, Work, household};
    use crate::auth::Member;
    use crate::auth::cache::Fingerprints;

    /// Verifiers, and gates that keep their work from ending.
    struct Bench {
        verifiers: Verifiers,
        fingerprints: Fingerprints,
    }

    impl Bench {
        fn new() -> Bench {
            Bench { verifiers: Verifiers::start().unwrap(), fingerprints: Fingerprints::new().unwrap() }
        }

        fn key(&self, password: &str) -> Key {
            (0, self.fingerprints.of(password.as_bytes()))
        }

        fn submit(&self, password: &str, client: &str, work: Work) -> Result<Receiver<Verdict>, Full> {
            self.verifiers.submit(self.key(password), client.parse().unwrap(), work)
        }

        /// Occupies the line of an address; the work begins when that is told, and ends when the gate is dropped.
        fn occupy(&self, client: &str) -> (mpsc::Sender<()>, Receiver<Verdict>) {
            let (gate, closed) = mpsc::channel();
            let (begun, begins) = mpsc::channel();
            let work = move || {
                begun.send(()).unwrap();
                closed.recv().unwrap_err();
                None
            };
            let verdict = self.submit(client, client, Box::new(work)).unwrap();
            begins.recv().unwrap();
            (gate, verdict)
        }
    }

    fn wrong() -> Work {
        Box::new(|| None)
    }

    #[test]
    fn one_address_has_one_under_way_and_a_short_line() {
        let bench = Bench::new();
        let (gate, first) = bench.occupy("192.0.2.1");
        let waiting: Vec<_> =
            (0..LINE).map(|n| bench.submit(&n.to_string(), "192.0.2.1", wrong()).unwrap()).collect();
        assert_eq!(bench.submit("one more", "192.0.2.1", wrong()).unwrap_err(), Full);
        let (ready, lines) = {
            let queue = bench.verifiers.shared.locked();
            (queue.ready.len(), queue.lines.len())
        };
        assert_eq!((ready, lines), (0, 1), "nothing of this address may start");
        drop(gate);
        assert!(first.blocking_recv().unwrap().is_none());
        assert!(waiting.into_iter().all(|verdict| verdict.blocking_recv().unwrap().is_none()));
    }

    #[test]
    fn another_address_comes_before_the_rest_of_a_line() {
        let bench = Bench::new();
        let gates: Vec<_> =
            (1..=4).map_while(|n| (n <= threads()).then(|| bench.occupy(&format!("192.0.2.{n}")))).collect();
        let (order, ran) = mpsc::channel();
        let told = |what: &'static str| -> Work {
            let order = order.clone();
            Box::new(move || {
                order.send(what).unwrap();
                None
            })
        };
        let mut verdicts = vec![bench.submit("a", "192.0.2.1", told("line")).unwrap()];
        verdicts.push(bench.submit("b", "198.51.100.1", told("other")).unwrap());
        drop(gates);
        drop(verdicts.pop().unwrap().blocking_recv());
        assert_eq!(ran.recv().unwrap(), "other");
    }

    fn threads() -> usize {
        std::thread::available_parallelism().map_or(1, usize::from).saturating_sub(1).clamp(1, 4)
    }

    #[test]
    fn the_same_password_is_verified_once_for_all_who_wait() {
        let bench = Bench::new();
        let (gate, _first) = bench.occupy("192.0.2.1");
        let right = || -> Work { Box::new(|| Some(Member::anybody())) };
        let two = [(), ()].map(|()| bench.submit("same", "192.0.2.1", right()).unwrap());
        assert_eq!(bench.verifiers.shared.locked().jobs.len(), 2, "the one under way, and one for both");
        drop(gate);
        assert!(two.into_iter().all(|verdict| verdict.blocking_recv().unwrap().is_some()));
    }

    #[test]
    fn the_queue_is_bounded_in_all() {
        let bench = Bench::new();
        let gates: Vec<_> = (1..=threads()).map(|n| bench.occupy(&format!("192.0.2.{n}"))).collect();
        let address = |n: usize| format!("198.51.{}.{}", n / 250, n % 250);
        let held: Vec<_> = (gates.len()..QUEUE)
            .map(|n| bench.submit(&n.to_string(), &address(n), wrong()).unwrap())
            .collect();
        assert_eq!(bench.submit("one more", "203.0.113.1", wrong()).unwrap_err(), Full);
        drop(gates);
        assert_eq!(
            held.into_iter().filter(|_| true).map(|verdict| verdict.blocking_recv().unwrap()).count(),
            QUEUE - threads()
        );
    }

    #[test]
    fn nobody_verifies_for_those_who_have_gone_and_a_panic_is_a_no() {
        let bench = Bench::new();
        let (gate, _first) = bench.occupy("192.0.2.1");
        drop(bench.submit("gone", "192.0.2.1", Box::new(|| unreachable!("nobody waits"))).unwrap());
        let panics = bench.submit("panics", "192.0.2.1", Box::new(|| panic!("a defect"))).unwrap();
        let after = bench.submit("after", "192.0.2.1", Box::new(|| Some(Member::anybody()))).unwrap();
        drop(gate);
        assert!(panics.blocking_recv().unwrap().is_none());
        assert!(after.blocking_recv().unwrap().is_some());
    }

    #[test]
    fn an_ipv6_network_is_one_household() {
        let of = |text: &str| household(text.parse::<IpAddr>().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
