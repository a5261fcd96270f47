//! In front of a legacy server: what reaches it, what comes back, and what happens when either side goes away.

mod failing;
mod framing;
mod http2;
mod modes;
mod old;
mod shadowing;
mod strangers;
mod streaming;

use countermand_edge::{HostName, Mode};

use self::old::{Front, Old, known};

#[tokio::test]
async fn heads_keep_their_spelling_and_their_order_in_both_directions() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let mut client = front
        .ask(
            "GET /echo/jobs/1 HTTP/1.1\r\nhOST: old.example\r\nX-UPPER: 1\r\nx-lower: 2\r\nCONNECTION: keep-alive, X-Hop\r\n\
             x-Hop: 3\r\nUpgrade: h2c\r\naUTHORIZATION: Basic eA==\r\nX-upper: 4\r\nKeep-Alive: 5\r\naccept: a/b\r\n\
             X-Request-ID: run-1\r\n\r\n",
        )
        .await;
    let mut legacy = old.connection().await;
    assert_eq!(
        legacy.head().await,
        "GET /echo/jobs/1 HTTP/1.1\r\nhOST: old.example\r\nX-UPPER: 1\r\nX-upper: 4\r\nx-lower: 2\r\naUTHORIZATION: Basic eA==\r\n\
         accept: a/b\r\nX-Request-ID: run-1\r\nVia: 1.1 countermand\r\n\
         Forwarded: for=127.0.0.1;host=\"old.example\";proto=http\r\nX-Forwarded-For: 127.0.0.1\r\n\
         X-Forwarded-Host: old.example\r\nX-Forwarded-Proto: http\r\n\r\n"
    );
    legacy
        .write(
            "HTTP/1.1 200 Fine\r\nSERVER: old\r\ndate: today\r\nConnection: keep-alive\r\nset-Cookie: a=1\r\nX-last: 1\r\n\
             Set-cookie: b=2\r\ncontent-LENGTH: 2\r\n\r\nhi",
        )
        .await;
    assert_eq!(
        client.until("hi").await,
        "HTTP/1.1 200 Fine\r\nSERVER: old\r\ndate: today\r\nset-Cookie: a=1\r\nSet-cookie: b=2\r\nX-last: 1\r\n\
         content-LENGTH: 2\r\nX-Request-Id: run-1\r\n\r\nhi"
    );
    assert!(front.bench.calls().is_empty());
}

#[tokio::test]
async fn paths_and_queries_go_on_as_they_came() {
    let check = async |prefix: &str, url: &str, asked: &str, expected: &str| {
        let old = Old::new().await;
        let mut config = known(old.address(), Mode::Passthrough);
        config.base = countermand_upstream::Base::parse(&format!("http://{}{url}", old.address())).unwrap();
        let front = Front::with(config, |mount| mount.prefix = prefix.to_owned()).await;
        let _client = front.ask(&format!("DELETE {asked} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
        let head = old.connection().await.head().await;
        assert_eq!(head.lines().next(), Some(format!("DELETE {expected} HTTP/1.1").as_str()));
        assert_eq!(head.contains(&format!("X-Forwarded-Prefix: {prefix}\r\n")), !prefix.is_empty(), "{head}");
    };
    let odd = "/jobs//a%2fb;x=1/%7E?b=%20&&a=/../c?";
    check("", "/echo", &format!("/echo{odd}"), &format!("/echo{odd}")).await;
    check("/vp", "/echo", &format!("/vp/echo{odd}"), &format!("/echo{odd}")).await;
    check("/vp", "/far/echo", &format!("/vp/echo/deep{odd}"), &format!("/far/echo/deep{odd}")).await;
    check("", "/other", "/echo?", "/other?").await;
}

#[tokio::test]
async fn the_legacy_server_is_called_what_the_mount_says() {
    let old = Old::new().await;
    let mut config = known(old.address(), Mode::Passthrough);
    config.host = HostName::Legacy;
    config.credentials = Some("Basic b3VyczpvdXJz".parse().unwrap());
    let front = Front::of(config).await;
    let _client = front
        .ask("GET /echo/x HTTP/1.1\r\nA: 1\r\nHost: old.example\r\nCookie: c=1\r\nAuthorization: Basic eA==\r\nB: 2\r\n\r\n")
        .await;
    let head = old.connection().await.head().await;
    let expected =
        format!("A: 1\r\nHost: {}\r\nAuthorization: Basic b3VyczpvdXJz\r\nB: 2\r\n", old.address());
    assert!(head.contains(&expected) && !head.contains("Cookie"), "{head}");
}

#[tokio::test]
async fn answers_without_a_body_say_what_the_legacy_server_said() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let check = async |method: &str, answer: &str, expected: &str| {
        let request =
            format!("{method} /echo/x HTTP/1.1\r\nHost: a\r\nX-Request-Id: r\r\nConnection: close\r\n\r\n");
        let mut client = front.ask(&request).await;
        let mut legacy = old.connection().await;
        legacy.head().await;
        legacy.write(&format!("HTTP/1.1 {answer}\r\nConnection: close\r\nDate: d\r\n\r\n")).await;
        drop(legacy);
        let (answer, orderly) = client.rest().await;
        let answer = answer.replace("X-Request-Id: r\r\nConnection: close\r\n", "");
        assert_eq!((answer, orderly), (format!("HTTP/1.1 {expected}\r\n\r\n"), true));
    };
    check("HEAD", "200 OK\r\nContent-Length: 77", "200 OK\r\nContent-Length: 77\r\nDate: d").await;
    check("HEAD", "200 OK\r\nTransfer-Encoding: chunked", "200 OK\r\nDate: d").await;
    check("GET", "204 No Content", "204 No Content\r\nDate: d").await;
    check("GET", "304 Not Modified\r\nETag: x", "304 Not Modified\r\nETag: x\r\nDate: d").await;
    // A redirect is an answer like any other. hyper writes a length of nothing last.
    let redirect = "302 Found\r\nLocation: http://b/";
    check(
        "GET",
        &format!("{redirect}\r\nContent-Length: 0"),
        &format!("{redirect}\r\nDate: d\r\nContent-Length: 0"),
    )
    .await;
}

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let mut client = front.connect().await;
    let mut legacy = None;
    for _ in 0..3 {
        client.write("GET /echo/jobs/1 HTTP/1.1\r\nHost: a\r\n\r\n").await;
        if legacy.is_none() {
            legacy = Some(old.connection().await);
        }
        let legacy = legacy.as_mut().unwrap();
        legacy.head().await;
        legacy.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").await;
        client.until("hi").await;
    }
}
