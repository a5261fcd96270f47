//! A job is described: registered, corrected, or started afresh. Repeating a description changes nothing, and no
//! description undoes an order.
//!
//! That holds for families, too. A child that is registered under a parent which is being cancelled, or is moved or
//! started afresh there, has the order carried to it in the same transaction: it is judged in the state it is
//! described in, and the feed says so under the name of whoever described it. A family that has ended by a cancel
//! takes only children that have ended; one that would work is a conflict, unless a replacement is asked for, which
//! takes the order back and is audited. A family that ended otherwise may always go on.

use countermand_model::machine::{Move, judge};
use countermand_model::{Draft, Effect, Job, Kind, Patch, State, TriggerState, derive};

use crate::aliases;
use crate::audit;
use crate::contract::{AuditTarget, Put, Refused};
use crate::draft::{blank, describe, destination, start_afresh};
use crate::feed::{self, Giver};
use crate::keep;
use crate::results;
use crate::rows::{self, CONTROL, Standing};
use crate::session::{Namespace, Session};
use crate::turn::Turn;

/// Applies a description. Everything that can be refused is refused before anything is written. The `bool` is
/// whether the job is new.
pub(crate) fn put(
    turn: &mut Turn<'_>,
    namespace: &str,
    number: Option<i64>,
    draft: &Draft,
    put: &Put,
) -> rusqlite::Result<Result<(Job, bool), Refused>> {
    // A namespace comes into being with its first job; a refused one leaves an empty name behind, which is nothing.
    let namespace = turn.session.namespace_or_new(namespace)?;
    let number = match number {
        Some(number) => number,
        None => match next_number(turn.session, namespace)? {
            Some(number) => number,
            None => {
                let message = format!("there is no number after {}, which is taken; give a number", i64::MAX);
                return Ok(Err(Refused::conflict(message, None)));
            }
        },
    };
    if number < 1 {
        return Ok(Err(Refused::invalid("/number", "a number is between 1 and 9223372036854775807")));
    }
    let was = rows::by_number(turn.session, namespace, number)?;
    if let Err(refused) = fits_revision(was.as_ref(), put.if_revision) {
        return Ok(Err(refused));
    }
    let plan = match plan(turn, namespace, number, was.as_ref(), draft, put.replace)? {
        Ok(plan) => plan,
        Err(refused) => return Ok(Err(refused)),
    };
    let Some(plan) = plan else {
        let was = was.expect("only a job that is there stays as it is");
        return Ok(Ok((rows::job(turn.session, namespace, was.id)?, false)));
    };
    let begun_anew = begun_anew(was.as_ref(), &plan);
    let giver = Giver { by: &put.by, dialect: CONTROL, request_id: &put.request_id };
    let job = carry_out(turn, namespace, was.as_ref(), plan, giver)?;
    let mut targets = Vec::with_capacity(begun_anew.len());
    for (number, before) in begun_anew {
        let after = rows::by_number(turn.session, namespace, number)?.map(|now| now.state);
        let written = number.to_string();
        targets.push(AuditTarget {
            written,
            number: Some(number),
            effect: Some(Effect::Done),
            before,
            after,
        });
    }
    if !targets.is_empty() {
        audit::add(turn, namespace.name, "replace", giver, &put.client, &targets)?;
    }
    Ok(Ok((job, was.is_none())))
}

/// The jobs that a description starts afresh, with their states before: a parent that its child brings back, and the
/// job itself.
fn begun_anew(was: Option<&Standing>, plan: &Plan) -> Vec<(i64, Option<State>)> {
    let parent = plan.under.as_ref().filter(|parent| is_against_order(parent, &plan.job));
    let itself = plan.afresh || was.is_some_and(|was| is_revived(was, plan));
    let itself = itself.then(|| (plan.job.number, was.map(|was| was.state)));
    parent.map(|parent| (parent.number, Some(parent.state))).into_iter().chain(itself).collect()
}

/// What is to be written.
struct Plan {
    old: Option<Job>,
    job: Job,
    marks: Standing,
    afresh: bool,
    /// The parent it comes under by this.
    under: Option<Standing>,
    /// The state it was described in, where a cancel of that parent moves it on.
    ordered_from: Option<State>,
    /// The results after the first so many, which stay.
    results: Option<(u64, Vec<String>)>,
}

/// Works out what a description makes of a job; `None` where that is what it is already.
fn plan(
    turn: &Turn<'_>,
    namespace: Namespace<'_>,
    number: i64,
    was: Option<&Standing>,
    draft: &Draft,
    replace: bool,
) -> rusqlite::Result<Result<Option<Plan>, Refused>> {
    let session = turn.session;
    let old = was.map(|was| rows::job(session, namespace, was.id)).transpose()?;
    let mut job = old.clone().unwrap_or_else(|| blank(namespace.name, number, turn.now));
    let mut marks = was.cloned().unwrap_or_else(|| Standing::new(number, turn.now));
    let mut afresh = false;
    match was.map(|was| destination(was, &draft.state, replace)) {
        None => job.state = draft.state.clone().or(job.state),
        Some(Ok((to, anew))) => {
            afresh = anew;
            keep::shift(&mut job, to, turn.now);
            if afresh {
                start_afresh(&mut job);
                marks.life += 1;
                marks.hidden = false;
                marks.cancel_open = false;
                marks.trigger_by_order &= marks.trigger.is_some();
            }
        }
        Some(Err(refused)) => return Ok(Err(refused)),
    }
    if let Err(refused) = describe(&mut job, &mut marks, draft, turn.now, replace) {
        return Ok(Err(refused));
    }
    marks.held_by_order &= job.state == State::Held;
    let follows_as_before = !afresh && was.is_some_and(|was| was.trigger == marks.trigger);
    if !follows_as_before && let Some(derived) = derive(&marks.children, marks.trigger, marks.cancel_open) {
        if old.is_none() {
            job.state = derived;
            keep::time(&mut job, turn.now);
        } else {
            if let Some(Err(refused)) =
                was.map(|was| may_be_triggered(was, marks.trigger, derived != job.state, replace))
            {
                return Ok(Err(refused));
            }
            // What was said of the end before does not hold for the next one.
            job.acknowledged &= job.state == derived;
            marks.cancel_open &= derived.is_terminal() || !job.state.is_terminal();
            keep::shift(&mut job, derived, turn.now);
        }
    }
    let id = was.map_or(0, |was| was.id);
    let is_old_parent = old.as_ref().is_some_and(|old| old.parent == job.parent);
    let mut under = None;
    if afresh || !is_old_parent {
        under = match check_parent(session, namespace, &job, replace)? {
            Ok(parent) => parent,
            Err(refused) => return Ok(Err(refused)),
        };
    }
    let is_under_cancel = under.as_ref().is_some_and(|parent| parent.state == State::Cancelling);
    let ordered_to = judge(Move::Cancel, job.state, job.acknowledged).to.filter(|_| is_under_cancel);
    let ordered_from = ordered_to.map(|_| job.state);
    if let Some(to) = ordered_to {
        keep::shift(&mut job, to, turn.now);
        marks.cancel_open = true;
        marks.held_by_order = false;
    }
    let answers_as_before =
        !afresh && old.as_ref().is_some_and(|old| old.aliases == job.aliases && old.dialects == job.dialects);
    if !answers_as_before && let Err(refused) = aliases::check(session, namespace, id, &job)? {
        return Ok(Err(refused));
    }
    let attributes_as_before = old.as_ref().is_some_and(|old| old.attributes == job.attributes);
    if !attributes_as_before && let Err(refused) = check_attributes(session, &job)? {
        return Ok(Err(refused));
    }
    let results = new_results(session, id, &mut job, &mut marks, draft, afresh)?;
    if !afresh
        && results.is_none()
        && old.as_ref() == Some(&job)
        && was.is_some_and(|was| same_marks(was, &marks))
    {
        return Ok(Ok(None));
    }
    Ok(Ok(Some(Plan { old, job, marks, afresh, under, ordered_from, results })))
}

fn carry_out(
    turn: &mut Turn<'_>,
    namespace: Namespace<'_>,
    was: Option<&Standing>,
    plan: Plan,
    giver: Giver<'_>,
) -> rusqlite::Result<Job> {
    let Plan { old, mut job, marks, ordered_from, results, .. } = plan;
    let mut kept = keep::keep(turn, namespace, was, marks, &mut job)?;
    let standing = rows::by_number(turn.session, namespace, job.number)?.expect("what was kept is there");
    let id = standing.id;
    if let Some(from) = ordered_from {
        feed::add(turn, &standing, "cancel", from, giver)?;
    }
    if old.as_ref().map_or(&[][..], |old| &old.aliases) != job.aliases {
        aliases::replace(turn.session, namespace, id, &job.aliases)?;
        kept.aliases = job.aliases;
    }
    if old.as_ref().map_or(&[][..], |old| &old.attributes) != job.attributes {
        turn.session.run("DELETE FROM attributes WHERE job = ?1", [id])?;
        for (dialect, value) in &job.attributes {
            turn.session.run(
                "INSERT INTO attributes (job, dialect, value) VALUES (?1, ?2, ?3)",
                (id, dialect, value),
            )?;
        }
        kept.attributes = job.attributes;
    }
    if let Some((stay, items)) = results {
        if stay == 0 {
            results::clear(turn.session, id)?;
        }
        results::append(turn.session, id, stay, &items)?;
    }
    Ok(kept)
}

/// The results that a description adds or puts in place of those that are there. Results that only grow keep what
/// was delivered of them; others begin anew.
fn new_results(
    session: &Session,
    id: i64,
    job: &mut Job,
    marks: &mut Standing,
    draft: &Draft,
    afresh: bool,
) -> rusqlite::Result<Option<(u64, Vec<String>)>> {
    let Patch::Set(wanted) = &draft.results else {
        return Ok(afresh.then(|| (0, Vec::new())));
    };
    let stored = if afresh { Vec::new() } else { results::all(session, id)? };
    if *wanted == stored && !afresh {
        return Ok(None);
    }
    let stay = if wanted.starts_with(&stored) { stored.len() } else { 0 };
    if stay < stored.len() {
        marks.life += 1;
        job.results_delivered = 0;
    }
    job.results_total = wanted.len() as u64;
    job.drained_at = None;
    Ok(Some((stay as u64, wanted[stay..].to_vec())))
}

fn check_parent(
    session: &Session,
    namespace: Namespace<'_>,
    job: &Job,
    replace: bool,
) -> rusqlite::Result<Result<Option<Standing>, Refused>> {
    let Some(number) = job.parent else { return Ok(Ok(None)) };
    if number == job.number {
        return Ok(Err(Refused::invalid("/parent", "a job is not its own parent")));
    }
    let parent = rows::by_number(session, namespace, number)?.filter(|parent| !parent.hidden);
    Ok(match parent {
        None => Err(Refused::invalid("/parent", format!("there is no job {number}"))),
        Some(parent) if parent.kind == Kind::Child => {
            Err(Refused::invalid("/parent", format!("the job {number} is a child itself")))
        }
        Some(parent) if is_against_order(&parent, job) && !replace => {
            let message = format!(
                "the parent {number} was told to cancel and is {}; only a replacement brings it back",
                parent.state
            );
            Err(Refused::conflict(message, Some(parent.state)))
        }
        Some(parent) => Ok(Some(parent)),
    })
}

/// Attributes are kept as text, and filters look into them: each is one JSON object.
fn check_attributes(session: &Session, job: &Job) -> rusqlite::Result<Result<(), Refused>> {
    for (dialect, value) in &job.attributes {
        let is_object = "SELECT CASE WHEN json_valid(?1) THEN json_type(?1) = 'object' ELSE 0 END";
        if session.one(is_object, [value], |row| row.get(0))? != Some(true) {
            return Ok(Err(Refused::invalid(format!("/attributes/{dialect}"), "it is not a JSON object")));
        }
    }
    Ok(Ok(()))
}

fn fits_revision(was: Option<&Standing>, wanted: Option<u64>) -> Result<(), Refused> {
    let revision = was.filter(|was| !was.hidden).map_or(0, |was| was.revision);
    if wanted.is_some_and(|wanted| wanted != revision) {
        return Err(Refused::Stale { revision });
    }
    Ok(())
}

/// Whether a trigger brings back what an order ended or suspended, or a job that had none and has ended.
fn is_revived(was: &Standing, plan: &Plan) -> bool {
    let ordered = was.trigger_by_order && !plan.marks.trigger_by_order;
    let ended =
        (!was.is_derived() || was.cancel_open) && was.state.is_terminal() && !plan.job.state.is_terminal();
    ended || ordered && plan.marks.trigger == Some(TriggerState::Scheduled)
}

/// Whether a child would bring to work a family that has ended by a cancel.
fn is_against_order(parent: &Standing, child: &Job) -> bool {
    parent.cancel_open && parent.state.is_terminal() && !child.state.is_terminal()
}

/// A job takes a new trigger only where that undoes nothing: not the end or the order of one that stood by itself and
/// would follow the trigger from now on, nor the cancel of a family, nor the order that stopped a trigger which a
/// description has taken away since.
fn may_be_triggered(
    was: &Standing,
    trigger: Option<TriggerState>,
    changes_state: bool,
    replace: bool,
) -> Result<(), Refused> {
    if was.trigger_by_order && was.trigger.is_none() && trigger.is_some() && !replace {
        let message = "an order stopped the trigger that the job had; only a replacement gives it another";
        return Err(Refused::conflict(message, Some(was.state)));
    }
    let is_undone = if was.is_derived() {
        was.cancel_open && !replace && trigger.is_some_and(TriggerState::is_live)
    } else {
        let ended = was.state.is_terminal() && !replace;
        let ordered = was.state == State::Cancelling || was.held_by_order;
        changes_state && (ended || ordered)
    };
    if !is_undone {
        return Ok(());
    }
    Err(Refused::conflict(
        format!("the job is {}; a trigger would bring it back", was.state),
        Some(was.state),
    ))
}

fn same_marks(was: &Standing, marks: &Standing) -> bool {
    (was.held_by_order, was.trigger_by_order, was.life, was.hidden)
        == (marks.held_by_order, marks.trigger_by_order, marks.life, marks.hidden)
}

/// The number after the last, but none that is another job's id somewhere: that one would be refused each time.
fn next_number(session: &Session, namespace: Namespace<'_>) -> rusqlite::Result<Option<i64>> {
    let last =
        session.one("SELECT max(number) FROM jobs WHERE namespace = ?1", [namespace.id], |row| row.get(0))?;
    let mut next = last.flatten().map_or(Some(1), |last: i64| last.checked_add(1));
    while let Some(number) = next {
        let meant = "SELECT 1 FROM aliases WHERE namespace = ?1 AND number = ?2 LIMIT 1";
        if session.one(meant, (namespace.id, number), |_| Ok(()))?.is_none() {
            break;
        }
        next = number.checked_add(1);
    }
    Ok(next)
}
