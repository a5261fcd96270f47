//! Confirming that handed-out results have reached their reader, and who must wait for that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countermand_model::{Call, Command, Delivery, Outcome, Target};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::Engine;

/// The confirmations under way. A reader who has just been given results and asks again at once, perhaps over another
/// connection, must not overtake the news that they were taken: to the engine they would still be on their way.
///
/// Of one target there may be several: mounts whose namespaces have the same ids share them here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outstanding(Arc<Mutex<HashMap<Target, Vec<watch::Receiver<()>>>>>);

impl Outstanding {
    /// Waits until what was handed out before of the jobs that a command is about is confirmed, or given up.
    pub(crate) async fn settled(&self, command: &Command) {
        for target in targets(command) {
            let under_way = self.locked().get(target).cloned();
            for mut under_way in under_way.into_iter().flatten() {
                // Nothing is ever sent: the end of the sender is the news.
                let _ended = under_way.changed().await;
            }
        }
    }

    fn add(&self, target: Target, under_way: watch::Receiver<()>) {
        self.locked().entry(target).or_default().push(under_way);
    }

    /// Takes out those of a target that have ended.
    fn tidy(&self, target: &Target) {
        let mut outstanding = self.locked();
        if let Some(under_way) = outstanding.get_mut(target) {
            under_way.retain(|under_way| under_way.has_changed().is_ok());
            if under_way.is_empty() {
                outstanding.remove(target);
            }
        }
    }

    /// A plain map: nothing that can panic runs under the lock.
    fn locked(&self) -> MutexGuard<'_, HashMap<Target, Vec<watch::Receiver<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A confirmation to be sent when the last byte is taken.
#[derive(Debug)]
pub(crate) struct Confirmation {
    pub(crate) engine: Engine,
    /// The call that read, its command replaced by the confirmation.
    pub(crate) call: Call,
    /// What was read.
    pub(crate) target: Target,
    pub(crate) outstanding: Outstanding,
}

impl Confirmation {
    /// Calls in the background: the connection does not wait for a ledger. What fails is handed out once more, which
    /// is what an unconfirmed delivery means, so the log is enough.
    pub(crate) fn send(self) {
        let Confirmation { engine, call, target, outstanding } = self;
        let (ended, under_way) = watch::channel(());
        // Before this returns, and so before the reader has the bytes.
        outstanding.add(target.clone(), under_way);
        tokio::spawn(async move {
            let request_id = call.request_id.clone();
            if let Err(fault) = engine.oneshot(call).await {
                tracing::warn!(%fault, ?request_id, "a delivery was not confirmed; it will be handed out again");
            }
            drop(ended);
            outstanding.tidy(&target);
        });
    }
}

/// The jobs whose answer depends on what was delivered of them: a reading, or a cancel that may come too late.
fn targets(command: &Command) -> &[Target] {
    match command {
        Command::Status(status) => std::slice::from_ref(&status.target),
        Command::Cancel(cancel) => &cancel.targets,
        Command::Hold(_)
        | Command::Release(_)
        | Command::Acknowledge { .. }
        | Command::DeleteOutput { .. }
        | Command::Delete { .. }
        | Command::Confirm { .. }
        | Command::List { .. }
        | Command::Runs { .. }
        | Command::Permissions { .. }
        | Command::Report { .. }
        | Command::CheckIn { .. } => &[],
    }
}

/// Whose results a command takes.
pub(crate) fn taken(command: &Command) -> Option<&Target> {
    if let Command::Status(status) = command
        && status.results.takes()
    {
        return Some(&status.target);
    }
    None
}

/// What must be confirmed once this outcome has been read.
pub(crate) fn delivery(outcome: &Outcome) -> Option<Delivery> {
    let Outcome::Read { snapshot, .. } = outcome else { return None };
    snapshot.as_ref().and_then(|snapshot| snapshot.delivery)
}
