//! `RequestDetails`: one request, by itself or in a list.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{LinkWire, write_links};
use crate::grammar::json::{Slashes, Writer};

/// `RequestDetails`: one request. Every member is optional; one without a value is left out and never `null`.
///
/// The recorded answer of a live server has its members in the order of their bytes, hence the map.
pub(in crate::oracle_ess) struct RequestDetailsWire<'j>(BTreeMap<Cow<'j, str>, MemberWire<'j>>);

/// The value of a member.
pub(in crate::oracle_ess) enum MemberWire<'j> {
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
    pub(in crate::oracle_ess) fn given(object: &'j str) -> RequestDetailsWire<'j> {
        let members: BTreeMap<Cow<'j, str>, &'j RawValue> = serde_json::from_str(object).unwrap_or_default();
        let members = members.into_iter().filter(|(_, value)| value.get() != "null");
        RequestDetailsWire(members.map(|(name, value)| (name, MemberWire::Given(value))).collect())
    }

    /// Keeps the members of these names only.
    pub(in crate::oracle_ess) fn retain(&mut self, kept: impl Fn(&str) -> bool) {
        self.0.retain(|name, _| kept(name));
    }

    /// Sets a member, whatever was there.
    pub(in crate::oracle_ess) fn set(&mut self, name: &'static str, value: MemberWire<'j>) {
        self.0.insert(Cow::Borrowed(name), value);
    }

    /// Sets a member that is a text, where there is one.
    pub(in crate::oracle_ess) fn set_text(
        &mut self,
        name: &'static str,
        text: Option<impl Into<Cow<'j, str>>>,
    ) {
        if let Some(text) = text {
            self.set(name, MemberWire::Text(text.into()));
        }
    }

    /// Sets a member, where there is a value and nothing was there. Says whether it did.
    pub(in crate::oracle_ess) fn fill(&mut self, name: &'static str, value: Option<MemberWire<'j>>) -> bool {
        let Some(value) = value.filter(|_| !self.0.contains_key(name)) else { return false };
        self.set(name, value);
        true
    }

    /// Sets a member that is a text, where nothing was there. Says whether it did.
    pub(in crate::oracle_ess) fn fill_text(
        &mut self,
        name: &'static str,
        text: impl Into<Cow<'j, str>>,
    ) -> bool {
        self.fill(name, Some(MemberWire::Text(text.into())))
    }

    /// A given value, where it is of that type.
    pub(in crate::oracle_ess) fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        match self.0.get(name)? {
            MemberWire::Given(raw) => serde_json::from_str(raw.get()).ok(),
            MemberWire::Text(_) | MemberWire::Integer(_) | MemberWire::Flag(_) | MemberWire::Links(_) => None,
        }
    }

    /// The document.
    pub(in crate::oracle_ess) fn write(&self) -> Vec<u8> {
        let mut json = Writer::new(Slashes::Plain);
        self.write_into(&mut json);
        json.finish()
    }

    /// The object, as the root or an item of an array.
    pub(super) fn write_into(&self, json: &mut Writer) {
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
    }
}
