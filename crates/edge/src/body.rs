//! The body of a request: collected under a limit and a deadline, or left unread until the answer is made. Nothing
//! here knows what is in it.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use countermand_model::{Fault, FaultKind};
use http::header::EXPECT;
use http::request::Parts;
use http::{HeaderMap, Version};
use http_body::Body;
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::relay::{Progress, Upload};

/// How long what nobody asked for is read on after the answer.
pub(crate) const LINGER: Duration = Duration::from_secs(10);

/// The body of a request, as far as it was read.
pub(crate) struct RequestBody<B> {
    /// Boxed where there is one, so that the rest can be read on by a task of its own. `None`: nothing is left.
    unread: Option<Pin<Box<B>>>,
    /// Whether the connection has no next request: what is left of this one's body stands in its way.
    spoiled: bool,
    /// Whether the client waits to be told to send it.
    expects: bool,
    /// Whether the rest is worth waiting for.
    lingers: bool,
    /// How it fares on its way to a legacy server.
    relayed: Option<Arc<Progress>>,
}

impl<B> RequestBody<B>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    pub(crate) fn new(body: B, parts: &Parts) -> RequestBody<B> {
        let unread = (!body.is_end_stream()).then(|| Box::pin(body));
        // Over HTTP/2 an unread stream is reset and bothers nobody. Who asks `100-continue` has sent nothing yet.
        let is_http1 = parts.version <= Version::HTTP_11;
        let expects = is_http1 && expects_continue(&parts.headers);
        RequestBody { unread, spoiled: false, expects, lingers: is_http1 && !expects, relayed: None }
    }

    /// The whole body.
    ///
    /// The first poll is what makes hyper answer `100 Continue`, so everything that may refuse comes before this.
    pub(crate) async fn collect(&mut self, limit: usize, deadline: Duration) -> Result<Bytes, Fault> {
        let Some(body) = &mut self.unread else { return Ok(Bytes::new()) };
        // A declared length is believed where it says too much, before the first byte.
        let collected = if body.size_hint().lower() > limit as u64 {
            Err(too_large(limit))
        } else {
            let late = || Fault::new(FaultKind::BodyTimeout, "The request body did not arrive in time.");
            timeout(deadline, frames(body.as_mut(), limit)).await.unwrap_or_else(|_| Err(late()))
        };
        self.spoiled = collected.is_err();
        // Only of a body that is too large there is more to come that is worth waiting for.
        if !matches!(&collected, Err(fault) if fault.kind == FaultKind::TooLarge) {
            self.unread = None;
        }
        collected
    }

    /// The body as somebody else's to read, who has so long for it.
    pub(crate) fn relay(&mut self, limit: Duration) -> Upload {
        let Some(body) = self.unread.take() else { return Upload::none() };
        let upload = Upload::new(body, limit, self.expects);
        self.relayed = Some(upload.progress());
        upload
    }

    /// Whether the answer must be the last on this connection. It also is where the client waits to be told to send a
    /// body that nobody wants: hyper closes then, and RFC 9110 §10.1.1 wants that said. .NET sends every body so, and
    /// would use the connection again.
    pub(crate) fn is_spoiled(&self) -> bool {
        let relayed = self.relayed.as_ref().is_some_and(|progress| progress.is_spoiled());
        self.spoiled || relayed || self.unread.is_some() && !self.lingers
    }

    /// Reads on in the background, and forgets, what the answer did not need.
    ///
    /// A server that closes while bytes are under way makes the client's kernel throw away the answer it has not yet
    /// read. Clients that send head and body by two writes (Python's `http.client` does) would see a reset
    /// connection in place of a 401 or a 413.
    pub(crate) fn linger(self) {
        let Some(mut body) = self.unread.filter(|_| self.lingers) else { return };
        tokio::spawn(timeout(LINGER, async move { while let Some(Ok(_)) = body.frame().await {} }));
    }
}

async fn frames<B>(mut body: Pin<&mut B>, limit: usize) -> Result<Bytes, Fault>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            Fault::new(FaultKind::Malformed, "The request body could not be read.")
                .with_detail(error.into().to_string())
        })?;
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + all.len() + data.len() > limit {
            return Err(too_large(limit));
        }
        // Most bodies are one frame: that one is handed on without a copy.
        if first.is_empty() && all.is_empty() {
            first = data;
            continue;
        }
        all.extend_from_slice(&std::mem::take(&mut first));
        all.extend_from_slice(&data);
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}

fn too_large(limit: usize) -> Fault {
    Fault::new(FaultKind::TooLarge, format!("The request body is longer than {limit} bytes."))
}

fn expects_continue(headers: &HeaderMap) -> bool {
    headers.get(EXPECT).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}
