//! Stands between a client and its one server and hands every exchange to a [`Tape`]. What passes through is not
//! changed, but for what belongs to a connection; what of it becomes a fixture is the conformance crate's to decide.
//!
//! One exchange at a time is under way: what is written down in an order must have happened in it, and the jobs that are
//! looked at before an order must be those that it meets. Nothing is sent twice, and no redirect is followed.

mod body;

mod upstream;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countermand_conformance::record::{Answered, Asked, Noted, Summary, Tape};
use countermand_edge::listen::{self, Transport};
use http::{HeaderValue, Request, Response, StatusCode, Version, header};
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use self::body::Passed;
pub use self::upstream::Upstream;

/// What clients may take of us: the defaults of a gateway.
const LIMITS: listen::Limits = listen::Limits {
    head: 16 * 1024,
    connections: 1024,
    head_timeout: Duration::from_secs(10),
    idle: Duration::from_secs(75),
    drain: Duration::from_secs(20),
};

/// A recorder whose address is bound: connections wait in the backlog until it serves.
pub struct Recorder {
    listener: TcpListener,
    upstream: Upstream,
}

/// The session, and the first file of it that could not be written.
struct Session {
    tape: Tape,
    failed: Option<std::io::Error>,
}

impl Recorder {
    /// Binds an address.
    ///
    /// # Errors
    /// It cannot be listened at.
    pub async fn bind(listen: SocketAddr, upstream: Upstream) -> std::io::Result<Recorder> {
        Ok(Recorder { listener: TcpListener::bind(listen).await?, upstream })
    }

    /// Records until `shutdown`, then lets exchanges under way end. Says in the log when it is ready, with its address.
    ///
    /// # Errors
    /// A fixture could not be written. The others were.
    pub async fn run(
        self,
        tape: Tape,
        shutdown: impl Future<Output = ()> + Send,
    ) -> std::io::Result<Summary> {
        let address = self.listener.local_addr()?;
        tracing::info!(listen = %address, upstream = %self.upstream, "ready");
        let session = Arc::new(Mutex::new(Some(Session { tape, failed: None })));
        let upstream = Arc::new(self.upstream);
        let service = {
            let session = Arc::clone(&session);
            tower::service_fn(move |request| {
                let (session, upstream) = (Arc::clone(&session), Arc::clone(&upstream));
                // A task of its own: a client that goes away must not leave half an exchange behind.
                let exchange = tokio::spawn(async move { exchange(&session, &upstream, request).await });
                async move {
                    Ok::<_, Infallible>(exchange.await.unwrap_or_else(|_| refused("the recorder failed")))
                }
            })
        };
        listen::serve(self.listener, service, LIMITS, Transport::default(), shutdown).await;
        // Exchanges whose clients have gone are waited for here: each holds the session until it has ended.
        let ended = session.lock().await.take().expect("a session ends once");
        let summary = ended.tape.end()?;
        ended.failed.map_or(Ok(summary), Err)
    }
}

async fn exchange(
    session: &Mutex<Option<Session>>,
    upstream: &Upstream,
    request: Request<Incoming>,
) -> Response<Passed> {
    let (mut parts, body) = request.into_parts();
    // Read before it is this exchange's turn, so that a slow client holds nobody up.
    let Ok((sent, body)) = body::read(body).await else {
        return refused("the body of the request ended too early");
    };
    upstream::without_hops(&mut parts.headers);
    if let Some(authority) = parts.uri.authority().filter(|_| !parts.headers.contains_key(header::HOST)) {
        // HTTP/2 has the host in the target.
        parts.headers.extend(HeaderValue::try_from(authority.as_str()).ok().map(|host| (header::HOST, host)));
    }
    let mut session = session.lock().await;
    let Some(Session { tape, failed }) = session.as_mut() else { return refused("the recording has ended") };
    let coming = tape.before(&parts.method, &parts.uri, &parts.headers).await;
    let asked = Asked {
        method: parts.method.clone(),
        uri: parts.uri.clone(),
        headers: parts.headers.clone(),
        body: sent,
    };
    let answer = match upstream.send(Request::from_parts(parts, body)).await {
        Ok(answer) => answer,
        Err(problem) => {
            tracing::warn!(method = %asked.method, path = shown(asked.uri.path()), problem, "no answer; not recorded");
            return refused(&problem);
        }
    };
    let (mut parts, body) = answer.into_parts();
    let Ok((came, body)) = body::read(body).await else {
        tracing::warn!(method = %asked.method, path = shown(asked.uri.path()), "half an answer; not recorded");
        return refused("the body of the answer ended too early");
    };
    upstream::without_hops(&mut parts.headers);
    parts.version = Version::HTTP_11;
    let answered = Answered { status: parts.status, headers: parts.headers.clone(), body: came };
    let noted = tape.after(coming, &asked, &answered).await;
    let (method, path, status) = (&asked.method, shown(asked.uri.path()), answered.status.as_u16());
    match noted {
        Ok(Noted::Recorded) => tracing::info!(%method, path, status, "recorded"),
        Ok(Noted::Folded) => tracing::info!(%method, path, status, "folded: it is like one before"),
        Ok(Noted::LeftOut(reason)) => tracing::warn!(%method, path, status, reason, "left out"),
        Err(error) => {
            tracing::error!(%method, path, status, %error, "a fixture cannot be written");
            failed.get_or_insert(error);
        }
    }
    Response::from_parts(parts, body)
}

/// A path as far as the log may have it: what stands behind `;` may be a session.
fn shown(path: &str) -> &str {
    path.split(';').next().unwrap_or_default()
}

/// What the client gets where the server has not answered.
fn refused(problem: &str) -> Response<Passed> {
    let mut response = Response::new(Passed::whole(Bytes::from(format!("countermand record: {problem}\n"))));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
