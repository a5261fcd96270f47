//! Many at once: grouped commits, one audit row per command, and callers who go away.

use std::collections::BTreeSet;
use std::sync::Arc;

use countermand_ledger::{Config, Location, Put, Store};
use countermand_model::*;
use futures_util::FutureExt;
use tower::ServiceExt;

use crate::support::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_changing_command_is_one_row_of_the_audit() {
    const TASKS: i64 = 64;
    const EACH: i64 = 20;
    let ledger = Ledger::memory();
    for number in 1..=TASKS {
        ledger.put(number, in_state(if number % 2 == 0 { State::Queued } else { State::Running })).await;
    }
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                for step in 0..EACH {
                    let numbers = [(task + step) % TASKS + 1, task + 1000];
                    let command = match step % 3 {
                        0 => hold(&numbers, Reach::One),
                        1 => release(&numbers, Reach::One),
                        _ => cancel(&numbers, Reach::One),
                    };
                    let call = Call {
                        command,
                        caller: Caller::default(),
                        dialect: "control",
                        request_id: format!("{task}-{step}"),
                    };
                    let outcome = ledger.store.engine("default").oneshot(call).await.unwrap();
                    assert_eq!(acted(outcome)[1].effect, Effect::NotFound);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let audit = ledger.audit().await;
    let requests: BTreeSet<_> = audit.iter().map(|row| row.request_id.clone()).collect();
    let commands = usize::try_from(TASKS * EACH).unwrap();
    assert_eq!((audit.len(), requests.len()), (commands, commands));
    assert!(audit.iter().all(|row| row.targets.len() == 2));

    // The feed tells every change, and nothing else: per job, each line begins where the one before ended.
    let mut moved = std::collections::BTreeMap::new();
    for (_, number, before, after) in ledger.feed().await {
        if let Some(last) = moved.insert(number, after) {
            assert_eq!(last, before, "job {number}");
        }
    }
    for (number, last) in moved {
        assert_eq!(ledger.state(number).await, last);
    }
    let figures = ledger.store.figures();
    assert_eq!(figures.commands, commands as u64);
    assert!(figures.commits < figures.commands, "commits are shared");
}

#[tokio::test]
async fn a_caller_who_went_away_is_passed_over() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Queued)).await;
    let call =
        |command| Call { command, caller: Caller::default(), dialect: "control", request_id: String::new() };
    let engine = ledger.store.engine("default");
    // The first keeps the writer busy for a while, the second is dropped while it waits.
    let many: Vec<_> = (0..20_000).map(|_| (None, Draft::default())).collect();
    let store = ledger.store.clone();
    let mut busy = Box::pin(async move { store.put_all("default", many, Put::default()).await });
    assert!(busy.as_mut().now_or_never().is_none());
    // The writer takes along what it finds, so it is to be at work before the other comes.
    while ledger.store.figures().waiting > 0 {
        std::thread::yield_now();
    }
    let mut gone = engine.oneshot(call(cancel(&[1], Reach::One))).boxed();
    assert!(gone.as_mut().now_or_never().is_none());
    drop(gone);
    assert_eq!(busy.await.unwrap().len(), 20_000);
    ledger.store.ready().await.unwrap();
    assert_eq!((ledger.state(1).await, ledger.audit().await.len()), (State::Queued, 0));
}

#[tokio::test]
async fn a_full_queue_is_overload() {
    let clock = Arc::new(countermand_ledger::Wall);
    let config = Config { location: Location::Memory, clock, durable: false, queue: 4, readers: 1 };
    let store = Store::open(config).unwrap();
    let many: Vec<_> = (0..20_000).map(|_| (None, Draft::default())).collect();
    let mut busy = Box::pin(store.put_all("default", many, Put::default()));
    assert!(busy.as_mut().now_or_never().is_none());
    // The writer takes along what it finds, so it is to be at work before the others come.
    while store.figures().waiting > 0 {
        std::thread::yield_now();
    }
    let call = |number| Call {
        command: cancel(&[number], Reach::One),
        caller: Caller::default(),
        dialect: "control",
        request_id: String::new(),
    };
    let mut calls: Vec<_> =
        (1..=8).map(|number| store.engine("default").oneshot(call(number)).boxed()).collect();
    let first: Vec<_> = calls.iter_mut().map(|call| call.as_mut().now_or_never()).collect();
    let refused = first.iter().flatten().filter(|answer| {
        answer.as_ref().is_err_and(|fault| fault.kind == FaultKind::Overloaded && fault.retry_after.is_some())
    });
    assert!(refused.count() >= 3, "four wait, and perhaps one is in the writer's hands");
    assert!(busy.await.is_ok());
}
