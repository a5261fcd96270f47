//! Parents, children and triggers: how far an order reaches, and how a parent follows.

use countermand_ledger::{Put, Refused};
use countermand_model::*;

use crate::support::*;

/// A parent 7 with a trigger and four children: queued, running, held, succeeded.
async fn family() -> Ledger {
    let ledger = Ledger::memory();
    ledger.put(7, with_trigger(TriggerState::Scheduled)).await;
    for (number, state) in
        [(71, State::Queued), (72, State::Running), (73, State::Held), (74, State::Succeeded)]
    {
        ledger.put(number, child_of(7, state)).await;
    }
    ledger
}

#[tokio::test]
async fn a_parent_follows_its_children() {
    let ledger = family().await;
    let parent = ledger.job(7).await;
    assert_eq!((parent.kind, parent.state), (Kind::Parent, State::Running));
    assert_eq!(parent.children, Children { total: 4, unfinished: 3 });
    assert_eq!(parent.started_at, Some(START));

    ledger.say(72, State::Succeeded, "farm").await.unwrap();
    assert_eq!(ledger.job(7).await.children.unfinished, 2);
    assert_eq!(ledger.state(7).await, State::Queued);
    ledger.act(cancel(&[71, 73], Reach::One)).await;
    assert_eq!(ledger.state(7).await, State::Queued, "its trigger is live");
    assert_eq!(ledger.act(cancel(&[7], Reach::Trigger)).await, [Effect::Cancelled]);
    let parent = ledger.job(7).await;
    assert_eq!((parent.state, parent.finished_at), (State::Cancelled, Some(START)));
    assert_eq!(parent.children, Children { total: 4, unfinished: 0 });
}

#[tokio::test]
async fn an_order_to_one_does_not_find_a_parent() {
    let ledger = family().await;
    assert_eq!(ledger.act(cancel(&[7, 72], Reach::One)).await, [Effect::NotFound, Effect::Accepted]);
    assert_eq!(ledger.feed().await.len(), 1);
}

#[tokio::test]
async fn an_order_to_a_trigger_leaves_the_runs_alone() {
    let ledger = family().await;
    let revision = ledger.job(72).await.revision;
    assert_eq!(ledger.act(hold(&[7, 7], Reach::Trigger)).await, [Effect::Done, Effect::AlreadySo]);
    assert_eq!(ledger.job(7).await.trigger.unwrap().state, TriggerState::Suspended);
    assert_eq!(ledger.act(release(&[7], Reach::Trigger)).await, [Effect::Done]);
    assert_eq!(ledger.act(cancel(&[7, 7], Reach::Trigger)).await, [Effect::Cancelled, Effect::NotPossible]);
    assert_eq!(ledger.act(cancel(&[72], Reach::Trigger)).await, [Effect::NotFound]);
    assert_eq!((ledger.state(7).await, ledger.job(72).await.revision), (State::Running, revision));
    let feed: Vec<_> =
        ledger.feed().await.into_iter().map(|(command, number, ..)| (command, number)).collect();
    assert_eq!(feed, ["hold", "release", "cancel"].map(|command| (command.to_owned(), 7)));
}

#[tokio::test]
async fn a_cancel_of_the_tree_reaches_the_trigger_and_every_unfinished_child() {
    let ledger = family().await;
    assert_eq!(ledger.act(cancel(&[7, 7], Reach::Tree)).await, [Effect::Accepted, Effect::AlreadyCancelling]);
    let states = [7, 71, 72, 73, 74];
    let mut found = Vec::new();
    for number in states {
        found.push(ledger.state(number).await);
    }
    let expected =
        [State::Cancelling, State::Cancelled, State::Cancelling, State::Cancelled, State::Succeeded];
    assert_eq!(found, expected);
    assert_eq!(ledger.feed().await.len(), 4, "three children and the parent");
    assert_eq!(ledger.audit().await.len(), 1);

    ledger.say(72, State::Cancelled, "farm").await.unwrap();
    assert_eq!(ledger.state(7).await, State::Cancelled);
    assert_eq!(ledger.act(cancel(&[7], Reach::Tree)).await, [Effect::AlreadyCancelled]);
}

#[tokio::test]
async fn a_cancel_of_a_tree_without_work_in_progress_ends_it_at_once() {
    let ledger = Ledger::memory();
    ledger.put(1, Draft::default()).await;
    ledger.put(2, child_of(1, State::Queued)).await;
    ledger.put(3, child_of(1, State::Failed)).await;
    assert_eq!(ledger.job(1).await.kind, Kind::Parent, "a job becomes a parent with its first child");
    assert_eq!(ledger.act(cancel(&[1, 1], Reach::Tree)).await, [Effect::Cancelled, Effect::AlreadyFinished]);
    assert_eq!(ledger.state(1).await, State::Failed, "the worst end of its children");
}

#[tokio::test]
async fn holding_a_tree_keeps_what_waits_from_starting() {
    let ledger = family().await;
    let twice = [Effect::Done, Effect::AlreadySo];
    assert_eq!(
        ledger.act(hold(&[7, 7], Reach::Tree)).await,
        twice,
        "it may be repeated while a child is at work"
    );
    assert_eq!(ledger.state(71).await, State::Held);
    assert_eq!(ledger.state(72).await, State::Running);
    ledger.say(72, State::Succeeded, "farm").await.unwrap();
    assert_eq!(ledger.state(7).await, State::Held);
    assert_eq!(ledger.act(hold(&[7], Reach::Tree)).await, [Effect::AlreadySo]);
    assert_eq!(ledger.act(release(&[7], Reach::Tree)).await, [Effect::Done]);
    assert_eq!(ledger.state(7).await, State::Queued);
}

#[tokio::test]
async fn unstarted_reaches_the_children_that_are_not_at_work() {
    let ledger = family().await;
    let order = || {
        Command::Cancel(Cancel {
            targets: targets(&[7]),
            reach: Reach::Unstarted,
            wants_after: true,
            ..Cancel::default()
        })
    };
    let first = acted(ledger.ask(order()).await).remove(0);
    assert_eq!(first.effect, Effect::Cancelled);
    let kin: Vec<_> = first.after.unwrap().kin.into_iter().map(|child| child.state).collect();
    assert_eq!(kin, [State::Cancelled, State::Running, State::Cancelled, State::Succeeded]);
    assert_eq!(ledger.act(order()).await, [Effect::NotPossible]);
    assert_eq!(ledger.job(7).await.trigger.unwrap().state, TriggerState::Scheduled);
    assert_eq!(ledger.act(cancel(&[72], Reach::Unstarted)).await, [Effect::Accepted], "itself");
}

#[tokio::test]
async fn an_order_passes_over_children_of_others() {
    let ledger = Ledger::memory();
    ledger.put(1, Draft::default()).await;
    let of_li = Draft { owner: Patch::Set(Some("li".to_owned())), ..child_of(1, State::Running) };
    ledger.put(2, of_li).await;
    ledger.put(3, child_of(1, State::Queued)).await;
    let caller = Caller { user: "ana".to_owned(), own_only: true, ..Caller::default() };
    let outcome = ledger.ask_as(cancel(&[1, 2], Reach::Tree), "control", caller).await;
    let effects: Vec<_> = acted(outcome).iter().map(|acted| acted.effect).collect();
    assert_eq!(effects, [Effect::Accepted, Effect::Forbidden]);
    assert_eq!((ledger.state(2).await, ledger.state(3).await), (State::Running, State::Cancelled));
    assert_eq!(ledger.state(1).await, State::Running, "what goes on is not being cancelled");
}

#[tokio::test]
async fn a_cancel_that_reaches_no_child_of_the_callers_is_not_accepted() {
    let caller = Caller { user: "ana".to_owned(), own_only: true, ..Caller::default() };
    for state in [State::Queued, State::Running] {
        let ledger = Ledger::memory();
        ledger.put(1, Draft::default()).await;
        ledger.put(2, Draft { owner: Patch::Set(Some("li".to_owned())), ..child_of(1, state) }).await;
        let outcome = ledger.ask_as(cancel(&[1], Reach::Tree), "control", caller.clone()).await;
        assert_eq!((acted(outcome)[0].effect, ledger.state(1).await), (Effect::Forbidden, state));
        assert_eq!(ledger.feed().await, []);

        // Beside one of the caller's that is being cancelled, nothing new happens either.
        ledger.put(3, child_of(1, State::Running)).await;
        ledger.ask_as(cancel(&[3], Reach::One), "control", caller.clone()).await;
        let outcome = ledger.ask_as(cancel(&[1], Reach::Tree), "control", caller.clone()).await;
        assert_eq!(acted(outcome)[0].effect, Effect::AlreadyCancelling);
        assert_eq!(ledger.feed().await.len(), 1);
    }
}

#[tokio::test]
async fn children_that_a_caller_does_not_see_do_not_come_with_their_parent() {
    let ledger = Ledger::memory();
    ledger.put(1, Draft::default()).await;
    ledger.put(2, child_of(1, State::Queued)).await;
    ledger.put(3, Draft { owner: Patch::Set(Some("li".to_owned())), ..child_of(1, State::Running) }).await;
    let elsewhere = Patch::Set(Some(vec!["cisco".to_owned()]));
    ledger.put(4, Draft { dialects: elsewhere, ..child_of(1, State::Running) }).await;
    let caller = Caller { user: "ana".to_owned(), own_only: true, ..Caller::default() };
    let numbers = |kin: Vec<Job>| kin.into_iter().map(|child| child.number).collect::<Vec<_>>();
    for kin in [Kin::All, Kin::Latest] {
        let status = Status { target: Target::number(1), results: Results::None, kin };
        let read = ledger.ask_as(Command::Status(status), "ess", caller.clone()).await;
        let Outcome::Read { snapshot: Some(snapshot), .. } = read else { panic!("it is there: {read:?}") };
        assert_eq!(numbers(snapshot.kin), [2], "{kin:?}");
    }
    let hold = Command::Hold(Order { targets: targets(&[1]), reach: Reach::Tree, wants_after: true });
    let held = acted(ledger.ask_as(hold, "ess", caller).await).remove(0);
    assert_eq!(numbers(held.after.unwrap().kin), [2]);
}

#[tokio::test]
async fn a_status_brings_the_children_asked_for() {
    let ledger = family().await;
    let kin = async |kin| {
        let snapshot = ledger.status(7, Results::None, kin).await.unwrap();
        snapshot.kin.into_iter().map(|child| child.number).collect::<Vec<_>>()
    };
    assert_eq!(kin(Kin::None).await, []);
    assert_eq!(kin(Kin::All).await, [71, 72, 73, 74]);
    assert_eq!(kin(Kin::Latest).await, [72], "the only one that started");
    ledger.pass(5);
    ledger.say(71, State::Running, "farm").await.unwrap();
    assert_eq!(kin(Kin::Latest).await, [71]);
}

#[tokio::test]
async fn a_child_that_changes_its_parent_is_counted_anew() {
    let ledger = family().await;
    ledger.put(8, Draft::default()).await;
    ledger.put(72, Draft { parent: Patch::Set(Some(8)), ..Draft::default() }).await;
    assert_eq!(ledger.job(7).await.children, Children { total: 3, unfinished: 2 });
    assert_eq!(ledger.state(7).await, State::Queued);
    let new = ledger.job(8).await;
    assert_eq!((new.state, new.kind, new.children.total), (State::Running, Kind::Parent, 1));
}

#[tokio::test]
async fn a_thousand_runs_are_one_change_of_their_job() {
    let ledger = Ledger::memory();
    ledger.put(1, Draft::default()).await;
    let runs: Vec<_> = (100..1100).map(|number| (Some(number), child_of(1, State::Queued))).collect();
    ledger.store.put_all("default", runs, Put::default()).await.unwrap();
    let revision = ledger.job(1).await.revision;
    let mut numbers: Vec<_> = (100..1100).collect();
    assert!(ledger.act(cancel(&numbers, Reach::One)).await.iter().all(|effect| *effect == Effect::Cancelled));
    let parent = ledger.job(1).await;
    assert_eq!((parent.state, parent.revision), (State::Cancelled, revision + 1));

    // A parent among the targets is found as its children left it.
    ledger.put(2, child_of(1, State::Queued)).await;
    numbers = vec![2, 1, 2];
    let effects = ledger.act(cancel(&numbers, Reach::Tree)).await;
    assert_eq!(effects, [Effect::Cancelled, Effect::AlreadyCancelled, Effect::AlreadyCancelled]);
}

#[tokio::test]
async fn a_deleted_family_comes_back_as_it_is_described() {
    let ledger = Ledger::memory();
    ledger.put(1, Draft::default()).await;
    ledger.put(2, child_of(1, State::Succeeded)).await;
    ledger.act(Command::Delete { target: Target::number(1) }).await;
    let again = async |number, draft| {
        let put = countermand_ledger::Put { replace: true, ..Default::default() };
        ledger.store.put("default", Some(number), draft, put).await
    };
    assert!(again(2, child_of(1, State::Queued)).await.is_err(), "its parent is not there");
    again(1, Draft::default()).await.unwrap();
    assert_eq!(ledger.job(1).await.children.total, 0);
    again(2, child_of(1, State::Queued)).await.unwrap();
    assert_eq!(ledger.job(1).await.children, Children { total: 1, unfinished: 1 });
}

#[tokio::test]
async fn a_cancel_reaches_children_that_arrive_after_it() {
    let ledger = Ledger::memory();
    let parent = || Draft { kind: Patch::Set(Kind::Parent), ..in_state(State::Running) };
    for number in [4011, 4021] {
        ledger.put(number, parent()).await;
    }
    ledger.put(4022, child_of(4021, State::Running)).await;
    ledger.act(cancel(&[4011, 4021], Reach::Tree)).await;
    let told = ledger.feed().await.len();

    // A waiting child is cancelled at once, and that is not the end of a parent which was at work itself.
    for (number, parent) in [(4013, 4011), (4023, 4021)] {
        let late = ledger.put(number, child_of(parent, State::Queued)).await;
        assert_eq!((late.state, late.previous_state), (State::Cancelled, Some(State::Queued)));
        assert_eq!(late.finished_at, Some(START));
        assert!(ledger.say(number, State::Running, "farm").await.is_err());
        assert_eq!(ledger.state(parent).await, State::Cancelling);
    }
    let late = ledger.put(4012, child_of(4011, State::Running)).await;
    assert_eq!((late.state, ledger.state(4011).await), (State::Cancelling, State::Cancelling));
    assert_eq!(ledger.put(4014, child_of(4011, State::Succeeded)).await.state, State::Succeeded);
    // One that is moved there is told as well.
    ledger.put(5, Draft::default()).await;
    assert_eq!(ledger.put(5, child_of(4011, State::Queued)).await.state, State::Cancelled);
    let imported = Put { by: "ops".to_owned(), ..Put::default() };
    let draft = (Some(4015), child_of(4011, State::Ready));
    ledger.store.put_all("default", vec![draft], imported).await.unwrap();
    let last = ledger.store.commands(0, 100).await.unwrap().unwrap().entries.pop().unwrap();
    assert_eq!((last.number, last.by.as_str(), last.dialect.as_str()), (4015, "ops", "control"));
    let order = |number, before, after| ("cancel".to_owned(), number, before, after);
    assert_eq!(
        ledger.feed().await[told..],
        [
            order(4013, State::Queued, State::Cancelled),
            order(4023, State::Queued, State::Cancelled),
            order(4012, State::Running, State::Cancelling),
            order(5, State::Queued, State::Cancelled),
            order(4015, State::Ready, State::Cancelled),
        ]
    );

    for (number, parent) in [(4012, 4011), (4022, 4021)] {
        ledger.say(number, State::Cancelled, "farm").await.unwrap();
        assert_eq!(ledger.state(parent).await, State::Cancelled);
    }
}

#[tokio::test]
async fn a_parent_at_work_confirms_its_cancel_itself_while_no_child_is() {
    for end in [State::Cancelled, State::Succeeded] {
        let ledger = Ledger::memory();
        ledger.put(1, in_state(State::Running)).await;
        ledger.act(cancel(&[1], Reach::Tree)).await;
        ledger.put(2, child_of(1, State::Queued)).await;
        ledger.put(3, child_of(1, State::Queued)).await;
        ledger.put(1, Draft { name: Patch::Set(Some("N".to_owned())), ..Draft::default() }).await;
        assert_eq!(ledger.state(1).await, State::Cancelling);
        assert_eq!(ledger.act(cancel(&[1], Reach::Tree)).await, [Effect::AlreadyCancelling]);
        ledger.say(1, end, "farm").await.unwrap();
        assert_eq!(ledger.state(1).await, end);
    }
}

#[tokio::test]
async fn a_late_child_does_not_bring_back_a_cancelled_family() {
    let ledger = Ledger::memory();
    // A placeholder, a parent of a waiting child, one of a child at work, and one of a trigger.
    ledger.put(1, Draft { kind: Patch::Set(Kind::Parent), ..Draft::default() }).await;
    for (parent, state) in [(2, State::Queued), (3, State::Running)] {
        ledger.put(parent, Draft::default()).await;
        ledger.put(parent * 10, child_of(parent, state)).await;
    }
    ledger.put(4, with_trigger(TriggerState::Scheduled)).await;
    ledger.put(5, in_state(State::Running)).await;
    ledger.act(cancel(&[1, 2, 3, 4, 5], Reach::Tree)).await;
    for number in [30, 5] {
        ledger.say(number, State::Cancelled, "farm").await.unwrap();
    }
    for parent in 1..=5 {
        assert_eq!(ledger.state(parent).await, State::Cancelled);
        let child = parent * 10 + 1;
        for state in [State::Queued, State::Running] {
            let refused = ledger.try_put(child, child_of(parent, state)).await.unwrap_err();
            let Refused::Conflict { message, state } = refused else { panic!("{refused:?}") };
            assert!(message.contains("cancelled"), "{message}");
            assert_eq!(state, Some(State::Cancelled));
        }
        assert!(ledger.try_put(parent, with_trigger(TriggerState::Scheduled)).await.is_err() || parent == 4);
        assert_eq!(ledger.state(parent).await, State::Cancelled);
        ledger.put(child + 1, child_of(parent, State::Succeeded)).await;

        let replace = Put { replace: true, by: "ops".to_owned(), ..Put::default() };
        let rows = ledger.audit().await.len();
        ledger.store.put("default", Some(child), child_of(parent, State::Queued), replace).await.unwrap();
        assert_eq!((ledger.state(child).await, ledger.state(parent).await), (State::Queued, State::Queued));
        let audited = ledger.audit().await.split_off(rows);
        assert_eq!((audited.len(), audited[0].command.as_str()), (1, "replace"));
        assert_eq!(audited[0].targets[0].number, Some(parent));
        // It is an ordinary family again.
        ledger.put(child + 2, child_of(parent, State::Queued)).await;
        ledger.say(child, State::Running, "farm").await.unwrap();
        assert_eq!(ledger.state(parent).await, State::Running);
    }
}

#[tokio::test]
async fn a_family_that_ended_otherwise_may_go_on() {
    let ledger = Ledger::memory();
    ledger.put(1, with_trigger(TriggerState::Completed)).await;
    ledger.put(2, Draft::default()).await;
    ledger.put(3, in_state(State::Running)).await;
    for (child, parent) in [(11, 1), (21, 2), (31, 3)] {
        ledger.put(child, child_of(parent, State::Running)).await;
    }
    // A run was cancelled, not its job; what was cancelled had succeeded already.
    ledger.act(cancel(&[11], Reach::One)).await;
    ledger.act(cancel(&[2, 3], Reach::Tree)).await;
    ledger.say(11, State::Cancelled, "farm").await.unwrap();
    ledger.say(21, State::Succeeded, "farm").await.unwrap();
    ledger.say(31, State::Failed, "farm").await.unwrap();
    for parent in [1, 2, 3] {
        assert!(ledger.state(parent).await.is_terminal());
        let job = ledger.put(parent * 10 + 2, child_of(parent, State::Queued)).await;
        assert_eq!((job.state, ledger.state(parent).await), (State::Queued, State::Queued));
    }
}
