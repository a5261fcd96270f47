//! The server behind the recorder: the only one that is called, one connection for each request.

use std::fmt;
use std::time::Duration;

use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri, Version, header};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::body::Passed;

/// How long an answer may take to begin: calls that wait for a job to end are part of these APIs.
const PATIENCE: Duration = Duration::from_secs(300);

/// What belongs to a connection and not to a message (RFC 9110 §7.6.1). `Expect` does as well, once the body was read.
const HOPS: [HeaderName; 9] = [
    header::CONNECTION,
    header::EXPECT,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
];

/// Where the server is.
#[derive(Clone, Debug)]
pub struct Upstream {
    authority: Authority,
    client: Client<HttpConnector, Passed>,
}

impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}", self.authority)
    }
}

impl Upstream {
    /// The server at `url`, such as `http://prime.example:8080`. Connects to nothing yet.
    ///
    /// # Errors
    /// A sentence that says how to write it.
    pub fn new(url: &str) -> Result<Upstream, String> {
        let advice =
            || format!("{url:?} is not a server's URL; write it as http://prime.example, without a path");
        let uri: Uri = url.parse().map_err(|_| advice())?;
        if uri.scheme_str() == Some("https") {
            return Err(format!(
                "{url:?}: TLS is not in this version; put a proxy that speaks it in between, and record that"
            ));
        }
        let is_bare = uri.path().trim_end_matches('/').is_empty() && uri.query().is_none();
        let is_ours = |authority: &&Authority| {
            uri.scheme_str() == Some("http") && is_bare && !authority.as_str().contains('@')
        };
        let authority = uri.authority().filter(is_ours).ok_or_else(advice)?.clone();
        // A connection that was kept may be closed just when it is used again, and nothing is sent twice.
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .retry_canceled_requests(false)
            .http1_title_case_headers(true)
            .build_http();
        Ok(Upstream { authority, client })
    }

    /// Host and port.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// Sends a request as it came, `Host` included: a server writes its URLs by that, and a client that follows them
    /// must come by here again. Only what the client says of compression is left out, for a fixture is a text.
    pub(super) async fn send(&self, request: Request<Passed>) -> Result<Response<Incoming>, String> {
        let (mut parts, body) = request.into_parts();
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let uri = format!("http://{}{target}", self.authority);
        parts.uri = uri.parse().map_err(|error| format!("{target} cannot be asked for: {error}"))?;
        parts.version = Version::HTTP_11;
        parts.headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let answer = self.client.request(Request::from_parts(parts, body));
        let answer = tokio::time::timeout(PATIENCE, answer).await;
        let answer = answer.map_err(|_| format!("no answer from {self} within {PATIENCE:?}"))?;
        answer.map_err(|error| {
            let mut why = error.to_string();
            let mut source = std::error::Error::source(&error);
            while let Some(inner) = source {
                why = format!("{why}: {inner}");
                source = inner.source();
            }
            format!("no answer from {self}: {why}")
        })
    }
}

/// Takes away what belongs to the connection.
pub(super) fn without_hops(headers: &mut HeaderMap) {
    let named = headers.get_all(header::CONNECTION).iter().filter_map(|names| names.to_str().ok());
    let named: Vec<HeaderName> =
        named.flat_map(|names| names.split(',')).filter_map(|name| name.trim().parse().ok()).collect();
    for name in named.iter().chain(&HOPS) {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_the_connection_stays_there() {
        let mut headers = HeaderMap::new();
        for (name, value) in
            [("connection", "close, x-hop"), ("x-hop", "1"), ("keep-alive", "5"), ("accept", "a/b")]
        {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        without_hops(&mut headers);
        assert_eq!(headers.keys().collect::<Vec<_>>(), [&header::ACCEPT]);
    }

    #[test]
    fn an_upstream_is_an_address_and_nothing_more() {
        assert_eq!(Upstream::new("http://prime.example:8080/").unwrap().authority(), "prime.example:8080");
        for (url, says) in [
            ("https://prime.example", "not in this version"),
            ("http://prime.example/webacs", "without a path"),
            ("http://ana:secret@prime.example", "is not a server's URL"),
            ("prime.example", "is not a server's URL"),
        ] {
            let problem = Upstream::new(url).unwrap_err();
            assert!(problem.contains(says), "{problem}");
        }
    }
}
