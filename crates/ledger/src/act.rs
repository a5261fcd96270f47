//! Changing commands: what is done to each target, one audit row for the whole, and one line of the feed per job
//! affected, all in the transaction of the state changes.

mod finish;

mod order;

mod report;

mod tree;

use countermand_model::{
    Acted, Call, Cancel, Command, Effect, Kind as JobKind, Order, Outcome, Snapshot, State, Target,
};

use crate::audit;
use crate::contract::AuditTarget;
use crate::family::Moves;
use crate::feed::Giver;
use crate::resolve::resolve;
use crate::rows::{self, Standing};
use crate::session::Namespace;
use crate::turn::Turn;
use order::{Kind, Ordering};

/// Carries out a changing command. `None` for a command that is not one.
pub(crate) fn act(turn: &mut Turn<'_>, namespace: &str, call: &Call) -> rusqlite::Result<Option<Outcome>> {
    let mut round =
        Round { namespace: turn.session.namespace(namespace)?, call, acted: Vec::new(), audited: Vec::new() };
    match &call.command {
        Command::Cancel(cancel) => {
            let Cancel { targets, reach, force, acknowledge_after, delete_output, settle: _, wants_after } =
                cancel;
            let kind = if force.is_some() { Kind::ForceCancel } else { Kind::Cancel };
            let acknowledge = acknowledge_after.then_some(*delete_output);
            let ordering = Ordering { kind, reach: *reach, condition: force.as_ref(), acknowledge, call };
            round.order(turn, &ordering, targets, *wants_after)?;
        }
        Command::Hold(order) => round.hold_or_release(turn, Kind::Hold, order)?,
        Command::Release(order) => round.hold_or_release(turn, Kind::Release, order)?,
        Command::Acknowledge { target, end, delete_output } => {
            round.one(turn, target, |turn, _, job| {
                finish::acknowledge(turn, job, *end, *delete_output, call)
            })?;
        }
        Command::DeleteOutput { target } => {
            round.one(turn, target, |turn, _, job| finish::delete_output(turn, job, call))?;
        }
        Command::Delete { target } => {
            round.one(turn, target, |turn, namespace, job| finish::delete(turn, namespace, job, call))?;
        }
        Command::Report { target, state, message } => {
            round.one(turn, target, |turn, namespace, job| {
                report::report(turn, namespace, job, *state, message.as_deref())
            })?;
        }
        Command::Status(_)
        | Command::Confirm { .. }
        | Command::List { .. }
        | Command::Runs { .. }
        | Command::Permissions { .. }
        | Command::CheckIn { .. } => return Ok(None),
    }
    let client = &call.caller.client;
    audit::add(turn, namespace, call.command.name(), Giver::from(call), client, &round.audited)?;
    Ok(Some(Outcome::Acted { at: turn.now, targets: round.acted }))
}

/// One command on its way through its targets.
struct Round<'a> {
    namespace: Option<Namespace<'a>>,
    call: &'a Call,
    acted: Vec<Acted>,
    audited: Vec<AuditTarget>,
}

impl Round<'_> {
    fn hold_or_release(&mut self, turn: &mut Turn<'_>, kind: Kind, order: &Order) -> rusqlite::Result<()> {
        let ordering =
            Ordering { kind, reach: order.reach, condition: None, acknowledge: None, call: self.call };
        self.order(turn, &ordering, &order.targets, order.wants_after)
    }

    fn order(
        &mut self,
        turn: &mut Turn<'_>,
        ordering: &Ordering<'_>,
        targets: &[Target],
        wants_after: bool,
    ) -> rusqlite::Result<()> {
        self.each(turn, targets, wants_after, |turn, namespace, job, moves| {
            ordering.give(turn, namespace, job, moves)
        })
    }

    /// One target, whose job afterwards is always told.
    fn one(
        &mut self,
        turn: &mut Turn<'_>,
        target: &Target,
        mut give: impl FnMut(&mut Turn<'_>, Namespace<'_>, &mut Standing) -> rusqlite::Result<Effect>,
    ) -> rusqlite::Result<()> {
        let target = std::slice::from_ref(target);
        self.each(turn, target, true, |turn, namespace, job, _| give(turn, namespace, job))
    }

    /// Every target in turn, resolved when it is its turn: the second of two same targets finds what the first did.
    fn each(
        &mut self,
        turn: &mut Turn<'_>,
        targets: &[Target],
        wants_after: bool,
        mut give: impl FnMut(&mut Turn<'_>, Namespace<'_>, &mut Standing, &mut Moves) -> rusqlite::Result<Effect>,
    ) -> rusqlite::Result<()> {
        let mut moves = Moves::default();
        let (namespace, dialect) = (self.namespace, self.call.dialect);
        for target in targets {
            let find = |turn: &Turn<'_>| resolve::<Standing>(turn.session, namespace, dialect, target);
            let (Some(mut job), Some(namespace)) = (find(turn)?, namespace) else {
                self.note(target, None, Effect::NotFound, None, None);
                continue;
            };
            if job.kind == JobKind::Parent && !moves.is_empty() {
                moves.follow(turn, namespace)?;
                job = find(turn)?.expect("a parent that follows is still there");
            }
            if job.is_foreign_to(&self.call.caller) {
                self.note(target, Some(&job), Effect::Forbidden, None, None);
                continue;
            }
            let before = job.state;
            let effect = give(turn, namespace, &mut job, &mut moves)?;
            if effect == Effect::NotFound {
                self.note(target, Some(&job), effect, None, None);
                continue;
            }
            let after = if wants_after { Some(self.snapshot(turn, namespace, &job)?) } else { None };
            self.note(target, Some(&job), effect, Some(before), after);
        }
        namespace.map_or(Ok(()), |namespace| moves.follow(turn, namespace))
    }

    fn note(
        &mut self,
        target: &Target,
        job: Option<&Standing>,
        effect: Effect,
        before: Option<State>,
        after: Option<Snapshot>,
    ) {
        self.audited.push(AuditTarget {
            written: target.written.clone(),
            number: job.map(|job| job.number),
            effect: Some(effect),
            before,
            after: before.and(job).map(|job| job.state),
        });
        self.acted.push(Acted { target: target.clone(), effect, before, after: after.map(Box::new) });
    }

    /// The job as it is now; after an order to a whole family, with those of its children that the caller sees.
    fn snapshot(
        &self,
        turn: &Turn<'_>,
        namespace: Namespace<'_>,
        job: &Standing,
    ) -> rusqlite::Result<Snapshot> {
        let mut snapshot = Snapshot::of(rows::job(turn.session, namespace, job.id)?);
        if order::reaches_children(&self.call.command) {
            let is_seen = |child: &Standing| {
                child.is_seen_in(self.call.dialect) && !child.is_foreign_to(&self.call.caller)
            };
            for child in rows::children(turn.session, namespace, job)?.into_iter().filter(is_seen) {
                snapshot.kin.push(rows::job(turn.session, namespace, child.id)?);
            }
        }
        Ok(snapshot)
    }
}
