//! Which job a target means. A job answers to its aliases in a dialect; only without one, to its number.

use countermand_model::{Caller, Target};

use crate::rows::{self, CONTROL, Standing};
use crate::session::{Namespace, Session};

/// As much of a job as is read of it: where it stands, or the whole of it.
pub(crate) trait Found: Sized {
    /// The job of that number, hidden or not.
    fn by_number(session: &Session, namespace: Namespace<'_>, number: i64) -> rusqlite::Result<Option<Self>>;

    /// The job with that alias, hidden or not.
    fn by_alias(
        session: &Session,
        namespace: Namespace<'_>,
        dialect: &str,
        alias: &str,
    ) -> rusqlite::Result<Option<Self>>;

    /// Whether it is seen in that dialect and belongs to the target's dataset.
    fn fits(&self, dialect: &str, target: &Target) -> bool;

    /// Whether it is another's, for a caller who is kept to his own jobs.
    fn is_foreign_to(&self, caller: &Caller) -> bool;

    /// Whether it has an id of its own in that dialect.
    fn has_alias(&self, session: &Session, dialect: &str) -> rusqlite::Result<bool>;
}

/// The job that a caller of `dialect` means, when it is seen there and belongs to the target's dataset.
pub(crate) fn resolve<T: Found>(
    session: &Session,
    namespace: Option<Namespace<'_>>,
    dialect: &str,
    target: &Target,
) -> rusqlite::Result<Option<T>> {
    let Some(namespace) = namespace else { return Ok(None) };
    let fits = |found: &T| found.fits(dialect, target);
    if let Some(number) = target.number
        && let Some(found) = T::by_number(session, namespace, number)?.filter(fits)
        && !found.has_alias(session, dialect)?
    {
        return Ok(Some(found));
    }
    if dialect == CONTROL {
        return Ok(None);
    }
    Ok(T::by_alias(session, namespace, dialect, &target.written)?.filter(fits))
}

impl Found for Standing {
    fn by_number(session: &Session, namespace: Namespace<'_>, number: i64) -> rusqlite::Result<Option<Self>> {
        rows::by_number(session, namespace, number)
    }

    fn by_alias(
        session: &Session,
        namespace: Namespace<'_>,
        dialect: &str,
        alias: &str,
    ) -> rusqlite::Result<Option<Self>> {
        rows::by_alias(session, namespace, dialect, alias)
    }

    fn fits(&self, dialect: &str, target: &Target) -> bool {
        self.is_seen_in(dialect) && self.is_in(target.dataset.as_deref())
    }

    fn is_foreign_to(&self, caller: &Caller) -> bool {
        Standing::is_foreign_to(self, caller)
    }

    fn has_alias(&self, session: &Session, dialect: &str) -> rusqlite::Result<bool> {
        has_alias(session, self, dialect)
    }
}

/// Whether a job has an id of its own in a dialect.
pub(crate) fn has_alias(session: &Session, standing: &Standing, dialect: &str) -> rusqlite::Result<bool> {
    if !standing.has_aliases {
        return Ok(false);
    }
    let found = session.one(
        "SELECT 1 FROM aliases WHERE job = ?1 AND dialect = ?2",
        (standing.id, dialect),
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}
