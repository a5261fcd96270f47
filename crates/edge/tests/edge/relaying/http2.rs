//! Clients that speak HTTP/2 in front of a legacy server that does not.

use std::time::Duration;

use bytes::Bytes;
use countermand_edge::Mode;
use http::{HeaderMap, Request, Response};
use http_body_util::channel::Channel;
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Body, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use super::old::{Front, Old, known};
use crate::listening::bound;

type Sender<B> = hyper::client::conn::http2::SendRequest<B>;

async fn client<B>(front: &Front) -> Sender<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let stream = TcpStream::connect(front.listening.address).await.unwrap();
    let io = TokioIo::new(stream);
    let (sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
    tokio::spawn(connection);
    sender
}

fn to(method: &str, path: &str) -> http::request::Builder {
    Request::builder().method(method).uri(format!("http://old.example{path}"))
}

async fn text(response: Response<Incoming>) -> String {
    String::from_utf8(bound(response.into_body().collect()).await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn a_request_is_one_of_http_1_there() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let mut sender = client(&front).await;
    let request = to("GET", "/echo//a%2Fb;x?q")
        .header("cookie", "a=1; b=2")
        .header("x-first", "1")
        .header("cookie", "c=3")
        .header("host", "evil.example")
        .header("te", "trailers");
    let asked = tokio::spawn(sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()));
    let mut legacy = old.connection().await;
    let head = legacy.head().await;
    assert!(head.starts_with("GET /echo//a%2Fb;x?q HTTP/1.1\r\n"), "{head}");
    // RFC 9113 §8.2.3: servers before HTTP/2 know one line of cookies.
    assert!(head.contains("\r\nCookie: a=1; b=2; c=3\r\nX-First: 1\r\n"), "{head}");
    // RFC 9113 §8.3.1: the authority is the host.
    assert!(head.contains("\r\nHost: old.example\r\n") && !head.contains("evil"), "{head}");
    assert!(!head.contains("Transfer-Encoding") && !head.contains("Content-Length"), "{head}");
    legacy
        .write(
            "HTTP/1.1 200 Fine\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\nUpgrade: h2c\r\n\
             Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n",
        )
        .await;
    let answer = bound(asked).await.unwrap().unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers().get_all("set-cookie").iter().count()), (200, 2));
    for name in ["connection", "keep-alive", "x-hop", "upgrade", "transfer-encoding"] {
        assert!(!answer.headers().contains_key(name), "{name}");
    }
    let body = bound(answer.into_body().collect()).await.unwrap();
    assert_eq!(body.trailers().unwrap()["x-sum"], "7");
    assert_eq!(body.to_bytes(), "hi");
    // The client's connection serves on.
    let asked = tokio::spawn(sender.send_request(to("HEAD", "/echo/x").body(Empty::new()).unwrap()));
    let mut legacy = old.connection().await;
    assert!(legacy.head().await.starts_with("HEAD /echo/x "));
    legacy.write("HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n").await;
    let answer = bound(asked).await.unwrap().unwrap();
    assert_eq!(answer.headers()["content-length"], "77");
}

#[tokio::test]
async fn bodies_stream_with_their_trailers() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let mut sender = client(&front).await;
    let (mut sending, body) = Channel::<Bytes>::new(1);
    let request = to("PUT", "/echo/jobs/1/cancel").header("trailer", "x-sum");
    let asked = tokio::spawn(sender.send_request(request.body(body).unwrap()));
    sending.send_data("one".into()).await.unwrap();
    let mut legacy = old.connection().await;
    assert!(legacy.head().await.contains("\r\nTransfer-Encoding: chunked\r\n"));
    assert_eq!(legacy.until("one\r\n").await, "3\r\none\r\n");
    sending.send_data("two".into()).await.unwrap();
    assert_eq!(legacy.until("two\r\n").await, "3\r\ntwo\r\n");
    let trailers = HeaderMap::from_iter([("x-sum".parse().unwrap(), "7".parse().unwrap())]);
    sending.send_trailers(trailers).await.unwrap();
    drop(sending);
    assert_eq!(legacy.until("\r\n\r\n").await.to_ascii_lowercase(), "0\r\nx-sum: 7\r\n\r\n");
    legacy.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone").await;
    assert_eq!(text(bound(asked).await.unwrap().unwrap()).await, "done");
}

#[tokio::test]
async fn a_length_that_the_client_tells_is_told_there() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let mut sender = client(&front).await;
    let _asked =
        tokio::spawn(sender.send_request(to("PUT", "/echo/x").body(Full::new(Bytes::from("{}"))).unwrap()));
    let heard = old.connection().await.until("{}").await;
    assert!(heard.contains("\r\nContent-Length: 2\r\n") && !heard.contains("Transfer-Encoding"), "{heard}");
}

#[tokio::test]
async fn half_an_answer_is_a_reset_stream_and_a_stream_that_is_reset_is_given_up_there() {
    let old = Old::new().await;
    let front = Front::passing(&old).await;
    let mut sender = client(&front).await;
    let asked = tokio::spawn(sender.send_request(to("GET", "/echo/x").body(Empty::<Bytes>::new()).unwrap()));
    let mut legacy = old.connection().await;
    legacy.head().await;
    legacy.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").await;
    drop(legacy);
    let answer = bound(asked).await.unwrap().unwrap();
    assert!(bound(answer.into_body().collect()).await.is_err());

    // The connection lives on; the next request on it is given up before it is answered.
    let asked = tokio::spawn(sender.send_request(to("GET", "/echo/x").body(Empty::new()).unwrap()));
    let mut waiting = old.connection().await;
    waiting.head().await;
    asked.abort();
    assert_eq!(waiting.rest().await.0, "", "before the answer");

    let asked = tokio::spawn(sender.send_request(to("GET", "/echo/x").body(Empty::new()).unwrap()));
    let mut talking = old.connection().await;
    talking.head().await;
    talking.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").await;
    drop(bound(asked).await.unwrap().unwrap());
    assert_eq!(talking.rest().await.0, "", "in the middle of it");
}

#[tokio::test]
async fn no_answer_is_told_in_the_dialect() {
    let old = Old::new().await;
    let mut config = known(old.address(), Mode::Passthrough);
    config.timeout = Duration::from_millis(100);
    let front = Front::of(config).await;
    let mut sender = client(&front).await;
    let answer =
        bound(sender.send_request(to("GET", "/echo/x").body(Empty::<Bytes>::new()).unwrap())).await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (504, &"application/echo".parse().unwrap())
    );
    assert_eq!(answer.headers()["proxy-status"], "countermand; error=http_response_timeout");
    assert!(text(answer).await.contains("\"fault\":\"timeout\""));
}
