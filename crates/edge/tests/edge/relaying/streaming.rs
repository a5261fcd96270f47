//! Bodies on their way: each part goes on when it comes, in both directions, and not before it is asked for.

use super::old::{Front, Old};

const PUT: &str = "PUT /echo/jobs/1/cancel HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n";

#[tokio::test]
async fn the_first_byte_is_out_before_the_last_is_in() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let mut client = front.ask(&format!("{PUT}\r\none")).await;
    let mut legacy = old.connection().await;
    assert!(legacy.until("\r\n\r\none").await.contains("\r\nContent-Length: 6\r\n"));
    client.write("two").await;
    legacy.until("two").await;
    legacy.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n").await;
    assert!(client.until("first").await.contains("\r\nTransfer-Encoding: chunked\r\n"));
    legacy.write("4\r\nlast\r\n0\r\n\r\n").await;
    client.until("\r\n0\r\n\r\n").await;
}

#[tokio::test]
async fn a_body_of_unknown_length_stays_one_whatever_the_method() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    for method in ["GET", "PUT"] {
        let head = format!(
            "{method} /echo/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        );
        let mut client = front.ask(&head).await;
        client.write("3\r\nabc\r\n0\r\n\r\n").await;
        let mut legacy = old.connection().await;
        let heard = legacy.until("\r\n0\r\n\r\n").await;
        assert!(heard.contains("Transfer-Encoding: chunked\r\n") && heard.contains("abc"), "{heard}");
        legacy.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
        client.rest().await;
    }
}

#[tokio::test]
async fn trailers_that_are_announced_come_through() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let mut client = front.ask("GET /echo/x HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n").await;
    let mut legacy = old.connection().await;
    let head = legacy.head().await;
    assert!(head.contains("\r\nTE: trailers\r\nConnection: TE\r\n"), "{head}");
    legacy
        .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n1\r\na\r\n0\r\nX-Sum: 7\r\n\r\n")
        .await;
    let answer = client.until(": 7\r\n\r\n").await;
    assert!(
        answer.contains("\r\nTrailer: X-Sum\r\n") && answer.contains("\r\n0\r\nX-Sum: 7\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_client_that_waits_to_be_told_to_send_is_told_by_the_legacy_server() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let mut client = front.ask(&format!("{PUT}Expect: 100-continue\r\n\r\n")).await;
    let mut legacy = old.connection().await;
    assert!(legacy.head().await.contains("\r\nExpect: 100-continue\r\n"));
    legacy.write("HTTP/1.1 100 Continue\r\n\r\n").await;
    assert_eq!(client.head().await, "HTTP/1.1 100 Continue\r\n\r\n");
    client.write("onetwo").await;
    legacy.until("onetwo").await;
    legacy.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    assert!(client.head().await.starts_with("HTTP/1.1 200"));
    // The connection is as good as before.
    client.write("GET /echo/x HTTP/1.1\r\nHost: a\r\n\r\n").await;
    legacy.head().await;
}

#[tokio::test]
async fn a_body_that_the_legacy_server_does_not_want_is_never_asked_for() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let mut client = front.ask(&format!("{PUT}Expect: 100-continue\r\n\r\n")).await;
    let mut legacy = old.connection().await;
    legacy.head().await;
    legacy.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno").await;
    let (answer, orderly) = client.rest().await;
    assert!(orderly && answer.starts_with("HTTP/1.1 401") && answer.ends_with("\r\n\r\nno"), "{answer}");
    assert!(answer.contains("\r\nConnection: close\r\n"), "{answer}");
    let (more, _) = legacy.rest().await;
    assert_eq!(more, "");
}

#[tokio::test]
async fn a_legacy_server_that_knows_no_expectations_gets_the_body_all_the_same() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let mut client = front.ask(&format!("{PUT}Expect: 100-continue\r\n\r\n")).await;
    let mut legacy = old.connection().await;
    legacy.head().await;
    client.head().await;
    client.write("onetwo").await;
    legacy.until("onetwo").await;
}

#[tokio::test]
async fn an_answer_that_comes_before_the_request_has_ended_is_heard() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let mut client = front.ask(&format!("{PUT}\r\none")).await;
    let mut legacy = old.connection().await;
    legacy.until("one").await;
    legacy.write("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno").await;
    assert!(client.until("no").await.starts_with("HTTP/1.1 413"));
    // Nobody waits for the rest.
    assert_eq!(legacy.rest().await.0, "");
}
