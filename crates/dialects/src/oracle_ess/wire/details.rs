//! `RequestDetails`: one request, by itself or in a list.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::LinksWire;
use crate::Malformed;
use crate::grammar::json::{Slashes, Writer};
use crate::grammar::time::Fraction;

/// `RequestDetails`: one request. Every member is optional; one without a value is left out and never `null`.
///
/// The recorded answer of a live server has its members in the order of their bytes, and so has this.
pub(in crate::oracle_ess) struct RequestDetailsWire<'j>(Vec<MemberWire<'j>>);

/// How many members a request shows as a rule.
const USUAL: usize = 32;

/// How many bytes it has as a rule, of which the links are the most.
const USUAL_BYTES: usize = 2048;

/// A member.
enum MemberWire<'j> {
    /// One of the API's.
    Own(&'static str, ValueWire<'j>),
    /// What the owner of the job gave, byte by byte.
    Given(Cow<'j, str>, &'j RawValue),
}

/// The value of a member.
pub(in crate::oracle_ess) enum ValueWire<'j> {
    /// A word, a sentence.
    Text(Cow<'j, str>),
    /// Milliseconds since 1970, written as `2022-05-19T21:48:44.708Z`.
    Time(i64),
    /// An int64, to the last digit.
    Integer(i64),
    /// A boolean.
    Flag(bool),
    /// The links.
    Links(Box<LinksWire<'j>>),
}

impl<'j> From<&'j str> for ValueWire<'j> {
    fn from(text: &'j str) -> ValueWire<'j> {
        ValueWire::Text(text.into())
    }
}

impl RequestDetailsWire<'_> {
    /// Keeps the members of these names only.
    pub(in crate::oracle_ess) fn retain(&mut self, kept: impl Fn(&str) -> bool) {
        self.0.retain(|member| kept(member.name()));
    }

    /// The document.
    pub(in crate::oracle_ess) fn write(&self) -> Vec<u8> {
        let mut json = Writer::with_room(USUAL_BYTES, Slashes::Plain);
        self.write_into(&mut json);
        json.finish()
    }

    /// The object, as the root or an item of an array.
    pub(super) fn write_into(&self, json: &mut Writer) {
        json.object(|json| self.0.iter().for_each(|member| member.write_into(json)));
    }
}

impl MemberWire<'_> {
    fn name(&self) -> &str {
        match self {
            MemberWire::Own(name, _) => name,
            MemberWire::Given(name, _) => name,
        }
    }

    fn write_into(&self, json: &mut Writer) {
        match self {
            MemberWire::Own(name, ValueWire::Text(text)) => json.member_string(name, text),
            MemberWire::Own(name, ValueWire::Time(at)) => json.member_time(name, *at, Fraction::Always),
            MemberWire::Own(name, ValueWire::Integer(number)) => json.member_integer(name, *number),
            MemberWire::Own(name, ValueWire::Flag(flag)) => json.member_flag(name, *flag),
            MemberWire::Own(name, ValueWire::Links(links)) => links.write_into(json, name),
            MemberWire::Given(name, raw) => json.member_given(name, raw.get()),
        }
    }
}

/// The members that the owner of a job gave, in the order of their bytes.
pub(in crate::oracle_ess) struct GivenMembersWire<'j>(Vec<(Cow<'j, str>, &'j RawValue)>);

impl<'j> GivenMembersWire<'j> {
    /// Those of a JSON object, as text. What is no object has none.
    ///
    /// Quirk: a member without a value is left out, never `null`, on which strict clients break;
    /// fixtures/oracle-ess/get-attributes.http
    pub(in crate::oracle_ess) fn of(object: Option<&'j str>) -> GivenMembersWire<'j> {
        let Some(object) = object else { return GivenMembersWire(Vec::new()) };
        let members: BTreeMap<Cow<'j, str>, &'j RawValue> = serde_json::from_str(object).unwrap_or_default();
        GivenMembersWire(members.into_iter().filter(|(_, value)| value.get() != "null").collect())
    }

    /// A value, where it is of that type.
    pub(in crate::oracle_ess) fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let place = self.0.binary_search_by(|(other, _)| other.as_ref().cmp(name)).ok()?;
        serde_json::from_str(self.0[place].1.get()).ok()
    }

    /// Keeps the members of these names only.
    pub(in crate::oracle_ess) fn retain(&mut self, kept: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| kept(name));
    }

    /// Begins to put the API's own members between them.
    pub(in crate::oracle_ess) fn merged(self) -> Merging<'j> {
        let mut given = self.0;
        given.reverse();
        Merging { members: Vec::with_capacity(USUAL), given }
    }
}

/// A request's members on their way into one order: what was given, and the API's own, which are told in that order. So
/// nothing is looked for and nothing moved.
pub(in crate::oracle_ess) struct Merging<'j> {
    members: Vec<MemberWire<'j>>,
    /// The first of them last.
    given: Vec<(Cow<'j, str>, &'j RawValue)>,
}

impl<'j> Merging<'j> {
    /// A member, where there is a value, whatever was given.
    pub(in crate::oracle_ess) fn set(&mut self, name: &'static str, value: Option<ValueWire<'j>>) {
        let Some(value) = value else { return };
        self.given_before(name);
        self.given.pop_if(|(given, _)| given == name);
        self.members.push(MemberWire::Own(name, value));
    }

    /// A member, where there is a value and nothing was given. Says whether it is there.
    pub(in crate::oracle_ess) fn fill(&mut self, name: &'static str, value: Option<ValueWire<'j>>) -> bool {
        self.given_before(name);
        let Some(value) = value else { return false };
        let is_free = self.given.last().is_none_or(|(given, _)| given != name);
        if is_free {
            self.members.push(MemberWire::Own(name, value));
        }
        is_free
    }

    /// All of them.
    pub(in crate::oracle_ess) fn done(mut self) -> RequestDetailsWire<'j> {
        self.members.extend(self.given.into_iter().rev().map(|(name, raw)| MemberWire::Given(name, raw)));
        RequestDetailsWire(self.members)
    }

    fn given_before(&mut self, name: &str) {
        debug_assert!(self.members.last().is_none_or(|last| last.name() < name), "{name} comes too late");
        while let Some((given, raw)) = self.given.pop_if(|(given, _)| given.as_ref() < name) {
            self.members.push(MemberWire::Given(given, raw));
        }
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
        json.object(|json| self.0.iter().for_each(|(name, raw)| json.member_given(name, raw.get())));
        String::from_utf8(json.finish()).expect("texts were put together")
    }
}
