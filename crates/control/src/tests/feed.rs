//! The feed of commands: pages, waiting, events.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};

use super::desk::{Desk, request};

/// Registers jobs from 1 and cancels each.
async fn cancelled(desk: &Desk, jobs: std::ops::RangeInclusive<i64>) {
    for number in jobs {
        desk.ask("PUT", &format!("/v1/jobs/{number}"), "{}").await;
        assert_eq!(desk.ask("POST", &format!("/v1/jobs/{number}/cancel"), "").await.status, 200);
    }
}

fn numbers(page: &Value) -> Value {
    page["commands"].as_array().unwrap().iter().map(|entry| entry["number"].clone()).collect()
}

#[tokio::test]
async fn the_feed_is_read_page_by_page() {
    let desk = Desk::new();
    cancelled(&desk, 1..=3).await;
    let page = desk.ask("GET", "/v1/commands?limit=2", "").await.json();
    assert_eq!((numbers(&page), page["next"].clone()), (json!([1, 2]), json!(2)));
    let mut first = page["commands"][0].clone();
    first["request_id"] = json!("r");
    let expected = json!({
        "seq": 1, "at": "2026-01-01T12:00:00.000Z", "namespace": "default", "number": 1, "aliases": {},
        "command": "cancel", "state_before": "queued", "state": "cancelled", "by": "admin", "dialect": "control",
        "request_id": "r"
    });
    assert_eq!(first, expected);
    let page = desk.ask("GET", "/v1/commands?after=2", "").await.json();
    assert_eq!((numbers(&page), page["next"].clone()), (json!([3]), json!(3)));
    let page = desk.ask("GET", "/v1/commands?after=3", "").await.json();
    assert_eq!((numbers(&page), page["next"].clone()), (json!([]), json!(3)));
}

#[tokio::test]
async fn a_place_beyond_the_end_is_another_ledgers() {
    let desk = Desk::new();
    cancelled(&desk, 1..=1).await;
    let gone = desk.ask("GET", "/v1/commands?after=500", "").await;
    assert_eq!((gone.status, gone.json()["oldest"].clone()), (410, json!(1)));
    assert_eq!(gone.json()["type"], "/problems/gone");
    assert_eq!(gone.json()["title"], "The log does not reach that far");
}

#[tokio::test]
async fn another_namespaces_commands_are_passed_over() {
    let desk = Desk::new();
    cancelled(&desk, 1..=2).await;
    desk.ask("PUT", "/v1/jobs/1?namespace=old", "{}").await;
    desk.ask("POST", "/v1/jobs/1/cancel?namespace=old", "").await;
    let page = desk.ask("GET", "/v1/commands?namespace=old&limit=1", "").await.json();
    assert_eq!((numbers(&page), page["commands"][0]["seq"].clone()), (json!([1]), json!(3)));
    assert_eq!(numbers(&desk.ask("GET", "/v1/commands?namespace=*", "").await.json()), json!([1, 2, 1]));
    assert_eq!(numbers(&desk.ask("GET", "/v1/commands", "").await.json()), json!([1, 2]));
}

#[tokio::test]
async fn a_reader_that_waits_is_woken_by_a_cancel() {
    let desk = Desk::new();
    cancelled(&desk, 1..=1).await;
    let waiting = desk.ask("GET", "/v1/commands?after=1&wait=60", "");
    let (page, ()) = tokio::join!(waiting, cancelled(&desk, 2..=2));
    assert_eq!(numbers(&page.json()), json!([2]));
}

#[tokio::test]
async fn a_wait_ends_when_the_process_is_about_to() {
    let desk = Desk::new();
    let waiting = desk.ask("GET", "/v1/commands?wait=60", "");
    let (page, ()) = tokio::join!(waiting, async { desk.control.drain() });
    assert_eq!(page.json(), json!({"commands": [], "next": 0}));
    assert_eq!(desk.ask("GET", "/readyz", "").await.status, 503);
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_when_its_time_is_over() {
    let desk = Desk::new();
    let begun = tokio::time::Instant::now();
    let page = desk.ask("GET", "/v1/commands?wait=60", "").await;
    assert_eq!(page.json(), json!({"commands": [], "next": 0}));
    assert_eq!(begun.elapsed().as_secs(), 60);
    assert_eq!(desk.ask("GET", "/v1/commands?wait=61", "").await.status, 400);
}

/// Opens an event stream.
async fn stream(desk: &Desk, path: &str, seen: Option<&str>) -> http::Response<crate::ControlBody> {
    let mut request: http::Request<Full<Bytes>> = request("read", "GET", path, "");
    request.headers_mut().insert("accept", "text/event-stream".parse().unwrap());
    if let Some(seen) = seen {
        request.headers_mut().insert("last-event-id", seen.parse().unwrap());
    }
    desk.open(request).await
}

async fn piece(response: &mut http::Response<crate::ControlBody>) -> Option<String> {
    let data = response.body_mut().frame().await?.unwrap().into_data().unwrap();
    Some(String::from_utf8(data.to_vec()).unwrap())
}

#[tokio::test]
async fn events_are_resumed_where_the_reader_was() {
    let desk = Desk::new();
    cancelled(&desk, 1..=3).await;
    let mut events = stream(&desk, "/v1/commands", None).await;
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    let all = piece(&mut events).await.unwrap();
    assert!(all.starts_with("id: 1\ndata: {\"seq\":1,\"at\":") && all.ends_with("}\n\n"), "{all}");
    assert_eq!(all.matches("\n\nid: ").count(), 2);
    drop(events);
    let mut events = stream(&desk, "/v1/commands?after=1", Some("2")).await;
    assert!(piece(&mut events).await.unwrap().starts_with("id: 3\ndata: "));
    let (fourth, ()) = tokio::join!(piece(&mut events), cancelled(&desk, 4..=4));
    assert!(fourth.unwrap().starts_with("id: 4\ndata: "));
    desk.control.drain();
    assert_eq!(piece(&mut events).await, None);
    assert_eq!(stream(&desk, "/v1/commands", Some("500")).await.status(), 410);
    assert_eq!(stream(&desk, "/v1/commands", Some("x")).await.status(), 400);
}

#[tokio::test(start_paused = true)]
async fn silence_is_broken_by_a_comment() {
    let desk = Desk::new();
    let mut events = stream(&desk, "/v1/commands", None).await;
    let begun = tokio::time::Instant::now();
    assert_eq!(piece(&mut events).await.as_deref(), Some(":\n\n"));
    assert_eq!(begun.elapsed().as_secs(), 15);
}
