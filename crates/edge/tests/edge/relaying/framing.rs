//! Where a message ends, in the many ways of saying it: the client hears what the legacy server meant or is told that it
//! made no sense, and no byte of one answer becomes part of another.

use super::failing::is_fault;
use super::old::{Front, Old};

/// What the client hears of an answer that is the last on its connection, but for the header that says so.
async fn heard(method: &str, answer: &str) -> String {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let request =
        format!("{method} /echo/x HTTP/1.1\r\nHost: a\r\nX-Request-Id: r\r\nConnection: close\r\n\r\n");
    let mut client = front.ask(&request).await;
    let mut legacy = old.connection().await;
    legacy.head().await;
    legacy.write(answer).await;
    drop(legacy);
    client.rest().await.0.replace("X-Request-Id: r\r\n", "").replace("Connection: close\r\n", "")
}

#[tokio::test]
async fn of_two_ways_of_saying_a_length_the_chunks_count() {
    let chunks = "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
    for length in ["3", "77", "3\r\nContent-Length: 4"] {
        for lines in [
            format!("Transfer-Encoding: chunked\r\nContent-Length: {length}"),
            format!("Content-Length: {length}\r\nTransfer-Encoding: chunked"),
        ] {
            let answer =
                heard("GET", &format!("HTTP/1.1 200 OK\r\nDate: d\r\n{lines}\r\n\r\n{chunks}")).await;
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert_eq!(head, "HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: chunked", "{lines}");
            assert_eq!(body, chunks, "{lines}");
        }
    }
}

#[tokio::test]
async fn a_length_that_is_said_twice_is_said_once() {
    for length in ["5", "5, 5", "5\r\nContent-Length: 5"] {
        let answer = |body| format!("HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: {length}\r\n\r\n{body}");
        let expected = "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 5\r\n\r\n";
        assert_eq!(heard("GET", &answer("hello")).await, format!("{expected}hello"), "{length}");
        assert_eq!(heard("HEAD", &answer("")).await, expected, "{length}");
    }
}

#[tokio::test]
async fn a_length_that_is_none_is_no_answer() {
    for length in ["5\r\nContent-Length: 6", "5, 6", "x", "-5", "+5", "0x5", "5 5", "18446744073709551616"] {
        for method in ["GET", "HEAD"] {
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nhello!");
            is_502(&heard(method, &answer).await, method, length);
        }
    }
}

#[tokio::test]
async fn an_answer_in_a_coding_that_nobody_asked_for_is_no_answer() {
    for coding in
        ["gzip, chunked", "gzip\r\nTransfer-Encoding: chunked", "chunked, chunked", "gzip", "chunked, gzip"]
    {
        let answer = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: {coding}\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        is_502(&heard("GET", &answer).await, "GET", coding);
    }
    // RFC 2616 §3.6.2 had this one.
    let answer = "HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: identity\r\n\r\nhello";
    assert!(heard("GET", answer).await.ends_with("\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
}

#[track_caller]
fn is_502(answer: &str, method: &str, what: &str) {
    assert!(answer.starts_with("HTTP/1.1 502 "), "{method} {what}: {answer}");
    assert!(
        answer.contains("\r\nProxy-Status: countermand; error=http_protocol_error\r\n"),
        "{what}: {answer}"
    );
}

#[tokio::test]
async fn a_head_that_could_be_read_in_two_ways_is_no_answer() {
    for line in ["X: a\r\n b", "X: a\r\n\tb", "X : a", "X: a\rb", "X: a\0", "X a", " X: a", "X: a\r\n\r: b"] {
        let answer = format!("HTTP/1.1 200 OK\r\n{line}\r\nContent-Length: 0\r\n\r\n");
        is_502(&heard("GET", &answer).await, "GET", &line.escape_debug().to_string());
    }
}

#[tokio::test]
async fn what_old_servers_do_comes_out_in_order() {
    // No carriage returns, and an end that only the end of the connection shows.
    let answer = heard("GET", "HTTP/1.0 200 OK\nServer: old\nDate: d\n\nhello").await;
    let head = "HTTP/1.1 200 OK\r\nServer: old\r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(answer, format!("{head}5\r\nhello\r\n0\r\n\r\n"));
    // What is said on the way to an answer is none.
    let early =
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\nContent-Length: 9\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n";
    let answer =
        heard("GET", &format!("{early}HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 2\r\n\r\nhi")).await;
    assert_eq!(answer, "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 2\r\n\r\nhi");
    // A length that tells of another answer's body.
    let answer = heard("GET", "HTTP/1.1 304 Not Modified\r\nDate: d\r\nContent-Length: 77\r\n\r\n").await;
    assert_eq!(answer, "HTTP/1.1 304 Not Modified\r\nDate: d\r\n\r\n");
}

#[tokio::test]
async fn what_follows_an_answer_is_never_taken_for_the_next_one() {
    let evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    for (method, answer) in [
        ("GET", format!("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi{evil}")),
        ("GET", format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n{evil}")),
        ("GET", format!("HTTP/1.1 204 No Content\r\nContent-Length: 43\r\n\r\n{evil}")),
        ("GET", format!("HTTP/1.1 304 Not Modified\r\n\r\n{evil}")),
        ("HEAD", format!("HTTP/1.1 200 OK\r\nContent-Length: 43\r\n\r\n{evil}")),
    ] {
        let old = Old::new().await;
        let front = Front::passing(&old).await;
        let mut first =
            front.ask(&format!("{method} /echo/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).await;
        let mut legacy = old.connection().await;
        legacy.head().await;
        legacy.write(&answer).await;
        assert!(!first.rest().await.0.contains("evil"), "{answer}");
        // The connection, on which more came than was asked for, serves nobody.
        let mut second = front.ask("GET /echo/y HTTP/1.1\r\nHost: a\r\n\r\n").await;
        let mut legacy = old.connection().await;
        assert!(legacy.head().await.starts_with("GET /echo/y "));
        legacy.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood").await;
        assert!(second.until("good").await.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn a_request_has_one_length_behind_us_whatever_it_had_before() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let body = "3\r\nabc\r\n0\r\n\r\n";
    for lines in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Transfer-Encoding: Chunked\r\nConnection: transfer-encoding, content-length\r\nContent-Length: 4",
    ] {
        // What a server that believes the length would take for a second request.
        let smuggled = "GET /echo/smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
        let request = format!("PUT /echo/x HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n{body}{smuggled}");
        let mut client = front.ask(&request).await;
        let mut legacy = old.connection().await;
        let head = legacy.head().await;
        assert!(
            head.contains("\r\nTransfer-Encoding: chunked\r\n") && !head.contains("Content-Length"),
            "{head}"
        );
        assert_eq!(legacy.until("0\r\n\r\n").await, body);
        legacy.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi").await;
        drop(legacy);
        // RFC 9112 §6.1: nothing that follows on that connection is to be trusted.
        assert!(client.rest().await.0.ends_with("hi"), "{lines}");
    }
}

#[tokio::test]
async fn a_body_stays_one_though_its_length_is_said_to_be_the_connections() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    for method in ["GET", "PUT"] {
        let mut client = front
            .ask(&format!("{method} /echo/x HTTP/1.1\r\nHost: a\r\nConnection: close, content-length\r\nContent-Length: 3\r\n\r\nabc"))
            .await;
        let mut legacy = old.connection().await;
        assert!(legacy.until("\r\n\r\nabc").await.contains("\r\nContent-Length: 3\r\n"), "{method}");
        legacy.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
        client.rest().await;
    }
}

#[tokio::test]
async fn a_request_that_could_be_read_in_two_ways_goes_nowhere() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    for lines in [
        "Content-Length: 3\r\nContent-Length: 4",
        "Content-Length: 3, 3",
        "Content-Length: +3",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: \x0bchunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding\r\n : chunked",
        "X: a\r\n Transfer-Encoding: chunked",
        "X: a\rTransfer-Encoding: chunked",
        "X: a\0",
        "Host: b",
    ] {
        let request = format!("PUT /echo/x HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n0\r\n\r\n");
        let answer = front.ask(&request).await.rest_or("}").await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{}: {answer}", lines.escape_debug());
    }
    let mut client = front.ask("PUT /echo/x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").await;
    assert!(client.rest().await.0.starts_with("HTTP/1.1 400 "));
    // The first that comes to the legacy server is this one.
    let _client = front.ask("GET /echo/first HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(old.connection().await.head().await.starts_with("GET /echo/first "));
}

#[tokio::test]
async fn a_body_in_a_coding_that_would_be_lost_is_refused() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    for coding in ["gzip, chunked", "gzip\r\nTransfer-Encoding: chunked", "chunked, chunked"] {
        let request = format!(
            "PUT /echo/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: {coding}\r\n\r\n2\r\nxy\r\n0\r\n\r\n"
        );
        let answer = front.ask(&request).await.until("}").await;
        assert!(answer.starts_with("HTTP/1.1 415 "), "{coding}: {answer}");
        assert!(answer.contains("\"fault\":\"unsupported_media_type\""), "{coding}: {answer}");
    }
    let _client = front.ask("GET /echo/first HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(old.connection().await.head().await.starts_with("GET /echo/first "));
}

#[tokio::test]
async fn a_body_that_makes_no_sense_is_the_clients_mistake() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let mut client = front
        .ask("PUT /echo/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nzz\r\n")
        .await;
    let mut legacy = old.connection().await;
    legacy.until("{}\r\n").await;
    assert_eq!(legacy.rest().await.0, "", "no last chunk");
    let answer = client.until("}").await;
    is_fault(&answer, "400", "malformed", "http_request_error");
    assert!(answer.contains("\r\nConnection: close\r\n"), "{answer}");
}

#[tokio::test]
async fn trailers_of_a_request_that_are_announced_come_through() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let _client = front
        .ask(
            "PUT /echo/x HTTP/1.1\r\nHost: a\r\nTrailer: X-Sum, Content-Length\r\nTransfer-Encoding: chunked\r\n\r\n\
             2;ext=1\r\n{}\r\n0\r\nX-Sum: 7\r\nX-Other: 8\r\nContent-Length: 99\r\n\r\n",
        )
        .await;
    let mut legacy = old.connection().await;
    let head = legacy.head().await;
    assert!(head.contains("\r\nTrailer: X-Sum, Content-Length\r\n"), "{head}");
    // Neither one that nobody was told of, nor one that says where a message ends.
    assert_eq!(legacy.until("\r\n\r\n").await, "2\r\n{}\r\n0\r\nX-Sum: 7\r\n\r\n");
}
