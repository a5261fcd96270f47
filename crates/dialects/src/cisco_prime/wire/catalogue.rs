//! `queryResponse` with what there is below `op/` or `data/`.

use super::query_response::{Attributes, borrowed};
use super::style::{Style, in_format};
use crate::Echo;
use crate::grammar::xml::Writer as Xml;

/// A catalogue.
#[derive(Debug)]
pub(in super::super) enum CatalogueWire {
    /// `operation`.
    Operations(Vec<OperationWire>),
    /// `entityType`, by name.
    EntityTypes(Vec<&'static str>),
}

/// `operation`: its name, its method and its path below `op/`.
#[derive(Debug)]
pub(in super::super) struct OperationWire {
    pub(in super::super) name: &'static str,
    pub(in super::super) method: &'static str,
    pub(in super::super) path: &'static str,
}

impl CatalogueWire {
    pub(in super::super) fn write(&self, echo: &Echo) -> Vec<u8> {
        in_format(echo, || self.json(echo), || self.xml(echo))
    }

    fn attributes(&self) -> Attributes {
        let response_type = match self {
            CatalogueWire::Operations(_) => "listOperations",
            CatalogueWire::EntityTypes(_) => "listEntityTypes",
        };
        Attributes { response_type, entity_type: None, page: None }
    }

    fn json(&self, echo: &Echo) -> Vec<u8> {
        let style = Style::of(echo);
        let mut json = style.json();
        json.object(|json| {
            json.member_object("queryResponse", |json| {
                self.attributes().json(style, json, echo);
                match self {
                    CatalogueWire::Operations(operations) => {
                        style.always_array(json, "operation", operations, |json, operation| {
                            json.member_string("@httpMethod", operation.method);
                            json.member_string("@path", operation.path);
                            json.member_string("$", operation.name);
                        });
                    }
                    CatalogueWire::EntityTypes(names) => {
                        style.always_array(json, "entityType", names, |json, name| {
                            json.member_string("@url", &format!("{}/{name}", echo.root_url));
                            json.member_string("$", name);
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
        xml.element("queryResponse", &borrowed(&attributes), |xml| match self {
            CatalogueWire::Operations(operations) => {
                for OperationWire { name, method, path } in operations {
                    let attributes = [("httpMethod", *method), ("path", *path)];
                    xml.element("operation", &attributes, |xml| xml.text(name));
                }
            }
            CatalogueWire::EntityTypes(names) => {
                for name in names {
                    let url = format!("{}/{name}", echo.root_url);
                    xml.element("entityType", &[("url", &url)], |xml| xml.text(name));
                }
            }
        });
        xml.finish()
    }
}
