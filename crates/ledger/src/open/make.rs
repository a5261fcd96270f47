//! Making a new ledger file: whole under another name first, then renamed, so that no crash leaves half a ledger
//! and no file of ours is ever without its mark.

use std::fs::{self, File, OpenOptions};
use std::io;

use rusqlite::{Connection, OpenFlags};

use super::OpenError;
use super::check::{Place, private};
use crate::schema;

/// Makes it. Without `durable` nothing waits for the disk.
pub(super) fn make(place: &Place, durable: bool) -> Result<(), OpenError> {
    let draft = place.companion("-new");
    for leftover in [draft.clone(), place.companion("-new-journal")] {
        match fs::remove_file(leftover) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(place.unreadable(error)),
            Ok(()) | Err(_) => {}
        }
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    private(&mut options);
    options.open(&draft).map_err(|error| place.unreadable(error))?;

    let sqlite = |error| OpenError::from_sqlite(&draft, error);
    let connection =
        Connection::open_with_flags(&draft, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(sqlite)?;
    connection
        .execute_batch(&format!(
            "PRAGMA synchronous = {}; BEGIN; PRAGMA application_id = {}; PRAGMA user_version = {}; {} COMMIT;",
            if durable { "FULL" } else { "OFF" },
            schema::APPLICATION_ID,
            schema::VERSION,
            schema::CREATE
        ))
        .map_err(sqlite)?;
    connection.close().map_err(|(_, error)| sqlite(error))?;

    let named = fs::rename(&draft, place.path());
    named
        .and_then(|()| if durable { sync_folder(place) } else { Ok(()) })
        .map_err(|error| place.unreadable(error))
}

/// A new name is durable when its directory is.
fn sync_folder(place: &Place) -> io::Result<()> {
    match place.path().parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
