//! The documents that hold many: `RequestQueryResponse`, and the list of resources at the root.

use std::borrow::Cow;

use serde::Deserialize;

use super::links::write_links;
use super::{GivenDetailsWire, LinkWire, RequestDetailsWire};
use crate::grammar::json::{Slashes, Writer};

/// `RequestQueryResponse`: a page of requests, or those that were named.
pub(in crate::oracle_ess) struct ListWire<'j> {
    /// The requests.
    pub(in crate::oracle_ess) items: Vec<RequestDetailsWire<'j>>,
    /// Whether they stand in `batch`, without their `count`.
    pub(in crate::oracle_ess) is_batch: bool,
    /// Which page it is, from 1.
    pub(in crate::oracle_ess) page_index: Option<u32>,
    /// Of the list itself.
    pub(in crate::oracle_ess) links: Vec<LinkWire>,
}

impl ListWire<'_> {
    /// The document, its members in the order of the recorded answer.
    ///
    /// Quirk: `count` is how many there are on this page, not how many there are; fixtures/oracle-ess/list-pages.http
    pub(in crate::oracle_ess) fn write(&self) -> Vec<u8> {
        let mut json = Writer::new(Slashes::Plain);
        json.object(|json| {
            if !self.is_batch {
                json.member_integer("count", i64::try_from(self.items.len()).unwrap_or(i64::MAX));
            }
            json.member_array(if self.is_batch { "batch" } else { "items" }, |json| {
                self.items.iter().for_each(|item| item.write_into(json));
            });
            write_links(json, &self.links);
            if let Some(page_index) = self.page_index {
                json.member_integer("pageIndex", page_index.into());
            }
        });
        json.finish()
    }
}

/// A link of the root.
pub(in crate::oracle_ess) struct ResourceWire {
    /// Absolute; a template where `is_templated`.
    pub(in crate::oracle_ess) href: String,
    /// The operation, in the case of the mount's `rel_case`.
    pub(in crate::oracle_ess) rel: Cow<'static, str>,
    /// What it is answered in.
    pub(in crate::oracle_ess) media_type: &'static str,
    /// The method.
    pub(in crate::oracle_ess) method: &'static str,
    /// Whether `href` has a `{name}` to be filled in.
    pub(in crate::oracle_ess) is_templated: bool,
}

/// `{"links":[…]}`, each link with what a client needs to follow it.
pub(in crate::oracle_ess) fn write_resources(links: &[ResourceWire]) -> Vec<u8> {
    let mut json = Writer::new(Slashes::Plain);
    json.object(|json| {
        json.member_array("links", |json| {
            for link in links {
                json.object(|json| {
                    json.member_string("href", &link.href);
                    json.member_string("mediaType", link.media_type);
                    json.member_string("method", link.method);
                    json.member_string("rel", &link.rel);
                    json.member_flag("templated", link.is_templated);
                });
            }
        });
    });
    json.finish()
}

/// `RequestQueryResponse` as a server wrote it. Its links are not looked at: it was asked for by its address.
#[derive(Deserialize)]
pub(in crate::oracle_ess) struct GivenListWire {
    /// The requests of a page.
    pub(in crate::oracle_ess) items: Option<Vec<GivenDetailsWire>>,
    /// The requests that were named.
    pub(in crate::oracle_ess) batch: Option<Vec<GivenDetailsWire>>,
    /// How many stand on this page.
    pub(in crate::oracle_ess) count: Option<u64>,
    /// Which page it is, from 1.
    #[serde(rename = "pageIndex")]
    pub(in crate::oracle_ess) page_index: Option<u32>,
}

/// The list of resources as a server wrote it. Only that it has links is looked at.
#[derive(Deserialize)]
pub(in crate::oracle_ess) struct GivenResourcesWire {
    #[expect(dead_code, reason = "only that it is there is looked at")]
    links: Vec<serde::de::IgnoredAny>,
}
