//! What a description makes of a job, without looking at any other job.

use countermand_model::{Draft, Job, Kind, Patch, Progress, State, Trigger, TriggerState};

use crate::contract::Refused;
use crate::keep;
use crate::rows::Standing;

/// A job that nobody has described yet.
pub(crate) fn blank(namespace: &str, number: i64, now: i64) -> Job {
    Job { namespace: namespace.to_owned(), revision: 0, ..Job::new(number, now) }
}

/// Takes away what a run left: the job begins anew.
pub(crate) fn start_afresh(job: &mut Job) {
    job.previous_state = None;
    job.started_at = None;
    job.finished_at = None;
    job.drained_at = None;
    job.results_total = 0;
    job.results_delivered = 0;
    job.progress = Progress::default();
    job.has_errors = false;
    job.output = None;
    job.message = None;
    job.acknowledged = false;
    job.runner = None;
}

/// Where a description moves a job that is there, and whether that starts it afresh. No description undoes an order.
pub(crate) fn destination(
    was: &Standing,
    wanted: &Patch<State>,
    replace: bool,
) -> Result<(State, bool), Refused> {
    let wanted = match wanted {
        Patch::Set(wanted) => Some(*wanted),
        Patch::Keep => None,
    };
    if was.hidden {
        return if replace {
            Ok((wanted.unwrap_or(State::Queued), true))
        } else {
            Err(Refused::conflict("the job was deleted; only a replacement starts it afresh", None))
        };
    }
    let Some(wanted) = wanted.filter(|wanted| *wanted != was.state && !was.is_derived()) else {
        return Ok((was.state, false));
    };
    if was.state.is_terminal() {
        return if replace {
            Ok((wanted, true))
        } else {
            let message = format!("the job has ended as {}; only a replacement starts it afresh", was.state);
            Err(Refused::conflict(message, Some(was.state)))
        };
    }
    let under_order = was.state == State::Cancelling || was.held_by_order;
    let stays = under_order && !wanted.is_terminal();
    Ok((if stays { was.state } else { wanted }, false))
}

/// Applies everything of a description but its state and its results.
pub(crate) fn describe(
    job: &mut Job,
    marks: &mut Standing,
    draft: &Draft,
    now: i64,
    replace: bool,
) -> Result<(), Refused> {
    let draft = draft.clone();
    let was_acknowledged = job.acknowledged;
    job.aliases = draft.aliases.or(std::mem::take(&mut job.aliases));
    job.dialects = draft.dialects.or(job.dialects.take());
    job.dataset = draft.dataset.or(job.dataset.take());
    job.parent = draft.parent.or(job.parent);
    if let Patch::Set(wanted) = draft.trigger {
        set_trigger(job, marks, wanted, replace);
    }
    job.owner = draft.owner.or(job.owner.take());
    job.name = draft.name.or(job.name.take());
    job.description = draft.description.or(job.description.take());
    job.job_type = draft.job_type.or(job.job_type.take());
    job.progress = draft.progress.or(job.progress);
    job.has_errors = draft.has_errors.or(job.has_errors);
    job.output = draft.output.or(job.output.take());
    job.acknowledged = draft.acknowledged.or(job.acknowledged) || was_acknowledged;
    job.message = draft.message.or(job.message.take());
    job.attributes = draft.attributes.or(std::mem::take(&mut job.attributes));
    job.attributes.sort();
    job.kind = kind(job, marks, &draft.kind)?;
    job.created_at = draft.created_at.or(job.created_at);
    keep::time(job, now);
    if let Patch::Set(started_at) = draft.started_at
        && (started_at.is_some() || !job.state.is_at_work())
    {
        job.started_at = started_at;
    }
    // What has not ended has no end, whatever a description says, and what has ended has one.
    if let (true, Patch::Set(Some(finished_at))) = (job.state.is_terminal(), draft.finished_at) {
        job.finished_at = Some(finished_at);
    }
    check(job)
}

/// A trigger that an order suspended or cancelled is not revived by a description.
fn set_trigger(job: &mut Job, marks: &mut Standing, wanted: Option<Trigger>, replace: bool) {
    let ordered =
        job.trigger.as_ref().map(|trigger| trigger.state).filter(|_| marks.trigger_by_order && !replace);
    job.trigger = wanted.map(|mut wanted| {
        marks.trigger_by_order = match (ordered, wanted.state) {
            (Some(TriggerState::Suspended), TriggerState::Scheduled | TriggerState::Suspended)
            | (Some(TriggerState::Cancelled), _) => true,
            (Some(_) | None, _) => false,
        };
        if let Some(ordered) = ordered.filter(|_| marks.trigger_by_order) {
            wanted.state = ordered;
        }
        wanted
    });
    // A description that takes the trigger away leaves the order (see `put::may_be_triggered`).
    marks.trigger_by_order &= job.trigger.is_some() || !replace;
    marks.trigger = job.trigger.as_ref().map(|trigger| trigger.state);
}

fn kind(job: &Job, marks: &Standing, wanted: &Patch<Kind>) -> Result<Kind, Refused> {
    let has_children = marks.children.total() > 0;
    let fitting = if job.parent.is_some() {
        Kind::Child
    } else if job.trigger.is_some() || has_children || job.kind == Kind::Parent {
        Kind::Parent
    } else {
        Kind::Single
    };
    if job.parent.is_some() && job.trigger.is_some() {
        return Err(Refused::invalid("/trigger", "a child has no trigger of its own"));
    }
    if job.parent.is_some() && has_children {
        return Err(Refused::invalid("/parent", "a job with children has no parent"));
    }
    match *wanted {
        Patch::Keep => Ok(fitting),
        Patch::Set(Kind::Child) if job.parent.is_none() => {
            Err(Refused::invalid("/kind", "a child names its parent"))
        }
        Patch::Set(Kind::Single | Kind::Parent) if job.parent.is_some() => {
            Err(Refused::invalid("/kind", "a job with a parent is a child"))
        }
        Patch::Set(Kind::Single) if job.trigger.is_some() || has_children => {
            Err(Refused::invalid("/kind", "a job with a trigger or with children is a parent"))
        }
        Patch::Set(kind) => Ok(kind),
    }
}

fn check(job: &Job) -> Result<(), Refused> {
    for (index, alias) in job.aliases.iter().enumerate() {
        let twice = job.aliases[..index]
            .iter()
            .any(|other| (&other.dialect, &other.id) == (&alias.dialect, &alias.id));
        if twice || alias.id.is_empty() {
            let message = format!("{:?} is empty or stands there twice", alias.id);
            return Err(Refused::invalid(format!("/aliases/{}", alias.dialect), message));
        }
    }
    for (index, (dialect, _)) in job.attributes.iter().enumerate() {
        if job.attributes[..index].iter().any(|(other, _)| other == dialect) {
            return Err(Refused::invalid(format!("/attributes/{dialect}"), "it stands there twice"));
        }
    }
    let unfit = |dialect: &String| dialect.is_empty() || dialect.contains(',');
    if job.dialects.as_ref().is_some_and(|dialects| dialects.iter().any(unfit)) {
        return Err(Refused::invalid("/dialects", "the name of a dialect is not empty and has no comma"));
    }
    if job.acknowledged && !matches!(job.state, State::Cancelled | State::Failed) {
        return Err(Refused::invalid("/acknowledged", "only a cancelled or failed job is acknowledged"));
    }
    Ok(())
}
