//! `mgmtResponse`: what came of an operation on several ids.

use super::mgmt_response;
use super::style::{Style, Typed, in_format};
use crate::Echo;
use crate::grammar::json::Writer as Json;
use crate::grammar::xml::Writer as Xml;

/// `operationResult`. Quirk: the two collections have the name of their items, and each is there even when it is empty;
/// fixtures/cisco-prime/v3-reference-xml.http
#[derive(Debug, Default)]
pub(in super::super) struct OperationResultWire<'a> {
    pub(in super::super) failure: Vec<StatusWire<'a>>,
    pub(in super::super) message: &'static str,
    pub(in super::super) operation: &'static str,
    pub(in super::super) success: Vec<StatusWire<'a>>,
}

/// `OperationResultStatus`: what came of one id.
#[derive(Debug)]
pub(in super::super) struct StatusWire<'a> {
    pub(in super::super) id: &'a str,
    pub(in super::super) message: &'static str,
    /// `Success` or `Failure`.
    pub(in super::super) status: &'static str,
}

impl OperationResultWire<'_> {
    pub(in super::super) fn write(&self, echo: &Echo) -> Vec<u8> {
        in_format(echo, || self.json(echo), || self.xml(echo))
    }

    fn json(&self, echo: &Echo) -> Vec<u8> {
        let style = Style::of(echo);
        let mut json = style.json();
        json.object(|json| {
            json.member_object("mgmtResponse", |json| {
                mgmt_response::attributes(style, json, echo);
                // Quirk: v1 writes the one result as an object, later versions as an array of one;
                // fixtures/cisco-prime/v2-reference-json.http
                if style.is_v1() {
                    json.member_object("operationResult", |json| self.members(style, json));
                } else {
                    json.member_array("operationResult", |json| {
                        json.object(|json| self.members(style, json));
                    });
                }
            });
        });
        json.finish()
    }

    /// The documented order, which is alphabetical.
    fn members(&self, style: Style, json: &mut Json) {
        let item = |json: &mut Json, item: &StatusWire<'_>| {
            style.element(json, "id", item.id, Typed::Long);
            style.element(json, "message", item.message, Typed::Text);
            style.element(json, "status", item.status, Typed::Text);
        };
        style.collection(json, ("failure", "failure"), &self.failure, item);
        style.element(json, "message", self.message, Typed::Text);
        style.element(json, "operation", self.operation, Typed::Text);
        style.collection(json, ("success", "success"), &self.success, item);
    }

    fn xml(&self, echo: &Echo) -> Vec<u8> {
        let mut xml = Xml::new();
        let collection = |xml: &mut Xml, name: &'static str, items: &[StatusWire<'_>]| {
            xml.element(name, &[], |xml| {
                for item in items {
                    xml.element(name, &[], |xml| {
                        xml.text_element("id", item.id);
                        xml.text_element("message", item.message);
                        xml.text_element("status", item.status);
                    });
                }
            });
        };
        xml.element("mgmtResponse", &mgmt_response::xml_attributes(echo), |xml| {
            xml.element("operationResult", &[], |xml| {
                collection(xml, "failure", &self.failure);
                xml.text_element("message", self.message);
                xml.text_element("operation", self.operation);
                collection(xml, "success", &self.success);
            });
        });
        xml.finish()
    }
}
