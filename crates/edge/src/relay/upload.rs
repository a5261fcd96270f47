//! The body of a request on its way to the legacy server: frame by frame, as fast as that takes them. Where the client
//! waits to be told to send it, it is not touched before the legacy server asks.

use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use countermand_model::{Fault, FaultKind};
use futures_util::task::AtomicWaker;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use tokio::time::{Sleep, sleep, timeout};

use super::Cut;
use super::shadow::{Copied, Shared};
use crate::body::LINGER;

/// How long a legacy server that was told `Expect: 100-continue` may be silent before it is taken for one that does not
/// know it. RFC 9110 §10.1.1: nobody waits for ever. curl waits as long.
const SILENCE: Duration = Duration::from_secs(1);

/// A request body under way.
pub(crate) struct Upload {
    /// `None` when it has ended, or when there was none.
    body: Option<UnsyncBoxBody<Bytes, Cut>>,
    progress: Arc<Progress>,
    /// Until when the legacy server's word is waited for; `None`: the client waits for nothing.
    silence: Option<Pin<Box<Sleep>>>,
    /// Where it is copied to, for a shadow.
    copy: Option<Shared>,
    /// How long all of it may take, and, once it was waited for, until when.
    limit: Duration,
    deadline: Option<Pin<Box<Sleep>>>,
}

/// How an upload fares, for the one who waits for the answer.
#[derive(Debug)]
pub(crate) struct Progress {
    stage: AtomicU8,
    waiting: AtomicWaker,
}

/// The client has been told to wait, and nobody has asked it to send.
const HELD: u8 = 0;
/// Frames are taken.
const TAKEN: u8 = 1;
/// All of it was taken.
const DONE: u8 = 2;
/// The client took too long.
const LATE: u8 = 3;
/// The answer has come to its end: what is left is of no use.
const OVER: u8 = 4;
/// The client broke off, or sent what is no body.
const BROKEN: u8 = 5;

impl Progress {
    fn new(stage: u8) -> Arc<Progress> {
        Arc::new(Progress { stage: AtomicU8::new(stage), waiting: AtomicWaker::new() })
    }

    /// The legacy server has sent `100 Continue`.
    pub(super) fn asked(&self) {
        self.turn(HELD, TAKEN);
        self.waiting.wake();
    }

    /// The answer has been taken, or given up.
    pub(super) fn over(&self) {
        self.turn(HELD, OVER);
        self.turn(TAKEN, OVER);
        self.waiting.wake();
    }

    /// Whether the client still waits to be told to send.
    pub(crate) fn is_held(&self) -> bool {
        self.stage.load(Ordering::Acquire) == HELD
    }

    /// Whether all of it was taken.
    pub(super) fn is_done(&self) -> bool {
        self.stage.load(Ordering::Acquire) == DONE
    }

    /// Why there is no answer, where that is the client's fault.
    pub(super) fn mistake(&self) -> Option<Fault> {
        let stage = self.stage.load(Ordering::Acquire);
        let late = || Fault::new(FaultKind::BodyTimeout, "The request body did not arrive in time.");
        let broken = || Fault::new(FaultKind::Malformed, "The request body could not be read.");
        (stage == LATE).then(late).or_else(|| (stage == BROKEN).then(broken))
    }

    /// Whether what follows on the client's connection is not known to be another request.
    pub(crate) fn is_spoiled(&self) -> bool {
        matches!(self.stage.load(Ordering::Acquire), HELD | LATE | BROKEN)
    }

    fn turn(&self, from: u8, to: u8) {
        // It may have come further already, which is as well.
        let _now = self.stage.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire);
    }
}

impl Upload {
    /// No body.
    pub(crate) fn none() -> Upload {
        let progress = Progress::new(DONE);
        Upload { body: None, progress, silence: None, copy: None, limit: Duration::ZERO, deadline: None }
    }

    /// A body that may take so long. `held`: the client waits to be told to send it.
    pub(crate) fn new<B>(body: Pin<Box<B>>, limit: Duration, held: bool) -> Upload
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let body = body.map_err(|error| Cut::new(format!("the client: {}", error.into())));
        Upload {
            body: Some(UnsyncBoxBody::new(body)),
            progress: Progress::new(if held { HELD } else { TAKEN }),
            silence: held.then(|| Box::pin(sleep(SILENCE))),
            copy: None,
            limit,
            deadline: None,
        }
    }

    /// Copies what goes by.
    pub(super) fn copy_to(&mut self, copy: Shared) {
        if self.is_end_stream() {
            locked(&copy).end();
        }
        self.copy = Some(copy);
    }

    pub(crate) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// Ready when the body may be asked for: from then on hyper tells the client to send.
    fn poll_asked(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Cut>> {
        if let Some(silence) = &mut self.silence {
            self.progress.waiting.register(context.waker());
            if self.progress.is_held() && silence.as_mut().poll(context).is_ready() {
                self.progress.asked();
            }
        }
        match self.progress.stage.load(Ordering::Acquire) {
            HELD => Poll::Pending,
            OVER => Poll::Ready(Err(Cut::new("the answer was there before the request"))),
            _ => {
                self.silence = None;
                Poll::Ready(Ok(()))
            }
        }
    }
}

/// Nothing that can panic runs under the lock.
fn locked(copy: &Shared) -> MutexGuard<'_, Copied> {
    copy.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Body for Upload {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let this = &mut *self;
        if this.body.is_none() {
            return Poll::Ready(None);
        }
        if let Err(over) = ready!(this.poll_asked(context)) {
            return Poll::Ready(Some(Err(over)));
        }
        let Some(body) = &mut this.body else { return Poll::Ready(None) };
        let mut failed = BROKEN;
        let frame = match Pin::new(body).poll_frame(context) {
            Poll::Ready(frame) => frame,
            Poll::Pending => {
                this.progress.waiting.register(context.waker());
                let limit = this.limit;
                let deadline = this.deadline.get_or_insert_with(|| Box::pin(sleep(limit)));
                ready!(deadline.as_mut().poll(context));
                failed = LATE;
                Some(Err(Cut::new("the client: the body did not arrive in time")))
            }
        };
        if let (Some(copy), Some(Ok(frame))) = (&this.copy, &frame)
            && let Some(bytes) = frame.data_ref()
        {
            locked(copy).add(bytes);
        }
        // Of a body whose length is known the last frame is the last that is asked for.
        let ended = match &frame {
            Some(Ok(_)) => this.body.as_ref().is_none_or(Body::is_end_stream).then_some(DONE),
            Some(Err(_)) => Some(failed),
            None => Some(DONE),
        };
        if let Some(stage) = ended {
            this.progress.turn(TAKEN, stage);
            this.body = None;
        }
        if let (Some(copy), Some(DONE)) = (&this.copy, ended) {
            locked(copy).end();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for Upload {
    /// What the legacy server did not take is read on for a while, for the reason that
    /// [`RequestBody::linger`](crate::body::RequestBody::linger) tells. A client that was never told to send has sent
    /// nothing.
    fn drop(&mut self) {
        let was_asked = self.silence.is_none();
        let Some(mut body) = self.body.take().filter(|body| was_asked && !body.is_end_stream()) else {
            return;
        };
        // Outside of a runtime, which is when that ends, nobody is left to be answered.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(timeout(LINGER, async move { while let Some(Ok(_)) = body.frame().await {} }));
        }
    }
}
