//! The description of this API against the API.

use std::collections::BTreeSet;

use countermand_ledger::{AuditRow, AuditTarget};
use countermand_model::{FaultKind, State};
use serde_json::Value;

use super::documents::full_job;
use crate::auth::Access;
use crate::probes::OPENAPI;
use crate::read::describe::READ_ONLY;
use crate::routes::ROUTES;
use crate::wire::AuditRowWire;
use crate::{describe, render};

fn document() -> Value {
    serde_json::from_str(OPENAPI).unwrap()
}

fn names(object: &Value) -> BTreeSet<String> {
    object.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let document = document();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in names(item).iter().filter(|name| *name != "parameters") {
            let open = item[method]["security"].as_array().is_some_and(Vec::is_empty);
            let operation = item[method]["operationId"].as_str().unwrap().to_owned();
            described.insert((method.to_uppercase(), path.clone(), operation, open));
        }
    }
    let routed = ROUTES.iter().map(|route| {
        let (path, operation) = (route.path.to_owned(), route.operation.to_owned());
        (route.method.to_string(), path, operation, route.access == Access::Open)
    });
    assert_eq!(described, routed.collect());
}

#[test]
fn every_member_of_a_job_is_written_read_and_described() {
    let job: Value = serde_json::from_slice(&render(&full_job(), &[])).unwrap();
    let described = &document()["components"]["schemas"]["Job"]["properties"];
    assert_eq!(names(&job), names(described));
    for name in names(&job) {
        // A value that no member takes: the complaint is about the value, or there is none.
        let refused = describe(format!("{{\"{name}\": [[]]}}").as_bytes()).err();
        let unknown = refused.is_some_and(|problem| problem.detail().starts_with("there is no member"));
        assert!(!unknown, "{name} is written and not read");
        assert_eq!(described[&name]["readOnly"] == true, READ_ONLY.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn every_member_of_the_audit_is_described() {
    let target =
        AuditTarget { written: "15".to_owned(), number: None, effect: None, before: None, after: None };
    let row = AuditRow {
        seq: 1,
        at: 0,
        namespace: "default".to_owned(),
        command: "cancel".to_owned(),
        by: String::new(),
        client: String::new(),
        dialect: "control".to_owned(),
        request_id: String::new(),
        targets: vec![target],
        elsewhere: None,
    };
    let written = serde_json::to_value(AuditRowWire::of(&row)).unwrap();
    let described = &document()["components"]["schemas"]["AuditEntry"]["properties"];
    assert_eq!(names(&written), names(described));
    assert_eq!(names(&written["targets"][0]), names(&described["targets"]["items"]["properties"]));
}

#[test]
fn states_are_the_models() {
    let described = document()["components"]["schemas"]["State"]["enum"].clone();
    let known: Vec<_> = State::ALL.into_iter().map(State::name).collect();
    assert_eq!(described, serde_json::json!(known));
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(root: &Value, value: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(place)) = members.get("$ref") {
                    assert!(root.pointer(place.trim_start_matches('#')).is_some(), "{place}");
                }
                members.values().for_each(|member| check(root, member));
            }
            Value::Array(items) => items.iter().for_each(|item| check(root, item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    check(&document(), &document());
}

#[test]
fn every_problem_is_of_a_described_type() {
    let kinds = document()["components"]["schemas"]["Problem"]["properties"]["type"]["enum"].clone();
    let faults =
        FaultKind::ALL.into_iter().map(|kind| crate::Problem::from(countermand_model::Fault::new(kind, "")));
    let others = [
        crate::Problem::conflict(Some(State::Cancelled), ""),
        crate::Problem::invalid(String::new(), ""),
        crate::Problem::stale(Some(3)),
        crate::Problem::gone(5),
        crate::Problem::ahead(1),
    ];
    for problem in faults.chain(others) {
        let written = serde_json::to_value(problem.wire()).unwrap();
        assert!(kinds.as_array().unwrap().contains(&written["type"]), "{written}");
        assert!(
            names(&written).is_subset(&names(&document()["components"]["schemas"]["Problem"]["properties"]))
        );
    }
}
