//! One connection: hyper's, with our deadlines around it.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tower::ServiceExt;

use super::activity::{Activity, Tracked, Watched};
use super::arrival::{Arrived, Begins, Stream, arrive};
use super::deadlines::Deadlines;
use super::{Limits, Transport};

/// The least buffer that hyper takes without a panic.
const LEAST_BUFFER: usize = 8192;

/// How many requests one HTTP/2 connection may have under way.
const STREAMS: u32 = 128;

/// How long an HTTP/2 client may leave a ping unanswered while it waits for an answer.
const PONG: Duration = Duration::from_secs(20);

/// What all connections of a listener share.
pub(super) struct Server {
    http1: auto::Builder<TokioExecutor>,
    http2: auto::Builder<TokioExecutor>,
    either: auto::Builder<TokioExecutor>,
    limits: Limits,
    pub(super) transport: Transport,
}

impl Server {
    pub(super) fn new(limits: Limits, transport: Transport) -> Server {
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            // The names of headers as HTTP/1.1 servers always wrote them: some clients compare them byte by byte.
            .title_case_headers(true)
            .max_buf_size(limits.head.max(LEAST_BUFFER))
            // Ours, in `activity`, is for heads alone.
            .header_read_timeout(None);
        // A map more for each head: only where somebody reads it.
        let mut builder = builder.preserve_header_case(transport.keeps_spelling);
        builder
            .http2()
            .max_header_list_size(u32::try_from(limits.head).unwrap_or(u32::MAX))
            .max_concurrent_streams(STREAMS)
            .timer(TokioTimer::new())
            .keep_alive_interval(limits.idle)
            .keep_alive_timeout(PONG);
        Server {
            http1: builder.clone().http1_only(),
            http2: builder.clone().http2_only(),
            either: builder,
            limits,
            transport,
        }
    }

    /// hyper can tell by itself, but reads 24 bytes to do so and grows its buffer to twice the size over them, for as
    /// long as the connection lives: 8 KiB times ten thousand.
    fn builder(&self, begins: Begins) -> &auto::Builder<TokioExecutor> {
        match begins {
            Begins::Http1 => &self.http1,
            Begins::Http2 => &self.http2,
            Begins::Either => &self.either,
        }
    }
}

/// Serves a connection to its end: the client's, an error's, a deadline's, or that of the last request after `stop`.
/// `_slot` is its place among those that are open.
pub(super) async fn run<S, B>(
    server: Arc<Server>,
    stream: TcpStream,
    service: S,
    mut stop: watch::Receiver<bool>,
    _slot: impl Send,
) where
    S: tower::Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let activity = Activity::new();
    let mut timer = pin!(sleep_until(Instant::now() + server.limits.head_timeout));
    let mut stopped = pin!(async move { stop.wait_for(|stop| *stop).await.is_ok() });
    let arrived = tokio::select! {
        // A request that is there already is answered, shutdown or not.
        biased;
        arrived = arrive(stream, &server.transport) => arrived,
        () = timer.as_mut() => None,
        _ = stopped.as_mut() => None,
    };
    let Some(Arrived { stream, begins, client, local }) = arrived else { return };
    let builder = server.builder(begins);
    let requests = Arc::clone(&activity);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let under_way = requests.begin(request.version());
        request.extensions_mut().insert(client);
        request.extensions_mut().insert(local);
        let answer = service.clone().oneshot(request);
        async move { answer.await.map(|response| response.map(|body| Tracked { body, under_way })) }
    });
    let deadlines = Deadlines { limits: &server.limits, activity: &activity };
    let ended = match stream {
        Stream::Plain(stream) => {
            let connection = builder.serve_connection(watched(stream, &activity), service);
            deadlines.hold(pin!(connection), timer, stopped).await
        }
        Stream::Tls(stream) => {
            let connection = builder.serve_connection(watched(*stream, &activity), service);
            deadlines.hold(pin!(connection), timer, stopped).await
        }
    };
    if let Err(error) = ended {
        // What strangers do to a connection is no news.
        tracing::debug!(%client, error, "a connection ended badly");
    }
}

fn watched<I>(stream: I, activity: &Arc<Activity>) -> Watched<I> {
    Watched { stream: TokioIo::new(stream), activity: Arc::clone(activity) }
}
