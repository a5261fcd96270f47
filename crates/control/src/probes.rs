//! What needs no token: whether the process lives and is ready, its figures, and the description of this API.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{Response, StatusCode};

use crate::asked::Asked;
use crate::routes::{ROUTES, Route};
use crate::{ControlBody, Problem, body};

/// The description of this API, OpenAPI 3.1. Written by hand; a test holds it against the route table and the wire.
pub(crate) const OPENAPI: &str = include_str!("openapi.json");

/// `GET /livez`: the process answers.
pub(crate) async fn live(_: Asked) -> Result<Response<ControlBody>, Problem> {
    Ok(body::answer(StatusCode::OK, "text/plain; charset=utf-8", "ok\n"))
}

/// `GET /readyz`: the ledger reads and writes, and the process is not about to end.
pub(crate) async fn ready(asked: Asked) -> Result<Response<ControlBody>, Problem> {
    if *asked.draining().borrow() {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Shutting down."));
    }
    asked.store().ready().await?;
    Ok(body::answer(StatusCode::OK, "text/plain; charset=utf-8", "ok\n"))
}

/// `GET /v1/openapi.json`.
pub(crate) async fn openapi(_: Asked) -> Result<Response<ControlBody>, Problem> {
    Ok(body::answer(StatusCode::OK, "application/json", OPENAPI))
}

/// `GET /metrics`: Prometheus' text format 0.0.4, of the whole process.
pub(crate) async fn metrics(asked: Asked) -> Result<Response<ControlBody>, Problem> {
    let mut text = (asked.shared.metrics)();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    let figures = asked.store().figures();
    for (name, kind, help, value) in [
        ("commands_total", "counter", "Changing commands committed.", figures.commands),
        ("commits_total", "counter", "Commits, each of one or more writes.", figures.commits),
        ("waiting", "gauge", "Writes that wait for the writer.", figures.waiting),
    ] {
        family(&mut text, &format!("countermand_ledger_{name}"), kind, help);
        line(&mut text, format_args!("countermand_ledger_{name} {value}"));
    }
    asked.shared.tally.write(&mut text);
    Ok(body::answer(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", text))
}

/// How many requests each route answered, by the first digit of the status.
#[derive(Default)]
pub(crate) struct Tally {
    routes: [[AtomicU64; 5]; ROUTES.len()],
    /// What was refused before a route was known to be meant.
    none: [AtomicU64; 5],
}

impl Tally {
    pub(crate) fn count(&self, route: Option<&'static Route>, status: StatusCode) {
        let at = route.and_then(|route| ROUTES.iter().position(|row| std::ptr::eq(row, route)));
        let counters = at.map_or(&self.none, |at| &self.routes[at]);
        counters[class(status)].fetch_add(1, Ordering::Relaxed);
    }

    fn write(&self, text: &mut String) {
        let name = "countermand_control_requests_total";
        family(text, name, "counter", "Requests to the control API, by route and class of status.");
        let known =
            ROUTES.iter().zip(&self.routes).map(|(route, row)| (route.method.as_str(), route.path, row));
        for (method, path, counters) in known.chain([("", "", &self.none)]) {
            for (class, counter) in counters.iter().enumerate() {
                let count = counter.load(Ordering::Relaxed);
                if count > 0 {
                    let labels = format!("method=\"{method}\",route=\"{path}\",status=\"{}xx\"", class + 1);
                    line(text, format_args!("{name}{{{labels}}} {count}"));
                }
            }
        }
    }
}

fn class(status: StatusCode) -> usize {
    usize::from(status.as_u16() / 100).clamp(1, 5) - 1
}

fn family(text: &mut String, name: &str, kind: &str, help: &str) {
    line(text, format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    writeln!(text, "{what}").expect("writing to a String does not fail");
}
