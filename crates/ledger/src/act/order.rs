//! Cancel, hold and release: how far an order reaches from its target, and what it does to one job or one trigger.

use countermand_model::machine::{FORCE_AFTER, Judgement, Move, judge, judge_trigger};
use countermand_model::{Call, Command, Effect, Filter, Kind as JobKind, Reach, State};

use super::tree;
use crate::afterwards;
use crate::family;
use crate::feed::{self, Giver};
use crate::filter::{self, Sight};
use crate::rows::Standing;
use crate::session::Namespace;
use crate::turn::Turn;

/// Which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Cancel,
    ForceCancel,
    Hold,
    Release,
}

/// An order, ready to be given to one target after the other.
pub(super) struct Ordering<'a> {
    pub(super) kind: Kind,
    pub(super) reach: Reach,
    /// What a job must fit for this order to be possible.
    pub(super) condition: Option<&'a Filter>,
    /// Whether a cancelled end is acknowledged by this, and then its output deleted.
    pub(super) acknowledge: Option<bool>,
    pub(super) call: &'a Call,
}

/// Whether the command goes on from a parent to its children.
pub(super) fn reaches_children(command: &Command) -> bool {
    let reach = match command {
        Command::Cancel(cancel) => cancel.reach,
        Command::Hold(order) | Command::Release(order) => order.reach,
        Command::Acknowledge { .. }
        | Command::DeleteOutput { .. }
        | Command::Delete { .. }
        | Command::Status(_)
        | Command::Confirm { .. }
        | Command::List { .. }
        | Command::Runs { .. }
        | Command::Permissions { .. }
        | Command::Report { .. }
        | Command::CheckIn { .. } => Reach::One,
    };
    matches!(reach, Reach::Tree | Reach::Unstarted)
}

impl Kind {
    pub(super) fn as_move(self) -> Move {
        match self {
            Kind::Cancel => Move::Cancel,
            Kind::ForceCancel => Move::ForceCancel,
            Kind::Hold => Move::Hold,
            Kind::Release => Move::Release,
        }
    }

    /// The name in the feed.
    fn name(self) -> &'static str {
        match self {
            Kind::Cancel => "cancel",
            Kind::ForceCancel => "force_cancel",
            Kind::Hold => "hold",
            Kind::Release => "release",
        }
    }
}

impl Ordering<'_> {
    /// Gives the order to a target, and notes children whose parents are to follow. [`Effect::NotFound`] where its
    /// reach finds nothing there.
    pub(super) fn give(
        &self,
        turn: &mut Turn<'_>,
        namespace: Namespace<'_>,
        job: &mut Standing,
        moves: &mut family::Moves,
    ) -> rusqlite::Result<Effect> {
        let is_family = job.kind == JobKind::Parent && job.is_derived();
        match self.reach {
            Reach::One if job.kind == JobKind::Parent => Ok(Effect::NotFound),
            Reach::Trigger => self.to_trigger(turn, job),
            Reach::Tree if is_family => tree::give(self, turn, namespace, job),
            Reach::Unstarted if is_family => tree::give_unstarted(self, turn, namespace, job),
            Reach::One | Reach::Tree | Reach::Unstarted => {
                let from = job.state;
                let effect = self.to_job(turn, namespace, job)?;
                moves.note(job.parent, from, job.state);
                Ok(effect)
            }
        }
    }

    /// What the order does to a job where it stands.
    fn judge(
        &self,
        turn: &Turn<'_>,
        namespace: Namespace<'_>,
        job: &Standing,
    ) -> rusqlite::Result<Judgement> {
        let judgement = judge(self.kind.as_move(), job.state, job.acknowledged);
        let is_possible = judgement.to.is_none()
            || self.kind != Kind::ForceCancel
            || turn.now.saturating_sub(job.silent_since()) >= FORCE_AFTER
                && self.fits(turn, namespace, job)?;
        let refused = Judgement { effect: Effect::NotPossible, to: None, acknowledges: false };
        Ok(if is_possible { judgement } else { refused })
    }

    fn fits(&self, turn: &Turn<'_>, namespace: Namespace<'_>, job: &Standing) -> rusqlite::Result<bool> {
        let Some(condition) = self.condition else { return Ok(true) };
        let sight = Sight { namespace, dialect: self.call.dialect, caller: &self.call.caller };
        filter::fits(turn.session, sight, job.id, condition)
    }

    /// Gives the order to one job. The caller follows up in the parent.
    pub(super) fn to_job(
        &self,
        turn: &mut Turn<'_>,
        namespace: Namespace<'_>,
        job: &mut Standing,
    ) -> rusqlite::Result<Effect> {
        let judgement = self.judge(turn, namespace, job)?;
        if let Some(to) = judgement.to {
            let before = job.state;
            family::set_state(turn, job, to)?;
            self.tell(turn, job, before)?;
            if before == State::Cancelling && to.is_terminal() {
                afterwards::settle(turn, job)?;
            }
        }
        self.acknowledge(turn, job, judgement.effect)?;
        Ok(judgement.effect)
    }

    fn to_trigger(&self, turn: &mut Turn<'_>, job: &mut Standing) -> rusqlite::Result<Effect> {
        let Some(trigger) = job.trigger else { return Ok(Effect::NotFound) };
        let (effect, to) = judge_trigger(self.kind.as_move(), trigger);
        if let Some(to) = to {
            let before = job.state;
            family::order_trigger(job, to);
            family::save_parent(turn, job)?;
            self.tell(turn, job, before)?;
        }
        Ok(effect)
    }

    /// A line of the feed.
    pub(super) fn tell(&self, turn: &mut Turn<'_>, job: &Standing, before: State) -> rusqlite::Result<()> {
        feed::add(turn, job, self.kind.name(), before, Giver::from(self.call))
    }

    /// Acknowledges a cancelled end, where this order does: now, or when the runner has confirmed.
    pub(super) fn acknowledge(
        &self,
        turn: &mut Turn<'_>,
        job: &mut Standing,
        effect: Effect,
    ) -> rusqlite::Result<()> {
        let Some(delete_output) = self.acknowledge else { return Ok(()) };
        let giver = Giver::from(self.call);
        if job.state == State::Cancelling && matches!(effect, Effect::Accepted | Effect::AlreadyCancelling) {
            return afterwards::remember(turn, job, delete_output, giver);
        }
        // A job that had been cancelled before is not acknowledged by being asked again.
        if job.state == State::Cancelled && effect == Effect::Cancelled {
            return afterwards::acknowledge(turn, job, delete_output, giver);
        }
        Ok(())
    }
}
