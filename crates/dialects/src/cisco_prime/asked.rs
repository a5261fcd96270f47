//! The jobs that show one of some words: the tables of `states.rs` read backwards, so that what a condition finds and
//! what an answer shows cannot differ. A word that no state is written as is shown by no job.

use countermand_model::{Field, Filter, Kind, State, Test, TriggerState, Value};

use super::{NAME, states};

/// Those whose jobStatus is one of the words.
pub(super) fn job_status(words: &[&str]) -> Filter {
    let fits = |word: &str| words.contains(&word);
    let triggers = TriggerState::ALL.into_iter().filter(|state| fits(states::trigger_word(*state)));
    // Of a job without a trigger, the word may depend on whether it has started.
    let (mut anyhow, mut unstarted, mut started) = (Vec::new(), Vec::new(), Vec::new());
    for state in State::ALL {
        match [false, true].map(|has_started| fits(states::untriggered_word(state, has_started))) {
            [true, true] => anyhow.push(state),
            [true, false] => unstarted.push(state),
            [false, true] => started.push(state),
            [false, false] => {}
        }
    }
    let no_start = Filter::Field(Field::StartedAt, Test::Missing);
    let untriggered = Filter::Or(vec![
        in_states(Field::State, &anyhow),
        Filter::And(vec![in_states(Field::State, &unstarted), no_start.clone()]),
        Filter::And(vec![in_states(Field::State, &started), Filter::Not(Box::new(no_start))]),
    ]);
    Filter::Or(vec![
        Filter::Field(Field::Trigger, Test::In(triggers.map(|state| text(state.name())).collect())),
        Filter::And(vec![Filter::Field(Field::Trigger, Test::Missing), untriggered]),
    ])
}

/// Those whose runStatus is one of the words.
pub(super) fn run_status(words: &[&str]) -> Filter {
    of_run(words, |state| Some(states::run_words(state).0), states::OTHER_WORK, "runStatus")
}

/// Those whose resultStatus is one of the words.
pub(super) fn result_status(words: &[&str]) -> Filter {
    of_run(words, |state| states::run_words(state).1, states::OTHER_RESULTS, "resultStatus")
}

/// Those that have a run to show: all but parents without one. Of these, the latest run would be the parent itself.
pub(super) fn has_run() -> Filter {
    Filter::Field(latest(Field::Kind), Test::NotEqual(text(Kind::Parent.name())))
}

/// A state's own word is shown unless another was kept that stands for this state.
fn of_run(
    words: &[&str],
    own: impl Fn(State) -> Option<&'static str>,
    others: &[(&str, State)],
    member: &str,
) -> Filter {
    let kept_is = |kept: Vec<Value>| {
        let member = Field::Attribute { dialect: NAME.to_owned(), member: member.to_owned() };
        Filter::Field(latest(member), Test::In(kept))
    };
    let (mut plain, mut found) = (Vec::new(), Vec::new());
    for state in State::ALL {
        let kept = |fitting: bool| -> Vec<Value> {
            let of_state = others.iter().filter(|(word, of)| *of == state && words.contains(word) == fitting);
            of_state.map(|(word, _)| text(word)).collect()
        };
        if own(state).is_some_and(|word| words.contains(&word)) {
            match kept(false) {
                none if none.is_empty() => plain.push(state),
                hiding => found.push(Filter::And(vec![
                    in_states(latest(Field::State), &[state]),
                    Filter::Not(Box::new(kept_is(hiding))),
                ])),
            }
        } else if !kept(true).is_empty() {
            found.push(Filter::And(vec![in_states(latest(Field::State), &[state]), kept_is(kept(true))]));
        }
    }
    found.insert(0, in_states(latest(Field::State), &plain));
    Filter::And(vec![has_run(), Filter::Or(found)])
}

fn in_states(field: Field, states: &[State]) -> Filter {
    Filter::Field(field, Test::In(states.iter().map(|state| text(state.name())).collect()))
}

fn latest(field: Field) -> Field {
    Field::Latest(Box::new(field))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
