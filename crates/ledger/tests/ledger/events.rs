//! What runners say, and what they are refused.

use std::time::{Duration, Instant};

use countermand_ledger::Refused;
use countermand_model::machine::may_report;
use countermand_model::*;

use crate::support::*;

fn conflict(answer: Result<Job, Refused>) -> Option<State> {
    match answer {
        Err(Refused::Conflict { state, .. }) => state,
        other => panic!("not a conflict, but {other:?}"),
    }
}

fn results(from: u64, items: &[&str]) -> Event {
    let items = items.iter().map(|item| (*item).to_owned()).collect();
    Event { results: Some(NewResults { from, items }), ..Event::default() }
}

#[tokio::test]
async fn only_the_moves_of_the_machine_are_taken() {
    let ledger = Ledger::memory();
    let mut number = 0;
    for from in State::ALL {
        for to in State::ALL {
            number += 1;
            ledger.put(number, in_state(from)).await;
            let answer = ledger.say(number, to, "farm").await;
            if may_report(from, to) || from == to {
                assert_eq!(answer.unwrap().state, to, "{from} to {to}");
            } else {
                assert_eq!(conflict(answer), Some(from), "{from} to {to}");
                assert_eq!(ledger.state(number).await, from);
            }
        }
    }
}

#[tokio::test]
async fn the_first_runner_holds_the_job() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Queued)).await;
    ledger.say(1, State::Ready, "b").await.unwrap();
    assert_eq!(ledger.say(1, State::Running, "a").await.unwrap().runner.as_deref(), Some("a"));
    let revision = ledger.say(1, State::Running, "a").await.unwrap().revision;
    assert_eq!(conflict(ledger.say(1, State::Running, "b").await), Some(State::Running));
    assert_eq!(conflict(ledger.say(1, State::Succeeded, "b").await), Some(State::Running));
    assert_eq!(ledger.job(1).await.revision, revision);
    // A retry may be anybody's.
    ledger.say(1, State::Recovering, "a").await.unwrap();
    assert_eq!(ledger.say(1, State::Queued, "a").await.unwrap().runner, None);
    assert_eq!(ledger.say(1, State::Running, "b").await.unwrap().runner.as_deref(), Some("b"));
}

#[tokio::test]
async fn a_runner_without_a_name_does_not_begin() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Queued)).await;
    let nameless = Event { state: Some(State::Running), ..Event::default() };
    let refused = ledger.event(1, nameless).await.unwrap_err();
    assert!(matches!(refused, Refused::Invalid { place, .. } if place == "/runner"));
    assert_eq!(ledger.state(1).await, State::Queued);
}

#[tokio::test]
async fn a_cancelled_job_is_not_started() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Queued)).await;
    ledger.put(2, in_state(State::Queued)).await;
    ledger.act(cancel(&[1], Reach::One)).await;
    ledger.act(hold(&[2], Reach::One)).await;
    assert_eq!(conflict(ledger.say(1, State::Running, "a").await), Some(State::Cancelled));
    assert_eq!(conflict(ledger.say(2, State::Running, "a").await), Some(State::Held));
}

#[tokio::test]
async fn the_ledger_keeps_the_times() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Queued)).await;
    ledger.pass(1);
    ledger.say(1, State::Running, "a").await.unwrap();
    ledger.pass(1);
    ledger.say(1, State::Paused, "a").await.unwrap();
    ledger.pass(1);
    ledger.say(1, State::Running, "a").await.unwrap();
    ledger.pass(1);
    let job = ledger.say(1, State::Succeeded, "a").await.unwrap();
    assert_eq!((job.created_at, job.started_at), (START, Some(START + 1)));
    assert_eq!((job.finished_at, job.changed_at), (Some(START + 4), START + 4));
    assert_eq!((job.previous_state, job.revision), (Some(State::Running), 5));
}

#[tokio::test]
async fn results_are_taken_once_and_without_a_gap() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Running)).await;
    ledger.event(1, results(0, &["24.00", "{\"b\":1,\"a\":2}"])).await.unwrap();
    let job = ledger.event(1, results(1, &["\"other\"", "3"])).await.unwrap();
    assert_eq!(job.results_total, 3);
    assert_eq!(ledger.event(1, results(0, &["24.00"])).await.unwrap().revision, job.revision);
    assert_eq!(conflict(ledger.event(1, results(4, &["5"])).await), Some(State::Running));
    let stored = ledger.store.get("default", 1).await.unwrap().1;
    assert_eq!(stored, ["24.00", "{\"b\":1,\"a\":2}", "3"]);
}

#[tokio::test]
async fn an_event_is_taken_whole_or_not_at_all() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Queued)).await;
    let runner = Some("a".to_owned());
    let message = Some("m".to_owned());
    let event = Event { state: Some(State::Running), runner, message, ..results(1, &["1"]) };
    conflict(ledger.event(1, event).await);
    let job = ledger.job(1).await;
    assert_eq!((job.state, job.message, job.revision), (State::Queued, None, 1));
    assert_eq!(ledger.event(9, Event::default()).await, Err(Refused::NotFound));
}

#[tokio::test]
async fn an_end_may_be_repeated_and_nothing_follows_it() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Queued)).await;
    ledger.say(1, State::Running, "a").await.unwrap();
    let end = Event {
        state: Some(State::Succeeded),
        runner: Some("a".to_owned()),
        message: Some("done".to_owned()),
        ..results(0, &["1"])
    };
    let job = ledger.event(1, end.clone()).await.unwrap();
    assert_eq!(ledger.event(1, end.clone()).await.unwrap(), job);
    conflict(ledger.event(1, Event { runner: Some("b".to_owned()), ..end.clone() }).await);
    conflict(ledger.event(1, Event { results: results(1, &["2"]).results, ..end.clone() }).await);
    conflict(ledger.event(1, Event { message: Some("more".to_owned()), ..end }).await);
    conflict(ledger.event(1, Event { message: Some("late".to_owned()), ..Event::default() }).await);
    conflict(ledger.say(1, State::Failed, "a").await);
    assert_eq!(ledger.job(1).await, job);
}

#[tokio::test]
async fn a_runner_does_not_move_a_parent() {
    let ledger = Ledger::memory();
    ledger.put(1, Draft::default()).await;
    ledger.put(2, child_of(1, State::Queued)).await;
    assert_eq!(conflict(ledger.say(1, State::Running, "a").await), Some(State::Queued));
    let progress = Progress { total: 2, matched: 0, processed: 1 };
    let event = Event { progress: Some(progress), ..Event::default() };
    assert_eq!(ledger.event(1, event).await.unwrap().progress, progress);
}

#[tokio::test]
async fn whoever_waits_for_the_end_of_a_cancel_hears_of_it() {
    let ledger = Ledger::memory();
    // Not paused time: that would run ahead while the ledger's threads are at work.
    let limit = Duration::from_secs(60);
    let before = Instant::now();
    ledger.put(1, in_state(State::Running)).await;
    ledger.store.settled("default", 1, limit).await;
    ledger.store.settled("default", 9, limit).await;
    ledger.act(cancel(&[1], Reach::One)).await;
    let wait = || {
        let store = ledger.store.clone();
        tokio::spawn(async move { store.settled("default", 1, limit).await })
    };
    let waits = [wait(), wait(), wait()];
    tokio::task::yield_now().await;
    ledger.say(1, State::Cancelled, "a").await.unwrap();
    for wait in waits {
        wait.await.unwrap();
    }
    assert!(before.elapsed() < limit, "it was told, it did not run out");
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_the_end_of_a_cancel_beyond_the_limit() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Cancelling)).await;
    let before = tokio::time::Instant::now();
    ledger.store.settled("default", 1, Duration::from_secs(2)).await;
    assert!(before.elapsed() >= Duration::from_secs(2));
}
