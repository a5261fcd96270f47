//! Reading one job, perhaps with results that are handed out once.

use countermand_model::{Kin, Results, Snapshot, Status};

use super::kin;
use crate::deliver::Contents;
use crate::filter::Sight;
use crate::hot::Place;
use crate::resolve::resolve;
use crate::results;
use crate::rows::{self, Standing};
use crate::session::Session;
use crate::signals::Signals;

pub(super) fn status(
    session: &Session,
    sight: Sight<'_>,
    status: &Status,
    now: i64,
    signals: &Signals,
) -> rusqlite::Result<Option<Snapshot>> {
    let find = |session: &Session| {
        let found = resolve(session, Some(sight.namespace), sight.dialect, &status.target)?;
        Ok::<_, rusqlite::Error>(found.filter(|job| !job.is_foreign_to(sight.caller)))
    };
    if !status.results.takes() {
        let moment = signals.hot.stamps.now();
        return session.at_one_moment(|session| {
            let Some(standing) = find(session)? else { return Ok(None) };
            let mut snapshot = with_kin(session, sight, &standing, status.kin)?;
            if status.results == Results::All {
                snapshot.results = results::all(session, standing.id)?;
            } else {
                let Sight { namespace, dialect, .. } = sight;
                let place = Place { namespace: namespace.name, dialect, target: &status.target };
                let above = match standing.parent {
                    Some(parent) => rows::by_number(session, namespace, parent)?,
                    None => None,
                };
                let rows = [standing.id, above.map_or(standing.id, |above| above.id)];
                signals.hot.keep(place, status, moment, &snapshot.job, rows);
            }
            Ok(Some(snapshot))
        });
    }
    // Reserved first, read then: between the two moments a confirmation may have come in, and the reading sees it.
    let Some(first) = session.at_one_moment(find)? else { return Ok(None) };
    let reservation = signals.deliveries.reserve(first.id, first.life, now);
    session.at_one_moment(|session| {
        let Some(standing) = find(session)? else { return Ok(None) };
        let mut snapshot = with_kin(session, sight, &standing, status.kin)?;
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

fn with_kin(
    session: &Session,
    sight: Sight<'_>,
    standing: &Standing,
    kin: Kin,
) -> rusqlite::Result<Snapshot> {
    let mut snapshots = [Snapshot::of(rows::job(session, sight.namespace, standing.id)?)];
    kin::add(session, sight, &mut snapshots, kin)?;
    let [snapshot] = snapshots;
    Ok(snapshot)
}
