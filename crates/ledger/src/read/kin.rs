//! The children that come with the jobs of a page: all of them by one statement, however many jobs there are.

use std::collections::HashMap;

use countermand_model::{Job, Kin, Snapshot};

use crate::filter::{Sight, Values};
use crate::rows::{columns, load};
use crate::session::Session;

/// Adds to each job those of its children that were asked for and that the caller sees.
pub(super) fn add(
    session: &Session,
    sight: Sight<'_>,
    snapshots: &mut [Snapshot],
    kin: Kin,
) -> rusqlite::Result<()> {
    let parents = snapshots.iter().map(|snapshot| &snapshot.job).filter(|job| job.children.total > 0);
    let parents: Vec<_> = parents.map(|job| job.number.to_string()).collect();
    if kin == Kin::None || parents.is_empty() {
        return Ok(());
    }
    let mut values = Values::default();
    let parents = values.bind(format!("[{}]", parents.join(",")));
    let sees = sight.sees("jobs", &mut values);
    let columns = columns!();
    let sql = match kin {
        Kin::None => return Ok(()),
        // Children that have not started have no time, which is the least of all.
        Kin::Latest => format!(
            "SELECT {columns} FROM json_each({parents}) AS parents CROSS JOIN jobs WHERE jobs.id = (SELECT jobs.id \
             FROM jobs INDEXED BY jobs_by_parent WHERE {sees} AND jobs.parent = parents.value \
             ORDER BY jobs.started_at DESC, jobs.number DESC LIMIT 1)"
        ),
        Kin::All => format!(
            "SELECT {columns} FROM json_each({parents}) AS parents CROSS JOIN jobs INDEXED BY jobs_by_parent \
             WHERE {sees} AND jobs.parent = parents.value ORDER BY jobs.number"
        ),
    };
    let children = session.all(&sql, values.all(), |row| load(session, sight.namespace, row))?;
    hand_out(children, snapshots);
    Ok(())
}

/// Gives each child to its parent, in the order they come.
pub(super) fn hand_out(children: Vec<Job>, snapshots: &mut [Snapshot]) {
    let numbers = snapshots.iter().map(|snapshot| Some(snapshot.job.number));
    let places: HashMap<Option<i64>, usize> = numbers.zip(0..).collect();
    for child in children {
        if let Some(place) = places.get(&child.parent) {
            snapshots[*place].kin.push(child);
        }
    }
}
