//! What a file is, from its first hundred bytes, its length and its companions. The ledger's main file carries its
//! mark from the moment it has a name (see `make`), so the bytes decide before SQLite may touch anything.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::OpenError;
use crate::schema;

/// Where a ledger is or will be. Its directory exists and links are followed, so that two names of one file meet at
/// one lock.
pub(super) struct Place(PathBuf);

/// SQLite's header: <https://sqlite.org/fileformat2.html#the_database_header>.
const HEADER: usize = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";

impl Place {
    pub(super) fn find(path: &Path) -> Result<Place, OpenError> {
        let failed = |error| OpenError::Unreadable { path: path.to_owned(), error };
        if path.exists() {
            return path.canonicalize().map(Place).map_err(failed);
        }
        let name =
            path.file_name().ok_or(OpenError::NotALedger { path: path.to_owned(), found: "a directory" })?;
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        folder.canonicalize().map(|folder| Place(folder.join(name))).map_err(failed)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The file's companion with that ending.
    pub(super) fn companion(&self, ending: &str) -> PathBuf {
        let mut name = self.0.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    }

    /// Makes the ledger ours for as long as the file that is answered stays open. It is a companion, because closing
    /// any other handle on the database itself would give up SQLite's own locks on it.
    pub(super) fn lock(&self) -> Result<File, OpenError> {
        if self.0.is_dir() {
            return Err(self.not_a_ledger("a directory"));
        }
        let path = self.companion("-lock");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        private(&mut options);
        let file =
            options.open(&path).map_err(|error| OpenError::Unreadable { path: path.clone(), error })?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked { path: self.0.clone() }),
            Err(TryLockError::Error(error)) => Err(OpenError::Unreadable { path, error }),
        }
    }

    /// Whether there is nothing yet. A log without its file is a loss that nobody may hide by starting anew, and so is
    /// a file without content: none of ours ever had that name (see `make`).
    pub(super) fn is_new(&self) -> Result<bool, OpenError> {
        if self.length(&self.0)? > 0 {
            return Ok(false);
        }
        if self.0.exists() {
            return Err(OpenError::Empty { path: self.0.clone() });
        }
        if self.length(&self.companion("-wal"))? > 0 {
            return Err(self.damaged("its -wal file is here without it"));
        }
        Ok(true)
    }

    /// Checks the mark, the version and the length.
    pub(super) fn check_header(&self) -> Result<(), OpenError> {
        let length = self.length(&self.0)?;
        let mut header = Vec::with_capacity(HEADER);
        let read = File::open(&self.0).and_then(|file| file.take(HEADER as u64).read_to_end(&mut header));
        read.map_err(|error| self.unreadable(error))?;
        if header.len() < HEADER || !header.starts_with(MAGIC) {
            return Err(self.not_a_ledger("some other file"));
        }
        let word =
            |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let (pages, version, application) = (word(28), word(60), word(68));
        if application != schema::APPLICATION_ID {
            return Err(self.not_a_ledger("another program's SQLite database"));
        }
        self.check_version(version)?;
        if version == 0 {
            return Err(self.damaged("its format has no version"));
        }
        // The page size; 1 stands for 65536.
        let page = match u16::from_be_bytes([header[16], header[17]]) {
            1 => 65_536,
            size => u64::from(size),
        };
        // A log may hold what a crash kept from the file, so only a file without one must have its full length.
        if length < u64::from(pages) * page && self.length(&self.companion("-wal"))? == 0 {
            return Err(self.damaged("it is shorter than its header says"));
        }
        Ok(())
    }

    /// Checks that this program knows the tables of that version.
    pub(super) fn check_version(&self, version: u32) -> Result<(), OpenError> {
        if version > schema::VERSION {
            let path = self.0.clone();
            return Err(OpenError::Newer { path, found: version, known: schema::VERSION });
        }
        Ok(())
    }

    pub(super) fn unreadable(&self, error: io::Error) -> OpenError {
        OpenError::Unreadable { path: self.0.clone(), error }
    }

    pub(super) fn damaged(&self, detail: &str) -> OpenError {
        OpenError::Damaged { path: self.0.clone(), detail: detail.to_owned() }
    }

    fn not_a_ledger(&self, found: &'static str) -> OpenError {
        OpenError::NotALedger { path: self.0.clone(), found }
    }

    fn length(&self, path: &Path) -> Result<u64, OpenError> {
        match std::fs::metadata(path) {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(OpenError::Unreadable { path: path.to_owned(), error }),
        }
    }
}

/// Checks that the tables are there, which reads the first pages of the file through its log.
pub(super) fn check_tables(place: &Place, connection: &Connection) -> Result<(), OpenError> {
    let sqlite = |error| OpenError::from_sqlite(place.path(), error);
    let mut statement = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .map_err(sqlite)?;
    let found: Vec<String> =
        statement.query_map([], |row| row.get(0)).and_then(Iterator::collect).map_err(sqlite)?;
    match schema::TABLES.into_iter().find(|table| !found.iter().any(|name| name == table)) {
        Some(missing) => Err(place.damaged(&format!("it has no table {missing}"))),
        None => Ok(()),
    }
}

/// Only the user may read what is made: it holds who did what.
pub(super) fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    #[cfg(not(unix))]
    let _ = options;
}
