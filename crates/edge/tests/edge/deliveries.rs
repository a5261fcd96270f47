//! What was handed out is confirmed when the connection has taken it, and only then.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use countermand_edge::Engine;
use countermand_model::{Call, Command};
use futures_util::FutureExt;
use http_body_util::BodyExt;
use tokio::sync::Notify;

use crate::support::{Bench, done, request};

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

/// Pitfall hitachi-detail-view 4.
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

#[tokio::test]
async fn a_question_waits_for_every_confirmation_under_way() {
    // Two at once are two mounts whose namespaces have the same id.
    let (asked, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let (count, shut) = (Arc::clone(&asked), Arc::clone(&gate));
    let engine = Engine::new(tower::service_fn(move |call: Call| {
        let (count, shut) = (Arc::clone(&count), Arc::clone(&shut));
        async move {
            match call.command {
                Command::Confirm { .. } => shut.notified().await,
                _ => drop(count.fetch_add(1, Relaxed)),
            }
            Ok(done(&call))
        }
    }));
    let bench = Bench::with(|mount| mount.engine = engine);
    let mut bodies = Vec::new();
    for _ in 0..2 {
        bodies.push(bench.raw(request("GET", "/echo/jobs/1")).await.into_body());
    }
    for body in &mut bodies {
        body.frame().await.unwrap().unwrap();
        settle().await;
    }
    gate.notify_one();
    settle().await;
    let mut third = Box::pin(bench.raw(request("GET", "/echo/jobs/1")));
    assert!(third.as_mut().now_or_never().is_none());
    assert_eq!(asked.load(Relaxed), 2, "the second is not confirmed yet");
    gate.notify_one();
    third.await;
    assert_eq!(asked.load(Relaxed), 3);
}
