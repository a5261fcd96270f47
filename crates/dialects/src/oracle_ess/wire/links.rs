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

/// A relation.
#[derive(Debug)]
pub(in crate::oracle_ess) struct RelationWire {
    /// `rel`, in the case of the mount's `rel_case`.
    pub(in crate::oracle_ess) rel: Cow<'static, str>,
    /// What follows the id in the `href`. Like `rel`, it stands for itself in JSON.
    pub(in crate::oracle_ess) path: &'static str,
}

impl LinksWire<'_> {
    /// The member, in a document.
    pub(super) fn write_into(&self, json: &mut Writer, name: &'static str) {
        let (root, own_id) = (json.escaped(self.root), json.escaped(&self.id));
        let mut number = itoa::Buffer::new();
        json.member_array(name, |json| {
            for (RelationWire { rel, path }, relative) in &self.links {
                let id = relative.map_or(own_id.as_ref(), |relative| number.format(relative));
                json.raw_pieces(&[
                    r#"{"href":""#,
                    &root,
                    "/requests/",
                    id,
                    path,
                    r#"","rel":""#,
                    rel,
                    r#""}"#,
                ]);
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
