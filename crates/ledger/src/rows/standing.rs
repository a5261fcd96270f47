//! What an order looks at: where a job stands, and the marks that the ledger keeps on it and shows nobody.

use countermand_model::{Caller, Kind, State, Tally, TriggerState};
use rusqlite::Row;

use super::words::{Word, counted, dialects, tally};
use crate::session::{Namespace, Session};

/// What the control API gives for its dialect: it sees every job, by number.
pub(crate) const CONTROL: &str = "control";

/// The dataset of a job that names none.
const DEFAULT_DATASET: &str = "defaultDs";

/// Where a job stands.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// The row.
    pub(crate) id: i64,
    /// The job's number.
    pub(crate) number: i64,
    pub(crate) kind: Kind,
    /// The parent's number.
    pub(crate) parent: Option<i64>,
    pub(crate) state: State,
    pub(crate) acknowledged: bool,
    /// Deleted by an order.
    pub(crate) hidden: bool,
    /// It was told to cancel as a whole: children that come later are told as well, and after an end by that order
    /// none may come that would work. Gone when it ends otherwise or is started afresh.
    pub(crate) cancel_open: bool,
    /// A description does not release it.
    pub(crate) held_by_order: bool,
    /// A description does not revive its trigger, nor gives it another once it has taken that one away.
    pub(crate) trigger_by_order: bool,
    pub(crate) revision: u64,
    /// Counts how often its results began anew.
    pub(crate) life: i64,
    pub(crate) changed_at: i64,
    /// When it last gave a sign of life while it was being cancelled.
    pub(crate) heard_at: Option<i64>,
    pub(crate) owner: Option<String>,
    pub(crate) dataset: Option<String>,
    pub(crate) dialects: Option<Vec<String>>,
    pub(crate) has_aliases: bool,
    pub(crate) trigger: Option<TriggerState>,
    /// How many children are in each state.
    pub(crate) children: Tally,
    pub(crate) has_output: bool,
}

macro_rules! standing {
    ($rest:literal) => {
        concat!(
            "SELECT id, number, kind, parent, state, acknowledged, hidden, cancel_open, held_by_order, ",
            "trigger_by_order, revision, life, changed_at, heard_at, owner, dataset, dialects, has_aliases, trigger_state, ",
            "children, output_id IS NOT NULL FROM jobs ",
            $rest
        )
    };
}

/// The job of that number, hidden or not.
pub(crate) fn by_number(
    session: &Session,
    namespace: Namespace<'_>,
    number: i64,
) -> rusqlite::Result<Option<Standing>> {
    session.one(standing!("WHERE namespace = ?1 AND number = ?2"), (namespace.id, number), read)
}

/// The job with that alias, hidden or not.
pub(crate) fn by_alias(
    session: &Session,
    namespace: Namespace<'_>,
    dialect: &str,
    alias: &str,
) -> rusqlite::Result<Option<Standing>> {
    session.one(
        standing!(
            "WHERE id = (SELECT job FROM aliases WHERE namespace = ?1 AND dialect = ?2 AND alias = ?3)"
        ),
        (namespace.id, dialect, alias),
        read,
    )
}

/// The children of a parent that have not ended, by number.
///
/// The index is named, here and wherever children are read: left to itself, SQLite walks the whole namespace by
/// number to save a sort.
pub(crate) fn unfinished_children(
    session: &Session,
    namespace: Namespace<'_>,
    parent: &Standing,
) -> rusqlite::Result<Vec<Standing>> {
    if parent.children.unfinished() == 0 {
        return Ok(Vec::new());
    }
    session.all(
        standing!(
            "INDEXED BY jobs_unfinished WHERE namespace = ?1 AND parent = ?2 AND ended = 0 ORDER BY number"
        ),
        (namespace.id, parent.number),
        read,
    )
}

/// The children of a parent, by number.
pub(crate) fn children(
    session: &Session,
    namespace: Namespace<'_>,
    parent: &Standing,
) -> rusqlite::Result<Vec<Standing>> {
    if parent.children.total() == 0 {
        return Ok(Vec::new());
    }
    session.all(
        standing!("INDEXED BY jobs_by_parent WHERE namespace = ?1 AND parent = ?2 ORDER BY number"),
        (namespace.id, parent.number),
        read,
    )
}

impl Standing {
    /// A job that is not there yet.
    pub(crate) fn new(number: i64, now: i64) -> Standing {
        Standing {
            id: 0,
            number,
            kind: Kind::Single,
            parent: None,
            state: State::Queued,
            acknowledged: false,
            hidden: false,
            cancel_open: false,
            held_by_order: false,
            trigger_by_order: false,
            revision: 0,
            life: 1,
            changed_at: now,
            heard_at: None,
            owner: None,
            dataset: None,
            dialects: None,
            has_aliases: false,
            trigger: None,
            children: Tally::default(),
            has_output: false,
        }
    }

    /// Whether its state follows its children or its trigger.
    pub(crate) fn is_derived(&self) -> bool {
        (self.children.total() > 0 || self.trigger.is_some()) && !self.awaits_own_end()
    }

    /// Whether it was at work itself when it was told to cancel, and none of the children it has got since is: that
    /// those have ended is not its own end, which is its runner's to tell.
    fn awaits_own_end(&self) -> bool {
        self.state == State::Cancelling && self.cancel_open && self.children.unfinished() == 0
    }

    /// Whether an end in that state, with the children as they are, is one by the order to cancel: something was
    /// stopped.
    pub(crate) fn is_end_by_cancel(&self, end: State) -> bool {
        end == State::Cancelled || end.is_terminal() && self.children.count(State::Cancelled) > 0
    }

    /// [`Job::silent_since`](countermand_model::Job::silent_since).
    pub(crate) fn silent_since(&self) -> i64 {
        self.heard_at.map_or(self.changed_at, |heard| heard.max(self.changed_at))
    }

    /// Whether its work is to stop. A cancel that was forced has ended the job; its work may still go on.
    pub(crate) fn is_to_stop(&self) -> bool {
        matches!(self.state, State::Cancelling | State::Cancelled)
    }

    /// Whether it is seen in a dialect at all.
    pub(crate) fn is_seen_in(&self, dialect: &str) -> bool {
        !self.hidden && is_listed(self.dialects.as_deref(), dialect)
    }

    /// Whether it is in a dataset; in any, where the target names none.
    pub(crate) fn is_in(&self, dataset: Option<&str>) -> bool {
        is_within(self.dataset.as_deref(), dataset)
    }

    /// Whether it is another's, for a caller who is kept to his own jobs.
    pub(crate) fn is_foreign_to(&self, caller: &Caller) -> bool {
        is_foreign(self.owner.as_deref(), caller)
    }
}

/// Whether a job that names these dialects is seen in that one.
pub(super) fn is_listed(dialects: Option<&[String]>, dialect: &str) -> bool {
    dialect == CONTROL || dialects.is_none_or(|dialects| dialects.iter().any(|seen| seen == dialect))
}

/// Whether a job of that dataset is meant by one who names `dataset`.
pub(super) fn is_within(own: Option<&str>, dataset: Option<&str>) -> bool {
    dataset.is_none_or(|dataset| own.unwrap_or(DEFAULT_DATASET) == dataset)
}

/// Whether a job of that owner is another's, for a caller who is kept to his own jobs.
pub(crate) fn is_foreign(owner: Option<&str>, caller: &Caller) -> bool {
    caller.own_only && owner.is_some_and(|owner| owner != caller.user)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Standing> {
    Ok(Standing {
        id: row.get(0)?,
        number: row.get(1)?,
        kind: row.get::<_, Word<_>>(2)?.0,
        parent: row.get(3)?,
        state: row.get::<_, Word<_>>(4)?.0,
        acknowledged: row.get(5)?,
        hidden: row.get(6)?,
        cancel_open: row.get(7)?,
        held_by_order: row.get(8)?,
        trigger_by_order: row.get(9)?,
        revision: counted(row.get(10)?),
        life: row.get(11)?,
        changed_at: row.get(12)?,
        heard_at: row.get(13)?,
        owner: row.get(14)?,
        dataset: row.get(15)?,
        dialects: row.get_ref(16)?.as_str_or_null()?.map(dialects),
        has_aliases: row.get(17)?,
        trigger: row.get::<_, Option<Word<_>>>(18)?.map(|word| word.0),
        children: tally(row.get_ref(19)?.as_str_or_null()?)?,
        has_output: row.get(20)?,
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    /// How SQLite goes about a statement.
    fn plan(sql: &str) -> String {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(crate::schema::CREATE).unwrap();
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let parameters = statement.parameter_count();
        let steps = statement
            .query_map(rusqlite::params_from_iter(vec![1; parameters]), |row| row.get::<_, String>(3))
            .unwrap();
        steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn an_order_finds_its_jobs_without_a_scan() {
        let by = |index: &str, columns: &str| format!("SEARCH jobs USING INDEX {index} ({columns})");
        assert_eq!(
            plan(standing!("WHERE namespace = ?1 AND number = ?2")),
            by("jobs_by_number", "namespace=? AND number=?")
        );
        let unfinished = plan(standing!(
            "INDEXED BY jobs_unfinished WHERE namespace = ?1 AND parent = ?2 AND ended = 0 ORDER BY number"
        ));
        assert!(unfinished.starts_with(&by("jobs_unfinished", "namespace=? AND parent=?")), "{unfinished}");
        let latest = "SELECT id FROM jobs WHERE namespace = ?1 AND parent = ?2 AND hidden = 0
                      ORDER BY started_at DESC, number DESC LIMIT 1";
        assert_eq!(plan(latest), by("jobs_by_parent", "namespace=? AND parent=?"));
    }
}
