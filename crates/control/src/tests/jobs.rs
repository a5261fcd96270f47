//! Describing and reading jobs.

use serde_json::json;

use super::desk::{Desk, request};

#[tokio::test]
async fn the_same_description_again_changes_nothing() {
    let desk = Desk::new();
    let job =
        r#"{"name": "nightly", "results": [24.00, {"b":9223372036854775807,"a":1}], "state": "running"}"#;
    let first = desk.ask("PUT", "/v1/jobs/7", job).await;
    assert_eq!((first.status, first.header("location")), (201, "/v1/jobs/7"));
    assert!(
        first.text().contains(r#""results":[24.00,{"b":9223372036854775807,"a":1}]"#),
        "{}",
        first.text()
    );
    let again = desk.ask("PUT", "/v1/jobs/7", job).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.body, first.body);
    let read = desk.ask("GET", "/v1/jobs/7", "").await;
    assert_eq!((read.status, &read.body), (200, &first.body));
    assert_eq!(read.header("etag"), "\"1\"");
    // What was read can be written back.
    let back = desk.ask("PUT", "/v1/jobs/7", read.text()).await;
    assert_eq!((back.status, &back.body), (200, &first.body), "{}", back.text());
}

#[tokio::test]
async fn a_description_is_bound_to_a_revision() {
    let desk = Desk::new();
    let name = |name: &str| format!("{{\"name\": \"{name}\"}}");
    let put = |header: (&'static str, &'static str), text: String| {
        let desk = desk.clone();
        async move { desk.ask_with(header, ("PUT", "/v1/jobs/7", &text)).await }
    };
    let absent = put(("if-match", "*"), name("a")).await;
    assert_eq!((absent.status, absent.json()["type"].as_str()), (412, Some("/problems/stale")));
    assert_eq!(put(("if-match", "\"1\""), name("a")).await.status, 412);
    assert_eq!(put(("if-none-match", "*"), name("a")).await.status, 201);
    let there = put(("if-none-match", "*"), name("b")).await;
    assert_eq!((there.status, there.json()["revision"].clone()), (412, json!(1)));
    assert_eq!(put(("if-match", "\"1\""), name("b")).await.header("etag"), "\"2\"");
    assert_eq!(put(("if-match", "\"1\""), name("c")).await.json()["revision"], json!(2));
    assert_eq!(put(("if-match", "W/\"2\""), name("c")).await.status, 412);
    assert_eq!(put(("if-match", "\"1\", \"2\""), name("c")).await.header("etag"), "\"3\"");
    assert_eq!(put(("if-match", "*"), name("d")).await.header("etag"), "\"4\"");
    let known = desk.ask_with(("if-none-match", "\"4\""), ("GET", "/v1/jobs/7", "")).await;
    assert_eq!((known.status, known.header("etag"), known.body.len()), (304, "\"4\"", 0));
}

#[tokio::test]
async fn what_the_body_names_is_what_the_path_names() {
    let desk = Desk::new();
    let wrong = desk.ask("PUT", "/v1/jobs/7", r#"{"number": 8}"#).await;
    assert_eq!((wrong.status, wrong.json()["pointer"].as_str()), (422, Some("/number")));
    let wrong = desk.ask("PUT", "/v1/jobs/7", r#"{"namespace": "old"}"#).await;
    assert_eq!((wrong.status, wrong.json()["pointer"].as_str()), (422, Some("/namespace")));
    let old = desk.ask("PUT", "/v1/jobs/7?namespace=old", r#"{"number": 7, "namespace": "old"}"#).await;
    assert_eq!((old.status, old.header("location")), (201, "/v1/jobs/7?namespace=old"));
    assert_eq!(desk.ask("GET", "/v1/jobs/7", "").await.status, 404);
    assert_eq!(desk.ask("GET", "/v1/jobs/7?namespace=old", "").await.json()["namespace"], "old");
}

#[tokio::test]
async fn a_mistake_leaves_the_ledger_as_it_was() {
    let desk = Desk::new();
    let unknown = desk.ask("PUT", "/v1/jobs/7", r#"{"nmae": "x"}"#).await;
    assert_eq!((unknown.status, unknown.header("content-type")), (422, "application/problem+json"));
    let expected = json!({
        "type": "/problems/invalid", "title": "The body does not say what it should", "status": 422,
        "detail": "there is no member `nmae` here; did you mean `name`?", "pointer": "/nmae"
    });
    assert_eq!(unknown.json(), expected);
    let orphan = desk.ask("PUT", "/v1/jobs/7", r#"{"parent": 1}"#).await;
    assert_eq!((orphan.status, orphan.json()["pointer"].as_str()), (422, Some("/parent")));
    assert_eq!(desk.ask("PUT", "/v1/jobs/7", "{").await.status, 400);
    assert_eq!(desk.ask("GET", "/v1/jobs", "").await.json(), json!({"jobs": [], "next": null}));
}

#[tokio::test]
async fn the_next_number_is_given_by_post() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/41", "{}").await;
    let next = desk.ask("POST", "/v1/jobs", r#"{"name": "x"}"#).await;
    assert_eq!((next.status, next.header("location")), (201, "/v1/jobs/42"));
    let named = desk.ask("POST", "/v1/jobs", r#"{"number": 50}"#).await;
    assert_eq!((named.status, named.json()["pointer"].as_str()), (422, Some("/number")));
}

#[tokio::test]
async fn lists_are_filtered_and_paged() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/1", r#"{"kind": "parent"}"#).await;
    for (number, state) in [(2, "running"), (3, "queued"), (4, "succeeded"), (5, "queued")] {
        let job = format!("{{\"parent\": 1, \"state\": \"{state}\", \"results\": [1]}}");
        assert_eq!(desk.ask("PUT", &format!("/v1/jobs/{number}"), &job).await.status, 201);
    }
    let numbers = |query: &'static str| {
        let desk = desk.clone();
        async move {
            let page = desk.ask("GET", &format!("/v1/jobs?{query}"), "").await.json();
            let numbers: Vec<_> =
                page["jobs"].as_array().unwrap().iter().map(|job| job["number"].clone()).collect();
            (json!(numbers), page["next"].clone())
        }
    };
    assert_eq!(numbers("state=queued,running").await.0, json!([1, 2, 3, 5]));
    assert_eq!(numbers("kind=parent").await, (json!([1]), json!(null)));
    assert_eq!(numbers("parent=1&state=queued").await.0, json!([3, 5]));
    assert_eq!(numbers("limit=2").await, (json!([1, 2]), json!(2)));
    assert_eq!(numbers("limit=2&after=2").await, (json!([3, 4]), json!(4)));
    assert_eq!(numbers("limit=2&after=4").await, (json!([5]), json!(null)));
    let page = desk.ask("GET", "/v1/jobs?parent=1", "").await.json();
    assert!(page["jobs"][0].get("results").is_none(), "{page}");
    for (query, hint) in [
        ("stat=queued", "there is no parameter `stat` here; did you mean `state`?"),
        ("state=quued", "?state=: there is no state `quued`; did you mean `queued`?"),
        ("limit=0", "?limit=: a whole number from 1 to 1000"),
        ("kind=parent&kind=child", "?kind= is there twice"),
    ] {
        let refused = desk.ask("GET", &format!("/v1/jobs?{query}"), "").await;
        assert_eq!((refused.status, refused.json()["detail"].as_str()), (400, Some(hint)), "{query}");
    }
}

#[tokio::test]
async fn a_finished_job_is_started_afresh_only_when_that_is_said() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/7", r#"{"state": "succeeded"}"#).await;
    let refused = desk.ask("PUT", "/v1/jobs/7", r#"{"state": "queued"}"#).await;
    assert_eq!(refused.state(), (409, "succeeded".to_owned()));
    assert_eq!(refused.json()["type"], "/problems/state");
    let mut afresh = request("admin", "PUT", "/v1/jobs/7?replace=true", r#"{"state": "queued"}"#);
    afresh.extensions_mut().insert(std::net::SocketAddr::from(([192, 0, 2, 1], 4711)));
    let afresh = desk.send(afresh).await;
    assert_eq!(afresh.state(), (200, "queued".to_owned()));
    let audit = desk.ask("GET", "/v1/audit", "").await.json();
    assert_eq!(audit["entries"][0]["command"], "replace");
    assert_eq!(audit["entries"][0]["by"], "admin");
    assert_eq!(audit["entries"][0]["client"], "192.0.2.1");
}
