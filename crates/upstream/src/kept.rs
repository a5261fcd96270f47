//! Connections that nobody uses at the moment, kept for the next request for a while.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use http_body::Body;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep_until};

use crate::line::Line;

/// How long a connection is kept for the next request: below the 5 s of an Apache httpd and the 20 s of a Tomcat, which
/// are the shortest that legacy servers have by themselves. One that the server is about to close serves nobody.
const KEPT_FOR: Duration = Duration::from_secs(4);

/// How many connections are kept.
const KEPT: usize = 64;

/// The connections of one server that are free.
pub(crate) struct Kept<B>(Mutex<Shelf<B>>)
where
    B: Body + 'static;

struct Shelf<B>
where
    B: Body + 'static,
{
    /// Each with the time until which it is kept, the oldest first.
    lines: Vec<(Instant, Box<Line<B>>)>,
    /// Whether somebody takes away what is overdue.
    is_swept: bool,
}

impl<B> Kept<B>
where
    B: Body + Send + 'static,
    B::Data: Send,
{
    pub(crate) fn new() -> Arc<Kept<B>> {
        Arc::new(Kept(Mutex::new(Shelf { lines: Vec::new(), is_swept: false })))
    }

    /// The one that was used last: it is the least likely to have been closed. Whether it was is found out when it is
    /// used; nothing is sent then.
    pub(crate) fn take(&self) -> Option<Box<Line<B>>> {
        let (until, line) = self.shelf().lines.pop()?;
        (until > Instant::now()).then_some(line)
    }

    /// Keeps a connection, unless there are enough.
    pub(crate) fn put(self: &Arc<Self>, line: Box<Line<B>>) {
        let until = Instant::now() + KEPT_FOR;
        let mut shelf = self.shelf();
        if shelf.lines.len() >= KEPT {
            return;
        }
        shelf.lines.push((until, line));
        if !shelf.is_swept {
            // Without a runtime there is nothing to wait with; the connections end with it.
            let Ok(runtime) = Handle::try_current() else { return shelf.lines.clear() };
            shelf.is_swept = true;
            runtime.spawn(sweep(Arc::downgrade(self), until));
        }
    }

    /// Ends what is overdue, and tells when to look again; `None` when nothing is left.
    fn sweep(&self, now: Instant) -> Option<Instant> {
        let mut shelf = self.shelf();
        let overdue = shelf.lines.partition_point(|(until, _)| *until <= now);
        let ended: Vec<_> = shelf.lines.drain(..overdue).collect();
        let next = shelf.lines.first().map(|(until, _)| *until);
        shelf.is_swept = next.is_some();
        drop(shelf);
        drop(ended);
        next
    }

    /// Nothing that can panic runs under the lock.
    fn shelf(&self) -> MutexGuard<'_, Shelf<B>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn sweep<B>(kept: Weak<Kept<B>>, mut next: Instant)
where
    B: Body + Send + 'static,
    B::Data: Send,
{
    loop {
        sleep_until(next).await;
        let Some(kept) = kept.upgrade() else { return };
        let Some(then) = kept.sweep(Instant::now()) else { return };
        next = then;
    }
}
