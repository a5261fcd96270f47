//! A demo on a ledger in memory and a clock that is moved by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use countermand_ledger::{Clock, Put, Store};
use countermand_model::{Call, Caller, Cancel, Command, Draft, Effect, Job, Outcome, Patch, State, Target};
use tower::ServiceExt;

use super::runner::Runner;
use super::seed::{self, NAMESPACE};
use super::{Demo, plant};
use crate::compose::Gateway;
use crate::config::Ledger;

const MINUTE: i64 = 60_000;

/// 2026-01-01T12:00:00Z.
const NOON: i64 = 1_767_268_800_000;

struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A planted demo, its runner before the first round, and its clock.
async fn demo() -> (Store, Runner, Arc<Hand>) {
    let clock = Arc::new(Hand(AtomicI64::new(NOON)));
    let here = "127.0.0.1:0".parse().unwrap();
    let demo = Demo::new(here, here, Ledger::Memory, Some("token-of-a-test".to_owned())).unwrap();
    let gateway = Gateway::build(&demo.config, Arc::<Hand>::clone(&clock)).unwrap();
    plant(&gateway.store).await.unwrap();
    let runner = Runner::new(gateway.store.clone(), Arc::<Hand>::clone(&clock));
    (gateway.store, runner, clock)
}

#[test]
fn a_token_that_can_be_guessed_is_taken_and_known_as_one() {
    let demo = |token: &str| {
        let here = "127.0.0.1:0".parse().unwrap();
        Demo::new(here, here, Ledger::Memory, Some(token.to_owned())).map(|demo| demo.guessable)
    };
    assert_eq!(demo("abc"), Ok(true));
    assert_eq!(demo("0123456789abcdef"), Ok(false));
    assert!(demo("").is_err());
}

async fn job(store: &Store, number: i64) -> Job {
    store.get(NAMESPACE, number).await.unwrap().0
}

async fn cancel(store: &Store, number: i64) -> Effect {
    let command = Command::Cancel(Cancel { targets: vec![Target::number(number)], ..Cancel::default() });
    let caller = Caller { user: "demo".to_owned(), ..Caller::default() };
    let call = Call { command, caller, dialect: "control", request_id: String::new() };
    match store.engine(NAMESPACE).oneshot(call).await.unwrap() {
        Outcome::Acted { targets, .. } => targets[0].effect,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_seed_jobs_are_as_the_manual_says() {
    let (store, _, _) = demo().await;
    let states = [
        (15, State::Running),
        (25, State::Queued),
        (16, State::Succeeded),
        (101, State::Running),
        (102, State::Succeeded),
        (201, State::Queued),
        (202, State::Running),
        (301, State::Queued),
        (302, State::Running),
        (303, State::Running),
        (304, State::Queued),
        (305, State::Running),
    ];
    for (number, state) in states {
        assert_eq!(job(&store, number).await.state, state, "{number}");
    }
    assert_eq!(job(&store, 101).await.alias("hitachi-detail-view"), Some("316829382_14"));
    assert_eq!(job(&store, 303).await.children.unfinished, 2);
    assert_eq!(job(&store, 15).await.parent, Some(7));
    assert_eq!(seed::jobs().len(), 14);
}

#[tokio::test]
async fn planting_again_leaves_what_happened() {
    let (store, _, _) = demo().await;
    assert_eq!(cancel(&store, 25).await, Effect::Cancelled);
    plant(&store).await.unwrap();
    assert_eq!(job(&store, 25).await.state, State::Cancelled);
}

#[tokio::test]
async fn the_runner_confirms_a_cancel_after_a_second() {
    let (store, mut runner, clock) = demo().await;
    runner.round().await.unwrap();
    assert_eq!(cancel(&store, 15).await, Effect::Accepted);
    runner.round().await.unwrap();
    assert_eq!(job(&store, 15).await.state, State::Cancelling);
    clock.0.fetch_add(1000, Ordering::Relaxed);
    runner.round().await.unwrap();
    assert_eq!(job(&store, 15).await.state, State::Cancelled);
}

#[tokio::test]
async fn a_runner_that_comes_later_finds_what_was_told_before() {
    let (store, _, clock) = demo().await;
    assert_eq!(cancel(&store, 302).await, Effect::Accepted);
    clock.0.fetch_add(MINUTE, Ordering::Relaxed);
    let mut later = Runner::new(store.clone(), clock);
    later.round().await.unwrap();
    assert_eq!(job(&store, 302).await.state, State::Cancelled);
}

#[tokio::test]
async fn a_newcomer_has_ten_minutes_before_anything_ends() {
    let (store, mut runner, clock) = demo().await;
    for _ in 0..40 {
        runner.round().await.unwrap();
        clock.0.fetch_add(MINUTE / 4, Ordering::Relaxed);
    }
    for number in [15, 101, 202, 302, 305] {
        assert_eq!(job(&store, number).await.state, State::Running, "{number}");
    }
    for number in [25, 201, 301, 304] {
        assert_eq!(job(&store, number).await.state, State::Queued, "{number}");
    }
    let arriving = job(&store, 101).await;
    assert_eq!((arriving.results_total, arriving.progress.total), (10, 10));
}

#[tokio::test]
async fn jobs_end_at_last_and_begin_anew() {
    let (store, mut runner, clock) = demo().await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..120 {
        runner.round().await.unwrap();
        for number in [15, 25] {
            seen.insert((number, job(&store, number).await.state.name()));
        }
        clock.0.fetch_add(MINUTE, Ordering::Relaxed);
    }
    for number in [15, 25] {
        for state in ["running", "succeeded"] {
            assert!(seen.contains(&(number, state)), "{number} was never {state}: {seen:?}");
        }
    }
    assert!(seen.contains(&(25, "queued")));
    assert_eq!(job(&store, 16).await.state, State::Succeeded);
}

#[tokio::test]
async fn a_job_that_is_no_seed_is_run_like_one() {
    let (store, mut runner, clock) = demo().await;
    let draft = Draft { state: Patch::Set(State::Queued), ..Draft::default() };
    store.put(NAMESPACE, Some(4711), draft, Put::default()).await.unwrap();
    for _ in 0..60 {
        clock.0.fetch_add(MINUTE, Ordering::Relaxed);
        runner.round().await.unwrap();
    }
    assert_eq!(job(&store, 4711).await.state, State::Succeeded);
}
