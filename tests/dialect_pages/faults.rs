//! The errors of a dialect: every kind of fault, encoded by the codec for every operation under every base. Operations
//! that answer alike share a column.

use std::collections::BTreeMap;

use bytes::Bytes;
use countermand_dialects::{Dialect, Operation};
use countermand_model::{Fault, FaultKind};
use http::Response;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use serde_json::Value;

use crate::pages::table;
use crate::probe;

const JSON: &str = "application/json";
const XML: &str = "application/xml";

/// A way to ask for an operation: under one base, in one version.
struct Call {
    operation: &'static Operation,
    /// The base, with the version where that is part of the path.
    base: String,
    target: String,
}

/// Calls that are refused alike.
struct Column {
    calls: Vec<Call>,
    cells: Vec<String>,
}

/// The section of a dialect's page.
pub(super) fn section(dialect: &'static Dialect) -> String {
    let columns = columns(dialect);
    let labels = labels(&columns);
    let mut head = vec!["fault"];
    head.extend(labels.iter().map(String::as_str));
    let rows = FaultKind::ALL.into_iter().enumerate().map(|(place, kind)| {
        let cells = columns.iter().map(|column| column.cells[place].clone());
        std::iter::once(kind.name().to_owned()).chain(cells).collect()
    });
    let mut section = format!(
        "The status and the code of every kind of fault, as the codec writes them.\n\n{}",
        table(&head, rows)
    );
    section += &headers(dialect, &columns);
    let call = &columns[0].calls[0];
    section += &format!("\nThe answer where there is no such job, to `{}`:\n", call.operation.name);
    let json = encoded(dialect, call, FaultKind::NotFound, JSON);
    let xml = encoded(dialect, call, FaultKind::NotFound, XML);
    for (response, fence) in [(&json, "json"), (&xml, "xml")] {
        if media(response).contains(fence) {
            let body = String::from_utf8_lossy(response.body());
            section += &format!("\n```{fence}\n{}\n```\n", body.trim_end());
        }
    }
    section
}

fn columns(dialect: &'static Dialect) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for call in calls(dialect) {
        let cells: Vec<_> =
            FaultKind::ALL.into_iter().map(|kind| cell(&encoded(dialect, &call, kind, JSON))).collect();
        match columns.iter_mut().find(|column| column.cells == cells) {
            Some(column) => column.calls.push(call),
            None => columns.push(Column { calls: vec![call], cells }),
        }
    }
    columns
}

/// Every operation under every base that has it, in every version; fixed documents aside, which cannot fail.
fn calls(dialect: &'static Dialect) -> Vec<Call> {
    let mut calls = Vec::new();
    for operation in (dialect.operations)().into_iter().filter(|operation| operation.document.is_none()) {
        for base in dialect.paths {
            let versioned = operation.path.contains("{version}");
            let versions = if versioned { dialect.versions } else { &[""] };
            for version in versions {
                let path = filled(operation.path, version, &(dialect.ids.write)(15));
                let query =
                    operation.selector.map_or_else(String::new, |(name, value)| format!("?{name}={value}"));
                let target = format!("{base}{path}{query}");
                let (_, echo) = probe::open(dialect, &operation.methods[0], &target, JSON);
                // What is refused whoever asks and however has one answer, which its fixture shows.
                let is_served = echo.refusal.is_none();
                if is_served && echo.operation.is_some_and(|found| std::ptr::eq(found, operation)) {
                    let base = if versioned { format!("{base}/{version}") } else { (*base).to_owned() };
                    calls.push(Call { operation, base, target });
                }
            }
        }
    }
    assert!(!calls.is_empty(), "{}: no operation can be asked for", dialect.name);
    calls
}

/// A path with its variable segments filled in: versions with a version, anything else with an id.
fn filled(path: &str, version: &str, id: &str) -> String {
    let segments = path.split('/').map(|segment| match (segment, segment.starts_with('{')) {
        ("{version}", _) => version,
        (_, true) => id,
        (_, false) => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

fn encoded(dialect: &Dialect, call: &Call, kind: FaultKind, accept: &'static str) -> Response<Bytes> {
    let (codec, echo) = probe::open(dialect, &call.operation.methods[0], &call.target, accept);
    codec.encode_response(&echo, &Err(Fault::new(kind, "…")))
}

/// The status, the codes in the body, and the headers that an error brings along.
fn cell(response: &Response<Bytes>) -> String {
    let mut cell = response.status().as_u16().to_string();
    if let Ok(body) = serde_json::from_slice::<Value>(response.body()) {
        // One that only repeats the status says nothing.
        for code in codes(&body).into_iter().filter(|code| *code != response.status().as_str()) {
            cell += &format!(" `{code}`");
        }
    }
    for name in response.headers().keys() {
        if ![CONTENT_TYPE, CACHE_CONTROL].contains(name) {
            cell += &format!(" `{name}`");
        }
    }
    cell
}

/// The values of the headers that errors bring along, a line for each header. What `Allow` says is the table of
/// operations.
fn headers(dialect: &Dialect, columns: &[Column]) -> String {
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for call in columns.iter().flat_map(|column| &column.calls) {
        for kind in FaultKind::ALL {
            for (name, value) in encoded(dialect, call, kind, JSON).headers() {
                let value = format!("`{}`", String::from_utf8_lossy(value.as_bytes()));
                let values = lines.entry(name.to_string()).or_default();
                if ![CONTENT_TYPE, CACHE_CONTROL, ALLOW].contains(name) && !values.contains(&value) {
                    values.push(value);
                }
            }
        }
    }
    lines.retain(|_, values| !values.is_empty());
    let lines = lines.iter().map(|(name, values)| format!("- `{name}`: {}\n", values.join(", ")));
    let lines: String = lines.collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

/// The values of all members, however deep, whose name says that they tell errors apart: a code, or an id of the error.
fn codes(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let mut found = Vec::new();
            for (name, value) in members {
                match value {
                    Value::Object(_) | Value::Array(_) => found.extend(codes(value)),
                    _ if name == "id" || name.to_lowercase().ends_with("code") => {
                        found.push(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
                    }
                    _ => {}
                }
            }
            found
        }
        Value::Array(items) => items.iter().flat_map(codes).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

fn media(response: &Response<Bytes>) -> &str {
    response.headers().get(CONTENT_TYPE).map_or("", |value| value.to_str().unwrap_or_default())
}

/// What each column is about: its operations, its bases, or both, as far as that tells it from the others.
fn labels(columns: &[Column]) -> Vec<String> {
    let all_names = unique(columns.iter().flat_map(names));
    let all_bases = unique(columns.iter().flat_map(bases));
    let label = |column: &Column| {
        let (names, bases) = (names(column), bases(column));
        match (names.len() == all_names.len(), bases.len() == all_bases.len()) {
            (true, true) => "every operation".to_owned(),
            (true, false) => bases.join(", "),
            (false, true) => names.join(", "),
            (false, false) => format!("{} under {}", names.join(", "), bases.join(", ")),
        }
    };
    columns.iter().map(label).collect()
}

fn names(column: &Column) -> Vec<&str> {
    unique(column.calls.iter().map(|call| call.operation.name))
}

fn bases(column: &Column) -> Vec<&str> {
    unique(column.calls.iter().map(|call| call.base.as_str()))
}

fn unique<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<&'t str> {
    let mut unique = Vec::new();
    for text in texts {
        if !unique.contains(&text) {
            unique.push(text);
        }
    }
    unique
}
