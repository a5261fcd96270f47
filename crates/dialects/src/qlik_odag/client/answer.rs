//! Answers about one request, read into the model. What the model has no word for stays in the job's attributes, as the
//! service's own JSON. Lists are read in `lists.rs`, refusals in `errors.rs`.

use bytes::Bytes;
use countermand_model::{
    Acted, Alias, Children, Effect, Fault, Job, Kin, Kind, Outcome, Output, Snapshot, State, Target,
};
use http::{Response, StatusCode};
use serde_json::value::RawValue;

use crate::conversation::{Aim, Seen, Told, afterwards};
use crate::grammar::json::{self, Slashes, Writer};
use crate::qlik_odag::wire::RequestWire;
use crate::qlik_odag::{DIALECT, decode, encode, errors, states};
use crate::{Echo, Malformed};

/// What an answer means that is no refusal of its caller.
type Answer = Result<Result<Outcome, Fault>, Malformed>;

/// Whether a reading was of the selections and not of the object.
pub(super) fn is_about_selections(echo: &Echo) -> bool {
    echo.operation.is_some_and(|operation| operation.name == "selections")
}

/// Of `GET`.
pub(super) fn status(kin: Kin, at: i64, response: &Response<Bytes>) -> Answer {
    answered(response, |response| {
        let mut snapshot = snapshot(response)?;
        kin.choose(&mut snapshot.kin);
        Ok(Outcome::Read { at, snapshot: Some(Box::new(snapshot)) })
    })
}

/// Of `GET …/selections`, which says nothing else of the request.
pub(super) fn selections(target: &Target, at: i64, response: &Response<Bytes>) -> Answer {
    answered(response, |response| {
        let items: Vec<Box<RawValue>> = json::read(response.body())?;
        let mut json = Writer::new(Slashes::Plain);
        json.object(|json| {
            json.member_array("selectionState", |json| items.iter().for_each(|item| json.raw(item.get())));
        });
        let mut job = Job::new(decode::number(&target.written).unwrap_or(0), at);
        job.aliases = aliases(&target.written);
        job.attributes = attributes(json);
        Ok(Outcome::Read { at, snapshot: Some(Box::new(Snapshot::of(job))) })
    })
}

/// Of an action. There was no look before, so what it did is told by the state that it left alone.
pub(super) fn acted(
    aim: Aim,
    targets: &[Target],
    wants_after: bool,
    at: i64,
    response: &Response<Bytes>,
) -> Answer {
    answered(response, |response| {
        let after = Seen::Job(Box::new(snapshot(response)?));
        let effect = afterwards(aim, &Seen::Unknown, &Told::Taken, &after);
        Ok(one(targets, effect, after.snapshot().filter(|_| wants_after), at))
    })
}

/// Of `DELETE …/app`. The word of the server is all there is.
pub(super) fn deleted(target: &Target, at: i64, response: &Response<Bytes>) -> Answer {
    match told_of_deletion(response)? {
        Told::Taken => Ok(Ok(one(std::slice::from_ref(target), Effect::UnverifiedTaken, None, at))),
        Told::Refused | Told::Absent | Told::Forbidden | Told::Fault(_) | Told::Nothing(_) => {
            errors::read(response).map(Err)
        }
    }
}

/// What a look at the request of an id shows.
///
/// # Errors
/// It is no answer of this service to a look, or none about that request.
pub(super) fn seen(id: &str, response: &Response<Bytes>) -> Result<Seen, Malformed> {
    Ok(match answered(response, |response| shown(id, response))? {
        Ok(snapshot) => Seen::Job(Box::new(snapshot)),
        Err(fault) => Seen::of(fault),
    })
}

/// What is said to an action, which is answered with the request it was about.
///
/// # Errors
/// It is no answer of this service to an action on that request. A proxy that wants a login has a page and a 200 for it.
pub(super) fn told(id: &str, response: &Response<Bytes>) -> Result<Told, Malformed> {
    if response.status() == StatusCode::OK {
        return about(id, &RequestWire::read(response.body())?).map(|()| Told::Taken);
    }
    refused(response)
}

/// What is said to the deletion of an app: nothing, where it was taken.
///
/// # Errors
/// It is no answer of this service to that.
pub(super) fn told_of_deletion(response: &Response<Bytes>) -> Result<Told, Malformed> {
    match response.status() {
        StatusCode::NO_CONTENT => Ok(Told::Taken),
        StatusCode::OK if response.body().is_empty() => Ok(Told::Taken),
        _ => refused(response),
    }
}

/// What the refusal of an order says.
fn refused(response: &Response<Bytes>) -> Result<Told, Malformed> {
    Ok(match Told::of(errors::read(response)?) {
        // Quirk: it may be about the id or about the state, and only a look tells; fixtures/qlik-odag/p1-cancel-succeeded.http
        Told::Absent => Told::Refused,
        told => told,
    })
}

/// Reads an answer that is 200; any other is a refusal.
///
/// # Errors
/// It is no answer of this service.
pub(super) fn answered<T>(
    response: &Response<Bytes>,
    read: impl FnOnce(&Response<Bytes>) -> Result<T, Malformed>,
) -> Result<Result<T, Fault>, Malformed> {
    if response.status() == StatusCode::OK { read(response).map(Ok) } else { errors::read(response).map(Err) }
}

/// The request of an id, as the answer shows it that was asked for by it.
///
/// # Errors
/// It is no request object, or another request's.
pub(super) fn shown(id: &str, response: &Response<Bytes>) -> Result<Snapshot, Malformed> {
    let wire = RequestWire::read(response.body())?;
    about(id, &wire)?;
    described(&wire)
}

/// Whether an object is about the request of that id, of which one says the hexadecimal digits in capitals, another not.
pub(super) fn about(id: &str, wire: &RequestWire) -> Result<(), Malformed> {
    let told = wire.required("id")?;
    let problem = || Malformed::new("/id", format!("{told:?} is not the request that was asked for"));
    told.eq_ignore_ascii_case(id).then_some(()).ok_or_else(problem)
}

/// The request in an answer.
///
/// # Errors
/// It is no request object.
pub(super) fn snapshot(response: &Response<Bytes>) -> Result<Snapshot, Malformed> {
    described(&RequestWire::read(response.body())?)
}

/// The request that an object describes, with the sub-requests that stand in it.
///
/// # Errors
/// With the place of the member that is missing or not understood.
pub(super) fn described(wire: &RequestWire) -> Result<Snapshot, Malformed> {
    let mut job = job(wire)?;
    let mut kin = Vec::new();
    let subs = wire.items("subRequests")?;
    for (place, sub) in subs.iter().flatten().enumerate() {
        // An id, on one page; an object, on another.
        let Some(sub) = wire.item_object("subRequests", place, sub) else { continue };
        let mut child = self::job(&sub)?;
        if child.parent.is_none() {
            child.parent = Some(job.number);
            child.parent_aliases.clone_from(&job.aliases);
        }
        kin.push(child);
    }
    if job.kind == Kind::Parent {
        let total = subs.as_ref().map_or(0, Vec::len) as u64;
        let unfinished = if kin.is_empty() {
            // Of mere ids no more is known than what the parent's own state says.
            if job.state.is_terminal() { 0 } else { total }
        } else {
            kin.iter().filter(|child| !child.state.is_terminal()).count() as u64
        };
        job.children = Children { total, unfinished };
    }
    Ok(Snapshot { kin, ..Snapshot::of(job) })
}

/// What the model has words for, and what of an object says it. A member that the job says is in no attribute.
fn job(wire: &RequestWire) -> Result<Job, Malformed> {
    let id = wire.required("id")?;
    let (state, acknowledged) = wire.word("state", states::meaning)?;
    let kind =
        wire.word("kind", |word| Kind::ALL.into_iter().find(|kind| encode::kind_word(*kind) == word))?;
    let changed_at = wire.required_time("modifiedDate")?;
    let load = wire.object("loadState")?;
    let (mut started_at, mut finished_at, mut status) = (None, None, None);
    if let Some(load) = &load {
        // Before the load both are empty.
        started_at = load.time("startedAt")?;
        finished_at = load.time("finishedAt")?;
        status = load.text("status")?;
    }
    if state.is_terminal() && started_at.is_none() {
        // It ended before it began to load, and its end is the last that happened to it.
        finished_at = finished_at.or(Some(changed_at));
    }
    let parent = wire.text("parentRequestId")?.filter(|id| kind == Kind::Child && !id.is_empty());
    Ok(Job {
        aliases: aliases(&id),
        kind,
        parent: parent.as_deref().map(|id| decode::number(id).unwrap_or(0)),
        parent_aliases: parent.as_deref().map(aliases).unwrap_or_default(),
        owner: owner(wire)?,
        // Reservations have no word of their own among the states.
        state: if state == State::Succeeded && status.as_deref() == Some("warnings") {
            State::Warning
        } else {
            state
        },
        started_at,
        finished_at,
        changed_at,
        output: app(wire)?,
        acknowledged,
        message: wire.text("errorMessage")?,
        attributes: attributes(rest(wire, kind)),
        ..Job::new(decode::number(&id).unwrap_or(0), wire.required_time("createdDate")?)
    })
}

/// The user's name, as a Windows server and as the cloud says it.
fn owner(wire: &RequestWire) -> Result<Option<String>, Malformed> {
    let Some(owner) = wire.object("owner")? else { return Ok(None) };
    let name = match owner.text("userId")? {
        Some(name) => Some(name),
        None => owner.text("subject")?,
    };
    Ok(name.filter(|name| !name.is_empty()))
}

/// The generated app: an object with an id, whatever the model page says; there its id is all there is.
fn app(wire: &RequestWire) -> Result<Option<Output>, Malformed> {
    let named = wire.text("generatedAppName")?;
    let Some(app) = wire.object_or_text("generatedApp")? else { return Ok(None) };
    let output = match app {
        Ok(app) => Output { id: app.required("id")?, name: app.text("name")?.or(named).unwrap_or_default() },
        Err(id) => Output { id, name: named.unwrap_or_default() },
    };
    Ok(Some(output).filter(|output| !output.id.is_empty()))
}

/// The members that the job itself does not say, as they came.
fn rest(wire: &RequestWire, kind: Kind) -> Writer {
    const SAID: &[&str] =
        &["id", "createdDate", "modifiedDate", "kind", "state", "generatedAppName", "parentRequestId"];
    let mut json = Writer::new(Slashes::Plain);
    json.object(|json| {
        for (name, text) in wire.members().filter(|(name, _)| !SAID.contains(name)) {
            json.member_given(name, text);
        }
        if kind == Kind::Parent && wire.members().all(|(name, _)| name != "subRequests") {
            // That they are not told is not that there are none.
            json.member_raw("subRequests", "null");
        }
    });
    json
}

fn attributes(json: Writer) -> Vec<(String, String)> {
    let text = String::from_utf8(json.finish()).expect("JSON is written from texts");
    vec![(DIALECT.name.to_owned(), text)]
}

/// An id that is not its number's own way of writing.
fn aliases(id: &str) -> Vec<Alias> {
    let number = decode::number(id);
    if number.is_some_and(|number| encode::id_of_number(number) == id) {
        return Vec::new();
    }
    vec![Alias { dialect: DIALECT.name.to_owned(), id: id.to_owned(), number }]
}

fn one(targets: &[Target], effect: Effect, after: Option<&Snapshot>, at: i64) -> Outcome {
    let acted = |target: &Target| Acted {
        target: target.clone(),
        effect,
        before: None,
        after: after.cloned().map(Box::new),
    };
    Outcome::Acted { at, targets: targets.iter().map(acted).collect() }
}
