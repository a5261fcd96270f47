//! The request object, byte for byte: one table of members per shape, in the order they are written. Nothing is
//! read from the wire here, because no body is; what is read are the job's attributes, which hold the members that
//! the model has no word for, as the service's own JSON.
//!
//! An attribute is written at its member's place, as the text it was given (so 64-bit hashes keep every digit). A
//! member that the model knows is the model's, whatever the attributes say. Attributes that are in no table follow
//! at the end by name, so that nothing a service sent is lost.

use std::borrow::Cow;
use std::collections::BTreeMap;

use countermand_model::{Job, Kind, Output, Snapshot, State};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::encode::{id_of, id_of_number};
use super::{DIALECT, routes, states};
use crate::Echo;
use crate::grammar::json::{Slashes, Writer};
use crate::grammar::time::{Fraction, rfc3339};

/// Writes the object of the caller's profile.
pub(super) fn request(echo: &Echo, snapshot: &Snapshot) -> Vec<u8> {
    let face = Face::of(echo, snapshot);
    let shape = if echo.version == routes::WINDOWS { WINDOWS } else { CLOUD };
    let mut json = Writer::new(Slashes::Plain);
    json.object(|json| {
        for (name, write) in shape {
            write(&face, json, name);
        }
        for (name, text) in &face.given {
            if !WINDOWS.iter().chain(CLOUD).any(|(known, _)| known == name) {
                json.member_raw(name, text.get());
            }
        }
    });
    json.finish()
}

/// A member: its name, and what writes it or leaves it out.
type Member = (&'static str, fn(&Face<'_>, &mut Writer, &'static str));

/// `RequestStateFull`, with what a Windows server is seen to add to it.
const WINDOWS: &[Member] = &[
    ("id", id),
    ("createdDate", created),
    ("modifiedDate", modified),
    ("modifiedByUserName", given),
    ("owner", windows_owner),
    ("link", windows_link),
    ("selectionApp", given),
    ("selectionAppName", given),
    ("selectionAppId", given),
    ("selectionAppOrigName", given),
    ("sheetname", given),
    ("clientContextHandle", given),
    ("targetSheet", given),
    ("generatedApp", windows_app),
    ("generatedAppName", app_name),
    ("generatedAppOrigName", given_with_app),
    ("engineGroup", given),
    ("engineGroupName", given),
    ("engineGroupId", given),
    ("parentRequestId", parent),
    ("kind", kind),
    ("state", state),
    ("templateApp", required),
    ("templateAppName", given),
    ("loadState", windows_load),
    ("timeToLive", given),
    ("retentionTime", given),
    ("purgeAfter", given),
    ("curRowEstExpr", given),
    ("curRowEstLowBound", given),
    ("curRowEstHighBound", given),
    ("actualRowEst", given),
    ("bindSelectionState", given),
    ("selectionState", given),
    ("bindingStateHash", given),
    ("selectionStateHash", given),
    ("validation", given),
    ("subRequests", sub_requests),
    ("publishToStreamName", given),
    ("createdByAnonymousUser", given),
    ("reloadCount", given),
    ("privileges", given),
    ("engine", given),
];

/// `RequestObjectV2`, of both cloud profiles.
const CLOUD: &[Member] = &[
    ("id", id),
    ("createdDate", created),
    ("modifiedDate", modified),
    ("owner", cloud_owner),
    ("link", cloud_link),
    ("kind", kind),
    ("state", state),
    ("templateApp", required),
    ("templateAppName", given),
    ("selectionApp", given),
    ("selectionAppName", given),
    ("sheetname", given),
    ("generatedApp", cloud_app),
    ("generatedAppName", app_name),
    ("parentRequestId", parent),
    ("loadState", cloud_load),
    ("timeToLive", given),
    ("retentionTime", given),
    ("purgeAfter", given),
    ("curRowEstExpr", given),
    ("curRowEstLowBound", given),
    ("curRowEstHighBound", given),
    ("actualRowEst", given),
    ("targetSheet", given),
    ("bindingStateHash", given),
    ("selectionStateHash", given),
    ("validation", given),
    ("errorMessage", error_message),
];

/// A job as one caller sees it.
struct Face<'a> {
    job: &'a Job,
    kin: &'a [Job],
    asked: &'a str,
    given: BTreeMap<String, &'a RawValue>,
}

impl<'a> Face<'a> {
    fn of(echo: &'a Echo, snapshot: &'a Snapshot) -> Face<'a> {
        let attributes = snapshot.job.attributes_of(DIALECT.name).unwrap_or("{}");
        Face {
            job: &snapshot.job,
            kin: &snapshot.kin,
            asked: echo.id.as_deref().unwrap_or_default(),
            // The ledger takes nothing but an object.
            given: serde_json::from_str(attributes).unwrap_or_default(),
        }
    }

    /// An attribute, read; `None` where there is none or it has another shape.
    fn read<T: Deserialize<'a>>(&self, name: &str) -> Option<T> {
        self.given.get(name).and_then(|text| serde_json::from_str(text.get()).ok())
    }

    /// The user it belongs to, as far as the model knows.
    fn user(&self) -> &str {
        self.job.owner.as_deref().unwrap_or_default()
    }

    /// The generated app, where it shows.
    // Quirk: a request cancelled before it began to load shows none; fixtures/qlik-odag/cancel-removes-app.http
    fn app(&self) -> Option<&Output> {
        let removed = self.job.state == State::Cancelled && self.job.started_at.is_none();
        self.job.output.as_ref().filter(|_| self.job.kind != Kind::Parent && !removed)
    }
}

fn given(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    if let Some(text) = face.given.get(name) {
        json.member_raw(name, text.get());
    }
}

/// A string that every object must have; empty where nobody said what it is.
fn required(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    json.member_raw(name, face.given.get(name).map_or("\"\"", |text| text.get()));
}

fn id(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    json.member_string(name, &id_of(face.job, face.asked));
}

fn created(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    json.member_string(name, &rfc3339(face.job.created_at, Fraction::Always));
}

fn modified(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    json.member_string(name, &rfc3339(face.job.changed_at, Fraction::Always));
}

fn kind(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    let word = match face.job.kind {
        Kind::Single => "single",
        Kind::Parent => "multiple",
        Kind::Child => "singlesub",
    };
    json.member_string(name, word);
}

fn state(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    json.member_string(name, states::word(face.job.state, face.job.acknowledged));
}

/// An owner of either shape.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OwnerWire<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    /// Only on Windows.
    #[serde(borrow)]
    user_id: Option<Cow<'a, str>>,
    /// Only in the cloud.
    #[serde(borrow)]
    subject: Option<Cow<'a, str>>,
}

/// As given, if it was given in this profile's shape; else what the other shape and the job's owner say.
fn windows_owner(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    let owner: OwnerWire<'_> = face.read(name).unwrap_or_default();
    if owner.user_id.is_some() {
        return given(face, json, name);
    }
    json.member_object(name, |json| {
        json.member_string("id", owner.id.as_deref().unwrap_or(face.user()));
        json.member_string("userId", face.user());
        json.member_string("userDirectory", "");
        json.member_string("name", owner.name.as_deref().unwrap_or(face.user()));
        json.member_raw("privileges", "null");
    });
}

fn cloud_owner(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    let owner: OwnerWire<'_> = face.read(name).unwrap_or_default();
    if owner.subject.is_some() {
        return given(face, json, name);
    }
    json.member_object(name, |json| {
        json.member_string("id", owner.id.as_deref().unwrap_or(face.user()));
        json.member_string("name", owner.name.as_deref().unwrap_or(face.user()));
        json.member_string("subject", face.user());
        json.member_string("tenantid", "");
    });
}

/// Something that is known by its id: a link, or an app.
#[derive(Deserialize)]
struct NamedWire {
    id: String,
}

// Quirk: an object on Windows, although the model page says an id; fixtures/qlik-odag/p1-get-all-members.http
fn windows_link(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    if face.read::<NamedWire>(name).is_some() {
        return given(face, json, name);
    }
    json.member_object(name, |json| {
        json.member_string("id", &face.read::<String>(name).unwrap_or_default());
    });
}

// Quirk: a string in the cloud; fixtures/qlik-odag/p3-get-all-members.http
fn cloud_link(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    let link = face.read::<NamedWire>(name).map(|link| link.id).or_else(|| face.read(name));
    json.member_string(name, &link.unwrap_or_default());
}

/// The model knows an app's id and name; what more a Windows server says of it is shown while it is that same app.
fn windows_app(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    let same = |app: &Output| face.read::<NamedWire>(name).is_some_and(|wire| wire.id == app.id);
    if face.app().is_some_and(same) {
        return given(face, json, name);
    }
    cloud_app(face, json, name);
}

fn cloud_app(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    if let Some(app) = face.app() {
        json.member_object(name, |json| {
            json.member_string("id", &app.id);
            json.member_string("name", &app.name);
        });
    }
}

fn app_name(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    if let Some(app) = face.app() {
        json.member_string(name, &app.name);
    }
}

fn given_with_app(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    if face.app().is_some() {
        given(face, json, name);
    }
}

/// What goes before a sub-request: the parent's number, where that is an id. The parent's aliases are not known here; a
/// sub-request that has an alias surely has a parent with one, whose number nobody could use, so such a parent is
/// shown only where an attribute names it.
fn parent(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    match face.job.parent {
        Some(_) if face.given.contains_key(name) => given(face, json, name),
        Some(number) if face.job.alias(DIALECT.name).is_none() => {
            json.member_string(name, &id_of_number(number));
        }
        Some(_) | None => {}
    }
}

/// The ids of the sub-requests, of a multiple request only. They come with a reading; the answer to an action knows
/// them only where an attribute says them, and else leaves them out rather than show none.
fn sub_requests(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    if face.job.kind != Kind::Parent {
        return;
    }
    if face.kin.is_empty() && face.job.children.total > 0 {
        return given(face, json, name);
    }
    json.member_array(name, |json| {
        for child in face.kin {
            json.string(&id_of(child, face.asked));
        }
    });
}

/// What only the service knows of a load.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LoadStateWire<'a> {
    #[serde(borrow)]
    load_host: Option<Cow<'a, str>>,
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow)]
    messages: Option<&'a RawValue>,
}

fn windows_load(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    load(face, json, name, |load, json| {
        if let Some(messages) = load.messages {
            json.member_raw("messages", messages.get());
        }
    });
}

fn cloud_load(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    load(face, json, name, |_, _| {});
}

/// The load, from its beginning on; a multiple request has none, and one that waits for another try shows none.
fn load(
    face: &Face<'_>,
    json: &mut Writer,
    name: &'static str,
    more: impl FnOnce(&LoadStateWire<'_>, &mut Writer),
) {
    let Some(started) = face.job.started_at else { return };
    if face.job.kind == Kind::Parent || states::is_before_loading(face.job.state) {
        return;
    }
    let load: LoadStateWire<'_> = face.read(name).unwrap_or_default();
    json.member_object(name, |json| {
        json.member_string("loadHost", load.load_host.as_deref().unwrap_or_default());
        json.member_string("startedAt", &rfc3339(started, Fraction::Always));
        if let Some(finished) = face.job.finished_at {
            json.member_string("finishedAt", &rfc3339(finished, Fraction::Always));
        }
        if let Some(status) = states::load_status(face.job.state).or(load.status.as_deref()) {
            json.member_string("status", status);
        }
        more(&load, json);
    });
}

/// Why it failed: the attribute, else the runner's sentence.
fn error_message(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    if face.given.contains_key(name) {
        return given(face, json, name);
    }
    let failed = matches!(face.job.state, State::Failed | State::Invalid | State::Expired);
    if let Some(message) = face.job.message.as_deref().filter(|_| failed) {
        json.member_string(name, message);
    }
}
