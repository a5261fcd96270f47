//! The edge as a service.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use http_body::Body;
use prometheus_client::registry::Registry;

use crate::auth::Sessions;
use crate::confirm::Outstanding;
use crate::metrics::Metrics;
use crate::mount::Mounts;
use crate::request_id::Ids;
use crate::stack::{self, Shared};
use crate::throttle::Throttle;
use crate::{AnswerBody, Mount, MountError, Settings};

/// All mounts behind one service. Clones are handles on the same one.
///
/// The client's address is the [`SocketAddr`](std::net::SocketAddr) among the request's extensions.
#[derive(Clone)]
pub struct Edge {
    shared: Arc<Shared>,
}

impl Edge {
    /// Lays out the mounts and registers the metrics. Does no IO.
    ///
    /// # Errors
    /// Two mounts claim one path, or a path or prefix cannot be.
    pub fn new(settings: Settings, mounts: Vec<Mount>, registry: &mut Registry) -> Result<Edge, MountError> {
        let mounts = Mounts::new(mounts)?;
        let metrics = Metrics::new(registry);
        let cache = |mount: &Mount| mount.realm.as_ref().map(|realm| metrics.of_realm(realm.name()));
        let caches = mounts.iter().map(|mount| cache(mount).unwrap_or_default()).collect();
        let sessions = mounts.iter().map(sessions).collect();
        let throttles = mounts.iter().map(|_| Throttle::new()).collect();
        Ok(Edge {
            shared: Arc::new(Shared {
                settings,
                mounts,
                caches,
                sessions,
                throttles,
                metrics,
                outstanding: Outstanding::default(),
                ids: Ids::new(),
            }),
        })
    }
}

impl<B> tower::Service<Request<B>> for Edge
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<AnswerBody>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<AnswerBody>, Infallible>>;

    /// Always ready: what is too much is refused inside, in the caller's dialect.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move { Ok(stack::answer(shared, request).await) })
    }
}

fn sessions(mount: &Mount) -> Option<Sessions> {
    let cookie = mount.dialect.session.filter(|_| mount.realm.is_some())?;
    let path = mount.path.as_deref().unwrap_or(cookie.path);
    Some(Sessions::new(cookie, format!("{}{path}", mount.prefix)))
}
