//! The control API as a tower service: the path of one request, from its head to the access log.

use std::any::Any;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use countermand_ledger::{Denied, Store};
use countermand_model::Caller;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body as _;
use prometheus_client::registry::Registry;
use tokio::sync::watch;

use crate::asked::Asked;
use crate::auth::{self, Access, Token};
use crate::figures::{LedgerFigures, Tally};
use crate::query::Query;
use crate::read::names::DEFAULT_NAMESPACE;
use crate::request_body::RequestBody;
use crate::routes::{self, Found, Route};
use crate::{ControlBody, Problem, request_id};

/// The control API over a ledger. Clones are handles on the same one.
///
/// Where the listener puts the peer's [`SocketAddr`] into the request's extensions, the audit says where an order came
/// from.
#[derive(Clone)]
pub struct Control {
    shared: Arc<Shared>,
}

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) store: Store,
    /// The figures of the whole process.
    pub(crate) registry: Registry,
    pub(crate) tally: Tally,
    pub(crate) draining: watch::Sender<bool>,
    tokens: Vec<Token>,
}

impl Control {
    /// `registry` holds what the rest of the process counts; `/metrics` shows it with the figures of the ledger and of
    /// this API.
    #[must_use]
    pub fn new(store: Store, tokens: Vec<Token>, mut registry: Registry) -> Control {
        registry.register_collector(Box::new(LedgerFigures(store.clone())));
        let tally = Tally::new(&mut registry);
        let (draining, _) = watch::channel(false);
        Control { shared: Arc::new(Shared { store, registry, tally, draining, tokens }) }
    }

    /// Ends every answer that waits for commands, and says on `/readyz` that the process is about to end. Without it,
    /// one open event stream would hold up a graceful shutdown until its deadline.
    pub fn drain(&self) {
        self.shared.draining.send_replace(true);
    }
}

impl<B> tower::Service<Request<B>> for Control
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
{
    type Response = Response<ControlBody>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<ControlBody>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        let (parts, body) = request.into_parts();
        let body = RequestBody::new(body, &parts);
        Box::pin(async move { Ok(answer(shared, parts, body).await) })
    }
}

/// Answers one request, whatever happens to it.
async fn answer(shared: Arc<Shared>, parts: Parts, body: RequestBody) -> Response<ControlBody> {
    let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
    let request_id = request_id::of(&parts.headers);
    let mut trace = Trace { route: None, by: String::new() };
    let handled = AssertUnwindSafe(handle(Arc::clone(&shared), parts, body, &request_id, &mut trace));
    let mut response = match handled.catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.response(),
        Err(panic) => {
            // The hook that prints a panic does not know the request.
            tracing::error!(request_id, panic = words(panic.as_ref()), "a handler panicked");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "A defect here; the log has more.").response()
        }
    };
    if method == Method::HEAD {
        without_body(&mut response);
    }
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    let status = response.status();
    shared.tally.count(trace.route, status);
    log(&method, &path, status, &trace, &request_id);
    response
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without words")
}

/// What is known of a request when it is logged.
struct Trace {
    route: Option<&'static Route>,
    by: String,
}

/// Open routes first, then who asks, then whether there is such a route, then what they may: a stranger learns nothing
/// about the routes, and nobody's body is read before they are known.
async fn handle(
    shared: Arc<Shared>,
    parts: Parts,
    body: RequestBody,
    request_id: &str,
    trace: &mut Trace,
) -> Result<Response<ControlBody>, Problem> {
    let found = routes::find(&parts.method, parts.uri.path());
    let open = matches!(&found, Found::Route(route, _) if route.access == Access::Open);
    let token = if open { None } else { Some(auth::authenticate(&shared.tokens, &parts.headers)?.clone()) };
    trace.by = token.as_ref().map_or_else(String::new, |token| token.name.clone());
    let (route, segments) = match found {
        Found::Route(route, segments) => (route, segments),
        Found::WrongMethod(allow) => return Err(Problem::wrong_method(allow)),
        Found::Nothing => return Err(Problem::new(StatusCode::NOT_FOUND, "There is nothing at this path.")),
    };
    trace.route = Some(route);
    let peer = parts.extensions.get::<SocketAddr>();
    let client = peer.map_or_else(String::new, |peer| peer.ip().to_canonical().to_string());
    let mut asked = Asked {
        shared,
        segments,
        query: Query::of(parts.uri.query()),
        headers: parts.headers,
        by: trace.by.clone(),
        client,
        request_id: request_id.to_owned(),
    };
    if let Some(token) = token.filter(|token| !token.scope.allows(route.access)) {
        audit_refusal(&mut asked, route).await;
        return Err(auth::forbidden(&token));
    }
    (route.handle)(asked, body).await
}

/// Writes into the audit that a known caller may not. Only what changes something asks for more than reading.
async fn audit_refusal(asked: &mut Asked, route: &Route) {
    let namespace = asked.query.namespace().unwrap_or_else(|_| DEFAULT_NAMESPACE.to_owned());
    let denied = Denied {
        caller: Caller { user: asked.by.clone(), client: asked.client.clone(), own_only: false },
        dialect: "control",
        operation: route.operation.to_owned(),
        written: asked.segments.first().cloned(),
        request_id: asked.request_id.clone(),
    };
    if let Err(fault) = asked.store().audit_refusal(&namespace, denied).await {
        tracing::error!(%fault, request_id = asked.request_id, "a refusal was not audited");
    }
}

/// HEAD: the header of the answer, with the length the body would have.
fn without_body(response: &mut Response<ControlBody>) {
    if let Some(length) = response.body().size_hint().exact() {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    *response.body_mut() = ControlBody::default();
}

/// The one line a request has in the log. Polling is not news.
fn log(method: &Method, path: &str, status: StatusCode, trace: &Trace, request_id: &str) {
    let (by, status) = (trace.by.as_str(), status.as_u16());
    if status >= 500 {
        tracing::error!(%method, path, status, by, request_id, "control");
    } else if method.is_safe() {
        tracing::debug!(%method, path, status, by, request_id, "control");
    } else {
        tracing::info!(%method, path, status, by, request_id, "control");
    }
}
