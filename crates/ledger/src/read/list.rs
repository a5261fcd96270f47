//! Reading many jobs: a page of a list, and runs grouped by their jobs.

use countermand_model::{Caller, Field, Filter, Job, Kin, Page, Snapshot, Sort, Test, Value};

use super::kin;
use crate::filter::{Query, Sight};
use crate::rows;
use crate::session::{Namespace, Session};

/// What is asked of a list.
pub(super) struct List<'a> {
    pub(super) filter: &'a Filter,
    pub(super) sort: &'a [Sort],
    pub(super) page: Page,
    pub(super) count: bool,
    pub(super) kin: Kin,
}

impl List<'_> {
    /// The page, and how many there are in all where that was asked for.
    pub(super) fn read(
        &self,
        session: &Session,
        sight: Sight<'_>,
    ) -> rusqlite::Result<(Vec<Snapshot>, Option<u64>)> {
        let mut query = Query::of_jobs(session, sight)?;
        query.add(self.filter);
        // The end of an unfinished page tells how many there are, without another walk through all of them.
        let counting = format!("SELECT count(*) FROM jobs WHERE {}", query.text);
        let counted = query.values.clone();
        query.sort(self.sort);
        query.cut(self.page);
        let jobs = select(session, sight.namespace, &query)?;
        let total = match jobs.len() as u64 {
            _ if !self.count => None,
            found if found < self.page.size && (found > 0 || self.page.first == 0) => {
                Some(self.page.first + found)
            }
            _ => session.one(&counting, counted.all(), |row| row.get(0))?.map(rows::counted),
        };
        let mut snapshots: Vec<_> = jobs.into_iter().map(Snapshot::of).collect();
        kin::add(session, sight, &mut snapshots, self.kin)?;
        Ok((snapshots, total))
    }
}

/// The jobs after a number, for the owner of the jobs.
pub(crate) fn jobs_after(
    session: &Session,
    namespace: Namespace<'_>,
    filter: &Filter,
    after: i64,
    limit: u64,
) -> rusqlite::Result<Vec<Job>> {
    let sight = Sight { namespace, dialect: rows::CONTROL, caller: &Caller::default() };
    let mut query = Query::of_jobs(session, sight)?;
    query.add(&Filter::Field(Field::Number, Test::Greater(Value::Integer(after))));
    query.add(filter);
    query.sort(&[]);
    query.cut(Page { first: 0, size: limit });
    select(session, namespace, &query)
}

/// The runs of each parent, in the order they started, those that have not started last; and each single job as its
/// own only run. A job without a run that fits is not among them.
pub(super) fn runs(session: &Session, sight: Sight<'_>, filter: &Filter) -> rusqlite::Result<Vec<Snapshot>> {
    let mut jobs = of_parents(session, sight, filter)?;
    let mut query = Query::of_single_runs(session, sight)?;
    query.add(filter);
    let singles = select(session, sight.namespace, &query)?;
    jobs.extend(singles.into_iter().map(|job| Snapshot { kin: vec![job.clone()], ..Snapshot::of(job) }));
    jobs.sort_by_key(|snapshot| snapshot.job.number);
    Ok(jobs)
}

/// The parents by number, with their runs.
fn of_parents(session: &Session, sight: Sight<'_>, filter: &Filter) -> rusqlite::Result<Vec<Snapshot>> {
    let mut query = Query::of_runs(session, sight)?;
    query.add(filter);
    let sql = format!(
        "SELECT parents.id, jobs.id FROM jobs AS parents
         JOIN jobs ON jobs.namespace = parents.namespace AND jobs.parent = parents.number
         WHERE {} ORDER BY parents.number, jobs.started_at IS NULL, jobs.started_at, jobs.number",
        query.text
    );
    let found: Vec<(i64, i64)> =
        session.all(&sql, query.values.all(), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (mut parents, runs): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    parents.dedup();
    let parents = rows::jobs(session, sight.namespace, &parents)?;
    let mut snapshots: Vec<_> = parents.into_iter().map(Snapshot::of).collect();
    kin::hand_out(rows::jobs(session, sight.namespace, &runs)?, &mut snapshots);
    Ok(snapshots)
}

/// The jobs that a query finds. Their keys are found first: a sort of a hundred thousand whole rows for the sake of a
/// page would take five times as long.
fn select(session: &Session, namespace: Namespace<'_>, query: &Query<'_>) -> rusqlite::Result<Vec<Job>> {
    let sql = format!("SELECT jobs.id FROM jobs WHERE {}", query.text);
    let found = session.all(&sql, query.values.all(), |row| row.get(0))?;
    rows::jobs(session, namespace, &found)
}
