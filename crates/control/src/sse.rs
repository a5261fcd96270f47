//! The feed as server-sent events: <https://html.spec.whatwg.org/multipage/server-sent-events.html>.
//!
//! The stream reads the next page only when the last one was taken, so a slow reader costs no memory. One that falls
//! far behind is cut, and finds out from `Last-Event-ID` on its return whether the log still continues.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use countermand_ledger::Entry;
use futures_util::stream;
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tokio::time::Instant;

use crate::feed::{Feed, Woken};
use crate::wire::EntryWire;
use crate::{ControlBody, Problem, answer};

/// Where a reader that comes back says what it saw last.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// How often silence is broken, so that proxies keep the connection and a dead one is noticed.
const COMMENT_EVERY: Duration = Duration::from_secs(15);

/// How many entries are read at once.
const PAGE: u64 = 100;

/// How many entries a reader that had caught up may fall behind.
const FAR_BEHIND: u64 = 10_000;

/// An endless answer. Its first page is read here, so that a place that is gone is still a 410.
pub(crate) async fn stream(mut feed: Feed, headers: &HeaderMap) -> Result<Response<ControlBody>, Problem> {
    if let Some(seen) = headers.get(LAST_EVENT_ID) {
        // What a browser saw last is newer than the `after` it was started with.
        let seen = seen.to_str().ok().and_then(|seen| seen.trim().parse().ok());
        feed.after = seen.ok_or_else(|| Problem::malformed("Last-Event-ID is not a sequence number"))?;
    }
    let first = feed.next(PAGE).await?;
    let reader = Reader { ready: Some(first), feed, caught_up: false };
    let frames = stream::unfold(reader, Reader::frame);
    let mut response = answer::whole(StatusCode::OK, "text/event-stream", Bytes::new());
    *response.body_mut() = StreamBody::new(frames).boxed_unsync();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

struct Reader {
    feed: Feed,
    /// What was read and not yet written.
    ready: Option<Vec<Entry>>,
    /// Whether it has once seen everything there was.
    caught_up: bool,
}

impl Reader {
    /// The next piece of the stream; `None` ends it, and the reader comes back.
    async fn frame(mut self) -> Option<(Result<Frame<Bytes>, Infallible>, Reader)> {
        loop {
            if self.caught_up && self.lag() > FAR_BEHIND {
                return None;
            }
            let entries = match self.ready.take() {
                Some(entries) => entries,
                None => self.feed.next(PAGE).await.ok()?,
            };
            if !entries.is_empty() {
                return Some((Ok(Frame::data(written(&entries))), self));
            }
            self.caught_up = true;
            match self.feed.wait(Instant::now() + COMMENT_EVERY).await {
                Woken::Grown => {}
                Woken::Late => return Some((Ok(Frame::data(Bytes::from_static(b":\n\n"))), self)),
                Woken::Closing => return None,
            }
        }
    }

    /// How many entries it has not seen.
    fn lag(&self) -> u64 {
        self.feed.grown.borrow().saturating_sub(self.feed.after)
    }
}

/// One event per entry. JSON without line breaks is one `data` line.
fn written(entries: &[Entry]) -> Bytes {
    let mut text = Vec::new();
    for entry in entries {
        let data =
            serde_json::to_vec(&EntryWire::of(entry)).expect("an entry holds nothing but text and numbers");
        text.extend_from_slice(format!("id: {}\ndata: ", entry.seq).as_bytes());
        text.extend_from_slice(&data);
        text.extend_from_slice(b"\n\n");
    }
    text.into()
}
