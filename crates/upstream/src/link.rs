//! The way to one server: which connection a request takes, and what is known when no answer comes.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::HOST;
use http::{HeaderValue, Request, Response, Uri};
use http_body::Body;
use tokio::time::{Instant, timeout_at};
use tower::{BoxError, ServiceExt};

use crate::connector::Connector;
use crate::kept::Kept;
use crate::line::{Line, Unanswered};
use crate::{Answer, Base, Cause, NoAnswer, Trust};

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
pub struct Link<B>
where
    B: Body + 'static,
{
    base: Base,
    /// Where to connect to.
    server: Uri,
    host: HeaderValue,
    connector: Connector,
    kept: Arc<Kept<B>>,
}

impl<B> Clone for Link<B>
where
    B: Body + 'static,
{
    fn clone(&self) -> Link<B> {
        let Link { base, server, host, connector, kept } = self;
        Link {
            base: base.clone(),
            server: server.clone(),
            host: host.clone(),
            connector: connector.clone(),
            kept: Arc::clone(kept),
        }
    }
}

impl<B> fmt::Debug for Link<B>
where
    B: Body + 'static,
{
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
        let (server, host) = (base.server(), base.host());
        Link { base, server, host, connector: Connector::new(trust, connect), kept: Kept::new() }
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
    ) -> Result<Response<Answer<B>>, NoAnswer> {
        let target = self.base.join(request.uri().path_and_query()).map_err(|problem| NoAnswer {
            unsent: true,
            cause: Cause::Target,
            why: format!("{} is {problem}", request.uri()),
        })?;
        *request.uri_mut() = Uri::from(target);
        *request.version_mut() = http::Version::HTTP_11;
        if !request.headers().contains_key(HOST) {
            request.headers_mut().insert(HOST, self.host.clone());
        }
        loop {
            let kept = match connection {
                Connection::Kept => self.kept.take(),
                Connection::Fresh => None,
            };
            let was_kept = kept.is_some();
            let line = match kept {
                Some(line) => line,
                // Boxed: it is large, and most requests find a connection.
                None => Box::pin(self.connect(until)).await?,
            };
            match line.ask(request, until).await {
                Ok((answer, line)) => {
                    let kept = (connection == Connection::Kept).then(|| Arc::clone(&self.kept));
                    return Ok(answer.map(|body| Answer::new(body, line, kept)));
                }
                // Nothing of it was sent: the server had closed the connection since.
                Err(Unanswered::Broken { handed_back: Some(again), .. }) if was_kept => request = *again,
                Err(Unanswered::Broken { error, handed_back }) => {
                    return Err(NoAnswer::broken(&error, handed_back.is_some()));
                }
                Err(Unanswered::Late) => {
                    let why = "the connection was there, and no answer had begun in time".to_owned();
                    return Err(NoAnswer { unsent: false, cause: Cause::Late, why });
                }
            }
        }
    }

    async fn connect(&self, until: Instant) -> Result<Box<Line<B>>, NoAnswer> {
        let connecting = self.connector.clone().oneshot(self.server.clone());
        match timeout_at(until, connecting).await {
            Ok(Ok(stream)) => Line::new(stream, until).await.map_err(|error| NoAnswer::broken(&error, true)),
            Ok(Err(error)) => Err(NoAnswer::unconnected(&*error)),
            Err(_) => {
                let why = "no connection was there in time".to_owned();
                Err(NoAnswer { unsent: true, cause: Cause::ConnectTimeout, why })
            }
        }
    }
}
