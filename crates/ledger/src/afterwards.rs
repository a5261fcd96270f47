//! What a cancel asked for that can be done only at the job's end: acknowledge it and delete its output.

use countermand_model::State;

use crate::feed::{self, Giver};
use crate::rows::Standing;
use crate::session::Session;
use crate::turn::Turn;

/// Keeps in mind that the cancelled end of this job is to be acknowledged, until it ends.
pub(crate) fn remember(
    turn: &mut Turn<'_>,
    job: &Standing,
    delete_output: bool,
    giver: Giver<'_>,
) -> rusqlite::Result<()> {
    turn.session.run(
        "INSERT INTO afterwards (job, delete_output, by, dialect, request_id) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (job) DO UPDATE SET delete_output = max(delete_output, excluded.delete_output)",
        (job.id, delete_output, giver.by, giver.dialect, giver.request_id),
    )?;
    Ok(())
}

/// The row of no job, in which [`try_disk`] leaves its data.
const TRIAL: i64 = -1;

/// Writes some pages, more than a command does, as the log of a disk that is full may have room for one in what it
/// has already. The row is nobody's; should the process end before it is forgotten, it does no harm.
pub(crate) fn try_disk(session: &Session) -> rusqlite::Result<()> {
    forget_trial(session)?;
    session.run(
        "INSERT INTO afterwards (job, delete_output, by, dialect, request_id)
         VALUES (?1, 0, hex(randomblob(65536)), '', '')",
        [TRIAL],
    )?;
    Ok(())
}

/// Takes away what [`try_disk`] wrote.
pub(crate) fn forget_trial(session: &Session) -> rusqlite::Result<()> {
    session.run("DELETE FROM afterwards WHERE job = ?1", [TRIAL]).map(|_| ())
}

/// Does what was kept in mind for a job whose cancel is over. One that ended otherwise is left as it is.
pub(crate) fn settle(turn: &mut Turn<'_>, job: &mut Standing) -> rusqlite::Result<()> {
    let kept = turn.session.one(
        "DELETE FROM afterwards WHERE job = ?1 RETURNING delete_output, by, dialect, request_id",
        [job.id],
        |row| Ok((row.get::<_, bool>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get(3)?)),
    )?;
    let Some((delete_output, by, dialect, request_id)) = kept else { return Ok(()) };
    let request_id: String = request_id;
    if job.state != State::Cancelled {
        return Ok(());
    }
    let giver = Giver { by: &by, dialect: &dialect, request_id: &request_id };
    acknowledge(turn, job, delete_output, giver)
}

/// Marks the end of a job as taken note of, takes away what it produced where that was asked for, and tells the feed.
pub(crate) fn acknowledge(
    turn: &mut Turn<'_>,
    job: &mut Standing,
    with_output: bool,
    giver: Giver<'_>,
) -> rusqlite::Result<()> {
    if !job.acknowledged {
        job.acknowledged = true;
        job.revision += 1;
        let sql = "UPDATE jobs SET acknowledged = 1, revision = revision + 1 WHERE id = ?1";
        turn.session.run(sql, [job.id])?;
        feed::add(turn, job, "acknowledge", job.state, giver)?;
    }
    if with_output && job.has_output { delete_output(turn, job, giver) } else { Ok(()) }
}

/// Takes away what a job produced, and tells the feed.
pub(crate) fn delete_output(
    turn: &mut Turn<'_>,
    job: &mut Standing,
    giver: Giver<'_>,
) -> rusqlite::Result<()> {
    job.has_output = false;
    job.revision += 1;
    turn.session.run(
        "UPDATE jobs SET output_id = NULL, output_name = NULL, revision = revision + 1 WHERE id = ?1",
        [job.id],
    )?;
    feed::add(turn, job, "delete_output", job.state, giver)
}
