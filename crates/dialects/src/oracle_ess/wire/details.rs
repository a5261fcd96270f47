//! `RequestDetails`: one request, by itself or in a list.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{LinkWire, write_links};
use crate::Malformed;
use crate::grammar::json::{Slashes, Writer};

/// `RequestDetails`: one request. Every member is optional; one without a value is left out and never `null`.
///
/// The recorded answer of a live server has its members in the order of their bytes, and so has this. They are few, and
/// a list of them is made and dropped faster than a map.
pub(in crate::oracle_ess) struct RequestDetailsWire<'j>(Vec<(Cow<'j, str>, MemberWire<'j>)>);

/// How many members a request shows as a rule.
const USUAL: usize = 32;

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
        let given = members.into_iter().filter(|(_, value)| value.get() != "null");
        let mut members = Vec::with_capacity(USUAL);
        members.extend(given.map(|(name, value)| (name, MemberWire::Given(value))));
        RequestDetailsWire(members)
    }

    /// Keeps the members of these names only.
    pub(in crate::oracle_ess) fn retain(&mut self, kept: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| kept(name));
    }

    /// Sets a member, whatever was there.
    pub(in crate::oracle_ess) fn set(&mut self, name: &'static str, value: MemberWire<'j>) {
        match self.place(name) {
            Ok(place) => self.0[place].1 = value,
            Err(place) => self.0.insert(place, (Cow::Borrowed(name), value)),
        }
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
        match (self.place(name), value) {
            (Err(place), Some(value)) => self.0.insert(place, (Cow::Borrowed(name), value)),
            (Ok(_), _) | (_, None) => return false,
        }
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
        match &self.0[self.place(name).ok()?].1 {
            MemberWire::Given(raw) => serde_json::from_str(raw.get()).ok(),
            MemberWire::Text(_) | MemberWire::Integer(_) | MemberWire::Flag(_) | MemberWire::Links(_) => None,
        }
    }

    /// Where a member is, or would be.
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.as_ref().cmp(name))
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

/// `RequestDetails` as a server wrote it: each member as the text of its value, also those that nobody knows.
#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::oracle_ess) struct GivenDetailsWire(BTreeMap<String, Box<RawValue>>);

impl GivenDetailsWire {
    /// A member's value. One that is `null`, as some servers write what has none, is not there.
    ///
    /// # Errors
    /// It is of another type.
    pub(in crate::oracle_ess) fn read<T: DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<T>, Malformed> {
        let Some(raw) = self.0.get(name) else { return Ok(None) };
        serde_json::from_str(raw.get())
            .map_err(|error| Malformed::new(format!("/{name}"), format!("{error}; it is {}", raw.get())))
    }

    /// The same, and the member is taken away.
    ///
    /// # Errors
    /// It is of another type.
    pub(in crate::oracle_ess) fn take<T: DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, Malformed> {
        let value = self.read(name)?;
        self.0.remove(name);
        Ok(value)
    }

    /// Sets a member that is a text.
    pub(in crate::oracle_ess) fn put_text(&mut self, name: &str, text: &str) {
        let mut json = Writer::new(Slashes::Plain);
        json.string(text);
        self.put(name, json);
    }

    /// Sets a member that is a whole number.
    pub(in crate::oracle_ess) fn put_integer(&mut self, name: &str, number: i64) {
        let mut json = Writer::new(Slashes::Plain);
        json.integer(number);
        self.put(name, json);
    }

    fn put(&mut self, name: &str, json: Writer) {
        let text = String::from_utf8(json.finish()).expect("a text was written");
        self.0.insert(name.to_owned(), RawValue::from_string(text).expect("a JSON value was written"));
    }

    /// Whether a member is there and has a value.
    pub(in crate::oracle_ess) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|raw| raw.get() != "null")
    }

    /// The members that are left, as the text of an object: each with the value that it came with.
    pub(in crate::oracle_ess) fn write(&self) -> String {
        let mut json = Writer::new(Slashes::Plain);
        json.object(|json| self.0.iter().for_each(|(name, raw)| json.member_raw(name, raw.get())));
        String::from_utf8(json.finish()).expect("texts were put together")
    }
}
