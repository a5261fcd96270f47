//! The route tables, what the program prints of them as text and as data, and the pages: three ways to say the same.

use std::process::Command;

use countermand_dialects::{ALL, Dialect, Operation};
use serde_json::Value;

use super::{code, data, items, page, text};
use crate::server::program;

/// What the program prints for people, cut into dialects: each begins at the margin.
fn printed() -> Vec<String> {
    let output = Command::new(program()).arg("dialects").output().expect("the program starts");
    let all = String::from_utf8(output.stdout).unwrap();
    all.split("\n\n").map(str::to_owned).collect()
}

/// The words that every way of telling an operation must hold.
fn said(operation: &Operation) -> Vec<String> {
    let selector = operation.selector.map_or_else(String::new, |(name, value)| format!("?{name}={value}"));
    vec![
        operation.name.to_owned(),
        format!("{}{selector}", operation.path),
        operation.access.name().to_owned(),
        operation.evidence.name().to_owned(),
        operation.meaning.to_owned(),
    ]
}

fn as_data(operation: &Value) -> Vec<String> {
    let selector = match &operation["selector"] {
        Value::Null => String::new(),
        selector => format!("?{}={}", text(&selector["parameter"]), text(&selector["value"])),
    };
    vec![
        text(&operation["name"]).to_owned(),
        format!("{}{selector}", text(&operation["path"])),
        text(&operation["access"]).to_owned(),
        text(&operation["evidence"]).to_owned(),
        text(&operation["meaning"]).to_owned(),
    ]
}

fn check(dialect: &'static Dialect, data: &Value, printed: &str) {
    let page = page(dialect, data);
    let operations = (dialect.operations)();
    let said: Vec<_> = operations.iter().map(|operation| said(operation)).collect();
    assert_eq!(said, items(&data["operations"]).map(as_data).collect::<Vec<_>>(), "{}", dialect.name);
    for (operation, said) in operations.iter().zip(&said) {
        let line = |text: &str| said.iter().all(|word| text.contains(word.as_str()));
        let methods: Vec<_> = operation.methods.iter().map(http::Method::as_str).collect();
        let told = printed.lines().any(|text| line(text) && text.contains(&methods.join(",")));
        assert!(told, "{}: the program's text does not tell {said:?}", dialect.name);
        let shown = page.lines().any(|text| line(text) && text.contains(&methods.join(", ")));
        assert!(shown, "{}: the page does not tell {said:?}", dialect.name);
    }
    for switch in dialect.switches {
        assert!(printed.contains(&format!("{} = {}", switch.name, switch.default)), "{}", switch.name);
        assert!(
            page.contains(&format!("| {} | {} |", code(switch.name), code(switch.default))),
            "{}",
            switch.name
        );
    }
    assert!(
        dialect.paths.iter().all(|path| printed.contains(path) && page.contains(path)),
        "{}",
        dialect.name
    );
}

#[test]
fn the_route_tables_the_program_and_the_pages_agree() {
    let (data, printed) = (data(), printed());
    let names: Vec<_> = data.iter().map(|entry| text(&entry["name"])).collect();
    assert_eq!(names, ALL.iter().map(|dialect| dialect.name).collect::<Vec<_>>());
    assert_eq!(printed.len(), ALL.len(), "the program's text has a part for each dialect");
    for ((dialect, data), printed) in ALL.iter().zip(&data).zip(&printed) {
        check(dialect, data, printed);
    }
}
