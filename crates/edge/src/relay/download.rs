//! The body of an answer on its way from the legacy server: frame by frame, as fast as the client takes them. One that
//! ends too early ends the client's connection: half an answer must not look like a whole one.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use countermand_upstream::Answer;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::Cut;
use super::shadow::Watch;
use super::upload::{Progress, Upload};

/// An answer's body under way.
#[derive(Debug)]
pub(crate) struct Download {
    body: Answer<Upload>,
    /// How long the legacy server may keep us waiting for a frame, and, once it was waited for, until when.
    patience: Duration,
    stall: Option<Pin<Box<Sleep>>>,
    /// The request's body, where that may not have ended: it is of no use after this one.
    upload: Option<Arc<Progress>>,
    request_id: String,
    /// Who compares it with ours afterwards.
    watch: Option<Box<Watch>>,
    /// Whether all of it has gone by.
    ended: bool,
    /// Why it ended too early, once that is known.
    broken: Option<String>,
}

impl Download {
    pub(super) fn new(
        body: Answer<Upload>,
        patience: Duration,
        upload: Option<Arc<Progress>>,
        request_id: &str,
        watch: Option<Box<Watch>>,
    ) -> Download {
        let (request_id, ended) = (request_id.to_owned(), body.is_end_stream());
        Download { body, patience, stall: None, upload, request_id, watch, ended, broken: None }
    }

    fn cut(&self, why: String) -> Cut {
        let request_id = &self.request_id;
        tracing::warn!(
            request_id,
            why,
            "half an answer of the legacy server; the client's connection is cut"
        );
        Cut::new(why)
    }
}

impl Body for Download {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let this = &mut *self;
        if let Some(why) = this.broken.take() {
            return Poll::Ready(Some(Err(this.cut(why))));
        }
        match Pin::new(&mut this.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                this.stall = None;
                // Trailers are the last, and over HTTP/2 nobody asks for more.
                this.ended = frame.is_trailers() || this.body.is_end_stream();
                if let (Some(watch), Some(bytes)) = (&mut this.watch, frame.data_ref()) {
                    watch.add(bytes);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                // Told at the next asking: hyper drops what it has not yet written as soon as it hears of it.
                this.broken = Some(error.to_string());
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Poll::Ready(None) => {
                this.ended = true;
                Poll::Ready(None)
            }
            Poll::Pending => {
                let patience = this.patience;
                let stall = this.stall.get_or_insert_with(|| Box::pin(sleep(patience)));
                if stall.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                Poll::Ready(Some(Err(this.cut(format!("nothing came for {patience:?}")))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        if let Some(upload) = &self.upload {
            upload.over();
        }
        if let Some(watch) = self.watch.take() {
            watch.ends(self.ended);
        }
    }
}
