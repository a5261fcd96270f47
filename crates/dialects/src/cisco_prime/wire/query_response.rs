//! What every `queryResponse` begins with: the request's own URLs, the type, and of a list where the page is.

use std::borrow::Cow;

use super::style::{Style, domain};
use crate::Echo;
use crate::grammar::json::Writer as Json;

/// The attributes of a `queryResponse`.
#[derive(Debug)]
pub(super) struct Attributes {
    /// What kind of question it answers.
    pub(super) response_type: &'static str,
    /// The entity type; a catalogue has none.
    pub(super) entity_type: Option<&'static str>,
    pub(super) page: Option<Page>,
}

/// Where the page of a list is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    /// The place of the first entity, from 0.
    pub(super) first: i64,
    /// The place of the last one. Of an empty page it is the one before the first.
    pub(super) last: i64,
    /// How many there are in all.
    pub(super) count: Option<u64>,
}

impl Attributes {
    /// In the order of the captures: v1 has the type before the URLs, v4 the domain after it.
    pub(super) fn json(&self, style: Style, json: &mut Json, echo: &Echo) {
        let request_url = style.json_url(&echo.request_url);
        let root_url = style.json_url(&echo.root_url);
        let count = self.page.and_then(|page| page.count).and_then(|count| i64::try_from(count).ok());
        let number = |json: &mut Json, key: &'static str, number: Option<i64>| {
            if let Some(number) = number {
                style.number_attribute(json, key, number);
            }
        };
        if style.is_v1() {
            json.member_string("@responseType", self.response_type);
            number(json, "@count", count);
            number(json, "@last", self.page.map(|page| page.last));
            number(json, "@first", self.page.map(|page| page.first));
            if let Some(entity_type) = self.entity_type {
                json.member_string("@type", entity_type);
            }
            json.member_string("@rootUrl", &root_url);
            json.member_string("@requestUrl", &request_url);
            return;
        }
        number(json, "@last", self.page.map(|page| page.last));
        number(json, "@first", self.page.map(|page| page.first));
        number(json, "@count", count);
        if let Some(entity_type) = self.entity_type {
            json.member_string("@type", entity_type);
        }
        if style.is_v4() {
            json.member_string("@domain", &domain(echo));
        }
        json.member_string("@requestUrl", &request_url);
        json.member_string("@responseType", self.response_type);
        json.member_string("@rootUrl", &root_url);
    }

    /// In the order of the one transcript there is.
    pub(super) fn xml<'e>(&self, style: Style, echo: &'e Echo) -> Vec<(&'static str, Cow<'e, str>)> {
        let mut attributes: Vec<(&str, Cow<'e, str>)> = Vec::with_capacity(8);
        if let Some(Page { first, last, count }) = self.page {
            attributes.extend([("last", last.to_string().into()), ("first", first.to_string().into())]);
            attributes.extend(count.map(|count| ("count", count.to_string().into())));
        }
        attributes.extend(self.entity_type.map(|entity_type| ("type", entity_type.into())));
        if style.is_v4() {
            attributes.push(("domain", domain(echo)));
        }
        attributes.push(("responseType", self.response_type.into()));
        attributes.push(("requestUrl", echo.request_url.as_str().into()));
        attributes.push(("rootUrl", echo.root_url.as_str().into()));
        attributes
    }
}

/// Attributes as the writer takes them.
pub(super) fn borrowed<'a>(attributes: &'a [(&'static str, Cow<'_, str>)]) -> Vec<(&'static str, &'a str)> {
    attributes.iter().map(|(name, value)| (*name, value.as_ref())).collect()
}
