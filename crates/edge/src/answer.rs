//! The bytes of an answer, ours with the confirmation that they were taken, or a legacy server's. Nothing here knows what
//! they mean.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::Cut;
use crate::confirm::Confirmation;
use crate::relay::Download;

/// How much of an answer that must be confirmed is handed over at a time.
const PIECE: usize = 64 << 10;

/// The body of an answer. Ours is one frame, or none; where it must be confirmed, as many as it has pieces. A legacy
/// server's is as it comes, and may end in an error, which ends the connection.
///
/// Where the answer hands out results that must be confirmed, that happens when the connection takes the last byte.
/// *Taken* means: hyper has asked for the frame and owns it, the connection being open as far as anybody knows. It asks
/// for the next piece when the one before is with the kernel, so that of a long answer no more than the kernels keep can
/// be lost with a client that goes away in the middle. What is there may still sit in a buffer between here and the
/// client; only the client knows more, and the protocols that are spoken here give it no word for it. A body that is dropped before (a connection cut while the answer was
/// being made), a HEAD, which has none, and a body without bytes, which nobody takes, confirm nothing.
#[derive(Debug)]
pub struct AnswerBody(Source);

#[derive(Debug)]
enum Source {
    Ours(Ours),
    /// Boxed: most answers are ours.
    Relayed(Box<Download>),
}

#[derive(Debug)]
struct Ours {
    /// `None` when taken, or when there was nothing.
    bytes: Option<Bytes>,
    /// Boxed: most answers have none, and it is large.
    confirmation: Option<Box<Confirmation>>,
}

impl AnswerBody {
    pub(crate) fn new(bytes: Bytes) -> AnswerBody {
        let bytes = Some(bytes).filter(|bytes| !bytes.is_empty());
        AnswerBody(Source::Ours(Ours { bytes, confirmation: None }))
    }

    pub(crate) fn empty() -> AnswerBody {
        AnswerBody(Source::Ours(Ours { bytes: None, confirmation: None }))
    }

    pub(crate) fn relayed(download: Download) -> AnswerBody {
        AnswerBody(Source::Relayed(Box::new(download)))
    }

    /// Whether somebody else has made it, and its headers with it.
    pub(crate) fn is_relayed(&self) -> bool {
        matches!(self.0, Source::Relayed(_))
    }

    /// Confirms when the last byte is taken. What is not ours has nothing to be confirmed.
    pub(crate) fn confirming(mut self, confirmation: Confirmation) -> AnswerBody {
        if let Source::Ours(ours) = &mut self.0 {
            ours.confirmation = Some(Box::new(confirmation));
        }
        self
    }
}

impl Ours {
    fn frame(&mut self) -> Option<Frame<Bytes>> {
        if self.confirmation.is_some()
            && let Some(bytes) = self.bytes.as_mut().filter(|bytes| bytes.len() > PIECE)
        {
            return Some(Frame::data(bytes.split_to(PIECE)));
        }
        let taken = self.bytes.take();
        // hyper does not ask again after the last frame of a body of known length, so this is the last we hear of it.
        if taken.is_some()
            && let Some(confirmation) = self.confirmation.take()
        {
            confirmation.send();
        }
        taken.map(Frame::data)
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        match &mut self.0 {
            Source::Ours(ours) => Poll::Ready(ours.frame().map(Ok)),
            Source::Relayed(download) => Pin::new(&mut **download).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Source::Ours(ours) => ours.bytes.is_none(),
            Source::Relayed(download) => download.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Source::Ours(ours) => {
                SizeHint::with_exact(ours.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Source::Relayed(download) => download.size_hint(),
        }
    }
}
