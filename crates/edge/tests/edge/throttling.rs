//! A mount that may be asked so often and no more: what counts, what is refused, and when.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countermand_dialects::{Codec, Conversation, Echo, Head, Malformed, RateLimits};
use countermand_edge::{Engine, Realm};
use countermand_model::{Call, Command, Fault, Outcome};
use http::Response;
use tokio::sync::Notify;
use tokio::time::advance;

use crate::dialect::EchoCodec;
use crate::support::{Adding, Bench, done, request, with_body};

/// `echo` under limits; the login page is nobody's.
struct Limited(RateLimits);

impl Codec for Limited {
    fn open(&self, head: &Head<'_>) -> Echo {
        EchoCodec.open(head)
    }

    fn limits(&self, echo: &Echo) -> Option<&RateLimits> {
        (echo.path != "/login").then_some(&self.0)
    }

    fn decode_request(&self, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
        EchoCodec.decode_request(echo, body)
    }

    fn encode_response(&self, echo: &Echo, answer: &Result<Outcome, Fault>) -> Response<Bytes> {
        EchoCodec.encode_response(echo, answer)
    }

    fn converse(&self, command: &Command, at: i64) -> Result<Box<dyn Conversation>, Fault> {
        EchoCodec.converse(command, at)
    }

    fn decode_response(
        &self,
        echo: &Echo,
        command: &Command,
        at: i64,
        response: &Response<Bytes>,
    ) -> Result<Result<Outcome, Fault>, Malformed> {
        EchoCodec.decode_response(echo, command, at, response)
    }
}

const NONE: RateLimits = RateLimits {
    window: 1000,
    segments: 10,
    all_users: None,
    per_user: None,
    at_once_per_user: None,
    at_once: None,
};

fn bench(limits: RateLimits) -> Bench {
    Bench::with(|mount| {
        mount.codec = Arc::new(Limited(limits));
        mount.realm = Some(Realm::of_one("tests", "ana", "secret"));
    })
}

const TOO_MANY: &str = "too_many_requests";

#[tokio::test(start_paused = true)]
async fn what_fails_for_another_reason_counts_and_what_is_refused_does_not() {
    let bench = bench(RateLimits { per_user: Some(3), ..NONE });
    bench.send(request("GET", "/echo/nowhere").by_ana()).await.is_fault(404, "unknown_route");
    bench.send(request("PUT", "/echo/jobs/1/cancel").by_ana()).await.is_fault(400, "malformed");
    assert_eq!(bench.send(request("HEAD", "/echo/jobs/1/abort").by_ana()).await.status, 405);
    for path in ["/echo/jobs/1", "/echo/nowhere", "/echo/jobs/1"] {
        bench.send(request("GET", path).by_ana()).await.is_fault(429, TOO_MANY);
    }
    assert!(bench.calls().is_empty(), "no engine hears of what is refused");
    advance(Duration::from_secs(1)).await;
    for _ in 0..3 {
        assert_eq!(bench.send(request("GET", "/echo/jobs/1").by_ana()).await.status, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn strangers_are_told_to_log_in_and_use_nothing_up() {
    let bench = bench(RateLimits { all_users: Some(1), ..NONE });
    for _ in 0..3 {
        bench.send(request("GET", "/echo/jobs/1")).await.is_fault(401, "no_credentials");
        assert_eq!(bench.send(request("GET", "/echo/login")).await.status, 200);
    }
    assert_eq!(bench.send(request("GET", "/echo/jobs/1").by_ana()).await.status, 200);
    bench.send(request("GET", "/echo/jobs/1").by_ana()).await.is_fault(429, TOO_MANY);
}

#[tokio::test(start_paused = true)]
async fn the_body_of_a_refused_request_is_not_waited_for() {
    let bench = bench(RateLimits { per_user: Some(0), ..NONE });
    let endless = http_body_util::StreamBody::new(futures_util::stream::pending::<
        Result<http_body::Frame<Bytes>, std::io::Error>,
    >());
    let answer = bench.send(with_body("PUT", "/echo/jobs/1/cancel", endless).by_ana()).await;
    answer.is_fault(429, TOO_MANY);
}

#[tokio::test(start_paused = true)]
async fn a_request_is_under_way_until_it_is_answered_or_given_up() {
    let gate = Arc::new(Notify::new());
    let shut = Arc::clone(&gate);
    let engine = Engine::new(tower::service_fn(move |call: Call| {
        let shut = Arc::clone(&shut);
        async move {
            shut.notified().await;
            Ok(done(&call))
        }
    }));
    let bench = Bench::with(|mount| {
        mount.codec = Arc::new(Limited(RateLimits { at_once_per_user: Some(1), ..NONE }));
        mount.engine = engine;
    });
    let ask = || bench.send(request("GET", "/echo/jobs/1/abort"));
    let (first, second) = tokio::join!(ask(), async {
        let refused = ask().await;
        gate.notify_one();
        refused
    });
    assert_eq!(first.status, 200);
    second.is_fault(429, TOO_MANY);
    // A client that goes away takes its request with it.
    assert!(tokio::time::timeout(Duration::from_millis(1), ask()).await.is_err());
    gate.notify_one();
    assert_eq!(ask().await.status, 200);
}
