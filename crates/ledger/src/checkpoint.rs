//! Writing the log back into the file, on a thread of its own. It copies pages to places all over the file and waits for the
//! disk, for milliseconds, which no command has to wait for: SQLite lets one connection copy while another appends.
//! <https://sqlite.org/wal.html#checkpointing>
//!
//! The log begins anew only once all of it is copied, and while commands keep coming there is always something that is
//! not. So when the log is long and little of it is left to copy, the writer copies that itself, between two
//! transactions. Nothing here is needed for a command to be durable: the log is as durable as the file.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::hooks::Wal;
use tokio::sync::watch;

use crate::open::Lock;
use crate::session::Session;

/// After how many pages more in the log they are copied: 4 MiB.
const STEP: i64 = 1_000;

/// From how many pages on the log is to begin anew: 32 MiB, which a start after a crash reads in a tenth of a second.
const LONG: i64 = 8_000;

/// Which part of a long log the writer copies itself, 250 pages at first: the longer the log, the more.
const SHARE: i64 = 32;

/// How many pages the log has at most, where nothing stands in the way of copying them: 128 MiB.
const MOST: i64 = 32_000;

/// What the writer knows of the log.
struct Log {
    bell: SyncSender<()>,
    /// How many of its pages are copied, as far as is known.
    copied: Arc<AtomicI64>,
    /// How many there were when the bell was rung last.
    told: i64,
}

/// What the copying thread owns.
pub(crate) struct Copyist {
    bell: Receiver<()>,
    copied: Arc<AtomicI64>,
    session: Session,
}

/// Has what `writer` appends to the log copied by the thread that is to sit at this desk, over `session`. That ends
/// when the writer's session is gone.
pub(crate) fn apart(writer: &mut Session, session: Session) -> Copyist {
    let (bell, rung) = sync_channel(1);
    let copied = Arc::new(AtomicI64::new(0));
    let mut log = Log { bell, copied: Arc::clone(&copied), told: 0 };
    writer.tell_of_log(move |wal, pages| log.has(wal, pages));
    Copyist { bell: rung, copied, session }
}

impl Log {
    /// A commit has brought the log to so many pages.
    fn has(&mut self, wal: &mut Wal, pages: i64) {
        if pages < self.told {
            // It has begun anew.
            self.told = 0;
            self.copied.store(0, Relaxed);
        }
        let left = pages - self.copied.load(Relaxed);
        if pages >= MOST || (pages >= LONG && left <= pages / SHARE) {
            // Where it is not possible now, the next commit tries again.
            let _ = wal.checkpoint();
        } else if pages - self.told >= STEP {
            self.told = pages;
            // A bell that was not heard yet rings for this, too.
            let _ = self.bell.try_send(());
        }
    }
}

impl Copyist {
    /// The thread's work, until nobody writes any more. It holds the file's lock as long.
    pub(crate) fn sit(self, lock: Arc<Lock>, ended: watch::Receiver<()>) {
        while self.bell.recv().is_ok() {
            self.copy();
        }
        drop(self);
        drop(lock);
        drop(ended);
    }
    /// Copies what is in the log now.
    fn copy(&self) {
        match self.session.one("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get::<_, i64>(2)) {
            Ok(done) => self.copied.store(done.unwrap_or(0), Relaxed),
            // Whatever keeps it from copying meets the writer as well, which tells of it.
            Err(error) => tracing::warn!(%error, "the ledger's log was not written back"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_log_begins_anew_once_little_of_it_is_left_to_copy() {
        let folder = tempfile::tempdir().unwrap();
        let connect = || rusqlite::Connection::open(folder.path().join("ledger.db")).unwrap();
        let connection = connect();
        connection
            .execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL; CREATE TABLE some (page)")
            .unwrap();
        let mut writer = Session::new(connection);
        let copyist = apart(&mut writer, Session::new(connect()));
        let append = |pages: i64| {
            for _ in 0..pages / 100 {
                writer.run("INSERT INTO some VALUES (zeroblob(400000))", []).unwrap();
            }
        };
        // What SQLite says of the log without copying anything: <https://sqlite.org/pragma.html#pragma_wal_checkpoint>.
        let length =
            || writer.one("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get::<_, i64>(1)).unwrap().unwrap();
        append(LONG);
        assert!(length() > LONG, "nobody has copied");
        assert!(copyist.bell.try_recv().is_ok());
        // What is appended while the copyist is at work is left: here, because somebody reads what was before it.
        let reader = connect();
        reader.execute_batch("BEGIN; SELECT * FROM some LIMIT 1").unwrap();
        append(100);
        copyist.copy();
        reader.execute_batch("COMMIT").unwrap();
        append(100);
        assert!(length() > LONG, "the writer has copied the rest, and the next commit begins anew");
        append(100);
        assert!((1..STEP).contains(&length()), "{}", length());
    }
}
