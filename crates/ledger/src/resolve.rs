//! Which job a target means. A job answers to its aliases in a dialect; only without one, to its number.

use countermand_model::Target;

use crate::rows::{self, CONTROL, Standing};
use crate::session::{Namespace, Session};

/// The job that a caller of `dialect` means, when it is seen there and belongs to the target's dataset.
pub(crate) fn resolve(
    session: &Session,
    namespace: Option<Namespace<'_>>,
    dialect: &str,
    target: &Target,
) -> rusqlite::Result<Option<Standing>> {
    let Some(namespace) = namespace else { return Ok(None) };
    let fits =
        |standing: &Standing| standing.is_seen_in(dialect) && standing.is_in(target.dataset.as_deref());
    if let Some(number) = target.number
        && let Some(standing) = rows::by_number(session, namespace, number)?.filter(fits)
        && !has_alias(session, &standing, dialect)?
    {
        return Ok(Some(standing));
    }
    if dialect == CONTROL {
        return Ok(None);
    }
    Ok(rows::by_alias(session, namespace, dialect, &target.written)?.filter(fits))
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
