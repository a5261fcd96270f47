//! What waits to be read. Many threads take from it, and one that comes wakes one of them: with a channel of one receiver
//! behind a lock, each thread that took something would have to wake the next one to wait for more.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use countermand_model::Fault;

use super::Task;
use crate::writer::{closed, full};

/// A queue with room for so many.
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    capacity: usize,
}

struct Waiting {
    tasks: VecDeque<Task>,
    is_closed: bool,
}

impl Queue {
    pub(super) fn new(capacity: usize) -> Queue {
        let waiting = Mutex::new(Waiting { tasks: VecDeque::new(), is_closed: false });
        Queue { waiting, changed: Condvar::new(), capacity: capacity.max(1) }
    }

    /// Adds a task, where there is room and the queue is open.
    pub(super) fn push(&self, task: Task) -> Result<(), Fault> {
        let mut waiting = self.waiting();
        if waiting.is_closed {
            return Err(closed());
        }
        if waiting.tasks.len() >= self.capacity {
            return Err(full());
        }
        waiting.tasks.push_back(task);
        drop(waiting);
        self.changed.notify_one();
        Ok(())
    }

    /// The next task, waited for; `None` when there are no more and none will come.
    pub(super) fn next(&self) -> Option<Task> {
        let is_idle = |waiting: &mut Waiting| waiting.tasks.is_empty() && !waiting.is_closed;
        let waiting = self.changed.wait_while(self.waiting(), is_idle);
        waiting.unwrap_or_else(PoisonError::into_inner).tasks.pop_front()
    }

    /// Takes nothing more. What waits is still handed out.
    pub(super) fn close(&self) {
        self.waiting().is_closed = true;
        self.changed.notify_all();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.waiting().is_closed
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
