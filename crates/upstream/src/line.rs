//! One connection, and one request on it at a time. It has no task of its own: whoever waits for the answer drives it.
//! A request then costs no hop between tasks, and one that is given up takes its connection with it.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use tokio::task::unconstrained;
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
}

/// A request to which no answer has begun.
pub(crate) struct Unanswered<B> {
    pub(crate) error: hyper::Error,
    /// The request, if nothing of it was sent: hyper hands it back only from the queue before the connection, never once
    /// its head was encoded (`hyper::client::conn::TrySendError`).
    pub(crate) handed_back: Option<Box<Request<B>>>,
}

impl<B> Line<B>
where
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    /// Names of headers as they came where they came over HTTP/1, else in the way that even the oldest parser has seen.
    pub(crate) async fn new(stream: Stream) -> hyper::Result<Box<Line<B>>> {
        let mut builder = http1::Builder::new();
        builder.preserve_header_case(true).title_case_headers(true);
        // Most requests are a head, or a little more: one `send` costs the kernel less than a `writev`.
        builder.writev(false);
        let (sender, connection) = builder.handshake(stream).await?;
        Ok(Box::new(Line { sender, connection: Some(connection) }))
    }

    /// Sends a request and waits until its answer begins. The line then belongs to the body of the answer.
    pub(crate) async fn ask(
        mut self: Box<Self>,
        request: Request<B>,
    ) -> Result<(Response<Incoming>, Box<Line<B>>), Unanswered<B>> {
        // It has a budget of its own: nobody else could wake it, so it must not be put off.
        let mut answer = pin!(unconstrained(self.sender.try_send_request(request)));
        let answer = poll_fn(|context| {
            self.work(context);
            answer.as_mut().poll(&mut found_by_looking())
        });
        match answer.await {
            Ok(answer) => Ok((answer, self)),
            Err(mut failed) => {
                let handed_back = failed.take_message().map(Box::new);
                Err(Unanswered { error: failed.into_error(), handed_back })
            }
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
