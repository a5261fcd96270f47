//! `countermand dialects`: the table of what is spoken, from the same rows that mounting reads. Knows no dialect.

use std::io::Write;

use countermand_dialects::{ALL, Dialect, Operation, Switch};
use countermand_model::State;
use serde_json::{Value, json};

use crate::exit::Failure;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countermand dialects
  countermand dialects --json | jq '.[] | {name, paths}'

Evidence: documented (the vendor says so), observed (a real server or client shows it), inferred (our own choice).")]
pub(super) struct Arguments {
    /// The same as JSON.
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        if self.json {
            let all: Vec<_> = ALL.iter().map(|dialect| data(dialect)).collect();
            writeln!(out, "{:#}", Value::from(all))?;
        } else {
            for (index, dialect) in ALL.iter().enumerate() {
                if index > 0 {
                    writeln!(out)?;
                }
                write!(out, "{}", page(dialect))?;
            }
        }
        Ok(())
    }
}

fn data(dialect: &Dialect) -> Value {
    json!({
        "name": dialect.name,
        "title": dialect.title,
        "versions": dialect.versions,
        "paths": dialect.paths,
        "ids": dialect.ids.form,
        "schemes": dialect.schemes.iter().map(|scheme| scheme.name()).collect::<Vec<_>>(),
        "session": dialect.session.map(|cookie| cookie.name),
        "operations": (dialect.operations)().iter().map(|operation| json!({
            "name": operation.name,
            "methods": methods(operation),
            "path": operation.path,
            "selector": operation.selector.map(|(name, value)| json!({ "parameter": name, "value": value })),
            "access": operation.access.name(),
            "body": operation.body.name(),
            "safety": operation.safety.name(),
            "evidence": operation.evidence.name(),
            "meaning": operation.meaning,
        })).collect::<Vec<_>>(),
        "states": states(dialect),
        "attributes": dialect.attributes,
        "options": dialect.switches.iter().map(|switch| json!({
            "name": switch.name,
            "default": switch.default,
            "takes": switch.kind.to_string(),
            "evidence": switch.evidence.name(),
            "meaning": switch.meaning,
        })).collect::<Vec<_>>(),
        "quirks": dialect.quirks.iter().map(|quirk| json!({
            "what": quirk.what,
            "evidence": quirk.evidence.name(),
            "fixture": quirk.fixture,
        })).collect::<Vec<_>>(),
        "sources": dialect.sources,
    })
}

/// The words for the states, both ways: how each state is written, and what the words stand for that none is written as.
fn states(dialect: &Dialect) -> Value {
    let states = &dialect.states;
    let written = State::ALL.map(|state| {
        json!({
            "state": state.name(),
            "words": (states.words)(state),
            "alike": states.alike(state).into_iter().map(State::name).collect::<Vec<_>>(),
            "loss": states.losses.iter().find(|(lost, _)| *lost == state).map(|(_, why)| why),
        })
    });
    let others = (states.others)()
        .into_iter()
        .map(|other| json!({ "member": other.member, "word": other.word, "state": other.state.name(), "when": other.when }));
    let asked = (states.asked)().into_iter().map(|asked| {
        let states: Vec<_> = asked.states.into_iter().map(State::name).collect();
        json!({ "place": asked.place, "word": asked.word, "states": states })
    });
    json!({
        "members": states.members,
        "written": written,
        "others": others.collect::<Vec<_>>(),
        "asked": asked.collect::<Vec<_>>(),
    })
}

fn page(dialect: &Dialect) -> String {
    let mut page = format!("{}: {}\n", dialect.name, dialect.title);
    page += &format!("  versions    {}\n", dialect.versions.join(", "));
    page += &format!("  paths       {}\n", dialect.paths.join(", "));
    page += &format!("  ids         {}\n", dialect.ids.form);
    page += &format!("  logins      {}\n", logins(dialect));
    page += "  operations\n";
    let operations = (dialect.operations)();
    page += &table(&operations.iter().map(|operation| row(operation)).collect::<Vec<_>>());
    if !dialect.switches.is_empty() {
        page += "  options\n";
        page += &table(&dialect.switches.iter().map(option).collect::<Vec<_>>());
    }
    page
}

/// How callers say who they are: `Basic, Bearer`, or `Basic, then the cookie JSESSIONID`.
fn logins(dialect: &Dialect) -> String {
    let schemes = dialect.schemes.iter().map(|scheme| scheme.name()).collect::<Vec<_>>().join(", ");
    dialect.session.map_or(schemes.clone(), |cookie| format!("{schemes}, then the cookie {}", cookie.name))
}

fn row(operation: &Operation) -> Vec<String> {
    let selector = operation.selector.map_or_else(String::new, |(name, value)| format!("?{name}={value}"));
    vec![
        operation.name.to_owned(),
        methods(operation).join(","),
        format!("{}{selector}", operation.path),
        operation.access.name().to_owned(),
        operation.evidence.name().to_owned(),
        operation.meaning.to_owned(),
    ]
}

fn option(switch: &Switch) -> Vec<String> {
    vec![
        format!("{} = {}", switch.name, switch.default),
        switch.kind.to_string(),
        switch.evidence.name().to_owned(),
        switch.meaning.to_owned(),
    ]
}

fn methods(operation: &Operation) -> Vec<&str> {
    operation.methods.iter().map(http::Method::as_str).collect()
}

/// Rows in columns as wide as their widest cell; the last one is as long as it is.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<_> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}", width = *width)).collect();
        format!("    {}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}
