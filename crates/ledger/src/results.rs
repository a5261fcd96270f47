//! The results of a job, one row each, as the text received.

use crate::rows::stored;
use crate::session::Session;

/// The results from the place `from` on, in order, at most up to `to`.
pub(crate) fn range(session: &Session, job: i64, from: u64, to: u64) -> rusqlite::Result<Vec<String>> {
    session.all(
        "SELECT value FROM results WHERE job = ?1 AND position >= ?2 AND position < ?3 ORDER BY position",
        (job, stored(from), stored(to)),
        |row| row.get(0),
    )
}

/// All results, in order.
pub(crate) fn all(session: &Session, job: i64) -> rusqlite::Result<Vec<String>> {
    range(session, job, 0, u64::MAX)
}

/// Adds results behind the first `total`.
pub(crate) fn append(session: &Session, job: i64, total: u64, items: &[String]) -> rusqlite::Result<()> {
    for (position, item) in (total..).zip(items) {
        session.run(
            "INSERT INTO results (job, position, value) VALUES (?1, ?2, ?3)",
            (job, stored(position), item),
        )?;
    }
    Ok(())
}

/// Takes all results away.
pub(crate) fn clear(session: &Session, job: i64) -> rusqlite::Result<()> {
    session.run("DELETE FROM results WHERE job = ?1", [job])?;
    Ok(())
}
