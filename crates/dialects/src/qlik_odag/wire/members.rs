//! The members of the request object, but for the load: each is written, or left out where there is nothing to say.

use std::borrow::Cow;

use countermand_model::{Kind, Output, State};
use serde::Deserialize;

use super::face::Face;
use crate::grammar::json::Writer;
use crate::grammar::time::Fraction;
use crate::qlik_odag::encode::{id_among, id_of, kind_word};
use crate::qlik_odag::states;

pub(super) fn given(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    if let Some(text) = face.given.get(name) {
        json.member_raw(name, text.get());
    }
}

/// A string that every object must have; empty where nobody said what it is.
pub(super) fn required(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    json.member_raw(name, face.given.get(name).map_or("\"\"", |text| text.get()));
}

pub(super) fn id(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    json.member_string(name, &id_of(face.job, face.asked));
}

pub(super) fn created(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    json.member_time(name, face.job.created_at, Fraction::Always);
}

pub(super) fn modified(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    json.member_time(name, face.job.changed_at, Fraction::Always);
}

pub(super) fn kind(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    json.member_string(name, kind_word(face.job.kind));
}

pub(super) fn state(face: &Face<'_>, json: &mut Writer, name: &'static str) {
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
pub(super) fn windows_owner(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    let owner: OwnerWire<'_> = face.object(name).unwrap_or_default();
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

pub(super) fn cloud_owner(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    let owner: OwnerWire<'_> = face.object(name).unwrap_or_default();
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
pub(super) fn windows_link(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    if face.object::<NamedWire>(name).is_some() {
        return given(face, json, name);
    }
    json.member_object(name, |json| {
        json.member_string("id", &face.read::<String>(name).unwrap_or_default());
    });
}

// Quirk: a string in the cloud; fixtures/qlik-odag/p3-get-all-members.http
pub(super) fn cloud_link(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    let link = face.object::<NamedWire>(name).map(|link| link.id).or_else(|| face.read(name));
    json.member_string(name, &link.unwrap_or_default());
}

/// The model knows an app's id and name; what more a Windows server says of it is shown while it is that same app.
pub(super) fn windows_app(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    let same = |app: &Output| face.object::<NamedWire>(name).is_some_and(|wire| wire.id == app.id);
    if face.app().is_some_and(same) {
        return given(face, json, name);
    }
    cloud_app(face, json, name);
}

pub(super) fn cloud_app(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    if let Some(app) = face.app() {
        json.member_object(name, |json| {
            json.member_string("id", &app.id);
            json.member_string("name", &app.name);
        });
    }
}

pub(super) fn app_name(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    if let Some(app) = face.app() {
        json.member_string(name, &app.name);
    }
}

pub(super) fn given_with_app(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    if face.app().is_some() {
        given(face, json, name);
    }
}

/// What goes before a sub-request: its parent's id, in the form that the caller uses. Of a parent that is only known to
/// the service behind, what that says.
pub(super) fn parent(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    match face.job.parent {
        Some(number) => {
            json.member_string(name, &id_among(&face.job.parent_aliases, number, face.asked));
        }
        None if face.job.kind == Kind::Child => given(face, json, name),
        None => {}
    }
}

/// The sub-requests, of a multiple request only. They come with a reading; the answer to an action and a list that has
/// not all of them know them only where an attribute says them, and else leave them out rather than show none. So does
/// every answer about a request of a service behind that does not tell them: the attribute is `null` there.
pub(super) fn sub_requests(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    if face.job.kind != Kind::Parent {
        return;
    }
    let is_untold = face.given.get(name).is_some_and(|text| text.get() == "null");
    if face.kin.is_empty() && is_untold {
        return;
    }
    if face.kin.is_empty() && face.job.children.total > 0 {
        return given(face, json, name);
    }
    json.member_array(name, |json| {
        for child in face.kin {
            // Quirk: two pages say two things; fixtures/qlik-odag/multiple-get-objects.http
            if face.odag.embeds_sub_requests {
                super::object(&face.child(child), json);
            } else {
                json.string(&id_of(child, face.asked));
            }
        }
    });
}

/// Why it failed: the attribute, else the runner's sentence.
pub(super) fn error_message(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    if face.given.contains_key(name) {
        return given(face, json, name);
    }
    let failed = matches!(face.job.state, State::Failed | State::Invalid | State::Expired);
    if let Some(message) = face.job.message.as_deref().filter(|_| failed) {
        json.member_string(name, message);
    }
}
