//! The language written: a filter of the model as the text that a server of this dialect is asked. What cannot be said
//! so that the server shows just the requests that fit is refused, and never becomes a list that is wider or narrower.
//!
//! A filter of our own reading is found again as the comparison it was read from (`recognised.rs`). Other filters are said
//! field by field (`fields.rs`), as `client/details.rs` fills the fields.

mod fields;

mod recognised;

use countermand_model::{Field, Filter, Sort};

use super::names::{NAMES, Name};
use super::parser::{LENGTH, NESTING, TERMS};

/// What a server is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Written {
    /// Nothing: every request fits.
    All,
    /// Nothing: none does.
    None,
    /// This filter.
    Filter(String),
}

/// Writes a filter.
///
/// # Errors
/// What it asks for that cannot be said, to be read after "list requests by".
pub(in super::super) fn write(filter: &Filter) -> Result<Written, String> {
    let text = match said(filter)? {
        Said::All => return Ok(Written::All),
        Said::None => return Ok(Written::None),
        Said::Text(text) => text,
    };
    // What our own server refuses, nobody knows another to take.
    if text.text.chars().count() > LENGTH || text.terms > TERMS || text.depth > NESTING {
        return Err("a filter as long as this".to_owned());
    }
    Ok(Written::Filter(text.text))
}

/// Writes what asks for all requests below these tops of families.
pub(in super::super) fn below(tops: &[i64]) -> String {
    let all = join(
        vec![fields::children(), join(tops.iter().copied().map(fields::below_top).collect(), "or")],
        "and",
    );
    match all {
        Said::Text(text) => text.text,
        // Below no top is nothing, and no request has this id.
        Said::All | Said::None => "requestId eq 0".to_owned(),
    }
}

/// Writes an order of a list: the value of `orderBy`. The server's own order is not known, so that one is always named;
/// what is alike in it stands in an order of the server's, of which nobody says what it is.
///
/// # Errors
/// By what it cannot be ordered, to be read after "order requests by".
pub(in super::super) fn order(sort: &[Sort]) -> Result<String, String> {
    let is_number = |step: &Sort| matches!(step.field, Field::Id | Field::Number);
    // Ties end with the number all the same.
    let steps = match sort {
        [steps @ .., last] if !steps.is_empty() && is_number(last) && !last.descending => steps,
        steps => steps,
    };
    let Some(first) = steps.first() else { return Ok("requestId:asc".to_owned()) };
    let direction = if first.descending { "desc" } else { "asc" };
    if steps.len() == 1 && is_number(first) {
        return Ok(format!("requestId:{direction}"));
    }
    let fields: Vec<&Field> = steps.iter().map(|step| &step.field).collect();
    // Of the places that a member may have, those that a job of a server's has come first.
    let is_order_of = |name: &&Name| {
        let places = name.order().unwrap_or_default();
        places.iter().zip(&fields).all(|(place, field)| place == *field) && fields.len() <= places.len()
    };
    let is_one_way = steps.iter().all(|step| step.descending == first.descending);
    let name = NAMES.iter().find(is_order_of).filter(|_| is_one_way);
    let name = name.ok_or_else(|| "what is asked for".to_owned())?;
    Ok(format!("{}:{direction}", name.name))
}

/// A part of a filter.
#[derive(Clone, Debug)]
enum Said {
    All,
    None,
    Text(Text),
}

/// A part that is written.
#[derive(Clone, Debug)]
struct Text {
    text: String,
    /// How many comparisons it makes.
    terms: usize,
    /// How deep its parentheses nest.
    depth: usize,
    /// Whether it may stand beside others as it is, without parentheses.
    is_single: bool,
}

impl Text {
    fn single(self) -> Text {
        if self.is_single { self } else { self.enclosed("") }
    }

    fn enclosed(self, before: &str) -> Text {
        Text {
            text: format!("{before}({})", self.text),
            depth: self.depth + 1,
            is_single: true,
            terms: self.terms,
        }
    }
}

impl Said {
    fn term(text: String) -> Said {
        Said::Text(Text { text, terms: 1, depth: 0, is_single: true })
    }
}

fn said(filter: &Filter) -> Result<Said, String> {
    if let Some(term) = recognised::comparison(filter) {
        return Ok(term);
    }
    match filter {
        Filter::And(parts) => joined(parts, "and"),
        Filter::Or(parts) => joined(parts, "or"),
        Filter::Not(part) => said(part).map(not),
        Filter::Field(field, test) => fields::test(field, test),
    }
}

fn joined(parts: &[Filter], word: &str) -> Result<Said, String> {
    let (mut known, mut unsaid) = (Vec::new(), None);
    for part in parts {
        match said(part) {
            Ok(part) => known.push(part),
            Err(what) => unsaid = unsaid.or(Some(what)),
        }
    }
    let decides = |part: &Said| matches!((part, word), (Said::None, "and") | (Said::All, "or"));
    match unsaid {
        // Where another part decides, it does not matter what this one is.
        Some(what) if !known.iter().any(decides) => Err(what),
        Some(_) | None => Ok(join(known, word)),
    }
}

fn join(parts: Vec<Said>, word: &str) -> Said {
    let is_and = word == "and";
    let mut kept = Vec::new();
    for part in parts {
        match part {
            Said::All if is_and => {}
            Said::None if !is_and => {}
            Said::All => return Said::All,
            Said::None => return Said::None,
            Said::Text(text) => kept.push(text),
        }
    }
    match kept.len() {
        0 if is_and => Said::All,
        0 => Said::None,
        1 => Said::Text(kept.remove(0)),
        _ => {
            let kept: Vec<Text> = kept.into_iter().map(Text::single).collect();
            let texts: Vec<&str> = kept.iter().map(|part| part.text.as_str()).collect();
            Said::Text(Text {
                text: texts.join(&format!(" {word} ")),
                terms: kept.iter().map(|part| part.terms).sum(),
                depth: kept.iter().map(|part| part.depth).max().unwrap_or_default(),
                is_single: false,
            })
        }
    }
}

fn not(part: Said) -> Said {
    match part {
        Said::All => Said::None,
        Said::None => Said::All,
        Said::Text(text) => Said::Text(text.enclosed("not ")),
    }
}

/// Any of these comparisons.
fn any(terms: Vec<String>) -> Said {
    join(terms.into_iter().map(Said::term).collect(), "or")
}

fn of_words(words: &[&str]) -> Said {
    any(words.iter().map(|word| format!("state eq \"{word}\"")).collect())
}
