//! `RequestDetails` as a job: what the encoder in `../details.rs` undoes. Which members were asked for is said by who
//! asks; whose server it is, is not known here.
//!
//! What the model has a word for becomes that, everything else stays among the job's attributes under this dialect's
//! name, byte by byte. There too stay the `state`, which the model has fewer of, and what holds as long as it does.

use countermand_model::{Job, Kind, Snapshot, State, Trigger};

use crate::Malformed;
use crate::grammar::number;
use crate::oracle_ess::selection::Selection;
use crate::oracle_ess::wire::{GivenDetailsWire, LinkWire};
use crate::oracle_ess::{NAME, details, query, states};

/// The job that a document shows. `asked` is the id that it was asked for by, where it was asked for by one; what
/// `selection` leaves out need not be there, and is then as on a job of which nothing is known. `at` is now.
///
/// # Errors
/// With the place: no id or no state, a state that no job is in, such as `UNKNOWN`, a value of another type than its
/// member's, another request than was asked for.
pub(super) fn job(
    mut given: GivenDetailsWire,
    asked: Option<i64>,
    selection: &Selection,
    at: i64,
) -> Result<Job, Malformed> {
    let links: Vec<LinkWire> = given.take("links")?.unwrap_or_default();
    let id = id(&mut given, &links, asked, selection)?;
    let mut job = Job::new(id.unwrap_or(0), at);
    job.state = state(&mut given, selection)?;
    family(&mut given, &links, &mut job)?;
    times(&mut given, &mut job)?;
    let previous = given.read::<String>("previousState")?;
    job.previous_state = previous.and_then(|word| states::state(&word));
    job.description = given.take("description")?;
    job.name = given.take("jobDisplayName")?;
    job.job_type = given.take("jobType")?;
    job.owner = given.take("submitter")?;
    if matches!(job.state, State::Failed | State::Warning) {
        job.message = given.take("errorWarningMessage")?;
    }
    job.attributes = vec![(NAME.to_owned(), given.write())];
    Ok(job)
}

/// The same as what a reading hands out: requests have no results.
pub(super) fn snapshot(
    given: GivenDetailsWire,
    asked: Option<i64>,
    selection: &Selection,
    at: i64,
) -> Result<Snapshot, Malformed> {
    Ok(Snapshot::of(job(given, asked, selection, at)?))
}

/// The relations of links that lead below the request itself.
const OWN_LINKS: [&str; 8] =
    ["self", "cancel", "hold", "release", "forceCancel", "permissions", "subscribe", "executionStatus"];

/// `requestId`; where it was not asked for, what the request's own links say, or what was asked for.
fn id(
    given: &mut GivenDetailsWire,
    links: &[LinkWire],
    asked: Option<i64>,
    selection: &Selection,
) -> Result<Option<i64>, Malformed> {
    let refused = |problem: &str| Err(Malformed::new("/requestId", problem.to_owned()));
    let id = match given.take::<i64>("requestId")? {
        Some(id) if id > 0 => Some(id),
        Some(id) => return refused(&format!("{id} is no request's")),
        None if selection.shows("requestId") => return refused("it is missing"),
        None => OWN_LINKS.iter().find_map(|rel| linked(links, rel)).or(asked),
    };
    if asked.is_some() && id != asked {
        return refused("it is another request's than was asked for");
    }
    Ok(id)
}

/// `state`, and it stays where it is: more words than states there are.
fn state(given: &mut GivenDetailsWire, selection: &Selection) -> Result<State, Malformed> {
    match given.read::<String>("state")? {
        Some(word) => states::state(&word)
            .ok_or_else(|| Malformed::new("/state", format!("{word:?} is no state that a job is in"))),
        None if selection.shows("state") => Err(Malformed::new("/state", "it is missing")),
        None => {
            // What else is of the moment is believed as long as the state is the one it came with.
            given.put_text("state", states::word(State::Queued));
            Ok(State::Queued)
        }
    }
}

/// The place in the family. Families of the model have two levels, so that the parent is the top; a direct parent that
/// is another one stays among the attributes, with the instance.
///
/// Of a schedule, `schedule` stays there too; when it fires next is not told.
fn family(given: &mut GivenDetailsWire, links: &[LinkWire], job: &mut Job) -> Result<(), Malformed> {
    let is_named = |id: &i64| *id > 0;
    let direct = given.read("parentRequestId")?.or(linked(links, "parentRequest")).filter(is_named);
    let absolute = given.read("absParentRequestId")?.or(linked(links, "absParentRequest"));
    let top = absolute.or(direct).filter(is_named).filter(|top| *top != job.number);
    let word = given.read::<String>("requestType")?;
    // Our own server leaves it out of a child's, whose parent may be a schedule, a job set or a request.
    job.kind = word.as_deref().map_or(Kind::Child, query::kind);
    let state = given.read::<String>("state")?.unwrap_or_default();
    job.trigger = word.as_deref().filter(|word| query::is_schedule(word)).map(|_| Trigger {
        state: query::trigger(job.state, &state),
        next_run_at: None,
        rule: None,
    });
    if job.kind == Kind::Child {
        job.parent = top;
    }
    // The encoder knows these from the model; what it does not, stays.
    if absolute == top.or(Some(job.number)) && job.parent == top {
        given.take::<i64>("absParentRequestId")?;
    }
    if direct.is_some() && direct == job.parent {
        given.take::<i64>("parentRequestId")?;
    } else if let Some(direct) = direct {
        given.put_integer("parentRequestId", direct);
    }
    if let Some(instance) = linked(links, "instanceParent").filter(is_named)
        && !given.has("instanceParentId")
    {
        given.put_integer("instanceParentId", instance);
    }
    if details::request_type(job) == word.as_deref() {
        given.take::<String>("requestType")?;
    }
    Ok(())
}

/// When what happened. A request's end is `completedTime`, some time after the end of its process; a server that says
/// the first alone is taken to say both, as our own does.
fn times(given: &mut GivenDetailsWire, job: &mut Job) -> Result<(), Malformed> {
    let submitted = time(given, "submissionTime")?;
    job.started_at = time(given, "processStartTime")?;
    let end_of_process = time(given, "processEndTime")?;
    job.finished_at = time(given, "completedTime")?;
    let changed = time(given, "stateChangeTime")?;
    job.created_at = submitted.unwrap_or(job.created_at);
    let latest = [job.finished_at, job.started_at, submitted].into_iter().flatten().next();
    job.changed_at = changed.or(latest).unwrap_or(job.changed_at);
    for member in ["submissionTime", "processStartTime", "completedTime", "stateChangeTime"] {
        given.take::<String>(member)?;
    }
    if job.started_at.is_some() && end_of_process.is_some() && end_of_process == job.finished_at {
        given.take::<String>("processEndTime")?;
    }
    Ok(())
}

/// A time, to the millisecond: more is not written by any known server.
fn time(given: &GivenDetailsWire, member: &str) -> Result<Option<i64>, Malformed> {
    let Some(text) = given.read::<String>(member)? else { return Ok(None) };
    let instant = query::instant(&text)
        .map_err(|problem| Malformed::new(format!("/{member}"), format!("{problem}, not {text:?}")))?;
    Ok(Some(instant.milliseconds))
}

/// The id that a link leads to. A client of a live server reads ids so; the `rel` is in any case there.
fn linked(links: &[LinkWire], rel: &str) -> Option<i64> {
    let link = links.iter().find(|link| link.rel.eq_ignore_ascii_case(rel))?;
    let (_, path) = link.href.rsplit_once("/requests/")?;
    number::decimal(path.split(['/', '?']).next()?)
}
