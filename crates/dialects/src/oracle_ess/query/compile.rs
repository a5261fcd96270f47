//! Expressions as the model's filters. Each asks for exactly the jobs whose answer shows a member that fits:
//! `tests/querying.rs` compares the two.

use countermand_model::{Field, Filter, Test, Value};

use super::names::{self, Holds, Name, Place, REQUEST_TYPES};
use super::parser::Expression;
use super::terms::{Asked, Relation, Term};
use super::time::Instant;
use crate::grammar::time::{Fraction, rfc3339};

/// The filter of an expression.
pub(super) fn filter(expression: &Expression) -> Filter {
    match expression {
        Expression::And(parts) => Filter::And(parts.iter().map(filter).collect()),
        Expression::Or(parts) => Filter::Or(parts.iter().map(filter).collect()),
        Expression::Not(part) => Filter::Not(Box::new(filter(part))),
        Expression::Term(Term::Present(name)) => is_shown(name),
        Expression::Term(Term::Value(name, places, asked)) => first_of(name, places, asked),
        Expression::Term(Term::State(words)) => names::showing(words),
        Expression::Term(Term::RequestType(asked)) => request_type(asked),
    }
}

fn is_shown(name: &Name) -> Filter {
    match name.holds {
        Holds::Number(places) | Holds::Text(places) | Holds::Time(places) | Holds::Flag(places) => {
            Filter::Or(places.iter().map(|place| under(*place, names::present(name.field(*place)))).collect())
        }
        Holds::State => Filter::ALL,
        Holds::RequestType => {
            let by_place = REQUEST_TYPES.iter().map(|word| names::by_place(word));
            Filter::Or(by_place.chain([names::present(names::given(name.name))]).collect())
        }
        // Refused where it was read.
        Holds::WorkedOut => NONE,
    }
}

/// That the value in the first place that has one is as asked.
fn first_of(name: &Name, places: &[Place], asked: &Asked) -> Filter {
    let mut alternatives = Vec::new();
    let mut absent = Vec::new();
    for place in places {
        let field = name.field(*place);
        // The test first: what is looked up first should be what most jobs fail.
        let mut here = vec![under(*place, tested(&field, *place, asked))];
        here.extend(absent.iter().cloned());
        alternatives.push(single(here).unwrap_or_else(Filter::And));
        absent.push(match names::condition(*place) {
            None => Filter::Field(field, Test::Missing),
            Some(condition) => Filter::Not(Box::new(Filter::And(vec![condition, names::present(field)]))),
        });
    }
    single(alternatives).unwrap_or_else(Filter::Or)
}

/// The part alone, where there is just one.
fn single(mut parts: Vec<Filter>) -> Result<Filter, Vec<Filter>> {
    if parts.len() == 1 { Ok(parts.remove(0)) } else { Err(parts) }
}

/// A test, and what must be true for the place to count.
fn under(place: Place, test: Filter) -> Filter {
    match names::condition(place) {
        Some(condition) => Filter::And(vec![condition, test]),
        None => test,
    }
}

fn tested(field: &Field, place: Place, asked: &Asked) -> Filter {
    let test = match asked {
        Asked::Number(relation, number) => related(*relation, Value::Integer(*number)),
        Asked::Text(relation, text) => related(*relation, names::text(text)),
        Asked::StartsWith(text) => Test::StartsWith(text.clone()),
        Asked::Contains(text) => Test::Contains(text.clone()),
        Asked::Flag { is, flag } => {
            let relation = if *is { Relation::Equal } else { Relation::NotEqual };
            related(relation, Value::Integer(i64::from(*flag)))
        }
        Asked::Time(relation, instant) => match (relation, instant.exact) {
            // No job's time lies between two milliseconds.
            (Relation::Equal, false) => return NONE,
            (Relation::NotEqual, false) => return names::present(field.clone()),
            (relation, _) => related(*relation, bound(*relation, *instant, place)),
        },
    };
    Filter::Field(field.clone(), test)
}

/// The millisecond that an instant is compared as: of one between two, the earlier, or the later where "not before"
/// and "before" are asked.
fn bound(relation: Relation, instant: Instant, place: Place) -> Value {
    let rounds_up = matches!(relation, Relation::AtLeast | Relation::Less) && !instant.exact;
    let milliseconds = instant.milliseconds.saturating_add(i64::from(rounds_up));
    match place {
        Place::Given | Place::GivenForNow => Value::Text(rfc3339(milliseconds, Fraction::Always)),
        Place::Id
        | Place::ParentId
        | Place::Description
        | Place::Type
        | Place::Owner
        | Place::CreatedAt
        | Place::StartedAt
        | Place::FinishedAt
        | Place::EndOfWork => Value::Integer(milliseconds),
    }
}

fn related(relation: Relation, value: Value) -> Test {
    match relation {
        Relation::Equal => Test::Equal(value),
        Relation::NotEqual => Test::NotEqual(value),
        Relation::Greater => Test::Greater(value),
        Relation::AtLeast => Test::AtLeast(value),
        Relation::Less => Test::Less(value),
        Relation::AtMost => Test::AtMost(value),
    }
}

/// By the attributes; where they have none, by the job's place in its family.
fn request_type(asked: &Asked) -> Filter {
    let given = names::given("requestType");
    let fits = |word: &str| match asked {
        Asked::Text(Relation::Equal, text) => word == text,
        Asked::Text(Relation::NotEqual, text) => word != text,
        Asked::StartsWith(text) => word.starts_with(text.as_str()),
        Asked::Contains(text) => word.contains(text.as_str()),
        Asked::Text(..) | Asked::Number(..) | Asked::Time(..) | Asked::Flag { .. } => false,
    };
    let by_place = REQUEST_TYPES.iter().filter(|word| fits(word)).map(|word| names::by_place(word)).collect();
    let not_given = Filter::Field(given.clone(), Test::Missing);
    Filter::Or(vec![tested(&given, Place::Given, asked), Filter::And(vec![not_given, Filter::Or(by_place)])])
}

/// No job.
const NONE: Filter = Filter::Or(Vec::new());
