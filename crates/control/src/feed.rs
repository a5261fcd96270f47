//! What runners must obey: the feed as pages, on request held open until there is something to say.

use std::time::Duration;

use countermand_ledger::{Entry, Store};
use http::header::ACCEPT;
use http::{HeaderMap, Response, StatusCode};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::asked::Asked;
use crate::read::names::{self, DEFAULT_NAMESPACE};
use crate::wire::{CommandsWire, EntryWire};
use crate::{ControlBody, Problem, answer, sse};

/// `GET /v1/commands`, as a page or as server-sent events.
pub(crate) async fn get(mut asked: Asked) -> Result<Response<ControlBody>, Problem> {
    let after = asked.query.after()?;
    let limit = asked.query.limit()?;
    let wait = asked.query.number("wait", 0..=60)?.unwrap_or(0);
    let namespace = asked.query.parsed("namespace", feed_namespace)?;
    asked.query.finish()?;
    let namespace = namespace.unwrap_or_else(|| Some(DEFAULT_NAMESPACE.to_owned()));
    let mut feed = Feed {
        grown: asked.store().commands_watch(),
        draining: asked.draining(),
        store: asked.store().clone(),
        namespace,
        after: after.unwrap_or(0),
    };
    if wants_events(&asked.headers) {
        return sse::stream(feed, &asked.headers).await;
    }
    let deadline = Instant::now() + Duration::from_secs(wait.unsigned_abs());
    let entries = feed.next_until(limit, deadline).await?;
    let commands = entries.iter().map(EntryWire::of).collect();
    Ok(answer::json(StatusCode::OK, &CommandsWire { commands, next: feed.after }))
}

/// A place in the feed, moving forward.
pub(crate) struct Feed {
    pub(crate) store: Store,
    /// `None`: all of them.
    pub(crate) namespace: Option<String>,
    /// The last entry that was read.
    pub(crate) after: u64,
    /// The last entry there is. Subscribed before the first read, so that nothing falls between.
    pub(crate) grown: watch::Receiver<u64>,
    pub(crate) draining: watch::Receiver<bool>,
}

/// How a wait for more came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// There is more.
    Grown,
    /// The time is over.
    Late,
    /// The process is about to end.
    Closing,
}

impl Feed {
    /// The next entries, at most `limit`; none where there are none yet.
    ///
    /// # Errors
    /// 410 where the log does not continue from this place, or does not reach it.
    pub(crate) async fn next(&mut self, limit: u64) -> Result<Vec<Entry>, Problem> {
        loop {
            self.grown.mark_unchanged();
            let log = self.store.commands(self.after, limit).await?.map_err(Problem::gone)?;
            let Some(last) = log.entries.last().map(|entry| entry.seq) else {
                return if self.after > log.last { Err(self.foreign().await?) } else { Ok(Vec::new()) };
            };
            self.after = last;
            let mut entries = log.entries;
            entries.retain(|entry| self.namespace.as_ref().is_none_or(|name| *name == entry.namespace));
            // A page of other namespaces' commands says nothing about whether there are some of this one.
            if !entries.is_empty() {
                return Ok(entries);
            }
        }
    }

    /// What a reader is told whose place is beyond the end: it is from another ledger, and would otherwise miss
    /// everything until this one has grown as far. It is to begin again at the beginning.
    async fn foreign(&self) -> Result<Problem, Problem> {
        let oldest = match self.store.commands(0, 1).await? {
            Ok(log) => log.entries.first().map_or(1, |entry| entry.seq),
            Err(oldest) => oldest,
        };
        Ok(Problem::ahead(oldest))
    }

    /// As [`next`](Feed::next), but waits for the first entry until `deadline`.
    async fn next_until(&mut self, limit: u64, deadline: Instant) -> Result<Vec<Entry>, Problem> {
        loop {
            let entries = self.next(limit).await?;
            if !entries.is_empty() || self.wait(deadline).await != Woken::Grown {
                return Ok(entries);
            }
        }
    }

    /// Waits until there is more than what the last [`next`](Feed::next) saw.
    pub(crate) async fn wait(&mut self, deadline: Instant) -> Woken {
        tokio::select! {
            biased;
            _ = self.draining.wait_for(|draining| *draining) => Woken::Closing,
            grown = self.grown.changed() => grown.map_or(Woken::Closing, |()| Woken::Grown),
            () = tokio::time::sleep_until(deadline) => Woken::Late,
        }
    }
}

/// One namespace, or `*` for all.
fn feed_namespace(name: &str) -> Result<Option<String>, String> {
    if name == "*" { Ok(None) } else { names::namespace(name).map(Some) }
}

/// Whether `Accept` names server-sent events and does not rule them out. A wildcard asks for the page.
fn wants_events(headers: &HeaderMap) -> bool {
    let named = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let is_events = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("text/event-stream"));
        is_events && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    };
    let values = headers.get_all(ACCEPT).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(named)
}
