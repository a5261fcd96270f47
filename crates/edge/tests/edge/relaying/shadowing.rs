//! The shadow: what it sees, what it leaves alone, and that nobody notices it.

use std::sync::{Arc, Mutex};

use countermand_edge::{Difference, Engine, Exchange, Mode, ShadowConfig};
use countermand_model::{Call, Command};
use tokio::sync::mpsc;

use super::old::{Front, Old, known};
use crate::listening::bound;
use crate::support::done;

/// A gateway whose shadow finds every answer different in its body, but for those whose status is another one.
struct Seen {
    front: Front,
    exchanges: mpsc::UnboundedReceiver<Exchange>,
    /// What the ledger was asked.
    asked: Arc<Mutex<Vec<&'static str>>>,
}

impl Seen {
    async fn by(old: &Old) -> Seen {
        let (sender, exchanges) = mpsc::unbounded_channel();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let ledger = Engine::new(tower::service_fn(move |call: Call| {
            log.lock().unwrap().push(call.command.name());
            let is_reading = matches!(call.command, Command::Status(_));
            assert!(is_reading, "a shadow does nothing: {:?}", call.command);
            async move { Ok(done(&call)) }
        }));
        let mut config = known(old.address(), Mode::Shadow);
        config.shadow = Some(ShadowConfig {
            compare: Arc::new(|legacy, ours| {
                let place = if legacy.status() == ours.status() { "body" } else { "status" };
                vec![Difference { place: place.to_owned(), legacy: None, ours: None }]
            }),
            keep: Some(Arc::new(move |exchange| drop(sender.send(exchange)))),
            ledger: Some(ledger),
            clock: Arc::new(|| 0),
        });
        Seen { front: Front::of(config).await, exchanges, asked }
    }

    /// Asks, has the legacy server answer, and tells what the shadow kept of it.
    async fn exchange(&mut self, old: &Old, request: &str, answer: &str) -> Exchange {
        self.pass(old, request, answer).await;
        bound(self.exchanges.recv()).await.unwrap()
    }

    /// Asks, and holds the answer against the legacy server's own.
    async fn pass(&self, old: &Old, request: &str, answer: &str) {
        let mut client = self.front.ask(request).await;
        let mut legacy = old.connection().await;
        legacy
            .until(request.rsplit("\r\n").next().filter(|body| !body.is_empty()).unwrap_or("\r\n\r\n"))
            .await;
        legacy.write(answer).await;
        drop(legacy);
        let (heard, _) = client.rest().await;
        assert!(heard.ends_with(answer.rsplit("\r\n").next().unwrap()), "{heard}");
    }
}

const CANCEL: &str =
    "PUT /echo/jobs/1/cancel HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]";

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn an_order_is_read_and_written_again_and_given_to_nobody_else() {
    let old = Old::new().await;
    let mut seen = Seen::by(&old).await;
    let kept = seen.exchange(&old, CANCEL, &ok("done")).await;
    assert_eq!((kept.operation, kept.places.as_slice()), ("cancel", ["body".to_owned()].as_slice()));
    assert_eq!((kept.request.3.as_ref(), kept.response.body().as_ref()), (&b"[]"[..], &b"done"[..]));
    // A refusal is an answer of the dialect as well.
    let kept = seen.exchange(&old, CANCEL, &ok("gone")).await;
    assert_eq!(kept.places, ["status"]);
    // What the codec does not understand is told too.
    let kept = seen.exchange(&old, CANCEL, &ok("what")).await;
    assert_eq!(kept.places, ["answer: body"]);
    assert!(seen.asked.lock().unwrap().is_empty() && seen.front.bench.calls().is_empty());
}

#[tokio::test]
async fn a_reading_that_takes_nothing_is_made_here_too() {
    let old = Old::new().await;
    let mut seen = Seen::by(&old).await;
    seen.exchange(&old, &get("/echo/jobs/1/look"), &ok("seen")).await;
    assert_eq!(*seen.asked.lock().unwrap(), ["status"]);
    // This one would take results.
    seen.exchange(&old, &get("/echo/jobs/1"), &ok("seen")).await;
    assert_eq!(*seen.asked.lock().unwrap(), ["status"]);
}

#[tokio::test]
async fn a_path_that_is_none_of_ours_differs_and_what_is_not_whole_is_not_compared() {
    let old = Old::new().await;
    let mut seen = Seen::by(&old).await;
    let long = "x".repeat(countermand_edge::LONGEST_COPY + 1);
    for answer in [
        ok(&long),
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_owned(),
        ok("done").replace("Connection", "Content-Encoding: gzip\r\nConnection"),
    ] {
        seen.pass(&old, CANCEL, &answer).await;
    }
    let kept = seen.exchange(&old, &get("/echo/of/the/future"), &ok("new")).await;
    assert_eq!((kept.operation, kept.places.as_slice()), ("unknown", ["status".to_owned()].as_slice()));
    assert!(seen.exchanges.try_recv().is_err());
}
