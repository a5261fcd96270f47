//! Orders about an end: acknowledge it, delete what came of it, put it out of sight.

use countermand_model::machine::{Move, judge};
use countermand_model::{Acknowledged, Call, Effect};

use crate::afterwards;
use crate::feed::{self, Giver};
use crate::rows::{self, Standing};
use crate::session::Namespace;
use crate::turn::Turn;

pub(super) fn acknowledge(
    turn: &mut Turn<'_>,
    job: &mut Standing,
    end: Acknowledged,
    delete_output: bool,
    call: &Call,
) -> rusqlite::Result<Effect> {
    let order = match end {
        Acknowledged::Cancel => Move::AcknowledgeCancel,
        Acknowledged::Failure => Move::AcknowledgeFailure,
    };
    let judgement = judge(order, job.state, job.acknowledged);
    if judgement.acknowledges {
        afterwards::acknowledge(turn, job, delete_output, Giver::from(call))?;
    }
    Ok(judgement.effect)
}

/// Possible in every state, where there is output.
pub(super) fn delete_output(
    turn: &mut Turn<'_>,
    job: &mut Standing,
    call: &Call,
) -> rusqlite::Result<Effect> {
    if !job.has_output {
        return Ok(Effect::NotPossible);
    }
    afterwards::delete_output(turn, job, Giver::from(call))?;
    Ok(Effect::Done)
}

/// Hides a finished top-level job with its children. The rows stay: the numbers are not free again. A child of
/// another's keeps the whole family, where the caller is kept to his own jobs.
pub(super) fn delete(
    turn: &mut Turn<'_>,
    namespace: Namespace<'_>,
    job: &mut Standing,
    call: &Call,
) -> rusqlite::Result<Effect> {
    if job.parent.is_some() {
        return Ok(Effect::NotPossible);
    }
    let judgement = judge(Move::Delete, job.state, job.acknowledged);
    if judgement.effect != Effect::Done {
        return Ok(judgement.effect);
    }
    let children = rows::children(turn.session, namespace, job)?;
    if children.iter().any(|child| child.is_foreign_to(&call.caller)) {
        return Ok(Effect::Forbidden);
    }
    for gone in children.iter().chain([&*job]) {
        // A child that is out of sight is not counted.
        turn.session.run(
            "UPDATE jobs SET hidden = 1, children = NULL, revision = revision + 1 WHERE id = ?1",
            [gone.id],
        )?;
        feed::add(turn, gone, "delete", gone.state, Giver::from(call))?;
    }
    job.hidden = true;
    Ok(Effect::Done)
}
