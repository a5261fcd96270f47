//! Two engines for one mount, while jobs move from one to the other: what the first knows is its own, and everything
//! else is asked of the second, which is the legacy server. It knows commands and outcomes, and no engine by name.
//!
//! An id is known where the first engine has a job under it, whoever's that is: a job that this caller may not see is
//! not looked for elsewhere. What is known is looked up before an order, not read from its outcome: an order may answer
//! `NotFound` of a job that is there (a parent is no work to be cancelled), and the same id may be another job's over there.
//!
//! **Lists and runs are the first engine's alone.** Two pages in two orders do not make one, and a job that is in both would
//! be there twice; whoever wants the legacy server's lists leaves these operations to it.

#[cfg(test)]
mod tests;

use std::task::{Context, Poll};

use countermand_model::{
    Acted, Call, Caller, Command, Effect, Fault, FaultKind, Kin, Outcome, Results, Status, Target,
};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use tower::{Service, ServiceExt};

use crate::Engine;
use crate::upstream::targets;

/// How many ids of a command are looked up at once.
const AT_ONCE: usize = 16;

/// Both engines as one.
#[derive(Clone, Debug)]
pub struct Either {
    first: Engine,
    second: Engine,
}

impl Either {
    /// `first` answers for the jobs it knows, `second` for all others.
    #[must_use]
    pub fn new(first: Engine, second: Engine) -> Either {
        Either { first, second }
    }
}

impl Service<Call> for Either {
    type Response = Outcome;
    type Error = Fault;
    type Future = BoxFuture<'static, Result<Outcome, Fault>>;

    /// Always ready: either is asked on a clone, which is polled ready then.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let Either { first, second } = self.clone();
        Box::pin(async move {
            match &call.command {
                Command::Cancel(_) | Command::Hold(_) | Command::Release(_) => {
                    give(first, second, call).await
                }
                Command::Status(status) => {
                    let target = status.target.clone();
                    match first.clone().oneshot(call.clone()).await? {
                        Outcome::Read { snapshot: None, .. } if !hides(&first, &call, target).await? => {
                            second.oneshot(call).await
                        }
                        read => Ok(read),
                    }
                }
                Command::Acknowledge { target, .. }
                | Command::DeleteOutput { target }
                | Command::Delete { target }
                | Command::Permissions { target }
                | Command::Report { target, .. }
                | Command::CheckIn { target } => {
                    let is_known = knows(first.clone(), &call, target.clone()).await?;
                    if is_known { first } else { second }.oneshot(call).await
                }
                Command::Confirm { .. } | Command::List { .. } | Command::Runs { .. } => {
                    first.oneshot(call).await
                }
            }
        })
    }
}

/// Whether there is a job that this caller, and nobody else, is kept from. Without such restrictions what was read is all
/// there is.
async fn hides(engine: &Engine, call: &Call, target: Target) -> Result<bool, Fault> {
    if call.caller.own_only { knows(engine.clone(), call, target).await } else { Ok(false) }
}

/// Whether an engine has a job under an id, whoever's it is.
async fn knows(engine: Engine, call: &Call, target: Target) -> Result<bool, Fault> {
    let command = Command::Status(Status { target, results: Results::None, kin: Kin::None });
    let caller = Caller { own_only: false, ..call.caller.clone() };
    let asked = Call { command, caller, dialect: call.dialect, request_id: call.request_id.clone() };
    match engine.oneshot(asked).await? {
        Outcome::Read { snapshot, .. } => Ok(snapshot.is_some()),
        Outcome::Acted { .. }
        | Outcome::Confirmed
        | Outcome::Listed { .. }
        | Outcome::Runs { .. }
        | Outcome::Permitted(_)
        | Outcome::CheckedIn(_) => Err(defect("a reading came to another outcome")),
    }
}

/// Gives an order of several targets: to each engine those that are its own, to both at once, and puts what came of them
/// together in the order of the command.
async fn give(first: Engine, second: Engine, call: Call) -> Result<Outcome, Fault> {
    let written = call.command.targets().to_vec();
    let known: Vec<bool> = stream::iter(written.iter().cloned())
        .map(|target| knows(first.clone(), &call, target))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    if known.iter().all(|known| *known) {
        return first.oneshot(call).await;
    }
    if !known.contains(&true) {
        return second.oneshot(call).await;
    }
    let part = |wanted: bool| {
        let its = written.iter().zip(&known).filter(|(_, known)| **known == wanted);
        let its: Vec<_> = its.map(|(target, _)| target.clone()).collect();
        let command = targets::with(&call.command, its.clone());
        (its, Call { command, ..call.clone() })
    };
    let ((ours, to_first), (theirs, to_second)) = (part(true), part(false));
    let (ours_acted, theirs_acted) =
        futures_util::future::join(first.oneshot(to_first), second.oneshot(to_second)).await;
    let (at, ours_acted) = acted(ours, ours_acted)?;
    let (also_at, theirs_acted) = acted(theirs, theirs_acted)?;
    let at = at.max(also_at);
    let (mut ours_acted, mut theirs_acted) = (ours_acted.into_iter(), theirs_acted.into_iter());
    let mut merged = Vec::with_capacity(written.len());
    for known in known {
        let next = if known { ours_acted.next() } else { theirs_acted.next() };
        merged.push(next.ok_or_else(|| defect("an engine tells of fewer targets than it was given"))?);
    }
    Ok(Outcome::Acted { at, targets: merged })
}

/// What came of one engine's part, and when, of which a fault says nothing: 0. Its fault is not the other's: it becomes the effect on each of its targets.
fn acted(written: Vec<Target>, answer: Result<Outcome, Fault>) -> Result<(i64, Vec<Acted>), Fault> {
    match answer {
        Ok(Outcome::Acted { at, targets }) => Ok((at, targets)),
        Ok(
            Outcome::Read { .. }
            | Outcome::Confirmed
            | Outcome::Listed { .. }
            | Outcome::Runs { .. }
            | Outcome::Permitted(_)
            | Outcome::CheckedIn(_),
        ) => Err(defect("an order came to another outcome")),
        Err(fault) => {
            tracing::warn!(%fault, targets = written.len(), "one of two engines did not carry out its part");
            let effect = effect(fault.kind);
            let of = |target| Acted { target, effect, before: None, after: None };
            Ok((0, written.into_iter().map(of).collect()))
        }
    }
}

/// What a fault says of a job. Where it does not say that nothing was done, that is not known.
fn effect(kind: FaultKind) -> Effect {
    match kind {
        FaultKind::NotFound | FaultKind::UnknownRoute => Effect::NotFound,
        FaultKind::Forbidden
        | FaultKind::CrossSite
        | FaultKind::NoCredentials
        | FaultKind::BadCredentials => Effect::Forbidden,
        FaultKind::Unsupported | FaultKind::WrongMethod | FaultKind::Conflict => Effect::NotPossible,
        FaultKind::Malformed
        | FaultKind::NotAcceptable
        | FaultKind::BodyTimeout
        | FaultKind::TooLarge
        | FaultKind::UnsupportedMediaType
        | FaultKind::TooManyRequests
        | FaultKind::Internal
        | FaultKind::Unreachable
        | FaultKind::Overloaded
        | FaultKind::Timeout => Effect::UnverifiedUnanswered,
    }
}

fn defect(why: &str) -> Fault {
    Fault::new(FaultKind::Internal, "The server could not carry out the command.").with_detail(why)
}
