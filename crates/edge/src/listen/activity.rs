//! What a connection is busy with, as seen from three places: the socket (bytes come), the service (a request begins)
//! and the body of the answer (it ends). From that follows how long the client may let us wait.
//!
//! hyper has a timeout for heads, but its clock runs between requests too: it would close an idle connection after
//! the time that a head may take.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use http::Version;
use http_body::{Body, Frame, SizeHint};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use pin_project_lite::pin_project;
use smallvec::SmallVec;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use super::Limits;

/// Shared by the three places.
pub(super) struct Activity(Mutex<State>);

struct State {
    /// Requests that have begun and whose answers have not ended; several over HTTP/2.
    under_way: usize,
    /// Whether part of a head is there, or the first one is still owed.
    in_head: bool,
    /// Since when it is as it is.
    since: Instant,
    /// Over HTTP/2 bytes come that are no requests, so they say nothing.
    multiplexed: bool,
}

/// What follows when the time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overdue {
    /// A head that does not end: cut.
    Head,
    /// No request: say goodbye.
    Idle,
}

impl Activity {
    /// Of a connection that was just accepted.
    pub(super) fn new() -> Arc<Activity> {
        let state = State { under_way: 0, in_head: true, since: Instant::now(), multiplexed: false };
        Arc::new(Activity(Mutex::new(state)))
    }

    /// Until when something must happen, and what follows otherwise; `None` while it is our turn.
    pub(super) fn deadline(&self, limits: &Limits) -> Option<(Instant, Overdue)> {
        let state = self.state();
        let (limit, overdue) =
            if state.in_head { (limits.head_timeout, Overdue::Head) } else { (limits.idle, Overdue::Idle) };
        (state.under_way == 0).then(|| (state.since + limit, overdue))
    }

    /// A request begins; it ends when what is returned is dropped.
    pub(super) fn begin(self: &Arc<Activity>, version: Version) -> UnderWay {
        let mut state = self.state();
        state.under_way += 1;
        state.in_head = false;
        state.multiplexed = version == Version::HTTP_2;
        UnderWay(Arc::clone(self))
    }

    fn bytes_came(&self) {
        let mut state = self.state();
        if state.under_way == 0 && !state.in_head && !state.multiplexed {
            state.in_head = true;
            state.since = Instant::now();
        }
    }

    /// Nothing that can panic runs under the lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request, until its answer is taken or given up.
pub(super) struct UnderWay(Arc<Activity>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.under_way -= 1;
        if state.under_way == 0 {
            state.since = Instant::now();
        }
    }
}

pin_project! {
    /// The body of an answer, whose end is the end of its request.
    pub(super) struct Tracked<B> {
        #[pin]
        pub(super) body: B,
        pub(super) under_way: UnderWay,
    }
}

impl<B: Body> Body for Tracked<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.project().body.poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Up to how many bytes of a head and a body are put together before they are written: `send` of a copy costs the
/// kernel less than `writev` of two parts.
const SMALL: usize = 4096;

pin_project! {
    /// A stream that tells when bytes come.
    pub(super) struct Watched<I> {
        #[pin]
        pub(super) stream: TokioIo<I>,
        pub(super) activity: Arc<Activity>,
    }
}

impl<I: AsyncRead> Read for Watched<I> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        let this = self.project();
        ready!(this.stream.poll_read(context, buffer))?;
        // The end of the stream counts as bytes: it ends the connection before that could matter.
        this.activity.bytes_came();
        Poll::Ready(Ok(()))
    }
}

impl<I: AsyncWrite> Write for Watched<I> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.project().stream.poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        self.project().stream.poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        self.project().stream.poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let stream = self.project().stream;
        if bytes.iter().map(|part| part.len()).sum::<usize>() > SMALL {
            return stream.poll_write_vectored(context, bytes);
        }
        let mut together = SmallVec::<[u8; SMALL]>::new();
        for part in bytes {
            together.extend_from_slice(part);
        }
        stream.poll_write(context, &together)
    }
}
