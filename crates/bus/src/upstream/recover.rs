//! What an earlier process sent and did not see the end of. It is never sent again: each job is looked at once, where
//! looking is safe, and what that shows is written down; else that it is not known.

use countermand_model::{
    Acted, Call, Caller, Command, Effect, Job, Kin, Kind, Outcome, Results, Snapshot, State, Status, Target,
};

use super::journal::Leftover;
use super::{UnderWay, Upstream};

/// The order of a row, as far as its name tells it.
#[derive(Clone, Copy)]
enum Named {
    Cancel,
    Hold,
    Release,
    Acknowledge,
    DeleteOutput,
    Delete,
    Other,
}

impl Upstream {
    /// Settles what an earlier process left behind. Which rows that are is asked at once, so this is to be called before
    /// the first command; looking at their jobs goes on by itself.
    pub async fn recover(&self) {
        let leftovers = match (self.0.journal.unsettled)(()).await {
            Ok(leftovers) => leftovers,
            Err(fault) => {
                let engine = &self.0.wire.engine;
                tracing::error!(engine, %fault, "what an earlier process left behind is not known");
                return;
            }
        };
        if leftovers.is_empty() {
            return;
        }
        let under_way = UnderWay::begin(&self.0);
        tokio::spawn(async move {
            for leftover in leftovers {
                settle(&under_way, leftover).await;
            }
        });
    }
}

async fn settle(under_way: &UnderWay, leftover: Leftover) {
    let shared = &under_way.0;
    let mut acted = Vec::new();
    for target in &leftover.targets {
        let seen = look(under_way, &leftover, target).await;
        let order = named(&leftover.command);
        let effect = seen.as_ref().and_then(|seen| came_of(order, seen.as_deref()));
        acted.push(Acted {
            target: target.clone(),
            effect: effect.unwrap_or(Effect::UnverifiedUnanswered),
            before: None,
            after: seen.flatten(),
        });
    }
    let (engine, request_id) = (&shared.wire.engine, &leftover.request_id);
    let effects: Vec<_> = acted.iter().map(|acted| acted.effect.name()).collect();
    tracing::warn!(
        engine,
        request_id,
        command = leftover.command,
        ?effects,
        "left behind by an earlier process"
    );
    if let Err(fault) = (shared.journal.settled)((leftover.ticket, (shared.clock)(), acted)).await {
        tracing::error!(engine, request_id, %fault, "what became of a command is not in the audit");
    }
}

/// The job now, if it is there; `None` where that cannot be seen. A server that hands results out once is not asked: the
/// driver sends nothing that takes for a reading that takes nothing.
async fn look(under_way: &UnderWay, leftover: &Leftover, target: &Target) -> Option<Option<Box<Snapshot>>> {
    let dialect = countermand_dialects::by_name(&leftover.dialect)?.name;
    let status = Status { target: target.clone(), results: Results::None, kin: Kin::None };
    let call = Call {
        command: Command::Status(status),
        caller: Caller { user: leftover.user.clone(), ..Caller::default() },
        dialect,
        request_id: leftover.request_id.clone(),
    };
    // Unlike a caller, who may come again, this waits for a place: it is looked at once.
    let _room = under_way.0.room.acquire().await.ok()?;
    match under_way.0.look(&call).await {
        Ok(Outcome::Read { snapshot, .. }) => Some(snapshot),
        Ok(_) | Err(_) => None,
    }
}

fn named(name: &str) -> Named {
    match name {
        "cancel" | "force_cancel" => Named::Cancel,
        "hold" => Named::Hold,
        "release" => Named::Release,
        "acknowledge" => Named::Acknowledge,
        "delete_output" => Named::DeleteOutput,
        "delete" => Named::Delete,
        _ => Named::Other,
    }
}

/// What can be seen to have come of an order. A row does not say how far its order reached: of a job with a trigger it may
/// have been that alone, so nothing is said of one.
fn came_of(order: Named, seen: Option<&Snapshot>) -> Option<Effect> {
    let Some(Snapshot { job, .. }) = seen else {
        return matches!(order, Named::Delete).then_some(Effect::Done);
    };
    if job.trigger.is_some() {
        return None;
    }
    let done = |is_so: bool| is_so.then_some(Effect::Done);
    match order {
        Named::Cancel => stopped(job),
        Named::Hold => done(job.state == State::Held),
        // What of a family was held before is not known.
        Named::Release => done(job.state != State::Held && job.kind != Kind::Parent),
        Named::Acknowledge => done(job.acknowledged),
        Named::DeleteOutput => done(job.output.is_none()),
        Named::Delete | Named::Other => None,
    }
}

fn stopped(job: &Job) -> Option<Effect> {
    match job.state {
        State::Cancelled => Some(Effect::Cancelled),
        State::Cancelling => Some(Effect::Accepted),
        // How a family ends is how its children did, of which some may have ended by this order.
        _ if job.kind == Kind::Parent => None,
        state => state.is_terminal().then_some(Effect::AlreadyFinished),
    }
}
