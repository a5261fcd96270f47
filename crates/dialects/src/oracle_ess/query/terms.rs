//! One comparison: a member, an operator that its kind has, a value of its kind. Which jobs fit is not known here.
//!
//! Operators and names may be in any case, as RFC 7644 has it; values may not.

use super::Mistake;
use super::lexer::Token;
use super::names::{self, Holds, Name, Place, REQUEST_TYPES};
use super::time::{Instant, instant};
use crate::grammar::spelling::nearest;
use crate::oracle_ess::states;

/// What is asked of one member.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Term {
    /// It has a value.
    Present(&'static Name),
    /// Its value, in the first of these places that has one, is so.
    Value(&'static Name, &'static [Place], Asked),
    /// `state` is one of these words.
    State(Vec<&'static str>),
    /// `requestType` is so: a text.
    RequestType(Asked),
}

/// What is asked of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    /// It stands so to a number.
    Number(Relation, i64),
    /// It stands so to a text.
    Text(Relation, String),
    /// It begins with a text.
    StartsWith(String),
    /// It holds a text.
    Contains(String),
    /// It stands so to an instant.
    Time(Relation, Instant),
    /// It is this; or it is not.
    Flag { is: bool, flag: bool },
}

/// How a value stands to the one that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    NotEqual,
    Greater,
    AtLeast,
    Less,
    AtMost,
}

/// An operator that is followed by a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Relation(Relation),
    StartsWith,
    EndsWith,
    Contains,
}

/// The operators of RFC 7644, of which clients were seen to send `eq`, `gt` and `lt`. `pr` takes no value.
const OPERATORS: [(&str, Option<Operator>); 10] = [
    ("eq", Some(Operator::Relation(Relation::Equal))),
    ("ne", Some(Operator::Relation(Relation::NotEqual))),
    ("co", Some(Operator::Contains)),
    ("sw", Some(Operator::StartsWith)),
    ("ew", Some(Operator::EndsWith)),
    ("pr", None),
    ("gt", Some(Operator::Relation(Relation::Greater))),
    ("ge", Some(Operator::Relation(Relation::AtLeast))),
    ("lt", Some(Operator::Relation(Relation::Less))),
    ("le", Some(Operator::Relation(Relation::AtMost))),
];

/// The member of a name.
///
/// # Errors
/// There is none, or none that a list can look at.
pub(super) fn name(position: usize, written: &str) -> Result<&'static Name, Mistake> {
    let found = names::find(written).map_err(|near| {
        let advice = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
        Mistake::new(position, format!("{written:?} is not a member that can be queried{advice}"))
    })?;
    if found.holds == Holds::WorkedOut {
        let problem =
            format!("{} cannot be queried here: it is worked out when a request is shown", found.name);
        return Err(Mistake::new(position, problem));
    }
    Ok(found)
}

/// An operator; `None` is `pr`.
///
/// # Errors
/// There is none of that name.
pub(super) fn operator(position: usize, token: &Token) -> Result<Option<Operator>, Mistake> {
    let known = OPERATORS.map(|(name, _)| name).join(" ");
    let unexpected = || Mistake::unexpected(position, &format!("one of the operators {known}"), token);
    let Token::Bare(word) = token else { return Err(unexpected()) };
    let found = OPERATORS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    found.map(|(_, operator)| *operator).ok_or_else(unexpected)
}

/// A comparison.
///
/// # Errors
/// The operator does not apply to the member, or the value is not of its kind.
pub(super) fn compared(
    name: &'static Name,
    (operator_at, operator): (usize, Operator),
    (position, value): (usize, &Token),
) -> Result<Term, Mistake> {
    let unfit = |expected: &str| Mistake::unexpected(position, expected, value);
    let text = || match value {
        Token::Quoted(text) => Ok(text.clone()),
        Token::Open | Token::Close | Token::Bare(_) => Err(unfit("a text in double quotes")),
    };
    let term = |places, asked| Ok(Term::Value(name, places, asked));
    match (name.holds, operator) {
        (Holds::Number(places), Operator::Relation(relation)) => {
            let number = match value {
                Token::Bare(word) => word.parse().ok(),
                Token::Open | Token::Close | Token::Quoted(_) => None,
            };
            let number = number.ok_or_else(|| unfit("a whole number of 64 bits, without quotes,"))?;
            term(places, Asked::Number(relation, number))
        }
        (Holds::Text(places), Operator::Relation(relation)) => term(places, Asked::Text(relation, text()?)),
        (Holds::Text(places), Operator::StartsWith) => term(places, Asked::StartsWith(text()?)),
        (Holds::Text(places), Operator::Contains) => term(places, Asked::Contains(text()?)),
        (Holds::Time(places), Operator::Relation(relation)) => {
            let instant = instant(&text()?).map_err(|problem| Mistake::new(position, problem))?;
            term(places, Asked::Time(relation, instant))
        }
        (Holds::Flag(places), Operator::Relation(relation @ (Relation::Equal | Relation::NotEqual))) => {
            let flag = match value {
                Token::Bare(word) if word == "true" => true,
                Token::Bare(word) if word == "false" => false,
                Token::Open | Token::Close | Token::Quoted(_) | Token::Bare(_) => {
                    return Err(unfit("true or false, without quotes,"));
                }
            };
            term(places, Asked::Flag { is: relation == Relation::Equal, flag })
        }
        (Holds::State, Operator::Relation(relation @ (Relation::Equal | Relation::NotEqual))) => {
            let wanted = known_word(position, text()?, &states::words())?;
            let is = relation == Relation::Equal;
            Ok(Term::State(states_where(|word| (word == wanted) == is)))
        }
        (Holds::State, Operator::StartsWith) => {
            let start = text()?;
            Ok(Term::State(states_where(|word| word.starts_with(&start))))
        }
        (Holds::State, Operator::EndsWith) => {
            let end = text()?;
            Ok(Term::State(states_where(|word| word.ends_with(&end))))
        }
        (Holds::State, Operator::Contains) => {
            let part = text()?;
            Ok(Term::State(states_where(|word| word.contains(&part))))
        }
        (Holds::RequestType, Operator::Relation(relation @ (Relation::Equal | Relation::NotEqual))) => {
            let wanted = known_word(position, text()?, REQUEST_TYPES)?;
            Ok(Term::RequestType(Asked::Text(relation, wanted)))
        }
        (Holds::RequestType, Operator::StartsWith) => Ok(Term::RequestType(Asked::StartsWith(text()?))),
        (Holds::RequestType, Operator::Contains) => Ok(Term::RequestType(Asked::Contains(text()?))),
        (
            Holds::Number(_)
            | Holds::Text(_)
            | Holds::Time(_)
            | Holds::Flag(_)
            | Holds::State
            | Holds::RequestType
            | Holds::WorkedOut,
            Operator::Relation(_) | Operator::StartsWith | Operator::EndsWith | Operator::Contains,
        ) => Err(does_not_apply(name, operator_at, operator)),
    }
}

/// A text that is looked for by its end cannot be: no engine is asked for that. What has an order and no parts, or parts
/// and no order, says so.
fn does_not_apply(name: &Name, position: usize, operator: Operator) -> Mistake {
    let there_are = match name.holds {
        Holds::Number(_) | Holds::Time(_) => "eq ne gt ge lt le pr",
        Holds::Text(_) => "eq ne co sw gt ge lt le pr",
        Holds::Flag(_) => "eq ne pr",
        Holds::State => "eq ne co sw ew pr",
        Holds::RequestType => "eq ne co sw pr",
        Holds::WorkedOut => "none",
    };
    let word = OPERATORS.iter().find(|(_, known)| *known == Some(operator)).map_or("", |(word, _)| word);
    Mistake::new(position, format!("{:?} cannot be asked of {}; there are {there_are}", word, name.name))
}

/// A word that is on a list. One that is not would fit nothing, and hide a misspelling.
fn known_word(position: usize, wanted: String, words: &[&'static str]) -> Result<String, Mistake> {
    if words.contains(&wanted.as_str()) {
        return Ok(wanted);
    }
    let advice = nearest(&wanted, words)
        .map_or_else(|| format!("there are {}", words.join(" ")), |near| format!("did you mean {near}?"));
    Err(Mistake::new(position, format!("{wanted:?} is no such word; {advice}")))
}

fn states_where(fits: impl Fn(&str) -> bool) -> Vec<&'static str> {
    states::words().into_iter().filter(|word| fits(word)).collect()
}
