//! The state of a parent, derived from its children and its trigger.

use crate::{State, TriggerState};

/// How many children are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally([u64; State::ALL.len()]);

impl Tally {
    /// Counts `children` more in `state`.
    pub fn add(&mut self, state: State, children: u64) {
        self.0[state as usize] += children;
    }

    /// How many children are in `state`.
    #[must_use]
    pub fn count(&self, state: State) -> u64 {
        self.0[state as usize]
    }

    /// All children.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The children that have not ended.
    #[must_use]
    pub fn unfinished(&self) -> u64 {
        State::ALL.into_iter().filter(|state| !state.is_terminal()).map(|state| self.count(state)).sum()
    }
}

/// The ends a finished parent can have, worst first: the first that any child has. Expired and Invalid stand last
/// because they say the least: such a child never worked.
const ENDS: [State; 6] =
    [State::Failed, State::Warning, State::Cancelled, State::Succeeded, State::Expired, State::Invalid];

/// The state of a parent with these children, this trigger, and `cancel_open` when it was told to cancel and has not
/// ended since. A live trigger counts as a child that has not started: more is to come.
///
/// `None` when there is nothing to derive from: no child and no trigger.
#[must_use]
pub fn derive(children: &Tally, trigger: Option<TriggerState>, cancel_open: bool) -> Option<State> {
    let unfinished = children.unfinished();
    if unfinished > 0 && cancel_open {
        return Some(State::Cancelling);
    }
    if State::ALL.into_iter().any(|state| state.is_at_work() && children.count(state) > 0) {
        return Some(State::Running);
    }
    let live = trigger.filter(|trigger| trigger.is_live());
    if unfinished > 0 || live.is_some() {
        let all_held = children.count(State::Held) == unfinished && live != Some(TriggerState::Scheduled);
        return Some(if all_held { State::Held } else { State::Queued });
    }
    let end = ENDS.into_iter().find(|end| children.count(*end) > 0);
    end.or(match trigger {
        Some(TriggerState::Cancelled) => Some(State::Cancelled),
        Some(TriggerState::Completed) => Some(State::Succeeded),
        Some(TriggerState::Scheduled | TriggerState::Suspended) | None => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(states: &[State], trigger: Option<TriggerState>, cancel_open: bool) -> Option<State> {
        let mut tally = Tally::default();
        states.iter().for_each(|state| tally.add(*state, 1));
        derive(&tally, trigger, cancel_open)
    }

    #[test]
    fn a_parent_follows_its_children() {
        use State::{Cancelled, Cancelling, Failed, Held, Paused, Queued, Running, Succeeded, Warning};
        let cases: &[(&[State], bool, State)] = &[
            (&[Queued, Running], false, Running),
            (&[Queued, Running], true, Cancelling),
            (&[Cancelled, Running], true, Cancelling),
            (&[Cancelled, Cancelled], true, Cancelled),
            (&[Cancelling, Queued], false, Running),
            (&[Paused], false, Running),
            (&[Queued, Succeeded], false, Queued),
            (&[Held, Succeeded], false, Held),
            (&[Held, Queued], false, Queued),
            (&[Succeeded, Warning, Failed], false, Failed),
            (&[Succeeded, Cancelled], false, Cancelled),
            (&[Succeeded, Succeeded], false, Succeeded),
        ];
        for (children, cancel_open, expected) in cases {
            assert_eq!(
                of(children, None, *cancel_open),
                Some(*expected),
                "{children:?}, cancel {cancel_open}"
            );
        }
    }

    #[test]
    fn a_live_trigger_is_work_to_come() {
        assert_eq!(of(&[State::Succeeded], Some(TriggerState::Scheduled), false), Some(State::Queued));
        assert_eq!(of(&[State::Succeeded], Some(TriggerState::Suspended), false), Some(State::Held));
        assert_eq!(of(&[State::Succeeded], Some(TriggerState::Completed), false), Some(State::Succeeded));
        assert_eq!(of(&[], Some(TriggerState::Cancelled), true), Some(State::Cancelled));
        assert_eq!(of(&[], None, false), None);
    }

    #[test]
    fn a_parent_ends_only_with_its_last_child() {
        for state in State::ALL {
            for other in State::ALL {
                let derived = of(&[state, other], None, false).expect("two children");
                assert_eq!(
                    derived.is_terminal(),
                    state.is_terminal() && other.is_terminal(),
                    "{state}, {other}"
                );
            }
        }
    }
}
