//! The engine whose jobs live on a legacy server: a caller's command becomes that server's requests, and what came of
//! them becomes the outcome. It knows HTTP as far as a request has to get there; what requests say is the dialect's
//! [`Conversation`](countermand_dialects::Conversation), and what the ledger writes is the [`Journal`]'s.
//!
//! Reading order: [`Upstream`] is the engine; `ids.rs` whose job is meant; `drive.rs` a conversation; `wire.rs` one request;
//! `breaker.rs` when none is made; `recover.rs` what an earlier process left behind.

mod breaker;

mod drive;

mod figures;

mod ids;

mod journal;

mod recover;

pub(crate) mod targets;

mod wire;

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use countermand_dialects::{Codec, Dialect};
use countermand_model::{
    Acted, Alias, Call, Command, Delivery, Effect, Fault, FaultKind, Job, Outcome, Snapshot, State, Target,
};
use countermand_upstream::Link;
use futures_util::future::BoxFuture;
use http::HeaderValue;
use http_body_util::Full;
use tokio::sync::{Semaphore, watch};
use tower::Service;

use self::breaker::Breaker;
use self::drive::{Driver, Ended, Orders};
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
        let outward = self.names.outward(call.dialect, &call.command).await?;
        let Some(command) = outward.command else { return Ok(self.absent(&call.command)) };
        let _pass = self.breaker.admit().map_err(|again| self.left_alone(again))?;
        let conversation = self.codec.converse(&command, (self.clock)())?;
        let answer = self.driver(call).drive(conversation).await.answer;
        let mut outcome = answer.map_err(|fault| self.in_words_of(call, fault))?;
        tell_the_end(&call.command, &mut outcome);
        let (outcome, left_out) =
            self.names.inward(call.dialect, targets::of(&call.command), outcome).await?;
        if left_out > 0 {
            self.figures.left_out(left_out);
            let (engine, dialect) = (&self.wire.engine, call.dialect);
            tracing::info!(engine, dialect, left_out, "jobs have no id in the caller's dialect");
        }
        Ok(outcome)
    }

    /// Carries out a command that may change something. Whatever happens, it has one row in the audit.
    async fn order(&self, call: &Call) -> Result<Outcome, Fault> {
        let ended = match self.give(call).await {
            Ok(ended) => ended,
            Err(fault) => {
                self.note(call, (self.journal.refused)((call.clone(), fault.kind)).await);
                return Err(fault);
            }
        };
        let written = self.write_down(call, &ended).await;
        self.note(call, written);
        let outcome = ended.answer.map_err(|fault| self.in_words_of(call, fault))?;
        // The order was given; an id that cannot be looked up now is no reason to say otherwise.
        let inward = self.names.inward(call.dialect, targets::of(&call.command), outcome.clone()).await;
        let mut outcome = inward.map_or_else(|_| without_jobs(outcome), |(outcome, _)| outcome);
        if let Outcome::Acted { at, targets } = &mut outcome
            && targets::are_shown(&call.command)
        {
            targets.iter_mut().for_each(|acted| show(acted, call.dialect, *at));
        }
        Ok(outcome)
    }

    /// Gives an order, and tells what came of each target of the caller's command.
    ///
    /// # Errors
    /// The command was refused before the conversation: nothing was asked.
    async fn give(&self, call: &Call) -> Result<Ended, Fault> {
        let _room = self.room.try_acquire().map_err(|_| self.overloaded())?;
        let outward = self.names.outward(call.dialect, &call.command).await?;
        let Some(command) = outward.command else {
            let answer = Ok(self.absent(&call.command));
            return Ok(Ended { answer, ticket: None, orders: Orders::None });
        };
        let _pass = self.breaker.admit().map_err(|again| self.left_alone(again))?;
        let conversation = self.codec.converse(&command, (self.clock)())?;
        let mut ended = self.driver(call).drive(conversation).await;
        if let Ok(Outcome::Acted { targets, .. }) = &mut ended.answer {
            *targets = in_place(targets::of(&call.command), &outward.has_id, std::mem::take(targets));
        }
        Ok(ended)
    }

    fn driver<'a>(&'a self, call: &'a Call) -> Driver<'a> {
        let Shared { wire, breaker, journal, timeout, .. } = self;
        Driver { wire, breaker, journal, call, timeout: *timeout }
    }

    /// Writes into the audit what became of a command, in its one row.
    async fn write_down(&self, call: &Call, ended: &Ended) -> Result<(), Fault> {
        let now = (self.clock)();
        let settled = match (&ended.answer, ended.ticket) {
            (Ok(Outcome::Acted { at, targets }), _) => (*at, targets.clone()),
            (Err(fault), None) => return (self.journal.refused)((call.clone(), fault.kind)).await,
            // All of it was refused, or none of it was sent.
            (Err(fault), Some(ticket)) if ended.orders != Orders::Open && is_known(fault.kind) => {
                return (self.journal.came_to_nothing)((ticket, fault.kind)).await;
            }
            (Err(fault), Some(ticket)) if ended.orders == Orders::None => {
                return (self.journal.came_to_nothing)((ticket, fault.kind)).await;
            }
            // Something was sent, and nothing says what came of it.
            (Ok(_) | Err(_), _) => (now, unverified(targets::of(&call.command))),
        };
        let ticket = match ended.ticket {
            Some(ticket) => ticket,
            None => (self.journal.sent)(call.clone()).await?,
        };
        (self.journal.settled)((ticket, settled.0, settled.1)).await
    }

    /// The ledger could not write what became of a command. It says so at the next start: what was sent stays open.
    fn note(&self, call: &Call, written: Result<(), Fault>) {
        if let Err(fault) = written {
            let (engine, request_id) = (&self.wire.engine, &call.request_id);
            tracing::error!(engine, request_id, %fault, "what became of a command is not in the audit");
        }
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
                let targets = targets::of(command).iter().map(|target| of_nobody(target, Effect::NotFound));
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

/// Whether a fault of this kind, said by a server to an order, says that nothing was done.
fn is_known(kind: FaultKind) -> bool {
    match kind {
        FaultKind::Malformed
        | FaultKind::NoCredentials
        | FaultKind::BadCredentials
        | FaultKind::Forbidden
        | FaultKind::CrossSite
        | FaultKind::UnknownRoute
        | FaultKind::NotFound
        | FaultKind::WrongMethod
        | FaultKind::NotAcceptable
        | FaultKind::Conflict
        | FaultKind::TooLarge
        | FaultKind::UnsupportedMediaType
        | FaultKind::TooManyRequests
        | FaultKind::Unsupported => true,
        FaultKind::BodyTimeout
        | FaultKind::Internal
        | FaultKind::Unreachable
        | FaultKind::Overloaded
        | FaultKind::Timeout => false,
    }
}

/// What came of the targets that were sent, among those that were not, in the caller's order and words.
fn in_place(written: &[Target], has_id: &[bool], acted: Vec<Acted>) -> Vec<Acted> {
    let mut acted = acted.into_iter();
    let places = written.iter().zip(has_id);
    let place = |(target, has_id): (&Target, &bool)| {
        if !has_id {
            return of_nobody(target, Effect::NotFound);
        }
        let acted = acted.next().unwrap_or_else(|| of_nobody(target, Effect::UnverifiedUnanswered));
        Acted { target: target.clone(), ..acted }
    };
    places.map(place).collect()
}

/// Some servers cannot be asked for every job that they take an order for. Its caller is to see one all the same: what is
/// known of it is its id, and the state that the effect says.
fn show(acted: &mut Acted, dialect: &str, at: i64) {
    let state = match acted.effect {
        Effect::Cancelled => State::Cancelled,
        Effect::Accepted | Effect::AlreadyCancelling => State::Cancelling,
        Effect::Done | Effect::UnverifiedTaken => acted.before.unwrap_or(State::Cancelling),
        Effect::AlreadyCancelled
        | Effect::AlreadyFinished
        | Effect::AlreadySo
        | Effect::NotFound
        | Effect::Forbidden
        | Effect::NotPossible
        | Effect::UnverifiedUnanswered => return,
    };
    let Target { written, number, .. } = &acted.target;
    let id = Alias { dialect: dialect.to_owned(), id: written.clone(), number: *number };
    let job = Job { state, aliases: vec![id], ..Job::new(number.unwrap_or(0), at) };
    acted.after.get_or_insert_with(|| Box::new(Snapshot::of(job)));
}

fn unverified(targets: &[Target]) -> Vec<Acted> {
    targets.iter().map(|target| of_nobody(target, Effect::UnverifiedUnanswered)).collect()
}

fn of_nobody(target: &Target, effect: Effect) -> Acted {
    Acted { target: target.clone(), effect, before: None, after: None }
}

/// The same without the jobs beside the effects: their ids are the server's.
fn without_jobs(mut outcome: Outcome) -> Outcome {
    if let Outcome::Acted { targets, .. } = &mut outcome {
        targets.iter_mut().for_each(|acted| acted.after = None);
    }
    outcome
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
