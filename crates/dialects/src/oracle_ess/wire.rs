//! The documents as they stand on the wire, and their bytes. What the values mean is not known here. Read
//! are what a job says of itself, and the members that its owner gave.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::grammar::json::{Slashes, Writer};

/// `RequestDetails`: one request. Every member is optional; one without a value is left out and never `null`.
///
/// The recorded answer of a live server has its members in the order of their bytes, hence the map.
pub(super) struct RequestDetailsWire<'j>(BTreeMap<Cow<'j, str>, MemberWire<'j>>);

/// The value of a member.
pub(super) enum MemberWire<'j> {
    /// A word, a sentence, a time.
    Text(Cow<'j, str>),
    /// An int64, to the last digit.
    Integer(i64),
    /// A boolean.
    Flag(bool),
    /// The links.
    Links(Vec<LinkWire>),
    /// What the owner of the job gave, byte by byte.
    Given(&'j RawValue),
}

impl<'j> RequestDetailsWire<'j> {
    /// The members of a JSON object, as text. What is no object has none.
    ///
    /// Quirk: a member without a value is left out, never `null`, on which strict clients break;
    /// fixtures/oracle-ess/get-attributes.http
    pub(super) fn given(object: &'j str) -> RequestDetailsWire<'j> {
        let members: BTreeMap<Cow<'j, str>, &'j RawValue> = serde_json::from_str(object).unwrap_or_default();
        let members = members.into_iter().filter(|(_, value)| value.get() != "null");
        RequestDetailsWire(members.map(|(name, value)| (name, MemberWire::Given(value))).collect())
    }

    /// Keeps the members of these names only.
    pub(super) fn retain(&mut self, kept: impl Fn(&str) -> bool) {
        self.0.retain(|name, _| kept(name));
    }

    /// Sets a member, whatever was there.
    pub(super) fn set(&mut self, name: &'static str, value: MemberWire<'j>) {
        self.0.insert(Cow::Borrowed(name), value);
    }

    /// Sets a member that is a text, where there is one.
    pub(super) fn set_text(&mut self, name: &'static str, text: Option<impl Into<Cow<'j, str>>>) {
        if let Some(text) = text {
            self.set(name, MemberWire::Text(text.into()));
        }
    }

    /// Sets a member, where there is a value and nothing was there. Says whether it did.
    pub(super) fn fill(&mut self, name: &'static str, value: Option<MemberWire<'j>>) -> bool {
        let Some(value) = value.filter(|_| !self.0.contains_key(name)) else { return false };
        self.set(name, value);
        true
    }

    /// Sets a member that is a text, where nothing was there. Says whether it did.
    pub(super) fn fill_text(&mut self, name: &'static str, text: impl Into<Cow<'j, str>>) -> bool {
        self.fill(name, Some(MemberWire::Text(text.into())))
    }

    /// A given value, where it is of that type.
    pub(super) fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        match self.0.get(name)? {
            MemberWire::Given(raw) => serde_json::from_str(raw.get()).ok(),
            MemberWire::Text(_) | MemberWire::Integer(_) | MemberWire::Flag(_) | MemberWire::Links(_) => None,
        }
    }

    /// The document.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut json = Writer::new(Slashes::Plain);
        json.object(|json| {
            for (name, value) in &self.0 {
                match value {
                    MemberWire::Text(text) => json.member_string(name, text),
                    MemberWire::Integer(number) => json.member_integer(name, *number),
                    MemberWire::Flag(flag) => json.member_flag(name, *flag),
                    MemberWire::Links(links) => write_links(json, links),
                    MemberWire::Given(raw) => json.member_raw(name, raw.get()),
                }
            }
        });
        json.finish()
    }
}

/// What a job says of itself.
///
/// Quirk: `requestHandle` names one execution of the request and is opaque. None was given out here, so none is looked
/// at: the id in the path says which request is meant; fixtures/oracle-ess/execution-status-success.http
#[derive(Deserialize)]
pub(super) struct ExecutionStatusWire {
    /// A word of `states::REPORTS`.
    pub(super) status: String,
    /// A sentence.
    #[serde(rename = "statusMessage")]
    pub(super) status_message: Option<String>,
}

/// What a job sends along when it asks whether it is being cancelled.
#[derive(Deserialize)]
pub(super) struct CheckInWire {
    /// Opaque, as [`ExecutionStatusWire`]'s handle is; a text, where it is there.
    #[serde(rename = "requestExecutionContext")]
    #[expect(dead_code, reason = "only its kind is looked at")]
    context: Option<String>,
}

/// `link`.
pub(super) struct LinkWire {
    /// Absolute.
    pub(super) href: String,
    /// In the case of the mount's `rel_case`.
    pub(super) rel: String,
}

/// The answer of an action: `{"links":[…]}`.
pub(super) fn write_action(links: &[LinkWire]) -> Vec<u8> {
    let mut json = Writer::new(Slashes::Plain);
    json.object(|json| write_links(json, links));
    json.finish()
}

/// `{"permissions":[…]}`.
pub(super) fn write_permissions(actions: &[&str]) -> Vec<u8> {
    let mut json = Writer::new(Slashes::Plain);
    json.object(|json| {
        json.member_array("permissions", |json| actions.iter().for_each(|action| json.string(action)));
    });
    json.finish()
}

/// A document that is `true` or `false` and nothing else.
pub(super) fn write_flag(flag: bool) -> Vec<u8> {
    let mut json = Writer::new(Slashes::Plain);
    json.raw(if flag { "true" } else { "false" });
    json.finish()
}

fn write_links(json: &mut Writer, links: &[LinkWire]) {
    json.member_array("links", |json| {
        for link in links {
            json.object(|json| {
                json.member_string("href", &link.href);
                json.member_string("rel", &link.rel);
            });
        }
    });
}

/// `SimpleExceptionDetail`. `type` and `title` are required.
pub(super) struct ExceptionWire<'e> {
    /// A URI.
    pub(super) kind: Cow<'static, str>,
    /// A summary.
    pub(super) title: &'e str,
    /// The HTTP status.
    pub(super) status: u16,
    /// More about it.
    pub(super) detail: Option<&'e str>,
    /// Such as `ESS-00500`.
    ///
    /// Quirk: plain `errorCode`, not the `o:errorCode` of Oracle's other REST services;
    /// fixtures/oracle-ess/cancel-unknown-id.http
    pub(super) error_code: Option<&'e str>,
}

impl ExceptionWire<'_> {
    /// The document.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut json = Writer::new(Slashes::Plain);
        json.object(|json| {
            json.member_string("type", &self.kind);
            json.member_string("title", self.title);
            json.member_integer("status", self.status.into());
            if let Some(detail) = self.detail {
                json.member_string("detail", detail);
            }
            if let Some(code) = self.error_code {
                json.member_string("errorCode", code);
            }
        });
        json.finish()
    }
}
