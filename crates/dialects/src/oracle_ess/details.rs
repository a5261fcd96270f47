//! What is shown of a request: its members and its links. Which of them a caller wants is `selection.rs`'s; how a list
//! looks at the same members is `query/`'s, which follows every change here.

use std::borrow::Cow;

use countermand_model::machine::{FORCE_AFTER, Move, judge};
use countermand_model::{Filter, Job, Kind, State, Test, Value};

use super::selection::Selection;
use super::wire::{GivenMembersWire, LinksWire, RelationWire, RequestDetailsWire, ValueWire};
use super::{NAME, OracleEss, query, states};
use crate::Echo;
use crate::grammar::number;

/// The parents that a request's links name.
pub(super) struct Parents {
    /// The top of the family; of a request without parents, itself.
    absolute: i64,
    /// −1 where there is none.
    direct: i64,
    /// 0 where there is none.
    instance: i64,
}

/// Whom a link leads to.
enum Kin {
    Itself,
    Absolute,
    Direct,
    Instance,
}

/// The links of a request, in the order of the recorded answer: what each is called, whom it leads to, and where below it.
const LINKS: [(&str, Kin, &str); 11] = [
    ("self", Kin::Itself, ""),
    ("cancel", Kin::Itself, "/cancel"),
    ("hold", Kin::Itself, "/hold"),
    ("release", Kin::Itself, "/release"),
    // Quirk: these lead to request -1 or 0 where there is no such parent; fixtures/oracle-ess/get-waiting.http
    ("absParentRequest", Kin::Absolute, ""),
    ("parentRequest", Kin::Direct, ""),
    ("instanceParent", Kin::Instance, ""),
    ("forceCancel", Kin::Itself, "/forceCancel"),
    ("permissions", Kin::Itself, "/permissions"),
    ("subscribe", Kin::Itself, "/subscribe"),
    ("executionStatus", Kin::Itself, "/executionStatus"),
];

/// The relations of [`LINKS`] as a mount writes them, once for all its answers.
pub(super) fn relations(upper_rels: bool) -> Vec<RelationWire> {
    LINKS.iter().map(|(name, _, path)| RelationWire::new(rel(upper_rels, name), path)).collect()
}

/// The links of a request.
///
/// Quirk: all of them, whatever the request's state: what is possible is said by `isCancellable` and its like;
/// fixtures/oracle-ess/get-succeeded.http. An action's answer has those that the reference page lists, so none to the
/// parents.
pub(super) fn links<'l>(
    codec: &'l OracleEss,
    echo: &'l Echo,
    id: Cow<'l, str>,
    parents: Option<&Parents>,
    selection: &Selection,
) -> LinksWire<'l> {
    let mut links = Vec::with_capacity(LINKS.len());
    for (relation, (_, kin, _)) in codec.relations.iter().zip(&LINKS) {
        let relative = match (kin, parents) {
            (Kin::Itself, _) => None,
            (Kin::Absolute, Some(parents)) => Some(parents.absolute),
            (Kin::Direct, Some(parents)) => Some(parents.direct),
            (Kin::Instance, Some(parents)) => Some(parents.instance),
            (Kin::Absolute | Kin::Direct | Kin::Instance, None) => continue,
        };
        if selection.links_to(&relation.rel) {
            links.push((relation, relative));
        }
    }
    LinksWire { root: &echo.root_url, id, links }
}

/// A relation as this mount writes it.
///
/// Quirk: the docs write `self`, `forceCancel`; the live server writes `SELF`, `FORCECANCEL`;
/// fixtures/oracle-ess/cancel-rel-lower.http
pub(super) fn rel(upper_rels: bool, rel: &'static str) -> Cow<'static, str> {
    if upper_rels { rel.to_ascii_uppercase().into() } else { rel.into() }
}

/// A request's members, those that are selected: what the model knows, and from the job's attributes what it has no
/// word for. `asked` is the id it was asked for by, where there is one; `at` is now.
pub(super) fn request_details<'j>(
    codec: &'j OracleEss,
    echo: &'j Echo,
    job: &'j Job,
    asked: Option<i64>,
    at: i64,
    selection: &Selection,
) -> RequestDetailsWire<'j> {
    let mut given = GivenMembersWire::of(job.attributes_of(NAME));
    let id = asked.or_else(|| job.alias(NAME).and_then(number::decimal)).unwrap_or(job.number);
    let word = word(&mut given, job);
    let previous = given.read::<String>("previousState").and_then(|word| states::state(&word));
    let Possible { cancel, force, hold } = possible(&given, job, at);
    let (parents, direct) = family(&given, job, id);
    let links = links(codec, echo, id.to_string().into(), Some(&parents), selection);
    let text = |text: &'j Option<String>| text.as_deref().map(ValueWire::from);
    let has_message = matches!(job.state, State::Failed | State::Warning);
    // A live server's request ends some time after its process, which only the attributes can tell.
    let process_end = job.started_at.and(job.finished_at);
    // Quirk: -999 until it has run; fixtures/oracle-ess/get-waiting.http. While it runs: so far (inferred).
    let elapsed = |started| job.finished_at.unwrap_or(at).saturating_sub(started);

    let mut details = given.merged();
    details.fill("absParentRequestId", Some(ValueWire::Integer(parents.absolute)));
    let filled = details.fill("cause", Some(states::cause(job.state, job.started_at.is_some()).into()));
    // Seen; the descriptions of the other causes are not known.
    let known = (filled && !job.state.is_terminal()).then(|| "Request in non-terminal state".into());
    details.fill("causeDescription", known);
    details.set("completedTime", job.finished_at.map(ValueWire::Time));
    details.set("description", text(&job.description));
    details.fill("elapsedTime", Some(ValueWire::Integer(job.started_at.map_or(-999, elapsed))));
    details.set("errorWarningMessage", text(&job.message).filter(|_| has_message));
    details.fill("isCancellable", Some(ValueWire::Flag(cancel)));
    details.fill("isForceCancelAllowed", Some(ValueWire::Flag(force)));
    details.fill("isHoldable", Some(ValueWire::Flag(hold)));
    details.set("jobDisplayName", text(&job.name));
    details.set("jobType", text(&job.job_type));
    details.set("links", Some(ValueWire::Links(Box::new(links))));
    details.fill("parentRequestId", direct.map(ValueWire::Integer));
    if previous.is_none() || previous != job.previous_state {
        details.set("previousState", job.previous_state.map(|state| states::word(state).into()));
    }
    details.fill("processEndTime", process_end.map(ValueWire::Time));
    details.set("processStartTime", job.started_at.map(ValueWire::Time));
    details.set("requestId", Some(ValueWire::Integer(id)));
    details.fill("requestType", request_type(job).map(ValueWire::from));
    let description = ValueWire::Text(states::description(&word).into());
    details.fill("state", Some(ValueWire::Text(word)));
    details.set("stateChangeTime", Some(ValueWire::Time(job.changed_at)));
    details.fill("stateDescription", Some(description));
    details.set("submissionTime", Some(ValueWire::Time(job.created_at)));
    details.set("submitter", text(&job.owner));
    let mut details = details.done();
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

/// The word for where the request stands. What is given of the moment is forgotten, unless it is of this one.
fn word(given: &mut GivenMembersWire<'_>, job: &Job) -> Cow<'static, str> {
    // Quirk: a word that shares its state with another is written back while that state lasts;
    // fixtures/oracle-ess/get-state-word-kept.http
    let kept = given.read::<String>("state").filter(|word| states::state(word) == Some(job.state));
    if kept.is_none() {
        given.retain(|name| !OF_THE_MOMENT.contains(&name));
    }
    kept.map_or(Cow::Borrowed(states::word(job.state)), Cow::Owned)
}

/// What the request's state allows.
struct Possible {
    cancel: bool,
    force: bool,
    hold: bool,
}

/// By force only one that waits for an asynchronous answer is cancelled, which the attributes say, and that has not been
/// heard of for long enough; see `decode::force_cancel`, which asks for the same.
fn possible(given: &GivenMembersWire<'_>, job: &Job, at: i64) -> Possible {
    let possible = |order| judge(order, job.state, job.acknowledged).to.is_some();
    let is_itself_at_work = job.children.total == 0 && job.trigger.is_none();
    let is_asynchronous = given.read(ASYNCHRONOUS).unwrap_or(false);
    let is_silent = at.saturating_sub(job.silent_since()) >= FORCE_AFTER;
    let force = is_itself_at_work && is_asynchronous && is_silent && possible(Move::ForceCancel);
    Possible { cancel: possible(Move::Cancel), force, hold: possible(Move::Hold) }
}

/// The member by which a job's attributes say that it waits for an asynchronous answer.
const ASYNCHRONOUS: &str = "isAsynchronous";

/// The jobs whose attributes say so.
pub(super) fn is_asynchronous() -> Filter {
    Filter::Field(query::given(ASYNCHRONOUS), Test::Equal(Value::Integer(1)))
}

/// The request's place in its family, and its direct parent where it has one. Families of the model have two levels; of a
/// deeper one the attributes say who the direct parent and the instance are.
fn family(given: &GivenMembersWire<'_>, job: &Job, id: i64) -> (Parents, Option<i64>) {
    let parent = job.parent_alias(NAME).and_then(number::decimal).or(job.parent);
    let direct = given.read("parentRequestId").or(parent);
    let absolute = given.read("absParentRequestId").or(parent).unwrap_or(id);
    let instance = given.read("instanceParentId").unwrap_or(0);
    (Parents { absolute, direct: direct.unwrap_or(-1), instance }, direct)
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
