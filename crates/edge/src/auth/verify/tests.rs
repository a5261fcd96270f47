//! The lines before the verifiers, with work that ends when a case says so.

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
    let held: Vec<_> =
        (gates.len()..QUEUE).map(|n| bench.submit(&n.to_string(), &address(n), wrong()).unwrap()).collect();
    assert_eq!(bench.submit("one more", "203.0.113.1", wrong()).unwrap_err(), Full);
    drop(gates);
    assert!(held.into_iter().all(|verdict| verdict.blocking_recv().unwrap().is_none()));
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
