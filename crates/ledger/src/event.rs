//! What a runner says of its job. Each part of an event is taken, or the whole is refused and nothing changes.

use countermand_model::machine::may_report;
use countermand_model::{Call, Command, Event, Job, NewResults, Outcome, State};

use crate::contract::Refused;
use crate::keep;
use crate::resolve::resolve;
use crate::results;
use crate::rows::{self, Standing};
use crate::session::Namespace;
use crate::turn::Turn;

/// Who tells of a job.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaker {
    /// A runner, by the name in the event.
    Runner,
    /// The job itself, through its dialect: whoever may write there speaks for its runner.
    Job,
}

/// Takes a runner's event about the job of that number.
pub(crate) fn event(
    turn: &mut Turn<'_>,
    namespace: &str,
    number: i64,
    event: &Event,
    if_revision: Option<u64>,
) -> rusqlite::Result<Result<Job, Refused>> {
    let Some(namespace) = turn.session.namespace(namespace)? else { return Ok(Err(Refused::NotFound)) };
    let found = rows::by_number(turn.session, namespace, number)?.filter(|standing| !standing.hidden);
    let Some(standing) = found else { return Ok(Err(Refused::NotFound)) };
    if if_revision.is_some_and(|revision| revision != standing.revision) {
        return Ok(Err(Refused::Stale { revision: standing.revision }));
    }
    apply(turn, namespace, &standing, event, Speaker::Runner)
}

/// Takes an event about a job that was found.
pub(crate) fn apply(
    turn: &mut Turn<'_>,
    namespace: Namespace<'_>,
    standing: &Standing,
    event: &Event,
    speaker: Speaker,
) -> rusqlite::Result<Result<Job, Refused>> {
    let mut old = rows::job(turn.session, namespace, standing.id)?;
    if let Err(refused) = check(&old, standing, event, speaker) {
        return Ok(Err(refused));
    }
    if old.state.is_terminal() {
        // The repetition of an end that is known; the runner did not hear the first answer.
        return Ok(Ok(old));
    }
    if old.state == State::Cancelling {
        hear(turn, standing.id)?;
        old.heard_at = Some(turn.now);
    }
    let mut job = old.clone();
    if let Some(to) = event.state {
        keep::shift(&mut job, to, turn.now);
        if to == State::Running && job.runner.is_none() {
            job.runner.clone_from(&event.runner);
        }
    }
    job.progress = event.progress.unwrap_or(job.progress);
    job.has_errors = event.has_errors.unwrap_or(job.has_errors);
    if event.message.is_some() {
        job.message.clone_from(&event.message);
    }
    if event.output.is_some() {
        job.output.clone_from(&event.output);
    }
    let news = event.results.as_ref().map_or(&[][..], |new| unknown_of(new, old.results_total));
    job.results_total += news.len() as u64;
    if job == old {
        return Ok(Ok(old));
    }
    results::append(turn.session, standing.id, old.results_total, news)?;
    let mut marks = standing.clone();
    marks.held_by_order &= job.state == State::Held;
    keep::keep(turn, namespace, Some(standing), marks, &mut job).map(Ok)
}

/// A job that asks whether it is being cancelled, and is, has given a sign of life. Answers the question again, as the
/// job may have ended since.
pub(crate) fn check_in(
    turn: &mut Turn<'_>,
    namespace: &str,
    call: &Call,
) -> rusqlite::Result<Option<Outcome>> {
    let Command::CheckIn { target } = &call.command else { return Ok(None) };
    let namespace = turn.session.namespace(namespace)?;
    let found: Option<Standing> = resolve(turn.session, namespace, call.dialect, target)?;
    let own = found.filter(|job| !job.is_foreign_to(&call.caller));
    if let Some(job) = own.as_ref().filter(|job| job.state == State::Cancelling) {
        hear(turn, job.id)?;
    }
    Ok(Some(Outcome::CheckedIn(own.map(|job| job.is_to_stop()))))
}

/// Notes a sign of life of a job that is being cancelled. It is on disk before it is answered: kept in memory, it would
/// be lost in a crash, and a forced cancel could come too early. Only such jobs cost a write, and only when they speak.
fn hear(turn: &Turn<'_>, id: i64) -> rusqlite::Result<()> {
    turn.session.run("UPDATE jobs SET heard_at = ?2 WHERE id = ?1", (id, turn.now)).map(|_| ())
}

/// The items that are not stored yet. There is no gap before them.
fn unknown_of(new: &NewResults, total: u64) -> &[String] {
    let known = usize::try_from(total - new.from).unwrap_or(usize::MAX);
    new.items.get(known..).unwrap_or_default()
}

/// Whether an event tells of a job anything but its state that is not known yet; results are looked at by themselves.
fn says_more(job: &Job, event: &Event) -> bool {
    event.progress.is_some_and(|progress| progress != job.progress)
        || event.has_errors.is_some_and(|has_errors| has_errors != job.has_errors)
        || event.message.is_some() && event.message != job.message
        || event.output.is_some() && event.output != job.output
}

fn check(job: &Job, standing: &Standing, event: &Event, speaker: Speaker) -> Result<(), Refused> {
    let refuse = |message: String| Err(Refused::conflict(message, Some(job.state)));
    // Without a name two runners could each be told to start: who begins work says who it is.
    if speaker == Speaker::Runner && event.state == Some(State::Running) && event.runner.is_none() {
        let message = "a runner that begins work says its name".to_owned();
        return Err(Refused::Invalid { place: "/runner".to_owned(), message });
    }
    if speaker == Speaker::Runner
        && let (Some(holder), Some(runner)) = (&job.runner, &event.runner)
        && runner != holder
    {
        return refuse(format!("another runner, {holder:?}, holds the job"));
    }
    if let Some(to) = event.state.filter(|to| *to != job.state) {
        if standing.is_derived() {
            return refuse("the state of a parent follows its children and its trigger".to_owned());
        }
        if !may_report(job.state, to) {
            return refuse(format!("a job that is {} does not become {to} by itself", job.state));
        }
    }
    if job.state.is_terminal()
        && (event.state.is_none() || speaker == Speaker::Runner && says_more(job, event))
    {
        return refuse(format!("the job is {}: it takes no more news", job.state));
    }
    let Some(new) = &event.results else { return Ok(()) };
    if new.from > job.results_total {
        return refuse(format!("results from {} on leave a gap: {} are stored", new.from, job.results_total));
    }
    if job.state.is_terminal() && !unknown_of(new, job.results_total).is_empty() {
        return refuse(format!("the job is {}: it takes no more results", job.state));
    }
    Ok(())
}
