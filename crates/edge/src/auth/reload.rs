//! Notices that a file of users has changed. One thread looks, at most once a second and only when somebody asks, so
//! that a slow disk holds up a single request and never an async thread.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::SystemTime;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::htpasswd::{self, LineError, Users};
use super::realm::{RealmConfig, RealmError};
use super::users::{Current, Loaded, Rules, loaded};
use crate::log::Plain;

/// How often the file is looked at, at most, in milliseconds.
const INTERVAL: u64 = 1000;

/// What changes when a file is written, replaced or touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signature {
    length: u64,
    modified: Option<SystemTime>,
    inode: u64,
}

/// The file of a realm. The thread behind it ends when this is dropped.
pub(super) struct Reload {
    start: Instant,
    /// When it was looked at last, in milliseconds from `start`.
    last: AtomicU64,
    looks: SyncSender<oneshot::Sender<()>>,
}

impl Reload {
    /// Starts the thread.
    ///
    /// # Errors
    /// The operating system has no more threads.
    pub(super) fn start(
        config: &RealmConfig,
        signature: Signature,
        rules: Rules,
        current: Current,
    ) -> io::Result<Reload> {
        let (looks, asked) = sync_channel(1);
        let file = File {
            realm: config.name.clone(),
            path: config.htpasswd.clone(),
            signature: Some(signature),
            unread: false,
            rules,
            current,
        };
        thread::Builder::new().name("users".to_owned()).spawn(move || file.watch(&asked))?;
        Ok(Reload { start: Instant::now(), last: AtomicU64::new(0), looks })
    }

    /// Has the file looked at, when the last look is a second old. Who finds that out waits for the look, so that a
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
struct File {
    realm: String,
    path: PathBuf,
    /// As of the last look, whether what was found could be used or not: a broken file is complained of once.
    signature: Option<Signature>,
    /// Whether nothing could be read at the last look. What keeps a file from being read, such as its permissions, is
    /// not in its signature, so it is tried again until it is read.
    unread: bool,
    rules: Rules,
    current: Current,
}

impl File {
    fn watch(mut self, asked: &Receiver<oneshot::Sender<()>>) {
        while let Ok(done) = asked.recv() {
            self.look();
            // Who asked may have gone.
            done.send(()).ok();
        }
    }

    fn look(&mut self) {
        let signature = fs::metadata(&self.path).ok().map(|metadata| Signature::of(&metadata));
        let is_news = signature != self.signature;
        if !is_news && !self.unread {
            return;
        }
        self.signature = signature;
        match read(&self.realm, &self.path) {
            Ok((users, signature)) => {
                self.signature = Some(signature);
                self.unread = false;
                let generation = loaded(&self.current).generation + 1;
                for warning in warnings(&self.realm, &self.path, &users) {
                    tracing::warn!(realm = %Plain(&self.realm), "{warning}");
                }
                let loaded = Arc::new(Loaded::new(generation, users, &self.rules));
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = loaded;
                let file = self.path.to_string_lossy();
                tracing::info!(realm = %Plain(&self.realm), file = %Plain(&file), "the users were read anew");
            }
            Err(errors) => {
                // A mistake in what was read has a line, and stays until the file changes.
                self.unread = errors.iter().any(|error| error.line.is_none());
                for error in errors.iter().filter(|_| is_news) {
                    tracing::error!(realm = %Plain(&self.realm), %error, "the users stay as they were");
                }
            }
        }
    }
}

/// What is weak in a file of users.
pub(super) fn warnings(realm: &str, path: &Path, users: &Users) -> Vec<RealmError> {
    let warning = |LineError { line, problem }: &LineError| RealmError {
        realm: realm.to_owned(),
        file: Some(path.to_owned()),
        line: Some(*line),
        problem: problem.clone(),
    };
    users.warnings.iter().map(warning).collect()
}

/// Reads a file of users. The signature is of before the reading, so that a change in
/// between is seen at the next look.
///
/// # Errors
/// It cannot be read, or every line that is wrong.
pub(super) fn read(realm: &str, path: &Path) -> Result<(Users, Signature), Vec<RealmError>> {
    let error =
        |line, problem| RealmError { realm: realm.to_owned(), file: Some(path.to_owned()), line, problem };
    let unreadable =
        |cause: io::Error| vec![error(None, format!("the file of users cannot be read: {cause}"))];
    let metadata = fs::metadata(path).map_err(unreadable)?;
    let text = fs::read_to_string(path).map_err(unreadable)?;
    let users = htpasswd::parse(&text).map_err(|errors| {
        errors.into_iter().map(|LineError { line, problem }| error(Some(line), problem)).collect::<Vec<_>>()
    })?;
    Ok((users, Signature::of(&metadata)))
}

impl Signature {
    fn of(metadata: &Metadata) -> Signature {
        Signature { length: metadata.len(), modified: metadata.modified().ok(), inode: inode(metadata) }
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

/// Elsewhere length and time must do.
#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}
