//! Over loopback: what a client sees of connections. No case sleeps; each waits for what it is about, under one bound.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countermand_edge::listen::{self, Drained, Limits, Transport};
use countermand_edge::{Edge, Engine};
use countermand_model::Call;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use crate::support::{Bench, basic, done};

/// Longer than anything here takes, and shorter than anybody's patience.
const BOUND: Duration = Duration::from_secs(20);

pub(crate) fn limits() -> Limits {
    Limits { head: 16 * 1024, connections: 100, head_timeout: BOUND, idle: BOUND, drain: BOUND }
}

/// A listener under test.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Drained>,
}

impl Listening {
    async fn start(edge: &Edge, limits: Limits) -> Listening {
        Listening::over(edge, limits, Transport::default()).await
    }

    pub(crate) async fn over(edge: &Edge, limits: Limits, transport: Transport) -> Listening {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { drop(stopped.await) };
        let ended = tokio::spawn(listen::serve(listener, edge.clone(), limits, transport, shutdown));
        Listening { address, stop, ended }
    }

    async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.unwrap())
    }

    pub(crate) async fn stop(self) -> Drained {
        self.stop.send(()).unwrap();
        bound(self.ended).await.unwrap()
    }
}

pub(crate) async fn bound<T>(work: impl Future<Output = T>) -> T {
    timeout(BOUND, work).await.expect("it takes too long")
}

/// A connection, by hand.
struct Client(TcpStream);

impl Client {
    async fn write(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// One answer: its head and as much body as it says.
    async fn answer(&mut self) -> String {
        let mut text = String::new();
        while !text.ends_with("\r\n\r\n") {
            text.push(char::from(bound(self.0.read_u8()).await.unwrap()));
        }
        let length = text.split("Content-Length: ").nth(1).map_or("0", |rest| rest.lines().next().unwrap());
        let mut body = vec![0; length.parse().unwrap()];
        bound(self.0.read_exact(&mut body)).await.unwrap();
        text + std::str::from_utf8(&body).unwrap()
    }

    /// Everything up to the end, which must be an orderly one.
    async fn rest(&mut self) -> String {
        let mut text = String::new();
        bound(self.0.read_to_string(&mut text)).await.unwrap();
        text
    }
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: old.example\r\nAuthorization: {}\r\n\r\n", basic("ana", "secret"))
}

/// An engine that answers as many calls as it has permits for, and those who wait for it.
fn gated(gate: &Arc<Semaphore>) -> Engine {
    let gate = Arc::clone(gate);
    Engine::new(tower::service_fn(move |call: Call| {
        let gate = Arc::clone(&gate);
        async move {
            gate.acquire().await.unwrap().forget();
            Ok(done(&call))
        }
    }))
}

#[tokio::test]
async fn requests_are_answered_one_after_the_other_in_title_case() {
    let bench = Bench::new();
    let listening = Listening::start(&bench.edge, limits()).await;
    let mut client = listening.connect().await;
    for _ in 0..2 {
        client.write(&get("/echo/jobs/1")).await;
        let answer = client.answer().await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("\r\nX-Request-Id: ") && answer.contains("\r\nDate: "), "{answer}");
    }
    client.write(&get("/echo/jobs/1").replace("GET", "HEAD")).await;
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        head.push(char::from(bound(client.0.read_u8()).await.unwrap()));
    }
    assert!(head.contains("Content-Length: ") && !head.contains("Content-Length: 0\r\n"), "{head}");
    assert_eq!(listening.stop().await, Drained { finished: 1, cut: 0 });
    assert_eq!(client.rest().await, "", "a HEAD has no body");
    assert_eq!(bench.calls()[0].caller.client, "127.0.0.1");
}

#[tokio::test]
async fn a_delivery_is_confirmed_when_it_was_sent() {
    let mut bench = Bench::new();
    let listening = Listening::start(&bench.edge, limits()).await;
    let mut client = listening.connect().await;
    client.write(&get("/echo/jobs/1")).await;
    client.answer().await;
    bound(bench.called.wait_for(|called| *called == 2)).await.unwrap();
    assert_eq!(bench.confirmed(), 1);
}

#[tokio::test]
async fn an_early_refusal_reaches_a_client_that_is_still_sending() {
    let bench = Bench::new();
    let listening = Listening::start(&bench.edge, limits()).await;
    let huge = "x".repeat(8 << 20);
    let head = |path: &str, credentials: &str| {
        format!(
            "PUT {path} HTTP/1.1\r\nHost: a\r\nAuthorization: {credentials}\r\nContent-Length: {}\r\n\r\n",
            huge.len()
        )
    };
    let cancel = "/echo/jobs/1/cancel";
    for (path, credentials, status) in [
        (cancel, basic("ana", "secret"), "413"),
        (cancel, basic("ana", "wrong"), "401"),
        ("/elsewhere", basic("ana", "secret"), "404"),
        ("/echo/panic-in-open", basic("ana", "secret"), "500"),
    ] {
        let mut client = listening.connect().await;
        client.write(&head(path, &credentials)).await;
        client.write(&huge).await;
        let answer = client.answer().await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn a_refusal_before_the_body_keeps_the_connection() {
    let bench = Bench::new();
    let listening = Listening::start(&bench.edge, limits()).await;
    let mut client = listening.connect().await;
    client.write("PUT /echo/jobs/1/cancel HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n").await;
    assert!(client.answer().await.starts_with("HTTP/1.1 401 "));
    client.write(&format!("[]{}", get("/echo/jobs/1"))).await;
    assert!(client.answer().await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn only_who_may_send_a_body_is_told_to_continue() {
    let bench = Bench::new();
    let listening = Listening::start(&bench.edge, limits()).await;
    let head = |more: &str| {
        format!(
            "PUT /echo/jobs/1/cancel HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n{more}\r\n"
        )
    };
    let mut stranger = listening.connect().await;
    stranger.write(&head("")).await;
    let answer = stranger.answer().await;
    assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("\r\nConnection: close\r\n"), "{answer}");
    assert_eq!(stranger.rest().await, "", "and it is closed");

    let mut ana = listening.connect().await;
    ana.write(&head(&format!("Authorization: {}\r\n", basic("ana", "secret")))).await;
    assert!(ana.answer().await.starts_with("HTTP/1.1 100 Continue\r\n"));
    ana.write("[]").await;
    assert!(ana.answer().await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn heads_that_are_too_long_or_broken_are_refused_barely() {
    let bench = Bench::new();
    let listening = Listening::start(&bench.edge, limits()).await;
    let long = format!("GET /echo/jobs/1 HTTP/1.1\r\nHost: a\r\nX-Long: {}\r\n\r\n", "x".repeat(20 * 1024));
    for (head, status) in [(long.as_str(), "431"), ("nonsense\r\n\r\n", "400")] {
        let mut client = listening.connect().await;
        client.write(head).await;
        assert!(client.answer().await.starts_with(&format!("HTTP/1.1 {status} ")));
    }
}

#[tokio::test]
async fn a_head_that_does_not_end_is_cut_and_an_idle_connection_closed() {
    let bench = Bench::new();
    let short = Duration::from_millis(200);
    let listening = Listening::start(&bench.edge, Limits { head_timeout: short, ..limits() }).await;
    let mut silent = listening.connect().await;
    assert_eq!(silent.rest().await, "");
    let mut slow = listening.connect().await;
    slow.write(&get("/echo/jobs/1")).await;
    slow.answer().await;
    let started = Instant::now();
    slow.write("GET /echo/jobs/1 HT").await;
    let mut left = Vec::new();
    // Cut: whether the kernel calls that an end or a reset is its own business.
    bound(slow.0.read_to_end(&mut left)).await.ok();
    assert!(left.is_empty() && started.elapsed() >= short && started.elapsed() < BOUND / 2);

    let listening = Listening::start(&bench.edge, Limits { idle: short, ..limits() }).await;
    let mut idle = listening.connect().await;
    idle.write(&get("/echo/jobs/1")).await;
    idle.answer().await;
    let started = Instant::now();
    assert_eq!(idle.rest().await, "");
    assert!(started.elapsed() >= short / 2 && started.elapsed() < BOUND / 2);
}

#[tokio::test]
async fn what_is_under_way_at_the_shutdown_is_answered() {
    let gate = Arc::new(Semaphore::new(1));
    let bench = Bench::with(|mount| mount.engine = gated(&gate));
    let listening = Listening::start(&bench.edge, limits()).await;
    let (mut idle, mut busy) = (listening.connect().await, listening.connect().await);
    idle.write(&get("/echo/jobs/1")).await;
    idle.answer().await;
    busy.write(
        "PUT /echo/jobs/1/cancel HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n",
    )
    .await;
    assert!(busy.answer().await.starts_with("HTTP/1.1 100 "), "its request is under way");

    listening.stop.send(()).unwrap();
    assert_eq!(idle.rest().await, "", "the idle one is closed at once");
    busy.write("[]").await;
    gate.add_permits(2);
    let answer = busy.rest().await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert_eq!(bound(listening.ended).await.unwrap(), Drained { finished: 2, cut: 0 });
}

#[tokio::test]
async fn what_does_not_end_after_the_shutdown_is_cut() {
    let gate = Arc::new(Semaphore::new(0));
    let bench = Bench::with(|mount| mount.engine = gated(&gate));
    let listening =
        Listening::start(&bench.edge, Limits { drain: Duration::from_millis(50), ..limits() }).await;
    let mut client = listening.connect().await;
    client.write("PUT /echo/jobs/1/cancel HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n").await;
    client.answer().await;
    client.write("[]").await;
    assert_eq!(listening.stop().await, Drained { finished: 0, cut: 1 });
}

#[tokio::test]
async fn connections_over_the_limit_wait_for_one_to_end() {
    let bench = Bench::new();
    let listening = Listening::start(&bench.edge, Limits { connections: 1, ..limits() }).await;
    let mut first = listening.connect().await;
    first.write(&get("/echo/jobs/1")).await;
    first.answer().await;
    let mut second = listening.connect().await;
    second.write(&get("/echo/jobs/2")).await;
    first.write(&get("/echo/jobs/1")).await;
    first.answer().await;
    let of_second =
        |bench: &Bench| bench.calls().iter().filter(|call| format!("{call:?}").contains("\"2\"")).count();
    assert_eq!(of_second(&bench), 0);
    drop(first);
    assert!(second.answer().await.starts_with("HTTP/1.1 200 "));
    assert_eq!(of_second(&bench), 1);
}

#[tokio::test]
async fn a_request_may_begin_letter_by_letter() {
    let bench = Bench::new();
    let listening = Listening::start(&bench.edge, limits()).await;
    let (mut slow, mut other) = (listening.connect().await, listening.connect().await);
    slow.0.set_nodelay(true).unwrap();
    let put = "PUT /echo/jobs/1/cancel HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    for letter in put.chars() {
        slow.write(&letter.to_string()).await;
        // By the time that another request is answered, the letter has arrived.
        other.write(&get("/echo/login")).await;
        other.answer().await;
    }
    assert!(slow.answer().await.starts_with("HTTP/1.1 401 "));
}

#[tokio::test]
async fn http_2_is_spoken_by_prior_knowledge() {
    let bench = Bench::new();
    let listening = Listening::start(&bench.edge, limits()).await;
    let stream = TcpStream::connect(listening.address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let send = |path: &str| {
        let request =
            Request::get(format!("http://old.example{path}")).header("authorization", basic("ana", "secret"));
        sender.send_request(request.body(Full::new(Bytes::new())).unwrap())
    };
    let response = bound({ send }("/echo/jobs/1")).await.unwrap();
    assert_eq!(response.status(), 200);
    let body = bound(response.into_body().collect()).await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&body).contains("\"url\":\"http://old.example/echo/jobs/1\""));
}
