//! A whole gateway in this process, over a clock that a test moves. Knows no dialect.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use bytes::Bytes;
use countermand::compose;
use countermand::config;
use countermand_ledger::{Clock, Put};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tower::ServiceExt;

use crate::server::config as written;

struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> i64 {
        self.0.load(Relaxed)
    }
}

/// The gateway that [`crate::server::config`] describes, with a ledger in memory.
pub(crate) struct Gateway {
    gateway: compose::Gateway,
    clock: Arc<Moved>,
}

impl Gateway {
    /// It is noon of 2026-01-01, and there is one job, described as the control API takes it.
    pub(crate) async fn start(job: &str) -> Gateway {
        let folder = tempfile::tempdir().unwrap();
        let config = config::load(&written(folder.path(), "memory"), &|_| None).unwrap();
        let clock = Arc::new(Moved(AtomicI64::new(1_767_268_800_000)));
        let gateway = compose::Gateway::build(&config, Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
        let (number, _, draft) = countermand_control::describe(job.as_bytes()).unwrap();
        gateway.store.put("default", number, draft, Put::default()).await.unwrap();
        Gateway { gateway, clock }
    }

    /// Puts the clock forward.
    pub(crate) fn after(&self, milliseconds: i64) -> &Gateway {
        self.clock.0.fetch_add(milliseconds, Relaxed);
        self
    }

    /// What `operator` is answered.
    pub(crate) async fn call(&self, method: &str, target: &str, body: &'static str) -> Response<Bytes> {
        let (head, body) = self.unread(method, target, body).await.into_parts();
        Response::from_parts(head, body.collect().await.expect("the body is in memory").to_bytes())
    }

    /// The same, of whose body nothing has been read.
    pub(crate) async fn unread(
        &self,
        method: &str,
        target: &str,
        body: &'static str,
    ) -> Response<impl BodyExt<Data = Bytes, Error: Debug> + use<>> {
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header("host", "localhost")
            .header("authorization", "Basic b3BlcmF0b3I6c2VjcmV0")
            .body(Full::new(Bytes::from(body)));
        let answer = self.gateway.edge.clone().oneshot(request.unwrap()).await;
        answer.unwrap_or_else(|never| match never {})
    }

    pub(crate) async fn close(&self) {
        self.gateway.store.close().await;
    }
}
