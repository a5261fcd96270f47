//! The body of an answer, which drives the connection it comes on and gives it back when it has ended.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http_body::{Body, Frame, SizeHint};
use hyper::body::{Bytes, Incoming};
use tower::BoxError;

use crate::kept::Kept;
use crate::line::{Line, found_by_looking};

/// The body of an answer, frame by frame, as the server sends it. What is left of a request's body goes out only while
/// this is asked for. Dropped before its end it ends the connection.
pub struct Answer<B>
where
    B: Body + 'static,
{
    body: Incoming,
    /// `None` when the body has ended.
    line: Option<Box<Line<B>>>,
    /// Where the connection goes afterwards; `None`: it ends.
    kept: Option<Arc<Kept<B>>>,
}

impl<B> fmt::Debug for Answer<B>
where
    B: Body + 'static,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("body", &self.body).finish_non_exhaustive()
    }
}

impl<B> Answer<B>
where
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    pub(crate) fn new(body: Incoming, line: Box<Line<B>>, kept: Option<Arc<Kept<B>>>) -> Answer<B> {
        let mut answer = Answer { body, line: Some(line), kept };
        if answer.body.is_end_stream() {
            answer.release();
        }
        answer
    }

    fn release(&mut self) {
        if let (Some(mut line), Some(kept)) = (self.line.take(), self.kept.take())
            && line.is_free()
        {
            kept.put(line);
        }
    }
}

impl<B> Body for Answer<B>
where
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = &mut *self;
        let looked = Pin::new(&mut this.body).poll_frame(&mut found_by_looking());
        let frame = match (looked, &mut this.line) {
            (Poll::Pending, Some(line)) => {
                line.work(context);
                ready!(Pin::new(&mut this.body).poll_frame(&mut found_by_looking()))
            }
            (looked, _) => ready!(looked),
        };
        match &frame {
            Some(Ok(_)) if this.body.is_end_stream() => this.release(),
            Some(Ok(_)) => (),
            Some(Err(_)) => this.line = None,
            None => this.release(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
