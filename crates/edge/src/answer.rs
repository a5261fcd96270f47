//! The bytes of an answer, and the confirmation that they were taken. Nothing here knows what they mean.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::confirm::Confirmation;

/// How much of an answer that must be confirmed is handed over at a time.
const PIECE: usize = 64 << 10;

/// The body of an answer: one frame, or none; where it must be confirmed, as many as it has pieces.
///
/// Where the answer hands out results that must be confirmed, that happens when the connection takes the last byte.
/// *Taken* means: hyper has asked for the frame and owns it, the connection being open as far as anybody knows. It asks
/// for the next piece when the one before is with the kernel, so that of a long answer no more than the kernels keep can
/// be lost with a client that goes away in the middle. What is there may still sit in a buffer between here and the
/// client; only the client knows more, and the protocols that are spoken here give it no word for it. A body that is dropped before (a connection cut while the answer was
/// being made), a HEAD, which has none, and a body without bytes, which nobody takes, confirm nothing.
#[derive(Debug)]
pub struct AnswerBody {
    /// `None` when taken, or when there was nothing.
    bytes: Option<Bytes>,
    /// Boxed: most answers have none, and it is large.
    confirmation: Option<Box<Confirmation>>,
}

impl AnswerBody {
    pub(crate) fn new(bytes: Bytes) -> AnswerBody {
        AnswerBody { bytes: Some(bytes).filter(|bytes| !bytes.is_empty()), confirmation: None }
    }

    pub(crate) fn empty() -> AnswerBody {
        AnswerBody { bytes: None, confirmation: None }
    }

    /// Confirms when the last byte is taken.
    pub(crate) fn confirming(mut self, confirmation: Confirmation) -> AnswerBody {
        self.confirmation = Some(Box::new(confirmation));
        self
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.confirmation.is_some()
            && let Some(bytes) = self.bytes.as_mut().filter(|bytes| bytes.len() > PIECE)
        {
            return Poll::Ready(Some(Ok(Frame::data(bytes.split_to(PIECE)))));
        }
        let taken = self.bytes.take();
        // hyper does not ask again after the last frame of a body of known length, so this is the last we hear of it.
        if taken.is_some()
            && let Some(confirmation) = self.confirmation.take()
        {
            confirmation.send();
        }
        Poll::Ready(taken.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
