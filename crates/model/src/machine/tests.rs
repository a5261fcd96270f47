//! The three promises of the machine, over every pair and over random histories.

use proptest::prelude::*;

use super::*;

fn any_state() -> impl Strategy<Value = State> {
    prop::sample::select(State::ALL.to_vec())
}

fn any_move() -> impl Strategy<Value = Move> {
    prop::sample::select(Move::ALL.to_vec())
}

#[test]
fn no_pair_stands_in_two_rows() {
    for order in Move::ALL {
        for state in State::ALL {
            let rows =
                TABLE.iter().filter(|(asked, from, _)| *asked == order && from.contains(&state)).count();
            assert!(rows <= 1, "{order:?} in {state} is judged by {rows} rows");
        }
    }
}

#[test]
fn a_cancel_is_judged_in_every_state() {
    for state in State::ALL {
        assert_ne!(judge(Move::Cancel, state, false).effect, Effect::NotPossible, "cancel in {state}");
    }
}

#[test]
fn terminal_is_final_for_orders_and_reports() {
    for state in State::ALL.into_iter().filter(|state| state.is_terminal()) {
        for order in Move::ALL {
            assert_eq!(judge(order, state, false).to, None, "{order:?} moves a job out of {state}");
        }
        for to in State::ALL {
            assert!(!may_report(state, to), "a report moves a job from {state} to {to}");
        }
    }
}

#[test]
fn an_order_to_work_in_progress_never_ends_it_at_once() {
    for state in [State::Running, State::Finishing, State::Paused] {
        for order in [Move::Cancel, Move::ForceCancel, Move::Hold, Move::Release] {
            let to = judge(order, state, false).to;
            assert!(to.is_none_or(|to| !to.is_terminal()), "{order:?} ends a job that is {state}");
        }
    }
}

#[test]
fn only_a_release_lets_a_held_job_run() {
    for to in [State::Queued, State::Ready, State::Running] {
        assert!(!may_report(State::Held, to));
    }
    assert_eq!(judge(Move::Release, State::Held, false).to, Some(State::Queued));
}

proptest! {
    #[test]
    fn a_repeated_order_is_harmless(order in any_move(), state in any_state(), acknowledged: bool) {
        let first = judge(order, state, acknowledged);
        let then = first.to.unwrap_or(state);
        let second = judge(order, then, acknowledged || first.acknowledges);
        prop_assert!(second.to.is_none() || order == Move::Cancel && then == state, "{order:?} moved {state} twice");
        prop_assert!(!second.acknowledges);
    }

    #[test]
    fn a_cancelled_job_never_runs_again(history in prop::collection::vec((any_move(), any_state()), 0..40)) {
        let mut state = State::Queued;
        let mut told_to_stop = false;
        for (order, report) in history {
            state = judge(order, state, false).to.unwrap_or(state);
            told_to_stop |= order == Move::Cancel && !state.is_terminal() || state == State::Cancelled;
            if may_report(state, report) {
                state = report;
            }
            if told_to_stop {
                prop_assert!(state == State::Cancelling || state.is_terminal(), "back to {state} after a cancel");
            }
        }
    }
}
