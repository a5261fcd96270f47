//! One connection: hyper's, with our deadlines around it.

use std::convert::Infallible;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep_until};
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
    http1: http1::Builder,
    http2: auto::Builder<TokioExecutor>,
    either: auto::Builder<TokioExecutor>,
    limits: Limits,
    pub(super) transport: Transport,
}

impl Server {
    pub(super) fn new(limits: Limits, transport: Transport) -> Server {
        let mut http1 = http1::Builder::new();
        http1
            // The names of headers as HTTP/1.1 servers always wrote them: some clients compare them byte by byte.
            .title_case_headers(true)
            // A map more for each head: only where somebody reads it.
            .preserve_header_case(transport.keeps_spelling)
            .max_buf_size(limits.head.max(LEAST_BUFFER))
            // Ours, in `activity`, is for heads alone.
            .header_read_timeout(None);
        let mut either = auto::Builder::new(TokioExecutor::new());
        either
            .http1()
            .title_case_headers(true)
            .preserve_header_case(transport.keeps_spelling)
            .max_buf_size(limits.head.max(LEAST_BUFFER))
            .header_read_timeout(None);
        either
            .http2()
            .max_header_list_size(u32::try_from(limits.head).unwrap_or(u32::MAX))
            .max_concurrent_streams(STREAMS)
            .timer(TokioTimer::new())
            .keep_alive_interval(limits.idle)
            .keep_alive_timeout(PONG);
        Server { http1, http2: either.clone().http2_only(), either, limits, transport }
    }

    /// Speaks on a stream to the end of the connection.
    async fn speak<I, S, B>(
        &self,
        stream: I,
        begins: Begins,
        service: S,
        activity: &Arc<Activity>,
        timer: Pin<&mut Sleep>,
        stopped: Pin<&mut impl Future<Output = bool>>,
    ) -> Result<(), String>
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Send,
        S::Future: Send + 'static,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let stream = Watched { stream: TokioIo::new(stream), activity: Arc::clone(activity) };
        let deadlines = Deadlines { limits: &self.limits, activity };
        match begins {
            // hyper can tell by itself, but reads 24 bytes to do so and grows its buffer to twice the size over them,
            // for as long as the connection lives: 8 KiB times ten thousand.
            Begins::Http1 => {
                let connection = self.http1.serve_connection(stream, service);
                deadlines.hold(pin!(connection), timer, stopped).await
            }
            // Boxed: it is large, and most connections are of HTTP/1.
            Begins::Http2 | Begins::Either => {
                let builder = if begins == Begins::Http2 { &self.http2 } else { &self.either };
                let mut connection = Box::pin(builder.serve_connection(stream, service));
                deadlines.hold(connection.as_mut(), timer, stopped).await
            }
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
    let requests = Arc::clone(&activity);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let under_way = requests.begin(request.version());
        request.extensions_mut().insert(client);
        request.extensions_mut().insert(local);
        let answer = service.clone().oneshot(request);
        async move { answer.await.map(|response| response.map(|body| Tracked { body, under_way })) }
    });
    let ended = match stream {
        Stream::Plain(stream) => {
            server.speak(stream, begins, service, &activity, timer.as_mut(), stopped.as_mut()).await
        }
        // Boxed: it is large.
        Stream::Tls(stream) => {
            Box::pin(server.speak(stream, begins, service, &activity, timer.as_mut(), stopped.as_mut())).await
        }
    };
    if let Err(error) = ended {
        // What strangers do to a connection is no news.
        tracing::debug!(%client, error, "a connection ended badly");
    }
}
