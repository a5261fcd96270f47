//! Why a ledger was not opened.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a ledger was not opened. The file is as it was. The text says what is wrong, where, and what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it open.
    Locked {
        /// The ledger.
        path: PathBuf,
    },
    /// A later version of this program wrote it.
    Newer {
        /// The ledger.
        path: PathBuf,
        /// Its schema's version.
        found: u32,
        /// The version this program knows.
        known: u32,
    },
    /// It is something else: a directory, another program's database, any other file.
    NotALedger {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: &'static str,
    },
    /// There is a file, but nothing in it. Countermand never leaves such a file, so something else emptied it.
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// It was a ledger, and is damaged.
    Damaged {
        /// The ledger.
        path: PathBuf,
        /// How that shows.
        detail: String,
    },
    /// It cannot be read or written.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl OpenError {
    /// What SQLite's error says about the file.
    pub(super) fn from_sqlite(path: &Path, error: rusqlite::Error) -> OpenError {
        let path = path.to_owned();
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
                OpenError::Damaged { path, detail: error.to_string() }
            }
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                OpenError::Locked { path }
            }
            _ => OpenError::Unreadable { path, error: io::Error::other(error) },
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Locked { path } => write!(
                f,
                "the ledger {} is in use by another process: stop that one, or give this one a ledger of its own",
                path.display()
            ),
            OpenError::Newer { path, found, known } => write!(
                f,
                "the ledger {} has format {found} and this program knows format {known}: use the newer countermand \
                 that wrote it, or another file",
                path.display()
            ),
            OpenError::NotALedger { path, found } => write!(
                f,
                "{} is not a ledger but {found}: name another file; a new one is made where there is none",
                path.display()
            ),
            OpenError::Empty { path } => write!(
                f,
                "the ledger {} is empty: remove it to begin a new ledger, or restore a backup",
                path.display()
            ),
            OpenError::Damaged { path, detail } => write!(
                f,
                "the ledger {} is damaged ({detail}): keep a copy of it and of its -wal file, and restore a backup",
                path.display()
            ),
            OpenError::Unreadable { path, error } => {
                write!(f, "the ledger {} cannot be opened: {error}", path.display())?;
                match error.kind() {
                    io::ErrorKind::NotFound => f.write_str("; make its directory first"),
                    io::ErrorKind::PermissionDenied => {
                        f.write_str("; let this user read and write the file and its directory")
                    }
                    _ => Ok(()),
                }
            }
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            OpenError::Unreadable { error, .. } => Some(error),
            OpenError::Locked { .. }
            | OpenError::Newer { .. }
            | OpenError::NotALedger { .. }
            | OpenError::Empty { .. }
            | OpenError::Damaged { .. } => None,
        }
    }
}
