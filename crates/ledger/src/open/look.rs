//! Whether the pages of a ledger hold what SQLite expects of them, as far as a start can afford to look. It knows
//! which tables and indexes there are and nothing of what their rows mean.
//!
//! A file of up to [`WHOLE`] bytes is looked through page by page. That is SQLite's `quick_check`, which takes 0.8 s
//! for a million jobs with as many lines of feed and audit (370 MB in the system's cache) and grows with the file. A
//! larger file is looked at in places, in milliseconds whatever its size: the root, the first and the last row of
//! every table and index, and rows spread over the large tables. Damage to some pages of such a file is not seen
//! here but by the first statement that meets it. `sqlite3 FILE 'PRAGMA quick_check'` sees it at any time.

use rusqlite::{Connection, OptionalExtension};

use super::OpenError;
use super::check::Place;
use crate::schema;

/// How large a file may be to be looked through as a whole: 64 MiB, or about 150 thousand jobs and a fifth of a second.
pub(super) const WHOLE: u64 = 64 << 20;

/// In how many places a table is looked at between its first row and its last.
const PLACES: i64 = 16;

/// Looks at a file of that version, and answers with the damage found. A file of more than `whole` bytes is looked at in places.
pub(super) fn look(
    place: &Place,
    connection: &Connection,
    version: u32,
    whole: u64,
) -> Result<(), OpenError> {
    let sqlite = |error| OpenError::from_sqlite(place.path(), error);
    if size(connection).map_err(sqlite)? > whole {
        return look_in_places(connection, version).map_err(sqlite);
    }
    let found: String =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(sqlite)?;
    if found == "ok" { Ok(()) } else { Err(place.damaged(found.trim())) }
}

/// The size with what is only in the log.
fn size(connection: &Connection) -> rusqlite::Result<u64> {
    let number = |pragma| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
    Ok(number("PRAGMA page_count")?.unsigned_abs() * number("PRAGMA page_size")?.unsigned_abs())
}

fn look_in_places(connection: &Connection, version: u32) -> rusqlite::Result<()> {
    for (tree, order) in schema::trees(version) {
        let backwards = order.replace(',', " DESC,");
        touch(connection, &format!("SELECT * FROM {tree} ORDER BY {order} LIMIT 1"))?;
        touch(connection, &format!("SELECT * FROM {tree} ORDER BY {backwards} DESC LIMIT 1"))?;
    }
    for (table, key) in schema::LARGE {
        let last = format!("SELECT max({key}) FROM {table}");
        let last = connection.query_row(&last, [], |row| row.get::<_, Option<i64>>(0))?.unwrap_or(0);
        for step in 1..PLACES {
            let from = last / PLACES * step;
            touch(
                connection,
                &format!("SELECT * FROM {table} WHERE {key} >= {from} ORDER BY {key} LIMIT 1"),
            )?;
        }
    }
    Ok(())
}

/// Has SQLite read what a query needs; whether there is a row does not matter.
fn touch(connection: &Connection, query: &str) -> rusqlite::Result<()> {
    connection.query_row(query, [], |_| Ok(())).optional().map(|_| ())
}

#[cfg(test)]
mod tests;
