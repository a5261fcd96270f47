//! An order to a parent whose state follows its children: it goes to the trigger and to each child it reaches, and
//! the parent is derived once, at the end.

use countermand_model::machine::{judge, judge_trigger};
use countermand_model::{Effect, State};

use super::order::{Kind, Ordering};
use crate::family;
use crate::rows::{self, Standing};
use crate::session::Namespace;
use crate::turn::Turn;

/// The trigger and every unfinished child.
pub(super) fn give(
    ordering: &Ordering<'_>,
    turn: &mut Turn<'_>,
    namespace: Namespace<'_>,
    parent: &mut Standing,
) -> rusqlite::Result<Effect> {
    let before = parent.state;
    let mut effects = Vec::new();
    if let Some(trigger) = parent.trigger {
        let (effect, to) = judge_trigger(ordering.kind.as_move(), trigger);
        if let Some(to) = to {
            family::order_trigger(parent, to);
        }
        effects.push((effect, to.is_some()));
    }
    let skipped = to_children(ordering, turn, namespace, parent, |_| true, &mut effects)?;
    let mut changed = effects.iter().any(|(_, changed)| *changed);
    // A cancel of a part of the family is not a cancel of the whole, and one that comes too late is none.
    let opens = ordering.kind == Kind::Cancel && !skipped && !parent.cancel_open && !before.is_terminal();
    parent.cancel_open |= opens;
    changed |= opens;
    if changed {
        family::save_parent(turn, parent)?;
        ordering.tell(turn, parent, before)?;
    }
    let effect = match ordering.kind {
        Kind::Cancel | Kind::ForceCancel if changed && parent.children.unfinished() > 0 => Effect::Accepted,
        Kind::Cancel | Kind::ForceCancel if changed => Effect::Cancelled,
        // Nothing of the family that is the caller's was left to stop, and what is another's goes on.
        Kind::Cancel if skipped => {
            let stopping = effects.iter().find(|(effect, _)| *effect == Effect::AlreadyCancelling);
            stopping.map_or(Effect::Forbidden, |(effect, _)| *effect)
        }
        Kind::Cancel => judge(ordering.kind.as_move(), before, parent.acknowledged).effect,
        Kind::ForceCancel => Effect::NotPossible,
        Kind::Hold | Kind::Release => summary(&effects),
    };
    ordering.acknowledge(turn, parent, effect)?;
    Ok(effect)
}

/// Every child that is not yet at work; the trigger goes on.
pub(super) fn give_unstarted(
    ordering: &Ordering<'_>,
    turn: &mut Turn<'_>,
    namespace: Namespace<'_>,
    parent: &mut Standing,
) -> rusqlite::Result<Effect> {
    let before = parent.state;
    let mut effects = Vec::new();
    to_children(ordering, turn, namespace, parent, |state| !state.is_at_work(), &mut effects)?;
    if effects.iter().any(|(_, changed)| *changed) {
        family::save_parent(turn, parent)?;
    }
    let effect = match ordering.kind {
        // A finished family is told so, as a finished job is.
        Kind::Cancel if before.is_terminal() => {
            judge(ordering.kind.as_move(), before, parent.acknowledged).effect
        }
        Kind::Cancel | Kind::ForceCancel | Kind::Hold | Kind::Release => summary(&effects),
    };
    ordering.acknowledge(turn, parent, effect)?;
    Ok(effect)
}

/// Gives the order to each unfinished child that it reaches, counts them anew, and answers whether another's child
/// was passed over.
fn to_children(
    ordering: &Ordering<'_>,
    turn: &mut Turn<'_>,
    namespace: Namespace<'_>,
    parent: &mut Standing,
    reaches: impl Fn(State) -> bool,
    effects: &mut Vec<(Effect, bool)>,
) -> rusqlite::Result<bool> {
    let mut skipped = false;
    for mut child in rows::unfinished_children(turn.session, namespace, parent)? {
        if !reaches(child.state) {
            continue;
        }
        if child.is_foreign_to(&ordering.call.caller) {
            skipped = true;
            continue;
        }
        let from = child.state;
        let effect = ordering.to_job(turn, namespace, &mut child)?;
        family::recount(&mut parent.children, Some(from), Some(child.state));
        effects.push((effect, from != child.state));
    }
    Ok(skipped)
}

/// What is said of a family of which some members changed: what happened to those. Where none did, but some are so
/// already, the order was carried out before: it may be repeated, whatever the others are at.
fn summary(effects: &[(Effect, bool)]) -> Effect {
    let done = effects.iter().find(|(_, changed)| *changed);
    let so = effects.iter().find(|(effect, _)| *effect == Effect::AlreadySo);
    done.or(so).map_or(Effect::NotPossible, |(effect, _)| *effect)
}
