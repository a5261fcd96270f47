//! One condition: `jobName=startsWith("Bulk")`. Knows the form, not the names.
//!
//! Documented are `name=value`, `name="value"` and the operators below; clients send the quotes and leave them out. That
//! a text in quotes cannot hold a quote is inferred: no page shows a way to write one.

use crate::Malformed;
use crate::grammar::spelling::nearest;

/// A condition as it was written, its values without quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Condition {
    /// The attribute.
    pub(in super::super) name: String,
    pub(in super::super) comparison: Comparison,
}

/// What is asked of an attribute. The rest of the vendor's operators is not public: what is not here is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Comparison {
    Eq(String),
    Ne(String),
    /// One or more.
    In(Vec<String>),
    /// Both ends count.
    Between(String, String),
    StartsWith(String),
    Contains(String),
}

const OPERATORS: [&str; 6] = ["eq", "ne", "in", "between", "startsWith", "contains"];

impl Condition {
    /// Reads the decoded value of a parameter.
    ///
    /// # Errors
    /// With the parameter's name: an operator that is not known, a quote or a parenthesis without its other half, too
    /// few or too many values.
    pub(in super::super) fn read(name: &str, written: &str) -> Result<Condition, Malformed> {
        let text = written.trim();
        let comparison = match call(text) {
            None => lone(text).map(Comparison::Eq),
            Some((operator, rest)) => arguments(rest).and_then(|values| compare(operator, values)),
        };
        comparison
            .map(|comparison| Condition { name: name.to_owned(), comparison })
            .map_err(|problem| Malformed::new(name, problem))
    }
}

impl Condition {
    /// The value of its parameter, as [`read`](Condition::read) takes it. `None`: it holds a quote, for which there is no
    /// way of writing.
    pub(in super::super) fn written(&self) -> Option<String> {
        // Numbers stand bare on the pages, everything else in quotes.
        let value = |text: &String| {
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            match text {
                text if is_number => Some(text.clone()),
                text if text.contains('"') => None,
                text => Some(format!("\"{text}\"")),
            }
        };
        let operator = self.comparison.operator();
        Some(match &self.comparison {
            Comparison::Eq(text) => value(text)?,
            Comparison::Ne(text) | Comparison::StartsWith(text) | Comparison::Contains(text) => {
                format!("{operator}({})", value(text)?)
            }
            Comparison::In(texts) => {
                let values = texts.iter().map(value).collect::<Option<Vec<_>>>()?;
                format!("{operator}({})", values.join(","))
            }
            Comparison::Between(from, to) => format!("{operator}({},{})", value(from)?, value(to)?),
        })
    }
}

impl Comparison {
    /// The operator, as it is written.
    pub(in super::super) const fn operator(&self) -> &'static str {
        match self {
            Comparison::Eq(_) => "eq",
            Comparison::Ne(_) => "ne",
            Comparison::In(_) => "in",
            Comparison::Between(..) => "between",
            Comparison::StartsWith(_) => "startsWith",
            Comparison::Contains(_) => "contains",
        }
    }
}

fn compare(operator: &str, values: Vec<String>) -> Result<Comparison, String> {
    let one = |make: fn(String) -> Comparison, values| {
        exactly(operator, values, "one value").map(|[value]: [String; 1]| make(value))
    };
    match operator {
        "eq" => one(Comparison::Eq, values),
        "ne" => one(Comparison::Ne, values),
        "startsWith" => one(Comparison::StartsWith, values),
        "contains" => one(Comparison::Contains, values),
        "in" => Ok(Comparison::In(values)),
        "between" => exactly(operator, values, "two values")
            .map(|[from, to]: [String; 2]| Comparison::Between(from, to)),
        _ => {
            let advice = nearest(operator, &OPERATORS).map_or_else(
                || format!("expected one of {}, or a text in quotes", OPERATORS.join(", ")),
                |nearest| format!("did you mean {nearest}?"),
            );
            Err(format!("{operator} is no operator; {advice}"))
        }
    }
}

fn exactly<const N: usize>(
    operator: &str,
    values: Vec<String>,
    expected: &str,
) -> Result<[String; N], String> {
    values.try_into().map_err(|values: Vec<String>| {
        format!("the number of values of {operator} is {}; expected {expected}", values.len())
    })
}

/// The word directly before a parenthesis, and what is after it. `My job (1)` is a text: a blank is in between.
fn call(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.split_once('(')?;
    let is_word = !word.is_empty() && word.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    is_word.then_some((word, rest))
}

/// A value that stands alone.
fn lone(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("there is no value; an empty text is written \"\"".to_owned());
    }
    let Some(quoted) = text.strip_prefix('"') else { return bare(text).map(str::to_owned) };
    let (value, rest) = quoted.split_once('"').ok_or_else(|| unbalanced(text))?;
    if rest.is_empty() {
        Ok(value.to_owned())
    } else {
        Err(format!("there is {rest:?} after the text in quotes"))
    }
}

/// The values up to the closing parenthesis, which ends the text.
fn arguments(text: &str) -> Result<Vec<String>, String> {
    let mut values = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let after = if let Some(quoted) = rest.strip_prefix('"') {
            let (value, after) = quoted.split_once('"').ok_or_else(|| unbalanced(rest))?;
            values.push(value.to_owned());
            after.trim_start()
        } else {
            let (value, after) = rest.split_at(rest.find([',', ')']).unwrap_or(rest.len()));
            values.push(bare(value.trim())?.to_owned());
            after
        };
        rest = match after.split_at_checked(1) {
            Some((",", rest)) => rest,
            Some((")", "")) => return Ok(values),
            Some((")", rest)) => return Err(format!("there is {rest:?} after the closing parenthesis")),
            Some(_) => return Err(format!("there is {after:?} after a text in quotes; expected , or )")),
            None if after.is_empty() => return Err("the closing parenthesis is missing".to_owned()),
            // A character of several bytes.
            None => return Err(format!("there is {after:?} after a text in quotes; expected , or )")),
        };
    }
}

fn bare(text: &str) -> Result<&str, String> {
    if text.is_empty() {
        return Err("a value is missing; an empty text is written \"\"".to_owned());
    }
    if text.contains('"') { Err(unbalanced(text)) } else { Ok(text) }
}

fn unbalanced(text: &str) -> String {
    format!("a quote is not closed, or stands within a text: {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &str) -> Result<Comparison, String> {
        Condition::read("jobName", written)
            .map(|condition| condition.comparison)
            .map_err(|malformed| malformed.to_string())
    }

    /// Pitfall cisco-prime 11.
    #[test]
    fn a_condition_has_an_operator_and_values_in_quotes_or_bare() {
        use Comparison::{Between, Contains, Eq, In, Ne, StartsWith};
        let text = str::to_owned;
        let cases = [
            ("Bulk", Eq(text("Bulk"))),
            ("\"Bulk\"", Eq(text("Bulk"))),
            ("\"\"", Eq(text(""))),
            ("a,b", Eq(text("a,b"))),
            ("My job (1)", Eq(text("My job (1)"))),
            ("\"eq(1)\"", Eq(text("eq(1)"))),
            ("eq(\"x\")", Eq(text("x"))),
            ("ne(CLEARED)", Ne(text("CLEARED"))),
            ("in(123,456)", In(vec![text("123"), text("456")])),
            ("in(\"a,b\", c ,\"d)\")", In(vec![text("a,b"), text("c"), text("d)")])),
            ("between(\"a\",\"b\")", Between(text("a"), text("b"))),
            ("startsWith(\"Job Cli\")", StartsWith(text("Job Cli"))),
            (" contains( a ) ", Contains(text("a"))),
            ("contains(\"ä\")", Contains(text("ä"))),
        ];
        for (written, expected) in cases {
            assert_eq!(read(written), Ok(expected), "{written}");
        }
    }

    #[test]
    fn what_is_not_understood_says_what_was_met_and_what_was_expected() {
        let cases = [
            ("", "there is no value"),
            ("\"Bulk", "not closed"),
            ("Bulk\"", "not closed"),
            ("\"a\"b", "after the text in quotes"),
            ("eq(\"a)", "not closed"),
            ("eq(a\"b)", "not closed"),
            ("eq(a", "closing parenthesis is missing"),
            ("eq(\"a\"", "closing parenthesis is missing"),
            ("eq(a)b", "after the closing parenthesis"),
            ("eq(\"a\"b)", "expected , or )"),
            ("eq(\"a\"ä)", "expected , or )"),
            ("eq()", "a value is missing"),
            ("in(a,)", "a value is missing"),
            ("eq(a,b)", "the number of values of eq is 2; expected one value"),
            ("between(a)", "the number of values of between is 1; expected two values"),
            ("startswith(a)", "did you mean startsWith?"),
            ("like(a)", "like is no operator; expected one of eq, ne, in, between, startsWith, contains"),
        ];
        for (written, problem) in cases {
            let wrong = read(written).unwrap_err();
            assert!(wrong.starts_with("jobName: ") && wrong.contains(problem), "{written}: {wrong}");
        }
    }
}
