//! The one thread that writes. It starts at once when it is idle; what arrives while the disk is busy waits and goes
//! into the next transaction together, so that many commands share one sync. A caller is answered after the commit
//! that covers its write has returned, never before.
//!
//! Writes of a group do not hurt each other: a refusal is an answer and changes nothing; a write that fails or panics
//! takes its group back, and then each is tried alone, so that only the broken one is told so.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use countermand_model::{Fault, FaultKind};
use tokio::sync::{mpsc, oneshot, watch};

use crate::Clock;
use crate::open::Lock;
use crate::session::{Session, fault, is_damage, is_of_the_disk};
use crate::signals::{Aftermath, Signals};
use crate::turn::Turn;

/// How many writes share a transaction at most: beyond this a sync costs little per write, and the first would wait
/// for the work of the last.
const GROUP: usize = 256;

/// The way to the writing thread.
pub(crate) struct Writer {
    /// `None` asks the thread to end.
    queue: mpsc::Sender<Option<Box<dyn Task>>>,
    trouble: Shared,
    ended: watch::Sender<()>,
}

/// What the thread owns.
pub(crate) struct Desk {
    queue: mpsc::Receiver<Option<Box<dyn Task>>>,
    session: Session,
    clock: Arc<dyn Clock>,
    signals: Arc<Signals>,
    trouble: Shared,
    ended: watch::Receiver<()>,
}

/// The last write that failed for the disk's sake. That later ones succeed does not end it: they may have written
/// nothing, or only where there was room already.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub(crate) fault: Fault,
    /// Whether it stays until the ledger is opened again: the file is damaged.
    pub(crate) is_lasting: bool,
}

type Shared = Arc<Mutex<Option<Trouble>>>;

/// A write and its waiting caller, whatever it answers.
trait Task: Send {
    fn is_abandoned(&self) -> bool;
    fn run(&mut self, turn: &mut Turn<'_>) -> rusqlite::Result<()>;
    fn answer(self: Box<Self>, fate: Result<(), &Fault>);
}

struct Write<W, T> {
    work: W,
    made: Option<T>,
    reply: oneshot::Sender<Result<T, Fault>>,
}

/// Why a group was not committed.
#[derive(Debug)]
enum Failed {
    /// Its transaction did not begin: another program holds the file, or the disk does not answer.
    ToBegin(Fault),
    /// One of it failed, or all of it could not be committed.
    InWork(Fault),
}

impl<W, T> Task for Write<W, T>
where
    W: Fn(&mut Turn<'_>) -> rusqlite::Result<T> + Send,
    T: Send,
{
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, turn: &mut Turn<'_>) -> rusqlite::Result<()> {
        self.made = Some((self.work)(turn)?);
        Ok(())
    }

    fn answer(self: Box<Self>, fate: Result<(), &Fault>) {
        let answer = match fate {
            Ok(()) => Ok(self.made.expect("a committed write has run")),
            Err(fault) => Err(fault.clone()),
        };
        // A caller that went away meanwhile misses only the answer.
        let _ = self.reply.send(answer);
    }
}

impl Writer {
    /// A writer and the desk its thread sits at.
    pub(crate) fn new(
        mut session: Session,
        capacity: usize,
        clock: Arc<dyn Clock>,
        signals: Arc<Signals>,
    ) -> (Writer, Desk) {
        let (sender, queue) = mpsc::channel(capacity.max(1));
        let (gone, ended) = watch::channel(());
        let trouble = Shared::default();
        let told = Arc::clone(&signals);
        session.tell_of_jobs(move |row| told.hot.stamps.touch(row));
        let writer = Writer { queue: sender, trouble: Arc::clone(&trouble), ended: gone };
        (writer, Desk { queue, session, clock, signals, trouble, ended })
    }

    /// Has `work` done inside the next transaction, and answers when that is on disk. A caller that goes away before
    /// its turn is passed over. `work` may be run twice: only what it did last is kept.
    pub(crate) async fn write<T, W>(&self, work: W) -> Result<T, Fault>
    where
        W: Fn(&mut Turn<'_>) -> rusqlite::Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let task = Box::new(Write { work, made: None, reply });
        self.queue.try_send(Some(task)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => full(),
            mpsc::error::TrySendError::Closed(_) => closed(),
        })?;
        answer.await.unwrap_or_else(|_| {
            // The thread died between taking the write and answering it.
            Err(Fault::new(FaultKind::Timeout, "The ledger stopped; whether this was done is not known."))
        })
    }

    /// How many writes wait.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// What keeps the disk from taking writes, as far as is known.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A write of some size has shown that the disk takes them.
    pub(crate) fn is_well_again(&self) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.take_if(|trouble| !trouble.is_lasting);
    }

    /// Has everything that waits done, and the thread ended.
    pub(crate) async fn close(&self) {
        // An error says that it has ended already.
        let _ = self.queue.send(None).await;
        self.ended.closed().await;
    }
}

/// What a caller hears whom a queue has no room for.
pub(crate) fn full() -> Fault {
    Fault::new(FaultKind::Overloaded, "Too many requests wait for the ledger.").with_retry_after(1)
}

/// What a caller hears who comes too late.
pub(crate) fn closed() -> Fault {
    Fault::new(FaultKind::Overloaded, "The ledger is closed.").with_retry_after(1)
}

impl Desk {
    /// Kept by another thread whose end is waited for like this one's.
    pub(crate) fn ended(&self) -> watch::Receiver<()> {
        self.ended.clone()
    }

    /// The thread's work, until it is told to end or nobody can ask any more. It holds the file's lock as long.
    pub(crate) fn sit(mut self, lock: Arc<Lock>) {
        while let Some(first) = self.queue.blocking_recv() {
            let mut group: Vec<Box<dyn Task>> = Vec::new();
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Some(task) => group.push(task),
                    None => self.queue.close(),
                }
                next = if group.len() < GROUP { self.queue.try_recv().ok() } else { None };
            }
            group.retain(|task| !task.is_abandoned());
            if !group.is_empty() {
                self.settle(group);
            }
        }
        // Leaves a short log to whoever opens the file next. It is only tidiness: the log is as durable as the file.
        if let Err(error) = self.session.one("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
            tracing::warn!(%error, "the ledger's log was not written back at the end");
        }
        let Desk { session, ended, .. } = self;
        drop(session);
        drop(lock);
        drop(ended);
    }

    /// Commits a group and answers it; when its work fails, each of it alone.
    fn settle(&self, mut group: Vec<Box<dyn Task>>) {
        match self.commit(&mut group) {
            Ok(()) => group.into_iter().for_each(|task| task.answer(Ok(()))),
            Err(Failed::InWork(_)) if group.len() > 1 => {
                for task in group {
                    // Its turn has come again, perhaps much later.
                    if !task.is_abandoned() {
                        self.settle(vec![task]);
                    }
                }
            }
            // Nobody's write is to blame for a transaction that does not begin, and each alone would wait as long.
            Err(Failed::ToBegin(fault) | Failed::InWork(fault)) => {
                tracing::error!(%fault, "the ledger could not write");
                group.into_iter().for_each(|task| task.answer(Err(&fault)));
            }
        }
    }

    /// Runs every task in one transaction. On an error nothing of it is left.
    fn commit(&self, group: &mut [Box<dyn Task>]) -> Result<(), Failed> {
        let mut aftermath = Aftermath::default();
        self.signals.hot.stamps.begin();
        let begun = self.session.run("BEGIN IMMEDIATE", []);
        let done = begun
            .map_err(|error| Failed::ToBegin(self.note(&error)))
            .and_then(|_| self.run(group, &mut aftermath).map_err(Failed::InWork));
        match done {
            Ok(()) => {
                self.signals.hot.stamps.end();
                self.signals.tell(aftermath);
                Ok(())
            }
            Err(failed) => {
                self.take_back();
                self.signals.hot.stamps.end();
                Err(failed)
            }
        }
    }

    /// Runs every task in the transaction that has begun, and ends it.
    fn run(&self, group: &mut [Box<dyn Task>], aftermath: &mut Aftermath) -> Result<(), Fault> {
        for task in group {
            let mut turn = Turn { session: &self.session, now: self.clock.now(), aftermath: &mut *aftermath };
            catch_unwind(AssertUnwindSafe(|| task.run(&mut turn)))
                .map_err(|panic| panicked(panic.as_ref()))?
                .map_err(|error| self.note(&error))?;
        }
        self.session.run("COMMIT", []).map(|_| ()).map_err(|error| self.note(&error))
    }

    /// What a caller hears of an error, which is remembered where it is the disk's.
    fn note(&self, error: &rusqlite::Error) -> Fault {
        let fault = fault(error);
        if is_of_the_disk(error) {
            let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
            let is_lasting = is_damage(error) || trouble.as_ref().is_some_and(|trouble| trouble.is_lasting);
            *trouble = Some(Trouble { fault: fault.clone(), is_lasting });
        }
        fault
    }

    fn take_back(&self) {
        self.session.forget();
        // Some errors have rolled back already.
        if !self.session.is_idle()
            && let Err(error) = self.session.run("ROLLBACK", [])
        {
            self.note(&error);
            tracing::error!(%error, "the ledger could not take back a failed write");
        }
    }
}

/// A panic as a fault: a defect of ours, whose message is for the log.
pub(crate) fn panicked(panic: &(dyn std::any::Any + Send)) -> Fault {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    Fault::new(FaultKind::Internal, "A defect of the ledger kept it from doing this; nothing was changed.")
        .with_detail(text.unwrap_or("a panic without a message"))
}

#[cfg(test)]
mod tests;
