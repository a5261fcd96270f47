//! Opening a ledger: is this file one, is it whole, is it ours alone? Every check is cheap; a start scans no large file.
//! A file that is not a sound ledger of this version or an earlier one is left as it is, and the error says what to do.

mod check;

mod error;

mod look;

mod make;

mod upgrade;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

pub use error::OpenError;

use crate::Clock;
use crate::session::Session;

/// How a ledger is opened.
pub struct Config {
    /// Where it lives.
    pub location: Location,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Whether a commit waits for the disk. Off is for tests that show the difference, and for memory.
    pub durable: bool,
    /// How many commands may wait for the writer, and how many for the readers; one more is
    /// [`Overloaded`](countermand_model::FaultKind::Overloaded).
    pub queue: usize,
    /// How many connections read. At least one does. Lists are read by others: half as many, at least one.
    pub readers: usize,
}

/// Where a ledger lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// On an unlinked temporary file; gone with the process. It never waits for the disk.
    Memory,
    /// In this file and its `-wal`, `-shm` and `-lock` companions.
    File(PathBuf),
}

/// The connections of an open ledger, and what makes the file ours while it is held.
pub(crate) struct Opened {
    pub(crate) writer: Session,
    pub(crate) readers: Vec<Session>,
    /// The readers of lists.
    pub(crate) listers: Vec<Session>,
    /// Writes the log back into the file.
    pub(crate) copyist: Session,
    /// The lock, where the ledger has a file that another process could open.
    pub(crate) lock: Lock,
    /// The last line of the feed.
    pub(crate) last_command: u64,
}

/// The lock file, held for as long as it is open.
pub(crate) type Lock = Option<std::fs::File>;

/// Opens or makes a ledger.
pub(crate) fn open(config: &Config) -> Result<Opened, OpenError> {
    match &config.location {
        Location::File(path) => {
            let place = check::Place::find(path)?;
            let lock = place.lock()?;
            if place.is_new()? {
                make::make(&place, config.durable)?;
            } else {
                place.check_header()?;
            }
            let mut opened = connect(&place, config.readers, config.durable)?;
            opened.lock = Some(lock);
            Ok(opened)
        }
        Location::Memory => {
            let failed = |error| OpenError::Unreadable { path: std::env::temp_dir(), error };
            let folder = tempfile::Builder::new().prefix("countermand-").tempdir().map_err(failed)?;
            let place = check::Place::find(&folder.path().join("memory.db"))?;
            make::make(&place, false)?;
            let opened = connect(&place, config.readers, false)?;
            // Every connection has opened the file, its log and its index by now and keeps them open, so their names
            // can go: nothing is left behind, however the process ends. Where a system keeps the names of open files,
            // they stay until the temporary directory is cleared.
            drop(folder);
            Ok(opened)
        }
    }
}

/// How long to wait where another program, such as an operator's query, holds a lock for a moment.
const BUSY: Duration = Duration::from_secs(5);

fn connect(place: &check::Place, readers: usize, durable: bool) -> Result<Opened, OpenError> {
    let path = place.path();
    let sqlite = |error| OpenError::from_sqlite(path, error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let writer = Connection::open_with_flags(path, flags).map_err(sqlite)?;
    writer.busy_timeout(BUSY).map_err(sqlite)?;
    let synchronous = if durable { "FULL" } else { "OFF" };
    // How to synchronize comes first: the change to a log waits for the disk, or does not, as that says.
    writer
        .execute_batch(&format!(
            "PRAGMA synchronous = {synchronous}; PRAGMA journal_mode = WAL; PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -16384; PRAGMA trusted_schema = OFF;"
        ))
        .map_err(sqlite)?;
    let version = upgrade::version(place, &writer)?;
    check::check_tables(place, &writer)?;
    look::look(place, &writer, version, look::WHOLE)?;
    upgrade::upgrade(place, &writer, version)?;
    let last: Option<i64> =
        writer.query_row("SELECT max(seq) FROM commands", [], |row| row.get(0)).map_err(sqlite)?;
    let copyist = reader(path).map_err(sqlite)?;
    copyist.run(&format!("PRAGMA synchronous = {synchronous}"), []).map_err(sqlite)?;
    let some_readers =
        |count: usize| (0..count.max(1)).map(|_| reader(path)).collect::<Result<_, _>>().map_err(sqlite);
    Ok(Opened {
        writer: Session::new(writer),
        readers: some_readers(readers)?,
        listers: some_readers(readers / 2)?,
        copyist,
        lock: None,
        last_command: crate::rows::counted(last.unwrap_or(0)),
    })
}

fn reader(path: &std::path::Path) -> rusqlite::Result<Session> {
    // Not SQLITE_OPEN_READ_ONLY: a reader may have to rebuild the index of the log after a crash.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(path, flags)?;
    reader.busy_timeout(BUSY)?;
    reader.execute_batch(
        "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096;
         PRAGMA trusted_schema = OFF;",
    )?;
    // A first read opens the log, which a nameless file could not do later.
    reader.query_row("SELECT count(*) FROM namespaces", [], |_| Ok(()))?;
    Ok(Session::new(reader))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_durable_ledger_waits_for_the_disk_at_each_commit() {
        let folder = tempfile::tempdir().unwrap();
        for (durable, synchronous) in [(true, 2), (false, 0)] {
            let location = Location::File(folder.path().join(format!("{durable}.db")));
            let config = Config { location, clock: Arc::new(crate::Wall), durable, queue: 1, readers: 1 };
            let opened = open(&config).unwrap();
            let asked =
                |pragma: &str| opened.writer.one(pragma, [], |row| row.get::<_, rusqlite::types::Value>(0));
            // 2 is FULL: <https://sqlite.org/pragma.html#pragma_synchronous>.
            assert_eq!(asked("PRAGMA synchronous").unwrap(), Some(synchronous.into()));
            assert_eq!(asked("PRAGMA journal_mode").unwrap(), Some("wal".to_owned().into()));
        }
    }
}
