//! One connection, and one request on it at a time. It has no task of its own: whoever waits for the answer drives it.
//! A request then costs no hop between tasks, and one that is given up takes its connection with it.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use tokio::task::unconstrained;
use tokio::time::{Instant, Sleep, sleep_until};
use tower::BoxError;

use crate::connector::Stream;

/// A connection over HTTP/1.1.
pub(crate) struct Line<B>
where
    B: Body + 'static,
{
    sender: SendRequest<B>,
    /// `None` when it has ended.
    connection: Option<http1::Connection<Stream, B>>,
    /// Rings when an answer may be late. It is moved when it would ring too late or has rung too early, so that most
    /// requests cost the runtime's timers nothing.
    clock: Pin<Box<Sleep>>,
}

/// Why no answer has begun.
pub(crate) enum Unanswered<B> {
    /// The time was over.
    Late,
    /// The connection has ended.
    Broken {
        error: hyper::Error,
        /// The request, if nothing of it was sent: hyper hands it back only from the queue before the connection, never
        /// once its head was encoded (`hyper::client::conn::TrySendError`).
        handed_back: Option<Box<Request<B>>>,
    },
}

impl<B> Line<B>
where
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    /// Names of headers as they came where they came over HTTP/1, else in the way that even the oldest parser has seen.
    pub(crate) async fn new(stream: Stream, until: Instant) -> hyper::Result<Box<Line<B>>> {
        let mut builder = http1::Builder::new();
        builder.preserve_header_case(true).title_case_headers(true);
        // Most requests are a head, or a little more: one `send` costs the kernel less than a `writev`.
        builder.writev(false);
        let (sender, connection) = builder.handshake(stream).await?;
        let clock = Box::pin(sleep_until(until));
        Ok(Box::new(Line { sender, connection: Some(connection), clock }))
    }

    /// Sends a request and waits until its answer begins, not longer than `until`. The line then belongs to the body of
    /// the answer.
    pub(crate) async fn ask(
        mut self: Box<Self>,
        request: Request<B>,
        until: Instant,
    ) -> Result<(Response<Incoming>, Box<Line<B>>), Unanswered<B>> {
        // It has a budget of its own: nobody else could wake it, so it must not be put off. Boxed, or there would be room
        // for the request in every future above.
        let mut answer = Box::pin(unconstrained(self.sender.try_send_request(request)));
        let answer = poll_fn(|context| {
            self.work(context);
            match answer.as_mut().poll(&mut found_by_looking()) {
                Poll::Ready(answer) => Poll::Ready(Some(answer)),
                Poll::Pending => self.poll_late(until, context).map(|()| None),
            }
        });
        match answer.await {
            Some(Ok(answer)) => Ok((answer, self)),
            Some(Err(mut failed)) => {
                let handed_back = failed.take_message().map(Box::new);
                Err(Unanswered::Broken { error: failed.into_error(), handed_back })
            }
            None => Err(Unanswered::Late),
        }
    }

    fn poll_late(&mut self, until: Instant, context: &mut Context<'_>) -> Poll<()> {
        if until < self.clock.deadline() {
            self.clock.as_mut().reset(until);
        }
        loop {
            ready!(self.clock.as_mut().poll(context));
            if Instant::now() >= until {
                return Poll::Ready(());
            }
            self.clock.as_mut().reset(until);
        }
    }

    /// Reads and writes what can be. What comes of it is with the answer and its body.
    pub(crate) fn work(&mut self, context: &mut Context<'_>) {
        if let Some(connection) = &mut self.connection
            && let Poll::Ready(_ended) = Pin::new(connection).poll(context)
        {
            // Its end tells whoever waits; an error is with them already.
            self.connection = None;
        }
    }

    /// Whether another request may go on it.
    pub(crate) fn is_free(&mut self) -> bool {
        if !self.sender.is_ready() {
            // The end of the answer may have been the last thing that was looked at.
            self.work(&mut found_by_looking());
        }
        self.connection.is_some() && self.sender.is_ready()
    }
}

/// Of what only [`Line::work`] can bring about: it is looked for after each, so nobody needs to be woken.
pub(crate) fn found_by_looking() -> Context<'static> {
    Context::from_waker(Waker::noop())
}
