//! The audit of an engine whose jobs live elsewhere. Its commands are not carried out here, but their rows are written
//! here: durably before the first byte goes out, and completed when what came of it is known. What is not complete when
//! the program starts may have been sent and is never sent again.
//!
//! Such an engine also asks here which of its ids mean the same job as an id of another dialect. Nothing in this file
//! knows how to reach an engine, or what any id looks like.

use std::sync::Arc;

use countermand_model::{Call, Fault, FaultKind, Target};

use crate::contract::{AuditRow, AuditTarget, Elsewhere, Fate, Namesake, Ticket};
use crate::feed::Giver;
use crate::resolve::resolve;
use crate::rows::Standing;
use crate::session::Session;
use crate::turn::Turn;
use crate::{Store, audit, rows};

/// The audit of one engine over one namespace; see [`Store::journal`]. Clones are handles on the same one.
#[derive(Clone)]
pub struct Journal {
    store: Store,
    namespace: Arc<str>,
    engine: Arc<str>,
}

impl Journal {
    pub(crate) fn new(store: Store, namespace: &str, engine: &str) -> Journal {
        Journal { store, namespace: namespace.into(), engine: engine.into() }
    }

    /// Writes the one row of a changing command, with its targets as they were written and no effect. When this has
    /// answered, the row is on disk and the command may be sent. A caller that goes away after that leaves the row
    /// [`Sent`](Fate::Sent), so whoever sends sees it through.
    ///
    /// # Errors
    /// The ledger could not; the command must not be sent.
    pub async fn sent(&self, call: &Call) -> Result<Ticket, Fault> {
        self.open(call, |_| Fate::Sent).await
    }

    /// Completes the row of a command that was sent: what came of each of its targets, in the order of the command, and
    /// since when that is known. A row that is complete stays as it is, so this can be repeated where it failed.
    ///
    /// # Errors
    /// The ledger could not; the row is still [`Sent`](Fate::Sent).
    pub async fn settled(&self, ticket: Ticket, at: i64, targets: Vec<AuditTarget>) -> Result<(), Fault> {
        let complete = move |turn: &mut Turn<'_>| {
            audit::complete(turn, ticket, Fate::Settled { at }, Some(targets.as_slice()))
        };
        self.store.house.writer.write(complete).await
    }

    /// Writes the one row of a changing command that is not sent: the engine is known to be out of reach, or has no word
    /// for it.
    ///
    /// # Errors
    /// The ledger could not.
    pub async fn refused(&self, call: &Call, kind: FaultKind) -> Result<(), Fault> {
        self.open(call, move |turn| Fate::Refused { kind, at: turn.now }).await.map(|_| ())
    }

    /// Completes the row of a command of which nothing was taken after all: no connection could be made, or the engine
    /// refused the whole of it. Where it may have arrived, that is not for this: [`Journal::settled`] says per target
    /// that its effect is unverified.
    ///
    /// # Errors
    /// As of [`Journal::settled`].
    pub async fn came_to_nothing(&self, ticket: Ticket, kind: FaultKind) -> Result<(), Fault> {
        let complete = move |turn: &mut Turn<'_>| {
            audit::complete(turn, ticket, Fate::Refused { kind, at: turn.now }, None)
        };
        self.store.house.writer.write(complete).await
    }

    /// What was sent and is not complete, in the order it was sent: each row as it was written and the ticket that
    /// completes it. Asked at start, before anything is sent, that is what an earlier process left behind: to be settled
    /// by a reading that is safe, or else as unverified, and never to be sent again.
    ///
    /// # Errors
    /// The ledger could not.
    pub async fn unsettled(&self) -> Result<Vec<(Ticket, AuditRow)>, Fault> {
        let Journal { namespace, engine, .. } = self.clone();
        let read = move |session: &Session| {
            session.at_one_moment(|session| audit::unsettled(session, &namespace, &engine))
        };
        let rows = self.store.house.readers.read(read).await?;
        Ok(rows.into_iter().map(|row| (Ticket(row.seq), row)).collect())
    }

    /// For each target, as a caller of `dialect` writes it, the job of this ledger that it means there; `None` where it
    /// means none. A job is registered under the id that each of two systems has for it, as aliases in their dialects:
    /// asked in the caller's dialect, this finds the id to send; asked in the engine's, the id to answer with.
    ///
    /// # Errors
    /// The ledger could not.
    pub async fn namesakes(
        &self,
        dialect: &'static str,
        targets: Vec<Target>,
    ) -> Result<Vec<Option<Namesake>>, Fault> {
        let namespace = Arc::clone(&self.namespace);
        let read = move |session: &Session| {
            session.at_one_moment(|session| {
                let namespace = session.namespace(&namespace)?;
                targets
                    .iter()
                    .map(|target| {
                        let found: Option<Standing> = resolve(session, namespace, dialect, target)?;
                        found
                            .map(|job| {
                                let aliases = if job.has_aliases {
                                    rows::aliases(session, job.id)?
                                } else {
                                    Vec::new()
                                };
                                Ok(Namesake { number: job.number, aliases, owner: job.owner })
                            })
                            .transpose()
                    })
                    .collect()
            })
        };
        self.store.house.readers.read(read).await
    }

    /// Adds the row of a command that goes this far.
    async fn open(
        &self,
        call: &Call,
        fate: impl Fn(&Turn<'_>) -> Fate + Send + 'static,
    ) -> Result<Ticket, Fault> {
        let Journal { namespace, engine, .. } = self.clone();
        let call = call.clone();
        let targets: Vec<AuditTarget> = call.command.targets().iter().map(as_written).collect();
        let add = move |turn: &mut Turn<'_>| {
            let elsewhere = Elsewhere { engine: engine.to_string(), fate: fate(turn) };
            let (name, client) = (call.command.name(), &call.caller.client);
            audit::add(turn, &namespace, name, Giver::from(&call), client, &targets)?;
            audit::goes_elsewhere(turn, &elsewhere)
        };
        self.store.house.writer.write(add).await
    }
}

/// A target of which nothing is known yet.
fn as_written(target: &Target) -> AuditTarget {
    let Target { written, number, dataset: _ } = target;
    AuditTarget { written: written.clone(), number: *number, effect: None, before: None, after: None }
}
