//! Reading: one job, many jobs, runs by parent, and small questions about one job.

mod kin;

mod list;

mod status;

use countermand_model::{Call, Command, Outcome, Permissions};

use crate::filter::Sight;
use crate::resolve::resolve;
use crate::rows::Standing;
use crate::session::Session;
use crate::signals::Signals;
pub(crate) use list::jobs_after;

/// Carries out a reading command. `None` for a command that is not one.
pub(crate) fn read(
    session: &Session,
    namespace: &str,
    call: &Call,
    now: i64,
    signals: &Signals,
) -> rusqlite::Result<Option<Outcome>> {
    let Some(namespace) = session.namespace(namespace)? else { return Ok(empty(call, now)) };
    let sight = Sight { namespace, dialect: call.dialect, caller: &call.caller };
    let outcome = match &call.command {
        Command::Status(status) => {
            let snapshot = status::status(session, sight, status, now, signals)?;
            Outcome::Read { at: now, snapshot: snapshot.map(Box::new) }
        }
        Command::List { filter, sort, page, count, kin } => {
            let list = list::List { filter, sort, page: *page, count: *count, kin: *kin };
            let (jobs, total) = session.at_one_moment(|session| list.read(session, sight))?;
            Outcome::Listed { at: now, jobs, total }
        }
        Command::Runs { filter } => {
            let parents = session.at_one_moment(|session| list::runs(session, sight, filter))?;
            Outcome::Runs { at: now, parents }
        }
        Command::Permissions { target } => {
            let found: Option<Standing> =
                session.at_one_moment(|s| resolve(s, Some(namespace), call.dialect, target))?;
            Outcome::Permitted(found.map(|job| Permissions { change: !job.is_foreign_to(&call.caller) }))
        }
        Command::CheckIn { target } => {
            let found: Option<Standing> =
                session.at_one_moment(|s| resolve(s, Some(namespace), call.dialect, target))?;
            let own = found.filter(|job| !job.is_foreign_to(&call.caller));
            Outcome::CheckedIn(own.map(|job| job.is_to_stop()))
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
