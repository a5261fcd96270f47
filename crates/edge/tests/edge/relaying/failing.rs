//! Either side goes away, or says nothing: the caller is told in its own dialect, and nothing is sent twice.

use std::time::Duration;

use countermand_edge::{Mode, Settings};

use super::old::{Front, Old, known};
use crate::support::settings;

const CANCEL: &str = "PUT /echo/jobs/1/cancel HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}";

/// That an answer is the dialect's, and says why there is no other.
#[track_caller]
pub(super) fn is_fault(answer: &str, status: &str, fault: &str, error: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    assert!(answer.contains(&format!("\r\nProxy-Status: countermand; error={error}\r\n")), "{answer}");
    assert!(answer.contains("\r\nContent-Type: application/echo\r\n"), "{answer}");
    assert!(answer.contains(&format!("\"fault\":\"{fault}\"")), "{answer}");
}

#[tokio::test]
async fn a_legacy_server_that_is_not_there_is_502_in_the_callers_dialect() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    drop(old);
    let mut client = front.ask(CANCEL).await;
    let answer = client.until("}").await;
    is_fault(&answer, "502", "unreachable", "connection_refused");
    assert!(answer.contains("Nothing was done"), "{answer}");
}

#[tokio::test]
async fn a_legacy_server_that_says_nothing_is_504_in_the_callers_dialect() {
    let old = Old::new().await;
    let mut config = known(old.address(), Mode::Passthrough);
    config.timeout = Duration::from_millis(100);
    let front = Front::of(config).await;
    let mut client = front.ask("GET /echo/jobs/1 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut legacy = old.connection().await;
    legacy.head().await;
    is_fault(&client.until("}").await, "504", "timeout", "http_response_timeout");
    // Nobody waits for it any longer.
    assert_eq!(legacy.rest().await.0, "");
}

#[tokio::test]
async fn the_time_for_an_answer_begins_when_the_request_has_ended() {
    let old = Old::new().await;
    let mut config = known(old.address(), Mode::Passthrough);
    config.timeout = Duration::from_millis(100);
    let front = Front::of(config).await;
    // The time for the body, which is half a minute, is not added to it.
    for framing in ["Content-Length: 2\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"] {
        let mut client =
            front.ask(&format!("PUT /echo/jobs/1/cancel HTTP/1.1\r\nHost: a\r\n{framing}")).await;
        let mut legacy = old.connection().await;
        legacy.until(framing.rsplit("\r\n\r\n").find(|body| !body.is_empty()).unwrap()).await;
        is_fault(&client.until("}").await, "504", "timeout", "http_response_timeout");
    }
}

#[tokio::test]
async fn a_body_that_does_not_arrive_in_time_is_the_clients_fault() {
    let old = Old::new().await;
    let settings = Settings { body_timeout: Duration::from_millis(100), ..settings() };
    let front = Front::built(settings, known(old.address(), Mode::Passthrough), |_| {}).await;
    let mut client = front.ask("PUT /echo/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{").await;
    let mut legacy = old.connection().await;
    legacy.until("{").await;
    let answer = client.until("}").await;
    is_fault(&answer, "408", "body_timeout", "http_request_error");
    // What comes now would be taken for a request.
    assert!(answer.contains("\r\nConnection: close\r\n"), "{answer}");
    assert_eq!(legacy.rest().await.0, "");
}

#[tokio::test]
async fn what_is_not_http_or_ends_at_once_is_502() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    for (answer, error) in [
        ("SSH-2.0-old\r\n\r\n", "http_protocol_error"),
        ("", "connection_terminated"),
        ("HTTP/1.1 200 OK\r\nConte", "connection_terminated"),
        (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            "http_upgrade_failed",
        ),
    ] {
        let mut client = front.ask(CANCEL).await;
        let mut legacy = old.connection().await;
        legacy.until("{}").await;
        legacy.write(answer).await;
        drop(legacy);
        is_fault(&client.until("}").await, "502", "unreachable", error);
    }
}

#[tokio::test]
async fn half_an_answer_never_looks_like_a_whole_one() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    for (framing, half) in [("Content-Length: 9", "half"), ("Transfer-Encoding: chunked", "4\r\nhalf\r\n")] {
        let mut client = front.ask("GET /echo/jobs/1 HTTP/1.1\r\nHost: a\r\n\r\n").await;
        let mut legacy = old.connection().await;
        legacy.head().await;
        legacy.write(&format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n{half}")).await;
        drop(legacy);
        let (answer, _) = client.rest().await;
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        assert_eq!(body, half, "{answer}");
    }
}

#[tokio::test]
async fn an_answer_that_stops_in_the_middle_ends_the_connection() {
    let old = Old::new().await;
    let mut config = known(old.address(), Mode::Passthrough);
    config.timeout = Duration::from_millis(100);
    let front = Front::of(config).await;
    let mut client = front.ask("GET /echo/jobs/1 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut legacy = old.connection().await;
    legacy.head().await;
    legacy.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").await;
    assert!(client.rest().await.0.ends_with("\r\n\r\nhalf"));
}

#[tokio::test]
async fn a_client_that_goes_away_ends_its_request_there_too() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let client = front.ask(CANCEL).await;
    let mut waiting = old.connection().await;
    waiting.until("{}").await;
    drop(client);
    assert_eq!(waiting.rest().await.0, "", "before the answer");

    let mut client = front.ask("GET /echo/jobs/1 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut talking = old.connection().await;
    talking.head().await;
    talking.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").await;
    client.until("half").await;
    drop(client);
    assert_eq!(talking.rest().await.0, "", "in the middle of it");
}

#[tokio::test]
async fn an_order_is_sent_once_also_where_a_kept_connection_ends_over_it() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let mut client = front.ask("GET /echo/jobs/1 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut legacy = old.connection().await;
    legacy.head().await;
    legacy.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").await;
    client.until("hi").await;
    client.write(CANCEL).await;
    // On the same connection, which then ends without a word: nobody knows whether it was carried out.
    legacy.until("{}").await;
    drop(legacy);
    let answer = client.until("}").await;
    is_fault(&answer, "502", "unreachable", "connection_terminated");
    assert!(answer.contains("Whether the command was carried out is not known"), "{answer}");
    // The next one is the first that the legacy server hears after that.
    let mut client = front.ask("GET /echo/after HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut legacy = old.connection().await;
    assert!(legacy.head().await.starts_with("GET /echo/after "));
    legacy.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").await;
    client.until("hi").await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_taken_for_a_short_one() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let client = front
        .ask("PUT /echo/jobs/1/cancel HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")
        .await;
    let mut legacy = old.connection().await;
    legacy.until("{}\r\n").await;
    drop(client);
    assert_eq!(legacy.rest().await.0, "", "no last chunk");
}

#[tokio::test]
async fn a_path_that_would_leave_the_servers_url_is_refused() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let mut client = front.ask("GET /echo/%2e%2e/admin HTTP/1.1\r\nHost: a\r\n\r\n").await;
    is_fault(&client.until("}").await, "400", "malformed", "http_request_error");
}
