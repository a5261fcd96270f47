//! Behind a proxy: client → nginx or HAProxy, with TLS, → the gateway, each started from the very file in
//! `docs/deployment`. What a client sees must be as if nothing stood between, and what the gateway knows of it must be
//! what is true of the client and not what the client says of itself.

// The proxies, started.
mod front;

// Who calls them.
mod caller;

// What stands behind them, when it dies.
mod dying;

use std::net::TcpListener;
use std::path::Path;

use caller::CLIENT;
pub(crate) use front::{Front, Kind};
use serde_json::Value;
use tempfile::TempDir;

use crate::certificates::NAME;
use crate::client::Client;
use crate::server::{Server, WITH_TOKENS, config_with};
use crate::tidy::root;
use dying::{Dying, MID_ANSWER, WITHOUT_A_WORD};

const XML: &str = "Content-Type: application/xml";

/// A proxy and a gateway with a ledger behind it.
struct Chain {
    front: Front,
    ledger: Server,
    _folder: TempDir,
}

impl Chain {
    fn new(kind: Kind) -> Chain {
        let folder = tempfile::tempdir().unwrap();
        let ledger = gateway(folder.path(), kind.server(), WITH_TOKENS);
        let jobs = std::fs::read_to_string(root().join("tests/clients/jobs.ndjson")).unwrap();
        ledger.control("POST /v1/jobs", &jobs);
        Chain { front: Front::start(kind, ledger.listen), ledger, _folder: folder }
    }

    fn audit(&self) -> Vec<String> {
        audit(&self.ledger)
    }
}

/// What a gateway's audit says of every order so far: `CLIENT COMMAND REQUEST-ID`.
fn audit(server: &Server) -> Vec<String> {
    let answer = server.control("GET /v1/audit?after=0&limit=1000", "");
    let page: Value = serde_json::from_str(&answer.body).unwrap();
    let word = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let entries = page["entries"].as_array().unwrap().iter();
    let rows =
        entries.map(|entry| ["client", "command", "request_id"].map(|name| word(entry, name)).join(" "));
    rows.collect()
}

/// A gateway with these lines in its `[server]`, `more` after its last table, and nothing in its ledger.
fn gateway(folder: &Path, lines: &str, more: &str) -> Server {
    let config = config_with(folder, "memory", more);
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replacen("[server]\n", &format!("[server]\n{lines}"), 1)).unwrap();
    Server::start(&config)
}

/// The gateway that plays the legacy server: what there is to cancel, it has. It is seen in every dialect.
fn legacy(folder: &Path) -> Server {
    let server = Server::start(&config_with(folder, "memory", ""));
    server.control("PUT /v1/jobs/7", "{\"name\":\"Nightly\",\"trigger\":{\"state\":\"scheduled\"}}");
    for number in [25, 35] {
        server.control(&format!("PUT /v1/jobs/{number}"), "{\"parent\":7}");
    }
    server
}

/// A gateway whose Cisco callers have their jobs on that server, of which it speaks this dialect.
fn before(folder: &Path, lines: &str, legacy: &Server, dialect: &str, root: &str) -> Server {
    std::fs::write(folder.join("legacy.password"), "secret\n").unwrap();
    let engine = format!(
        "[engines.legacy]\nkind = \"upstream\"\ndialect = {dialect:?}\nurl = \"http://{}{root}\"\nuser = \"operator\"\n\
         password_file = \"legacy.password\"\n[[mounts]]\ndialect = \"cisco-prime\"\nengine = \"legacy\"\n",
        legacy.listen
    );
    gateway(folder, lines, &engine)
}

fn cancel(run: i64) -> String {
    format!("<jobRunOperationPayload><runIds><runId>{run}</runId></runIds></jobRunOperationPayload>")
}

/// The absolute URLs in a body that are ours, whatever the format: those with a path of a dialect in it.
fn urls(body: &str) -> Vec<String> {
    let plain = body.replace("\\/", "/");
    let words = plain.split(['"', '<', '>', ' ']);
    let is_ours = |word: &&str| word.contains("://") && !word.contains("://www.w3.org/");
    words.filter(is_ours).map(str::to_owned).collect()
}

#[test]
fn absolute_urls_are_what_the_client_called() {
    for kind in Kind::ALL {
        let chain = Chain::new(kind);
        let check = |prefix: &str, path: &str, count: usize| {
            let answer = chain.front.ask(&format!("{prefix}{path}"), &[]);
            assert_eq!(answer.status, 200, "{kind:?} {path}: {}", answer.body);
            let seen = urls(&answer.body);
            assert!(seen.len() >= count, "{kind:?} {path}: {seen:?}");
            let origin = format!("{}{prefix}/", chain.front.origin());
            assert!(seen.iter().all(|url| url.starts_with(&origin)), "{kind:?} {path}: {seen:?}");
        };
        // HAProxy's file has no prefix: with the PROXY protocol no header is believed that could tell of one.
        for prefix in if kind == Kind::Nginx { &["", "/legacy"][..] } else { &[""] } {
            // requestUrl, rootUrl, url.
            check(prefix, "/webacs/api/v1/data/JobSummary/7", 3);
            check(prefix, "/webacs/api/v1/data/JobSummary/7.json", 3);
            check(prefix, "/ess/rest/scheduler/v1/requests/301", 10);
        }
    }
}

/// Client → proxy → gateway → gateway as the legacy server → ledger.
#[test]
fn through_two_gateways_the_urls_are_the_clients_and_each_audit_has_who_asked_it() {
    for kind in Kind::ALL {
        for (dialect, root) in [("cisco-prime", "/webacs/api"), ("oracle-ess", "/ess/rest/scheduler/v1")] {
            let (near, far) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let legacy = legacy(far.path());
            let gateway = before(near.path(), kind.server(), &legacy, dialect, root);
            let front = Front::start(kind, gateway.listen);

            let path = "/webacs/api/v1/op/jobService/cancelrunning";
            let call = ["-X", "PUT", "-H", XML, "-H", "X-Request-ID: nightly-35", "-d", &cancel(35)];
            let answer = front.ask(path, &call);
            let what = format!("{kind:?} and {dialect}: {}", answer.body);
            assert_eq!(answer.status, 200, "{what}");
            // Seen to be cancelled, not only taken: it is the latest run of its job, which Cisco's lists show.
            assert!(answer.body.contains("The run instance was cancelled."), "{what}");
            let mut seen = urls(&answer.body);
            seen.extend(urls(&front.ask("/webacs/api/v1/data/JobSummary/7", &[]).body));
            let origin = format!("{}/webacs/", front.origin());
            assert!(seen.len() >= 5 && seen.iter().all(|url| url.starts_with(&origin)), "{what} {seen:?}");

            let job = legacy.control("GET /v1/jobs/35", "").body;
            assert!(job.contains("\"state\":\"cancelled\""), "{job}");
            let other = legacy.control("GET /v1/jobs/25", "").body;
            assert!(other.contains("\"state\":\"queued\""), "{other}");
            assert_eq!(audit(&gateway), [format!("{CLIENT} cancel nightly-35")], "{what}");
            // The far one was asked by the near one, about the same call.
            assert_eq!(audit(&legacy), ["127.0.0.1 cancel nightly-35"], "{what}");
        }
    }
}

#[test]
fn a_session_cookie_comes_back_below_the_clients_path() {
    let chain = Chain::new(Kind::Nginx);
    for (prefix, expected) in [("", "Path=/webacs;"), ("/legacy", "Path=/legacy/webacs;")] {
        let answer = chain.front.ask(&format!("{prefix}/webacs/api/v1/data/JobSummary/7"), &[]);
        let cookie = answer.header("set-cookie").unwrap_or_default().to_owned();
        assert!(cookie.contains(expected) && cookie.contains("; Secure"), "{cookie}");
    }
}

#[test]
fn headers_come_back_as_the_legacy_server_wrote_them() {
    for kind in Kind::ALL {
        let chain = Chain::new(kind);
        let answer = chain.front.ask("/webacs/api/v1/data/JobSummary/7", &[]);
        for name in ["Content-Type", "Content-Length", "Set-Cookie", "X-Request-Id", "Date"] {
            let is_there = answer.headers.iter().any(|(seen, _)| seen == name);
            assert!(is_there, "{kind:?}: no {name} in {:?}", answer.headers);
        }
    }
}

#[test]
fn the_audit_has_the_clients_address_and_its_id_of_the_call() {
    for kind in Kind::ALL {
        let chain = Chain::new(kind);
        let path = "/webacs/api/v1/op/jobService/cancelrunning";
        let body = cancel(25);
        let answer =
            chain.front.ask(path, &["-X", "PUT", "-H", XML, "-H", "X-Request-ID: nightly-25", "-d", &body]);
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.header("x-request-id"), Some("nightly-25"));
        // Without an id of the client's own the proxy makes one.
        let answer = chain.front.ask(path, &["-X", "PUT", "-H", XML, "-d", &cancel(35)]);
        let made = answer.header("x-request-id").unwrap().to_owned();
        let expected = [format!("{CLIENT} cancel nightly-25"), format!("{CLIENT} cancel {made}")];
        assert_eq!(chain.audit(), expected, "{kind:?}");
    }
}

#[test]
fn what_a_client_says_of_itself_is_not_believed() {
    for kind in Kind::ALL {
        let chain = Chain::new(kind);
        let lies = [
            "Forwarded: for=192.0.2.1;proto=http;host=evil.example",
            "X-Forwarded-For: 192.0.2.1",
            // The address that is trusted: whoever reads further to the left would believe the rest.
            "X-Forwarded-For: 192.0.2.1, 127.0.0.1",
            "X-Forwarded-Proto: http",
            "X-Forwarded-Host: evil.example",
            "X-Forwarded-Port: 1",
            "X-Forwarded-Prefix: /evil",
            "Forwarded: for=\"",
        ];
        for lie in lies {
            let answer = chain.front.ask("/ess/rest/scheduler/v1/requests/302", &["-H", lie]);
            assert_eq!(answer.status, 200, "{kind:?} {lie}: {}", answer.body);
            let origin = format!("{}/ess/", chain.front.origin());
            let seen = urls(&answer.body);
            assert!(seen.iter().all(|url| url.starts_with(&origin)), "{kind:?} {lie}: {seen:?}");
        }
        let lies = lies.iter().flat_map(|lie| ["-H", lie]);
        let arguments: Vec<_> = lies.chain(["-X", "POST"]).collect();
        let answer = chain.front.ask("/ess/rest/scheduler/v1/requests/302/cancel", &arguments);
        assert_eq!(answer.status, 200, "{kind:?}: {}", answer.body);
        let rows = chain.audit();
        assert!(rows.len() == 1 && rows[0].starts_with(&format!("{CLIENT} cancel ")), "{kind:?}: {rows:?}");
    }
}

#[test]
fn paths_reach_the_gateway_as_they_were_written() {
    let paths = [
        "/webacs/api/v1/data/JobSummary/a%2Fb",
        "/webacs/api/v1/data/JobSummary/7;x=1",
        "/webacs//api/v1//data/JobSummary/7",
        "//webacs/api/v1/data/JobSummary/7?a=%2F&b=c;d&e=//",
        "/webacs/api/./v1/x/../data/%7Ea+b%20c%3B%2f",
        "/webacs/api/v1/data/JobSummary/caf%C3%A9",
        "/dbapi.do?action=abortRequest&requestId=316829382_14",
    ];
    for kind in Kind::ALL {
        let gateway = Dying::listen(kind == Kind::Haproxy);
        let front = Front::start(kind, gateway.address);
        let mut expected = Vec::new();
        for path in paths {
            assert_eq!(front.ask(path, &[]).status, 200, "{kind:?} {path}");
            expected.push(format!("GET {path} HTTP/1.1"));
            if kind == Kind::Nginx {
                assert_eq!(front.ask(&format!("/legacy{path}"), &[]).status, 200, "{kind:?} {path}");
                expected.push(format!("GET {path} HTTP/1.1"));
            }
        }
        assert_eq!(gateway.seen(), expected, "{kind:?}");

        // And the gateway says what is wrong with it in the caller's dialect, with the path as it was.
        let chain = Chain::new(kind);
        let answer = chain.front.ask("/webacs/api/v1//data/JobSummary/a%2Fb;x", &[]);
        assert_eq!(answer.status, 404);
        assert!(answer.body.contains("<uriPath>//data/JobSummary/a%2Fb;x</uriPath>"), "{}", answer.body);
    }
}

/// How often a call arrives that the gateway dies over, when the connection to it was used before. Asked without TLS by
/// a client of ours, because curl would ask again by itself where it is answered by a close.
fn arrivals(front: &Front, gateway: &Dying, method: &str, how: &str) -> usize {
    let path = format!("/{method}/{how}");
    let mut client = Client::connect(front.listen).unwrap();
    assert_eq!(client.request("GET /first", "", "").unwrap().status, 200, "{}", front.said());
    // nginx says 502, HAProxy closes; of half an answer both pass on the half.
    let answer = client.request(&format!("{method} {path}"), "", "<cancel/>");
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status == 502), "{method} {how}");
    gateway.seen().iter().filter(|line| line.contains(&path)).count()
}

#[test]
fn a_cancel_is_not_sent_twice_when_the_gateway_dies() {
    for kind in Kind::ALL {
        let gateway = Dying::listen(kind == Kind::Haproxy);
        let front = Front::start_with(kind, gateway.address, &[kind.without_tls()]);
        for how in [WITHOUT_A_WORD, MID_ANSWER] {
            for method in ["PUT", "POST", "DELETE", "GET"] {
                assert_eq!(arrivals(&front, &gateway, method, how), 1, "{kind:?} {method} {how}");
            }
        }
    }
}

#[test]
fn a_proxy_that_retries_would_be_seen() {
    let gateway = Dying::listen(false);
    let changes =
        [Kind::Nginx.without_tls(), ("proxy_next_upstream off;", ""), ("proxy_request_buffering off;", "")];
    let front = Front::start_with(Kind::Nginx, gateway.address, &changes);
    assert_eq!(arrivals(&front, &gateway, "PUT", WITHOUT_A_WORD), 2);
}

#[test]
fn a_gateway_that_is_away_is_what_docs_deployment_says() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (kind, status) in [(Kind::Nginx, 502), (Kind::Haproxy, 503)] {
        let path = "/webacs/api/v1/op/jobService/cancelrunning";
        let answer = Front::start(kind, nobody).ask(path, &["-X", "PUT", "-H", XML, "-d", &cancel(25)]);
        assert_eq!(answer.status, status, "{kind:?}");
    }
}

#[test]
fn a_large_body_is_refused_in_the_callers_dialect() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("body");
    let data = format!("@{}", file.display());
    for kind in Kind::ALL {
        let chain = Chain::new(kind);
        // Just over the limit, and far over what any proxy holds in memory.
        for size in [(1 << 20) + 1, 20_000_000] {
            std::fs::write(&file, vec![b' '; size]).unwrap();
            for more in [&[][..], &["-H", "Transfer-Encoding: chunked"]] {
                let arguments = [&["-X", "PUT", "-H", XML, "--data-binary", &data], more].concat();
                let answer = chain.front.ask("/webacs/api/v1/op/jobService/cancelrunning", &arguments);
                assert_eq!(answer.status, 413, "{kind:?} {size}: {}", answer.body);
                assert!(answer.body.contains("<errorDocument>"), "{kind:?} {size}: {}", answer.body);
            }
            // A stranger is turned away before that, and in the dialect too.
            let arguments = ["-X", "PUT", "-H", XML, "--user", "operator:wrong", "--data-binary", &data];
            let answer = chain.front.ask("/webacs/api/v1/op/jobService/cancelrunning", &arguments);
            assert_eq!(answer.status, 401, "{kind:?} {size}: {}", answer.body);
        }
        assert!(chain.audit().is_empty());
    }
}

#[test]
fn a_host_that_is_called_without_a_port_stays_without() {
    // The name alone, as where the proxy listens on the usual port.
    for kind in Kind::ALL {
        let chain = Chain::new(kind);
        let host = format!("Host: {NAME}");
        let answer = chain.front.ask("/ess/rest/scheduler/v1/requests/301", &["-H", &host]);
        let seen = urls(&answer.body);
        assert!(
            !seen.is_empty() && seen.iter().all(|url| url.starts_with("https://prime.example/ess/")),
            "{seen:?}"
        );
    }
}
