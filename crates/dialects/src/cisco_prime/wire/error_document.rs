//! `errorDocument`: why a request was refused, "in your requested format".

use super::style::{Style, domain, in_format};
use crate::Echo;
use crate::grammar::query;
use crate::grammar::xml::Writer as Xml;

/// The document; the rest of it is the request's own.
#[derive(Debug)]
pub(in super::super) struct ErrorDocumentWire {
    pub(in super::super) http_response_code: u16,
    pub(in super::super) message: String,
    pub(in super::super) id: String,
}

impl ErrorDocumentWire {
    pub(in super::super) fn write(&self, echo: &Echo) -> Vec<u8> {
        in_format(echo, || self.json(echo), || self.xml(echo))
    }

    fn json(&self, echo: &Echo) -> Vec<u8> {
        let style = Style::of(echo);
        let mut json = style.json();
        json.object(|json| {
            json.member_object("errorDocument", |json| {
                json.member_integer("httpResponseCode", i64::from(self.http_response_code));
                json.member_string("httpMethod", echo.method.as_str());
                json.member_string("message", &self.message);
                json.member_string("id", &self.id);
                json.member_string("uriPath", uri_path(style, echo));
                json.member_string("queryParams", &query_params(echo));
                if style.is_v4() {
                    json.member_string("domain", &domain(echo));
                }
            });
        });
        json.finish()
    }

    fn xml(&self, echo: &Echo) -> Vec<u8> {
        let style = Style::of(echo);
        let mut xml = Xml::new();
        xml.element("errorDocument", &[], |xml| {
            xml.text_element("httpResponseCode", &self.http_response_code.to_string());
            xml.text_element("httpMethod", echo.method.as_str());
            xml.text_element("message", &self.message);
            xml.text_element("id", &self.id);
            xml.text_element("uriPath", uri_path(style, echo));
            xml.text_element("queryParams", &query_params(echo));
            if style.is_v4() {
                xml.text_element("domain", &domain(echo));
            }
        });
        xml.finish()
    }
}

/// Quirk: v4 leaves out the first slash, and tells the domain; fixtures/cisco-prime/v4-unknown-job-json.http
fn uri_path(style: Style, echo: &Echo) -> &str {
    if style.is_v4() { echo.path.trim_start_matches('/') } else { &echo.path }
}

/// Quirk: the text of a Java map, `{}` where there is no query; fixtures/cisco-prime/v1-unknown-job-with-query-json.http.
/// Seen only empty; that each name has a list of values, `{.full=[true]}`, is inferred from the map JAX-RS has.
fn query_params(echo: &Echo) -> String {
    let mut params: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in query::pairs(&echo.query) {
        match params.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => params.push((name, vec![value])),
        }
    }
    let params: Vec<_> =
        params.iter().map(|(name, values)| format!("{name}=[{}]", values.join(", "))).collect();
    format!("{{{}}}", params.join(", "))
}
