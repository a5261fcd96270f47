//! Filters and orders of the model as conditions and sort keys: the tables of `attributes.rs` read the other way. What is
//! found is tried: a condition says a filter if reading it gives that filter, so what is said is never wider or narrower.

use countermand_model::{Filter, Sort, Test, Value};

use super::asked;
use super::attributes::{self, Attributes};
use super::query::{Comparison, Condition};
use crate::grammar::time::{Fraction, rfc3339};

/// The condition that a filter is; `None` where there is none.
pub(super) fn condition(attributes: Attributes, filter: &Filter) -> Option<Condition> {
    let simple = comparisons(filter);
    attributes::names(attributes).find_map(|name| {
        let of_words = of_words(attributes, name, filter);
        simple.iter().cloned().chain(of_words).find_map(|comparison| {
            let condition = Condition { name: name.to_owned(), comparison };
            let written = condition.written()?;
            let read = Condition::read(name, &written).ok()?;
            (attributes::filter(attributes, &read).ok()? == *filter).then_some(condition)
        })
    })
}

/// The key of `.sort` that an order is; `None` where there is none.
pub(super) fn key(attributes: Attributes, sort: &Sort) -> Option<String> {
    let name = attributes::names(attributes)
        .find(|name| attributes::order(attributes, "", name).is_ok_and(|field| field == sort.field))?;
    Some(format!("{}{name}", if sort.descending { "-" } else { "" }))
}

/// What a filter may compare with, whatever it looks at.
fn comparisons(filter: &Filter) -> Vec<Comparison> {
    match filter {
        Filter::Field(_, test) => of_test(test),
        Filter::And(parts) => {
            let mut all: Vec<_> = parts.iter().flat_map(comparisons).collect();
            if let [Filter::Field(_, Test::AtLeast(from)), Filter::Field(_, Test::AtMost(to))] =
                parts.as_slice()
            {
                let ends = texts(from).into_iter().zip(texts(to));
                all.extend(ends.map(|(from, to)| Comparison::Between(from, to)));
            }
            all
        }
        Filter::Or(_) | Filter::Not(_) => Vec::new(),
    }
}

fn of_test(test: &Test) -> Vec<Comparison> {
    let each = |make: fn(String) -> Comparison, value| texts(value).into_iter().map(make).collect();
    match test {
        Test::Equal(value) => each(Comparison::Eq, value),
        Test::NotEqual(value) => each(Comparison::Ne, value),
        Test::In(values) => {
            let forms: Vec<_> = values.iter().map(texts).collect();
            let form =
                |place: usize| forms.iter().map(|form| form.get(place).or(form.first()).cloned()).collect();
            [0, 1].into_iter().filter_map(form).map(Comparison::In).collect()
        }
        Test::StartsWith(text) => vec![Comparison::StartsWith(text.clone())],
        Test::Contains(text) => vec![Comparison::Contains(text.clone())],
        Test::Less(_) | Test::Greater(_) | Test::AtMost(_) | Test::AtLeast(_) | Test::Missing => Vec::new(),
    }
}

/// How a value may be written: a number, which may be a time, or a text.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Integer(number) => vec![number.to_string(), rfc3339(*number, Fraction::Always)],
        Value::Text(text) => vec![text.clone()],
    }
}

/// The words of an enumeration that a filter asks for: those that a job which it finds would show.
fn of_words(attributes: Attributes, name: &str, filter: &Filter) -> Option<Comparison> {
    let words = attributes::words(attributes, name)?;
    let asked = words.iter().filter(|word| asked::finds(filter, name, word)).map(|word| (*word).to_owned());
    let asked: Vec<String> = asked.collect();
    match asked.as_slice() {
        [] => None,
        [only] => Some(Comparison::Eq(only.clone())),
        _ => Some(Comparison::In(asked)),
    }
}
