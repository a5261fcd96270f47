//! Notices that a realm's files have changed. One thread looks, at most once a second and only when somebody asks, so
//! that a slow disk holds up a single request and never an async thread.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, PoisonError};
use std::thread;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::files::{Files, Signatures};
use super::users::{Current, Loaded, Rules, loaded};
use crate::log::plain;

/// How often the files are looked at, at most, in milliseconds.
const INTERVAL: u64 = 1000;

/// The files of a realm. The thread behind it ends when this is dropped.
pub(super) struct Reload {
    start: Instant,
    /// When they were looked at last, in milliseconds from `start`.
    last: AtomicU64,
    looks: SyncSender<oneshot::Sender<()>>,
}

impl Reload {
    /// Starts the thread.
    ///
    /// # Errors
    /// The operating system has no more threads.
    pub(super) fn start(
        realm: String,
        files: Files,
        signatures: Signatures,
        rules: Rules,
        current: Current,
    ) -> io::Result<Reload> {
        let (looks, asked) = sync_channel(1);
        let watch = Watch { realm, files, signatures, unread: false, rules, current };
        thread::Builder::new().name("users".to_owned()).spawn(move || watch.run(&asked))?;
        Ok(Reload { start: Instant::now(), last: AtomicU64::new(0), looks })
    }

    /// Has the files looked at, when the last look is a second old. Who finds that out waits for the look, so that a
    /// changed file counts from that request on; all others go on with what there is.
    pub(super) async fn look(&self) {
        let now = self.start.elapsed().as_millis() as u64;
        let last = self.last.load(Ordering::Relaxed);
        let is_mine = now >= last + INTERVAL
            && self.last.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if !is_mine {
            return;
        }
        let (done, looked) = oneshot::channel();
        // Full: the disk still owes the last look. Ended: there is nothing to wait for.
        if self.looks.try_send(done).is_ok() {
            looked.await.ok();
        }
    }
}

/// What the thread knows.
struct Watch {
    realm: String,
    files: Files,
    /// As of the last look, whether what was found could be used or not: a broken file is complained of once.
    signatures: Signatures,
    /// Whether something could not be read at the last look. What keeps a file from being read, such as its
    /// permissions, is not in its signature, so it is tried again until it is read.
    unread: bool,
    rules: Rules,
    current: Current,
}

impl Watch {
    fn run(mut self, asked: &Receiver<oneshot::Sender<()>>) {
        while let Ok(done) = asked.recv() {
            self.look();
            // Who asked may have gone.
            done.send(()).ok();
        }
    }

    fn look(&mut self) {
        let signatures = self.files.signatures();
        let is_news = signatures != self.signatures;
        if !is_news && !self.unread {
            return;
        }
        self.signatures = signatures;
        match self.files.read() {
            Ok((people, signatures)) => {
                self.signatures = signatures;
                self.unread = false;
                let generation = loaded(&self.current).generation + 1;
                for warning in self.files.warnings(&people) {
                    tracing::warn!(realm = &*plain(&self.realm), "{warning}");
                }
                let loaded = Arc::new(Loaded::new(generation, people, &self.rules));
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = loaded;
                let files = self.files.names();
                tracing::info!(
                    realm = &*plain(&self.realm),
                    files = &*plain(&files),
                    "the users were read anew"
                );
            }
            Err(errors) => {
                // A mistake in what was read has a line, and stays until the file changes.
                self.unread = errors.iter().any(|error| error.line.is_none());
                for error in errors.iter().filter(|_| is_news) {
                    tracing::error!(realm = &*plain(&self.realm), %error, "the users stay as they were");
                }
            }
        }
    }
}
