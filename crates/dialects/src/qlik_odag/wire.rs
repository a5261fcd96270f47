//! The request object, byte for byte: one table of members per shape, in the order they are written, and what is read
//! of bodies. The writers of the members are in `wire/members.rs` and `wire/load.rs`.
//!
//! A job's attributes hold the members that the model has no word for, as the service's own JSON. An attribute is
//! written at its member's place, as the text it was given (so 64-bit hashes keep every digit). A member that the model
//! knows is the model's, whatever the attributes say. Attributes that are in no table follow at the end by name, so
//! that nothing a service sent is lost.

mod face;

mod load;

mod members;

mod received;

use std::collections::{BTreeMap, HashMap};

use countermand_model::{Job, Snapshot};
use serde::Deserialize;
use serde_json::Value;

use self::face::Face;
pub(super) use self::received::RequestWire;
use super::{DIALECT, Odag, routes};
use crate::Echo;
use crate::grammar::json::{Slashes, Writer};

/// The body of an action: an object, of which only the flags that the action takes are looked at.
#[derive(Debug, Default, Deserialize)]
pub(super) struct FlagsWire(pub(super) BTreeMap<String, Value>);

/// The members of both shapes.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    WINDOWS.iter().chain(CLOUD).map(|(name, _)| *name)
}

/// Writes the object of the caller's profile.
pub(super) fn request(odag: &Odag, echo: &Echo, snapshot: &Snapshot) -> Vec<u8> {
    let mut json = Writer::new(Slashes::Plain);
    let kin: Vec<&Job> = snapshot.kin.iter().collect();
    object(&Face::of(odag, echo.version, echo.id.as_deref(), &snapshot.job, &kin), &mut json);
    json.finish()
}

/// Writes the objects of the caller's profile, as a bare array.
///
/// A multiple request shows its sub-requests where all of them are in the list, as they are in one that is not
/// narrowed: to read them besides would make a list as large as all families of its requests.
pub(super) fn list(odag: &Odag, echo: &Echo, snapshots: &[Snapshot]) -> Vec<u8> {
    let mut families: HashMap<(i64, Option<&str>), Vec<&Job>> = HashMap::new();
    for job in snapshots.iter().map(|snapshot| &snapshot.job) {
        if let Some(parent) = job.parent {
            let known = identity(parent, job.parent_alias(DIALECT.name));
            families.entry(known).or_default().push(job);
        }
    }
    let mut json = Writer::new(Slashes::Plain);
    json.array(|json| {
        for job in snapshots.iter().map(|snapshot| &snapshot.job) {
            let whole = |family: &&Vec<&Job>| family.len() as u64 == job.children.total;
            let known = identity(job.number, job.alias(DIALECT.name));
            let kin = families.get(&known).filter(whole).map_or(&[][..], Vec::as_slice);
            object(&Face::of(odag, echo.version, None, job, kin), json);
        }
    });
    json.finish()
}

/// What tells one job from another: its number, or where a service behind gave it none its id there.
fn identity(number: i64, id: Option<&str>) -> (i64, Option<&str>) {
    (number, id.filter(|_| number == 0))
}

/// Writes the selections that a request was submitted with; without them those that were bound, without these none.
pub(super) fn selections(job: &Job) -> Vec<u8> {
    let mut json = Writer::new(Slashes::Plain);
    let given = face::attributes(job);
    let known = ["selectionState", "bindSelectionState"].iter().find_map(|name| given.get(*name));
    json.raw(known.map_or("[]", |text| text.get()));
    json.finish()
}

/// One object, as an item or as the whole document.
fn object(face: &Face<'_>, json: &mut Writer) {
    let shape = if face.profile == routes::WINDOWS { WINDOWS } else { CLOUD };
    json.object(|json| {
        for (name, write) in shape {
            write(face, json, name);
        }
        for (name, text) in &face.given {
            if !WINDOWS.iter().chain(CLOUD).any(|(known, _)| known == name) {
                json.member_given(name, text.get());
            }
        }
    });
}

/// A member: its name, and what writes it or leaves it out.
type Member = (&'static str, fn(&Face<'_>, &mut Writer, &'static str));

/// `RequestStateFull`, with what a Windows server is seen to add to it.
const WINDOWS: &[Member] = &[
    ("id", members::id),
    ("createdDate", members::created),
    ("modifiedDate", members::modified),
    ("modifiedByUserName", members::given),
    ("owner", members::windows_owner),
    ("link", members::windows_link),
    ("selectionApp", members::given),
    ("selectionAppName", members::given),
    ("selectionAppId", members::given),
    ("selectionAppOrigName", members::given),
    ("sheetname", members::given),
    ("clientContextHandle", members::given),
    ("targetSheet", members::given),
    ("generatedApp", members::windows_app),
    ("generatedAppName", members::app_name),
    ("generatedAppOrigName", members::given_with_app),
    ("engineGroup", members::given),
    ("engineGroupName", members::given),
    ("engineGroupId", members::given),
    ("parentRequestId", members::parent),
    ("kind", members::kind),
    ("state", members::state),
    ("templateApp", members::required),
    ("templateAppName", members::given),
    ("loadState", load::windows),
    ("timeToLive", members::given),
    ("retentionTime", members::given),
    ("purgeAfter", members::given),
    ("curRowEstExpr", members::given),
    ("curRowEstLowBound", members::given),
    ("curRowEstHighBound", members::given),
    ("actualRowEst", members::given),
    ("bindSelectionState", members::given),
    ("selectionState", members::given),
    ("bindingStateHash", members::given),
    ("selectionStateHash", members::given),
    ("validation", members::given),
    ("subRequests", members::sub_requests),
    ("publishToStreamName", members::given),
    ("createdByAnonymousUser", members::given),
    ("reloadCount", members::given),
    ("privileges", members::given),
    ("engine", members::given),
];

/// `RequestObjectV2`, of both cloud profiles.
const CLOUD: &[Member] = &[
    ("id", members::id),
    ("createdDate", members::created),
    ("modifiedDate", members::modified),
    ("owner", members::cloud_owner),
    ("link", members::cloud_link),
    ("kind", members::kind),
    ("state", members::state),
    ("templateApp", members::required),
    ("templateAppName", members::given),
    ("selectionApp", members::given),
    ("selectionAppName", members::given),
    ("sheetname", members::given),
    ("generatedApp", members::cloud_app),
    ("generatedAppName", members::app_name),
    ("parentRequestId", members::parent),
    ("loadState", load::cloud),
    ("timeToLive", members::given),
    ("retentionTime", members::given),
    ("purgeAfter", members::given),
    ("curRowEstExpr", members::given),
    ("curRowEstLowBound", members::given),
    ("curRowEstHighBound", members::given),
    ("actualRowEst", members::given),
    ("targetSheet", members::given),
    ("bindingStateHash", members::given),
    ("selectionStateHash", members::given),
    ("validation", members::given),
    ("errorMessage", members::error_message),
];
