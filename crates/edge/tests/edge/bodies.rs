//! Bodies: not read before they may be, not longer than they may be, not longer under way than they may be.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Instant;

use crate::support::{Adding, Bench, request, with_body};

/// A body in chunks that counts how often it is asked; after the last chunk it ends, or hangs, or breaks.
struct Chunks {
    chunks: Vec<Bytes>,
    then: Then,
    asked: Arc<AtomicUsize>,
    declared: Option<u64>,
}

#[derive(Clone, Copy)]
enum Then {
    End,
    Hang,
    Break,
}

impl Chunks {
    fn of(chunks: &[&str], then: Then) -> (Chunks, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let chunks = chunks.iter().rev().map(|chunk| Bytes::copy_from_slice(chunk.as_bytes())).collect();
        (Chunks { chunks, then, asked: Arc::clone(&asked), declared: None }, asked)
    }
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        match (self.chunks.pop(), self.then) {
            (Some(chunk), _) => Poll::Ready(Some(Ok(Frame::data(chunk)))),
            (None, Then::End) => Poll::Ready(None),
            (None, Then::Hang) => Poll::Pending,
            (None, Then::Break) => Poll::Ready(Some(Err(std::io::Error::other("reset")))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.declared.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

const CANCEL: &str = "/echo/jobs/1/cancel";

#[tokio::test]
async fn a_body_is_not_read_before_the_credentials() {
    let bench = Bench::new();
    let (body, asked) = Chunks::of(&["[]"], Then::End);
    let response = bench.raw(with_body("PUT", CANCEL, body)).await;
    assert_eq!((response.status().as_u16(), asked.load(Ordering::Relaxed)), (401, 0));
}

#[tokio::test]
async fn a_declared_length_over_the_limit_is_refused_unread() {
    let bench = Bench::with(|_| {});
    let (mut body, asked) = Chunks::of(&["[]"], Then::End);
    body.declared = Some(1025);
    let response = bench.raw(with_body("PUT", CANCEL, body)).await;
    assert_eq!((response.status().as_u16(), asked.load(Ordering::Relaxed)), (413, 0));
    assert_eq!(response.headers()["connection"], "close");
}

#[tokio::test]
async fn an_oversized_body_is_answered_in_the_callers_dialect() {
    let bench = Bench::with(|_| {});
    let kib = "x".repeat(512);
    let (body, asked) = Chunks::of(&[&kib, &kib, "x", "never read"], Then::Hang);
    let response = bench.raw(with_body("PUT", CANCEL, body)).await;
    assert_eq!(asked.load(Ordering::Relaxed), 3);
    assert_eq!(response.headers()["connection"], "close");
    crate::support::Answer::of(response).await.is_fault(413, "too_large");
    assert!(bench.calls().is_empty());

    let (body, _) = Chunks::of(&[&kib, &kib], Then::End);
    assert_eq!(bench.send(with_body("PUT", CANCEL, body)).await.status, 200, "just the limit");
}

#[tokio::test]
async fn a_packed_body_is_refused_in_the_callers_dialect() {
    let bench = Bench::with(|_| {});
    let (body, asked) = Chunks::of(&["[]"], Then::Hang);
    let answer = bench.send(with_body("PUT", CANCEL, body).and("content-encoding", "gzip")).await;
    answer.is_fault(415, "unsupported_media_type");
    assert!(bench.calls().is_empty() && asked.load(Ordering::Relaxed) <= 1);
    let (body, _) = Chunks::of(&["[]"], Then::End);
    let plain = with_body("PUT", CANCEL, body).and("content-encoding", "identity");
    assert_eq!(bench.send(plain).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_slow_body_is_answered_when_its_time_is_over() {
    let bench = Bench::with(|_| {});
    let (body, _) = Chunks::of(&["["], Then::Hang);
    let started = Instant::now();
    let answer = bench.send(with_body("PUT", CANCEL, body)).await;
    answer.is_fault(408, "body_timeout");
    assert_eq!(answer.header("connection"), "close");
    assert_eq!(started.elapsed().as_secs(), 30);
}

#[tokio::test]
async fn a_body_that_breaks_is_the_callers_mistake() {
    let bench = Bench::with(|_| {});
    let (body, _) = Chunks::of(&["["], Then::Break);
    let answer = bench.send(with_body("PUT", CANCEL, body)).await;
    answer.is_fault(400, "malformed");
    assert!(!answer.body.contains("reset"), "{}", answer.body);
}

#[tokio::test]
async fn a_body_nobody_asked_for_neither_delays_nor_refuses() {
    let bench = Bench::with(|_| {});
    let (body, asked) = Chunks::of(&[&"x".repeat(4096), "y"], Then::End);
    let request = with_body("GET", "/echo/jobs/1", body).and("content-type", "image/png");
    assert_eq!(bench.send(request).await.status, 200);
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert_eq!(asked.load(Ordering::Relaxed), 3, "it is read to its end beside the answer");
}

#[tokio::test]
async fn who_asks_before_sending_is_not_invited_by_a_refusal() {
    let bench = Bench::new();
    let (body, asked) = Chunks::of(&["[]"], Then::End);
    let request = with_body("PUT", CANCEL, body).and("expect", "100-continue");
    assert_eq!(bench.send(request).await.status, 401);
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_left_of_a_body_is_not_read_for_ever() {
    let bench = Bench::new();
    let (body, asked) = Chunks::of(&["["], Then::Hang);
    assert_eq!(bench.send(with_body("PUT", CANCEL, body)).await.status, 401);
    tokio::time::advance(Duration::from_secs(11)).await;
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert_eq!(Arc::strong_count(&asked), 1, "the body was let go");
    assert_eq!(bench.send(request("GET", "/echo/login")).await.status, 200);
}
