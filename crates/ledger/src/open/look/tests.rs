//! Damage in a file too large to be looked through, and the list of places beside the schema.

use std::fs;

use super::*;

const PAGE: usize = 4096;

/// A ledger file with many jobs, closed.
fn filled() -> (tempfile::TempDir, Place) {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::find(&folder.path().join("ledger.db")).unwrap();
    let connection = Connection::open(place.path()).unwrap();
    connection.execute_batch(schema::CREATE).unwrap();
    let columns: Vec<String> = connection
        .prepare(
            "SELECT name FROM pragma_table_info('jobs') WHERE \"notnull\" AND name NOT IN ('id', 'number')",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    connection
        .execute_batch(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
             INSERT INTO jobs (number, {}) SELECT i {} FROM n",
            columns.join(", "),
            ", 1".repeat(columns.len())
        ))
        .unwrap();
    drop(connection);
    (folder, place)
}

#[test]
fn every_third_page_is_seen_in_places() {
    let (_folder, place) = filled();
    let bytes = fs::read(place.path()).unwrap();
    let in_places = || look(&place, &Connection::open(place.path()).unwrap(), schema::VERSION, 0);
    in_places().unwrap();
    for first in 1..4 {
        let mut garbled = bytes.clone();
        garbled.chunks_mut(PAGE).skip(first).step_by(3).for_each(|page| page.fill(0xa5));
        fs::write(place.path(), garbled).unwrap();
        assert!(matches!(in_places(), Err(OpenError::Damaged { .. })), "from page {}", first + 1);
    }
}

#[test]
fn every_table_and_index_is_looked_at() {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(schema::CREATE).unwrap();
    let mut statement =
        connection.prepare("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0").unwrap();
    let roots = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let mut unseen: Vec<(String, i64)> = roots.map(Result::unwrap).collect();
    for (tree, order) in schema::trees(schema::VERSION) {
        // The roots that the statement opens, from SQLite's own listing of it.
        let mut listing =
            connection.prepare(&format!("EXPLAIN SELECT * FROM {tree} ORDER BY {order} LIMIT 1")).unwrap();
        let opened =
            listing.query_map([], |row| Ok((row.get::<_, String>(1)?, row.get::<_, i64>(3)?))).unwrap();
        for (_, root) in opened.map(Result::unwrap).filter(|(code, _)| code == "OpenRead") {
            unseen.retain(|(_, unseen)| *unseen != root);
        }
    }
    assert_eq!(unseen, []);
}
