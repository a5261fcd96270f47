//! Logins against the running program: bearer tokens where the real API has them, and the cookie of a login by password.

use std::path::{Path, PathBuf};

use crate::client::{Answer, Client};
use crate::server::{BASIC, Server, WITH_TOKENS, config_with};

/// What reads nothing that is there: each is answered 404 to who may read, in the dialect's own words.
const READINGS: &[(&str, &str)] = &[
    ("GET /dbapi.do?action=getStatus&dataset=defaultDs&requestId=nobody_1", "hitachi-detail-view"),
    ("GET /api/odag/v1/requests/5f0000000000000000000201", "qlik-odag"),
    ("GET /api/v1/odagrequests/5f0000000000000000000201", "qlik-odag"),
    ("GET /ess/rest/scheduler/v1/requests/1", "oracle-ess"),
];

const SUMMARY: &str = "GET /webacs/api/v1/data/JobSummary/1.json";

/// A configuration in which `operator` and `reader` have a token each, beside their passwords.
fn config(folder: &Path) -> PathBuf {
    config_with(folder, "memory", WITH_TOKENS)
}

fn ask(client: &mut Client, line: &str, headers: &str) -> Answer {
    client.request(line, headers, "").unwrap()
}

/// The `NAME=VALUE` of the cookie of an answer.
fn cookie(answer: &Answer) -> Option<&str> {
    answer.header("set-cookie").and_then(|cookie| cookie.split(';').next())
}

#[test]
fn a_token_opens_the_dialects_that_know_tokens_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&config(folder.path()));
    let mut client = server.client();
    let bearer = "Authorization: Bearer token-of-reader\r\n";
    for (line, dialect) in READINGS {
        assert_eq!(ask(&mut client, line, bearer).status, 404, "{dialect}");
        let wrong = ask(&mut client, line, "Authorization: Bearer guess\r\n");
        assert_eq!(wrong.status, 401, "{dialect}: {}", wrong.body);
        assert!(wrong.header("content-type").unwrap().contains("json"), "{dialect}: {wrong:?}");
        assert!(
            wrong.headers.iter().any(|(_, value)| value.starts_with("Bearer realm=")),
            "{dialect}: {wrong:?}"
        );
    }
    let cancel = "POST /ess/rest/scheduler/v1/requests/1/cancel";
    assert_eq!(ask(&mut client, cancel, bearer).status, 403, "whoever only reads does not write");
    let unknown = ask(&mut client, SUMMARY, bearer);
    assert!(unknown.status == 401 && unknown.body.contains("errorDocument"), "{unknown:?}");

    // The file changes, the gateway does not end.
    std::fs::write(folder.path().join("ops.tokens"), "").unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while ask(&mut client, READINGS[0].0, bearer).status != 401 {
        assert!(std::time::Instant::now() < deadline, "a token that was taken away still opens");
        std::thread::yield_now();
    }
}

/// Pitfall hitachi-detail-view 8.
#[test]
fn a_token_leads_where_a_password_does_and_a_wrong_one_is_told_how_to_do_better() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&config(folder.path()));
    let target = "GET /clearsightadvanced/dbapi.do?action=getStatus&dataset=defaultDs&requestId=1";
    for credentials in [BASIC, "Authorization: Bearer token-of-operator\r\n"] {
        let answer = server.client().request(target, credentials, "").unwrap();
        assert_eq!(answer.status, 404, "{credentials}: {}", answer.body);
        assert!(answer.body.starts_with("{\"code\":\"720600E6\""), "{}", answer.body);
    }
    for credentials in
        ["", "Authorization: Bearer nobodys-token\r\n", "Authorization: Basic b3BlcmF0b3I6d3Jvbmc=\r\n"]
    {
        let answer = server.client().request(target, credentials, "").unwrap();
        assert_eq!(answer.status, 401, "{credentials}");
        assert_eq!(answer.body, "{\"code\":\"720000E9\",\"error\":\"Authorization needed.\"}");
        let challenges: Vec<_> =
            answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate")).collect();
        let [(_, basic), (_, bearer)] = challenges[..] else { panic!("{credentials}: {challenges:?}") };
        assert_eq!(basic, "Basic realm=\"Analyzer detail view\"");
        let expected = match credentials.contains("Bearer") {
            true => "Bearer realm=\"ops\", error=\"invalid_token\"",
            false => "Bearer realm=\"ops\"",
        };
        assert_eq!(bearer, expected);
    }
}

/// Pitfall cisco-prime 7.
#[test]
fn a_client_that_logs_in_once_goes_on_by_its_cookie() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&config(folder.path()));
    let mut client = server.client();
    let login = ask(&mut client, SUMMARY, BASIC);
    assert_eq!(login.status, 404, "{login:?}");
    let set = login.header("set-cookie").unwrap();
    assert!(set.starts_with("JSESSIONID=") && set.ends_with("; Path=/webacs; HttpOnly"), "{set}");
    let sent = format!("Cookie: {}\r\n", cookie(&login).unwrap());
    let again = ask(&mut server.client(), SUMMARY, &sent);
    assert_eq!((again.status, cookie(&again)), (404, None), "{again:?}");
    let cancel = "PUT /webacs/api/v1/op/jobService/cancelrunning.json";
    let body = "{\"jobRunOperationPayload\":{\"runIds\":{\"runId\":1}}}";
    let headers = format!("{sent}Content-Type: application/json\r\n");
    assert_eq!(client.request(cancel, &headers, body).unwrap().status, 200);

    // A cookie is of its dialect and its process; without credentials there is the login page.
    assert_eq!(ask(&mut client, "GET /ess/rest/scheduler/v1/requests/1", &sent).status, 401);
    let dead = ask(&mut client, SUMMARY, "Cookie: JSESSIONID=0123456789ABCDEF0123456789ABCDEF\r\n");
    assert!(dead.status == 302 && dead.header("location").unwrap().ends_with("/login.jsp"), "{dead:?}");
    drop(server);
    let restarted = Server::start(&folder.path().join("countermand.toml"));
    assert_eq!(ask(&mut restarted.client(), SUMMARY, &sent).status, 302);
}

/// Pitfall cisco-prime 13.
#[test]
fn connections_use_up_no_sessions_kept_alive_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&config(folder.path()));
    let mut kept = server.client();
    let first = ask(&mut kept, SUMMARY, BASIC);
    let first = cookie(&first).unwrap();
    for _ in 0..20 {
        let answer = ask(&mut kept, SUMMARY, BASIC);
        assert_eq!((answer.status, cookie(&answer)), (404, Some(first)), "kept alive");
        assert!(answer.header("content-length").is_some());
        let closing = ask(&mut server.client(), SUMMARY, &format!("{BASIC}Connection: close\r\n"));
        assert_eq!((closing.status, cookie(&closing)), (404, Some(first)), "closed each time");
        assert_eq!(closing.header("connection"), Some("close"));
    }
}
