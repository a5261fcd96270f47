//! Connects, in time. Without a limit of its own a handshake that nobody answers would last as long as the request may.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower::{BoxError, Service};

use crate::Trust;

/// The bytes of a connection.
pub(crate) type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

/// Makes connections: TCP, and TLS where the URL says so. HTTP/1.1 only: of a request on a connection of its own it is
/// known whether anything of it was sent, of one of many on HTTP/2 it is not, and none of the legacy servers needs that.
#[derive(Clone)]
pub(crate) struct Connector {
    inner: HttpsConnector<HttpConnector>,
    limit: Duration,
}

impl Connector {
    /// `limit`: until a connection is there, its handshake included.
    pub(crate) fn new(trust: &Trust, limit: Duration) -> Connector {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        // A request is written at once and then waited for: nothing is won by collecting.
        tcp.set_nodelay(true);
        let builder = HttpsConnectorBuilder::new().with_tls_config((*trust.0).clone());
        let inner = builder.https_or_http().enable_http1().wrap_connector(tcp);
        Connector { inner, limit }
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        let (connecting, limit) = (self.inner.call(server), self.limit);
        Box::pin(async move {
            tokio::time::timeout(limit, connecting).await.unwrap_or_else(|_| {
                let problem = format!("no connection within {limit:?}");
                Err(io::Error::new(io::ErrorKind::TimedOut, problem).into())
            })
        })
    }
}
