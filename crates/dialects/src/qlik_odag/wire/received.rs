//! The request object as a server wrote it: its members as the texts they came in, so that what nobody here understands
//! is kept to the last digit. Knows no job.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::Malformed;
use crate::grammar::json;
use crate::grammar::time::iso8601;

/// One object of an answer.
#[derive(Debug)]
pub(in crate::qlik_odag) struct RequestWire {
    /// Where it stands in the answer, as a JSON pointer.
    place: String,
    members: BTreeMap<String, Box<RawValue>>,
}

impl RequestWire {
    /// The object that is a document.
    pub(in crate::qlik_odag) fn read(body: &[u8]) -> Result<RequestWire, Malformed> {
        Ok(RequestWire { place: String::new(), members: json::read(body)? })
    }

    /// The objects of a document that is an array of them.
    pub(in crate::qlik_odag) fn read_all(body: &[u8]) -> Result<Vec<RequestWire>, Malformed> {
        let items: Vec<BTreeMap<String, Box<RawValue>>> = json::read(body)?;
        let placed = items.into_iter().enumerate();
        Ok(placed.map(|(place, members)| RequestWire { place: format!("/{place}"), members }).collect())
    }

    /// Its members, by name.
    pub(in crate::qlik_odag) fn members(&self) -> impl Iterator<Item = (&str, &str)> {
        self.members.iter().map(|(name, text)| (name.as_str(), text.get()))
    }

    /// A text. `null` is none.
    pub(in crate::qlik_odag) fn text(&self, name: &str) -> Result<Option<String>, Malformed> {
        self.typed(name, "a string")
    }

    /// A text that must be there.
    pub(in crate::qlik_odag) fn required(&self, name: &str) -> Result<String, Malformed> {
        self.text(name)?.ok_or_else(|| self.wrong(name, "is missing"))
    }

    /// What a word that must be there means.
    pub(in crate::qlik_odag) fn word<T>(
        &self,
        name: &str,
        meaning: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Malformed> {
        let word = self.required(name)?;
        meaning(&word).ok_or_else(|| self.wrong(name, &format!("{word:?} is no word of this service")))
    }

    /// A time that must be there, in milliseconds.
    pub(in crate::qlik_odag) fn required_time(&self, name: &str) -> Result<i64, Malformed> {
        self.time(name)?.ok_or_else(|| self.wrong(name, "is missing"))
    }

    /// A time, in milliseconds, the rest of one cut off. An empty text is none.
    pub(in crate::qlik_odag) fn time(&self, name: &str) -> Result<Option<i64>, Malformed> {
        let Some(text) = self.text(name)?.filter(|text| !text.is_empty()) else { return Ok(None) };
        let time = iso8601(&text).map(|time| time.div_euclid(1_000_000));
        let time = time.and_then(|time| i64::try_from(time).ok());
        time.map(Some).ok_or_else(|| self.wrong(name, "is no ISO 8601 date and time"))
    }

    /// An object.
    pub(in crate::qlik_odag) fn object(&self, name: &str) -> Result<Option<RequestWire>, Malformed> {
        let members = self.typed(name, "an object")?;
        Ok(members.map(|members| RequestWire { place: format!("{}/{name}", self.place), members }))
    }

    /// An object, or a text in its place.
    pub(in crate::qlik_odag) fn object_or_text(
        &self,
        name: &str,
    ) -> Result<Option<Result<RequestWire, String>>, Malformed> {
        if let Ok(Some(text)) = self.text(name) {
            return Ok(Some(Err(text)));
        }
        Ok(self.object(name)?.map(Ok))
    }

    /// The items of an array.
    pub(in crate::qlik_odag) fn items(&self, name: &str) -> Result<Option<Vec<Box<RawValue>>>, Malformed> {
        self.typed(name, "an array")
    }

    /// An item of an array, where it is an object.
    pub(in crate::qlik_odag) fn item_object(
        &self,
        name: &str,
        place: usize,
        item: &RawValue,
    ) -> Option<RequestWire> {
        let members = serde_json::from_str(item.get()).ok()?;
        Some(RequestWire { place: format!("{}/{name}/{place}", self.place), members })
    }

    /// The texts of an array that holds nothing else; none where there is no array.
    pub(in crate::qlik_odag) fn texts(&self, name: &str) -> Result<Vec<String>, Malformed> {
        Ok(self.typed(name, "an array of strings")?.unwrap_or_default())
    }

    fn typed<T: DeserializeOwned>(&self, name: &str, what: &str) -> Result<Option<T>, Malformed> {
        let Some(text) = self.members.get(name) else { return Ok(None) };
        serde_json::from_str(text.get()).map_err(|_| self.wrong(name, &format!("is not {what}")))
    }

    fn wrong(&self, name: &str, problem: &str) -> Malformed {
        Malformed::new(format!("{}/{name}", self.place), problem.to_owned())
    }
}
