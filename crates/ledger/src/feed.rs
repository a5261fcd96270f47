//! The feed: one line per job that an order affected, for runners to obey, in the order of the commits.

use countermand_model::{Call, State};

use crate::contract::{Entry, Log};
use crate::rows::{Standing, Word, counted, stored};
use crate::session::Session;
use crate::turn::Turn;

/// Who gave an order, as the feed writes it.
#[derive(Clone, Copy)]
pub(crate) struct Giver<'a> {
    pub(crate) by: &'a str,
    pub(crate) dialect: &'a str,
    pub(crate) request_id: &'a str,
}

impl<'a> From<&'a Call> for Giver<'a> {
    fn from(call: &'a Call) -> Giver<'a> {
        Giver { by: &call.caller.user, dialect: call.dialect, request_id: &call.request_id }
    }
}

/// Adds a line about a job that stood at `before` and stands as it is now.
pub(crate) fn add(
    turn: &mut Turn<'_>,
    job: &Standing,
    command: &str,
    before: State,
    giver: Giver<'_>,
) -> rusqlite::Result<()> {
    turn.session.run(
        "INSERT INTO commands (at, job, command, state_before, state, by, dialect, request_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        (turn.now, job.id, command, Word(before), Word(job.state), giver.by, giver.dialect, giver.request_id),
    )?;
    turn.aftermath.feed = Some(counted(turn.session.last_id()));
    Ok(())
}

/// The lines after `after`; `Err` with the oldest line kept, where `after` is older than that.
pub(crate) fn read(session: &Session, after: u64, limit: u64) -> rusqlite::Result<Result<Log<Entry>, u64>> {
    let (oldest, last) = session
        .one("SELECT min(seq), (SELECT max(seq) FROM commands) FROM commands", [], |row| {
            Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?))
        })?
        .unwrap_or_default();
    let oldest = counted(oldest.unwrap_or(1));
    if after.saturating_add(1) < oldest {
        return Ok(Err(oldest));
    }
    let lines = session.all(
        "SELECT seq, at, namespaces.name, number, commands.command, state_before, commands.state, by,
           commands.dialect, request_id, commands.job, has_aliases
         FROM commands JOIN jobs ON jobs.id = commands.job JOIN namespaces ON namespaces.id = jobs.namespace
         WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        (stored(after), stored(limit)),
        |row| {
            let entry = Entry {
                seq: counted(row.get(0)?),
                at: row.get(1)?,
                namespace: row.get(2)?,
                number: row.get(3)?,
                aliases: Vec::new(),
                command: row.get(4)?,
                state_before: row.get::<_, Word<_>>(5)?.0,
                state: row.get::<_, Word<_>>(6)?.0,
                by: row.get(7)?,
                dialect: row.get(8)?,
                request_id: row.get(9)?,
            };
            Ok((entry, row.get::<_, i64>(10)?, row.get::<_, bool>(11)?))
        },
    )?;
    let mut entries = Vec::with_capacity(lines.len());
    for (mut entry, job, has_aliases) in lines {
        if has_aliases {
            entry.aliases = session.all(
                "SELECT dialect, alias FROM aliases WHERE job = ?1 ORDER BY position",
                [job],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
        }
        entries.push(entry);
    }
    Ok(Ok(Log { entries, last: counted(last.unwrap_or(0)) }))
}
