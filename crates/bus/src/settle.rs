//! Waiting to see a cancel through, for dialects whose answer says whether the work has *stopped*.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use countermand_model::{
    Acted, Call, Command, Effect, Fault, Kin, Outcome, Results, Snapshot, State, Status, Target,
};
use futures_util::future::{BoxFuture, join_all};
use tokio::time::{Instant, sleep_until, timeout_at};
use tower::{Service, ServiceExt};

/// Completes when the job of that number is no longer cancelling, or the time is up. The engine's own news: nothing
/// polls.
pub type Settled = Arc<dyn Fn(i64, Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// How it is found out that a cancel has come to its end.
#[derive(Clone)]
pub enum Settling {
    /// The engine tells.
    Told(Settled),
    /// The engine knows nothing by itself: it is asked again, [`LOOKS`] times at most.
    Looked,
}

/// When an engine that has no news is asked again, in tenths of the time that a cancel may wait: soon, since most stop
/// soon, and once more before its end.
pub const LOOKS: [u32; 4] = [1, 3, 6, 9];

/// Lets a cancel with [`settle`](countermand_model::Cancel::settle) wait after the engine has accepted it, then tells
/// what has become of it. Cancels that did not ask for the jobs afterwards have nothing to tell and do not wait.
#[derive(Clone)]
pub(crate) struct Settle<S> {
    inner: S,
    settling: Settling,
}

impl<S> Settle<S> {
    pub(crate) fn new(inner: S, settling: Settling) -> Settle<S> {
        Settle { inner, settling }
    }
}

impl<S> Service<Call> for Settle<S>
where
    S: Service<Call, Response = Outcome, Error = Fault> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    type Response = Outcome;
    type Error = Fault;
    type Future = BoxFuture<'static, Result<Outcome, Fault>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let settle = if let Command::Cancel(cancel) = &call.command
            && cancel.wants_after
        {
            cancel.settle
        } else {
            Duration::ZERO
        };
        if settle.is_zero() {
            return Box::pin(self.inner.call(call));
        }
        // The clone stays for the next call: the readiness that was asked for belongs to this one.
        let next = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, next);
        let settling = self.settling.clone();
        Box::pin(async move {
            let told = ready.call(call.clone()).await?;
            let Outcome::Acted { at, targets } = told else { return Ok(told) };
            let targets = match settling {
                Settling::Told(settled) => {
                    let waiting = targets.iter().filter_map(unsettled).map(|number| settled(number, settle));
                    join_all(waiting).await;
                    let looked = targets.into_iter().map(|acted| look_again(ready.clone(), &call, acted));
                    join_all(looked).await
                }
                Settling::Looked => {
                    let until = Instant::now() + settle;
                    let looked = targets
                        .into_iter()
                        .map(|acted| keep_looking(ready.clone(), &call, acted, until, settle));
                    join_all(looked).await
                }
            };
            Ok(Outcome::Acted { at, targets })
        })
    }
}

/// The same target with what has become of it within the time. A look that is not answered by then is given up.
async fn keep_looking<S>(engine: S, call: &Call, mut acted: Acted, until: Instant, settle: Duration) -> Acted
where
    S: Service<Call, Response = Outcome, Error = Fault> + Clone,
{
    for tenths in LOOKS {
        if !is_cancelling(&acted) {
            break;
        }
        sleep_until(until - settle + settle * tenths / 10).await;
        let looked = timeout_at(until, look_again(engine.clone(), call, acted.clone())).await;
        acted = looked.unwrap_or(acted);
    }
    acted
}

fn is_cancelling(acted: &Acted) -> bool {
    unsettled(acted).is_some()
        && acted.after.as_ref().is_some_and(|after| after.job.state == State::Cancelling)
}

/// The number of a job that was told to stop and had not stopped.
fn unsettled(acted: &Acted) -> Option<i64> {
    let open = matches!(acted.effect, Effect::Accepted | Effect::AlreadyCancelling);
    acted.after.as_deref().filter(|_| open).map(|after| after.job.number)
}

/// The same target with what has become of it. A job that cannot be read now keeps what was known: accepted is true
/// either way.
async fn look_again<S>(engine: S, call: &Call, mut acted: Acted) -> Acted
where
    S: Service<Call, Response = Outcome, Error = Fault>,
{
    if unsettled(&acted).is_some()
        && let Some(snapshot) = read(engine, call, acted.target.clone()).await
    {
        if snapshot.job.state == State::Cancelled {
            acted.effect = Effect::Cancelled;
        }
        acted.after = Some(snapshot);
    }
    acted
}

async fn read<S>(engine: S, call: &Call, target: Target) -> Option<Box<Snapshot>>
where
    S: Service<Call, Response = Outcome, Error = Fault>,
{
    let command = Command::Status(Status { target, results: Results::None, kin: Kin::None });
    match engine.oneshot(Call { command, ..call.clone() }).await {
        Ok(Outcome::Read { snapshot, .. }) => snapshot,
        Ok(_) | Err(_) => None,
    }
}
