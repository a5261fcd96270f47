//! Random histories of orders, events and descriptions, beside a tiny ledger made of the model's own tables.

use std::collections::BTreeMap;

use countermand_model::machine::{Move, judge, may_report};
use countermand_model::*;
use proptest::prelude::*;

use crate::support::*;

const NUMBERS: [i64; 4] = [1, 2, 3, 4];

#[derive(Clone, Debug)]
enum Step {
    Order(Move, i64),
    Tree(Move, i64),
    Report(i64, State),
    Put(i64, State),
}

/// Jobs 2 and 3 are children of 1; 4 stands alone.
#[derive(Default)]
struct Tiny {
    states: BTreeMap<i64, State>,
    held: BTreeMap<i64, bool>,
    cancel_open: bool,
}

impl Tiny {
    fn order(&mut self, order: Move, number: i64) {
        let state = self.states[&number];
        if let Some(to) = judge(order, state, false).to {
            self.states.insert(number, to);
            self.held.insert(number, to == State::Held);
        }
    }

    fn tree(&mut self, order: Move, number: i64) {
        if number != 1 {
            return self.order(order, number);
        }
        for child in [2, 3] {
            if !self.states[&child].is_terminal() {
                self.order(order, child);
            }
        }
        self.cancel_open |= order == Move::Cancel;
    }

    fn report(&mut self, number: i64, to: State) {
        if number != 1 && may_report(self.states[&number], to) {
            self.states.insert(number, to);
            self.held.insert(number, self.held[&number] && to == State::Held);
        }
    }

    fn put(&mut self, number: i64, to: State) {
        let from = self.states[&number];
        let kept = (from == State::Cancelling || self.held[&number]) && !to.is_terminal();
        if number == 1 || from.is_terminal() || kept {
            return;
        }
        self.states.insert(number, to);
        self.held.insert(number, false);
    }

    fn derive(&mut self) {
        let mut tally = Tally::default();
        tally.add(self.states[&2], 1);
        tally.add(self.states[&3], 1);
        self.cancel_open &= tally.unfinished() > 0;
        self.states.insert(1, derive(&tally, None, self.cancel_open).unwrap());
    }
}

fn step() -> impl Strategy<Value = Step> {
    let order = prop::sample::select(vec![Move::Cancel, Move::Hold, Move::Release]);
    let number = prop::sample::select(NUMBERS.to_vec());
    let state = prop::sample::select(State::ALL.to_vec());
    prop_oneof![
        (order.clone(), number.clone()).prop_map(|(order, number)| Step::Order(order, number)),
        (order, number.clone()).prop_map(|(order, number)| Step::Tree(order, number)),
        (number.clone(), state.clone()).prop_map(|(number, state)| Step::Report(number, state)),
        (number, state).prop_map(|(number, state)| Step::Put(number, state)),
    ]
}

fn command(order: Move, number: i64, reach: Reach) -> Command {
    match order {
        Move::Cancel => cancel(&[number], reach),
        Move::Hold => hold(&[number], reach),
        Move::Release => release(&[number], reach),
        Move::ForceCancel | Move::AcknowledgeCancel | Move::AcknowledgeFailure | Move::Delete => {
            panic!("{order:?} is not among the steps")
        }
    }
}

async fn live(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let ledger = Ledger::memory();
    let mut tiny = Tiny::default();
    for number in NUMBERS {
        let draft = if number == 2 || number == 3 { child_of(1, State::Queued) } else { Draft::default() };
        ledger.put(number, draft).await;
        tiny.states.insert(number, State::Queued);
        tiny.held.insert(number, false);
    }
    let mut orders = 0;
    for step in steps {
        ledger.pass(1);
        let before = ledger.job(1).await;
        match step {
            Step::Order(order, number) => {
                orders += 1;
                ledger.ask(command(order, number, Reach::One)).await;
                if number != 1 {
                    tiny.order(order, number);
                }
            }
            Step::Tree(order, number) => {
                orders += 1;
                ledger.ask(command(order, number, Reach::Tree)).await;
                tiny.tree(order, number);
            }
            Step::Report(number, to) => {
                let event = Event { state: Some(to), runner: Some("farm".to_owned()), ..Event::default() };
                let _ = ledger.event(number, event).await;
                tiny.report(number, to);
            }
            Step::Put(number, to) => {
                let _ = ledger.try_put(number, in_state(to)).await;
                tiny.put(number, to);
            }
        }
        tiny.derive();
        for number in NUMBERS {
            let job = ledger.job(number).await;
            prop_assert_eq!(job.state, tiny.states[&number], "job {} after {:?}", number, &step);
            prop_assert_eq!(job.finished_at.is_some(), job.state.is_terminal());
        }
        // A sign of life is no change.
        let parent = Job { heard_at: before.heard_at, ..ledger.job(1).await };
        prop_assert!(parent == before || parent.revision > before.revision, "a change without a revision");
    }
    prop_assert_eq!(ledger.audit().await.len(), orders);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn the_ledger_goes_the_way_of_the_machine(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(live(steps))?;
    }
}
