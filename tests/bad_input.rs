//! Bad input against the running program: each is answered in its dialect, nothing changes, and memory stays flat.

use crate::server::{BASIC, Server, config};

/// What a gateway under abuse may grow by, at its peak. The largest body allowed is 1 MiB; without the limits one
/// single case below would cost 20 MB.
const GROWTH_KIB: u64 = 8 * 1024;

const CANCEL: &str = "PUT /webacs/api/v1/op/jobService/cancelrunning";
const XML: &str = "Content-Type: application/xml\r\n";
const JSON: &str = "Content-Type: application/json\r\n";

/// The peak of the process's resident memory so far, in KiB.
fn peak(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).expect("the program runs");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("Linux says so");
    line.split_whitespace().nth(1).and_then(|figure| figure.parse().ok()).expect("in KiB")
}

fn payload(runs: &str) -> String {
    format!("<jobRunOperationPayload><runIds>{runs}</runIds></jobRunOperationPayload>")
}

/// As many ids as fit into a body: each would cost two hundred times its two bytes, in the ledger and in the answer.
fn many_ids(count: usize) -> String {
    let ids = vec!["1"; count].join(",");
    format!("{{\"jobRunOperationPayload\":{{\"runIds\":{{\"runId\":[{ids}]}}}}}}")
}

/// The case, its type, its body, the status, and a word that the answer must hold: the place of the mistake.
fn cases() -> Vec<(&'static str, &'static str, String, u16, &'static str)> {
    let deep = 100_000;
    vec![
        ("broken XML", XML, "<jobRunOperationPayload><runIds>".to_owned(), 400, "errorDocument"),
        ("a wrong root", XML, "<jobOperationPayload/>".to_owned(), 400, "jobOperationPayload"),
        (
            "a DOCTYPE",
            XML,
            format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{}", payload("<runId>1</runId>")),
            400,
            "document type declaration",
        ),
        ("junk after the root", XML, format!("{}<a/>", payload("<runId>1</runId>")), 400, "errorDocument"),
        ("a control character", XML, payload("<runId>1\u{1}</runId>"), 400, "errorDocument"),
        ("deep XML", XML, "<a>".repeat(deep), 400, "errorDocument"),
        (
            "deep XML inside",
            XML,
            format!("<jobRunOperationPayload>{}", "<a>".repeat(deep)),
            400,
            "errorDocument",
        ),
        ("deep JSON", JSON, "[".repeat(deep), 400, "errorDocument"),
        ("deep JSON inside", JSON, format!("{{\"a\":{}", "[".repeat(deep)), 400, "errorDocument"),
        ("broken JSON", JSON, "{\"jobRunOperationPayload\":".to_owned(), 400, "line 1"),
        ("no number", XML, payload("<runId>x</runId>"), 400, "runId"),
        ("over int64", XML, payload("<runId>9223372036854775808</runId>"), 400, "runId"),
        ("no ids", XML, payload(""), 400, "runId"),
        (
            "a wrong charset",
            "Content-Type: text/xml; charset=iso-8859-1\r\n",
            payload("<runId>1</runId>"),
            415,
            "errorDocument",
        ),
        ("more ids than one call takes", JSON, many_ids(500_000), 400, "more than 10000 ids"),
        ("many ids over the limit", XML, payload(&"<runId>1</runId>".repeat(100_000)), 413, "errorDocument"),
    ]
}

#[test]
fn bad_bodies_are_refused_in_the_callers_dialect_and_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&config(folder.path(), "memory"));
    server.control("PUT /v1/jobs/1", "{\"state\":\"running\"}");
    // One good call first, so that what is allocated once is not counted as growth.
    let warm =
        server.client().request(CANCEL, &format!("{BASIC}{XML}"), &payload("<runId>99</runId>")).unwrap();
    assert_eq!(warm.status, 200, "{}", warm.body);
    let before = peak(&server);
    for (case, media, body, status, word) in cases() {
        // An oversized body is refused before it is sent to the end: the answer is read, the connection is over.
        let mut client = server.client();
        let answer = client.request(CANCEL, &format!("{BASIC}{media}"), &body);
        let answer = answer.unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(answer.status, status, "{case}: {}", answer.body);
        assert!(answer.body.contains("<errorDocument>"), "{case}: {}", answer.body);
        assert!(answer.body.contains(word), "{case}: no {word:?} in {}", answer.body);
    }
    let growth = peak(&server) - before;
    println!("{} bad bodies: peak memory grew by {growth} KiB", cases().len());
    assert!(growth < GROWTH_KIB, "peak memory grew by {growth} KiB");
    let job = server.control("GET /v1/jobs/1", "");
    assert!(
        job.body.contains("\"state\":\"running\"") && job.body.contains("\"revision\":1"),
        "{}",
        job.body
    );
}

#[test]
fn a_20_mb_body_is_refused_while_it_is_sent_and_memory_stays_flat() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&config(folder.path(), "memory"));
    let warm =
        server.client().request(CANCEL, &format!("{BASIC}{XML}"), &payload("<runId>99</runId>")).unwrap();
    assert_eq!(warm.status, 200);
    let before = peak(&server);
    let head = format!("{CANCEL} HTTP/1.1\r\nHost: h\r\n{BASIC}{XML}");
    let huge = vec![b' '; 20_000_000];

    let mut told = server.client();
    told.send(format!("{head}Content-Length: {}\r\n\r\n", huge.len()).as_bytes()).unwrap();
    // The gateway may close while we send: that is its right, and the answer is there all the same.
    let _ = told.send(&huge[..64 << 10]);
    let answer = told.answer(false).unwrap();
    assert!(answer.status == 413 && answer.body.contains("<errorDocument>"), "{answer:?}");

    let mut chunked = server.client();
    chunked.send(format!("{head}Transfer-Encoding: chunked\r\n\r\n").as_bytes()).unwrap();
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    // Sends until the gateway stops listening, or 20 MB are out.
    let _ = (0..300).try_for_each(|_| chunked.send(chunk.as_bytes()));
    let answer = chunked.answer(false).expect("the answer comes before the end of the body");
    assert!(answer.status == 413 && answer.body.contains("<errorDocument>"), "{answer:?}");

    let growth = peak(&server) - before;
    println!("20 MB twice: peak memory grew by {growth} KiB");
    assert!(growth < GROWTH_KIB, "peak memory grew by {growth} KiB");
}

#[test]
fn a_malformed_host_is_answered_in_the_dialect() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&config(folder.path(), "memory"));
    for host in ["Host: a b\r\n", "Host: a\r\nHost: b\r\n", "", "Host: http://a/\r\n"] {
        let mut client = server.client();
        client
            .send(
                format!("GET /webacs/api/v1/data/JobSummary/1.json HTTP/1.1\r\n{host}{BASIC}\r\n").as_bytes(),
            )
            .unwrap();
        let answer = client.answer(false).unwrap();
        assert_eq!(answer.status, 400, "{host:?}: {answer:?}");
        assert!(answer.body.starts_with("{\"errorDocument\""), "{host:?}: {}", answer.body);
    }
}
