//! The audit of engines elsewhere: one row per command, there before it is sent, complete when it is known.

use std::fs;

use countermand_ledger::{AuditRow, AuditTarget, Elsewhere, Fate, Journal, Ticket};
use countermand_model::*;
use proptest::prelude::*;

use crate::support::*;

fn call(command: Command) -> Call {
    let caller = Caller { user: "ana".to_owned(), client: "192.0.2.1".to_owned(), own_only: false };
    Call { command, caller, dialect: "cisco-prime", request_id: "r-7".to_owned() }
}

fn seen(written: &str, effect: Effect, before: State, after: State) -> AuditTarget {
    let (before, after) = (Some(before), Some(after));
    AuditTarget { written: written.to_owned(), number: None, effect: Some(effect), before, after }
}

fn fate(row: &AuditRow) -> Option<Fate> {
    row.elsewhere.as_ref().map(|elsewhere| elsewhere.fate)
}

async fn only_row(ledger: &Ledger) -> AuditRow {
    let mut rows = ledger.audit().await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

#[tokio::test]
async fn a_command_has_one_row_from_before_it_is_sent() {
    let ledger = Ledger::memory();
    let journal = ledger.store.journal("default", "old");
    let ticket = journal.sent(&call(cancel(&[15, 25, 15], Reach::One))).await.unwrap();
    let sent = only_row(&ledger).await;
    assert_eq!((sent.seq, sent.command.as_str(), sent.at), (ticket.0, "cancel", START));
    assert_eq!(
        (sent.by.as_str(), sent.client.as_str(), sent.dialect.as_str()),
        ("ana", "192.0.2.1", "cisco-prime")
    );
    assert_eq!(sent.elsewhere, Some(Elsewhere { engine: "old".to_owned(), fate: Fate::Sent }));
    let written: Vec<_> =
        sent.targets.iter().map(|target| (target.written.as_str(), target.number, target.effect)).collect();
    assert_eq!(written, [("15", Some(15), None), ("25", Some(25), None), ("15", Some(15), None)]);

    ledger.pass(700);
    let targets = vec![
        seen("15", Effect::Cancelled, State::Running, State::Cancelled),
        seen("25", Effect::UnverifiedUnanswered, State::Queued, State::Queued),
        seen("15", Effect::AlreadyCancelled, State::Cancelled, State::Cancelled),
    ];
    journal.settled(ticket, START + 650, targets.clone()).await.unwrap();
    let settled = only_row(&ledger).await;
    assert_eq!((settled.seq, settled.at, &settled.targets), (sent.seq, START, &targets));
    assert_eq!(fate(&settled), Some(Fate::Settled { at: START + 650 }));

    // The first word stands.
    journal.settled(ticket, START + 700, Vec::new()).await.unwrap();
    journal.came_to_nothing(ticket, FaultKind::Unreachable).await.unwrap();
    assert_eq!(only_row(&ledger).await, settled);
    assert_eq!(ledger.store.figures().commands, 1);
}

#[tokio::test]
async fn what_is_not_sent_has_a_row_that_says_why() {
    let ledger = Ledger::memory();
    let journal = ledger.store.journal("default", "old");
    journal.refused(&call(hold(&[15], Reach::One)), FaultKind::Unreachable).await.unwrap();
    let row = only_row(&ledger).await;
    assert_eq!((row.command.as_str(), row.targets.len(), row.targets[0].effect), ("hold", 1, None));
    assert_eq!(fate(&row), Some(Fate::Refused { kind: FaultKind::Unreachable, at: START }));

    let ticket = journal.sent(&call(release(&[15], Reach::One))).await.unwrap();
    ledger.pass(5);
    journal.came_to_nothing(ticket, FaultKind::Timeout).await.unwrap();
    let row = ledger.audit().await.remove(1);
    assert_eq!(row.targets[0].written, "15", "what was written stays");
    assert_eq!(fate(&row), Some(Fate::Refused { kind: FaultKind::Timeout, at: START + 5 }));
    assert_eq!(journal.unsettled().await.unwrap(), []);
}

#[tokio::test]
async fn what_is_carried_out_here_goes_nowhere_else() {
    let ledger = Ledger::memory();
    ledger.put(15, in_state(State::Queued)).await;
    ledger.act(cancel(&[15], Reach::One)).await;
    assert_eq!(only_row(&ledger).await.elsewhere, None);
}

#[tokio::test]
async fn every_kind_of_fault_comes_back_from_the_file() {
    let ledger = Ledger::memory();
    let journal = ledger.store.journal("default", "old");
    for kind in FaultKind::ALL {
        journal.refused(&call(hold(&[1], Reach::One)), kind).await.unwrap();
    }
    let kinds = ledger.audit().await.into_iter().map(|row| match fate(&row) {
        Some(Fate::Refused { kind, .. }) => kind,
        other => panic!("it was refused, not {other:?}"),
    });
    assert_eq!(kinds.collect::<Vec<_>>(), FaultKind::ALL);
}

/// What is on disk now, as another process would find it after this one's end.
fn crash(from: &std::path::Path, to: &std::path::Path) {
    for ending in ["", "-wal"] {
        let name = |path: &std::path::Path| format!("{}{ending}", path.display());
        fs::copy(name(from), name(to)).unwrap();
    }
}

#[tokio::test]
async fn what_was_sent_is_found_after_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let (path, after) = (folder.path().join("ledger.db"), folder.path().join("after.db"));
    let ledger = Ledger::file(&path);
    let journal = ledger.store.journal("default", "old");
    let settled = journal.sent(&call(hold(&[7], Reach::One))).await.unwrap();
    journal.settled(settled, START, Vec::new()).await.unwrap();
    let sent = journal.sent(&call(cancel(&[15], Reach::Tree))).await.unwrap();
    crash(&path, &after);

    let ledger = Ledger::file(&after);
    let journal = ledger.store.journal("default", "old");
    let unsettled = journal.unsettled().await.unwrap();
    let [(ticket, row)] = unsettled.as_slice() else { panic!("one was sent: {unsettled:?}") };
    assert_eq!((*ticket, row.command.as_str(), row.dialect.as_str()), (sent, "cancel", "cisco-prime"));
    assert_eq!((row.targets[0].written.as_str(), row.targets[0].number), ("15", Some(15)));
    let unknown = AuditTarget { effect: Some(Effect::UnverifiedUnanswered), ..row.targets[0].clone() };
    journal.settled(*ticket, START + 60_000, vec![unknown]).await.unwrap();
    assert_eq!(journal.unsettled().await.unwrap(), []);
    assert_eq!(ledger.audit().await.len(), 2);
}

#[tokio::test]
async fn an_engine_finds_what_it_sent_itself() {
    let ledger = Ledger::memory();
    let journal = |namespace, engine| ledger.store.journal(namespace, engine);
    let places = [("default", "old"), ("default", "older"), ("other", "old")];
    for (namespace, engine) in places {
        let _ = journal(namespace, engine).sent(&call(cancel(&[1], Reach::One))).await.unwrap();
    }
    for (place, (namespace, engine)) in (1..).zip(places) {
        let found = journal(namespace, engine).unsettled().await.unwrap();
        assert_eq!(found.iter().map(|(ticket, _)| ticket.0).collect::<Vec<_>>(), [place]);
    }
    assert_eq!(journal("nowhere", "old").unsettled().await.unwrap(), []);
}

#[derive(Clone, Debug)]
enum Step {
    Send,
    Refuse,
    /// The one at this place among those sent so far.
    Settle(prop::sample::Index),
    ComeToNothing(prop::sample::Index),
    OrderHere,
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        Just(Step::Send),
        Just(Step::Refuse),
        index().prop_map(Step::Settle),
        index().prop_map(Step::ComeToNothing),
        Just(Step::OrderHere),
    ]
}

/// Takes the steps; answers the fates that the rows should have.
async fn take(ledger: &Ledger, journal: &Journal, steps: &[Step]) -> Vec<Option<Fate>> {
    let mut fates = Vec::new();
    let mut sent: Vec<(usize, Ticket)> = Vec::new();
    for step in steps {
        ledger.pass(1);
        let at = ledger.now();
        match step {
            Step::Send => {
                sent.push((fates.len(), journal.sent(&call(cancel(&[1], Reach::One))).await.unwrap()));
                fates.push(Some(Fate::Sent));
            }
            Step::Refuse => {
                journal.refused(&call(cancel(&[1], Reach::One)), FaultKind::Unreachable).await.unwrap();
                fates.push(Some(Fate::Refused { kind: FaultKind::Unreachable, at }));
            }
            Step::Settle(_) | Step::ComeToNothing(_) if sent.is_empty() => {}
            Step::Settle(index) => {
                let (place, ticket) = *index.get(&sent);
                journal.settled(ticket, at, Vec::new()).await.unwrap();
                if fates[place] == Some(Fate::Sent) {
                    fates[place] = Some(Fate::Settled { at });
                }
            }
            Step::ComeToNothing(index) => {
                let (place, ticket) = *index.get(&sent);
                journal.came_to_nothing(ticket, FaultKind::Timeout).await.unwrap();
                if fates[place] == Some(Fate::Sent) {
                    fates[place] = Some(Fate::Refused { kind: FaultKind::Timeout, at });
                }
            }
            Step::OrderHere => {
                ledger.act(cancel(&[1], Reach::One)).await;
                fates.push(None);
            }
        }
    }
    fates
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_command_has_exactly_one_row(steps in prop::collection::vec(step(), 0..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let ledger = Ledger::memory();
            let journal = ledger.store.journal("default", "old");
            let fates = take(&ledger, &journal, &steps).await;
            let rows = ledger.audit().await;
            prop_assert_eq!(rows.iter().map(fate).collect::<Vec<_>>(), fates);
            let open: Vec<_> = rows.into_iter().filter(|row| fate(row) == Some(Fate::Sent)).collect();
            let found = journal.unsettled().await.unwrap();
            prop_assert!(found.iter().all(|(ticket, row)| ticket.0 == row.seq));
            prop_assert_eq!(found.into_iter().map(|(_, row)| row).collect::<Vec<_>>(), open);
            Ok(())
        })?;
    }
}

fn alias(dialect: &str, id: &str) -> Alias {
    Alias { dialect: dialect.to_owned(), id: id.to_owned(), number: None }
}

#[tokio::test]
async fn one_job_has_a_name_in_each_of_two_systems() {
    let ledger = Ledger::memory();
    let aliases = vec![alias("hitachi", "316_14"), alias("ess", "900"), alias("ess", "901")];
    let both = Draft {
        aliases: Patch::Set(aliases.clone()),
        owner: Patch::Set(Some("ana".to_owned())),
        ..Draft::default()
    };
    ledger.put(5, both).await;
    ledger.put(6, Draft { aliases: Patch::Set(vec![alias("ess", "17")]), ..Draft::default() }).await;
    let journal = ledger.store.journal("default", "old");
    let named = |text: &str, number| Target { written: text.to_owned(), number, dataset: None };

    let there = journal
        .namesakes("hitachi", vec![named("316_14", None), named("none", None), named("6", Some(6))])
        .await;
    let [Some(first), None, Some(second)] = &there.unwrap()[..] else { panic!("two of three are known") };
    assert_eq!((first.number, &first.aliases, first.owner.as_deref()), (5, &aliases, Some("ana")));
    assert_eq!((first.alias("ess"), second.number, second.alias("ess")), (Some("900"), 6, Some("17")));

    let back = journal
        .namesakes("ess", vec![named("17", Some(17)), named("901", Some(901)), named("6", Some(6))])
        .await;
    let numbers: Vec<_> = back.unwrap().into_iter().map(|found| found.map(|found| found.number)).collect();
    assert_eq!(numbers, [Some(6), Some(5), None], "6 answers to its alias there, not to its number");
    let elsewhere = ledger.store.journal("nowhere", "old").namesakes("ess", vec![named("17", None)]).await;
    assert_eq!(elsewhere.unwrap(), [None]);
}
