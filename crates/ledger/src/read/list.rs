//! Reading many jobs: a page of a list, and runs grouped by their jobs.

use countermand_model::{Caller, Field, Filter, Job, Kin, Page, Snapshot, Sort, Test, Value};

use super::kin;
use crate::filter::{Query, Sight};
use crate::rows::{self, columns, load};
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
        let total = if self.count {
            let sql = format!("SELECT count(*) FROM jobs WHERE {}", query.text);
            session.one(&sql, query.values.all(), |row| row.get(0))?.map(rows::counted)
        } else {
            None
        };
        query.sort(self.sort);
        query.cut(self.page);
        let jobs = select(session, sight.namespace, &query)?;
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

fn of_parents(session: &Session, sight: Sight<'_>, filter: &Filter) -> rusqlite::Result<Vec<Snapshot>> {
    let mut query = Query::of_runs(session, sight)?;
    query.add(filter);
    let sql = format!(
        "SELECT {}, parents.id AS parent_id FROM jobs AS parents
         JOIN jobs INDEXED BY jobs_by_parent ON jobs.namespace = parents.namespace AND jobs.parent = parents.number
         WHERE {} ORDER BY parents.number, jobs.started_at IS NULL, jobs.started_at, jobs.number",
        columns!(),
        query.text
    );
    let runs = session.all(&sql, query.values.all(), |row| {
        Ok((row.get::<_, i64>("parent_id")?, load(session, sight.namespace, row)?))
    })?;
    let mut parents: Vec<(i64, Snapshot)> = Vec::new();
    for (parent, run) in runs {
        match parents.last_mut() {
            Some((last, snapshot)) if *last == parent => snapshot.kin.push(run),
            _ => {
                let mut snapshot = Snapshot::of(rows::job(session, sight.namespace, parent)?);
                snapshot.kin.push(run);
                parents.push((parent, snapshot));
            }
        }
    }
    Ok(parents.into_iter().map(|(_, snapshot)| snapshot).collect())
}

fn select(session: &Session, namespace: Namespace<'_>, query: &Query<'_>) -> rusqlite::Result<Vec<Job>> {
    let sql = format!("SELECT {} FROM jobs WHERE {}", columns!(), query.text);
    session.all(&sql, query.values.all(), |row| load(session, namespace, row))
}
