//! Accepts connections for any HTTP service: this crate's edge, or another listener's. It knows sockets, limits and
//! deadlines; what is asked and answered on a connection is the service's business.
//!
//! ```
//! use std::{convert::Infallible, time::Duration};
//!
//! use countermand_edge::listen::{Drained, Limits, Transport, serve};
//! use http_body_util::Full;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let hello = tower::service_fn(|_| async { Ok::<_, Infallible>(http::Response::new(Full::<bytes::Bytes>::from("hello"))) });
//! let limits = Limits {
//!     head: 16 * 1024,
//!     connections: 20_000,
//!     head_timeout: Duration::from_secs(10),
//!     idle: Duration::from_secs(75),
//!     drain: Duration::from_secs(20),
//! };
//! let shutdown = async {};
//! let drained = serve(listener, hello, limits, Transport::default(), shutdown).await;
//! assert_eq!(drained, Drained { finished: 0, cut: 0 });
//! # Ok(())
//! # }
//! ```

mod activity;
mod arrival;
mod connection;
mod deadlines;
mod proxy_protocol;
mod tls;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

pub use tls::{Tls, TlsError, TlsFiles};

/// What a client may take of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest request head, in bytes: 431. Below 8 KiB it is 8 KiB, which is the least that hyper reads at a time.
    pub head: usize,
    /// The most connections at a time. Further ones wait in the kernel until one ends.
    pub connections: usize,
    /// How long a head may take, from its first byte on; of the first one, from the accept on.
    pub head_timeout: Duration,
    /// How long a connection may stay without a request.
    pub idle: Duration,
    /// How long requests under way may take to end after the shutdown.
    pub drain: Duration,
}

/// What comes before HTTP on a connection, from the outside in, and how its heads are read.
#[derive(Clone, Default)]
pub struct Transport {
    /// The PROXY protocol, required of every connection; only these may connect. `None`: nobody speaks it.
    pub proxy_protocol: Option<Arc<[IpNet]>>,
    /// TLS, required of every connection.
    pub tls: Option<Arc<Tls>>,
    /// Whether it is remembered how clients spell the names of headers, for requests that are passed on as they came.
    pub keeps_spelling: bool,
}

/// What became of the connections that were open at the shutdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// How many ended by themselves.
    pub finished: usize,
    /// How many were cut when the time was over.
    pub cut: usize,
}

/// Serves HTTP/1 and HTTP/2 (by ALPN under TLS, else by prior knowledge) until `shutdown` is done, and then whatever is
/// under way, but not longer than [`Limits::drain`].
///
/// Each request carries the client's address, under the PROXY protocol the one that the proxy tells, as an extension of the type [`SocketAddr`](std::net::SocketAddr), which any
/// service can read without knowing this crate, and ours as [`Local`](crate::Local).
pub async fn serve<S, B>(
    listener: TcpListener,
    service: S,
    limits: Limits,
    transport: Transport,
    shutdown: impl Future<Output = ()>,
) -> Drained
where
    S: tower::Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut shutdown = pin!(shutdown);
    let server = Arc::new(connection::Server::new(limits, transport));
    let slots = Arc::new(Semaphore::new(limits.connections));
    let (stop, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();

    // A slot is taken before the accept, so that what is too much waits where it costs us nothing.
    while let Some(slot) = unless(shutdown.as_mut(), Arc::clone(&slots).acquire_owned()).await {
        let Some(stream) = unless(shutdown.as_mut(), accept(&listener)).await else { break };
        while connections.try_join_next().is_some() {}
        let server = Arc::clone(&server);
        connections.spawn(connection::run(server, stream, service.clone(), stopped.clone(), slot));
    }

    drop(listener);
    while connections.try_join_next().is_some() {}
    let open = connections.len();
    // Nobody listens any more when the last connection has ended, and then there is nothing to stop.
    stop.send(true).ok();
    let ended = timeout(limits.drain, async { while connections.join_next().await.is_some() {} }).await;
    let cut = if ended.is_ok() { 0 } else { connections.len() };
    connections.shutdown().await;
    Drained { finished: open - cut, cut }
}

/// What comes of `work`, unless the shutdown is first.
async fn unless<T>(shutdown: Pin<&mut impl Future<Output = ()>>, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = shutdown => None,
        done = work => Some(done),
    }
}

/// The next connection, however long it takes.
async fn accept(listener: &TcpListener) -> TcpStream {
    const FIRST: Duration = Duration::from_millis(10);
    const LONGEST: Duration = Duration::from_secs(1);
    let mut pause = FIRST;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if is_about_one(&error) => {
                tracing::debug!(%error, "a connection ended before it was accepted");
            }
            Err(error) => {
                // Out of descriptors or memory: the same error would come at once, for as long as it lasts.
                tracing::warn!(%error, ?pause, "cannot accept; trying again");
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST);
            }
        }
    }
}

/// Whether the next accept may well succeed: what accept(2) says of one connection and not of us.
fn is_about_one(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
