//! The body of a request: taken in under its limit, and let run out where nobody asked for it.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::EXPECT;
use http::request::Parts;
use http::{StatusCode, Version};
use http_body::Body;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use tokio::time::timeout;

use crate::Problem;

/// The longest JSON document, and the longest line of many.
pub(crate) const LONGEST: usize = 1 << 20;

/// How long what nobody asked for is read on after the answer.
const LINGER: Duration = Duration::from_secs(10);

/// How long the next piece may take. A client whose network is gone would otherwise keep its connection for ever.
const NEXT: Duration = Duration::from_secs(30);

/// The body of a request, whatever its transport.
///
/// What is left of it when it is dropped is read on in the background, for a while, and forgotten: a server that closes
/// while bytes are under way makes the client's kernel throw away the answer that it has not yet read, and the client
/// would see a reset connection in place of a 403 or a 413.
pub(crate) struct RequestBody {
    /// `None`: nothing is left.
    unread: Option<UnsyncBoxBody<Bytes, BrokenOff>>,
    /// Whether the rest is under way. It is not where the client waits for `100 Continue`, and over HTTP/2 an unread
    /// stream bothers nobody.
    lingers: bool,
}

/// The transport could not deliver the rest of a body. It logs why.
#[derive(Debug)]
struct BrokenOff;

impl RequestBody {
    pub(crate) fn new<B>(body: B, parts: &Parts) -> RequestBody
    where
        B: Body<Data = Bytes> + Send + 'static,
    {
        let lingers = parts.version <= Version::HTTP_11 && !parts.headers.contains_key(EXPECT);
        let unread = (!body.is_end_stream()).then(|| body.map_err(|_| BrokenOff).boxed_unsync());
        RequestBody { unread, lingers }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// 400 for a body that breaks off, 408 for one that does not go on.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let Some(body) = &mut self.unread else { return Ok(None) };
        loop {
            let Ok(frame) = timeout(NEXT, body.frame()).await else {
                self.unread = None;
                return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time."));
            };
            let Some(frame) = frame else { break };
            match frame.map(|frame| frame.into_data().ok()) {
                Ok(Some(data)) => return Ok(Some(data)),
                // Trailers.
                Ok(None) => {}
                Err(BrokenOff) => {
                    self.unread = None;
                    return Err(Problem::malformed("The body broke off."));
                }
            }
        }
        self.unread = None;
        Ok(None)
    }

    /// All of it, at most [`LONGEST`] bytes.
    ///
    /// # Errors
    /// 413, before anything is read where the length is announced; 400 for a body that breaks off, 408 for one that
    /// does not go on.
    pub(crate) async fn collect(mut self) -> Result<Bytes, Problem> {
        if self.unread.as_ref().is_some_and(|body| body.size_hint().lower() > LONGEST as u64) {
            return Err(too_large());
        }
        let mut whole = BytesMut::new();
        while let Some(data) = self.next().await? {
            if whole.len() + data.len() > LONGEST {
                return Err(too_large());
            }
            whole.extend_from_slice(&data);
        }
        Ok(whole.freeze())
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        let Some(mut rest) = self.unread.take().filter(|_| self.lingers) else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(timeout(LINGER, async move { while let Some(Ok(_)) = rest.frame().await {} }));
        }
    }
}

/// 413.
pub(crate) fn too_large() -> Problem {
    let detail = format!("A JSON document has at most {LONGEST} bytes here.");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
}
