//! `kill -9` between the moment when an order is on disk as sent and the moment when it is settled: a real process in front of a
//! server that says when the order has come. The next process looks, writes down what it sees, and never sends it again.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countermand_ledger::{AuditRow, Config, Fate, Location, Store, Wall};
use countermand_model::Effect;

use crate::client::Client;
use crate::server::{BASIC, Server, config_with};

const LOOK: &str = "GET /ess/rest/scheduler/v1/requests/302";

const ORDER: &str = "POST /ess/rest/scheduler/v1/requests/302/cancel";

/// Longer than anything here takes, on however busy a machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Manner {
    /// Whether an order is carried out.
    obeys: bool,
    /// What is never answered.
    keeps: Option<&'static str>,
    /// Whether connections end before anything is said.
    is_gone: bool,
}

/// An ESS server with one request, which tells of each question and each order before it answers.
struct Legacy {
    address: SocketAddr,
    manner: Arc<Mutex<Manner>>,
    seen: Receiver<String>,
}

impl Legacy {
    fn start(manner: Manner) -> Legacy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (manner, (tells, seen)) = (Arc::new(Mutex::new(manner)), channel());
        let (state, shared) = (Arc::new(Mutex::new("RUNNING")), Arc::clone(&manner));
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (state, manner, tells) = (Arc::clone(&state), Arc::clone(&shared), tells.clone());
                std::thread::spawn(move || answer(&stream.unwrap(), &state, &manner, &tells));
            }
        });
        Legacy { address, manner, seen }
    }

    /// Waits until just this was asked.
    fn waits_for(&self, line: &str) {
        assert_eq!(self.seen.recv_timeout(PATIENCE).expect("the gateway asks"), line);
    }
}

/// One request of a connection.
fn answer(stream: &TcpStream, state: &Mutex<&str>, manner: &Mutex<Manner>, tells: &Sender<String>) {
    let Manner { obeys, keeps, is_gone } = *manner.lock().unwrap();
    if is_gone {
        return;
    }
    let mut lines = BufReader::new(stream).lines();
    let Some(Ok(first)) = lines.next() else { return };
    let line = first.trim_end_matches(" HTTP/1.1").to_owned();
    while lines.next().is_some_and(|line| !line.unwrap_or_default().is_empty()) {}
    let is_order = line == ORDER;
    if is_order && obeys {
        *state.lock().unwrap() = "CANCELLED";
    }
    let state = *state.lock().unwrap();
    // The look that is kept is the one after the order.
    let is_kept = keeps == Some(line.as_str()) && (is_order || state == "CANCELLED");
    let _ = tells.send(line);
    if is_kept {
        // Until whoever asked is gone.
        let _ = (&mut (&*stream)).read_to_end(&mut Vec::new());
        return;
    }
    let body = if is_order { "{\"links\":[]}".to_owned() } else { request(state) };
    let length = body.len();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
    let _ =
        (&mut (&*stream)).write_all(format!("{head}\r\nContent-Length: {length}\r\n\r\n{body}").as_bytes());
}

fn request(state: &str) -> String {
    format!("{{\"requestId\":302,\"state\":\"{state}\",\"requestType\":\"SINGLETON\"}}")
}

/// The one row of the audit.
fn row(folder: &Path) -> AuditRow {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let location = Location::File(folder.join("ledger.db"));
    let config = Config { location, clock: Arc::new(Wall), durable: true, queue: 16, readers: 1 };
    let store = Store::open(config).expect("the ledger opens after a crash");
    let mut rows = runtime.block_on(store.audit(0, 10)).unwrap().entries;
    runtime.block_on(store.close());
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

fn fate(row: &AuditRow) -> Option<Fate> {
    row.elsewhere.as_ref().map(|elsewhere| elsewhere.fate)
}

/// A process from its start to its end in good order, which waits for what it has begun to look at.
fn runs_once(config: &Path) {
    let server = Server::start(config);
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn an_order_that_was_under_way_at_a_kill_9_is_looked_at_and_not_sent_again() {
    let obeys = |obeys, keeps| Manner { obeys, keeps: Some(keeps), is_gone: false };
    for (manner, is_gone, expected) in [
        (obeys(true, ORDER), false, Effect::Cancelled),
        (obeys(true, LOOK), false, Effect::Cancelled),
        (obeys(false, ORDER), false, Effect::UnverifiedUnanswered),
        (obeys(true, ORDER), true, Effect::UnverifiedUnanswered),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let legacy = Legacy::start(manner);
        let engine = format!(
            "[engines.old]\nkind = \"upstream\"\ndialect = \"oracle-ess\"\nurl = \"http://{}/ess/rest/scheduler/v1\"\n\
             [[mounts]]\ndialect = \"oracle-ess\"\nengine = \"old\"\n",
            legacy.address
        );
        let config = config_with(folder.path(), "sqlite:ledger.db", &engine);
        let server = Server::start(&config);
        let address = server.listen;
        let caller = std::thread::spawn(move || Client::connect(address)?.request(ORDER, BASIC, ""));
        legacy.waits_for(LOOK);
        legacy.waits_for(ORDER);
        if manner.keeps == Some(LOOK) {
            legacy.waits_for(LOOK);
        }
        server.kill();
        assert!(caller.join().unwrap().is_err(), "nobody was told anything");
        let sent = row(folder.path());
        assert_eq!((fate(&sent), sent.targets[0].effect), (Some(Fate::Sent), None), "{manner:?}");

        *legacy.manner.lock().unwrap() = Manner { keeps: None, is_gone, ..manner };
        runs_once(&config);
        if !is_gone {
            legacy.waits_for(LOOK);
        }
        let settled = row(folder.path());
        assert!(matches!(fate(&settled), Some(Fate::Settled { .. })), "{settled:?}");
        assert_eq!(settled.targets[0].effect, Some(expected), "{manner:?}, gone: {is_gone}");
        assert_eq!(settled.request_id, sent.request_id);

        runs_once(&config);
        assert_eq!(row(folder.path()), settled, "what is settled stays so");
        let more: Vec<String> = legacy.seen.try_iter().collect();
        assert!(more.is_empty(), "{manner:?}: {more:?}");
    }
}
