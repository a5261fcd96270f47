//! Orders about an end: acknowledging, deleting output, deleting the job.

use countermand_model::*;

use crate::support::*;

fn with_output(draft: Draft) -> Draft {
    let output = Output { id: "app-1".to_owned(), name: "App".to_owned() };
    Draft { output: Patch::Set(Some(output)), ..draft }
}

fn acknowledge(number: i64, end: Acknowledged, delete_output: bool) -> Command {
    Command::Acknowledge { target: Target::number(number), end, delete_output }
}

fn cancel_and_acknowledge(number: i64, delete_output: bool) -> Command {
    let targets = targets(&[number]);
    Command::Cancel(Cancel { targets, acknowledge_after: true, delete_output, ..Cancel::default() })
}

async fn commands(ledger: &Ledger) -> Vec<String> {
    ledger.feed().await.into_iter().map(|(command, ..)| command).collect()
}

#[tokio::test]
async fn an_end_is_acknowledged_once_and_only_as_what_it_is() {
    let ledger = Ledger::memory();
    ledger.put(1, with_output(in_state(State::Failed))).await;
    assert_eq!(ledger.act(acknowledge(1, Acknowledged::Cancel, true)).await, [Effect::NotPossible]);
    assert_eq!(ledger.act(acknowledge(1, Acknowledged::Failure, false)).await, [Effect::Done]);
    let job = ledger.job(1).await;
    assert!(job.acknowledged && job.output.is_some() && job.state == State::Failed);
    assert_eq!(ledger.act(acknowledge(1, Acknowledged::Failure, true)).await, [Effect::NotPossible]);

    let delete = || Command::DeleteOutput { target: Target::number(1) };
    assert_eq!(ledger.act(delete()).await, [Effect::Done]);
    assert_eq!(ledger.act(delete()).await, [Effect::NotPossible]);
    assert_eq!(ledger.job(1).await.output, None);
    assert_eq!(commands(&ledger).await, ["acknowledge", "delete_output"]);
    assert_eq!(ledger.audit().await.len(), 5);
}

#[tokio::test]
async fn a_cancel_acknowledges_what_it_ends_at_once() {
    let ledger = Ledger::memory();
    ledger.put(1, with_output(in_state(State::Queued))).await;
    assert_eq!(ledger.act(cancel_and_acknowledge(1, true)).await, [Effect::Cancelled]);
    let job = ledger.job(1).await;
    assert!(job.acknowledged && job.output.is_none());
    assert_eq!(commands(&ledger).await, ["cancel", "acknowledge", "delete_output"]);
}

#[tokio::test]
async fn a_cancel_acknowledges_what_its_runner_confirms() {
    let ledger = Ledger::memory();
    for number in [1, 2] {
        ledger.put(number, with_output(in_state(State::Running))).await;
        assert_eq!(ledger.act(cancel_and_acknowledge(number, true)).await, [Effect::Accepted]);
        assert!(!ledger.job(number).await.acknowledged);
    }
    let ended = ledger.say(1, State::Cancelled, "farm").await.unwrap();
    assert!(ended.acknowledged && ended.output.is_none(), "the runner's answer shows it already");
    assert_eq!(commands(&ledger).await, ["cancel", "cancel", "acknowledge", "delete_output"]);

    let finished_first = ledger.say(2, State::Succeeded, "farm").await.unwrap();
    assert!(!finished_first.acknowledged && finished_first.output.is_some());
    assert_eq!(commands(&ledger).await.len(), 4);
}

#[tokio::test]
async fn a_cancelled_job_is_not_acknowledged_by_being_cancelled_again() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Cancelled)).await;
    assert_eq!(ledger.act(cancel_and_acknowledge(1, false)).await, [Effect::AlreadyCancelled]);
    assert!(!ledger.job(1).await.acknowledged);
}

#[tokio::test]
async fn a_parent_is_acknowledged_with_the_end_of_its_cancel() {
    let ledger = Ledger::memory();
    ledger.put(1, Draft::default()).await;
    ledger.put(2, child_of(1, State::Running)).await;
    let order =
        Cancel { targets: targets(&[1]), reach: Reach::Tree, acknowledge_after: true, ..Cancel::default() };
    assert_eq!(ledger.act(Command::Cancel(order)).await, [Effect::Accepted]);
    ledger.say(2, State::Cancelled, "farm").await.unwrap();
    assert!(ledger.job(1).await.acknowledged && ledger.job(2).await.acknowledged);
}

#[tokio::test]
async fn a_family_with_a_child_of_anothers_is_not_the_callers_to_delete() {
    let ledger = Ledger::memory();
    ledger.put(1, Draft::default()).await;
    ledger.put(2, Draft { owner: Patch::Set(Some("li".to_owned())), ..child_of(1, State::Succeeded) }).await;
    ledger.put(3, child_of(1, State::Running)).await;
    let caller = |own_only| Caller { user: "ana".to_owned(), own_only, ..Caller::default() };
    let delete = || Command::Delete { target: Target::number(1) };
    let effect = async |own_only| acted(ledger.ask_as(delete(), "control", caller(own_only)).await)[0].effect;
    assert_eq!(effect(true).await, Effect::NotPossible, "it goes on, whoever asks");
    ledger.say(3, State::Succeeded, "farm").await.unwrap();
    assert_eq!(effect(true).await, Effect::Forbidden);
    assert_eq!(ledger.state(2).await, State::Succeeded, "it is still there");
    assert_eq!(effect(false).await, Effect::Done);
}

#[tokio::test]
async fn a_finished_job_is_deleted_with_its_children() {
    let ledger = Ledger::memory();
    ledger.put(1, Draft::default()).await;
    ledger.put(2, child_of(1, State::Running)).await;
    let delete = |number| Command::Delete { target: Target::number(number) };
    assert_eq!(ledger.act(delete(1)).await, [Effect::NotPossible], "it goes on");
    ledger.say(2, State::Succeeded, "farm").await.unwrap();
    assert_eq!(ledger.act(delete(2)).await, [Effect::NotPossible], "it is a child");
    assert_eq!(ledger.act(delete(1)).await, [Effect::Done]);
    for number in [1, 2] {
        assert_eq!(ledger.status(number, Results::None, Kin::None).await, None);
        assert_eq!(ledger.act(cancel(&[number], Reach::One)).await, [Effect::NotFound]);
    }
    assert_eq!(ledger.store.list("default", Filter::ALL, 0, 10).await.unwrap(), []);
    assert_eq!(ledger.act(delete(1)).await, [Effect::NotFound]);
}
