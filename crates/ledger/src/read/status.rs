//! Reading one job, perhaps with results that are handed out once.

use countermand_model::{Job, Kin, Results, Snapshot, Status, Target};

use super::kin;
use crate::deliver::Contents;
use crate::filter::Sight;
use crate::hot::Place;
use crate::resolve::{Found, resolve};
use crate::results;
use crate::rows::{Standing, Whole};
use crate::session::Session;
use crate::signals::Signals;

pub(super) fn status(
    session: &Session,
    sight: Sight<'_>,
    status: &Status,
    now: i64,
    signals: &Signals,
) -> rusqlite::Result<Option<Snapshot>> {
    if !status.results.takes() {
        let moment = signals.hot.stamps.now();
        return session.at_one_moment(|session| {
            let Some(whole) = find::<Whole>(session, sight, &status.target)? else { return Ok(None) };
            let rows = whole.rows;
            let mut snapshot = with_kin(session, sight, whole.job, status.kin)?;
            if status.results == Results::All {
                let [own, _] = rows;
                snapshot.results = results::all(session, own)?;
            } else {
                let Sight { namespace, dialect, .. } = sight;
                let place = Place { namespace: namespace.name, dialect, target: &status.target };
                signals.hot.keep(place, status, moment, &snapshot.job, rows);
            }
            Ok(Some(snapshot))
        });
    }
    // Reserved first, read then: between the two moments a confirmation may have come in, and the reading sees it.
    let first = session.at_one_moment(|session| find::<Standing>(session, sight, &status.target))?;
    let Some(first) = first else { return Ok(None) };
    let reservation = signals.deliveries.reserve(first.id, first.life, now);
    session.at_one_moment(|session| {
        let Some(whole) = find::<Whole>(session, sight, &status.target)? else { return Ok(None) };
        let Whole { rows: [own, _], life, .. } = whole;
        let mut snapshot = with_kin(session, sight, whole.job, status.kin)?;
        let job = &snapshot.job;
        let (delivered, total) = (job.results_delivered, job.results_total);
        let is_last = job.state.is_terminal();
        let has_news = delivered < total || (is_last && job.drained_at.is_none());
        if status.results == Results::Cumulative {
            snapshot.results = results::all(session, own)?;
        }
        if let Some(reservation) = reservation.filter(|_| has_news && life == first.life) {
            if status.results == Results::Undelivered {
                snapshot.results = results::range(session, own, delivered, total)?;
            }
            snapshot.delivery = Some(reservation.fill(Contents { up_to: total, is_last }));
        }
        Ok(Some(snapshot))
    })
}

/// The job that is asked for, when it is not another's.
fn find<T: Found>(session: &Session, sight: Sight<'_>, target: &Target) -> rusqlite::Result<Option<T>> {
    let found: Option<T> = resolve(session, Some(sight.namespace), sight.dialect, target)?;
    Ok(found.filter(|job| !job.is_foreign_to(sight.caller)))
}

fn with_kin(session: &Session, sight: Sight<'_>, job: Job, kin: Kin) -> rusqlite::Result<Snapshot> {
    let mut snapshots = [Snapshot::of(job)];
    kin::add(session, sight, &mut snapshots, kin)?;
    let [snapshot] = snapshots;
    Ok(snapshot)
}
