//! Orders, and what runners are told and say.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::stream;
use http_body::Frame;
use http_body_util::StreamBody;
use serde_json::json;

use super::desk::{Answer, Desk, request};

async fn event(desk: &Desk, event: &str) -> Answer {
    desk.send(request("run", "POST", "/v1/jobs/7/events", event)).await
}

#[tokio::test]
async fn a_runner_does_not_start_what_was_cancelled() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/7", "{}").await;
    assert_eq!(desk.ask("POST", "/v1/jobs/7/cancel", "").await.state(), (200, "cancelled".to_owned()));
    let start = event(&desk, r#"{"state": "running", "runner": "farm"}"#).await;
    assert_eq!(start.state(), (409, "cancelled".to_owned()));
}

#[tokio::test]
async fn a_running_job_is_cancelling_until_its_runner_says_so() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/7", "{}").await;
    let started = event(&desk, r#"{"state": "running", "runner": "farm"}"#).await;
    assert_eq!(started.state(), (200, "running".to_owned()));
    assert_eq!(
        event(&desk, r#"{"state": "running", "runner": "other"}"#).await.state(),
        (409, "running".to_owned())
    );
    assert_eq!(desk.ask("POST", "/v1/jobs/7/cancel", "").await.state(), (200, "cancelling".to_owned()));
    assert_eq!(desk.ask("POST", "/v1/jobs/7/cancel", "").await.state(), (200, "cancelling".to_owned()));
    // A description does not undo the order.
    assert_eq!(desk.ask("PUT", "/v1/jobs/7", r#"{"state": "running"}"#).await.state().1, "cancelling");
    assert_eq!(event(&desk, r#"{"state": "cancelled", "runner": "farm"}"#).await.state().1, "cancelled");
    // Again is harmless.
    assert_eq!(desk.ask("POST", "/v1/jobs/7/cancel", "").await.state(), (200, "cancelled".to_owned()));
}

#[tokio::test]
async fn an_order_takes_no_wishes() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/7", "{}").await;
    for verb in ["cancel", "hold", "release"] {
        let path = format!("/v1/jobs/7/{verb}");
        let wish = desk.ask("POST", &path, r#"{"forse": true}"#).await;
        assert_eq!((wish.status, wish.json()["pointer"].as_str()), (422, Some("/forse")), "{verb}");
        assert_eq!(desk.ask("POST", &path, "{").await.status, 400, "{verb}");
        assert_eq!(desk.ask("POST", &path, "[]").await.status, 422, "{verb}");
    }
    assert_eq!(desk.ask("GET", "/v1/jobs/7", "").await.state().1, "queued");
    assert_eq!(desk.ask("POST", "/v1/jobs/7/hold", "{}").await.state(), (200, "held".to_owned()));
    let form = ("content-type", "application/x-www-form-urlencoded");
    assert_eq!(desk.ask_with(form, ("POST", "/v1/jobs/7/release", "")).await.state().1, "queued");
    let chunked = StreamBody::new(stream::iter(Vec::<Result<Frame<Bytes>, Infallible>>::new()));
    let mut empty = request("admin", "POST", "/v1/jobs/7/hold", "").map(|_| chunked);
    empty.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(desk.open(empty).await.status(), 200);
}

#[tokio::test]
async fn an_end_is_not_undone() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/7", r#"{"state": "succeeded"}"#).await;
    let late = desk.ask("POST", "/v1/jobs/7/cancel", "").await;
    assert_eq!(late.state(), (409, "succeeded".to_owned()));
    assert_eq!(late.json()["type"], "/problems/state");
    assert_eq!(desk.ask("POST", "/v1/jobs/7/hold", "").await.state(), (409, "succeeded".to_owned()));
    assert_eq!(desk.ask("POST", "/v1/jobs/8/cancel", "").await.status, 404);
}

#[tokio::test]
async fn what_is_held_goes_on_when_it_is_released() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/7", "{}").await;
    for (verb, state) in [("hold", "held"), ("hold", "held"), ("release", "queued")] {
        let answer = desk.ask("POST", &format!("/v1/jobs/7/{verb}"), "").await;
        assert_eq!(answer.state(), (200, state.to_owned()), "{verb}");
    }
    assert_eq!(event(&desk, r#"{"state": "running", "runner": "farm"}"#).await.status, 200);
    assert_eq!(desk.ask("POST", "/v1/jobs/7/hold", "").await.state(), (409, "running".to_owned()));
}

#[tokio::test]
async fn a_parent_is_cancelled_with_its_children() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/7", r#"{"kind": "parent"}"#).await;
    desk.ask("PUT", "/v1/jobs/15", r#"{"parent": 7, "state": "running"}"#).await;
    desk.ask("PUT", "/v1/jobs/25", r#"{"parent": 7}"#).await;
    let parent = desk.ask("POST", "/v1/jobs/7/cancel", "").await;
    assert_eq!(parent.state(), (200, "cancelling".to_owned()));
    assert_eq!(parent.json()["children"], json!({"total": 2, "unfinished": 1}));
    assert_eq!(desk.ask("GET", "/v1/jobs/25", "").await.state().1, "cancelled");
}

#[tokio::test]
async fn results_arrive_bit_by_bit_and_are_kept_as_text() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/7", r#"{"state": "running"}"#).await;
    let first =
        event(&desk, r#"{"results": {"from": 0, "items": [24.00, "a"]}, "progress": {"total": 3}}"#).await;
    assert_eq!((first.status, first.json()["progress"]["total"].clone()), (200, json!(3)));
    assert!(first.json().get("results").is_none());
    assert_eq!(event(&desk, r#"{"results": {"from": 1, "items": ["a", {"z": 1}]}}"#).await.status, 200);
    assert_eq!(event(&desk, r#"{"results": {"from": 9, "items": [1]}}"#).await.status, 409);
    let job = desk.ask("GET", "/v1/jobs/7", "").await;
    assert!(job.text().contains(r#""results":[24.00,"a",{"z": 1}]"#), "{}", job.text());
    let unknown = event(&desk, r#"{"sate": "failed"}"#).await;
    assert_eq!((unknown.status, unknown.json()["pointer"].as_str()), (422, Some("/sate")));
}

#[tokio::test]
async fn an_order_and_an_event_can_be_bound_to_a_revision() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/7", "{}").await;
    let stale = ("if-match", "\"9\"");
    let order = desk.ask_with(stale, ("POST", "/v1/jobs/7/cancel", "")).await;
    assert_eq!((order.status, order.json()["revision"].clone()), (412, json!(1)));
    let event = desk.ask_with(stale, ("POST", "/v1/jobs/7/events", r#"{"state": "running"}"#)).await;
    assert_eq!((event.status, event.json()["revision"].clone()), (412, json!(1)));
    let order = desk.ask_with(("if-match", "\"1\""), ("POST", "/v1/jobs/7/cancel", "")).await;
    assert_eq!(order.state(), (200, "cancelled".to_owned()));
    assert_eq!(desk.ask_with(stale, ("POST", "/v1/jobs/8/cancel", "")).await.status, 404);
}

#[tokio::test]
async fn of_many_orders_to_one_revision_one_is_carried_out() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/7", "{}").await;
    let order = || desk.ask_with(("if-match", "\"1\""), ("POST", "/v1/jobs/7/hold", ""));
    let answers = join_all((0..16).map(|_| order())).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [[200].as_slice(), &[412; 15]].concat());
    assert_eq!(desk.ask_with(("if-match", "\"1\""), ("POST", "/v1/jobs/8/hold", "")).await.status, 404);
}
