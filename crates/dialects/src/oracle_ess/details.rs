//! What is shown of a request: its members and its links. Which of them a caller wants is `selection.rs`'s; how a list
//! looks at the same members is `query/`'s, which follows every change here.

use std::borrow::Cow;

use countermand_model::machine::{FORCE_AFTER, Move, judge};
use countermand_model::{Filter, Job, Kind, State, Test, Value};

use super::selection::Selection;
use super::wire::{LinkWire, MemberWire, RequestDetailsWire};
use super::{NAME, OracleEss, query, states};
use crate::Echo;
use crate::grammar::number;
use crate::grammar::time::{Fraction, rfc3339};

/// The parents that a request's links name.
pub(super) struct Parents {
    /// The top of the family; of a request without parents, itself.
    absolute: i64,
    /// −1 where there is none.
    direct: i64,
    /// 0 where there is none.
    instance: i64,
}

/// The links of a request, in the order of the recorded answer.
///
/// Quirk: all of them, whatever the request's state: what is possible is said by `isCancellable` and its like;
/// fixtures/oracle-ess/get-succeeded.http. An action's answer has those that the reference page lists, so none to the
/// parents.
pub(super) fn links(codec: &OracleEss, echo: &Echo, id: &str, parents: Option<&Parents>) -> Vec<LinkWire> {
    let root = echo.root_url.as_str();
    let link = |name, id: &str, path| LinkWire {
        href: [root, "/requests/", id, path].concat(),
        rel: rel(codec, name),
    };
    let to = |name, path| link(name, id, path);
    // Quirk: the links lead to request -1 or 0 where there is no such parent; fixtures/oracle-ess/get-waiting.http
    let kin = |name, kin: i64| link(name, &kin.to_string(), "");
    let mut links =
        vec![to("self", ""), to("cancel", "/cancel"), to("hold", "/hold"), to("release", "/release")];
    if let Some(parents) = parents {
        links.push(kin("absParentRequest", parents.absolute));
        links.push(kin("parentRequest", parents.direct));
        links.push(kin("instanceParent", parents.instance));
    }
    for (name, path) in [
        ("forceCancel", "/forceCancel"),
        ("permissions", "/permissions"),
        ("subscribe", "/subscribe"),
        ("executionStatus", "/executionStatus"),
    ] {
        links.push(to(name, path));
    }
    links
}

/// A relation as this mount writes it.
///
/// Quirk: the docs write `self`, `forceCancel`; the live server writes `SELF`, `FORCECANCEL`;
/// fixtures/oracle-ess/cancel-rel-lower.http
pub(super) fn rel(codec: &OracleEss, rel: &'static str) -> Cow<'static, str> {
    if codec.upper_rels { rel.to_ascii_uppercase().into() } else { rel.into() }
}

/// A request's members, those that are selected: what the model knows, and from the job's attributes what it has no
/// word for. `asked` is the id it was asked for by, where there is one; `at` is now.
pub(super) fn request_details<'j>(
    codec: &OracleEss,
    echo: &Echo,
    job: &'j Job,
    asked: Option<i64>,
    at: i64,
    selection: &Selection,
) -> RequestDetailsWire<'j> {
    let mut details = RequestDetailsWire::given(job.attributes_of(NAME).unwrap_or("{}"));
    let id = asked.or_else(|| job.alias(NAME).and_then(number::decimal)).unwrap_or(job.number);
    details.set("requestId", MemberWire::Integer(id));
    details.set_text("description", job.description.as_deref());
    details.set_text("jobDisplayName", job.name.as_deref());
    details.set_text("jobType", job.job_type.as_deref());
    details.set_text("submitter", job.owner.as_deref());
    state(&mut details, job);
    possibilities(&mut details, job, at);
    times(&mut details, job, at);
    let parents = family(&mut details, job, id);
    let mut links = links(codec, echo, &id.to_string(), Some(&parents));
    links.retain(|link| selection.links_to(&link.rel));
    details.set("links", MemberWire::Links(links));
    details.retain(|name| selection.shows(name));
    details
}

/// What is true of one moment only: believed of a job's attributes as long as the `state` among them still holds.
const OF_THE_MOMENT: [&str; 10] = [
    "state",
    "stateDescription",
    "cause",
    "causeDescription",
    "processPhase",
    "processPhaseDescription",
    "isCancellable",
    "isForceCancelAllowed",
    "isHoldable",
    "elapsedTime",
];

/// Where the request stands, and why.
fn state(details: &mut RequestDetailsWire<'_>, job: &Job) {
    // Quirk: a word that shares its state with another is written back while that state lasts;
    // fixtures/oracle-ess/get-state-word-kept.http
    let kept = details.read::<String>("state").filter(|word| states::state(word) == Some(job.state));
    if kept.is_none() {
        details.retain(|name| !OF_THE_MOMENT.contains(&name));
    }
    let word = kept.unwrap_or_else(|| states::word(job.state).to_owned());
    details.fill_text("stateDescription", states::description(&word));
    details.fill_text("state", word);
    let filled = details.fill_text("cause", states::cause(job.state, job.started_at.is_some()));
    if filled && !job.state.is_terminal() {
        // Seen; the descriptions of the other causes are not known.
        details.fill_text("causeDescription", "Request in non-terminal state");
    }
    let previous = details.read::<String>("previousState").and_then(|word| states::state(&word));
    if previous.is_none() || previous != job.previous_state {
        details.set_text("previousState", job.previous_state.map(states::word));
    }
    if matches!(job.state, State::Failed | State::Warning) {
        details.set_text("errorWarningMessage", job.message.clone());
    }
}

/// What the request's state allows. By force only one that waits for an asynchronous answer is cancelled, which the
/// attributes say, and that has not been heard of for long enough; see `decode::force_cancel`, which asks for the same.
fn possibilities(details: &mut RequestDetailsWire<'_>, job: &Job, at: i64) {
    let possible = |order| judge(order, job.state, job.acknowledged).to.is_some();
    let is_itself_at_work = job.children.total == 0 && job.trigger.is_none();
    let is_asynchronous = details.read(ASYNCHRONOUS).unwrap_or(false);
    let is_silent = at.saturating_sub(job.silent_since()) >= FORCE_AFTER;
    let force = is_itself_at_work && is_asynchronous && is_silent && possible(Move::ForceCancel);
    details.fill("isCancellable", Some(MemberWire::Flag(possible(Move::Cancel))));
    details.fill("isForceCancelAllowed", Some(MemberWire::Flag(force)));
    details.fill("isHoldable", Some(MemberWire::Flag(possible(Move::Hold))));
}

/// The member by which a job's attributes say that it waits for an asynchronous answer.
const ASYNCHRONOUS: &str = "isAsynchronous";

/// The jobs whose attributes say so.
pub(super) fn is_asynchronous() -> Filter {
    Filter::Field(query::given(ASYNCHRONOUS), Test::Equal(Value::Integer(1)))
}

/// When what happened.
fn times(details: &mut RequestDetailsWire<'_>, job: &Job, at: i64) {
    details.set_text("submissionTime", Some(utc(job.created_at)));
    details.set_text("stateChangeTime", Some(utc(job.changed_at)));
    details.set_text("processStartTime", job.started_at.map(utc));
    // A live server's request ends some time after its process, which only the attributes can tell.
    let end = job.started_at.and(job.finished_at).map(|at| MemberWire::Text(utc(at).into()));
    details.fill("processEndTime", end);
    details.set_text("completedTime", job.finished_at.map(utc));
    // Quirk: -999 until it has run; fixtures/oracle-ess/get-waiting.http. While it runs: so far (inferred).
    let elapsed = |started| job.finished_at.unwrap_or(at).saturating_sub(started);
    details.fill("elapsedTime", Some(MemberWire::Integer(job.started_at.map_or(-999, elapsed))));
}

/// The request's place in its family. Families of the model have two levels; of a deeper one the attributes say who the
/// direct parent and the instance are.
fn family(details: &mut RequestDetailsWire<'_>, job: &Job, id: i64) -> Parents {
    let parent = job.parent_alias(NAME).and_then(number::decimal).or(job.parent);
    let direct = details.read("parentRequestId").or(parent);
    let absolute = details.read("absParentRequestId").or(parent).unwrap_or(id);
    let instance = details.read("instanceParentId").unwrap_or(0);
    details.fill("absParentRequestId", Some(MemberWire::Integer(absolute)));
    details.fill("parentRequestId", direct.map(MemberWire::Integer));
    details.fill("requestType", request_type(job).map(|word| MemberWire::Text(word.into())));
    Parents { absolute, direct: direct.unwrap_or(-1), instance }
}

/// `requestType`, where the model can tell. A child's parent may be a schedule, a job set or a request of its own, which
/// its own record does not say: then only the attributes can.
pub(super) fn request_type(job: &Job) -> Option<&'static str> {
    match job.kind {
        Kind::Single => Some("SINGLETON"),
        Kind::Parent if job.trigger.is_some() => Some("RECUR_PARENT"),
        Kind::Parent => Some("JOBSET_SINGLETON"),
        Kind::Child => None,
    }
}

fn utc(milliseconds: i64) -> String {
    rfc3339(milliseconds, Fraction::Always)
}
