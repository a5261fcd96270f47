//! Files as earlier versions made them, opened by this one.

use std::sync::Arc;

use countermand_model::{Draft, Effect, Patch, State};

use super::*;
use crate::open::look::look;
use crate::{Config, Location, Store, Wall};

/// The tables of each version before this.
const EARLIER: [(u32, &str); 3] = [
    (1, include_str!("version_1.sql")),
    (2, include_str!("version_2.sql")),
    (3, include_str!("version_3.sql")),
];

/// Every column and index there is, with all that SQLite tells of it.
fn shape(connection: &Connection) -> Vec<String> {
    let mut statement = connection
        .prepare(
            "SELECT schema.name || ' ' || json_group_array(json_array(member.name, member.type, member.\"notnull\", member.pk))
             FROM sqlite_schema AS schema, pragma_table_xinfo(schema.name) AS member GROUP BY schema.name
             UNION ALL SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1",
        )
        .unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn an_upgraded_file_has_the_tables_of_a_new_one() {
    assert_eq!(EARLIER.map(|(version, _)| version).to_vec(), Vec::from_iter(1..schema::VERSION));
    for (version, tables) in EARLIER {
        let (old, new) = (Connection::open_in_memory().unwrap(), Connection::open_in_memory().unwrap());
        old.execute_batch(tables).unwrap();
        new.execute_batch(schema::CREATE).unwrap();
        assert_ne!(shape(&old), shape(&new), "version {version}");
        old.execute_batch(&steps(version)).unwrap();
        assert_eq!(shape(&old), shape(&new), "version {version}");
    }
}

#[tokio::test]
async fn a_file_of_an_earlier_version_is_opened_with_all_that_is_in_it() {
    for (version, tables) in EARLIER {
        opens_with_all_that_is_in_it(version, tables).await;
    }
}

async fn opens_with_all_that_is_in_it(version: u32, tables: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(tables).unwrap();
    old.execute_batch(&format!(
        "PRAGMA application_id = {}; PRAGMA user_version = {version}; INSERT INTO namespaces VALUES (1, 'default');
         INSERT INTO jobs (namespace, number, kind, state, ended, acknowledged, hidden, cancel_open, held_by_order,
           trigger_by_order, revision, life, created_at, changed_at, has_aliases, has_attributes, progress_total,
           progress_matched, progress_processed, results_total, results_delivered, has_errors)
         VALUES (1, 7, 'single', 'running', 0, 0, 0, 0, 0, 0, 3, 1, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0);
         INSERT INTO audit (at, namespace, command, by, client, dialect, request_id, targets)
         VALUES (5, 'default', 'hold', 'ana', '', 'control', 'r', '[{{\"written\":\"7\",\"effect\":\"done\"}}]');",
        schema::APPLICATION_ID
    ))
    .unwrap();
    drop(old);
    // A large file is looked at before it is upgraded, in the places that it has.
    let place = Place::find(&path).unwrap();
    look(&place, &Connection::open(&path).unwrap(), version, 0).unwrap();
    let open = || {
        let location = Location::File(path.clone());
        Store::open(Config { location, clock: Arc::new(Wall), durable: true, queue: 9, readers: 1 }).unwrap()
    };
    let store = open();
    let (job, _) = store.get("default", 7).await.unwrap();
    assert_eq!((job.state, job.revision, job.changed_at, job.heard_at), (State::Running, 3, 6, None));
    let audit = store.audit(0, 9).await.unwrap().entries;
    assert_eq!(
        (audit.len(), &audit[0].elsewhere, audit[0].targets[0].effect),
        (1, &None, Some(Effect::Done))
    );
    let draft = Draft { name: Patch::Set(Some("now".to_owned())), ..Draft::default() };
    store.put("default", Some(8), draft, crate::Put::default()).await.unwrap();
    drop(store);
    let now: u32 =
        Connection::open(&path).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(now, schema::VERSION);
    assert_eq!(open().get("default", 8).await.unwrap().0.name.as_deref(), Some("now"));
}
