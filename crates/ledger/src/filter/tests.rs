//! How SQLite goes about lists: what operators and clients filter by is found by an index.

use countermand_model::{Caller, Field, Test, Value};
use rusqlite::Connection;

use super::*;
use crate::session::Namespace;

/// A ledger's tables, in which one job has an id of its own in one dialect.
fn session() -> Session {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(crate::schema::CREATE).unwrap();
    connection.execute_batch("INSERT INTO aliases VALUES (1, 'odag', 'x', 7, 1, 0)").unwrap();
    Session::new(connection)
}

/// The steps to a page of a list.
fn steps(dialect: &'static str, filter: &Filter, sort: &[Sort]) -> String {
    let session = session();
    let namespace = Namespace { id: 1, name: "default" };
    let sight = Sight { namespace, dialect, caller: &Caller::default() };
    let mut query = Query::of_jobs(&session, sight).unwrap();
    query.add(filter);
    query.sort(sort);
    query.cut(Page { first: 0, size: 100 });
    let sql = format!("EXPLAIN QUERY PLAN SELECT jobs.id FROM jobs WHERE {}", query.text);
    let steps = session.all(&sql, query.values.all(), |row| row.get::<_, String>(3)).unwrap();
    steps.join("; ")
}

fn is(field: Field) -> Filter {
    let value = match field {
        Field::Name | Field::Owner | Field::Type => Value::Text("a".to_owned()),
        _ => Value::Integer(7),
    };
    Filter::Field(field, Test::Equal(value))
}

fn between(field: Field) -> Filter {
    let most = Filter::Field(field.clone(), Test::AtMost(Value::Integer(9)));
    Filter::And(vec![Filter::Field(field, Test::AtLeast(Value::Integer(7))), most])
}

#[test]
fn what_is_looked_for_often_is_found_by_an_index() {
    let namespace = "namespace=?";
    for (dialect, filter, index, columns) in [
        ("ess", is(Field::Id), "jobs_by_number", "number=?"),
        ("ess", is(Field::ParentId), "jobs_by_parent", "parent=?"),
        ("odag", is(Field::ParentId), "jobs_by_parent", "parent=?"),
        ("ess", is(Field::Name), "jobs_by_name", "name=?"),
        ("ess", is(Field::Owner), "jobs_by_owner", "owner=?"),
        ("ess", is(Field::Type), "jobs_by_type", "type=?"),
        ("ess", between(Field::CreatedAt), "jobs_by_creation", "created_at>? AND created_at<?"),
        ("ess", between(Field::StartedAt), "jobs_by_start", "started_at>? AND started_at<?"),
        ("ess", between(Field::Id), "jobs_by_number", "number>? AND number<?"),
    ] {
        let steps = steps(dialect, &filter, &[]);
        let expected = format!("SEARCH jobs USING INDEX {index} ({namespace} AND {columns})");
        assert!(steps.starts_with(&expected), "{filter:?}: {steps}");
    }
    let steps = steps("odag", &is(Field::Id), &[]);
    assert!(steps.starts_with("SEARCH jobs USING INTEGER PRIMARY KEY (rowid=?)"), "{steps}");
    assert!(steps.contains("SEARCH aliases USING INDEX aliases_by_number"), "{steps}");
    assert!(!steps.contains("SCAN"), "{steps}");
}

#[test]
fn the_orders_that_clients_ask_for_need_no_sort_of_all_jobs() {
    for (field, index) in [
        (Field::Id, "jobs_by_number"),
        (Field::Name, "jobs_by_name"),
        (Field::CreatedAt, "jobs_by_creation"),
        (Field::StartedAt, "jobs_by_start"),
    ] {
        for descending in [false, true] {
            let steps = steps("ess", &Filter::ALL, &[Sort { field: field.clone(), descending }]);
            let expected = format!("SEARCH jobs USING INDEX {index} (namespace=?)");
            assert!(steps.starts_with(&expected), "{field:?}: {steps}");
            // Jobs of one moment, of which there are few, are ordered among themselves.
            assert!(!steps.contains("TEMP B-TREE FOR ORDER BY"), "{field:?}: {steps}");
        }
    }
    for field in [Field::Name, Field::Owner, Field::Type] {
        let steps = steps("ess", &is(field.clone()), &[]);
        assert!(!steps.contains("TEMP B-TREE"), "{field:?}: {steps}");
    }
}
