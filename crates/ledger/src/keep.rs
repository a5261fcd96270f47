//! Writing a job that its owner or its runner described, and what follows from it: its parent's counts, what was put
//! off until its end, and who waits for it.

use countermand_model::{Job, State};

use crate::afterwards;
use crate::family;
use crate::rows::{self, Standing};
use crate::session::Namespace;
use crate::turn::Turn;

/// Moves a job to another state and its times with it.
pub(crate) fn shift(job: &mut Job, to: State, now: i64) {
    if job.state == to {
        return;
    }
    job.previous_state = Some(job.state);
    job.state = to;
    job.changed_at = now;
    time(job, now);
}

/// The times that a state implies.
pub(crate) fn time(job: &mut Job, now: i64) {
    if job.state.is_at_work() {
        job.started_at.get_or_insert(now);
    }
    if job.state.is_terminal() {
        job.finished_at.get_or_insert(now);
    } else {
        job.finished_at = None;
    }
    if !job.state.is_at_work() && !job.state.is_terminal() {
        // It waits again, for whoever takes it up.
        job.runner = None;
    }
}

/// Writes a job whose row was `was` before (`None`: new) and has these marks now. Answers it as it is then.
pub(crate) fn keep(
    turn: &mut Turn<'_>,
    namespace: Namespace<'_>,
    was: Option<&Standing>,
    mut marks: Standing,
    job: &mut Job,
) -> rusqlite::Result<Job> {
    job.revision += 1;
    marks.cancel_open &= !job.state.is_terminal() || marks.is_end_by_cancel(job.state);
    marks.id = rows::save(turn.session, namespace, &marks, job)?;
    marks.state = job.state;
    marks.has_output = job.output.is_some();

    let visible = was.filter(|was| !was.hidden);
    let from = visible.map(|was| was.state);
    let old_parent = visible.and_then(|was| was.parent);
    if old_parent == job.parent {
        if from != Some(job.state) {
            family::change_children(turn, namespace, job.parent, |parent| {
                parent.kind = countermand_model::Kind::Parent;
                family::recount(&mut parent.children, from, Some(job.state));
            })?;
        }
    } else {
        family::change_children(turn, namespace, old_parent, |parent| {
            family::recount(&mut parent.children, from, None);
        })?;
        family::change_children(turn, namespace, job.parent, |parent| {
            parent.kind = countermand_model::Kind::Parent;
            family::recount(&mut parent.children, None, Some(job.state));
        })?;
    }
    if let Some(from) = from {
        family::note_move(turn, marks.id, from, job.state);
        if from == State::Cancelling && job.state.is_terminal() {
            afterwards::settle(turn, &mut marks)?;
        }
    }
    rows::job(turn.session, namespace, marks.id)
}
