//! The jobs that show one of some words: the tables of `states.rs` read backwards, so that what a condition finds and
//! what an answer shows cannot differ. A word that no state is written as is shown by no job.

use countermand_model::{Field, Filter, Kind, State, Test, TriggerState, Value};

use super::{NAME, states};

/// Those whose jobStatus is one of the words.
pub(super) fn job_status(words: &[&str]) -> Filter {
    let fits = |word: &str| words.contains(&word);
    let (mut plain, mut triggered) = (Vec::new(), Vec::new());
    for state in TriggerState::ALL {
        let is = Filter::Field(Field::Trigger, Test::Equal(text(state.name())));
        let kept = |fitting: bool| kept(states::OTHER_TRIGGERS, state, |word| fits(word) == fitting);
        match found(fits(states::trigger_word(state)), &is, &attribute("jobStatus"), kept) {
            Found::All => plain.push(text(state.name())),
            Found::Some(filter) => triggered.push(filter),
            Found::None => {}
        }
    }
    triggered.insert(0, Filter::Field(Field::Trigger, Test::In(plain)));
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
    triggered.push(Filter::And(vec![Filter::Field(Field::Trigger, Test::Missing), untriggered]));
    Filter::Or(triggered)
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

/// Whether a filter finds a job that shows a word of an attribute, and of which nothing else is known. A word that no job
/// shows is not found.
pub(super) fn finds(filter: &Filter, member: &str, word: &str) -> bool {
    match member {
        "jobStatus" => states::read_trigger(word).is_some_and(|trigger| {
            meets(filter, &|field| match field {
                Field::Trigger => Some(text(trigger.name())),
                Field::Attribute { .. } => Some(text(word)),
                _ => None,
            })
        }),
        "runStatus" => finds_run(filter, word, |state| Some(states::run_words(state).0), states::OTHER_WORK),
        _ => finds_run(filter, word, |state| states::run_words(state).1, states::OTHER_RESULTS),
    }
}

fn finds_run(
    filter: &Filter,
    word: &str,
    own: impl Fn(State) -> Option<&'static str>,
    others: &[(&str, State)],
) -> bool {
    let plain = State::ALL.into_iter().find(|state| own(*state) == Some(word));
    let kept = others.iter().find(|(other, _)| *other == word).map(|(_, state)| *state);
    let Some(state) = plain.or(kept) else { return false };
    meets(filter, &|field| match field {
        Field::Latest(field) => match field.as_ref() {
            Field::Kind => Some(text(Kind::Single.name())),
            Field::State => Some(text(state.name())),
            Field::Attribute { .. } => plain.is_none().then(|| text(word)),
            _ => None,
        },
        _ => None,
    })
}

/// Whether a job meets a filter, as far as these tests go.
fn meets(filter: &Filter, value: &dyn Fn(&Field) -> Option<Value>) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| meets(part, value)),
        Filter::Or(parts) => parts.iter().any(|part| meets(part, value)),
        Filter::Not(part) => !meets(part, value),
        Filter::Field(field, test) => match (value(field), test) {
            (None, Test::Missing) => true,
            (Some(value), Test::Equal(wanted)) => value == *wanted,
            (Some(value), Test::NotEqual(other)) => value != *other,
            (Some(value), Test::In(wanted)) => wanted.contains(&value),
            _ => false,
        },
    }
}

/// A state's own word is shown unless another was kept that stands for this state.
fn of_run(
    words: &[&str],
    own: impl Fn(State) -> Option<&'static str>,
    others: &[(&str, State)],
    member: &str,
) -> Filter {
    let (mut plain, mut some) = (Vec::new(), Vec::new());
    for state in State::ALL {
        let is = in_states(latest(Field::State), &[state]);
        let kept = |fitting: bool| kept(others, state, |word| words.contains(&word) == fitting);
        let fits = own(state).is_some_and(|word| words.contains(&word));
        match found(fits, &is, &latest(attribute(member)), kept) {
            Found::All => plain.push(state),
            Found::Some(filter) => some.push(filter),
            Found::None => {}
        }
    }
    some.insert(0, in_states(latest(Field::State), &plain));
    Filter::And(vec![has_run(), Filter::Or(some)])
}

/// Which jobs of a state show a word that fits.
enum Found {
    All,
    Some(Filter),
    None,
}

/// `own_fits`: the state's own word does. `kept`: the words that a job of this state may keep and that fit, or do not.
fn found(own_fits: bool, is: &Filter, attribute: &Field, kept: impl Fn(bool) -> Vec<Value>) -> Found {
    let keeps = |words: Vec<Value>| Filter::Field(attribute.clone(), Test::In(words));
    match (own_fits, kept(!own_fits)) {
        (true, none) if none.is_empty() => Found::All,
        (true, hiding) => Found::Some(Filter::And(vec![is.clone(), Filter::Not(Box::new(keeps(hiding)))])),
        (false, none) if none.is_empty() => Found::None,
        (false, showing) => Found::Some(Filter::And(vec![is.clone(), keeps(showing)])),
    }
}

fn kept<S: Copy + PartialEq>(others: &[(&str, S)], state: S, fits: impl Fn(&str) -> bool) -> Vec<Value> {
    others.iter().filter(|(word, of)| *of == state && fits(word)).map(|(word, _)| text(word)).collect()
}

fn attribute(member: &str) -> Field {
    Field::Attribute { dialect: NAME.to_owned(), member: member.to_owned() }
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
