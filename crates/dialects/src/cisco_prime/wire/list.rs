//! `queryResponse` with many of `JobSummary` in it: their ids, or whole.

use super::super::routes::JOB_SUMMARY;
use super::job_summary::{EntityWire, url};
use super::query_response::{Attributes, Page, borrowed};
use super::style::{Style, in_format};
use crate::Echo;
use crate::grammar::json::Writer as Json;
use crate::grammar::xml::Writer as Xml;

/// A page of a list.
#[derive(Debug)]
pub(in super::super) struct ListWire {
    /// The place of the first entity, from 0.
    pub(in super::super) first: i64,
    /// The place of the last one, which counts. Of an empty page it is the one before the first, so that a loop that
    /// goes on "while last + 1 < count" ends where it should; that is inferred.
    pub(in super::super) last: i64,
    /// How many there are in all.
    pub(in super::super) count: Option<u64>,
    pub(in super::super) items: ItemsWire,
}

/// What a list holds.
#[derive(Debug)]
pub(in super::super) enum ItemsWire {
    /// `entityId`.
    Ids(Vec<EntityIdWire>),
    /// `entity`.
    Entities(Vec<EntityWire>),
}

/// `entityId`: what names a job.
#[derive(Debug)]
pub(in super::super) struct EntityIdWire {
    pub(in super::super) id: i64,
    pub(in super::super) display_name: String,
}

impl ListWire {
    pub(in super::super) fn write(&self, echo: &Echo) -> Vec<u8> {
        in_format(echo, || self.json(echo), || self.xml(echo))
    }

    fn attributes(&self) -> Attributes {
        let response_type = match self.items {
            ItemsWire::Ids(_) => "listEntityIds",
            ItemsWire::Entities(_) => "listEntityInstances",
        };
        let page = Page { first: self.first, last: self.last, count: self.count };
        Attributes { response_type, entity_type: Some(JOB_SUMMARY), page: Some(page) }
    }

    fn json(&self, echo: &Echo) -> Vec<u8> {
        let style = Style::of(echo);
        let mut json = style.json();
        json.object(|json| {
            json.member_object("queryResponse", |json| {
                self.attributes().json(style, json, echo);
                match &self.items {
                    ItemsWire::Ids(ids) => {
                        style.always_array(json, "entityId", ids, |json, id| id.json(json, echo));
                    }
                    ItemsWire::Entities(entities) => {
                        style.always_array(json, "entity", entities, |json, entity| {
                            entity.members(json, echo);
                        });
                    }
                }
            });
        });
        json.finish()
    }

    fn xml(&self, echo: &Echo) -> Vec<u8> {
        let attributes = self.attributes().xml(Style::of(echo), echo);
        let mut xml = Xml::new();
        xml.element("queryResponse", &borrowed(&attributes), |xml| match &self.items {
            ItemsWire::Ids(ids) => ids.iter().for_each(|id| id.xml(xml, echo)),
            ItemsWire::Entities(entities) => entities.iter().for_each(|entity| entity.element(xml, echo)),
        });
        xml.finish()
    }
}

impl EntityIdWire {
    /// Quirk: the text beside attributes is the member `$`, and a string: clients add it to a URL;
    /// fixtures/cisco-prime/v1-ids-json.http. That it is a string after v1 too is inferred.
    fn json(&self, json: &mut Json, echo: &Echo) {
        json.member_string("@displayName", &self.display_name);
        json.member_string("@type", JOB_SUMMARY);
        json.member_string("@url", &url(echo, self.id));
        json.member_string("$", &self.id.to_string());
    }

    fn xml(&self, xml: &mut Xml, echo: &Echo) {
        let url = url(echo, self.id);
        let attributes = [("displayName", self.display_name.as_str()), ("type", JOB_SUMMARY), ("url", &url)];
        xml.element("entityId", &attributes, |xml| xml.text(&self.id.to_string()));
    }
}
