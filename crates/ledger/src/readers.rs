//! A few threads that read, each with its own connection, beside the one that writes. A read that starts after an
//! answered write sees it: the answer comes after the commit, and a reader looks at what is committed when it begins.

mod queue;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use countermand_model::Fault;
use tokio::sync::{oneshot, watch};

use crate::open::Lock;
use crate::session::{Session, fault};
use crate::writer::{closed, panicked};
use queue::Queue;

type Task = Box<dyn FnOnce(&Session) + Send>;

/// The way to the reading threads, which end with it.
pub(crate) struct Readers {
    queue: Arc<Queue>,
    ended: watch::Sender<()>,
}

/// What one reading thread owns. The queue is shared by all.
pub(crate) struct Seat {
    queue: Arc<Queue>,
    session: Session,
    ended: watch::Receiver<()>,
}

impl Readers {
    /// The readers and the seats their threads sit on, one per connection; so many reads may wait.
    pub(crate) fn new(sessions: Vec<Session>, capacity: usize) -> (Readers, Vec<Seat>) {
        let queue = Arc::new(Queue::new(capacity));
        let (gone, ended) = watch::channel(());
        let seat = |session| Seat { queue: Arc::clone(&queue), session, ended: ended.clone() };
        let seats = sessions.into_iter().map(seat).collect();
        (Readers { queue, ended: gone }, seats)
    }

    /// Has `work` done; what is to be seen as of one moment, it reads at one moment. A caller that goes away before its
    /// turn is passed over, and what is read for one that goes away later stops: a list that takes longer than its
    /// caller waits would keep the thread from all others.
    pub(crate) async fn read<T, W>(&self, work: W) -> Result<T, Fault>
    where
        W: FnOnce(&Session) -> rusqlite::Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let task: Task = Box::new(move |session| {
            if reply.is_closed() {
                return;
            }
            let reply = Arc::new(reply);
            let asked = Arc::clone(&reply);
            let made = session.unless(
                move || asked.is_closed(),
                |session| catch_unwind(AssertUnwindSafe(|| work(session))),
            );
            if !session.is_idle() {
                // Only a panic or a failed read leaves its transaction open; there is nothing to keep.
                let _ = session.run("ROLLBACK", []);
            }
            let answer = match made {
                Ok(made) => made.map_err(|error| fault(&error)),
                Err(panic) => Err(panicked(panic.as_ref())),
            };
            if let Some(reply) = Arc::into_inner(reply) {
                let _ = reply.send(answer);
            }
        });
        self.queue.push(task)?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Whether nothing is read any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.queue.is_closed()
    }

    /// Has everything that waits read, and the threads ended.
    pub(crate) async fn close(&self) {
        self.queue.close();
        self.ended.closed().await;
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        // Nobody can ask any more.
        self.queue.close();
    }
}

impl Seat {
    /// The thread's work, until it is told to end or nobody can ask any more. It holds the file's lock as long.
    pub(crate) fn sit(self, lock: Arc<Lock>) {
        while let Some(task) = self.queue.next() {
            task(&self.session);
        }
        let Seat { session, ended, .. } = self;
        drop(session);
        drop(lock);
        drop(ended);
    }
}

#[cfg(test)]
mod tests;
