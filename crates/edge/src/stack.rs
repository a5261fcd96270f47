//! The HTTP onion, written once. Every layer observes; none answers: whatever happens to a request of a mount, the
//! mount's codec writes the answer.
//!
//! The layers are plain steps of one function and not `tower::Layer`s: each needs what the next one in found out (the
//! log wants the operation, the metrics the mount), and a `Layer` would have to smuggle it through extensions and box
//! a future of its own. What a caller of ours puts around an [`Edge`](crate::Edge) may be layers again.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;
use tokio::time::Instant;
use tracing::Instrument;

use crate::auth::Sessions;
use crate::body::RequestBody;
use crate::confirm::Outstanding;
use crate::log::{self, Seen};
use crate::metrics::{CacheMetrics, Metrics};
use crate::mount::Mounts;
use crate::request_id::{Ids, X_REQUEST_ID};
use crate::throttle::Throttle;
use crate::{AnswerBody, Settings, handler};

/// What is said where no dialect is to say it.
const NOWHERE: &str =
    "This is Countermand, a gateway for legacy job-control APIs; no dialect is mounted at this path.\n";

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) mounts: Mounts,
    /// Per mount: the counters of its realm.
    pub(crate) caches: Vec<CacheMetrics>,
    /// Per mount: its sessions, where its dialect has a cookie for them and there is a realm to log in to.
    pub(crate) sessions: Vec<Option<Sessions>>,
    /// Per mount: its requests, where its codec limits them.
    pub(crate) throttles: Vec<Throttle>,
    pub(crate) metrics: Metrics,
    /// Deliveries whose confirmation is under way.
    pub(crate) outstanding: Outstanding,
    pub(crate) ids: Ids,
}

/// Answers one request, whatever it is.
pub(crate) async fn answer<B>(shared: Arc<Shared>, request: Request<B>) -> Response<AnswerBody>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    // The clock starts when the head is there, as far out as we can see.
    let started = Instant::now();
    let (mut parts, body) = request.into_parts();
    // Apart from the rest: what hyper knows of the request goes along with it where it is passed on.
    let extensions = std::mem::take(&mut parts.extensions);

    // The request id comes first, because everything below names the request by it.
    let client = extensions.get::<SocketAddr>().map(|address| address.ip().to_canonical());
    let mut seen = Seen::new(shared.ids.of(&parts.headers), client);

    // The span covers all that is logged on the way, in engines too. DEBUG: at the default level it costs nothing.
    let span = tracing::debug_span!("request", request_id = ?seen.request_id);

    // The mount is found before anything may refuse: from here on there is a dialect to refuse in.
    let mut response = match shared.mounts.find(parts.uri.path()) {
        Some(found) => {
            let arriving = handler::Arriving { parts: &parts, extensions, body };
            handler::answer(&shared, &found, arriving, &mut seen).instrument(span).await
        }
        None => {
            RequestBody::new(body, &parts).linger();
            nowhere()
        }
    };

    // A HEAD is answered as the GET would be, and the body left out: its length, not its bytes, nor what taking them
    // would confirm.
    let is_ours = !response.body().is_relayed();
    if is_ours && response.status() != StatusCode::NO_CONTENT && response.status() != StatusCode::NOT_MODIFIED
    {
        let length = response.body().size_hint().exact().unwrap_or_default();
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    if is_ours && parts.method == Method::HEAD {
        *response.body_mut() = AnswerBody::empty();
    }

    // The id goes out on every answer, the bare ones too; a legacy server's own stays what it is.
    if let Ok(id) = HeaderValue::from_str(&seen.request_id)
        && (is_ours || !response.headers().contains_key(X_REQUEST_ID))
    {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }

    // Metrics and log stand outermost, because they say what the client sees.
    let elapsed = started.elapsed();
    shared.metrics.count(&seen, response.status(), elapsed.as_secs_f64());
    log::line(shared.settings.access_log, &seen, response.status(), elapsed);
    response
}

/// 404 where nothing is mounted: for whoever follows a wrong base path, by hand or by configuration. No version: this
/// is open to everybody.
fn nowhere() -> Response<AnswerBody> {
    let mut response = bare(StatusCode::NOT_FOUND);
    *response.body_mut() = AnswerBody::new(Bytes::from_static(NOWHERE.as_bytes()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// An answer without a dialect: where no mount was found, or its codec failed us.
pub(crate) fn bare(status: StatusCode) -> Response<AnswerBody> {
    let mut response = Response::new(AnswerBody::empty());
    *response.status_mut() = status;
    response
}
