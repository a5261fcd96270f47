//! Bringing a file of an earlier version to this one, in one transaction: a crash leaves the file as it was.

use rusqlite::Connection;

use super::OpenError;
use super::check::Place;
use crate::schema;

/// The version of a file's tables, as its log has it: the header of the file may be behind. One that this program
/// does not know is refused.
pub(super) fn version(place: &Place, connection: &Connection) -> Result<u32, OpenError> {
    let sqlite = |error| OpenError::from_sqlite(place.path(), error);
    let version = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(sqlite)?;
    place.check_version(version).map(|()| version)
}

/// Makes a file of that version one of this. Earlier programs refuse it from then on, and say why.
pub(super) fn upgrade(place: &Place, connection: &Connection, version: u32) -> Result<(), OpenError> {
    if version == schema::VERSION {
        return Ok(());
    }
    tracing::info!(ledger = %place.path().display(), from = version, to = schema::VERSION, "upgrading the ledger");
    connection
        .execute_batch(&format!(
            "BEGIN IMMEDIATE; {} PRAGMA user_version = {}; COMMIT;",
            steps(version),
            schema::VERSION
        ))
        .map_err(|error| OpenError::from_sqlite(place.path(), error))
}

/// What lies between that version and this. Versions count from 1; a file without one was refused by its header.
fn steps(version: u32) -> String {
    schema::UPGRADES.iter().skip(version.saturating_sub(1) as usize).copied().collect()
}

#[cfg(test)]
mod tests;
