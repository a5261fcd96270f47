//! `jobRunOperationPayload` and `jobOperationPayload`: the ids that an operation is about, in every form in which clients
//! write them.
//!
//! Quirk: in JSON an id may be a number, a text of one, an object `{"$": 15}`, or an array of these, in every
//! version, and the document may have other members; fixtures/cisco-prime/ids-in-every-form-json.http and
//! extra-root-member-json.http

use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::grammar::{json, xml};
use crate::{Format, Malformed};

/// How many ids one call may hold. No page names a limit; without one, a body of 1 MiB holds half a million ids, which
/// keep everybody else waiting and are answered with 50 MB.
const ID_LIMIT: usize = 10_000;

const TOO_MANY: &str = "there are more than 10000 ids";

/// One of the two documents, by the names that lead to its ids: the root, the wrapper, the item.
pub(in super::super) trait Payload {
    /// The three names, from the root down.
    const NAMES: &'static [&'static str; 3];
}

/// Of `cancelrunning`: ids of run instances.
pub(in super::super) struct RunIds;

/// Of `suspend`, `resume` and `cancel`: ids of jobs.
pub(in super::super) struct JobIds;

impl Payload for RunIds {
    const NAMES: &'static [&'static str; 3] = &["jobRunOperationPayload", "runIds", "runId"];
}

impl Payload for JobIds {
    const NAMES: &'static [&'static str; 3] = &["jobOperationPayload", "jobIds", "jobId"];
}

/// Reads the ids of a document, in the order written, at least one and at most [`ID_LIMIT`].
///
/// # Errors
/// With the JSON pointer, the element path, or the line and column, of what does not fit.
pub(in super::super) fn read_ids<P: Payload>(format: Format, body: &[u8]) -> Result<Vec<i64>, Malformed> {
    match format {
        Format::Json => read_json::<P>(body),
        Format::Xml => read_xml::<P>(body),
    }
}

/// Writes a document as the pages of that version print it: v1 JSON has one id as a number, and an array only of several.
pub(in super::super) fn write_ids<P: Payload>(version: u8, format: Format, ids: &[i64]) -> Vec<u8> {
    let [root, wrapper, item] = *P::NAMES;
    match format {
        Format::Json => {
            let mut json = json::Writer::new(json::Slashes::Plain);
            json.object(|json| {
                json.member_object(root, |json| {
                    json.member_object(wrapper, |json| match ids {
                        [only] if version == 1 => json.member_integer(item, *only),
                        ids => json.member_array(item, |json| ids.iter().for_each(|id| json.integer(*id))),
                    });
                });
            });
            json.finish()
        }
        Format::Xml => {
            let mut xml = xml::Writer::new();
            xml.element(root, &[], |xml| {
                xml.element(wrapper, &[], |xml| {
                    ids.iter().for_each(|id| xml.text_element(item, &id.to_string()));
                });
            });
            xml.finish()
        }
    }
}

fn read_xml<P: Payload>(body: &[u8]) -> Result<Vec<i64>, Malformed> {
    let [root, wrapper_name, item_name] = *P::NAMES;
    xml::read(body, root, |payload| {
        let mut ids = Vec::new();
        payload.children(|wrapper| {
            if wrapper.name() != wrapper_name {
                return Ok(());
            }
            wrapper.children(|item| {
                if item.name() == item_name {
                    if ids.len() == ID_LIMIT {
                        return Err(item.malformed(TOO_MANY));
                    }
                    let text = item.text()?;
                    ids.push(long(&text).ok_or_else(|| item.malformed(NOT_A_LONG))?);
                }
                Ok(())
            })
        })?;
        if ids.is_empty() {
            return Err(payload.malformed(format!("there is no {wrapper_name}/{item_name} in it")));
        }
        Ok(ids)
    })
}

fn read_json<P: Payload>(body: &[u8]) -> Result<Vec<i64>, Malformed> {
    let DocumentWire(LongsWire(ids), _) = json::read::<DocumentWire<P>>(body)?;
    if ids.is_empty() {
        return Err(Malformed::new(format!("/{}", P::NAMES.join("/")), "there is no id in it"));
    }
    Ok(ids)
}

/// The ids of a document, three objects deep.
struct DocumentWire<P>(LongsWire, PhantomData<P>);

/// The members that lead from an object down to the ids. Not a struct for each object: what serde derives for one takes an
/// array of its members too, and `[[[15]]]` is no order; fixtures/cisco-prime/bad-json-array-root.http
#[derive(Clone, Copy)]
struct Way<'n>(&'n [&'static str]);

impl<'de, P: Payload> Deserialize<'de> for DocumentWire<P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<DocumentWire<P>, D::Error> {
        Way(P::NAMES).deserialize(deserializer).map(|ids| DocumentWire(ids, PhantomData))
    }
}

impl<'de> DeserializeSeed<'de> for Way<'_> {
    type Value = LongsWire;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<LongsWire, D::Error> {
        if self.0.is_empty() {
            LongsWire::deserialize(deserializer)
        } else {
            deserializer.deserialize_map(self)
        }
    }
}

impl<'de> Visitor<'de> for Way<'_> {
    type Value = LongsWire;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "an object with {}", self.0.first().unwrap_or(&"nothing"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<LongsWire, A::Error> {
        let (name, rest) = self.0.split_first().ok_or_else(|| A::Error::custom("no member leads on"))?;
        let mut ids = None;
        while let Some(key) = members.next_key::<String>()? {
            if key != *name {
                members.next_value::<IgnoredAny>()?;
            } else if ids.replace(members.next_value_seed(Way(rest))?).is_some() {
                return Err(A::Error::duplicate_field(name));
            }
        }
        ids.ok_or_else(|| A::Error::missing_field(name))
    }
}

const NOT_A_LONG: &str = "this is not a whole number from -9223372036854775808 to 9223372036854775807";

/// A Java long as text; white space around it does not count.
fn long(text: &str) -> Option<i64> {
    text.trim_matches([' ', '\t', '\r', '\n']).parse().ok()
}

/// One long or an array of them.
struct LongsWire(Vec<i64>);

/// One long.
struct LongWire(i64);

struct LongsVisitor;

struct LongVisitor;

impl<'de> Deserialize<'de> for LongsWire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<LongsWire, D::Error> {
        deserializer.deserialize_any(LongsVisitor)
    }
}

impl<'de> Deserialize<'de> for LongWire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<LongWire, D::Error> {
        deserializer.deserialize_any(LongVisitor)
    }
}

impl<'de> Visitor<'de> for LongsVisitor {
    type Value = LongsWire;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an id or an array of ids")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<LongsWire, A::Error> {
        let mut ids = Vec::new();
        while let Some(LongWire(id)) = items.next_element()? {
            if ids.len() == ID_LIMIT {
                return Err(A::Error::custom(TOO_MANY));
            }
            ids.push(id);
        }
        Ok(LongsWire(ids))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<LongsWire, E> {
        LongVisitor.visit_i64(number).map(LongsWire::from)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<LongsWire, E> {
        LongVisitor.visit_u64(number).map(LongsWire::from)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<LongsWire, E> {
        LongVisitor.visit_str(text).map(LongsWire::from)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<LongsWire, A::Error> {
        LongVisitor.visit_map(members).map(LongsWire::from)
    }
}

impl From<LongWire> for LongsWire {
    fn from(LongWire(id): LongWire) -> LongsWire {
        LongsWire(vec![id])
    }
}

impl<'de> Visitor<'de> for LongVisitor {
    type Value = LongWire;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an id: a whole number or a text of one")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<LongWire, E> {
        Ok(LongWire(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<LongWire, E> {
        i64::try_from(number).map(LongWire).map_err(|_| E::custom(NOT_A_LONG))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<LongWire, E> {
        long(text).map(LongWire).ok_or_else(|| E::custom(NOT_A_LONG))
    }

    /// The form that mapped JSON gives an element with attributes: its text is the member `$`.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<LongWire, A::Error> {
        let mut id = None;
        while let Some(key) = members.next_key::<String>()? {
            if key == "$" {
                id = Some(members.next_value::<LongWire>()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        id.ok_or_else(|| A::Error::custom("an id that is an object has a member $"))
    }
}
