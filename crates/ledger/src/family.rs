//! Every change of state, and what it means for the parent: counts and derived state follow in the same transaction.
//! Families have two levels; a parent is never a child.

use std::collections::BTreeMap;

use countermand_model::{State, Tally, TriggerState, derive};

use crate::afterwards;
use crate::rows::{self, Standing, Word, tally_text};
use crate::session::Namespace;
use crate::turn::Turn;

/// What an order writes of a job that it ends. What the row gains takes the room that it gives up.
const END: &str =
    "UPDATE jobs SET state = ?2, previous_state = ?3, changed_at = ?4, finished_at = ?4, ended = 1,
  held_by_order = 0, cancel_open = ?5, revision = revision + 1, room = NULL WHERE id = ?1";

/// What an order writes of a job that goes on.
const MOVE: &str = "UPDATE jobs SET state = ?2, previous_state = ?3, changed_at = ?4, held_by_order = ?5,
  cancel_open = ?6, revision = revision + 1, room = NULL WHERE id = ?1";

/// Moves one job by order, and leaves its parent and what was put off until its end to the caller.
pub(crate) fn set_state(turn: &mut Turn<'_>, job: &mut Standing, to: State) -> rusqlite::Result<()> {
    let from = job.state;
    note_move(turn, job.id, from, to);
    job.state = to;
    job.changed_at = turn.now;
    job.held_by_order = to == State::Held;
    job.cancel_open |= matches!(to, State::Cancelling | State::Cancelled);
    job.revision += 1;
    if to.is_terminal() {
        turn.session.run(END, (job.id, Word(to), Word(from), turn.now, job.cancel_open))?;
    } else {
        turn.session
            .run(MOVE, (job.id, Word(to), Word(from), turn.now, job.held_by_order, job.cancel_open))?;
    }
    Ok(())
}

/// Notes what those who wait for the end of a cancel are to hear after the commit.
pub(crate) fn note_move(turn: &mut Turn<'_>, id: i64, from: State, to: State) {
    if from == State::Cancelling && to != State::Cancelling {
        turn.aftermath.settled.push(id);
    }
}

/// Children that one command has moved and whose parents have not followed yet. A thousand runs of one job are one
/// change of that job.
#[derive(Default)]
pub(crate) struct Moves(BTreeMap<i64, Vec<(State, State)>>);

impl Moves {
    /// A child stood at `from` and stands at `to`.
    pub(crate) fn note(&mut self, parent: Option<i64>, from: State, to: State) {
        if let Some(parent) = parent.filter(|_| from != to) {
            self.0.entry(parent).or_default().push((from, to));
        }
    }

    /// Whether all parents have followed.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Has the parents follow.
    pub(crate) fn follow(&mut self, turn: &mut Turn<'_>, namespace: Namespace<'_>) -> rusqlite::Result<()> {
        for (parent, moves) in std::mem::take(&mut self.0) {
            change_children(turn, namespace, Some(parent), |parent| {
                for (from, to) in moves {
                    recount(&mut parent.children, Some(from), Some(to));
                }
            })?;
        }
        Ok(())
    }
}

/// Counts a child that leaves one state and enters another; one that is new leaves none, one that goes enters none.
pub(crate) fn recount(children: &mut Tally, from: Option<State>, to: Option<State>) {
    let mut counted = Tally::default();
    for state in State::ALL {
        let leaving = u64::from(from == Some(state));
        counted.add(state, children.count(state).saturating_sub(leaving));
    }
    if let Some(to) = to {
        counted.add(to, 1);
    }
    *children = counted;
}

/// Changes the counts of a parent and derives its state again.
pub(crate) fn change_children(
    turn: &mut Turn<'_>,
    namespace: Namespace<'_>,
    parent: Option<i64>,
    change: impl FnOnce(&mut Standing),
) -> rusqlite::Result<()> {
    let Some(number) = parent else { return Ok(()) };
    let Some(mut parent) = rows::by_number(turn.session, namespace, number)? else { return Ok(()) };
    let stood_alone = !parent.is_derived();
    change(&mut parent);
    let is_at_rest = parent.children.unfinished() == 0;
    if parent.state.is_terminal() && !is_at_rest {
        // Only a replacement comes this far with an order in its way (see `put`).
        parent.cancel_open = false;
    }
    if stood_alone && parent.state == State::Cancelling {
        // It may have started its first child before it heard of its cancel.
        parent.cancel_open = true;
        if is_at_rest {
            return write_parent(turn, &mut parent, State::Cancelling);
        }
    }
    save_parent(turn, &mut parent)
}

/// Derives a parent's state from its counts, its trigger and its open cancel, and writes all of it.
pub(crate) fn save_parent(turn: &mut Turn<'_>, parent: &mut Standing) -> rusqlite::Result<()> {
    let to = derive(&parent.children, parent.trigger, parent.cancel_open).unwrap_or(parent.state);
    // What was told to cancel has ended with the last child.
    let ends_cancel = parent.cancel_open && parent.children.unfinished() == 0 && !parent.state.is_terminal();
    parent.cancel_open &= !ends_cancel || parent.is_end_by_cancel(to);
    write_parent(turn, parent, to)?;
    if ends_cancel { afterwards::settle(turn, parent) } else { Ok(()) }
}

fn write_parent(turn: &mut Turn<'_>, parent: &mut Standing, to: State) -> rusqlite::Result<()> {
    let from = parent.state;
    turn.session.run(
        "UPDATE jobs SET children = ?2, kind = ?3, trigger_state = ?4, trigger_by_order = ?5, cancel_open = ?6,
         revision = revision + 1 WHERE id = ?1",
        (
            parent.id,
            tally_text(&parent.children),
            Word(parent.kind),
            parent.trigger.map(Word),
            parent.trigger_by_order,
            parent.cancel_open,
        ),
    )?;
    parent.revision += 1;
    if from != to {
        note_move(turn, parent.id, from, to);
        parent.state = to;
        parent.changed_at = turn.now;
        // A parent may begin anew when a child is registered late; what was said of the end before does not hold for
        // the next one.
        parent.acknowledged = false;
        turn.session.run(
            "UPDATE jobs SET state = ?2, previous_state = ?3, changed_at = ?4, ended = ?5, acknowledged = ?6,
             started_at = CASE WHEN ?7 THEN coalesce(started_at, ?4) ELSE started_at END,
             finished_at = CASE WHEN ?5 THEN ?4 END WHERE id = ?1",
            (
                parent.id,
                Word(to),
                Word(from),
                turn.now,
                to.is_terminal(),
                parent.acknowledged,
                to == State::Running,
            ),
        )?;
    }
    Ok(())
}

/// Changes the state of a trigger by order. The caller saves the parent.
pub(crate) fn order_trigger(parent: &mut Standing, to: TriggerState) {
    parent.trigger = Some(to);
    // A release leaves the trigger as a description may want it.
    parent.trigger_by_order = to != TriggerState::Scheduled;
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    /// The trees that a statement may write to.
    fn written(sql: &str) -> Vec<String> {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(crate::schema::CREATE).unwrap();
        let mut listing = connection.prepare(&format!("EXPLAIN {sql}")).unwrap();
        let parameters = listing.parameter_count();
        let opened = listing
            .query_map(rusqlite::params_from_iter(vec![1; parameters]), |row| {
                Ok((row.get::<_, String>(1)?, row.get::<_, i64>(3)?))
            })
            .unwrap();
        let name = |root| {
            let of = "SELECT name FROM sqlite_schema WHERE rootpage = ?1";
            connection.query_row(of, [root], |row| row.get(0)).unwrap()
        };
        opened
            .map(Result::unwrap)
            .filter(|(code, _)| code == "OpenWrite")
            .map(|(_, root)| name(root))
            .collect()
    }

    #[test]
    fn an_order_writes_to_no_index_that_lists_use() {
        assert_eq!(written(END), ["jobs", "jobs_unfinished"]);
        assert_eq!(written(MOVE), ["jobs"]);
    }
}
