//! One test on one field, as comparisons of the members that the field is read from.

use countermand_model::{Field, Kind, Test, TriggerState, Value};

use super::{Said, any, join, not, of_words, recognised};
use crate::oracle_ess::query::names;
use crate::oracle_ess::{NAME, states};

/// A test that no comparison of this language was read as.
pub(super) fn test(field: &Field, test: &Test) -> Result<Said, String> {
    match field {
        Field::Id | Field::Number => by_name("requestId", test),
        Field::Parent | Field::ParentId => of_parent(test),
        Field::State => Ok(of_words(&words_of_states(test)?)),
        Field::Kind => named(test, "kind").map(|named| of_kinds(|kind| named(kind.name()))),
        Field::Trigger => of_trigger(test),
        Field::Owner => by_name("submitter", test),
        Field::Description => by_name("description", test),
        Field::Type => by_name("jobType", test),
        Field::CreatedAt => by_name("submissionTime", test),
        Field::StartedAt => by_name("processStartTime", test),
        Field::FinishedAt => by_name("completedTime", test),
        // Nothing is ever acknowledged there, and there are no attributes of others.
        Field::Acknowledged => Ok(if passes_zero(test) { Said::All } else { Said::None }),
        Field::Attribute { dialect, .. } if dialect != NAME => {
            Ok(if *test == Test::Missing { Said::All } else { Said::None })
        }
        Field::SeenIn => Ok(Said::All),
        Field::Attribute { member, .. } => Err(format!("their {member}")),
        Field::Name => Err("their display name".to_owned()),
        Field::Dataset => Err("their dataset".to_owned()),
        Field::NextRunAt => Err("the time of their next run".to_owned()),
        Field::ChangedAt => Err("the time of their last change".to_owned()),
        Field::Latest(_) => Err("the run that started last".to_owned()),
    }
}

fn passes_zero(test: &Test) -> bool {
    let is_zero = |value: &Value| *value == Value::Integer(0);
    match test {
        Test::Equal(value) | Test::AtMost(value) | Test::AtLeast(value) if is_zero(value) => true,
        Test::AtMost(Value::Integer(most)) | Test::Less(Value::Integer(most)) => *most > 0,
        Test::AtLeast(Value::Integer(least)) | Test::Greater(Value::Integer(least)) => *least < 0,
        Test::NotEqual(value) => !is_zero(value),
        Test::In(values) => values.iter().any(is_zero),
        Test::Equal(_)
        | Test::Less(_)
        | Test::Greater(_)
        | Test::AtMost(_)
        | Test::AtLeast(_)
        | Test::StartsWith(_)
        | Test::Contains(_)
        | Test::Missing => false,
    }
}

/// A test on the member that holds a field, all of it.
fn by_name(member: &str, test: &Test) -> Result<Said, String> {
    let name = names::find(member).expect("a member of the table");
    match test {
        Test::Missing => Ok(not(Said::term(format!("{member} pr")))),
        Test::In(values) => {
            let parts = values.iter().map(|value| by_name(member, &Test::Equal(value.clone())));
            Ok(join(parts.collect::<Result<_, _>>()?, "or"))
        }
        test => {
            let (_, written) =
                recognised::asked(name, test).ok_or_else(|| format!("a comparison of their {member}"))?;
            Ok(Said::term(format!("{member} {written}")))
        }
    }
}

/// The children of a family's top. Every request was seen to say what the top of its family is.
fn of_parent(test: &Test) -> Result<Said, String> {
    let tops = match test {
        Test::Equal(top) => std::slice::from_ref(top),
        Test::In(tops) => tops.as_slice(),
        Test::Missing => return Ok(not(children())),
        _ => return Err("a comparison of their parent".to_owned()),
    };
    let tops = tops.iter().map(|top| match top {
        Value::Integer(top) => below_top(*top),
        Value::Text(_) => Said::None,
    });
    Ok(join(vec![children(), join(tops.collect(), "or")], "and"))
}

pub(super) fn below_top(top: i64) -> Said {
    let parts = [format!("absParentRequestId eq {top}"), format!("requestId ne {top}")];
    join(parts.into_iter().map(Said::term).collect(), "and")
}

pub(super) fn children() -> Said {
    of_kinds(|kind| kind == Kind::Child)
}

/// The words of the states that fit.
fn words_of_states(test: &Test) -> Result<Vec<&'static str>, String> {
    let named = named(test, "state")?;
    let fits = |word: &&'static str| states::state(word).is_some_and(|state| named(state.name()));
    Ok(states::words().into_iter().filter(fits).collect())
}

/// What is of such a kind, by its type; a type is left out of a child's only.
fn of_kinds(fits: impl Fn(Kind) -> bool) -> Said {
    let words = names::REQUEST_TYPES.iter().filter(|word| fits(names::kind(word)));
    let mut parts: Vec<Said> = words.map(|word| Said::term(format!("requestType eq \"{word}\""))).collect();
    if fits(Kind::Child) {
        parts.push(not(Said::term("requestType pr".to_owned())));
    }
    join(parts, "or")
}

fn of_trigger(test: &Test) -> Result<Said, String> {
    let schedules = names::REQUEST_TYPES.iter().filter(|word| names::is_schedule(word));
    let schedules = any(schedules.map(|word| format!("requestType eq \"{word}\"")).collect());
    if *test == Test::Missing {
        return Ok(not(schedules));
    }
    let named = named(test, "trigger")?;
    let fits = |word: &&'static str| {
        let state = states::state(word).map(|state| names::trigger(state, word));
        state.is_some_and(|state: TriggerState| named(state.name()))
    };
    let words: Vec<_> = states::words().into_iter().filter(fits).collect();
    Ok(join(vec![schedules, of_words(&words)], "and"))
}

/// Which names of a few a test fits.
fn named<'t>(test: &'t Test, of: &str) -> Result<impl Fn(&str) -> bool + use<'t>, String> {
    let (values, is) = match test {
        Test::Equal(value) => (std::slice::from_ref(value), true),
        Test::NotEqual(value) => (std::slice::from_ref(value), false),
        Test::In(values) => (values.as_slice(), true),
        Test::Less(_)
        | Test::Greater(_)
        | Test::AtMost(_)
        | Test::AtLeast(_)
        | Test::StartsWith(_)
        | Test::Contains(_)
        | Test::Missing => return Err(format!("a comparison of their {of}")),
    };
    Ok(move |name: &str| values.iter().any(|value| matches!(value, Value::Text(text) if text == name)) == is)
}
