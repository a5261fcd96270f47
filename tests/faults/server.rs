//! A legacy server that behaves as told. It is a whole gateway over a ledger, behind a socket that loses, cuts and
//! falsifies; it counts the orders that reach it, and its ledger knows which were carried out.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use countermand::compose::Gateway;
use countermand_dialects::{Dialect, Safety};
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// Nobody listens.
    Refused,
    /// No answer. The second of each pair: it was carried out all the same.
    Hang,
    HangAfter,
    /// Half of an answer, and the end.
    Half,
    HalfAfter,
    /// The connection is reset.
    Reset,
    ResetAfter,
    /// `500`, and not in the dialect.
    Error500,
    Error500After,
    /// `503` of a proxy that has no server, or has lost it.
    Busy,
    BusyAfter,
    /// `200`, in no dialect at all.
    WrongDialect,
    WrongDialectAfter,
    /// An answer of one byte at a time, slower than anybody waits.
    Trickle,
    TrickleAfter,
    /// `200` as if it were done, and it is not.
    Lying,
}

impl Fault {
    pub(crate) const ALL: [Fault; 16] = [
        Fault::Refused,
        Fault::Hang,
        Fault::HangAfter,
        Fault::Half,
        Fault::HalfAfter,
        Fault::Reset,
        Fault::ResetAfter,
        Fault::Error500,
        Fault::Error500After,
        Fault::Busy,
        Fault::BusyAfter,
        Fault::WrongDialect,
        Fault::WrongDialectAfter,
        Fault::Trickle,
        Fault::TrickleAfter,
        Fault::Lying,
    ];

    fn acts(self) -> bool {
        use Fault::{
            BusyAfter, Error500After, HalfAfter, HangAfter, None, ResetAfter, TrickleAfter, WrongDialectAfter,
        };
        [None, HangAfter, HalfAfter, ResetAfter, Error500After, BusyAfter, WrongDialectAfter, TrickleAfter]
            .contains(&self)
    }
}

/// Which requests it happens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    All,
    Orders,
}

/// A server that runs as long as this is there.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    orders: Arc<Mutex<HashMap<String, usize>>>,
    _serving: JoinSet<()>,
}

#[derive(Clone)]
struct Script {
    fault: Fault,
    to: To,
    dialect: &'static Dialect,
    /// Whose jobs they are.
    real: Gateway,
    /// The same jobs elsewhere: who is lied to is answered from here.
    twin: Gateway,
    orders: Arc<Mutex<HashMap<String, usize>>>,
}

impl Server {
    pub(crate) async fn start(
        fault: Fault,
        to: To,
        dialect: &'static Dialect,
        real: Gateway,
        twin: Gateway,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let orders = Arc::default();
        let mut serving = JoinSet::new();
        let script = Script { fault, to, dialect, real, twin, orders: Arc::clone(&orders) };
        if fault != Fault::Refused {
            serving.spawn(async move {
                let mut connections = JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    connections.spawn(script.clone().serve(stream));
                }
            });
        }
        Server { address, orders, _serving: serving }
    }

    /// How often the order that came most often has come.
    pub(crate) fn most_of_one_order(&self) -> usize {
        self.orders.lock().unwrap().values().copied().max().unwrap_or(0)
    }

    pub(crate) fn orders(&self) -> usize {
        self.orders.lock().unwrap().values().sum()
    }
}

impl Script {
    async fn serve(self, mut stream: TcpStream) {
        while let Some(request) = read(&mut stream).await {
            let target = request.uri().to_string();
            let is_order = is_order(self.dialect, request.method(), &target);
            if is_order {
                let order = format!("{} {target}", request.method());
                *self.orders.lock().unwrap().entry(order).or_default() += 1;
            }
            let fault = if self.to == To::All || is_order { self.fault } else { Fault::None };
            let is_real = fault.acts() || (fault == Fault::Lying && !is_order);
            let answer = answer(if is_real { &self.real } else { &self.twin }, request).await;
            match fault {
                Fault::None | Fault::Lying => stream.write_all(&answer).await.unwrap_or(()),
                Fault::Refused => unreachable!("nobody listens"),
                Fault::Hang | Fault::HangAfter => std::future::pending().await,
                Fault::Half | Fault::HalfAfter => {
                    // All of the head, where there is a body to cut.
                    let head = answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap_or(0) + 4;
                    let cut = if head < answer.len() { (head + answer.len()) / 2 } else { head / 2 };
                    stream.write_all(&answer[..cut]).await.ok();
                    return;
                }
                Fault::Reset | Fault::ResetAfter => {
                    stream.set_zero_linger().unwrap();
                    return;
                }
                Fault::Error500 | Fault::Error500After => {
                    page(
                        &mut stream,
                        "500 Internal Server Error",
                        "<html><h1>NullPointerException</h1></html>",
                    )
                    .await;
                }
                Fault::Busy | Fault::BusyAfter => {
                    page(&mut stream, "503 Service Unavailable", "<html>No server is available</html>").await;
                }
                Fault::WrongDialect | Fault::WrongDialectAfter => {
                    page(&mut stream, "200 OK", "<html><form action=\"/login\">Log in</form></html>").await;
                }
                Fault::Trickle | Fault::TrickleAfter => {
                    for byte in answer {
                        if stream.write_all(&[byte]).await.is_err() {
                            return;
                        }
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
            }
        }
    }
}

/// Whether a request changes something, by the table of its dialect.
fn is_order(dialect: &'static Dialect, method: &Method, target: &str) -> bool {
    let (_, echo) = crate::probe::open(dialect, method, target, "application/json");
    echo.operation.is_some_and(|operation| operation.safety == Safety::Changing)
}

async fn page(stream: &mut TcpStream, status: &str, html: &str) {
    let length = html.len();
    let text =
        format!("HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {length}\r\n\r\n{html}");
    stream.write_all(text.as_bytes()).await.ok();
}

/// The next request of a connection.
async fn read(stream: &mut TcpStream) -> Option<Request<Full<Bytes>>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let mut request = Request::builder().method(first.next()?).uri(first.next()?);
    let mut length = 0;
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().unwrap();
        }
        request = request.header(name, value);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    request.body(Full::new(body.into())).ok()
}

/// What a gateway answers, as bytes of HTTP/1.1.
async fn answer(gateway: &Gateway, request: Request<Full<Bytes>>) -> Vec<u8> {
    let response: Response<_> =
        gateway.edge.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let mut bytes = format!("HTTP/1.1 {}\r\n", head.status).into_bytes();
    for (name, value) in head.headers.iter().filter(|(name, _)| *name != "content-length") {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    if head.status != 204 {
        bytes.extend(format!("content-length: {}\r\n", body.len()).bytes());
    }
    bytes.extend(b"\r\n");
    bytes.extend(&body[..]);
    bytes
}
