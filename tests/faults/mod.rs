//! A gateway in front of a legacy server that fails in every way it can: each fault for each operation. Whatever happens, the
//! caller gets an answer of its dialect in time, the audit has one row that is true, and no order is lost or doubled.

mod pairs;

mod server;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use countermand::compose::Gateway;
use countermand::config;
use countermand_dialects::by_name;
use countermand_ledger::{AuditRow, Fate, Put, Wall};
use countermand_model::Effect;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use tower::ServiceExt;

use self::pairs::{Asked, JOBS, PAIRS, Pair};
use self::server::{Fault, Server, To};

/// How long the engine gives a command.
const TIMEOUT: Duration = Duration::from_secs(1);

/// By then the caller has an answer, on however busy a machine.
const PATIENCE: Duration = Duration::from_secs(8);

/// So many cases are under way at once: most of each is waiting.
const AT_ONCE: usize = 24;

/// What was seen of one case.
struct Cell {
    status: u16,
    /// What the audit says, as far as the command has a row.
    audit: Option<String>,
    problems: Vec<String>,
}

/// A gateway in this process with every dialect on its own paths over a ledger of these jobs.
async fn ledger() -> Gateway {
    let mut text = "[ledger]\nstore = \"memory\"\n".to_owned();
    for dialect in ["oracle-ess", "qlik-odag", "hitachi-detail-view"] {
        text.push_str(&format!("[[mounts]]\ndialect = {dialect:?}\nrealm = \"none\"\n"));
    }
    // The last of them waits for the end of an abort by itself, longer than these tests do.
    text.push_str("[mounts.options]\nsettle_ms = 0\n");
    let gateway = built(&text);
    for job in JOBS {
        let (number, _, draft) = countermand_control::describe(job.as_bytes()).unwrap();
        gateway.store.put("default", number, draft, Put::default()).await.unwrap();
    }
    gateway
}

/// The gateway in front of a server.
fn front(pair: &Pair, server: &Server) -> Gateway {
    let (caller, dialect) = (pair.caller, pair.server);
    let url = format!("http://{}{}", server.address, by_name(dialect).unwrap().root);
    // ODAG's root is the host alone; which of its bases a server has is a switch of the dialect.
    built(&format!(
        "[ledger]\nstore = \"memory\"\n[engines.old]\nkind = \"upstream\"\ndialect = {dialect:?}\nurl = {url:?}\n\
         timeout = \"{}ms\"\n[[mounts]]\ndialect = {caller:?}\nrealm = \"none\"\n",
        TIMEOUT.as_millis()
    ))
}

fn built(text: &str) -> Gateway {
    let config = config::parse(Path::new("countermand.toml"), text, &|_| None);
    let config = config.unwrap_or_else(|error| panic!("{text}\n{error:?}"));
    Gateway::build(&config, Arc::new(Wall)).unwrap()
}

async fn play(pair: &'static Pair, asked: &'static Asked, fault: Fault, to: To) -> Cell {
    let (real, twin) = (ledger().await, ledger().await);
    let before = real.store.audit(0, 100).await.unwrap().entries.len();
    let server = Server::start(fault, to, by_name(pair.server).unwrap(), real.clone(), twin.clone()).await;
    let front = front(pair, &server);
    let request = Request::builder()
        .method(asked.method)
        .uri(asked.target)
        .header("host", "gateway.example")
        .header("content-type", asked.media)
        .header("accept", asked.media)
        .body(Full::new(Bytes::from(asked.body)))
        .unwrap();
    let start = Instant::now();
    let answer = front.edge.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
    let (head, body) = answer.into_parts();
    let answer = Response::from_parts(head, body.collect().await.unwrap().to_bytes());
    let took = start.elapsed();
    for upstream in &front.upstreams {
        upstream.drained().await;
    }
    let rows = front.store.audit(0, 100).await.unwrap().entries;
    let carried_out: Vec<AuditRow> = real.store.audit(0, 100).await.unwrap().entries.split_off(before);

    let mut problems = Vec::new();
    if took > PATIENCE {
        problems.push(format!("answered after {took:?}"));
    }
    if let Err(problem) = shaped(pair, asked, &answer) {
        problems.push(format!("not an answer of {}: {problem}", pair.caller));
    }
    if server.most_of_one_order() > pair.most {
        problems.push(format!("an order came {} times", server.most_of_one_order()));
    }
    problems.extend(untrue(asked, &rows, &carried_out, server.orders()));
    // Who says nothing that is understood has not said that it took an order.
    let says_nothing = ![Fault::None, Fault::Lying].contains(&fault) && pair.most == 1;
    let mut targets = rows.iter().flat_map(|row| &row.targets);
    if says_nothing && targets.any(|target| target.effect == Some(Effect::UnverifiedTaken)) {
        problems.push("the audit says that the order was taken, and nobody said so".to_owned());
    }
    for gateway in [real, twin, front] {
        gateway.store.close().await;
    }
    let status = answer.status().as_u16();
    // A server without a safe reading cannot show that it has taken what it has yet to carry out.
    let is_told = pair.most > 1 || rows.first().map(told).is_none_or(|told| !told.contains("unverified"));
    if fault == Fault::None && !(answer.status().is_success() && is_told) {
        problems.push(format!("{status}, and nothing is wrong with the server"));
    }
    Cell { status, audit: rows.first().map(told), problems }
}

/// Whether the caller's dialect understands the answer.
fn shaped(pair: &Pair, asked: &Asked, answer: &Response<Bytes>) -> Result<(), String> {
    let dialect = by_name(pair.caller).unwrap();
    let method = Method::from_bytes(asked.method.as_bytes()).unwrap();
    let (codec, echo) = crate::probe::open(dialect, &method, asked.target, asked.media);
    let command = codec.decode_request(&echo, asked.body.as_bytes()).map_err(|error| error.to_string())?;
    codec
        .decode_response(&echo, &command, 0, answer)
        .map(drop)
        .map_err(|error| format!("{error}\n{} {}", answer.status(), String::from_utf8_lossy(answer.body())))
}

/// What the audit says in one word.
fn told(row: &AuditRow) -> String {
    match row.elsewhere.as_ref().map(|elsewhere| elsewhere.fate) {
        Some(Fate::Settled { .. }) => {
            let effects = row.targets.iter().map(|target| target.effect.map_or("?", Effect::name));
            effects.collect::<Vec<_>>().join("+")
        }
        Some(Fate::Refused { kind, .. }) => format!("({})", kind.name()),
        Some(Fate::Sent) => "SENT".to_owned(),
        None => "HERE".to_owned(),
    }
}

/// Where the audit is not what happened.
fn untrue(asked: &Asked, rows: &[AuditRow], carried_out: &[AuditRow], orders: usize) -> Vec<String> {
    let mut problems = Vec::new();
    let is_read = ["GET"].contains(&asked.method) && asked.name != "abortRequest";
    if rows.len() != usize::from(!is_read) {
        problems.push(format!("{} rows in the audit", rows.len()));
    }
    let did = |written: &str| {
        let targets = carried_out.iter().flat_map(|row| &row.targets);
        let did = targets.filter(|target| {
            target.written == written
                && matches!(target.effect, Some(Effect::Cancelled | Effect::Accepted | Effect::Done))
        });
        did.count()
    };
    for row in rows {
        match row.elsewhere.as_ref().map(|elsewhere| elsewhere.fate) {
            Some(Fate::Settled { .. }) => {}
            Some(Fate::Refused { .. }) => {
                if carried_out.iter().any(|row| row.targets.iter().any(|target| did(&target.written) > 0)) {
                    problems.push("the audit says that nothing was taken, and it was carried out".to_owned());
                }
                continue;
            }
            Some(Fate::Sent) | None => problems.push("the row is open".to_owned()),
        }
        for target in &row.targets {
            let times = did(&target.written);
            let effect = target.effect;
            if times > 1 {
                problems.push(format!("{} was carried out {times} times", target.written));
            }
            let problem = match effect {
                Some(Effect::Cancelled | Effect::Accepted | Effect::Done) if times == 0 => "and it was not",
                Some(Effect::NotFound | Effect::Forbidden | Effect::NotPossible | Effect::AlreadySo)
                    if times > 0 =>
                {
                    "and it was carried out"
                }
                None => "which is nothing",
                Some(_) => continue,
            };
            problems.push(format!("{}: the audit says {effect:?}, {problem}", target.written));
        }
    }
    if orders == 0 && !carried_out.is_empty() {
        problems.push("something was carried out that never came".to_owned());
    }
    problems
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_fault_of_a_server_is_told_truly_and_in_time() {
    let room = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    let mut cases = Vec::new();
    for pair in PAIRS {
        for (fault, to) in [(Fault::None, To::All)]
            .into_iter()
            .chain(Fault::ALL.into_iter().flat_map(|fault| [(fault, To::All), (fault, To::Orders)]))
        {
            // Nobody can listen for some requests only.
            if fault == Fault::Refused && to == To::Orders {
                continue;
            }
            let cells = pair.operations.iter().map(|asked| {
                let room = Arc::clone(&room);
                tokio::spawn(async move {
                    let _room = room.acquire_owned().await.unwrap();
                    play(pair, asked, fault, to).await
                })
            });
            cases.push((pair, fault, to, cells.collect::<Vec<_>>()));
        }
    }
    let (mut problems, mut count) = (Vec::new(), 0);
    let mut heading = ("", "");
    for (pair, fault, to, cells) in cases {
        if heading != (pair.caller, pair.server) {
            heading = (pair.caller, pair.server);
            println!("\n{} -> {}", pair.caller, pair.server);
        }
        let to = if to == To::All { "all" } else { "orders" };
        let mut line = format!("{:<18} {to:<7}", format!("{fault:?}"));
        for (asked, cell) in pair.operations.iter().zip(cells) {
            let cell = cell.await.unwrap();
            count += 1;
            let audit = cell.audit.map_or_else(String::new, |audit| format!(" {audit}"));
            line = format!("{line} | {} {}{audit}", asked.name, cell.status);
            let place = format!("{} -> {}, {fault:?} of {to}, {}", pair.caller, pair.server, asked.name);
            problems.extend(cell.problems.into_iter().map(|problem| format!("{place}: {problem}")));
        }
        println!("{line}");
    }
    println!("\n{count} cases, {} problems", problems.len());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
