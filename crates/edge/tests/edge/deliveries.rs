//! What was handed out is confirmed when the connection has taken it, and only then.

use http_body_util::BodyExt;

use crate::support::{Bench, request};

/// Everything that was spawned has run.
async fn settle() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_last_byte_taken_confirms_once() {
    let bench = Bench::with(|_| {});
    let mut body = bench.raw(request("GET", "/echo/jobs/1").map(|body| body)).await.into_body();
    settle().await;
    assert_eq!(bench.confirmed(), 0, "nothing was taken yet");
    body.frame().await.unwrap().unwrap();
    settle().await;
    assert_eq!(bench.confirmed(), 1);
    assert!(body.frame().await.is_none());
    settle().await;
    assert_eq!(bench.confirmed(), 1);
    let [read, confirm] = &bench.calls()[..] else { panic!("two calls") };
    assert_eq!((&read.request_id, &read.caller), (&confirm.request_id, &confirm.caller));
}

#[tokio::test]
async fn a_dropped_body_a_head_and_an_error_do_not_confirm() {
    let bench = Bench::with(|_| {});
    drop(bench.raw(request("GET", "/echo/jobs/1")).await);
    bench.send(request("HEAD", "/echo/jobs/1")).await;
    assert_eq!(bench.send(request("GET", "/echo/jobs/gone")).await.status, 410);
    assert_eq!(bench.send(request("GET", "/echo/jobs/panic-in-encode")).await.status, 500);
    settle().await;
    assert_eq!((bench.confirmed(), bench.calls().len()), (0, 4));
}
