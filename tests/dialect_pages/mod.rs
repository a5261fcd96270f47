//! `docs/dialects/<dialect>.md`, a page per dialect: what `countermand dialects --json` says, the faults as the codec
//! encodes them, and what the fixtures prove. `UPDATE_EXPECT=1` writes the pages; otherwise they must be what is there.

mod agree;

mod faults;

mod proofs;

use std::process::Command;

use countermand_dialects::Dialect;
use serde_json::Value;

use crate::pages::{hold, table};
use crate::server::program;

/// What the program says of every dialect.
fn data() -> Vec<Value> {
    let output = Command::new(program()).args(["dialects", "--json"]).output().expect("the program starts");
    serde_json::from_slice(&output.stdout).expect("--json is JSON")
}

/// The page of a dialect, from its entry in the program's data.
fn page(dialect: &'static Dialect, data: &Value) -> String {
    let list = |key: &str, item: &dyn Fn(&str) -> String| {
        let items: Vec<_> = items(&data[key]).map(|value| item(text(value))).collect();
        items.join(", ")
    };
    format!(
        "# {name}\n\n{title}.\n\n\
         This page is written by `UPDATE_EXPECT=1 cargo test -p countermand-tests dialect_pages` from the dialect's tables, its codec \
         and its fixtures; a test holds it to them. *documented*: the vendor says so; *observed*: a real server or client shows it; \
         *inferred*: our own choice.\n\n\
         | | |\n|---|---|\n| versions | {versions} |\n| paths | {paths} |\n| ids | {ids} |\n\
         | logins | {logins} |\n\n\
         ## Operations\n\n{operations}\n\
         ## States\n\n{states}\n\
         ## Attributes\n\nWhat a job's `attributes` may hold under `{name}`, in the control API.\n\n{attributes}\n\n\
         ## Errors\n\n{errors}\n\
         ## Switches\n\n{switches}\n\
         ## Quirks\n\nWhat clients rely on, odd as it is; the fixture pins it.\n\n{quirks}\n\
         ## Fixtures\n\n{fixtures}\n\
         ## Pitfalls\n\n{pitfalls}\n\
         ## Sources\n\n{sources}",
        name = dialect.name,
        title = text(&data["title"]),
        versions = list("versions", &str::to_owned),
        paths = list("paths", &code),
        ids = text(&data["ids"]),
        logins = logins(data),
        operations = operations(data),
        states = states(&data["states"]),
        attributes = text(&data["attributes"]),
        errors = faults::section(dialect),
        switches = switches(data),
        quirks = quirks(data),
        fixtures = proofs::fixtures(dialect.name),
        pitfalls = proofs::pitfalls(dialect.name),
        sources = items(&data["sources"]).map(|source| format!("- {}\n", text(source))).collect::<String>(),
    )
}

/// The schemes of `Authorization`, and the cookie that keeps a login.
fn logins(data: &Value) -> String {
    let schemes: Vec<_> = items(&data["schemes"]).map(text).collect();
    let cookie = data["session"].as_str().map(|name| format!(", then the cookie {}", code(name)));
    format!("{}{}", schemes.join(", "), cookie.unwrap_or_default())
}

fn operations(data: &Value) -> String {
    let row = |operation: &Value| {
        let selector = &operation["selector"];
        let query = match selector {
            Value::Null => String::new(),
            _ => format!("?{}={}", text(&selector["parameter"]), text(&selector["value"])),
        };
        let methods: Vec<_> = items(&operation["methods"]).map(text).collect();
        vec![
            code(text(&operation["name"])),
            methods.join(", "),
            code(&format!("{}{query}", text(&operation["path"]))),
            text(&operation["access"]).to_owned(),
            text(&operation["body"]).to_owned(),
            text(&operation["safety"]).to_owned(),
            text(&operation["meaning"]).to_owned(),
            evidence(operation),
        ]
    };
    let head =
        ["operation", "methods", "path below the base", "access", "body", "safety", "meaning", "evidence"];
    table(&head, items(&data["operations"]).map(row))
}

fn states(states: &Value) -> String {
    let members: Vec<_> = items(&states["members"]).map(text).collect();
    let written = table(
        &[&["state"][..], &members, &["lossy"]].concat(),
        items(&states["written"]).map(|row| {
            let mut cells = vec![text(&row["state"]).to_owned()];
            cells.extend(items(&row["words"]).map(|word| word.as_str().map_or_else(|| "–".to_owned(), code)));
            let alike: Vec<_> = items(&row["alike"]).map(text).collect();
            let alike = match alike.len() {
                0 => String::new(),
                1..5 => format!("as {}", alike.join(", ")),
                many => format!("as {many} others"),
            };
            let why = row["loss"].as_str().map_or_else(String::new, |why| format!("; {why}"));
            cells.push(format!("{alike}{why}").trim_start_matches("; ").to_owned());
            cells
        }),
    );
    let read = table(
        &["member", "word", "states"],
        members.iter().enumerate().flat_map(|(place, member)| words(states, place, member)),
    );
    let asked = table(
        &["place", "word", "states"],
        items(&states["asked"]).map(|asked| {
            let states: Vec<_> = items(&asked["states"]).map(text).collect();
            let states =
                if states.is_empty() { "none: a sign of life".to_owned() } else { states.join(", ") };
            vec![text(&asked["place"]).to_owned(), code(text(&asked["word"])), states]
        }),
    );
    let requests = match items(&states["asked"]).next() {
        Some(_) => format!("\nWhat words in requests mean.\n\n{asked}"),
        None => String::new(),
    };
    format!("How each state is written.\n\n{written}\nWhat each word says.\n\n{read}{requests}")
}

/// The words of one member, each with the states that are written so, and then those that stand for a state besides.
fn words(states: &Value, place: usize, member: &str) -> Vec<Vec<String>> {
    let mut words: Vec<(&str, Vec<&str>)> = Vec::new();
    for row in items(&states["written"]) {
        let Some(word) = row["words"][place].as_str() else { continue };
        match words.iter_mut().find(|(known, _)| *known == word) {
            Some((_, states)) => states.push(text(&row["state"])),
            None => words.push((word, vec![text(&row["state"])])),
        }
    }
    let row = |word: &str, states: String| vec![code(member), code(word), states];
    let mut rows: Vec<_> = words.into_iter().map(|(word, states)| row(word, states.join(", "))).collect();
    for other in items(&states["others"]).filter(|other| text(&other["member"]) == member) {
        rows.push(row(
            text(&other["word"]),
            format!("{}, where {}", text(&other["state"]), text(&other["when"])),
        ));
    }
    rows
}

fn switches(data: &Value) -> String {
    let row = |switch: &Value| {
        vec![
            code(text(&switch["name"])),
            code(text(&switch["default"])),
            text(&switch["takes"]).to_owned(),
            text(&switch["meaning"]).to_owned(),
            evidence(switch),
        ]
    };
    let head = ["switch", "default", "takes", "meaning", "evidence of the default"];
    match items(&data["options"]).next() {
        Some(_) => table(&head, items(&data["options"]).map(row)),
        None => "None.\n".to_owned(),
    }
}

fn quirks(data: &Value) -> String {
    let row = |quirk: &Value| {
        let fixture = text(&quirk["fixture"]);
        vec![text(&quirk["what"]).to_owned(), evidence(quirk), proofs::link(&format!("fixtures/{fixture}"))]
    };
    table(&["quirk", "evidence", "fixture"], items(&data["quirks"]).map(row))
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().expect("an array").iter()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

fn evidence(row: &Value) -> String {
    format!("*{}*", text(&row["evidence"]))
}

fn code(text: &str) -> String {
    if text.is_empty() { "–".to_owned() } else { format!("`{text}`") }
}

#[test]
fn every_dialect_has_a_page_that_says_what_its_tables_say() {
    let data = data();
    for dialect in countermand_dialects::ALL {
        let entry = data.iter().find(|entry| entry["name"] == dialect.name).expect("the program knows it");
        hold(&format!("docs/dialects/{}.md", dialect.name), &page(dialect, entry));
    }
    let pages = crate::tidy::files("docs/dialects", ".md").len();
    assert_eq!(pages, countermand_dialects::ALL.len(), "a page for each dialect, and no other");
}
