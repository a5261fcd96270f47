//! Orders to single jobs: the table of the design, and what the audit and the feed keep of them.

use countermand_model::machine::{Move, judge};
use countermand_model::*;

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
    assert_eq!(kept, numbers.into_iter().zip(expected).collect::<Vec<_>>());

    let feed = ledger.feed().await;
    let affected = [
        ("cancel".to_owned(), 15, State::Running, State::Cancelling),
        ("cancel".to_owned(), 25, State::Queued, State::Cancelled),
    ];
    assert_eq!(feed, affected);
}
