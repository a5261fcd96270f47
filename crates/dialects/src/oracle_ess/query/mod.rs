//! `q`, the filter language of the lists: a SCIM filter (RFC 7644 §3.4.2.2) over the members of a request. Reads text,
//! knows neither the URL it came in nor a job. `writing` is the way back: what another server is asked.
//!
//! In reading order: `lexer` makes tokens of the text, `parser` the structure, `terms` one comparison, with the members
//! that there are in `names`; `compile` asks the model's question. What cannot be answered truthfully is refused where
//! it stands, and never becomes a list that is wrong.

mod lexer;

mod parser;

mod terms;

mod time;

mod names;

mod compile;

mod writing;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use countermand_model::Filter;

use crate::Malformed;
use lexer::Token;
pub(super) use names::{NAMES, find, given, is_schedule, kind, trigger};
pub(super) use time::instant;
pub(super) use writing::{Written, below, order, write};

/// Reads a filter.
///
/// # Errors
/// The first mistake: `position 14: …`, in characters from 1, and never beyond the last.
pub(super) fn read(filter: &str) -> Result<Filter, Malformed> {
    let expression = parser::parse(filter).map_err(|mistake| {
        Malformed::new("q", format!("position {}: {}", mistake.position, mistake.problem))
    })?;
    Ok(compile::filter(&expression))
}

/// What is wrong with a filter, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mistake {
    /// In characters, from 1.
    position: usize,
    problem: Cow<'static, str>,
}

impl Mistake {
    fn new(position: usize, problem: impl Into<Cow<'static, str>>) -> Mistake {
        Mistake { position, problem: problem.into() }
    }

    fn unexpected(position: usize, expected: &str, token: &Token) -> Mistake {
        Mistake::new(position, format!("{expected} was expected, not {token}"))
    }
}
