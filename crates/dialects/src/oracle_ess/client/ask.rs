//! Requests to a server: an operation of the table of routes, with its path filled in, and what sending it may do. What
//! is asked and why is not known here.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Method, Request};

use crate::grammar::path;
use crate::oracle_ess::routes::ROUTES;
use crate::{Ask, Operation, Safety};

/// A client of a live server was seen to send it with everything that changes something, as Oracle's guards against
/// requests of other sites ask for elsewhere; the pages of this API do not mention it (observed).
const REQUESTED_BY: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-requested-by"), HeaderValue::from_static("countermand"));

/// Every operation is answered in it, whatever else it may be answered in.
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// An operation on the request of this id.
pub(super) fn about(operation: &str, id: &str) -> Ask {
    ask(operation, id, &[], None)
}

/// The same, with a document.
pub(super) fn telling(operation: &str, id: &str, document: Vec<u8>) -> Ask {
    ask(operation, id, &[], Some(document))
}

/// A page of a list, from 1.
pub(super) fn page(page_index: u64, parameters: &[(&str, &str)]) -> Ask {
    ask("search", &page_index.to_string(), parameters, None)
}

fn ask(name: &str, segment: &str, parameters: &[(&str, &str)], document: Option<Vec<u8>>) -> Ask {
    let operation = operation(name);
    let segment = path::segment(segment).expect("the ids that are asked for, and pages, are numbers");
    let is_variable = |part: &str| part.starts_with('{');
    let parts = operation.path.split('/').map(|part| if is_variable(part) { segment.as_str() } else { part });
    let mut uri = parts.collect::<Vec<_>>().join("/");
    if !parameters.is_empty() {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        uri = format!("{uri}?{query}");
    }
    let method = operation.methods.first().cloned().unwrap_or(Method::GET);
    let mut request = Request::builder().method(method).uri(uri).header(ACCEPT, JSON);
    if operation.safety == Safety::Changing {
        request = request.header(REQUESTED_BY.0, REQUESTED_BY.1);
    }
    if document.is_some() {
        request = request.header(CONTENT_TYPE, JSON);
    }
    let request = request.body(Bytes::from(document.unwrap_or_default()));
    Ask { request: request.expect("a path and a query that are escaped"), safety: operation.safety }
}

/// A row of the table.
fn operation(name: &str) -> &'static Operation {
    let mut operations = ROUTES.iter().map(|route| &route.operation);
    operations.find(|operation| operation.name == name).expect("an operation of the table")
}
