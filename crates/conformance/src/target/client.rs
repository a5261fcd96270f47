//! A small HTTP client: one request, one whole answer, a deadline. Targets are sent as they are written, byte for byte;
//! redirects are not followed and nothing is tried twice.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::Trouble;
use crate::compare::Seen;
use crate::fill::Base;

/// How long an answer may take. Longer than any gateway waits for a job to settle.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest answer that is taken; no fixture expects one of a hundredth of it.
const LONGEST: usize = 16 << 20;

/// Somebody's HTTP address, and connections to it.
#[derive(Clone)]
pub(super) struct Client {
    base: Base,
    /// What stands before every path; empty, or such as `/vp`.
    prefix: String,
    pool: legacy::Client<HttpConnector, Full<Bytes>>,
}

impl Client {
    /// A client of `url`, such as `http://127.0.0.1:8080` or `http://gateway.example/vp`. Connects to nothing yet.
    ///
    /// # Errors
    /// A sentence that says how to write it.
    pub(super) fn new(url: &str) -> Result<Client, String> {
        let advice = || format!("{url:?} is not a URL to call; write it as http://127.0.0.1:8080");
        let with_scheme = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let uri: Uri = with_scheme.parse().map_err(|_| advice())?;
        if uri.scheme_str() == Some("https") {
            return Err(format!(
                "{url:?}: there is no TLS here; put a proxy that speaks it in between, and call that"
            ));
        }
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http")).ok_or_else(advice)?;
        if uri.query().is_some() || authority.as_str().contains('@') {
            return Err(advice());
        }
        let prefix = uri.path().trim_end_matches('/').to_owned();
        let base = Base { url: format!("http://{authority}{prefix}"), authority: authority.to_string() };
        Ok(Client { base, prefix, pool: legacy::Client::builder(TokioExecutor::new()).build_http() })
    }

    /// Where it is.
    pub(super) fn base(&self) -> &Base {
        &self.base
    }

    /// Sends a request whose target is a path below the address.
    pub(super) async fn send(&self, request: Request<Bytes>) -> Result<Seen, Trouble> {
        let (mut parts, body) = request.into_parts();
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let uri = format!("http://{}{}{target}", self.base.authority, self.prefix);
        parts.uri =
            uri.parse().map_err(|error| Trouble::Case(format!("{target} cannot be sent: {error}")))?;
        // The body has its own length, whatever the fixture says of it.
        parts.headers.remove(header::CONTENT_LENGTH);
        let answer = self.pool.request(Request::from_parts(parts, Full::new(body)));
        let late = || Trouble::Gone(format!("no answer from {} within {PATIENCE:?}", self.base.url));
        let answer = tokio::time::timeout(PATIENCE, answer).await.map_err(|_| late())?;
        let (head, body) = answer.map_err(|error| self.gone(&error))?.into_parts();
        let body = tokio::time::timeout(PATIENCE, Limited::new(body, LONGEST).collect()).await;
        let body = body
            .map_err(|_| late())?
            .map_err(|error| Trouble::Case(format!("the body of an answer: {error}")))?;
        Ok(seen(&http::Response::from_parts(head, body.to_bytes())))
    }

    fn gone(&self, error: &legacy::Error) -> Trouble {
        let mut why = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(inner) = source {
            why = format!("{why}: {inner}");
            source = inner.source();
        }
        Trouble::Gone(format!("no answer from {}: {why}; is it running there?", self.base.url))
    }
}

/// An answer as the comparison takes it.
fn seen(response: &http::Response<Bytes>) -> Seen {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Seen {
        status: response.status().as_u16(),
        headers: response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: String::from_utf8_lossy(response.body()).into_owned(),
    }
}

impl From<&http::Response<Bytes>> for Seen {
    fn from(response: &http::Response<Bytes>) -> Seen {
        seen(response)
    }
}
