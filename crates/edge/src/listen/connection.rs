//! One connection: hyper's, with our deadlines around it.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
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

use super::Limits;
use super::activity::{Activity, Overdue, Tracked, Watched};
use crate::Local;

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
}

impl Server {
    pub(super) fn new(limits: Limits) -> Server {
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            // The names of headers as HTTP/1.1 servers always wrote them: some clients compare them byte by byte.
            .title_case_headers(true)
            .max_buf_size(limits.head.max(LEAST_BUFFER))
            // Ours, in `activity`, is for heads alone.
            .header_read_timeout(None);
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
        }
    }

    /// Whose connection begins like this. hyper can tell by itself, but reads 24 bytes to do so and grows its buffer
    /// to twice the size over them, for as long as the connection lives: 8 KiB times ten thousand.
    fn builder(&self, first: &[u8]) -> &auto::Builder<TokioExecutor> {
        // RFC 9113 §3.4; no method of HTTP/1 begins so.
        let preface = b"PRI";
        match first {
            first if first == preface => &self.http2,
            first if preface.starts_with(first) => &self.either,
            _ => &self.http1,
        }
    }
}

/// Serves a connection to its end: the client's, an error's, a deadline's, or that of the last request after `stop`.
pub(super) async fn run<S, B>(
    server: Arc<Server>,
    stream: TcpStream,
    service: S,
    mut stop: watch::Receiver<bool>,
) where
    S: tower::Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    // Answers are small and written whole: waiting for more would only be waiting. Both calls fail only on a socket
    // that is dead already.
    let (Ok(()), Ok(peer), Ok(local)) = (stream.set_nodelay(true), stream.peer_addr(), stream.local_addr())
    else {
        return;
    };
    let activity = Activity::new();
    let mut timer = pin!(sleep_until(Instant::now() + server.limits.head_timeout));
    let mut stopped = pin!(async move { stop.wait_for(|stop| *stop).await.is_ok() });
    let mut first = [0; 3];
    let builder = tokio::select! {
        // A request that is there already is answered, shutdown or not.
        biased;
        peeked = stream.peek(&mut first) => match peeked {
            Ok(length) if length > 0 => server.builder(&first[..length]),
            Ok(_) | Err(_) => return,
        },
        () = timer.as_mut() => return,
        _ = stopped.as_mut() => return,
    };
    let requests = Arc::clone(&activity);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let under_way = requests.begin(request.version());
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(Local(local));
        let answer = service.clone().oneshot(request);
        async move { answer.await.map(|response| response.map(|body| Tracked { body, under_way })) }
    });
    let stream = Watched { stream: TokioIo::new(stream), activity: Arc::clone(&activity) };
    let mut connection = pin!(builder.serve_connection(stream, service));
    // When no further request was let in. From then on the client has the time of a head to take what is its own.
    let mut goodbye: Option<Instant> = None;

    let ended = poll_fn(|context| {
        loop {
            if let Poll::Ready(result) = connection.as_mut().poll(context) {
                return Poll::Ready(result.map_err(|error| error.to_string()));
            }
            if goodbye.is_none() && stopped.as_mut().poll(context).is_ready() {
                goodbye = Some(Instant::now());
                connection.as_mut().graceful_shutdown();
                continue;
            }
            let deadline = activity.deadline(&server.limits).map(|(at, overdue)| match goodbye {
                Some(said) if overdue == Overdue::Idle => {
                    (at.max(said + server.limits.head_timeout), overdue)
                }
                Some(_) | None => (at, overdue),
            });
            // The timer is moved only when it would be late or when it was early, so that a request costs it nothing.
            if let Some((at, _)) = deadline
                && at < timer.deadline()
            {
                timer.as_mut().reset(at);
            }
            if timer.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            let now = Instant::now();
            match deadline {
                None => timer.as_mut().reset(now + server.limits.head_timeout.min(server.limits.idle)),
                Some((at, _)) if now < at => timer.as_mut().reset(at),
                Some((_, Overdue::Head)) => {
                    return Poll::Ready(Err("the head did not arrive in time".to_owned()));
                }
                Some((_, Overdue::Idle)) if goodbye.is_some() => {
                    return Poll::Ready(Err("the client does not take its last answer".to_owned()));
                }
                Some((_, Overdue::Idle)) => {
                    goodbye = Some(now);
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    })
    .await;
    if let Err(error) = ended {
        // What strangers do to a connection is no news.
        tracing::debug!(client = %peer, error, "a connection ended badly");
    }
}
