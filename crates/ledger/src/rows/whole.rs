//! A whole job, found by the id that a caller writes. One statement reads all that a poll shows of a job without aliases,
//! attributes and children; whoever only gives an order reads its [`Standing`](super::Standing) instead.

use countermand_model::{Caller, Job, Target};
use rusqlite::Row;

use super::job::{columns, load};
use super::standing::{is_foreign, is_listed, is_within};
use crate::resolve::Found;
use crate::session::{Namespace, Session};

/// A whole job, with what the ledger keeps of it and shows nobody.
pub(crate) struct Whole {
    /// Its row and that of its parent, or its own again where it has none.
    pub(crate) rows: [i64; 2],
    /// Counts how often its results began anew.
    pub(crate) life: i64,
    hidden: bool,
    pub(crate) job: Job,
}

macro_rules! whole {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", jobs.hidden, jobs.life, (SELECT above.id FROM jobs AS above ",
            "WHERE above.namespace = jobs.namespace AND above.number = jobs.parent) FROM jobs ",
            $rest
        )
    };
}

impl Found for Whole {
    fn by_number(
        session: &Session,
        namespace: Namespace<'_>,
        number: i64,
    ) -> rusqlite::Result<Option<Whole>> {
        let sql = whole!("WHERE jobs.namespace = ?1 AND jobs.number = ?2");
        session.one(sql, (namespace.id, number), |row| read(session, namespace, row))
    }

    fn by_alias(
        session: &Session,
        namespace: Namespace<'_>,
        dialect: &str,
        alias: &str,
    ) -> rusqlite::Result<Option<Whole>> {
        let sql = whole!(
            "WHERE jobs.id = (SELECT job FROM aliases WHERE namespace = ?1 AND dialect = ?2 AND alias = ?3)"
        );
        session.one(sql, (namespace.id, dialect, alias), |row| read(session, namespace, row))
    }

    fn fits(&self, dialect: &str, target: &Target) -> bool {
        let Whole { hidden, job, .. } = self;
        let is_seen = !hidden && is_listed(job.dialects.as_deref(), dialect);
        is_seen && is_within(job.dataset.as_deref(), target.dataset.as_deref())
    }

    fn is_foreign_to(&self, caller: &Caller) -> bool {
        is_foreign(self.job.owner.as_deref(), caller)
    }

    fn has_alias(&self, _: &Session, dialect: &str) -> rusqlite::Result<bool> {
        Ok(self.job.alias(dialect).is_some())
    }
}

fn read(session: &Session, namespace: Namespace<'_>, row: &Row<'_>) -> rusqlite::Result<Whole> {
    let own = row.get(0)?;
    let above: Option<i64> = row.get(BEHIND + 2)?;
    Ok(Whole {
        rows: [own, above.unwrap_or(own)],
        life: row.get(BEHIND + 1)?,
        hidden: row.get(BEHIND)?,
        job: load(session, namespace, row)?,
    })
}

/// How many [`columns`] there are.
const BEHIND: usize = 37;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_selected_behind_the_columns_of_a_job_is_read_there() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        connection.execute_batch(crate::schema::CREATE).unwrap();
        let statement = connection.prepare(whole!("")).unwrap();
        assert_eq!(
            (statement.column_name(BEHIND), statement.column_name(BEHIND + 1)),
            (Ok("hidden"), Ok("life"))
        );
        assert_eq!(statement.column_count(), BEHIND + 3);
    }
}
