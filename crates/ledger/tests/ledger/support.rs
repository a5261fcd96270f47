//! A ledger to test with, and short ways to ask it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use countermand_ledger::{AuditRow, Clock, Config, Entry, Location, Put, Refused, Store};
use countermand_model::*;
use tower::ServiceExt;

pub(crate) const START: i64 = 1_767_268_800_000; // 2026-01-01T12:00:00Z

/// A clock that moves only when told to.
pub(crate) struct Still(AtomicI64);

impl Clock for Still {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

#[derive(Clone)]
pub(crate) struct Ledger {
    pub(crate) store: Store,
    pub(crate) clock: Arc<Still>,
}

impl Ledger {
    pub(crate) fn memory() -> Ledger {
        Ledger::at(Location::Memory)
    }

    pub(crate) fn file(path: impl Into<PathBuf>) -> Ledger {
        Ledger::at(Location::File(path.into()))
    }

    pub(crate) fn at(location: Location) -> Ledger {
        let clock = Arc::new(Still(AtomicI64::new(START)));
        let store = Store::open(config(location, clock.clone())).unwrap();
        Ledger { store, clock }
    }

    pub(crate) fn pass(&self, milliseconds: i64) {
        self.clock.0.fetch_add(milliseconds, Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    pub(crate) async fn put(&self, number: i64, draft: Draft) -> Job {
        self.try_put(number, draft).await.unwrap()
    }

    pub(crate) async fn try_put(&self, number: i64, draft: Draft) -> Result<Job, Refused> {
        self.store.put("default", Some(number), draft, Put::default()).await.map(|(job, _)| job)
    }

    pub(crate) async fn job(&self, number: i64) -> Job {
        self.store.get("default", number).await.unwrap().0
    }

    pub(crate) async fn state(&self, number: i64) -> State {
        self.job(number).await.state
    }

    pub(crate) async fn event(&self, number: i64, event: Event) -> Result<Job, Refused> {
        self.store.event("default", number, event, None).await
    }

    pub(crate) async fn say(&self, number: i64, state: State, runner: &str) -> Result<Job, Refused> {
        self.event(number, Event { state: Some(state), runner: Some(runner.to_owned()), ..Event::default() })
            .await
    }

    pub(crate) async fn ask(&self, command: Command) -> Outcome {
        self.ask_as(command, "control", Caller::default()).await
    }

    pub(crate) async fn ask_in(&self, dialect: &'static str, command: Command) -> Outcome {
        self.ask_as(command, dialect, Caller { user: "ana".to_owned(), ..Caller::default() }).await
    }

    pub(crate) async fn ask_as(&self, command: Command, dialect: &'static str, caller: Caller) -> Outcome {
        let call = Call { command, caller, dialect, request_id: "r-1".to_owned() };
        self.store.engine("default").oneshot(call).await.unwrap()
    }

    /// What was done to each target.
    pub(crate) async fn act(&self, command: Command) -> Vec<Effect> {
        acted(self.ask(command).await).into_iter().map(|acted| acted.effect).collect()
    }

    pub(crate) async fn status(&self, number: i64, results: Results, kin: Kin) -> Option<Box<Snapshot>> {
        let status = Status { target: Target::number(number), results, kin };
        match self.ask(Command::Status(status)).await {
            Outcome::Read { snapshot, .. } => snapshot,
            other => panic!("a status was answered {other:?}"),
        }
    }

    /// The feed as (command, number, before, after).
    pub(crate) async fn feed(&self) -> Vec<(String, i64, State, State)> {
        let log = self.store.commands(0, 1000).await.unwrap().unwrap();
        log.entries
            .into_iter()
            .map(|Entry { command, number, state_before, state, .. }| (command, number, state_before, state))
            .collect()
    }

    pub(crate) async fn audit(&self) -> Vec<AuditRow> {
        self.store.audit(0, 100_000).await.unwrap().entries
    }
}

pub(crate) fn config(location: Location, clock: Arc<Still>) -> Config {
    Config { location, clock, durable: false, queue: 1024, readers: 2 }
}

pub(crate) fn acted(outcome: Outcome) -> Vec<Acted> {
    match outcome {
        Outcome::Acted { targets, .. } => targets,
        other => panic!("an order was answered {other:?}"),
    }
}

pub(crate) fn in_state(state: State) -> Draft {
    Draft { state: Patch::Set(state), ..Draft::default() }
}

pub(crate) fn child_of(parent: i64, state: State) -> Draft {
    Draft { parent: Patch::Set(Some(parent)), ..in_state(state) }
}

pub(crate) fn with_trigger(state: TriggerState) -> Draft {
    let trigger = Trigger { state, next_run_at: Some(START + 60_000), rule: None };
    Draft { trigger: Patch::Set(Some(trigger)), ..Draft::default() }
}

pub(crate) fn cancel(numbers: &[i64], reach: Reach) -> Command {
    Command::Cancel(Cancel { targets: targets(numbers), reach, ..Cancel::default() })
}

pub(crate) fn hold(numbers: &[i64], reach: Reach) -> Command {
    Command::Hold(Order { targets: targets(numbers), reach, wants_after: false })
}

pub(crate) fn release(numbers: &[i64], reach: Reach) -> Command {
    Command::Release(Order { targets: targets(numbers), reach, wants_after: false })
}

pub(crate) fn targets(numbers: &[i64]) -> Vec<Target> {
    numbers.iter().map(|number| Target::number(*number)).collect()
}
