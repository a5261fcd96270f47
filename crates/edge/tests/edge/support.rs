//! What the cases share: an edge over an engine that writes down what it is told, requests, and answers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use countermand_dialects::Dialect;
use countermand_edge::{AccessLog, AnswerBody, Denied, Edge, Engine, Mount, Realm, Settings};
use countermand_model::{Call, Command, Delivery, Fault, Job, Outcome, Snapshot, State};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use prometheus_client::registry::Registry;
use tower::ServiceExt;

use crate::dialect::ECHO;

/// An edge under test.
pub(crate) struct Bench {
    pub(crate) edge: Edge,
    pub(crate) registry: Registry,
    calls: Arc<Mutex<Vec<Call>>>,
    denials: Arc<Mutex<Vec<Denied>>>,
    /// Counts up with every call.
    pub(crate) called: tokio::sync::watch::Receiver<usize>,
}

/// What an engine answers a call.
pub(crate) type Answers = Arc<dyn Fn(&Call) -> Result<Outcome, Fault> + Send + Sync>;

impl Bench {
    /// `echo` at its own paths, for user `ana` with password `secret`.
    pub(crate) fn new() -> Bench {
        Bench::with(|mount| mount.realm = Some(Realm::of_one("tests", "ana", "secret")))
    }

    /// `echo`, its mount as `change` leaves it.
    pub(crate) fn with(change: impl FnOnce(&mut Mount)) -> Bench {
        Bench::built(settings(), Arc::new(|call| Ok(done(call))), |mount| {
            change(mount);
        })
    }

    pub(crate) fn built(settings: Settings, answers: Answers, change: impl FnOnce(&mut Mount)) -> Bench {
        let (calls, denials) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let (count, called) = tokio::sync::watch::channel(0);
        let (log, denied) = (Arc::clone(&calls), Arc::clone(&denials));
        let mut mount = mount(&ECHO);
        mount.engine = Engine::new(tower::service_fn(move |call: Call| {
            let answer = answers(&call);
            log.lock().unwrap().push(call);
            count.send_modify(|count| *count += 1);
            async move { answer }
        }));
        mount.denied = Arc::new(move |denial| {
            denied.lock().unwrap().push(denial);
            Box::pin(async {})
        });
        change(&mut mount);
        let mut registry = Registry::default();
        let edge = Edge::new(settings, vec![mount], &mut registry).unwrap();
        Bench { edge, registry, calls, denials, called }
    }

    pub(crate) async fn send<B>(&self, request: Request<B>) -> Answer
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        Answer::of(self.raw(request).await).await
    }

    pub(crate) async fn raw<B>(&self, request: Request<B>) -> Response<AnswerBody>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.edge.clone().oneshot(request).await.unwrap()
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn denials(&self) -> Vec<Denied> {
        self.denials.lock().unwrap().clone()
    }

    pub(crate) fn confirmed(&self) -> usize {
        self.calls().iter().filter(|call| matches!(call.command, Command::Confirm { .. })).count()
    }
}

pub(crate) fn settings() -> Settings {
    Settings {
        trusted_proxies: Vec::new(),
        public_url: None,
        body_limit: 1024,
        body_timeout: Duration::from_secs(30),
        access_log: AccessLog::Commands,
    }
}

/// A mount of a dialect at its own paths, for anybody.
pub(crate) fn mount(dialect: &'static Dialect) -> Mount {
    Mount {
        dialect,
        codec: dialect.build(&[]).unwrap(),
        prefix: String::new(),
        path: None,
        realm: None,
        own_scope: false,
        engine: Engine::new(tower::service_fn(|call| async move { Ok(done(&call)) })),
        denied: Arc::new(|_| Box::pin(async {})),
        legacy: None,
    }
}

/// Every status hands out something to confirm.
pub(crate) fn done(call: &Call) -> Outcome {
    match &call.command {
        Command::Status(_) => {
            let snapshot = Snapshot { delivery: Some(Delivery(7)), ..Snapshot::of(job()) };
            Outcome::Read { at: 0, snapshot: Some(Box::new(snapshot)) }
        }
        _ => Outcome::Acted { at: 0, targets: Vec::new() },
    }
}

fn job() -> Job {
    Job { state: State::Running, results_total: 1, ..Job::new(1, 0) }
}

/// A request from 192.0.2.1, without credentials, and without a body.
pub(crate) fn request(method: &str, path: &str) -> Request<Full<Bytes>> {
    with_body(method, path, Full::default())
}

pub(crate) fn with_body<B>(method: &str, path: &str, body: B) -> Request<B> {
    let mut request =
        Request::builder().method(method).uri(path).header("host", "old.example:8080").body(body).unwrap();
    request.extensions_mut().insert(SocketAddr::from(([192, 0, 2, 1], 50000)));
    request
}

pub(crate) fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")))
}

/// Adds headers to a request.
pub(crate) trait Adding: Sized {
    fn and(self, name: &'static str, value: &str) -> Self;

    /// The credentials of the one user of [`Bench::new`].
    fn by_ana(self) -> Self {
        self.and("authorization", &basic("ana", "secret"))
    }
}

impl<B> Adding for Request<B> {
    fn and(mut self, name: &'static str, value: &str) -> Self {
        self.headers_mut().append(name, value.parse().unwrap());
        self
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) async fn of(response: Response<AnswerBody>) -> Answer {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// That it is `status`, in the dialect's own format, and says `fault`.
    #[track_caller]
    pub(crate) fn is_fault(&self, status: u16, fault: &str) {
        assert_eq!(
            (self.status.as_u16(), self.header("content-type")),
            (status, "application/echo"),
            "{self:?}"
        );
        assert!(self.body.contains(&format!("\"fault\":\"{fault}\"")), "not {fault}: {}", self.body);
    }
}
