//! Whatever goes wrong, the answer is in the caller's dialect.

use std::sync::Arc;

use countermand_model::{Fault, FaultKind};
use http::Request;

use crate::dialect;
use crate::support::{Adding, Answers, Bench, basic, request, settings, with_body};

#[tokio::test]
async fn authentication_precedes_404() {
    let bench = Bench::new();
    bench.send(request("GET", "/echo/no/such/thing")).await.is_fault(401, "no_credentials");
    let wrong = request("GET", "/echo/no/such/thing").and("authorization", &basic("ana", "wrong"));
    bench.send(wrong).await.is_fault(401, "bad_credentials");
    bench.send(request("GET", "/echo/no/such/thing").by_ana()).await.is_fault(404, "unknown_route");
    bench.send(request("POST", "/echo/jobs/1/cancel").by_ana()).await.is_fault(405, "wrong_method");
}

#[tokio::test]
async fn a_401_says_how_to_do_better() {
    let answer = Bench::new().send(request("GET", "/echo/jobs/1")).await;
    assert_eq!(answer.header("www-authenticate"), "Basic realm=\"tests\", charset=\"UTF-8\"");
}

#[tokio::test]
async fn malformed_bodies_carry_place_and_code() {
    let bench = Bench::new();
    let answer = bench.send(request("PUT", "/echo/jobs/1/cancel").by_ana()).await;
    answer.is_fault(400, "malformed");
    assert!(answer.body.contains("\"message\":\"/: there is no body\""), "{}", answer.body);
    assert!(answer.body.contains("\"code\":\"E-EMPTY\""), "{}", answer.body);
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn every_fault_of_an_engine_is_answered_in_the_callers_dialect() {
    for kind in FaultKind::ALL {
        let answers: Answers = Arc::new(move |_| Err(Fault::new(kind, "told by the engine")));
        let bench = Bench::built(settings(), answers, |_| {});
        let answer = bench.send(request("GET", "/echo/jobs/1")).await;
        answer.is_fault(dialect::status(kind).as_u16(), kind.name());
    }
}

#[tokio::test]
async fn a_panic_anywhere_after_the_head_is_a_500_of_the_dialect() {
    let bench = Bench::with(|_| {});
    let decoding = with_body("PUT", "/echo/jobs/panic-in-decode/cancel", "[]".to_owned());
    bench.send(decoding).await.is_fault(500, "internal");
    bench.send(request("GET", "/echo/jobs/panic-in-encode")).await.is_fault(500, "internal");

    let bench = Bench::built(settings(), Arc::new(|_| panic!("the engine went wrong")), |_| {});
    let answer = bench.send(request("GET", "/echo/jobs/1")).await;
    answer.is_fault(500, "internal");
    assert!(!answer.body.contains("went wrong"), "what the panic said is not a stranger's: {}", answer.body);
}

#[tokio::test]
async fn a_codec_that_cannot_answer_at_all_leaves_a_bare_500() {
    let bench = Bench::with(|_| {});
    for path in ["/echo/jobs/panic-always", "/echo/panic-in-open"] {
        let answer = bench.send(request("GET", path)).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (500, ""), "{path}");
        assert_eq!(answer.header("x-request-id").len(), 32);
    }
    bench.send(request("GET", "/echo/jobs/1")).await.headers.get("x-request-id").unwrap();
}

#[tokio::test]
async fn a_bad_host_is_a_400_of_the_dialect() {
    let bench = Bench::with(|_| {});
    let missing = Request::get("/echo/jobs/1").body(String::new()).unwrap();
    bench.send(missing).await.is_fault(400, "malformed");
    let repeated = request("GET", "/echo/jobs/1").and("host", "old.example");
    bench.send(repeated).await.is_fault(400, "malformed");
    for bad in ["", "old.example/evil", "me@old.example", "old example", "old.example:http", "\"><script>"] {
        let request = Request::get("/echo/jobs/1").header("host", bad).body(String::new()).unwrap();
        let answer = bench.send(request).await;
        answer.is_fault(400, "malformed");
        assert!(answer.body.contains("\"url\":\"http://localhost/echo/jobs/1\""), "{}", answer.body);
    }
}

#[tokio::test]
async fn request_ids_are_echoed_and_reach_the_engine() {
    let bench = Bench::with(|_| {});
    let answer = bench.send(request("GET", "/echo/jobs/1").and("x-request-id", "run-15")).await;
    assert_eq!(answer.header("x-request-id"), "run-15");
    assert_eq!(bench.calls()[0].request_id, "run-15");
    let answer = bench.send(request("GET", "/echo/jobs/1").and("x-request-id", "two words")).await;
    assert_eq!(answer.header("x-request-id").len(), 32);
    assert_eq!(bench.calls()[0].caller.client, "192.0.2.1");
}
