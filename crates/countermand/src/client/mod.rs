//! A small client of the control API: HTTP/1.1 over TCP, a connection per request, a bearer token. No TLS: the
//! control API has none either, and stays on loopback. Knows URLs, not what a job is.

pub(crate) mod events;

use std::fmt;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, Uri, header};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A request's body: whole or streamed.
pub(crate) type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// Where the control API is, and who asks.
pub(crate) struct Client {
    authority: String,
    /// The `Authorization` header.
    authorization: header::HeaderValue,
    namespace: Option<String>,
}

/// Why there is no answer to go on with.
#[derive(Debug)]
pub(crate) enum ClientError {
    /// The URL or the token cannot be used; says why.
    Unusable(String),
    /// The connection failed.
    Unreachable {
        /// Where to.
        authority: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The control API refused.
    Refused {
        /// The status.
        status: StatusCode,
        /// The body: an RFC 9457 problem, where it is the control API that answers.
        body: String,
    },
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClientError::Unusable(problem) => f.write_str(problem),
            ClientError::Unreachable { authority, source } => {
                write!(
                    f,
                    "no answer from {authority}: {source}; is the gateway running, and is --control right?"
                )
            }
            ClientError::Refused { status, body } => write!(f, "refused with {status}: {}", problem(body)),
        }
    }
}

/// What an RFC 9457 problem says, in its own words rather than its status's; or the beginning of what is none.
fn problem(body: &str) -> String {
    let document: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let member = |name: &str| document.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    let text = member("detail").or(member("title")).unwrap_or_else(|| body.chars().take(200).collect());
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl Client {
    /// A client of the control API at `url`, such as `http://127.0.0.1:8081`. Connects to nothing yet.
    pub(crate) fn new(url: &str, token: &str, namespace: Option<String>) -> Result<Client, ClientError> {
        let advice = || {
            let form = "write it as http://127.0.0.1:8081 (there is no TLS here)";
            ClientError::Unusable(format!("{url:?} is not the URL of a control API; {form}"))
        };
        let with_scheme = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let uri: Uri = with_scheme.parse().map_err(|_| advice())?;
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http")).ok_or_else(advice)?;
        let authority =
            if authority.port().is_some() { authority.to_string() } else { format!("{authority}:80") };
        let mut authorization = header::HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| {
            ClientError::Unusable("the token has characters that no header carries; check it".to_owned())
        })?;
        authorization.set_sensitive(true);
        Ok(Client { authority, authorization, namespace })
    }

    /// Sends one request and takes an answer of 2xx. `query` pairs are encoded; the namespace is added.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, String)],
        headers: &[(header::HeaderName, String)],
        body: Body,
    ) -> Result<Response<Incoming>, ClientError> {
        let unreachable = |source: Box<dyn std::error::Error + Send + Sync>| ClientError::Unreachable {
            authority: self.authority.clone(),
            source,
        };
        let mut request = Request::builder()
            .method(method)
            .uri(self.target(path, query))
            .header(header::HOST, &self.authority)
            .header(header::AUTHORIZATION, &self.authorization);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request
            .body(body)
            .map_err(|error| ClientError::Unusable(format!("the request cannot be sent: {error}")))?;
        let stream = TcpStream::connect(&self.authority).await.map_err(|error| unreachable(error.into()))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| unreachable(error.into()))?;
        // Ends with the response body; its errors reach us through the request.
        tokio::spawn(connection);
        let response = sender.send_request(request).await.map_err(|error| unreachable(error.into()))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = response.into_body().collect().await.map_err(|error| unreachable(error.into()))?;
        Err(ClientError::Refused { status, body: String::from_utf8_lossy(&body.to_bytes()).into_owned() })
    }

    /// The same, with the whole answer as text.
    pub(crate) async fn text(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, String)],
        headers: &[(header::HeaderName, String)],
        body: Body,
    ) -> Result<String, ClientError> {
        let response = self.send(method, path, query, headers, body).await?;
        let body = response.into_body().collect().await.map_err(|error| ClientError::Unreachable {
            authority: self.authority.clone(),
            source: error.into(),
        })?;
        Ok(String::from_utf8_lossy(&body.to_bytes()).into_owned())
    }

    fn target(&self, path: &str, query: &[(&str, String)]) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        pairs.extend_pairs(self.namespace.iter().map(|namespace| ("namespace", namespace.as_str())));
        pairs.extend_pairs(query.iter().map(|(name, value)| (*name, value.as_str())));
        match pairs.finish().as_str() {
            "" => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }
}

/// A body that is all there.
pub(crate) fn whole(text: impl Into<Bytes>) -> Body {
    http_body_util::Full::new(text.into()).map_err(|never| match never {}).boxed_unsync()
}
