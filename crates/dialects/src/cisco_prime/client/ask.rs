//! The requests that a server is sent, in the version and the format that it is to be spoken to in. Ids are numbers here:
//! nothing that a caller wrote stands in a path.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::routes::JOB_SUMMARY;
use super::super::settings::Settings;
use super::super::wire::{Payload, write_ids};
use crate::Format;
use crate::conversation::{Ask, Safety};

/// How many ids one request is about. The reference names no limit; what it prints for pages begins at 100.
pub(super) const AT_ONCE: usize = 100;

/// What stands in a value of a query as it is: as the vendor's pages print it, who ask for encoded quotes.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'(')
    .remove(b')')
    .remove(b',');

/// How a server is spoken to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    version: u8,
    format: Format,
}

impl Manner {
    pub(super) fn new(settings: &Settings) -> Manner {
        Manner { version: settings.client_version, format: settings.client_format }
    }

    /// `GET data/JobSummary/{id}`.
    pub(super) fn summary(self, id: i64) -> Ask {
        self.get(&format!("data/{JOB_SUMMARY}/{id}"), &[])
    }

    /// `GET data/JobSummary`, whole entities.
    pub(super) fn summaries(self, parameters: &[(String, String)]) -> Ask {
        let mut all = vec![(".full".to_owned(), "true".to_owned())];
        all.extend_from_slice(parameters);
        self.get(&format!("data/{JOB_SUMMARY}"), &all)
    }

    /// The same of the jobs whose latest run is one of these.
    pub(super) fn latest_runs(self, ids: &[i64]) -> Ask {
        let most = ids.len().to_string();
        let parameters = [("runId", one_of(ids)), (".maxResults", most), (".nocount", "true".to_owned())];
        self.summaries(&parameters.map(|(name, value)| (name.to_owned(), value)))
    }

    /// `GET op/jobService/runhistory`.
    pub(super) fn history(self, parameters: &[(String, String)]) -> Ask {
        self.get("op/jobService/runhistory", parameters)
    }

    /// `PUT op/jobService/{operation}` with ids.
    pub(super) fn operate<P: Payload>(self, operation: &str, ids: &[i64]) -> Ask {
        let mut request = self.request(Method::PUT, &format!("op/jobService/{operation}"), &[]);
        request.headers_mut().insert(CONTENT_TYPE, self.media());
        *request.body_mut() = write_ids::<P>(self.version, self.format, ids).into();
        Ask { request, safety: Safety::Changing }
    }

    fn get(self, path: &str, parameters: &[(String, String)]) -> Ask {
        Ask { request: self.request(Method::GET, path, parameters), safety: Safety::Safe }
    }

    fn request(self, method: Method, path: &str, parameters: &[(String, String)]) -> Request<Bytes> {
        let suffix = match self.format {
            Format::Json => "json",
            Format::Xml => "xml",
        };
        let parameter =
            |(name, value): &(String, String)| format!("{name}={}", utf8_percent_encode(value, VALUE));
        let query: Vec<String> = parameters.iter().map(parameter).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        let target = format!("/v{}/{path}.{suffix}{mark}{}", self.version, query.join("&"));
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = method;
        *request.uri_mut() = Uri::try_from(target).expect("names and encoded values are fit for a URI");
        request.headers_mut().insert(ACCEPT, self.media());
        request
    }

    fn media(self) -> HeaderValue {
        HeaderValue::from_static(match self.format {
            Format::Json => "application/json",
            Format::Xml => "text/xml",
        })
    }
}

/// A condition that an attribute is one of these ids, as the vendor's pages write it.
pub(super) fn one_of(ids: &[i64]) -> String {
    match ids {
        [only] => only.to_string(),
        ids => format!("in({})", ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",")),
    }
}
