//! The way to one server: its connections, and requests on them.

use std::fmt;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::capture_connection;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{Instant, timeout_at};
use tower::BoxError;

use crate::connector::Connector;
use crate::{Base, Cause, NoAnswer, Trust};

/// How long a connection is kept for the next request: below the 5 s of an Apache httpd and the 20 s of a Tomcat, which
/// are the shortest that legacy servers have by themselves. One that the server is about to close serves nobody.
const KEPT_FOR: Duration = Duration::from_secs(4);

/// How many connections are kept.
const KEPT: usize = 64;

/// On which connection a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Connection {
    /// One that was used before, if there is one. The server may be closing it at this very moment, and then nobody knows
    /// whether it took the request: for requests that may be sent again.
    Kept,
    /// A new one, ended after the answer: for requests that are sent once. As long as it cannot be had, nothing was
    /// sent; and no server gives up a connection on which it has not heard anything yet.
    Fresh,
}

/// The way to one server. Clones share the connections. Redirects are not followed: they are answers.
pub struct Link<B> {
    base: Base,
    kept: Client<Connector, B>,
    fresh: Client<Connector, B>,
}

impl<B> Clone for Link<B> {
    fn clone(&self) -> Link<B> {
        Link { base: self.base.clone(), kept: self.kept.clone(), fresh: self.fresh.clone() }
    }
}

impl<B> fmt::Debug for Link<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({})", self.base)
    }
}

impl<B> Link<B>
where
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    /// The way to the server at `base`. Connects to nothing yet. `connect`: until a connection is there.
    #[must_use]
    pub fn new(base: Base, trust: &Trust, connect: Duration) -> Link<B> {
        let connector = Connector::new(trust, connect);
        let mut builder = Client::builder(TokioExecutor::new());
        // Names as they came where they came over HTTP/1, else in the way that even the oldest parser has seen.
        builder.http1_preserve_header_case(true).http1_title_case_headers(true);
        builder.timer(TokioTimer::new()).pool_timer(TokioTimer::new());
        builder.pool_idle_timeout(KEPT_FOR).pool_max_idle_per_host(KEPT);
        // hyper hands a request back only from the queue before a connection, never once its head was encoded
        // (hyper's `client::dispatch::TrySendError`): what hyper-util then does again was not begun.
        builder.retry_canceled_requests(true);
        let kept = builder.build(connector.clone());
        builder.retry_canceled_requests(false).pool_max_idle_per_host(0);
        Link { base, kept, fresh: builder.build(connector) }
    }

    /// Where the server is.
    #[must_use]
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// Sends a request once and waits for the head of its answer until `until`. The URI is a path and query below the
    /// base; `Host` is the base's where the request has none. Headers of the connection and framing are the sender's to
    /// leave out. The body of the answer comes as the server sends it, without a limit.
    ///
    /// A request that nobody waits for any longer is given up, and its connection with it.
    ///
    /// # Errors
    /// No answer has begun.
    pub async fn send(
        &self,
        mut request: Request<B>,
        connection: Connection,
        until: Instant,
    ) -> Result<Response<Incoming>, NoAnswer> {
        let target = request.uri().path_and_query().map_or("", |target| target.as_str());
        *request.uri_mut() = self.base.join(target).map_err(|problem| NoAnswer {
            unsent: true,
            cause: Cause::Target,
            why: format!("{target:?} is {problem}"),
        })?;
        *request.version_mut() = http::Version::HTTP_11;
        // Set just before the request is given to a connection: before that, nothing can have been sent.
        let captured = capture_connection(&mut request);
        let client = match connection {
            Connection::Kept => &self.kept,
            Connection::Fresh => &self.fresh,
        };
        let answer = timeout_at(until, client.request(request)).await;
        let had_connection = captured.connection_metadata().is_some();
        match answer {
            Ok(answer) => answer.map_err(|error| NoAnswer::of(&error, had_connection)),
            Err(_) if had_connection => {
                let why = "the connection was there, and no answer had begun in time".to_owned();
                Err(NoAnswer { unsent: false, cause: Cause::Late, why })
            }
            Err(_) => {
                let why = "no connection was there in time".to_owned();
                Err(NoAnswer { unsent: true, cause: Cause::ConnectTimeout, why })
            }
        }
    }
}
