//! What a description does, and that it never undoes an order.

use countermand_ledger::{Put, Refused};
use countermand_model::*;

use crate::support::*;

const REPLACE: Put = Put {
    replace: true,
    if_revision: None,
    by: String::new(),
    client: String::new(),
    request_id: String::new(),
};

fn place(refused: Refused) -> String {
    match refused {
        Refused::Invalid { place, .. } => place,
        other => panic!("not invalid, but {other:?}"),
    }
}

fn state_in_conflict(refused: Refused) -> Option<State> {
    match refused {
        Refused::Conflict { state, .. } => state,
        other => panic!("not a conflict, but {other:?}"),
    }
}

#[tokio::test]
async fn everything_described_is_kept() {
    let ledger = Ledger::memory();
    let alias = |id: &str| Alias { dialect: "qlik-odag".to_owned(), id: id.to_owned(), number: None };
    let draft = Draft {
        aliases: Patch::Set(vec![alias("b"), alias("a")]),
        dialects: Patch::Set(Some(vec!["qlik-odag".to_owned(), "cisco-prime".to_owned()])),
        dataset: Patch::Set(Some("ds".to_owned())),
        owner: Patch::Set(Some("ana".to_owned())),
        name: Patch::Set(Some("Nightly \0 'é'".to_owned())),
        description: Patch::Set(Some(String::new())),
        job_type: Patch::Set(Some("T".to_owned())),
        state: Patch::Set(State::Running),
        created_at: Patch::Set(5),
        progress: Patch::Set(Progress { total: 3, matched: 2, processed: 1 }),
        results: Patch::Set(vec!["24.00".to_owned(), "{\"b\":1, \"a\":2}".to_owned()]),
        has_errors: Patch::Set(true),
        output: Patch::Set(Some(Output { id: "o".to_owned(), name: "O".to_owned() })),
        message: Patch::Set(Some("m".to_owned())),
        attributes: Patch::Set(vec![
            ("z".to_owned(), "{ }".to_owned()),
            ("a".to_owned(), "{\"x\":1.0}".to_owned()),
        ]),
        ..Draft::default()
    };
    let told = ledger.put(9, draft.clone()).await;
    let (job, results) = ledger.store.get("default", 9).await.unwrap();
    assert_eq!(told, job);
    let expected = Job {
        number: 9,
        namespace: "default".to_owned(),
        aliases: vec![alias("b"), alias("a")],
        dialects: Some(vec!["qlik-odag".to_owned(), "cisco-prime".to_owned()]),
        dataset: Some("ds".to_owned()),
        kind: Kind::Single,
        parent: None,
        parent_aliases: vec![],
        children: Children::default(),
        trigger: None,
        owner: Some("ana".to_owned()),
        name: Some("Nightly \0 'é'".to_owned()),
        description: Some(String::new()),
        job_type: Some("T".to_owned()),
        state: State::Running,
        previous_state: None,
        created_at: 5,
        started_at: Some(START),
        finished_at: None,
        changed_at: START,
        heard_at: None,
        progress: Progress { total: 3, matched: 2, processed: 1 },
        results_total: 2,
        results_delivered: 0,
        drained_at: None,
        has_errors: true,
        output: Some(Output { id: "o".to_owned(), name: "O".to_owned() }),
        acknowledged: false,
        message: Some("m".to_owned()),
        attributes: vec![("a".to_owned(), "{\"x\":1.0}".to_owned()), ("z".to_owned(), "{ }".to_owned())],
        runner: None,
        revision: 1,
    };
    assert_eq!(job, expected);
    assert_eq!(results, ["24.00", "{\"b\":1, \"a\":2}"]);

    ledger.pass(1);
    assert_eq!(ledger.put(9, draft).await, expected, "a description is idempotent");
    let cleared = Draft { name: Patch::Set(None), aliases: Patch::Set(vec![]), ..Draft::default() };
    let job = ledger.put(9, cleared).await;
    assert_eq!((job.name, job.aliases, job.revision, job.owner), (None, vec![], 2, Some("ana".to_owned())));
    assert_eq!(ledger.audit().await, [], "a description is not a command");
}

#[tokio::test]
async fn numbers_are_given_out_in_order() {
    let ledger = Ledger::memory();
    let next =
        async |ledger: &Ledger| ledger.store.put("default", None, Draft::default(), Put::default()).await;
    assert_eq!(next(&ledger).await.unwrap().0.number, 1);
    ledger.put(41, Draft::default()).await;
    let (job, is_new) = next(&ledger).await.unwrap();
    assert_eq!((job.number, is_new), (42, true));
    for number in [0, -1] {
        assert_eq!(place(ledger.try_put(number, Draft::default()).await.unwrap_err()), "/number");
    }
    ledger.put(i64::MAX, Draft::default()).await;
    assert_eq!(state_in_conflict(next(&ledger).await.unwrap_err()), None);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_at_its_place() {
    let ledger = Ledger::memory();
    ledger.put(1, Draft::default()).await;
    ledger.put(2, child_of(1, State::Queued)).await;
    let kind = |kind, draft: Draft| Draft { kind: Patch::Set(kind), ..draft };
    let attribute = |text: &str| Draft {
        attributes: Patch::Set(vec![("qlik-odag".to_owned(), text.to_owned())]),
        ..Draft::default()
    };
    let cases = [
        (3, child_of(99, State::Queued), "/parent"),
        (3, child_of(3, State::Queued), "/parent"),
        (3, child_of(2, State::Queued), "/parent"),
        (1, child_of(2, State::Queued), "/parent"),
        (3, kind(Kind::Child, Draft::default()), "/kind"),
        (3, kind(Kind::Parent, child_of(1, State::Queued)), "/kind"),
        (1, kind(Kind::Single, Draft::default()), "/kind"),
        (2, with_trigger(TriggerState::Scheduled), "/trigger"),
        (3, Draft { dialects: Patch::Set(Some(vec!["a,b".to_owned()])), ..Draft::default() }, "/dialects"),
        (3, Draft { acknowledged: Patch::Set(true), ..Draft::default() }, "/acknowledged"),
        (3, attribute("[1]"), "/attributes/qlik-odag"),
        (3, attribute("{\"a\":"), "/attributes/qlik-odag"),
    ];
    for (number, draft, expected) in cases {
        let refused = ledger.try_put(number, draft.clone()).await.unwrap_err();
        assert_eq!(place(refused), expected, "{number}: {draft:?}");
    }
    assert_eq!(ledger.store.list("default", Filter::ALL, 0, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_description_does_not_undo_a_cancel() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Running)).await;
    ledger.act(cancel(&[1], Reach::One)).await;
    for state in State::ALL.into_iter().filter(|state| !state.is_terminal()) {
        assert_eq!(ledger.put(1, in_state(state)).await.state, State::Cancelling);
    }
    assert_eq!(ledger.put(1, in_state(State::Cancelled)).await.state, State::Cancelled);
    let refused = ledger.try_put(1, in_state(State::Running)).await.unwrap_err();
    assert_eq!(state_in_conflict(refused), Some(State::Cancelled));
    assert_eq!(ledger.put(1, in_state(State::Cancelled)).await.state, State::Cancelled);
}

#[tokio::test]
async fn a_description_releases_only_what_a_description_held() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Held)).await;
    assert_eq!(ledger.put(1, in_state(State::Queued)).await.state, State::Queued);
    ledger.act(hold(&[1], Reach::One)).await;
    assert_eq!(ledger.put(1, in_state(State::Running)).await.state, State::Held);
    ledger.act(release(&[1], Reach::One)).await;
    assert_eq!(ledger.put(1, in_state(State::Running)).await.state, State::Running);
}

#[tokio::test]
async fn a_description_does_not_revive_a_trigger() {
    let ledger = Ledger::memory();
    let described = async |state| ledger.put(1, with_trigger(state)).await.trigger.unwrap().state;
    described(TriggerState::Scheduled).await;
    ledger.act(hold(&[1], Reach::Trigger)).await;
    assert_eq!(described(TriggerState::Scheduled).await, TriggerState::Suspended);
    ledger.act(release(&[1], Reach::Trigger)).await;
    assert_eq!(described(TriggerState::Suspended).await, TriggerState::Suspended);
    assert_eq!(described(TriggerState::Scheduled).await, TriggerState::Scheduled);
    ledger.act(cancel(&[1], Reach::Trigger)).await;
    assert_eq!(described(TriggerState::Scheduled).await, TriggerState::Cancelled);
    assert_eq!(ledger.state(1).await, State::Cancelled);
}

#[tokio::test]
async fn a_replacement_that_revives_a_trigger_is_audited() {
    let ledger = Ledger::memory();
    let draft = || with_trigger(TriggerState::Scheduled);
    ledger.put(1, draft()).await;
    ledger.act(cancel(&[1], Reach::Trigger)).await;
    ledger.put(1, Draft { acknowledged: Patch::Set(true), ..Draft::default() }).await;
    let (job, _) = ledger.store.put("default", Some(1), draft(), REPLACE).await.unwrap();
    assert_eq!((job.state, job.trigger.unwrap().state), (State::Queued, TriggerState::Scheduled));
    assert!(!job.acknowledged, "what was said of the end before does not hold for the next one");
    let commands: Vec<_> = ledger.audit().await.into_iter().map(|row| row.command).collect();
    assert_eq!(commands, ["cancel", "replace"]);
    // What was revived once is an ordinary trigger again.
    ledger.store.put("default", Some(1), with_trigger(TriggerState::Completed), REPLACE).await.unwrap();
    assert_eq!(ledger.audit().await.len(), 2);
}

#[tokio::test]
async fn a_trigger_does_not_bring_back_a_job_that_has_ended() {
    let ledger = Ledger::memory();
    let live = || with_trigger(TriggerState::Scheduled);
    ledger.put(1, Draft::default()).await;
    ledger.put(2, live()).await;
    ledger.act(cancel(&[1, 2], Reach::Tree)).await;
    ledger.put(2, Draft { trigger: Patch::Set(None), ..Draft::default() }).await;
    for number in [1, 2] {
        assert_eq!(ledger.state(number).await, State::Cancelled);
        let refused = ledger.try_put(number, live()).await.unwrap_err();
        assert_eq!(state_in_conflict(refused), Some(State::Cancelled));
        let (job, _) = ledger.store.put("default", Some(number), live(), REPLACE).await.unwrap();
        assert_eq!(job.state, State::Queued);
    }
    assert_eq!(ledger.audit().await.iter().filter(|row| row.command == "replace").count(), 2);
}

#[tokio::test]
async fn taking_a_trigger_away_does_not_undo_the_order_that_stopped_it() {
    for stop in [hold, cancel] {
        let ledger = Ledger::memory();
        for number in [1, 2] {
            ledger.put(number, with_trigger(TriggerState::Scheduled)).await;
        }
        ledger.put(11, child_of(1, State::Running)).await;
        ledger.act(stop(&[1, 2], Reach::Trigger)).await;
        for number in [1, 2] {
            ledger.put(number, Draft { trigger: Patch::Set(None), ..Draft::default() }).await;
            for state in [TriggerState::Completed, TriggerState::Scheduled] {
                let refused = ledger.try_put(number, with_trigger(state)).await.unwrap_err();
                assert_eq!(state_in_conflict(refused), Some(ledger.state(number).await));
            }
            let live = with_trigger(TriggerState::Scheduled);
            let (job, _) = ledger.store.put("default", Some(number), live, REPLACE).await.unwrap();
            assert_eq!(job.trigger.unwrap().state, TriggerState::Scheduled);
        }
        assert_eq!(ledger.audit().await.iter().filter(|row| row.command == "replace").count(), 2);
    }
}

#[tokio::test]
async fn becoming_a_parent_does_not_undo_an_order() {
    let ledger = Ledger::memory();
    for number in [1, 2] {
        ledger.put(number, in_state(State::Running)).await;
    }
    ledger.put(3, Draft::default()).await;
    ledger.act(cancel(&[1, 2], Reach::One)).await;
    ledger.act(hold(&[3], Reach::One)).await;
    for (number, state) in [(1, State::Cancelling), (3, State::Held)] {
        let refused = ledger.try_put(number, with_trigger(TriggerState::Scheduled)).await.unwrap_err();
        assert_eq!((state_in_conflict(refused), ledger.state(number).await), (Some(state), state));
    }
    // What is at work may start a part of itself before it hears of its cancel.
    ledger.put(21, child_of(2, State::Running)).await;
    assert_eq!((ledger.state(21).await, ledger.state(2).await), (State::Cancelling, State::Cancelling));
}

#[tokio::test]
async fn only_a_replacement_starts_a_finished_job_afresh() {
    let ledger = Ledger::memory();
    let mut draft = in_state(State::Failed);
    draft.results = Patch::Set(vec!["1".to_owned()]);
    draft.acknowledged = Patch::Set(true);
    draft.name = Patch::Set(Some("N".to_owned()));
    ledger.put(1, draft).await;
    ledger.pass(10);
    let put =
        Put { by: "ops".to_owned(), client: "10.0.0.1".to_owned(), request_id: "r-9".to_owned(), ..REPLACE };
    let (job, is_new) = ledger.store.put("default", Some(1), in_state(State::Queued), put).await.unwrap();
    assert!(!is_new && !job.acknowledged);
    assert_eq!((job.state, job.results_total, job.finished_at), (State::Queued, 0, None));
    assert_eq!((job.changed_at, job.revision, job.name.as_deref()), (START + 10, 2, Some("N")));
    assert_eq!(ledger.store.get("default", 1).await.unwrap().1, Vec::<String>::new());
    let audit = ledger.audit().await;
    assert_eq!(audit.len(), 1);
    let row = &audit[0];
    assert_eq!((row.command.as_str(), row.by.as_str(), row.client.as_str()), ("replace", "ops", "10.0.0.1"));
    let target = &audit[0].targets[0];
    assert_eq!((target.before, target.after), (Some(State::Failed), Some(State::Queued)));
}

#[tokio::test]
async fn a_deleted_job_comes_back_only_by_a_replacement() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Succeeded)).await;
    ledger.act(Command::Delete { target: Target::number(1) }).await;
    assert_eq!(state_in_conflict(ledger.try_put(1, in_state(State::Queued)).await.unwrap_err()), None);
    assert_eq!(ledger.event(1, Event::default()).await, Err(Refused::NotFound));
    ledger.store.put("default", Some(1), Draft::default(), REPLACE).await.unwrap();
    assert_eq!(ledger.state(1).await, State::Queued);
}

#[tokio::test]
async fn a_revision_that_is_not_the_jobs_is_stale() {
    let ledger = Ledger::memory();
    let at = |revision| Put { if_revision: Some(revision), ..Put::default() };
    let put = async |number, revision| {
        let draft = Draft { name: Patch::Set(Some(format!("{revision}"))), ..Draft::default() };
        ledger.store.put("default", Some(number), draft, at(revision)).await.map(|(job, _)| job.revision)
    };
    assert_eq!(put(1, 7).await, Err(Refused::Stale { revision: 0 }));
    assert_eq!(put(1, 0).await, Ok(1));
    assert_eq!(put(1, 0).await, Err(Refused::Stale { revision: 1 }));
    assert_eq!(put(1, 1).await, Ok(2));
    let event = Event { message: Some("m".to_owned()), ..Event::default() };
    let stale = ledger.store.event("default", 1, event, Some(1)).await;
    assert_eq!(stale, Err(Refused::Stale { revision: 2 }));
}

#[tokio::test]
async fn results_that_only_grow_keep_what_was_delivered() {
    let ledger = Ledger::memory();
    let with = |results: &[&str]| Draft {
        results: Patch::Set(results.iter().map(|text| (*text).to_owned()).collect()),
        ..Draft::default()
    };
    ledger.put(1, with(&["1", "2"])).await;
    let delivery = ledger.status(1, Results::Undelivered, Kin::None).await.unwrap().delivery.unwrap();
    ledger.ask(Command::Confirm { delivery }).await;
    ledger.put(1, with(&["1", "2", "3"])).await;
    let snapshot = ledger.status(1, Results::Undelivered, Kin::None).await.unwrap();
    assert_eq!(snapshot.results, ["3"]);
    assert_eq!(ledger.put(1, with(&["9"])).await.results_delivered, 0);
    assert_eq!(ledger.status(1, Results::Undelivered, Kin::None).await.unwrap().results, ["9"]);
    ledger.ask(Command::Confirm { delivery: snapshot.delivery.unwrap() }).await;
    assert_eq!(ledger.job(1).await.results_delivered, 0, "that was of the results before");
}

#[tokio::test]
async fn many_descriptions_are_each_taken_or_refused_by_themselves() {
    let ledger = Ledger::memory();
    let drafts = vec![
        (Some(1), in_state(State::Running)),
        (Some(0), Draft::default()),
        (Some(2), child_of(1, State::Queued)),
        (Some(3), child_of(50, State::Queued)),
        (None, Draft::default()),
    ];
    let answers = ledger.store.put_all("default", drafts, Put::default()).await.unwrap();
    let taken: Vec<_> = answers.iter().map(|answer| answer.as_ref().ok().map(|job| job.number)).collect();
    assert_eq!(taken, [Some(1), None, Some(2), None, Some(3)]);
    assert_eq!(ledger.store.figures().commits, 1);
}
