//! What happens on a connection before HTTP: the proxy's word, the TLS handshake, and a look at how it begins.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::Transport;
use super::proxy_protocol::{self, Proxied};
use super::tls::HTTP2;
use crate::Local;

/// A connection on which HTTP may begin.
pub(super) struct Arrived {
    pub(super) stream: Stream,
    pub(super) begins: Begins,
    /// Who it is, as far as we know.
    pub(super) client: SocketAddr,
    /// What they connected to.
    pub(super) local: Local,
}

/// The bytes of HTTP, and what is around them.
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Which HTTP it will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begins {
    Http1,
    Http2,
    /// Too few bytes came to know.
    Either,
}

/// Brings a connection to where HTTP begins. `None` where there is nobody to answer, or nobody who may be answered.
pub(super) async fn arrive(stream: TcpStream, transport: &Transport) -> Option<Arrived> {
    // Answers are small and written whole: waiting for more would only be waiting. The calls fail only on a socket that
    // is dead already.
    stream.set_nodelay(true).ok()?;
    let client = stream.peer_addr().ok()?;
    let address = stream.local_addr().ok()?;
    match begin(stream, transport, client, Local { address, secure: false }).await {
        Ok(arrived) => Some(arrived),
        Err(error) => {
            // What strangers do to a connection is no news.
            tracing::debug!(%client, %error, "a connection did not begin");
            None
        }
    }
}

async fn begin(
    mut stream: TcpStream,
    transport: &Transport,
    mut client: SocketAddr,
    mut local: Local,
) -> io::Result<Arrived> {
    if let Some(proxies) = &transport.proxy_protocol {
        let ip = client.ip().to_canonical();
        if !proxies.iter().any(|proxy| proxy.contains(&ip)) {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is none of the trusted proxies"));
        }
        if let Some(Proxied { client: told, server, secure }) = proxy_protocol::read(&mut stream).await? {
            client = told;
            local = Local { address: server, secure };
        }
    }
    match &transport.tls {
        None => {
            let begins = look(&stream).await?;
            Ok(Arrived { stream: Stream::Plain(stream), begins, client, local })
        }
        Some(tls) => {
            let stream = tls.accept(stream).await?;
            // RFC 9113 §3.3: over TLS, HTTP/2 is what ALPN has agreed upon, and nothing else.
            let is_http2 = stream.get_ref().1.alpn_protocol() == Some(HTTP2);
            let begins = if is_http2 { Begins::Http2 } else { Begins::Http1 };
            local.secure = true;
            Ok(Arrived { stream: Stream::Tls(Box::new(stream)), begins, client, local })
        }
    }
}

/// How a plain connection begins, without taking a byte.
async fn look(stream: &TcpStream) -> io::Result<Begins> {
    // RFC 9113 §3.4; no method of HTTP/1 begins so.
    let preface = b"PRI";
    let mut first = [0; 3];
    let length = stream.peek(&mut first).await?;
    match &first[..length] {
        [] => Err(io::ErrorKind::UnexpectedEof.into()),
        first if first == preface => Ok(Begins::Http2),
        first if preface.starts_with(first) => Ok(Begins::Either),
        _ => Ok(Begins::Http1),
    }
}
