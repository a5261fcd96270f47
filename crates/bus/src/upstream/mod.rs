//! The engine whose jobs live on a legacy server: a caller's command becomes that server's requests, and what came of
//! them becomes the outcome. It knows HTTP as far as a request has to get there; what requests say is the dialect's
//! [`Conversation`](countermand_dialects::Conversation), and what the ledger writes is the [`Journal`]'s.
//!
//! Reading order: [`Upstream`] is the engine; `order.rs` a command that changes something, and its row in the audit; `ids.rs`
//! whose job is meant; `drive.rs` a conversation; `wire.rs` one request;
//! `breaker.rs` when none is made; `recover.rs` what an earlier process left behind.

mod breaker;

mod drive;

mod figures;

mod ids;

mod journal;

mod order;

mod recover;

pub(crate) mod targets;

mod wire;

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use countermand_dialects::{Codec, Dialect};
use countermand_model::{Acted, Call, Command, Delivery, Effect, Fault, FaultKind, Outcome, Target};
use countermand_upstream::Link;
use futures_util::future::BoxFuture;
use http::HeaderValue;
use http_body_util::Full;
use tokio::sync::{Semaphore, watch};
use tower::Service;

use self::breaker::Breaker;
use self::drive::{Driver, begun};
use self::figures::{Because, Figures};
use self::ids::Names;
use self::wire::Wire;

pub use breaker::{FAILURES, OPEN_FOR};
pub use figures::UpstreamFigures;
pub use journal::{Journal, Leftover, Namesake};
pub use wire::{LONGEST_ANSWER, PAUSES};

/// Seconds after which a caller may try again whom a full house refused.
const RETRY_AFTER: u32 = 1;

/// A server whose jobs are somebody else's ledger.
pub struct UpstreamSettings {
    /// The engine's name, for the log and the figures.
    pub name: String,
    /// The dialect that the server speaks.
    pub dialect: &'static Dialect,
    /// That dialect with the switches of this server.
    pub codec: Arc<dyn Codec>,
    /// The way there.
    pub link: Link<Full<Bytes>>,
    /// Who we are there: the value of `Authorization`.
    pub authorization: Option<HeaderValue>,
    /// How long a command may take. Shorter than a call may, or else the caller is told that nothing is known while
    /// something is.
    pub timeout: Duration,
    /// How many commands may be under way at once.
    pub concurrency: usize,
    /// The ledger's part.
    pub journal: Journal,
    /// Now, in milliseconds since 1970 UTC.
    pub clock: Arc<dyn Fn() -> i64 + Send + Sync>,
}

/// The engine. Clones are handles on the same one.
#[derive(Clone)]
pub struct Upstream(Arc<Shared>);

struct Shared {
    codec: Arc<dyn Codec>,
    names: Names,
    wire: Wire,
    breaker: Breaker,
    figures: Figures,
    journal: Journal,
    timeout: Duration,
    room: Semaphore,
    clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    /// How many commands are under way that go on without their caller.
    under_way: watch::Sender<usize>,
}

impl Upstream {
    /// The engine of one server. Connects to nothing yet.
    #[must_use]
    pub fn new(settings: UpstreamSettings, figures: &UpstreamFigures) -> Upstream {
        let figures = figures.of(&settings.name);
        Upstream(Arc::new(Shared {
            codec: settings.codec,
            names: Names { server: settings.dialect, journal: settings.journal.clone() },
            wire: Wire {
                link: settings.link,
                authorization: settings.authorization,
                engine: settings.name,
                figures: figures.clone(),
            },
            breaker: Breaker::new(figures.clone()),
            figures,
            journal: settings.journal,
            timeout: settings.timeout,
            room: Semaphore::new(settings.concurrency),
            clock: settings.clock,
            under_way: watch::Sender::new(0),
        }))
    }

    /// Completes when no command is under way whose row in the audit is still open. Each has its deadline, so this comes
    /// to an end. To be waited for before the ledger is closed.
    pub async fn drained(&self) {
        // The sender is here: waiting cannot fail.
        self.0.under_way.subscribe().wait_for(|count| *count == 0).await.ok();
    }
}

impl Service<Call> for Upstream {
    type Response = Outcome;
    type Error = Fault;
    type Future = BoxFuture<'static, Result<Outcome, Fault>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let shared = Arc::clone(&self.0);
        if !call.command.is_changing() {
            return Box::pin(async move { shared.read(&call).await });
        }
        Box::pin(async move {
            let under_way = UnderWay::begin(&shared);
            // A caller who goes away takes nothing along: the order was perhaps sent, and the audit is to know.
            let task = tokio::spawn(async move { under_way.0.order(&call).await });
            task.await.unwrap_or_else(|_| {
                let message = "The server could not carry out the command; whether it was sent is not known.";
                Err(Fault::new(FaultKind::Internal, message))
            })
        })
    }
}

impl Shared {
    /// Carries out a command that changes nothing.
    async fn read(&self, call: &Call) -> Result<Outcome, Fault> {
        if let Command::Confirm { .. } = call.command {
            // What this server hands out once is handed out when it answers; there is nothing to take back.
            return Ok(Outcome::Confirmed);
        }
        let _room = self.room.try_acquire().map_err(|_| self.overloaded())?;
        self.look(call).await
    }

    /// The same for who has a place.
    async fn look(&self, call: &Call) -> Result<Outcome, Fault> {
        let outward = self.names.outward(call.dialect, &call.command).await?;
        let Some(command) = outward.command else { return Ok(self.absent(&call.command)) };
        let _pass = self.breaker.admit().map_err(|again| self.left_alone(again))?;
        let conversation = begun(&*self.codec, &command, (self.clock)())?;
        let answer = self.driver(call).drive(conversation).await.answer;
        let mut outcome = answer.map_err(|fault| self.in_words_of(call, fault))?;
        tell_the_end(&call.command, &mut outcome);
        let (outcome, left_out) = self.names.inward(call.dialect, call.command.targets(), outcome).await?;
        if left_out > 0 {
            self.figures.left_out(left_out);
            let (engine, dialect) = (&self.wire.engine, call.dialect);
            tracing::info!(engine, dialect, left_out, "jobs have no id in the caller's dialect");
        }
        Ok(outcome)
    }

    fn driver<'a>(&'a self, call: &'a Call) -> Driver<'a> {
        let Shared { wire, breaker, journal, timeout, .. } = self;
        Driver { wire, breaker, journal, call, timeout: *timeout }
    }

    /// What is said of jobs that have no id on the server.
    fn absent(&self, command: &Command) -> Outcome {
        let at = (self.clock)();
        match command {
            Command::Status(_) => Outcome::Read { at, snapshot: None },
            Command::Permissions { .. } => Outcome::Permitted(None),
            Command::CheckIn { .. } => Outcome::CheckedIn(None),
            Command::Confirm { .. } => Outcome::Confirmed,
            Command::List { .. } => Outcome::Listed { at, jobs: Vec::new(), total: None },
            Command::Runs { .. } => Outcome::Runs { at, parents: Vec::new() },
            Command::Cancel(_)
            | Command::Hold(_)
            | Command::Release(_)
            | Command::Acknowledge { .. }
            | Command::DeleteOutput { .. }
            | Command::Delete { .. }
            | Command::Report { .. } => {
                let targets = command.targets().iter().map(|target| of_nobody(target, Effect::NotFound));
                Outcome::Acted { at, targets: targets.collect() }
            }
        }
    }

    /// A server's own code means something to callers of its dialect only.
    fn in_words_of(&self, call: &Call, fault: Fault) -> Fault {
        if self.names.is_own(call.dialect) { fault } else { fault.with_code(None) }
    }

    fn overloaded(&self) -> Fault {
        self.figures.refused(Because::Overloaded);
        let message = "The server behind this gateway is busy. Nothing was done; try again.";
        Fault::new(FaultKind::Overloaded, message).with_retry_after(RETRY_AFTER)
    }

    fn left_alone(&self, again: Duration) -> Fault {
        self.figures.refused(Because::Open);
        let message =
            "The server behind this gateway has not answered for a while. Nothing was done; try later.";
        let seconds = u32::try_from(again.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
        Fault::new(FaultKind::Unreachable, message).with_retry_after(seconds)
    }
}

/// A caller that takes results waits for the news that there are no more, which a delivery says. A server that hands out
/// nothing has none: there the end of the job is that news.
fn tell_the_end(command: &Command, outcome: &mut Outcome) {
    if let (Command::Status(status), Outcome::Read { snapshot: Some(snapshot), .. }) = (command, outcome)
        && status.results.takes()
        && snapshot.job.state.is_terminal()
    {
        snapshot.delivery.get_or_insert(Delivery(0));
    }
}

fn of_nobody(target: &Target, effect: Effect) -> Acted {
    Acted { target: target.clone(), effect, before: None, after: None }
}

/// Counts a command while it is under way, however it ends.
struct UnderWay(Arc<Shared>);

impl UnderWay {
    fn begin(shared: &Arc<Shared>) -> UnderWay {
        shared.under_way.send_modify(|count| *count += 1);
        UnderWay(Arc::clone(shared))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.send_modify(|count| *count -= 1);
    }
}
