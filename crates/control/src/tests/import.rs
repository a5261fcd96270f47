//! Many jobs, one per line.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::stream;
use http::Request;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use serde_json::{Value, json};

use super::desk::Desk;

/// Registers lines that arrive in pieces of `piece` bytes.
async fn import(desk: &Desk, path: &str, text: &str, piece: usize) -> (u16, Value) {
    let pieces: Vec<_> = text.as_bytes().chunks(piece).map(Bytes::copy_from_slice).collect();
    let body =
        StreamBody::new(stream::iter(pieces.into_iter().map(|data| Ok::<_, Infallible>(Frame::data(data)))));
    let request = Request::post(path)
        .header("authorization", "Bearer admin-token")
        .header("content-type", "application/x-ndjson")
        .body(body)
        .unwrap();
    let (parts, body) = desk.open(request).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status.as_u16(), serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn ten_thousand_lines_are_registered_but_for_the_bad_ones() {
    let desk = Desk::new();
    let line = |number: i64| match number {
        number if number % 50 == 0 => format!("{{\"number\": {number}, \"nmae\": \"x\"}}\n"),
        777 => "{\"number\": 1}}\n".to_owned(),
        778 => "\n".to_owned(),
        number => format!("{{\"number\": {number}, \"results\": [24.00]}}\r\n"),
    };
    let text: String = (1..=10_000).map(line).collect();
    let (status, told) = import(&desk, "/v1/jobs", &text, 1_000).await;
    assert_eq!((status, &told["registered"], &told["failed_total"]), (200, &json!(9_798), &json!(201)));
    let failed = told["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 100);
    assert_eq!((&failed[0]["line"], &failed[0]["problem"]["pointer"]), (&json!(50), &json!("/nmae")));
    assert_eq!((&failed[15]["line"], &failed[15]["problem"]["status"]), (&json!(777), &json!(400)));
    assert!(desk.ask("GET", "/v1/jobs/9999", "").await.text().contains("\"results\":[24.00]"));
    assert_eq!(desk.ask("GET", "/v1/jobs/9950", "").await.status, 404);
    // Again, because an import may be repeated.
    assert_eq!(import(&desk, "/v1/jobs", &text, 100_000).await.1["registered"], json!(9_798));
}

#[tokio::test]
async fn a_line_that_is_too_long_is_the_only_one_lost() {
    let desk = Desk::new();
    let long = format!("{{\"name\": \"{}\"}}", "x".repeat(3 << 20));
    let text = format!("{{\"number\": 1}}\n{long}\n{{\"number\": 3}}");
    let (status, told) = import(&desk, "/v1/jobs", &text, 10_000).await;
    assert_eq!((status, &told["registered"]), (200, &json!(2)));
    assert_eq!(
        (&told["failed"][0]["line"], &told["failed"][0]["problem"]["status"]),
        (&json!(2), &json!(413))
    );
}

#[tokio::test]
async fn lines_may_name_their_namespace_and_refusals_of_the_ledger_are_told() {
    let desk = Desk::new();
    let text = "{\"number\": 1}\n{\"number\": 1, \"namespace\": \"old\"}\n{\"number\": 2, \"parent\": 99}\n";
    let (_, told) = import(&desk, "/v1/jobs", text, 7).await;
    assert_eq!((&told["registered"], &told["failed"][0]["line"]), (&json!(2), &json!(3)));
    assert_eq!(told["failed"][0]["problem"]["pointer"], "/parent");
    assert_eq!(desk.ask("GET", "/v1/jobs/1?namespace=old", "").await.status, 200);
    let (_, told) = import(&desk, "/v1/jobs?namespace=default", text, 7).await;
    assert_eq!(
        (&told["registered"], &told["failed"][0]["problem"]["pointer"]),
        (&json!(1), &json!("/namespace"))
    );
}

#[tokio::test]
async fn nothing_is_nothing() {
    let desk = Desk::new();
    let expected = (200, json!({"registered": 0, "failed_total": 0, "failed": []}));
    assert_eq!(import(&desk, "/v1/jobs", "", 1).await, expected);
    assert_eq!(import(&desk, "/v1/jobs", "\n \n", 1).await, expected);
}
