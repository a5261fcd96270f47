//! Orders to single jobs: the table of the design, and what the audit and the feed keep of them.

use countermand_model::machine::{Move, judge};
use countermand_model::*;

use tower::ServiceExt;

use crate::support::*;

#[tokio::test]
async fn a_cancel_is_judged_by_the_state_it_finds() {
    let ledger = Ledger::memory();
    for (number, state) in (1..).zip(State::ALL) {
        ledger.put(number, in_state(state)).await;
        let before = ledger.job(number).await;
        ledger.pass(1000);
        let outcome = acted(ledger.ask(cancel(&[number], Reach::One)).await).remove(0);
        let judged = judge(Move::Cancel, state, false);
        assert_eq!((outcome.effect, outcome.before), (judged.effect, Some(state)), "cancel in {state}");
        let after = ledger.job(number).await;
        assert_eq!(after.state, judged.to.unwrap_or(state));
        if let Some(to) = judged.to {
            assert_eq!(after.previous_state, Some(state));
            assert_eq!(after.changed_at, before.changed_at + 1000);
            assert_eq!(after.finished_at, to.is_terminal().then_some(after.changed_at));
            assert_eq!(after.revision, before.revision + 1);
        } else {
            assert_eq!(after, before);
        }
    }
}

#[tokio::test]
async fn the_second_of_two_same_targets_finds_what_the_first_did() {
    let ledger = Ledger::memory();
    ledger.put(15, in_state(State::Running)).await;
    ledger.put(25, in_state(State::Queued)).await;
    let effects = ledger.act(cancel(&[15, 25, 99, 15, 25], Reach::One)).await;
    let expected = [
        Effect::Accepted,
        Effect::Cancelled,
        Effect::NotFound,
        Effect::AlreadyCancelling,
        Effect::AlreadyCancelled,
    ];
    assert_eq!(effects, expected);

    let audit = ledger.audit().await;
    assert_eq!(audit.len(), 1, "a batch is one row");
    assert_eq!((audit[0].command.as_str(), audit[0].at), ("cancel", START));
    let kept: Vec<_> = audit[0].targets.iter().map(|target| (target.number, target.effect)).collect();
    let numbers = [Some(15), Some(25), None, Some(15), Some(25)];
    assert_eq!(kept, numbers.into_iter().zip(expected.map(Some)).collect::<Vec<_>>());

    let feed = ledger.feed().await;
    let affected = [
        ("cancel".to_owned(), 15, State::Running, State::Cancelling),
        ("cancel".to_owned(), 25, State::Queued, State::Cancelled),
    ];
    assert_eq!(feed, affected);
}

#[tokio::test]
async fn holding_and_releasing_follow_the_table() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Queued)).await;
    ledger.put(2, in_state(State::Running)).await;
    assert_eq!(
        ledger.act(hold(&[1, 1, 2, 3], Reach::One)).await,
        [Effect::Done, Effect::AlreadySo, Effect::NotPossible, Effect::NotFound]
    );
    assert_eq!(ledger.state(1).await, State::Held);
    assert_eq!(ledger.act(release(&[1, 1], Reach::Tree)).await, [Effect::Done, Effect::NotPossible]);
    assert_eq!(ledger.state(1).await, State::Queued);
    let commands: Vec<_> = ledger.audit().await.into_iter().map(|row| row.command).collect();
    assert_eq!(commands, ["hold", "release"]);
}

/// A forced cancel of a job that its attributes call asynchronous.
fn force(number: i64) -> Command {
    let asynchronous = Field::Attribute { dialect: "ess".to_owned(), member: "isAsynchronous".to_owned() };
    let condition = Filter::Field(asynchronous, Test::Equal(Value::Integer(1)));
    Command::Cancel(Cancel { targets: targets(&[number]), force: Some(condition), ..Cancel::default() })
}

fn asynchronous() -> Draft {
    let attributes = vec![("ess".to_owned(), "{\"isAsynchronous\": true}".to_owned())];
    Draft { attributes: Patch::Set(attributes), ..in_state(State::Running) }
}

#[tokio::test]
async fn a_forced_cancel_waits_for_half_an_hour_of_silence() {
    let ledger = Ledger::memory();
    ledger.put(1, asynchronous()).await;
    assert_eq!(ledger.act(force(1)).await, [Effect::NotPossible]);
    ledger.act(cancel(&[1], Reach::One)).await;
    ledger.pass(30 * 60_000 - 1);
    assert_eq!(ledger.act(force(1)).await, [Effect::NotPossible]);
    ledger.pass(1);
    assert_eq!(ledger.act(force(1)).await, [Effect::Cancelled]);
    assert_eq!(ledger.feed().await.last().unwrap().0, "force_cancel");
    assert_eq!(ledger.audit().await.len(), 4, "an order that is refused is a row, too");
}

#[tokio::test]
async fn a_forced_cancel_asks_for_what_its_dialect_asks_for() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Running)).await;
    ledger.put(10, in_state(State::Queued)).await;
    ledger.put(11, Draft { parent: Patch::Set(Some(10)), ..asynchronous() }).await;
    ledger.put(12, child_of(10, State::Running)).await;
    ledger.act(cancel(&[1, 10], Reach::Tree)).await;
    ledger.pass(31 * 60_000);
    assert_eq!(ledger.act(force(1)).await, [Effect::NotPossible]);
    let Command::Cancel(family) = force(10) else { unreachable!() };
    let family = Command::Cancel(Cancel { reach: Reach::Tree, ..family });
    assert_eq!(ledger.act(family).await, [Effect::Accepted]);
    assert_eq!((ledger.state(11).await, ledger.state(12).await), (State::Cancelled, State::Cancelling));
    let deep = (0..1000).fold(Filter::ALL, |filter, _| Filter::Not(Box::new(filter)));
    let call = Call {
        command: Command::Cancel(Cancel { force: Some(deep), ..Cancel::default() }),
        caller: Caller::default(),
        dialect: "ess",
        request_id: String::new(),
    };
    let refused = ledger.store.engine("default").oneshot(call).await.unwrap_err();
    assert_eq!(refused.kind, FaultKind::Malformed);
}

#[tokio::test]
async fn a_sign_of_life_puts_off_the_forced_cancel() {
    let check_in = || Command::CheckIn { target: Target::number(1) };
    let report = || Command::Report { target: Target::number(1), state: None, message: None };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    for (nth, sign) in [check_in(), report()].into_iter().enumerate() {
        let ledger = Ledger::file(path.with_extension(nth.to_string()));
        ledger.put(1, asynchronous()).await;
        // One before the cancel counts for nothing.
        ledger.ask(sign.clone()).await;
        assert_eq!(ledger.job(1).await.heard_at, None);
        ledger.act(cancel(&[1], Reach::One)).await;
        let told = ledger.job(1).await;
        ledger.pass(29 * 60_000);
        ledger.ask(sign.clone()).await;
        let heard = ledger.job(1).await;
        assert_eq!((heard.changed_at, heard.silent_since()), (START, START + 29 * 60_000));
        assert_eq!(heard.revision, told.revision, "it is no change");
        ledger.pass(29 * 60_000);
        assert_eq!(ledger.act(force(1)).await, [Effect::NotPossible], "{sign:?}");
        // It is on disk: another process knows it.
        ledger.store.close().await;
        let again = Ledger::file(path.with_extension(nth.to_string()));
        again.pass(58 * 60_000);
        assert_eq!(again.act(force(1)).await, [Effect::NotPossible], "{sign:?}");
        again.pass(60_000);
        assert_eq!(again.act(force(1)).await, [Effect::Cancelled], "{sign:?}");
        assert_eq!(again.ask(check_in()).await, Outcome::CheckedIn(Some(true)), "its work is to stop");
    }
}

#[tokio::test]
async fn the_answer_shows_the_job_afterwards_where_that_is_wanted() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Queued)).await;
    let order = Cancel { targets: targets(&[1, 9]), wants_after: true, ..Cancel::default() };
    let acted = acted(ledger.ask(Command::Cancel(order)).await);
    assert_eq!(acted[0].after.as_ref().unwrap().job, ledger.job(1).await);
    assert_eq!(acted[1].after, None);
}

#[tokio::test]
async fn reads_leave_no_trace() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Running)).await;
    ledger.status(1, Results::Undelivered, Kin::All).await;
    let target = Target::number(1);
    assert_eq!(
        ledger.ask(Command::CheckIn { target: target.clone() }).await,
        Outcome::CheckedIn(Some(false))
    );
    assert_eq!(
        ledger.ask(Command::Permissions { target }).await,
        Outcome::Permitted(Some(Permissions { change: true }))
    );
    assert_eq!(ledger.audit().await, []);
    assert_eq!(ledger.job(1).await.revision, 1);
    assert_eq!(ledger.store.figures().commands, 0);
}

#[tokio::test]
async fn a_job_reports_through_its_own_dialect() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Queued)).await;
    let report = |state, message: &str| Command::Report {
        target: Target::number(1),
        state,
        message: Some(message.to_owned()),
    };
    assert_eq!(ledger.act(report(Some(State::Running), "begun")).await, [Effect::Done]);
    assert_eq!(ledger.act(report(None, "half")).await, [Effect::Done]);
    assert_eq!(ledger.act(report(Some(State::Queued), "no")).await, [Effect::NotPossible]);
    assert_eq!(ledger.act(report(Some(State::Succeeded), "all")).await, [Effect::Done]);
    assert_eq!(ledger.act(report(Some(State::Succeeded), "again")).await, [Effect::AlreadySo]);
    let job = ledger.job(1).await;
    assert_eq!((job.state, job.message.as_deref()), (State::Succeeded, Some("all")));
    assert_eq!(ledger.audit().await.len(), 5);
    assert_eq!(ledger.feed().await, [], "nobody has to obey a report");
}

#[tokio::test]
async fn a_refusal_to_a_known_user_is_one_row() {
    let ledger = Ledger::memory();
    let denied = countermand_ledger::Denied {
        caller: Caller { user: "li".to_owned(), client: "192.0.2.1".to_owned(), own_only: false },
        dialect: "cisco-prime",
        operation: "cancelrunning".to_owned(),
        written: Some("1\"5".to_owned()),
        request_id: "r-7".to_owned(),
    };
    ledger.store.audit_refusal("elsewhere", denied).await.unwrap();
    let row = ledger.audit().await.remove(0);
    assert_eq!((row.namespace.as_str(), row.command.as_str()), ("elsewhere", "refused:cancelrunning"));
    assert_eq!((row.by.as_str(), row.client.as_str(), row.request_id.as_str()), ("li", "192.0.2.1", "r-7"));
    assert_eq!((row.targets[0].written.as_str(), row.targets[0].effect), ("1\"5", Some(Effect::Forbidden)));
}
