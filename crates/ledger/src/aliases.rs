//! The ids that jobs answer to in dialects that do not use their numbers. In one dialect an id means one job: it is
//! nobody else's alias, and not the number of a job that answers to its number there.

use countermand_model::{Alias, Job};

use crate::contract::Refused;
use crate::resolve::has_alias;
use crate::rows;
use crate::session::{Namespace, Session};

/// Whether a job may have the aliases it describes. `id` is its row; 0 where it is new.
pub(crate) fn check(
    session: &Session,
    namespace: Namespace<'_>,
    id: i64,
    job: &Job,
) -> rusqlite::Result<Result<(), Refused>> {
    for alias in &job.aliases {
        let holder = rows::by_alias(session, namespace, &alias.dialect, &alias.id)?;
        if holder.is_some_and(|holder| holder.id != id) {
            return Ok(Err(taken(alias, "is taken")));
        }
        let Some(number) = alias.number.filter(|number| *number != job.number) else { continue };
        if let Some(other) = rows::by_number(session, namespace, number)?
            && other.is_seen_in(&alias.dialect)
            && !has_alias(session, &other, &alias.dialect)?
        {
            return Ok(Err(taken(alias, "is the number of another job")));
        }
    }
    // The other way round: in a dialect where this job answers to its number, that is nobody's alias.
    let meant = session.all(
        "SELECT dialect, alias FROM aliases WHERE namespace = ?1 AND number = ?2 AND job <> ?3",
        (namespace.id, job.number, id),
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
    )?;
    for (dialect, alias) in meant {
        let is_seen = job.dialects.as_ref().is_none_or(|dialects| dialects.contains(&dialect));
        if is_seen && job.alias(&dialect).is_none() {
            let message =
                format!("the number {} is the id {alias:?} of another job in {dialect}", job.number);
            return Ok(Err(Refused::conflict(message, None)));
        }
    }
    Ok(Ok(()))
}

/// Writes the whole set.
pub(crate) fn replace(
    session: &Session,
    namespace: Namespace<'_>,
    id: i64,
    aliases: &[Alias],
) -> rusqlite::Result<()> {
    session.run("DELETE FROM aliases WHERE job = ?1", [id])?;
    for (position, alias) in (0_i64..).zip(aliases) {
        session.run(
            "INSERT INTO aliases (namespace, dialect, alias, number, job, position)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (namespace.id, &alias.dialect, &alias.id, alias.number, id, position),
        )?;
    }
    Ok(())
}

fn taken(alias: &Alias, how: &str) -> Refused {
    Refused::conflict(format!("the id {:?} in {} {how}", alias.id, alias.dialect), None)
}
