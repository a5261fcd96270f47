//! Bodies on their way through: read as far as a fixture could hold them, passed on to their end.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use countermand_conformance::record::LONGEST_BODY;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};

/// A body: what was read of it, and the rest that was not.
pub(super) struct Passed {
    first: Option<Bytes>,
    rest: Option<Incoming>,
}

/// Reads a body. The first part of the answer is the whole of it, unless that is longer than [`LONGEST_BODY`].
///
/// # Errors
/// It ended too early.
pub(super) async fn read(mut body: Incoming) -> Result<(Option<Bytes>, Passed), hyper::Error> {
    let mut read = BytesMut::new();
    while let Some(frame) = body.frame().await {
        // Trailers are the connection's: nobody was promised them.
        let Ok(data) = frame?.into_data() else { continue };
        read.extend_from_slice(&data);
        if read.len() > LONGEST_BODY {
            return Ok((None, Passed { first: Some(read.freeze()), rest: Some(body) }));
        }
    }
    let read = read.freeze();
    Ok((Some(read.clone()), Passed::whole(read)))
}

impl Passed {
    /// A body that is there.
    pub(super) fn whole(bytes: Bytes) -> Passed {
        Passed { first: Some(bytes).filter(|bytes| !bytes.is_empty()), rest: None }
    }
}

impl Body for Passed {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        self.rest.as_mut().map_or(Poll::Ready(None), |rest| Pin::new(rest).poll_frame(cx))
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.rest.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let first = self.first.as_ref().map_or(0, |first| first.len() as u64);
        let rest = self.rest.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint);
        let mut hint = SizeHint::new();
        hint.set_lower(first.saturating_add(rest.lower()));
        if let Some(upper) = rest.upper() {
            hint.set_upper(first.saturating_add(upper));
        }
        hint
    }
}
