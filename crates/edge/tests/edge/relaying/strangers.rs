//! What a client writes that it should not, or that belongs to it alone: hosts, names of headers, paths, credentials.

use countermand_edge::Mode;

use super::failing::is_fault;
use super::old::{Front, Old, known};

const ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

#[tokio::test]
async fn the_host_of_the_target_is_the_one_that_counts() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let _client = front
        .ask("GET http://old.example:81/echo//x?a HTTP/1.1\r\nA: 1\r\nHOST: evil.example\r\nB: 2\r\n\r\n")
        .await;
    let head = old.connection().await.head().await;
    // RFC 9112 §3.2.2; and the server is told of one host alone.
    assert!(
        head.starts_with("GET /echo//x?a HTTP/1.1\r\nA: 1\r\nHOST: old.example:81\r\nB: 2\r\n"),
        "{head}"
    );
    assert!(head.contains("host=\"old.example:81\"") && !head.contains("evil"), "{head}");
    // What has no path is none of ours.
    let (answer, _) = front
        .ask("GET http://old.example HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .await
        .rest()
        .await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
}

#[tokio::test]
async fn nothing_is_tunnelled() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let answer = front.ask("CONNECT /echo/x HTTP/1.1\r\nHost: a\r\n\r\n").await.until("}").await;
    assert!(answer.starts_with("HTTP/1.1 405 ") && answer.contains("\"fault\":\"wrong_method\""), "{answer}");
    let (answer, _) = front
        .ask("CONNECT old.example:443 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .await
        .rest()
        .await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    let _client = front.ask("GET /echo/first HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(old.connection().await.head().await.starts_with("GET /echo/first "));
}

#[tokio::test]
async fn headers_that_servers_take_for_ours_are_not_the_clients() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let _client = front
        .ask(
            "GET /echo/x HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.1.1.1\r\nX_Forwarded_For: 2.2.2.2\r\nx_forwarded-proto: evil\r\n\
             X-Forwarded_Host: evil\r\nForwarded: for=3.3.3.3\r\nx_other: 4\r\n\r\n",
        )
        .await;
    let head = old.connection().await.head().await;
    // Behind CGI and WSGI a hyphen and an underscore are the same.
    let evil = ["1.1.1.1", "2.2.2.2", "3.3.3.3", "evil"].into_iter().find(|evil| head.contains(evil));
    assert_eq!(evil, None, "{head}");
    assert!(
        head.contains("\r\nx_other: 4\r\n") && head.contains("\r\nX-Forwarded-For: 127.0.0.1\r\n"),
        "{head}"
    );
}

#[tokio::test]
async fn dots_behind_an_encoded_slash_are_dots() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    for path in
        ["/echo/a%2f..%2fb", "/echo/..%2F..%2Fadmin", "/echo/%2e%2e%5cadmin", "/echo/a%5C..", "/echo/.%2e%2f"]
    {
        let answer = front.ask(&format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")).await.until("}").await;
        is_fault(&answer, "400", "malformed", "http_request_error");
    }
    let _client = front.ask("GET /echo/a%2fb..c%2F...%5c%2 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(old.connection().await.head().await.starts_with("GET /echo/a%2fb..c%2F...%5c%2 "));
}

#[tokio::test]
async fn a_connection_on_which_somebody_has_logged_in_is_nobody_elses() {
    for scheme in ["NTLM", "negotiate", "Negotiate"] {
        let old = Old::new().await;
        let front = Front::passing(&old).await;
        let get = |more: &str| format!("GET /echo/x HTTP/1.1\r\nHost: a\r\n{more}\r\n");
        let mut ana = front.ask(&get("")).await;
        let mut before = old.connection().await;
        before.head().await;
        before.write(ANSWER).await;
        ana.until("hi").await;
        // Not on one that others have used, and on none that others will use.
        ana.write(&get(&format!("Authorization: {scheme} dG9rZW4=\r\n"))).await;
        let mut own = old.connection().await;
        assert!(own.head().await.contains(&format!("\r\nAuthorization: {scheme} dG9rZW4=\r\n")));
        own.write(ANSWER).await;
        ana.until("hi").await;
        assert_eq!(own.rest().await.0, "", "{scheme}");
        let mut stranger = front.ask(&get("")).await;
        before.head().await;
        before.write(ANSWER).await;
        stranger.until("hi").await;
    }
}

#[tokio::test]
async fn a_session_that_our_own_credentials_have_opened_is_handed_to_nobody() {
    let old = Old::new().await;
    let mut config = known(old.address(), Mode::Passthrough);
    config.credentials = Some("Basic b3VyczpvdXJz".parse().unwrap());
    let front = Front::of(config).await;
    let mut client = front.ask("GET /echo/x HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut legacy = old.connection().await;
    legacy.head().await;
    legacy
        .write(
            "HTTP/1.1 200 OK\r\nA: 1\r\nSet-Cookie: JSESSIONID=ours\r\nB: 2\r\nContent-Length: 2\r\n\r\nhi",
        )
        .await;
    let answer = client.until("hi").await;
    assert!(answer.contains("\r\nA: 1\r\nB: 2\r\n") && !answer.contains("ours"), "{answer}");
}
