//! Reading: one job, many jobs, runs by parent, and small questions about one job.

use countermand_model::{
    Call, Caller, Command, Filter, Job, Kin, Outcome, Page, Permissions, Results, Snapshot, Sort, State,
    Status,
};
use rusqlite::params_from_iter;

use crate::deliver::{Contents, Deliveries};
use crate::filter::{self, Query};
use crate::resolve::resolve;
use crate::results;
use crate::rows::{self, Standing, columns, load, stored};
use crate::session::{Namespace, Session};

/// Carries out a reading command. `None` for a command that is not one.
pub(crate) fn read(
    session: &Session,
    namespace: &str,
    call: &Call,
    now: i64,
    deliveries: &Deliveries,
) -> rusqlite::Result<Option<Outcome>> {
    let Some(namespace) = session.namespace(namespace)? else { return Ok(empty(call, now)) };
    let outcome = match &call.command {
        Command::Status(status) => {
            let snapshot = status_of(session, namespace, call, status, now, deliveries)?;
            Outcome::Read { at: now, snapshot: snapshot.map(Box::new) }
        }
        Command::List { filter, sort, page, count } => session
            .at_one_moment(|session| list(session, namespace, call, filter, sort, *page, *count, now))?,
        Command::Runs { filter } => {
            let parents = session.at_one_moment(|session| runs(session, namespace, call, filter))?;
            Outcome::Runs { at: now, parents }
        }
        Command::Permissions { target } => {
            let found = session.at_one_moment(|s| resolve(s, Some(namespace), call.dialect, target))?;
            Outcome::Permitted(found.map(|job| Permissions { change: !job.is_foreign_to(&call.caller) }))
        }
        Command::CheckIn { target } => {
            let found = session.at_one_moment(|s| resolve(s, Some(namespace), call.dialect, target))?;
            let own = found.filter(|job| !job.is_foreign_to(&call.caller));
            // A cancel that was forced has ended the job; its work may still go on and has to stop.
            Outcome::CheckedIn(own.map(|job| matches!(job.state, State::Cancelling | State::Cancelled)))
        }
        Command::Cancel(_)
        | Command::Hold(_)
        | Command::Release(_)
        | Command::Acknowledge { .. }
        | Command::DeleteOutput { .. }
        | Command::Delete { .. }
        | Command::Confirm { .. }
        | Command::Report { .. } => return Ok(None),
    };
    Ok(Some(outcome))
}

/// The jobs after a number, for the owner of the jobs.
pub(crate) fn jobs_after(
    session: &Session,
    namespace: Namespace<'_>,
    filter: &Filter,
    after: i64,
    limit: u64,
) -> rusqlite::Result<Vec<Job>> {
    let mut query = Query::of_jobs(namespace, rows::CONTROL, &Caller::default());
    query.text.push_str(" AND jobs.number > ?");
    query.values.push(after.into());
    query.add(filter);
    query.text.push_str(" ORDER BY jobs.number LIMIT ?");
    query.values.push(stored(limit).into());
    select(session, namespace, &query)
}

/// What is read in a namespace that has never had a job.
fn empty(call: &Call, at: i64) -> Option<Outcome> {
    match &call.command {
        Command::Status(_) => Some(Outcome::Read { at, snapshot: None }),
        Command::List { count, .. } => {
            Some(Outcome::Listed { at, jobs: Vec::new(), total: count.then_some(0) })
        }
        Command::Runs { .. } => Some(Outcome::Runs { at, parents: Vec::new() }),
        Command::Permissions { .. } => Some(Outcome::Permitted(None)),
        Command::CheckIn { .. } => Some(Outcome::CheckedIn(None)),
        Command::Cancel(_)
        | Command::Hold(_)
        | Command::Release(_)
        | Command::Acknowledge { .. }
        | Command::DeleteOutput { .. }
        | Command::Delete { .. }
        | Command::Confirm { .. }
        | Command::Report { .. } => None,
    }
}

fn status_of(
    session: &Session,
    namespace: Namespace<'_>,
    call: &Call,
    status: &Status,
    now: i64,
    deliveries: &Deliveries,
) -> rusqlite::Result<Option<Snapshot>> {
    let find = |session: &Session| {
        let found = resolve(session, Some(namespace), call.dialect, &status.target)?;
        Ok::<_, rusqlite::Error>(found.filter(|job| !job.is_foreign_to(&call.caller)))
    };
    if !status.results.takes() {
        return session.at_one_moment(|session| {
            let Some(standing) = find(session)? else { return Ok(None) };
            let mut snapshot = with_kin(session, namespace, call, &standing, status.kin)?;
            if status.results == Results::All {
                snapshot.results = results::all(session, standing.id)?;
            }
            Ok(Some(snapshot))
        });
    }
    // Reserved first, read then: between the two moments a confirmation may have come in, and the reading sees it.
    let Some(first) = session.at_one_moment(find)? else { return Ok(None) };
    let reservation = deliveries.reserve(first.id, first.life, now);
    session.at_one_moment(|session| {
        let Some(standing) = find(session)? else { return Ok(None) };
        let mut snapshot = with_kin(session, namespace, call, &standing, status.kin)?;
        let job = &snapshot.job;
        let (delivered, total) = (job.results_delivered, job.results_total);
        let is_last = job.state.is_terminal();
        let has_news = delivered < total || (is_last && job.drained_at.is_none());
        if status.results == Results::Cumulative {
            snapshot.results = results::all(session, standing.id)?;
        }
        if let Some(reservation) = reservation.filter(|_| has_news && standing.life == first.life) {
            if status.results == Results::Undelivered {
                snapshot.results = results::range(session, standing.id, delivered, total)?;
            }
            snapshot.delivery = Some(reservation.fill(Contents { up_to: total, is_last }));
        }
        Ok(Some(snapshot))
    })
}

/// With those of its children that the caller sees in this dialect.
fn with_kin(
    session: &Session,
    namespace: Namespace<'_>,
    call: &Call,
    standing: &Standing,
    kin: Kin,
) -> rusqlite::Result<Snapshot> {
    let mut snapshot = Snapshot::of(rows::job(session, namespace, standing.id)?);
    let order = match kin {
        Kin::None => return Ok(snapshot),
        _ if standing.children.total() == 0 => return Ok(snapshot),
        // Children that have not started have no time, which is the least of all.
        Kin::Latest => "ORDER BY jobs.started_at DESC, jobs.number DESC LIMIT 1",
        Kin::All => "ORDER BY jobs.number",
    };
    let mut query = Query::of_jobs(namespace, call.dialect, &call.caller);
    query.text.push_str(" AND jobs.parent = ?");
    query.values.push(standing.number.into());
    let sql =
        format!("SELECT {} FROM jobs INDEXED BY jobs_by_parent WHERE {} {order}", columns!(), query.text);
    snapshot.kin = session.all(&sql, params_from_iter(&query.values), |row| load(session, namespace, row))?;
    Ok(snapshot)
}

#[expect(clippy::too_many_arguments, reason = "they are the members of one command, and where it is asked")]
fn list(
    session: &Session,
    namespace: Namespace<'_>,
    call: &Call,
    filter: &Filter,
    sort: &[Sort],
    page: Page,
    count: bool,
    at: i64,
) -> rusqlite::Result<Outcome> {
    let mut query = Query::of_jobs(namespace, call.dialect, &call.caller);
    query.add(filter);
    let total = if count {
        let sql = format!("SELECT count(*) FROM jobs WHERE {}", query.text);
        session.one(&sql, params_from_iter(&query.values), |row| row.get(0))?.map(rows::counted)
    } else {
        None
    };
    query.sort(sort);
    query.text.push_str(" LIMIT ? OFFSET ?");
    query.values.extend([stored(page.size).into(), stored(page.first).into()]);
    let jobs = select(session, namespace, &query)?.into_iter().map(Snapshot::of).collect();
    Ok(Outcome::Listed { at, jobs, total })
}

fn select(session: &Session, namespace: Namespace<'_>, query: &Query) -> rusqlite::Result<Vec<Job>> {
    let sql = format!("SELECT {} FROM jobs WHERE {}", columns!(), query.text);
    session.all(&sql, params_from_iter(&query.values), |row| load(session, namespace, row))
}

/// The runs of each parent, in the order they started; those that have not started come last. A parent without a run
/// that fits is not among them.
fn runs(
    session: &Session,
    namespace: Namespace<'_>,
    call: &Call,
    filter: &Filter,
) -> rusqlite::Result<Vec<Snapshot>> {
    let mut query = Query::of_runs(namespace, call.dialect, &call.caller);
    query.add(filter);
    let sql = format!(
        "SELECT {}, parents.id AS parent_id FROM jobs AS parents
         JOIN jobs INDEXED BY jobs_by_parent ON jobs.namespace = parents.namespace AND jobs.parent = parents.number
         WHERE {} ORDER BY parents.number, jobs.started_at IS NULL, jobs.started_at, jobs.number",
        columns!(),
        query.text
    );
    let runs = session.all(&sql, params_from_iter(&query.values), |row| {
        Ok((row.get::<_, i64>("parent_id")?, load(session, namespace, row)?))
    })?;
    let mut parents: Vec<(i64, Snapshot)> = Vec::new();
    for (parent, run) in runs {
        match parents.last_mut() {
            Some((last, snapshot)) if *last == parent => snapshot.kin.push(run),
            _ => {
                let mut snapshot = Snapshot::of(rows::job(session, namespace, parent)?);
                snapshot.kin.push(run);
                parents.push((parent, snapshot));
            }
        }
    }
    Ok(parents.into_iter().map(|(_, snapshot)| snapshot).collect())
}

/// Why a filter of a command cannot be looked up, where it cannot.
pub(crate) fn refuse(command: &Command) -> Option<countermand_model::Fault> {
    match command {
        Command::List { filter, .. } | Command::Runs { filter } => filter::refuse(filter),
        Command::Cancel(_)
        | Command::Hold(_)
        | Command::Release(_)
        | Command::Acknowledge { .. }
        | Command::DeleteOutput { .. }
        | Command::Delete { .. }
        | Command::Status(_)
        | Command::Confirm { .. }
        | Command::Permissions { .. }
        | Command::Report { .. }
        | Command::CheckIn { .. } => None,
    }
}
