//! `loadState`: what a request says of its load.

use std::borrow::Cow;

use countermand_model::Kind;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::face::Face;
use crate::grammar::json::Writer;
use crate::grammar::time::{Fraction, rfc3339};
use crate::qlik_odag::states;

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

pub(super) fn windows(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    load(face, json, name, |load, json| {
        if let Some(messages) = load.messages {
            json.member_raw("messages", messages.get());
        }
    });
}

pub(super) fn cloud(face: &Face<'_>, json: &mut Writer, name: &'static str) {
    load(face, json, name, |_, _| {});
}

/// The load, from its beginning on; a multiple request has none, and one that waits for another try shows none.
fn load(
    face: &Face<'_>,
    json: &mut Writer,
    name: &'static str,
    more: impl FnOnce(&LoadStateWire<'_>, &mut Writer),
) {
    if face.job.kind == Kind::Parent {
        return;
    }
    let Some(started) = face.job.started_at.filter(|_| !states::is_before_loading(face.job.state)) else {
        // Quirk: the page of `loadHost` says what it is before the load; fixtures/qlik-odag/load-state-always.http
        if face.odag.shows_load_always && !face.job.state.is_terminal() {
            json.member_object(name, before);
        }
        return;
    };
    let load: LoadStateWire<'_> = face.object(name).unwrap_or_default();
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

/// A load that has not begun. A time is asked for where there is none; it is empty like the host.
fn before(json: &mut Writer) {
    json.member_string("loadHost", "");
    json.member_string("startedAt", "");
    json.member_string("status", "pending");
}
