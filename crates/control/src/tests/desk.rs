//! A control API to talk to, and a shorthand for talking to it.

use std::sync::Arc;

use bytes::Bytes;
use countermand_ledger::{Clock, Config, Location, Store};
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;
use serde_json::Value;
use tower::ServiceExt;

use crate::{Control, ControlBody, Scope, Token};

/// 2026-01-01T12:00:00Z.
struct Noon;

impl Clock for Noon {
    fn now(&self) -> i64 {
        1_767_268_800_000
    }
}

/// A control API over a ledger in memory, with the tokens `admin`, `run` and `read`.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) control: Control,
    /// The ledger behind it.
    pub(super) store: Store,
}

/// An answer that has ended.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Desk {
    pub(super) fn new() -> Desk {
        let config = Config {
            location: Location::Memory,
            clock: Arc::new(Noon),
            durable: false,
            queue: 1024,
            readers: 2,
        };
        let store = Store::open(config).unwrap();
        let token = |name: &str, scope| Token {
            name: name.to_owned(),
            digest: *blake3::hash(format!("{name}-token").as_bytes()).as_bytes(),
            scope,
        };
        let tokens = vec![token("admin", Scope::Admin), token("run", Scope::Run), token("read", Scope::Read)];
        let mut registry = Registry::default();
        let rest = Counter::<u64>::default();
        registry.register("rest_of_the_process", "What others count", rest.clone());
        rest.inc();
        Desk { control: Control::new(store.clone(), tokens, registry), store }
    }

    /// Asks as `admin`, in JSON; no body where the text is empty.
    pub(super) async fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        self.send(request("admin", method, path, body)).await
    }

    /// Asks as `admin` with one more header.
    pub(super) async fn ask_with(&self, header: (&'static str, &str), ask: (&str, &str, &str)) -> Answer {
        let mut request = request("admin", ask.0, ask.1, ask.2);
        request.headers_mut().insert(header.0, header.1.parse().unwrap());
        self.send(request).await
    }

    pub(super) async fn send(&self, request: Request<Full<Bytes>>) -> Answer {
        let (parts, body) = self.open(request).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// Asks without reading the answer's body.
    pub(super) async fn open<B>(&self, request: Request<B>) -> Response<ControlBody>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
    {
        self.control.clone().oneshot(request).await.unwrap()
    }
}

/// A request of `who`: `admin`, `run`, `read`, or anything else, which has no token that is known.
pub(super) fn request(who: &str, method: &str, path: &str, body: &str) -> Request<Full<Bytes>> {
    let builder = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {who}-token"))
        .header("content-type", "application/json");
    builder.body(Full::from(body.to_owned())).unwrap()
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.text()))
    }

    /// The status and the job's state, or the state that a problem tells.
    pub(super) fn state(&self) -> (u16, String) {
        (self.status, self.json()["state"].as_str().unwrap_or("none").to_owned())
    }
}
