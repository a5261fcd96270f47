//! A filter of our own reading as the comparison it was read from: each that it could have been is compiled, until one is
//! the same. What it asks for is not known here.

use countermand_model::{Field, Filter, State, Test, Value};

use super::{Said, of_words};
use crate::grammar::json::{Slashes, Writer};
use crate::grammar::time::{Fraction, rfc3339};
use crate::oracle_ess::query::compile;
use crate::oracle_ess::query::names::{self, Holds, NAMES, Name};
use crate::oracle_ess::query::parser::Expression;
use crate::oracle_ess::query::terms::{Asked, Relation, Term};
use crate::oracle_ess::query::time::{Instant, instant};
use crate::oracle_ess::states;

/// The comparison that a filter was read from.
pub(super) fn comparison(filter: &Filter) -> Option<Said> {
    let leaves = leaves(filter);
    let is_it = |term: &Term| compile::filter(&Expression::Term(term.clone())) == *filter;
    for name in NAMES {
        let (Holds::Number(places) | Holds::Text(places) | Holds::Time(places) | Holds::Flag(places)) =
            name.holds
        else {
            continue;
        };
        if !places.iter().any(|place| leaves.iter().any(|(field, _)| **field == name.field(*place))) {
            continue;
        }
        for (_, test) in &leaves {
            let Some((asked, written)) = asked(name, test) else { continue };
            if is_it(&Term::Value(name, places, asked)) {
                return Some(Said::term(format!("{} {written}", name.name)));
            }
        }
        if is_it(&Term::Present(name)) {
            return Some(Said::term(format!("{} pr", name.name)));
        }
        // Unlike every millisecond is a time between two of them, whichever.
        let between = Asked::Time(Relation::NotEqual, Instant { milliseconds: 0, exact: false });
        if matches!(name.holds, Holds::Time(_)) && is_it(&Term::Value(name, places, between)) {
            return Some(Said::term(format!("{} ne \"1970-01-01T00:00:00.0001Z\"", name.name)));
        }
    }
    let request_type = names::find("requestType").expect("a member of the table");
    if is_it(&Term::Present(request_type)) {
        return Some(Said::term("requestType pr".to_owned()));
    }
    let given = names::given("requestType");
    let of_type = leaves.iter().filter(|(field, _)| **field == given);
    for (_, test) in of_type {
        let Some((asked, written)) = textual(test) else { continue };
        if is_it(&Term::RequestType(asked)) {
            return Some(Said::term(format!("requestType {written}")));
        }
    }
    let given_state = names::given("state");
    let is_of_state = |(field, _): &(&Field, &Test)| **field == Field::State || **field == given_state;
    if !leaves.is_empty() && leaves.iter().all(is_of_state) {
        let words = words_of(filter);
        if names::showing(&words) == *filter {
            return Some(of_words(&words));
        }
    }
    None
}

fn leaves(filter: &Filter) -> Vec<(&Field, &Test)> {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().flat_map(leaves).collect(),
        Filter::Not(part) => leaves(part),
        Filter::Field(field, test) => vec![(field, test)],
    }
}

/// What a test could have been read from, and its operator and value as text.
pub(super) fn asked(name: &Name, test: &Test) -> Option<(Asked, String)> {
    let found = match (name.holds, relation(test)) {
        (Holds::Number(_), Some((relation, Value::Integer(number)))) => {
            (Asked::Number(relation, *number), format!("{} {number}", operator(relation)))
        }
        (Holds::Time(_), Some((relation, value))) => {
            let milliseconds = match value {
                Value::Integer(milliseconds) => *milliseconds,
                Value::Text(text) => instant(text).ok().filter(|instant| instant.exact)?.milliseconds,
            };
            let written = format!("{} {}", operator(relation), time(milliseconds)?);
            (Asked::Time(relation, Instant { milliseconds, exact: true }), written)
        }
        (Holds::Flag(_), Some((relation, Value::Integer(flag @ (0 | 1))))) => {
            let is = match relation {
                Relation::Equal => true,
                Relation::NotEqual => false,
                Relation::Greater | Relation::AtLeast | Relation::Less | Relation::AtMost => return None,
            };
            let flag = *flag == 1;
            (Asked::Flag { is, flag }, format!("{} {flag}", operator(relation)))
        }
        (Holds::Text(_), _) => textual(test)?,
        _ => return None,
    };
    Some(found)
}

fn textual(test: &Test) -> Option<(Asked, String)> {
    Some(match (test, relation(test)) {
        (_, Some((relation, Value::Text(text)))) => {
            (Asked::Text(relation, text.clone()), format!("{} {}", operator(relation), quoted(text)))
        }
        (Test::StartsWith(text), _) => (Asked::StartsWith(text.clone()), format!("sw {}", quoted(text))),
        (Test::Contains(text), _) => (Asked::Contains(text.clone()), format!("co {}", quoted(text))),
        _ => return None,
    })
}

fn relation(test: &Test) -> Option<(Relation, &Value)> {
    Some(match test {
        Test::Equal(value) => (Relation::Equal, value),
        Test::NotEqual(value) => (Relation::NotEqual, value),
        Test::Greater(value) => (Relation::Greater, value),
        Test::AtLeast(value) => (Relation::AtLeast, value),
        Test::Less(value) => (Relation::Less, value),
        Test::AtMost(value) => (Relation::AtMost, value),
        Test::In(_) | Test::StartsWith(_) | Test::Contains(_) | Test::Missing => return None,
    })
}

const fn operator(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "eq",
        Relation::NotEqual => "ne",
        Relation::Greater => "gt",
        Relation::AtLeast => "ge",
        Relation::Less => "lt",
        Relation::AtMost => "le",
    }
}

/// A text in double quotes, with the escapes of JSON.
fn quoted(text: &str) -> String {
    let mut json = Writer::new(Slashes::Plain);
    json.string(text);
    String::from_utf8(json.finish()).expect("a text was written")
}

/// A time in quotes; `None` where the form that a server reads does not go so far.
fn time(milliseconds: i64) -> Option<String> {
    let text = rfc3339(milliseconds, Fraction::Always);
    let is_same = instant(&text).is_ok_and(|instant| instant.milliseconds == milliseconds);
    is_same.then(|| quoted(&text))
}

/// The words whose requests fit a filter that looks at states only.
fn words_of(filter: &Filter) -> Vec<&'static str> {
    let shows = |word: &&'static str| {
        states::state(word).is_some_and(|state| {
            let given = if states::word(state) == *word { None } else { Some(*word) };
            fits(filter, state, given)
        })
    };
    states::words().into_iter().filter(shows).collect()
}

/// Whether a job in this state fits, of whose attributes only a `state` is known.
fn fits(filter: &Filter, state: State, given: Option<&str>) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| fits(part, state, given)),
        Filter::Or(parts) => parts.iter().any(|part| fits(part, state, given)),
        Filter::Not(part) => !fits(part, state, given),
        Filter::Field(field, test) => {
            let value = if *field == Field::State { Some(state.name()) } else { given };
            let is = |sought: &Value| matches!((sought, value), (Value::Text(sought), Some(value)) if sought == value);
            match test {
                Test::Equal(sought) => is(sought),
                Test::In(sought) => sought.iter().any(is),
                Test::NotEqual(sought) => value.is_some() && !is(sought),
                Test::Missing => value.is_none(),
                Test::Less(_)
                | Test::Greater(_)
                | Test::AtMost(_)
                | Test::AtLeast(_)
                | Test::StartsWith(_)
                | Test::Contains(_) => false,
            }
        }
    }
}
