//! `links`: where a request's operations and its relatives are. Which there are is not known here.

use std::borrow::Cow;

use serde::Deserialize;

use crate::grammar::json::Writer;

/// `link`.
#[derive(Deserialize)]
pub(in crate::oracle_ess) struct LinkWire {
    /// Absolute.
    pub(in crate::oracle_ess) href: String,
    /// In the case of the mount's `rel_case`.
    pub(in crate::oracle_ess) rel: Cow<'static, str>,
}

/// The links of one request. Their texts differ in little, so they are put together while they are written.
pub(in crate::oracle_ess) struct LinksWire<'l> {
    /// What every `href` begins with.
    pub(in crate::oracle_ess) root: &'l str,
    /// The id of the request.
    pub(in crate::oracle_ess) id: Cow<'l, str>,
    /// Each link, and the relative it leads to; without one, it leads to the request.
    pub(in crate::oracle_ess) links: Vec<(&'l RelationWire, Option<i64>)>,
}

/// A relation of a mount.
#[derive(Debug)]
pub(in crate::oracle_ess) struct RelationWire {
    /// `rel`, in the case of the mount's `rel_case`.
    pub(in crate::oracle_ess) rel: Cow<'static, str>,
    /// What follows the id in a link, in bytes of the document: made once for all links.
    end: String,
}

impl RelationWire {
    /// `path` is what follows the id in the `href`. Both texts stand for themselves in JSON.
    pub(in crate::oracle_ess) fn new(rel: Cow<'static, str>, path: &str) -> RelationWire {
        let end = format!(r#"{path}","rel":"{rel}"}}"#);
        RelationWire { rel, end }
    }
}

impl LinksWire<'_> {
    /// The member, in a document.
    pub(super) fn write_into(&self, json: &mut Writer, name: &'static str) {
        let beginning = [r#"{"href":""#, &json.escaped(self.root), "/requests/"].concat();
        let own_id = json.escaped(&self.id);
        let mut number = itoa::Buffer::new();
        json.member_array(name, |json| {
            for (relation, relative) in &self.links {
                let id = relative.map_or(own_id.as_ref(), |relative| number.format(relative));
                json.raw_pieces(&[&beginning, id, &relation.end]);
            }
        });
    }
}

/// The member, in a document, of links that have nothing in common.
pub(super) fn write_links(json: &mut Writer, links: &[LinkWire]) {
    json.member_array("links", |json| {
        for link in links {
            json.object(|json| {
                json.member_string("href", &link.href);
                json.member_string("rel", &link.rel);
            });
        }
    });
}
