//! Who may what, and what is refused before it means anything.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use countermand_ledger::AuditTarget;
use countermand_model::{Call, Caller, Cancel, Command, Effect, FaultKind, State, Target};
use futures_util::stream::{self, StreamExt};
use http_body::Frame;
use http_body_util::StreamBody;
use serde_json::{Value, json};

use super::desk::{Desk, request};

#[tokio::test]
async fn a_token_opens_what_its_scope_says() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/7", r#"{"state": "running"}"#).await;
    let cases = [
        ("GET", "/v1/jobs", "", [200, 200, 200, 401]),
        ("GET", "/v1/jobs/7", "", [200, 200, 200, 401]),
        ("GET", "/v1/commands", "", [200, 200, 200, 401]),
        ("GET", "/v1/audit", "", [200, 200, 200, 401]),
        ("POST", "/v1/jobs/7/events", "{}", [200, 200, 403, 401]),
        ("PUT", "/v1/jobs/7", "{}", [200, 403, 403, 401]),
        ("POST", "/v1/jobs", "{}", [201, 403, 403, 401]),
        ("POST", "/v1/jobs/7/cancel", "", [200, 403, 403, 401]),
        ("GET", "/v1/nonesuch", "", [404, 404, 404, 401]),
        ("DELETE", "/v1/jobs/7", "", [405, 405, 405, 401]),
        ("GET", "/livez", "", [200, 200, 200, 200]),
        ("GET", "/readyz", "", [200, 200, 200, 200]),
        ("GET", "/metrics", "", [200, 200, 200, 200]),
        ("GET", "/v1/openapi.json", "", [200, 200, 200, 200]),
    ];
    for (method, path, body, expected) in cases {
        for (who, expected) in ["admin", "run", "read", "stranger"].into_iter().zip(expected) {
            let answer = desk.send(request(who, method, path, body)).await;
            assert_eq!(answer.status, expected, "{method} {path} as {who}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn a_stranger_is_told_how_to_ask() {
    let desk = Desk::new();
    let mut bare = request("", "GET", "/v1/jobs", "");
    bare.headers_mut().remove("authorization");
    let bare = desk.send(bare).await;
    assert_eq!((bare.status, bare.header("www-authenticate")), (401, "Bearer realm=\"countermand\""));
    let wrong = desk.send(request("wrong", "GET", "/v1/jobs", "")).await;
    assert_eq!(wrong.header("www-authenticate"), "Bearer realm=\"countermand\", error=\"invalid_token\"");
    let lower = desk.ask_with(("authorization", "bearer read-token"), ("GET", "/v1/jobs", "")).await;
    assert_eq!(lower.status, 200);
    let basic = desk.ask_with(("authorization", "Basic read-token"), ("GET", "/v1/jobs", "")).await;
    assert_eq!(basic.status, 401);
}

#[tokio::test]
async fn who_may_not_is_in_the_audit_and_a_stranger_is_not() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/7", "{}").await;
    desk.send(request("stranger", "POST", "/v1/jobs/7/cancel", "")).await;
    assert_eq!(desk.ask("GET", "/v1/audit", "").await.json()["entries"], serde_json::json!([]));
    let mut denied = request("run", "POST", "/v1/jobs/7/cancel", "");
    denied.extensions_mut().insert(SocketAddr::from(([192, 0, 2, 1], 4711)));
    desk.send(denied).await;
    let audit = desk.ask("GET", "/v1/audit", "").await.json();
    let row = &audit["entries"][0];
    for (member, expected) in
        [("command", "refused:cancelJob"), ("by", "run"), ("dialect", "control"), ("client", "192.0.2.1")]
    {
        assert_eq!(row[member], expected, "{row}");
    }
    assert_eq!(audit["entries"].as_array().map(Vec::len), Some(1));
    assert_eq!(desk.ask("GET", "/v1/jobs/7", "").await.state().1, "queued");
}

#[tokio::test]
async fn the_audit_says_how_far_a_command_to_another_engine_came() {
    let desk = Desk::new();
    let journal = desk.store.journal("default", "old");
    let call = |number| Call {
        command: Command::Cancel(Cancel { targets: vec![Target::number(number)], ..Cancel::default() }),
        caller: Caller::default(),
        dialect: "cisco-prime",
        request_id: "r-1".to_owned(),
    };
    desk.ask("PUT", "/v1/jobs/7", "{}").await;
    desk.ask("POST", "/v1/jobs/7/cancel", "").await;
    let ticket = journal.sent(&call(15)).await.unwrap();
    journal.refused(&call(25), FaultKind::Unreachable).await.unwrap();
    let rows = async || {
        let audit = desk.ask("GET", "/v1/audit", "").await.json();
        let member = |row: &Value, name: &str| row[name].clone();
        let row = |row: &Value| {
            let effect = row["targets"][0]["effect"].clone();
            json!([
                member(row, "engine"),
                member(row, "settled"),
                member(row, "settled_at"),
                member(row, "fault"),
                effect
            ])
        };
        audit["entries"].as_array().unwrap().iter().map(row).collect::<Vec<_>>()
    };
    let (noon, refused) =
        ("2026-01-01T12:00:00.000Z", json!(["old", true, "2026-01-01T12:00:00.000Z", "unreachable", null]));
    let here = json!([null, true, noon, null, "cancelled"]);
    assert_eq!(rows().await, [here.clone(), json!(["old", false, null, null, null]), refused.clone()]);
    let seen = AuditTarget {
        written: "15".to_owned(),
        number: Some(15),
        effect: Some(Effect::Cancelled),
        before: Some(State::Running),
        after: Some(State::Cancelled),
    };
    journal.settled(ticket, 1_767_268_801_500, vec![seen]).await.unwrap();
    let settled = json!(["old", true, "2026-01-01T12:00:01.500Z", null, "cancelled"]);
    assert_eq!(rows().await, [here, settled, refused]);
}

#[tokio::test]
async fn every_answer_carries_the_requests_id() {
    let desk = Desk::new();
    let own = desk.ask_with(("x-request-id", "abc-1"), ("GET", "/v1/nonesuch", "")).await;
    assert_eq!((own.status, own.header("x-request-id")), (404, "abc-1"));
    let ours = desk.ask_with(("x-request-id", "a b"), ("GET", "/livez", "")).await;
    assert_eq!(ours.header("x-request-id").len(), 32);
    desk.ask("PUT", "/v1/jobs/7", "{}").await;
    desk.ask_with(("x-request-id", "abc-2"), ("POST", "/v1/jobs/7/cancel", "")).await;
    assert_eq!(desk.ask("GET", "/v1/audit", "").await.json()["entries"][0]["request_id"], "abc-2");
}

#[tokio::test]
async fn bodies_are_json_and_no_longer_than_they_may_be() {
    let desk = Desk::new();
    let form = ("content-type", "application/x-www-form-urlencoded");
    assert_eq!(desk.ask_with(form, ("PUT", "/v1/jobs/7", "{}")).await.status, 415);
    let latin = ("content-type", "application/json; charset=iso-8859-1");
    assert_eq!(desk.ask_with(latin, ("PUT", "/v1/jobs/7", "{}")).await.status, 415);
    let lines = ("content-type", "application/x-ndjson");
    assert_eq!(desk.ask_with(lines, ("PUT", "/v1/jobs/7", "{}")).await.status, 415);
    for path in ["/v1/jobs/7", "/v1/jobs/7/events"] {
        let method = if path.ends_with("7") { "PUT" } else { "POST" };
        let packed = desk.ask_with(("content-encoding", "gzip"), (method, path, "{}")).await;
        assert_eq!((packed.status, packed.header("content-type")), (415, "application/problem+json"));
    }
    let plain = ("content-encoding", "Identity");
    assert_eq!(desk.ask_with(plain, ("PUT", "/v1/jobs/8", "{}")).await.status, 201);
    let utf8 = ("content-type", "Application/JSON; charset=\"UTF-8\"");
    assert_eq!(desk.ask_with(utf8, ("PUT", "/v1/jobs/7", "{}")).await.status, 201);
    let name = "x".repeat(1 << 20);
    assert_eq!(desk.ask("PUT", "/v1/jobs/7", &format!("{{\"name\": \"{name}\"}}")).await.status, 413);
    let name = &name[..(1 << 20) - 12];
    assert_eq!(desk.ask("PUT", "/v1/jobs/7", &format!("{{\"name\": \"{name}\"}}")).await.status, 200);
    assert_eq!(desk.ask("PUT", "/v1/jobs/7", &"[".repeat(100_000)).await.status, 400);
    assert_eq!(desk.ask("PUT", "/v1/jobs/x", "{}").await.status, 404);
}

#[tokio::test]
async fn head_is_get_without_its_body() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/7", "{}").await;
    let get = desk.ask("GET", "/v1/jobs/7", "").await;
    let head = desk.ask("HEAD", "/v1/jobs/7", "").await;
    assert_eq!((head.status, head.body.len(), head.header("etag")), (200, 0, get.header("etag")));
    assert_eq!(head.header("content-length"), get.body.len().to_string());
    let wrong = desk.ask("DELETE", "/v1/jobs/7", "").await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET, HEAD, PUT"));
}

#[tokio::test]
async fn figures_are_of_the_whole_process() {
    let desk = Desk::new();
    desk.ask("PUT", "/v1/jobs/7", "{}").await;
    desk.ask("POST", "/v1/jobs/7/cancel", "").await;
    let metrics = desk.ask("GET", "/metrics", "").await;
    assert_eq!(metrics.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    for line in [
        "rest_of_the_process_total 1",
        "# TYPE countermand_ledger_commands counter",
        "# HELP countermand_ledger_commands Changing commands committed.",
        "countermand_ledger_commands_total 1",
        "# TYPE countermand_ledger_waiting gauge",
        "countermand_ledger_waiting 0",
        "countermand_control_requests_total{method=\"PUT\",route=\"/v1/jobs/{number}\",status=\"2xx\"} 1",
    ] {
        assert!(metrics.text().lines().any(|there| there == line), "{line}\nin {}", metrics.text());
    }
    // The end is the last line, and said once.
    assert!(metrics.text().ends_with("\n# EOF\n") && metrics.text().matches("# EOF").count() == 1);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_the_callers_to_send_again() {
    let desk = Desk::new();
    let pieces = [Ok(Frame::data(Bytes::from_static(b"{}"))), Err(std::io::Error::other("reset"))];
    let request = http::Request::put("/v1/jobs/7")
        .header("authorization", "Bearer admin-token")
        .body(StreamBody::new(stream::iter(pieces)))
        .unwrap();
    assert_eq!(desk.open(request).await.status(), 400);
    assert_eq!(desk.ask("GET", "/v1/jobs/7", "").await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_go_on_is_not_waited_for() {
    let desk = Desk::new();
    for (path, kind) in [("/v1/jobs", "application/json"), ("/v1/jobs", "application/x-ndjson")] {
        let begun = stream::iter([Ok::<_, std::io::Error>(Frame::data(Bytes::from_static(b"{}\n")))]);
        let request = http::Request::post(path)
            .header("authorization", "Bearer admin-token")
            .header("content-type", kind)
            .body(StreamBody::new(begun.chain(stream::pending())))
            .unwrap();
        let answer = tokio::time::timeout(Duration::from_secs(60), desk.open(request)).await;
        assert_eq!(answer.expect("an answer within a minute").status(), 408, "{kind}");
    }
}
