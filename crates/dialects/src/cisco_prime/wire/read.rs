//! How answers are read, in both formats and all versions: as records of texts. A record says which names it takes, as
//! attributes, as texts and as further records; what nobody takes is passed over, as the vendor asks of clients ("ignore
//! unexpected response parameters").
//!
//! Quirk: a server of v1 writes a collection of one as its item and an empty one as `""`, and a text that looks like a
//! number as one; fixtures/cisco-prime/v1-runhistory-running-json.http. Here every form is taken in every version: which
//! one a server speaks is known by what it was asked in, and a strict reader of forms would only find out less.

use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::grammar::xml::Element;
use crate::grammar::{json, xml};
use crate::{Format, Malformed};

/// An object of JSON or an element of XML.
pub(in super::super) trait Record: Default {
    /// Of the records in it; its own type where it has none.
    type Item: Record;

    /// Its attributes in XML. In JSON, and for [`text`](Record::text), they have `@` before them.
    const ATTRIBUTES: &'static [&'static str] = &[];

    /// Whether it is a text with attributes. In JSON, and for [`text`](Record::text), that is the member `$`.
    const IS_TEXT: bool = false;

    /// Where a text belongs.
    fn text(&mut self, _name: &str) -> Option<&mut Option<String>> {
        None
    }

    /// Where the records of a member belong.
    fn records(&mut self, _name: &str) -> Option<Records<'_, Self::Item>> {
        None
    }
}

/// A record that is the root of a document.
pub(in super::super) trait Root: Record {
    const NAME: &'static str;
}

/// A place for records.
pub(in super::super) struct Records<'r, T> {
    /// What they are called within the member; `None` where the member itself is one of them, or all of them.
    pub(in super::super) within: Option<&'static str>,
    pub(in super::super) list: &'r mut Vec<T>,
}

const TWICE: &str = "it stands here twice";

/// Reads a document.
///
/// # Errors
/// With the place: bytes that are not of the format, another root, a member twice, or one of another kind.
pub(in super::super) fn document<R: Root>(format: Format, body: &[u8]) -> Result<R, Malformed> {
    match format {
        Format::Xml => xml::read(body, R::NAME, element),
        Format::Json => json::read::<RootWire<R>>(body).map(|RootWire(root)| root),
    }
}

fn element<R: Record>(element: &mut Element<'_, '_>) -> Result<R, Malformed> {
    let mut record = R::default();
    for name in R::ATTRIBUTES {
        if let Some(place) = record.text(&format!("@{name}")) {
            *place = element.attribute(name).map(Into::into);
        }
    }
    if R::IS_TEXT {
        let text = element.text()?.into_owned();
        if let Some(place) = record.text("$") {
            *place = Some(text);
        }
        return Ok(record);
    }
    element.children(|child| {
        let name = child.name();
        if let Some(place) = record.text(name) {
            if place.replace(child.text()?.into_owned()).is_some() {
                return Err(child.malformed(TWICE));
            }
        } else if let Some(Records { within, list }) = record.records(name) {
            match within {
                None => list.push(self::element(child)?),
                Some(item_name) => child.children(|item| {
                    if item.name() == item_name {
                        list.push(self::element(item)?);
                    }
                    Ok(())
                })?,
            }
        }
        Ok(())
    })?;
    Ok(record)
}

/// An object with a root in it, and perhaps other members.
struct RootWire<R>(R);

/// An object that is a record.
struct RecordWire<R>(R);

/// One record or an array of them.
struct RecordsWire<R>(Vec<R>);

/// A text, or what v1 made of one.
struct TextWire(String);

/// Reads an object that holds records under a name, or the empty text that v1 writes for none.
struct Within<R>(&'static str, PhantomData<R>);

/// Reads what its type parameter says.
struct As<T>(PhantomData<T>);

impl<'de, R: Root> Deserialize<'de> for RootWire<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RootWire<R>, D::Error> {
        deserializer.deserialize_map(As::<RootWire<R>>(PhantomData))
    }
}

impl<'de, R: Root> Visitor<'de> for As<RootWire<R>> {
    type Value = RootWire<R>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "an object with {}", R::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<RootWire<R>, A::Error> {
        let mut root = None;
        while let Some(key) = members.next_key::<String>()? {
            if key != R::NAME {
                members.next_value::<IgnoredAny>()?;
            } else if root.replace(members.next_value::<RecordWire<R>>()?).is_some() {
                return Err(A::Error::duplicate_field(R::NAME));
            }
        }
        root.map(|RecordWire(root)| RootWire(root)).ok_or_else(|| A::Error::missing_field(R::NAME))
    }
}

impl<'de, R: Record> Deserialize<'de> for RecordWire<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RecordWire<R>, D::Error> {
        deserializer.deserialize_map(As::<RecordWire<R>>(PhantomData))
    }
}

impl<'de, R: Record> Visitor<'de> for As<RecordWire<R>> {
    type Value = RecordWire<R>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<RecordWire<R>, A::Error> {
        let mut record = R::default();
        while let Some(key) = members.next_key::<String>()? {
            if let Some(place) = record.text(&key) {
                // Observed is that what is absent is left out; null would say the same.
                let text = members.next_value::<Option<TextWire>>()?;
                if place.is_some() {
                    return Err(A::Error::custom(format!("{key}: {TWICE}")));
                }
                *place = text.map(|TextWire(text)| text);
            } else if let Some(Records { within, list }) = record.records(&key) {
                let RecordsWire(found) = match within {
                    None => members.next_value()?,
                    Some(name) => members.next_value_seed(Within(name, PhantomData))?,
                };
                list.extend(found);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(RecordWire(record))
    }
}

impl<'de, R: Record> Deserialize<'de> for RecordsWire<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RecordsWire<R>, D::Error> {
        deserializer.deserialize_any(As::<RecordsWire<R>>(PhantomData))
    }
}

impl<'de, R: Record> Visitor<'de> for As<RecordsWire<R>> {
    type Value = RecordsWire<R>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object or an array of them")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<RecordsWire<R>, A::Error> {
        As::<RecordWire<R>>(PhantomData).visit_map(members).map(|RecordWire(only)| RecordsWire(vec![only]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RecordsWire<R>, A::Error> {
        let mut list = Vec::new();
        while let Some(RecordWire(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(RecordsWire(list))
    }
}

impl<'de, R: Record> DeserializeSeed<'de> for Within<R> {
    type Value = RecordsWire<R>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<RecordsWire<R>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, R: Record> Visitor<'de> for Within<R> {
    type Value = RecordsWire<R>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "an object with {}, or \"\"", self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<RecordsWire<R>, E> {
        if text.trim().is_empty() {
            Ok(RecordsWire(Vec::new()))
        } else {
            Err(E::invalid_type(serde::de::Unexpected::Str(text), &self))
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<RecordsWire<R>, A::Error> {
        let mut list = Vec::new();
        while let Some(key) = members.next_key::<String>()? {
            if key == self.0 {
                list.extend(members.next_value::<RecordsWire<R>>()?.0);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(RecordsWire(list))
    }
}

impl<'de> Deserialize<'de> for TextWire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TextWire, D::Error> {
        deserializer.deserialize_any(As::<TextWire>(PhantomData))
    }
}

impl Visitor<'_> for As<TextWire> {
    type Value = TextWire;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text, a number, true or false")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<TextWire, E> {
        Ok(TextWire(text.to_owned()))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<TextWire, E> {
        Ok(TextWire(flag.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<TextWire, E> {
        Ok(TextWire(number.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<TextWire, E> {
        Ok(TextWire(number.to_string()))
    }

    /// As Java writes one, and so as it stood in the text that v1 made it of.
    fn visit_f64<E: Error>(self, number: f64) -> Result<TextWire, E> {
        Ok(TextWire(format!("{number:?}")))
    }
}
