//! What is said to a server of this dialect, and what its answers mean.
//!
//! A server has jobs and runs, and an id is of one of the two. A run has no resource of its own: it is found as the
//! latest run of its job, in a list of `JobSummary` by `runId`. What is not a latest run is not seen, and an order to it
//! is judged by the server's own word; so are the jobs of SYSTEM, which no such list shows.
//!
//! Said: `cancelrunning` to runs, `cancel`, `suspend` and `resume` to triggers, the summary of a job or a run, lists and
//! run histories. Not said, because there is no word for it: holding and releasing runs, forcing, acknowledging, deleting,
//! reporting, and rights.

mod ask;

mod answer;

mod jobs;

mod orders;

mod lists;

mod pages;

mod status;

use bytes::Bytes;
use countermand_model::{Acted, Cancel, Command, Fault, Kin, Order, Outcome, Target};
use http::Response;

use self::answer::answered;
use self::ask::Manner;
use self::status::Reading;
use super::wire::{ToldCatalogueWire, ToldOperationWire};
use super::{Prime, routes};
use crate::conversation::{Known, Wanted, unsupported};
use crate::{Conversation, Echo, Malformed};

/// See [`Codec::converse`](crate::Codec::converse).
pub(super) fn converse(prime: &Prime, command: &Command, at: i64) -> Result<Box<dyn Conversation>, Fault> {
    let manner = Manner::new(&prime.settings);
    match command {
        Command::Cancel(cancel) => orders::cancel(manner, cancel, at),
        Command::Hold(order) => orders::hold(manner, order, at),
        Command::Release(order) => orders::release(manner, order, at),
        Command::Status(status) => Ok(Box::new(Reading::new(manner, status, at))),
        // Nothing that is read here is handed out just once.
        Command::Confirm { .. } => Ok(Box::new(Known::new(Ok(Outcome::Confirmed)))),
        Command::List { filter, sort, page, count, kin } => {
            let wanted = Wanted { filter, sort, page: *page, count: *count, kin: *kin };
            lists::list(&prime.settings, &wanted, at)
        }
        Command::Runs { filter } => lists::runs(&prime.settings, filter, at),
        Command::Acknowledge { .. } => Err(unsupported("take note of an end")),
        Command::DeleteOutput { .. } => Err(unsupported("delete what a job produced")),
        Command::Delete { .. } => Err(unsupported("delete a job")),
        Command::Permissions { .. } => Err(unsupported("say what may be done with a job")),
        Command::Report { .. } => Err(unsupported("take what a job says of itself")),
        Command::CheckIn { .. } => Err(unsupported("tell a job whether it is being cancelled")),
    }
}

/// See [`Codec::decode_response`](crate::Codec::decode_response).
pub(super) fn decode_response(
    echo: &Echo,
    command: &Command,
    at: i64,
    response: &Response<Bytes>,
) -> Result<Result<Outcome, Fault>, Malformed> {
    match command {
        Command::Cancel(Cancel { targets, .. })
        | Command::Hold(Order { targets, .. })
        | Command::Release(Order { targets, .. }) => answered(response, |told: ToldOperationWire| {
            let effects = answer::effects(&told, targets, command)?;
            let acted = |(target, effect): (&Target, _)| Acted {
                target: target.clone(),
                effect,
                before: None,
                after: None,
            };
            Ok(Outcome::Acted { at, targets: targets.iter().zip(effects).map(acted).collect() })
        }),
        Command::Status(_) => answered(response, |told| {
            let snapshot = answer::only(&told, at)?;
            Ok(Outcome::Read { at, snapshot: Some(Box::new(snapshot)) })
        }),
        Command::Runs { .. } => {
            answered(response, |told| Ok(Outcome::Runs { at, parents: answer::histories(&told, at)? }))
        }
        Command::List { .. } if echo.operation.is_none_or(|operation| operation.name != routes::LIST) => {
            answered(response, |_: ToldCatalogueWire| {
                Ok(Outcome::Listed { at, jobs: Vec::new(), total: None })
            })
        }
        Command::List { kin: Kin::None, .. } => answered(response, |told| answer::ids(&told, at)),
        Command::List { .. } => answered(response, |told| answer::list(&told, at)),
        Command::Acknowledge { .. }
        | Command::DeleteOutput { .. }
        | Command::Delete { .. }
        | Command::Confirm { .. }
        | Command::Permissions { .. }
        | Command::Report { .. }
        | Command::CheckIn { .. } => Err(Malformed::new("", "no request of this API asks for this")),
    }
}
