//! One exchange as a fixture has it: cleaned, and such that the fixtures' own reader reads it again.

use std::collections::BTreeSet;

use countermand_dialects::{Access, Dialect};
use http::StatusCode;

use super::clean::Cleaner;
use super::place::Place;
use super::session::{Answered, Asked, LONGEST_BODY};
use crate::fixture;

/// An exchange, cleaned.
pub(super) struct Take {
    /// The vendor's name of the operation.
    pub(super) operation: &'static str,
    /// Whether it may change something.
    pub(super) changes: bool,
    /// As the file has it.
    pub(super) request: String,
    pub(super) status: u16,
    /// As the file has it.
    pub(super) answer: String,
}

impl Take {
    /// The exchange, and the places of its answer that hold something else each time.
    ///
    /// # Errors
    /// Why no fixture can hold it.
    pub(super) fn of(
        place: &Place,
        has_login: bool,
        asked: &Asked,
        answered: &Answered,
        mut cleaner: Cleaner<'_>,
    ) -> Result<(Take, BTreeSet<String>), String> {
        let operation = place.echo.operation.ok_or("no operation of the dialect was asked for")?;
        let bodies = asked.body.as_ref().zip(answered.body.as_ref());
        let (sent, came) = bodies.ok_or_else(|| format!("a body is longer than {LONGEST_BODY} bytes"))?;
        let path = asked.uri.path().strip_prefix(&place.prefix).unwrap_or(asked.uri.path());
        let path = cleaner.path(path);
        let query = asked.uri.query().map_or_else(String::new, |query| format!("?{}", cleaner.query(query)));
        let start = format!("{} {path}{query} HTTP/1.1", asked.method);
        let body = cleaner.body(&asked.headers, sent)?;
        let request = message(&start, &cleaner.request_headers(&asked.headers, has_login), &body);
        cleaner.masks = Some(BTreeSet::new());
        let body = cleaner.body(&answered.headers, came)?;
        let start = status_line(answered.status);
        let answer = message(&start, &cleaner.known_headers(&answered.headers), &body);
        let masks = cleaner.masks.take().unwrap_or_default();
        let take = Take {
            operation: operation.name,
            changes: operation.access == Access::Write,
            request,
            status: answered.status.as_u16(),
            answer,
        };
        readable(place.dialect, &take)?;
        Ok((take, masks))
    }
}

/// Whether a fixture can hold an exchange, by the fixtures' own reader: a carriage return, a line `---` or a brace that
/// looks like a placeholder cannot stand there.
fn readable(dialect: &Dialect, take: &Take) -> Result<(), String> {
    let head = format!(
        "+++\ntitle = \"-\"\nevidence = \"observed\"\nsource = \"-\"\ndialect = {:?}\n+++",
        dialect.name
    );
    let text = format!("{head}\n{}\n---\n{}\n", take.request, take.answer);
    let what = match fixture::parse("recorded.http".as_ref(), &text) {
        Ok(read) if read.exchanges.len() == 1 => return Ok(()),
        Ok(_) => "a line of it is ---",
        // Without what the mistakes quote: reasons are counted, and told in the log.
        Err(_) => "its text has what fixtures give a meaning to",
    };
    Err(format!("no fixture can hold it: {what}"))
}

/// A message as a fixture writes it.
fn message(start: &str, headers: &[(String, String)], body: &str) -> String {
    let mut text = start.to_owned();
    headers.iter().for_each(|(name, value)| text.push_str(&format!("\n{name}: {value}")));
    text.push('\n');
    if body.is_empty() { text } else { format!("{text}\n{body}") }
}

/// The status line of an answer.
fn status_line(status: StatusCode) -> String {
    format!("HTTP/1.1 {} {}", status.as_u16(), status.canonical_reason().unwrap_or("Unknown"))
}
