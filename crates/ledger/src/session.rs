//! One connection and what it remembers. Every thread of the ledger has its own.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use countermand_model::{Fault, FaultKind};
use rusqlite::hooks::Wal;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row};

/// After how many steps of a statement it is asked whether to go on: a fraction of a millisecond's.
const STEPS: i32 = 10_000;

/// Whether nobody waits any more for what a session is at.
type Abandoned = Box<dyn Fn() -> bool + Send>;

/// A connection, with the ids of the namespaces it has met. They never change, so they are never looked up twice.
pub(crate) struct Session {
    connection: Connection,
    namespaces: RefCell<HashMap<String, i64>>,
    abandoned: Arc<Mutex<Option<Abandoned>>>,
}

/// A compartment of the ledger.
#[derive(Clone, Copy)]
pub(crate) struct Namespace<'a> {
    /// Its key in the tables.
    pub(crate) id: i64,
    /// Its name.
    pub(crate) name: &'a str,
}

impl Session {
    pub(crate) fn new(mut connection: Connection) -> Session {
        connection.set_prepared_statement_cache_capacity(128);
        let abandoned = Arc::<Mutex<Option<Abandoned>>>::default();
        let asked = Arc::clone(&abandoned);
        let stops = move || {
            let abandoned = asked.lock().unwrap_or_else(PoisonError::into_inner);
            abandoned.as_ref().is_some_and(|abandoned| abandoned())
        };
        connection.progress_handler(STEPS, Some(stops)).expect("a connection that is open takes a handler");
        Session { connection, namespaces: RefCell::default(), abandoned }
    }

    /// Does `work`. Its statements fail as soon as nobody waits for it any more.
    pub(crate) fn unless<T>(
        &self,
        abandoned: impl Fn() -> bool + Send + 'static,
        work: impl FnOnce(&Session) -> T,
    ) -> T {
        let set = |to| *self.abandoned.lock().unwrap_or_else(PoisonError::into_inner) = to;
        set(Some(Box::new(abandoned)));
        let done = work(self);
        set(None);
        done
    }

    /// Has `touched` told of the key of each row of the jobs table as this connection touches it, inside the transaction,
    /// by whatever statement. What a job has in other tables (aliases, attributes, results) is written together with its
    /// row. <https://sqlite.org/c3ref/update_hook.html>
    pub(crate) fn tell_of_jobs(&mut self, touched: impl Fn(i64) + Send + 'static) {
        let tell = move |_, _: &str, table: &str, row| {
            if table == "jobs" {
                touched(row);
            }
        };
        self.connection.update_hook(Some(tell)).expect("a connection that is open takes a hook");
    }

    /// Has `appended` told, after each commit of this connection, how many pages the log has. In place of SQLite's own
    /// habit, which is to write the log back there and then. <https://sqlite.org/c3ref/wal_hook.html>
    pub(crate) fn tell_of_log(&mut self, mut appended: impl FnMut(&mut Wal, i64) + Send + 'static) {
        let tell = move |wal: &mut Wal, pages: i32| {
            appended(wal, i64::from(pages));
            Ok(())
        };
        self.connection.wal_hook(Some(tell)).expect("a connection that is open takes a hook");
    }

    /// The namespace of that name, when a job was ever put into it.
    pub(crate) fn namespace<'a>(&self, name: &'a str) -> rusqlite::Result<Option<Namespace<'a>>> {
        let known = self.namespaces.borrow().get(name).copied();
        let id = match known {
            Some(id) => Some(id),
            None => self.one("SELECT id FROM namespaces WHERE name = ?1", [name], |row| row.get(0))?,
        };
        if let (Some(id), None) = (id, known) {
            self.namespaces.borrow_mut().insert(name.to_owned(), id);
        }
        Ok(id.map(|id| Namespace { id, name }))
    }

    /// The namespace of that name, made when there is none.
    pub(crate) fn namespace_or_new<'a>(&self, name: &'a str) -> rusqlite::Result<Namespace<'a>> {
        if let Some(namespace) = self.namespace(name)? {
            return Ok(namespace);
        }
        self.run("INSERT INTO namespaces (name) VALUES (?1)", [name])?;
        Ok(Namespace { id: self.last_id(), name })
    }

    /// Forgets the namespaces: after a rollback, one of them may never have been.
    pub(crate) fn forget(&self) {
        self.namespaces.borrow_mut().clear();
    }

    /// A prepared statement, kept for the next time.
    pub(crate) fn sql(&self, sql: &str) -> rusqlite::Result<CachedStatement<'_>> {
        self.connection.prepare_cached(sql)
    }

    /// Runs a statement; answers how many rows it changed.
    pub(crate) fn run(&self, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
        self.sql(sql)?.execute(params)
    }

    /// The first row, if any.
    pub(crate) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        self.sql(sql)?.query_row(params, read).optional()
    }

    /// Every row.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        self.sql(sql)?.query_map(params, read)?.collect()
    }

    /// The key of the row inserted last.
    pub(crate) fn last_id(&self) -> i64 {
        self.connection.last_insert_rowid()
    }

    /// Whether no transaction is open.
    pub(crate) fn is_idle(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Reads at one moment: everything `work` sees is of the same commit.
    pub(crate) fn at_one_moment<T>(
        &self,
        work: impl FnOnce(&Session) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        self.run("BEGIN", [])?;
        let made = work(self);
        self.run("COMMIT", []).and(made)
    }
}

/// Whether an error is the disk's or the file's: the next write may fare no better.
pub(crate) fn is_of_the_disk(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, DiskFull, ReadOnly, SystemIoFailure};
    let of_the_disk = [DiskFull, SystemIoFailure, ReadOnly, CannotOpen];
    is_damage(error) || error.sqlite_error_code().is_some_and(|code| of_the_disk.contains(&code))
}

/// Whether an error says that the file is damaged, which does not pass.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

/// What a caller hears when SQLite could not.
pub(crate) fn fault(error: &rusqlite::Error) -> Fault {
    Fault::new(FaultKind::Internal, "The ledger could not do this; nothing was changed.")
        .with_detail(error.to_string())
}
