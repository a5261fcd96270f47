//! A case as a Hurl file (<https://hurl.dev>): jobs are described through the control API, requests sent, answers taken
//! apart leaf by leaf, jobs looked at, and put away again. Variables: `base`, `base_escaped`, `host`, `control`, `token`, and the
//! whole `Authorization` headers `operator`, `reader` and `wrong`.

use std::fmt::Write;

use super::{Unfit, asserts, unfit};
use crate::compare::Rules;
use crate::fill::AUTHORIZATION;
use crate::fixture::{Exchange, Fixture, Message, User};
use crate::target::stage;

/// The case as a Hurl file.
///
/// # Errors
/// Why it cannot be one.
pub fn hurl(fixture: &Fixture) -> Result<String, Unfit> {
    if let Some(unfit) = unfit(fixture) {
        return Err(unfit);
    }
    let rules = Rules::of(fixture, true);
    let mut out = String::new();
    let head = &fixture.head;
    let _ = writeln!(out, "# {}\n# {}: {}", plain(&head.title), head.evidence.name(), plain(&head.source));
    for job in &head.given {
        // A job starts afresh when its state changes, so whatever has its number is put into another state first.
        let other = if job.member("state") == Some("\"succeeded\"") { "failed" } else { "succeeded" };
        put(&mut out, job.number, &stage::put_away(other));
        put(&mut out, job.number, &stage::whole(job, None));
    }
    for exchange in &fixture.exchanges {
        request(&mut out, &exchange.request, head.user);
        response(&mut out, exchange, &rules)?;
    }
    for (number, state) in &head.then {
        let _ = writeln!(out, "\nGET {{{{control}}}}/v1/jobs/{number}\nAuthorization: Bearer {{{{token}}}}");
        let _ = writeln!(out, "HTTP 200\n[Asserts]\njsonpath \"$.state\" == \"{state}\"");
    }
    for job in stage::children_first(&head.given) {
        for _ in 0..2 {
            put(&mut out, job.number, &stage::put_away("succeeded"));
        }
    }
    Ok(out)
}

fn put(out: &mut String, number: i64, description: &str) {
    let _ = writeln!(
        out,
        "\nPUT {{{{control}}}}/v1/jobs/{number}?replace=true\nAuthorization: Bearer {{{{token}}}}"
    );
    let _ = writeln!(out, "Content-Type: application/json\n{}", body(description));
    let _ = writeln!(out, "HTTP *\n[Asserts]\nstatus < 300");
}

fn request(out: &mut String, message: &Message, user: User) {
    let _ = writeln!(out, "\n{} {{{{base}}}}{}", message.method(), message.target().replace('#', "\\#"));
    for (name, value) in &message.headers {
        if name.eq_ignore_ascii_case("content-length") {
            continue;
        }
        if value != AUTHORIZATION {
            let _ = writeln!(out, "{name}: {}", value.replace('#', "\\#"));
        } else if user != User::None {
            let _ = writeln!(out, "{name}: {{{{{}}}}}", user.name());
        }
    }
    let _ = writeln!(out, "[Options]\npath-as-is: true");
    if !message.body.is_empty() {
        let _ = writeln!(out, "{}", body(&message.body));
    }
}

fn response(out: &mut String, exchange: &Exchange, rules: &Rules) -> Result<(), Unfit> {
    let expected = &exchange.response;
    let _ = writeln!(out, "HTTP {}\n[Asserts]", expected.status());
    asserts::headers(out, expected, rules);
    asserts::body(out, expected, rules)
}

/// A body that is sent as it is. Text between back quotes is one line; what has more, or back quotes, is base64.
fn body(text: &str) -> String {
    use base64::Engine;
    if text.contains(['`', '\n', '\\']) || text.contains("{{") || !text.is_ascii() {
        return format!("base64,{};", base64::prelude::BASE64_STANDARD.encode(text));
    }
    format!("`{text}`")
}

fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
