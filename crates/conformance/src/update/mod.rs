//! Rewrites what a fixture expects to what was seen. The head stays byte for byte; of an answer only what differed
//! changes; placeholders are put back, and masked values stay as they were written.

mod xml;

use crate::compare::json::Json;
use crate::compare::{self, Rules, Seen, is_json, is_xml};
use crate::fill::Base;
use crate::fixture::{Fixture, Message, parse};
use crate::place::Path;
use crate::report::body_diff;
use crate::run::{Outcome, Verdict};

/// The text of a case's file as it would have to be for the case to pass; `None` where nothing is to be changed. What
/// `then` says is in the head, and the head is its author's.
///
/// # Errors
/// A sentence where the file is not the one that was played, or where no fixture can say what was answered: a file that
/// could not be read again would be worse than one that falls short.
pub fn rewritten(file: &str, verdict: &Verdict) -> Result<Option<String>, String> {
    let Outcome::Failed(differences) = &verdict.result else { return Ok(None) };
    let fixture = &verdict.fixture;
    let is_it = |read: &Fixture| {
        let messages = |of: &Fixture| -> Vec<Message> {
            of.exchanges.iter().flat_map(|one| [one.request.clone(), one.response.clone()]).collect()
        };
        messages(read) == messages(fixture)
    };
    if !parse(&fixture.path, file).is_ok_and(|read| is_it(&read)) {
        return Err("the file was changed while it was played; play it again".to_owned());
    }
    let mut text = file.to_owned();
    // From the last to the first, so that places before a change stay where they are.
    for (index, exchange) in fixture.exchanges.iter().enumerate().rev() {
        let is_other = differences.iter().any(|difference| difference.answer == index + 1);
        let Some(seen) = verdict.answers.get(index).filter(|_| is_other) else { continue };
        let rules = Rules::of(fixture, verdict.own_clock);
        let answer = answer(&exchange.response, seen, &verdict.base, &rules, fixture.head.exact);
        text.replace_range(exchange.response.span.clone(), &answer);
    }
    if text == file {
        return Ok(None);
    }
    match parse(&fixture.path, &text) {
        Ok(read) if says(&read, verdict) => Ok(Some(text)),
        Ok(_) | Err(_) => {
            Err("what was answered cannot be written as a fixture; the file stays as it is".to_owned())
        }
    }
}

/// Whether a case expects just what was answered.
fn says(read: &Fixture, verdict: &Verdict) -> bool {
    let rules = Rules::of(read, verdict.own_clock);
    let mut pairs = read.exchanges.iter().zip(&verdict.answers);
    read.exchanges.len() == verdict.fixture.exchanges.len()
        && pairs.all(|(exchange, seen)| {
            compare::answers(&exchange.response, seen, &verdict.base, &rules, 1).is_empty()
        })
}

fn answer(expected: &Message, seen: &Seen, base: &Base, rules: &Rules, exact: bool) -> String {
    let start =
        if expected.status() == seen.status { expected.start.clone() } else { status_line(seen.status) };
    let mut text = start;
    for (index, (name, value)) in expected.headers.iter().enumerate() {
        let is_name = |(other, _): &&(String, String)| other.eq_ignore_ascii_case(name);
        let wanted = expected.headers.iter().filter(is_name).map(|(_, value)| base.filled(value));
        let is_masked = rules.masks.iter().any(|mask| mask.covers_header(name));
        if is_masked || wanted.eq(seen.values(name).map(str::to_owned)) {
            text.push_str(&format!("\n{name}: {value}"));
        } else if !expected.headers[..index].iter().any(|header| is_name(&header)) {
            // Written with all its values where it first stood.
            text.extend(seen.values(name).map(|value| format!("\n{name}: {}", base.emptied(value))));
        }
    }
    let body = if body_diff(expected, seen, base, exact).is_empty() {
        expected.body.clone()
    } else {
        body(expected, seen, base, rules, exact)
    };
    if body.is_empty() { text } else { format!("{text}\n\n{body}") }
}

fn body(expected: &Message, seen: &Seen, base: &Base, rules: &Rules, exact: bool) -> String {
    let media = seen.media_type();
    let on_lines = expected.body.contains('\n') || expected.body.is_empty();
    let came = base.emptied(seen.body.strip_suffix('\n').unwrap_or(&seen.body));
    if exact {
        // A fixture cannot say that the last byte is a newline; one more keeps it.
        return base.emptied(&seen.body);
    }
    if is_json(&media) {
        let Ok(seen) = Json::read(&came) else { return came };
        let kept = Json::read(&expected.body)
            .map_or(seen.clone(), |old| keep_masked(&Path::root(), &old, seen, rules));
        return if on_lines { kept.pretty() } else { kept.to_string() };
    }
    if is_xml(&media) {
        return xml::rewritten(&expected.body, &came, rules, on_lines);
    }
    came
}

/// A document with the masked values of an older one.
fn keep_masked(path: &Path, old: &Json, new: Json, rules: &Rules) -> Json {
    if rules.masks.iter().any(|mask| mask.covers(path)) {
        return old.clone();
    }
    match (old, new) {
        (Json::Object(old), Json::Object(new)) => Json::Object(
            new.into_iter()
                .map(|(name, value)| match old.iter().find(|(other, _)| *other == name) {
                    Some((_, old)) => {
                        let value = keep_masked(&path.then(&name), old, value, rules);
                        (name, value)
                    }
                    None => (name, value),
                })
                .collect(),
        ),
        (Json::Array(old), Json::Array(new)) => Json::Array(
            new.into_iter()
                .enumerate()
                .map(|(index, value)| match old.get(index) {
                    Some(old) => keep_masked(&path.then(index.to_string()), old, value, rules),
                    None => value,
                })
                .collect(),
        ),
        (_, new) => new,
    }
}

fn status_line(status: u16) -> String {
    let reason = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    format!("HTTP/1.1 {status} {}", reason.unwrap_or("Unknown"))
}

#[cfg(test)]
mod tests;
