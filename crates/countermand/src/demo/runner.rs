//! The demo's runner: what really runs jobs stands behind a gateway, and this stands in for it. It obeys the feed of
//! commands as any runner must, and lets jobs go on slowly enough that a reader finds them as the manual says.
//!
//! It knows the store, not HTTP; nothing but the demo may use it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use countermand_ledger::{Clock, Refused, Store};
use countermand_model::{Event, Field, Filter, Job, Kind, NewResults, Output, Progress, State, Test, Value};

use super::seed::{self, NAMESPACE};

/// Whose events they are.
const NAME: &str = "demo-runner";

/// How long a job takes to stop once it is told.
const STOPPING: Duration = Duration::from_secs(1);

/// How long a queued job waits for its turn: longer than a newcomer reads before trying a curl.
const WAITING: Duration = Duration::from_mins(12);

/// How long a job works.
const WORKING: Duration = Duration::from_mins(20);

/// How far apart results arrive.
const ARRIVING: Duration = Duration::from_mins(1);

/// How long a job that has ended stays so before it begins anew.
const RESTING: Duration = Duration::from_mins(15);

/// How often it looks when nobody commands anything.
const ROUND: Duration = Duration::from_secs(15);

/// Jobs looked at in a round. The seeds are fourteen; whoever imports thousands has a runner of their own.
const MOST: u64 = 1000;

pub(super) struct Runner {
    store: Store,
    clock: Arc<dyn Clock>,
    /// The last entry of the feed that was obeyed.
    obeyed: u64,
    /// Jobs that are stopping, and when they were told.
    stopping: BTreeMap<i64, i64>,
}

impl Runner {
    /// A runner that knows nothing yet; its first round finds what was left by an earlier one.
    pub(super) fn new(store: Store, clock: Arc<dyn Clock>) -> Runner {
        Runner { store, clock, obeyed: 0, stopping: BTreeMap::new() }
    }

    /// Runs until it is dropped.
    pub(super) async fn run(mut self) {
        let mut feed = self.store.commands_watch();
        loop {
            if let Err(refused) = self.round().await {
                tracing::warn!(?refused, "the demo's runner could not go on; it tries again");
            }
            let pause = if self.stopping.is_empty() { ROUND } else { STOPPING };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                changed = feed.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Obeys what is new, and lets every job go on to where it should be by now.
    pub(super) async fn round(&mut self) -> Result<(), Refused> {
        self.read_feed().await?;
        self.stop_told().await?;
        for job in self.jobs().await? {
            self.go_on(&job).await?;
        }
        Ok(())
    }

    async fn read_feed(&mut self) -> Result<(), Refused> {
        loop {
            let log = match self.store.commands(self.obeyed, MOST).await? {
                Ok(log) => log,
                Err(oldest) => {
                    self.obeyed = oldest.saturating_sub(1);
                    continue;
                }
            };
            let Some(last) = log.entries.last().map(|entry| entry.seq) else { return Ok(()) };
            for entry in log.entries {
                if entry.namespace == NAMESPACE && entry.state == State::Cancelling {
                    self.stopping.insert(entry.number, entry.at);
                }
            }
            self.obeyed = last;
        }
    }

    /// Confirms the jobs that had time to stop. One that was confirmed before refuses, harmlessly.
    async fn stop_told(&mut self) -> Result<(), Refused> {
        let now = self.clock.now();
        let due: Vec<_> = self
            .stopping
            .iter()
            .filter(|(_, told)| passed(now, **told, STOPPING))
            .map(|(job, _)| *job)
            .collect();
        for number in due {
            self.stopping.remove(&number);
            self.say(number, Event { state: Some(State::Cancelled), ..Event::default() }).await?;
        }
        Ok(())
    }

    async fn jobs(&self) -> Result<Vec<Job>, Refused> {
        let not_parents =
            Filter::Field(Field::Kind, Test::NotEqual(Value::Text(Kind::Parent.name().to_owned())));
        self.store.list(NAMESPACE, not_parents, 0, MOST).await
    }

    async fn go_on(&mut self, job: &Job) -> Result<(), Refused> {
        let now = self.clock.now();
        match job.state {
            State::Queued if passed(now, job.changed_at, WAITING) => {
                self.say(job.number, Event { state: Some(State::Running), ..Event::default() }).await
            }
            State::Running => self.work(job, now).await,
            // Left behind by a demo that ended before the job had stopped, or by a page of the feed long gone.
            State::Cancelling => {
                self.stopping.entry(job.number).or_insert(job.changed_at);
                Ok(())
            }
            State::Invalid
            | State::Cancelled
            | State::Succeeded
            | State::Warning
            | State::Failed
            | State::Expired
                if passed(now, job.changed_at, RESTING) =>
            {
                tolerate(seed::renew(&self.store, job.number).await)
            }
            // Not yet its turn, or not this runner's to move: whoever put it there takes it further.
            State::Queued
            | State::Invalid
            | State::Cancelled
            | State::Succeeded
            | State::Warning
            | State::Failed
            | State::Expired
            | State::Validating
            | State::Ready
            | State::Blocked
            | State::Held
            | State::Paused
            | State::Finishing
            | State::Recovering => Ok(()),
        }
    }

    async fn work(&mut self, job: &Job, now: i64) -> Result<(), Refused> {
        let begun = job.started_at.unwrap_or(job.created_at);
        if passed(now, begun, WORKING) {
            let output = job
                .alias("qlik-odag")
                .map(|id| Output { id: format!("app-{id}"), name: job.name.clone().unwrap_or_default() });
            let state = Some(State::Succeeded);
            return self.say(job.number, Event { state, output, ..Event::default() }).await;
        }
        if job.results_total < job.progress.total && job.results_total < arrived(now - begun) {
            return self.say(job.number, one_more(job)).await;
        }
        Ok(())
    }

    /// Says what a runner says; a job that has moved on in the meantime is left alone.
    async fn say(&self, number: i64, event: Event) -> Result<(), Refused> {
        let event = Event { runner: Some(NAME.to_owned()), ..event };
        tolerate(self.store.event(NAMESPACE, number, event, None).await.map(|_| ()))
    }
}

/// How many results there should be after so many milliseconds of work: two at once, then one by one.
fn arrived(milliseconds: i64) -> u64 {
    let minutes = Duration::from_millis(milliseconds.max(0).unsigned_abs()).as_secs() / ARRIVING.as_secs();
    2 + minutes
}

/// The next result of a job whose results arrive.
fn one_more(job: &Job) -> Event {
    let place = job.results_total + 1;
    let result = format!(
        r#"{{"signature": "vm#demo-vm{place}", "name": "demo-vm{place}", "memory": {{"type": "scalar", "name": "Memory", "unit": "", "data": "{}"}}}}"#,
        place * 2048
    );
    Event {
        progress: Some(Progress { total: job.progress.total, matched: place, processed: place }),
        results: Some(NewResults { from: job.results_total, items: vec![result] }),
        ..Event::default()
    }
}

/// Somebody else was faster: the next round sees how things stand.
fn tolerate(result: Result<(), Refused>) -> Result<(), Refused> {
    match result {
        Err(Refused::NotFound | Refused::Conflict { .. } | Refused::Stale { .. }) => Ok(()),
        Ok(()) | Err(Refused::Invalid { .. } | Refused::Unable(_)) => result,
    }
}

fn passed(now: i64, since: i64, time: Duration) -> bool {
    u128::from((now - since).max(0).unsigned_abs()) >= time.as_millis()
}
