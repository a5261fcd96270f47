//! The onion around engines that are nothing but functions. Time is paused.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use countermand_model::{
    Acted, Call, Caller, Cancel, Command, Effect, Fault, FaultKind, Job, Kin, Outcome, Results, Snapshot,
    State, Status, Target,
};
use tokio::sync::Notify;
use tower::{ServiceExt, service_fn};

use crate::{Engine, Limits, Onion, Settled, Settling};

fn call(command: Command) -> Call {
    Call { command, caller: Caller::default(), dialect: "test", request_id: "r1".to_owned() }
}

fn status() -> Call {
    let status = Status { target: Target::number(15), results: Results::None, kin: Kin::None };
    call(Command::Status(status))
}

fn cancel(settle: Duration) -> Call {
    let targets = vec![Target::number(15)];
    call(Command::Cancel(Cancel { targets, settle, wants_after: true, ..Cancel::default() }))
}

fn job(state: State) -> Box<Snapshot> {
    Box::new(Snapshot::of(Job { state, ..Job::new(15, 0) }))
}

fn never_settles() -> Settling {
    Settling::Told(Arc::new(|_, limit| Box::pin(tokio::time::sleep(limit))))
}

/// An engine that accepts every cancel and then shows the job in `later`.
fn accepting(later: State, settling: Settling) -> Engine {
    let engine = service_fn(move |call: Call| async move {
        Ok(if matches!(call.command, Command::Status(_)) {
            Outcome::Read { at: 1, snapshot: Some(job(later)) }
        } else {
            let after = Some(job(State::Cancelling));
            let target = Target::number(15);
            let acted = Acted { target, effect: Effect::Accepted, before: Some(State::Running), after };
            Outcome::Acted { at: 0, targets: vec![acted] }
        })
    });
    Onion::new(Limits { in_flight: 8, call_timeout: Duration::from_secs(1) }).around(engine, settling)
}

fn effect_and_state(outcome: Outcome) -> (Effect, State) {
    let Outcome::Acted { mut targets, .. } = outcome else { panic!("not an order: {outcome:?}") };
    let acted = targets.remove(0);
    (acted.effect, acted.after.expect("it was asked for").job.state)
}

#[tokio::test(start_paused = true)]
async fn a_full_house_refuses_at_once_and_takes_the_next_when_there_is_room() {
    let go = Arc::new(Notify::new());
    let gate = Arc::clone(&go);
    let engine = service_fn(move |_: Call| {
        let gate = Arc::clone(&gate);
        async move {
            gate.notified().await;
            Ok(Outcome::Confirmed)
        }
    });
    let onion = Onion::new(Limits { in_flight: 1, call_timeout: Duration::from_secs(9) });
    let one = onion.around(engine.clone(), never_settles());
    let other = onion.around(engine, never_settles());

    let first = tokio::spawn(one.clone().oneshot(status()));
    tokio::task::yield_now().await;
    let refused = other.clone().oneshot(status()).await.unwrap_err();
    assert_eq!((refused.kind, refused.retry_after), (FaultKind::Overloaded, Some(1)));
    go.notify_one();
    assert_eq!(first.await.unwrap(), Ok(Outcome::Confirmed));
    go.notify_one();
    assert_eq!(other.oneshot(status()).await, Ok(Outcome::Confirmed));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_passes_says_that_nothing_is_known() {
    let engine = service_fn(|_: Call| std::future::pending::<Result<Outcome, Fault>>());
    let onion = Onion::new(Limits { in_flight: 1, call_timeout: Duration::from_secs(1) });
    let late = onion.around(engine, never_settles()).oneshot(cancel(Duration::ZERO)).await.unwrap_err();
    assert_eq!(late.kind, FaultKind::Timeout);
    assert!(late.message.contains("not known"));
}

#[tokio::test]
async fn an_engines_own_fault_passes_through_unchanged() {
    let fault = Fault::new(FaultKind::Unreachable, "gone").with_detail("refused");
    let raised = fault.clone();
    let engine = service_fn(move |_: Call| std::future::ready(Err::<Outcome, _>(raised.clone())));
    let onion = Onion::new(Limits { in_flight: 1, call_timeout: Duration::from_secs(1) });
    assert_eq!(onion.around(engine, never_settles()).oneshot(status()).await, Err(fault));
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_settles_in_time_is_told_as_cancelled() {
    let settled: Settled = Arc::new(|number, _| {
        assert_eq!(number, 15);
        Box::pin(std::future::ready(()))
    });
    let settling = Settling::Told(settled);
    let outcome =
        accepting(State::Cancelled, settling).oneshot(cancel(Duration::from_secs(2))).await.unwrap();
    assert_eq!(effect_and_state(outcome), (Effect::Cancelled, State::Cancelled));
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_does_not_settle_stays_accepted_and_waits_as_long_as_asked() {
    let started = tokio::time::Instant::now();
    let engine = accepting(State::Cancelling, never_settles());
    let outcome = engine.oneshot(cancel(Duration::from_secs(2))).await.unwrap();
    assert_eq!(effect_and_state(outcome), (Effect::Accepted, State::Cancelling));
    assert_eq!(started.elapsed(), Duration::from_secs(2), "longer than the call's own deadline, on purpose");
}

#[tokio::test(start_paused = true)]
async fn work_that_ended_first_is_told_as_it_ended() {
    let engine = accepting(State::Succeeded, never_settles());
    let outcome = engine.oneshot(cancel(Duration::from_millis(1))).await.unwrap();
    assert_eq!(effect_and_state(outcome), (Effect::Accepted, State::Succeeded));
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_cancel_takes_nobodys_place() {
    let settle = Duration::from_secs(60);
    let engine = service_fn(|call: Call| async move {
        Ok(if matches!(call.command, Command::Status(_)) {
            Outcome::Read { at: 1, snapshot: None }
        } else {
            let after = Some(job(State::Cancelling));
            let acted = Acted { target: Target::number(15), effect: Effect::Accepted, before: None, after };
            Outcome::Acted { at: 0, targets: vec![acted] }
        })
    });
    let onion = Onion::new(Limits { in_flight: 1, call_timeout: Duration::from_secs(1) });
    let engine = onion.around(engine, never_settles());
    let waiting = tokio::spawn(engine.clone().oneshot(cancel(settle)));
    tokio::task::yield_now().await;
    assert!(engine.oneshot(status()).await.is_ok());
    assert!(waiting.await.unwrap().is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_engine_without_news_is_asked_again_until_it_has_stopped() {
    let started = tokio::time::Instant::now();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let engine = service_fn(move |call: Call| {
        let is_look = matches!(call.command, Command::Status(_));
        let looks = counted.fetch_add(usize::from(is_look), Ordering::Relaxed);
        std::future::ready(Ok(if is_look {
            let state = if looks < 2 { State::Cancelling } else { State::Cancelled };
            Outcome::Read { at: 1, snapshot: Some(job(state)) }
        } else {
            let after = Some(job(State::Cancelling));
            let acted = Acted { target: Target::number(15), effect: Effect::Accepted, before: None, after };
            Outcome::Acted { at: 0, targets: vec![acted] }
        }))
    });
    let onion = Onion::new(Limits { in_flight: 1, call_timeout: Duration::from_secs(1) });
    let outcome =
        onion.around(engine, Settling::Looked).oneshot(cancel(Duration::from_secs(10))).await.unwrap();
    assert_eq!(effect_and_state(outcome), (Effect::Cancelled, State::Cancelled));
    assert_eq!((asked.load(Ordering::Relaxed), started.elapsed()), (3, Duration::from_secs(6)));
}

#[tokio::test(start_paused = true)]
async fn an_engine_without_news_is_not_asked_for_ever() {
    let started = tokio::time::Instant::now();
    let engine = accepting(State::Cancelling, Settling::Looked);
    let outcome = engine.oneshot(cancel(Duration::from_secs(2))).await.unwrap();
    assert_eq!(effect_and_state(outcome), (Effect::Accepted, State::Cancelling));
    assert_eq!(started.elapsed(), Duration::from_millis(1800));
}
