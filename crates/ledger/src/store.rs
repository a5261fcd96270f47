//! The ledger as the owner of the jobs sees it, and the house in which its threads live.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::JoinHandle;
use std::time::Duration;

use countermand_model::{Call, Draft, Effect, Event, Fault, FaultKind, Filter, Job, Outcome, State};
use tokio::sync::watch;

use crate::contract::{AuditRow, AuditTarget, Denied, Entry, Figures, Log, Put, Refused};
use crate::engine::Engine;
use crate::feed::Giver;
use crate::journal::Journal;
use crate::open::{Config, OpenError};
use crate::readers::Readers;
use crate::session::Session;
use crate::signals::Signals;
use crate::writer::{Trouble, Writer};
use crate::{Clock, act, afterwards, audit, checkpoint, event, feed, filter, open, put, read, results, rows};

/// The ledger. Clones are handles on the same one. When the last is dropped, what waits is still written.
#[derive(Clone)]
pub struct Store {
    pub(crate) house: Arc<House>,
}

/// What all handles share.
pub(crate) struct House {
    pub(crate) writer: Writer,
    /// Whoever looks at one job, or at what comes next.
    pub(crate) readers: Readers,
    /// Whoever looks at many jobs, which may take a thousand times as long. Apart from the others, so that a few lists
    /// never keep a poll or a runner waiting.
    pub(crate) listers: Readers,
    pub(crate) signals: Arc<Signals>,
    pub(crate) clock: Arc<dyn Clock>,
    // The last field: the ways to the threads must be gone before anybody waits for them.
    _threads: Threads,
}

struct Threads(Vec<JoinHandle<()>>);

impl Drop for Threads {
    fn drop(&mut self) {
        for thread in self.0.drain(..) {
            // A panic of theirs is in the log; there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

impl Store {
    /// Opens a ledger, creating the file when there is none. Blocks.
    ///
    /// # Errors
    /// The file is damaged, newer than this program, not a ledger, locked by another process, or not to be read.
    pub fn open(config: Config) -> Result<Store, OpenError> {
        let opened = open::open(&config)?;
        let lock = Arc::new(opened.lock);
        let signals = Arc::new(Signals::new(opened.last_command));
        let clock = config.clock;
        let mut session = opened.writer;
        let copyist = checkpoint::apart(&mut session, opened.copyist);
        let (writer, desk) = Writer::new(session, config.queue, Arc::clone(&clock), Arc::clone(&signals));
        let (readers, seats) = Readers::new(opened.readers, config.queue);
        let (listers, list_seats) = Readers::new(opened.listers, config.queue);
        let mut threads = Vec::new();
        let (held, ended) = (Arc::clone(&lock), desk.ended());
        threads.push(spawn("ledger-copyist", &config.location, move || copyist.sit(held, ended))?);
        let held = Arc::clone(&lock);
        threads.push(spawn("ledger-writer", &config.location, move || desk.sit(held))?);
        for (name, seats) in [("ledger-reader", seats), ("ledger-lists", list_seats)] {
            for seat in seats {
                let held = Arc::clone(&lock);
                threads.push(spawn(name, &config.location, move || seat.sit(held))?);
            }
        }
        let house = House { writer, readers, listers, signals, clock, _threads: Threads(threads) };
        Ok(Store { house: Arc::new(house) })
    }

    /// The engine over one namespace: `tower::Service<Call, Response = Outcome, Error = Fault>`, `Clone`, `Send`, `Sync`.
    #[must_use]
    pub fn engine(&self, namespace: &str) -> Engine {
        Engine::new(self.clone(), namespace)
    }

    /// The audit of the engine of that name, whose jobs live elsewhere, for callers of that namespace.
    #[must_use]
    pub fn journal(&self, namespace: &str, engine: &str) -> Journal {
        Journal::new(self.clone(), namespace, engine)
    }

    /// Describes a job; `number` `None` takes the next one. The `bool` is whether it is new.
    ///
    /// # Errors
    /// See [`Refused`]. Nothing was changed then.
    pub async fn put(
        &self,
        namespace: &str,
        number: Option<i64>,
        draft: Draft,
        put: Put,
    ) -> Result<(Job, bool), Refused> {
        let namespace = namespace.to_owned();
        self.house.writer.write(move |turn| put::put(turn, &namespace, number, &draft, &put)).await?
    }

    /// Describes many jobs in one transaction, each taken or refused by itself, answered in order.
    ///
    /// # Errors
    /// The ledger itself could not, and none was taken.
    pub async fn put_all(
        &self,
        namespace: &str,
        drafts: Vec<(Option<i64>, Draft)>,
        put: Put,
    ) -> Result<Vec<Result<Job, Refused>>, Fault> {
        let namespace = namespace.to_owned();
        let one_by_one = move |turn: &mut crate::turn::Turn<'_>| {
            let each = drafts.iter().map(|(number, draft)| {
                let answer = put::put(turn, &namespace, *number, draft, &put)?;
                Ok(answer.map(|(job, _)| job))
            });
            each.collect()
        };
        self.house.writer.write(one_by_one).await
    }

    /// A runner's word.
    ///
    /// # Errors
    /// See [`Refused`]. Nothing was changed then.
    pub async fn event(
        &self,
        namespace: &str,
        number: i64,
        event: Event,
        if_revision: Option<u64>,
    ) -> Result<Job, Refused> {
        let namespace = namespace.to_owned();
        let take = move |turn: &mut crate::turn::Turn<'_>| {
            event::event(turn, &namespace, number, &event, if_revision)
        };
        self.house.writer.write(take).await?
    }

    /// A changing command about one job, by its number, and only while that has a revision; where there is no such
    /// job, the command finds out.
    ///
    /// # Errors
    /// The job has another revision, or the ledger could not. Nothing was changed then.
    pub async fn order(
        &self,
        namespace: &str,
        number: i64,
        call: Call,
        if_revision: Option<u64>,
    ) -> Result<Outcome, Refused> {
        if let Some(fault) = filter::refuse_command(&call.command) {
            return Err(fault.into());
        }
        let namespace = namespace.to_owned();
        let give = move |turn: &mut crate::turn::Turn<'_>| {
            if let (Some(wanted), Some(name)) = (if_revision, turn.session.namespace(&namespace)?)
                && let Some(job) = rows::by_number(turn.session, name, number)?.filter(|job| !job.hidden)
                && job.revision != wanted
            {
                return Ok(Err(Refused::Stale { revision: job.revision }));
            }
            act::act(turn, &namespace, &call).map(Ok)
        };
        self.house.writer.write(give).await??.ok_or_else(|| misdirected().into())
    }

    /// One job with all its results.
    ///
    /// # Errors
    /// There is none, or the ledger could not.
    pub async fn get(&self, namespace: &str, number: i64) -> Result<(Job, Vec<String>), Refused> {
        let namespace = namespace.to_owned();
        let get = move |session: &Session| {
            session.at_one_moment(|session| {
                let Some(namespace) = session.namespace(&namespace)? else { return Ok(None) };
                let found = rows::by_number(session, namespace, number)?.filter(|standing| !standing.hidden);
                let Some(standing) = found else { return Ok(None) };
                let job = rows::job(session, namespace, standing.id)?;
                Ok(Some((job, results::all(session, standing.id)?)))
            })
        };
        self.house.readers.read(get).await?.ok_or(Refused::NotFound)
    }

    /// Jobs after a number, ascending, at most `limit`.
    ///
    /// # Errors
    /// The filter is too large, or the ledger could not.
    pub async fn list(
        &self,
        namespace: &str,
        filter: Filter,
        after: i64,
        limit: u64,
    ) -> Result<Vec<Job>, Refused> {
        if let Some(fault) = filter::refuse(&filter) {
            return Err(fault.into());
        }
        let namespace = namespace.to_owned();
        let list = move |session: &Session| {
            session.at_one_moment(|session| match session.namespace(&namespace)? {
                Some(namespace) => read::jobs_after(session, namespace, &filter, after, limit),
                None => Ok(Vec::new()),
            })
        };
        Ok(self.house.listers.read(list).await?)
    }

    /// The feed after `after`; all namespaces. An `after` older than what is kept: `Err(oldest seq kept)`.
    ///
    /// # Errors
    /// The ledger could not.
    pub async fn commands(&self, after: u64, limit: u64) -> Result<Result<Log<Entry>, u64>, Refused> {
        let read =
            move |session: &Session| session.at_one_moment(|session| feed::read(session, after, limit));
        Ok(self.house.readers.read(read).await?)
    }

    /// Wakes whenever the feed has grown; holds the last committed `seq`.
    #[must_use]
    pub fn commands_watch(&self) -> watch::Receiver<u64> {
        self.house.signals.feed()
    }

    /// The audit after `after`.
    ///
    /// # Errors
    /// The ledger could not.
    pub async fn audit(&self, after: u64, limit: u64) -> Result<Log<AuditRow>, Refused> {
        let read =
            move |session: &Session| session.at_one_moment(|session| audit::read(session, after, limit));
        Ok(self.house.readers.read(read).await?)
    }

    /// Records in the audit that a known user was refused a changing operation: one row, its command `refused:` and
    /// the operation's name, its target the id in the request where it has one.
    ///
    /// # Errors
    /// The ledger could not.
    pub async fn audit_refusal(&self, namespace: &str, denied: Denied) -> Result<(), Fault> {
        let namespace = namespace.to_owned();
        let record = move |turn: &mut crate::turn::Turn<'_>| {
            let Denied { caller, dialect, operation, written, request_id } = &denied;
            let target = written.as_ref().map(|written| AuditTarget {
                written: written.clone(),
                number: None,
                effect: Some(Effect::Forbidden),
                before: None,
                after: None,
            });
            let giver = Giver { by: &caller.user, dialect, request_id };
            let command = format!("refused:{operation}");
            audit::add(turn, &namespace, &command, giver, &caller.client, target.as_slice())
        };
        self.house.writer.write(record).await
    }

    /// Waits until a job is no longer cancelling, at most `limit`. Returns at once for any other job.
    pub async fn settled(&self, namespace: &str, number: i64, limit: Duration) {
        let Some(job) = self.cancelling(namespace, number).await else { return };
        let waiting = self.house.signals.wait_for(job);
        let notified = waiting.notify.notified();
        tokio::pin!(notified);
        notified.as_mut().enable();
        // Whoever ended it before this place was taken is seen by reading again.
        if self.cancelling(namespace, number).await.is_some() {
            // The limit is as good an end as the other.
            let _ = tokio::time::timeout(limit, notified).await;
        }
    }

    /// Whether the ledger can read and write now. Once a write has failed for the disk's sake, wherever in its
    /// transaction, this writes some pages to find out, until that succeeds; a damaged file stays damaged.
    ///
    /// # Errors
    /// It cannot, and why.
    pub async fn ready(&self) -> Result<(), Fault> {
        self.house.readers.read(|session| session.one("SELECT max(seq) FROM audit", [], |_| Ok(()))).await?;
        match self.house.writer.trouble() {
            // An empty transaction shows that the writer answers.
            None => self.house.writer.write(|_| Ok(())).await,
            Some(Trouble { fault, is_lasting: true }) => Err(fault),
            // Only a real write shows that the disk takes data again.
            Some(Trouble { is_lasting: false, .. }) => {
                self.house.writer.write(|turn| afterwards::try_disk(turn.session)).await?;
                self.house.writer.write(|turn| afterwards::forget_trial(turn.session)).await?;
                self.house.writer.is_well_again();
                Ok(())
            }
        }
    }

    /// Figures for metrics.
    #[must_use]
    pub fn figures(&self) -> Figures {
        Figures {
            commands: self.house.signals.commands.load(Relaxed),
            commits: self.house.signals.commits.load(Relaxed),
            copies: self.house.signals.hot.hits(),
            waiting: self.house.writer.waiting() as u64,
        }
    }

    /// Finishes what waits, checkpoints and closes. Later calls are refused as overloaded: another process may open
    /// the file now.
    pub async fn close(&self) {
        self.house.readers.close().await;
        self.house.listers.close().await;
        self.house.writer.close().await;
    }

    /// The row of the job, while it is cancelling.
    async fn cancelling(&self, namespace: &str, number: i64) -> Option<i64> {
        let namespace = namespace.to_owned();
        let find = move |session: &Session| {
            let Some(namespace) = session.namespace(&namespace)? else { return Ok(None) };
            rows::by_number(session, namespace, number)
        };
        let found = self.house.readers.read(find).await.ok().flatten();
        found.filter(|job| job.state == State::Cancelling).map(|job| job.id)
    }
}

fn spawn(
    name: &str,
    location: &crate::Location,
    work: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, OpenError> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map_err(|error| OpenError::Unreadable {
        path: match location {
            crate::Location::File(path) => path.clone(),
            crate::Location::Memory => std::env::temp_dir(),
        },
        error,
    })
}

/// What an engine answers where a command reached the wrong half of it.
pub(crate) fn misdirected() -> Fault {
    Fault::new(FaultKind::Internal, "A defect of the ledger kept it from doing this; nothing was changed.")
}

#[cfg(test)]
mod tests;
