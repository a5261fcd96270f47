//! Results that can be had once, through the whole gateway: large ones arrive whole, and what did not arrive is there
//! for the next reader.

use crate::gateway::Gateway;
use crate::server::{Server, config, config_with};

const STATUS: &str = "/dbapi.do?action=getStatus&dataset=defaultDs&requestId=316829382_14";

/// A user without the blank that HTTP does not ask for, as the manual prints the header.
const BASIC: &str = "Authorization:Basic b3BlcmF0b3I6c2VjcmV0";

/// A resource with a series of one day, about 9 KB, in the form that a real server writes.
fn resource(place: usize) -> String {
    let samples: Vec<_> = (0..1440).map(|minute| format!("{}.{:02}", place % 100, minute % 100)).collect();
    format!(
        r##"{{"signature":"raidLdev#840183-00^00^{place:X}","cpu Usage":[{{"type":"timeseries","unit":"%","interval":60,"start":"20260216_000000","data":[{},null]}},{{"start":"20260217_000000","data":[0]}}]}}"##,
        samples.join(",")
    )
}

/// A finished request with that many [`resource`]s.
fn describe(server: &Server, resources: &[String]) {
    let job = r#"{"aliases":{"hitachi-detail-view":"316829382_14"},"dataset":"defaultDs","state":"running"}"#;
    server.control("PUT /v1/jobs/101", job);
    for (place, some) in resources.chunks(100).enumerate() {
        let body = format!(r#"{{"results":{{"from":{},"items":[{}]}}}}"#, place * 100, some.join(","));
        server.control("POST /v1/jobs/101/events", &body);
    }
    server.control("POST /v1/jobs/101/events", r#"{"state":"succeeded"}"#);
}

fn get_status() -> Vec<u8> {
    format!("GET {STATUS} HTTP/1.1\r\nHost: h\r\n{BASIC}\r\n\r\n").into_bytes()
}

/// Pitfall hitachi-detail-view 14.
#[test]
fn an_answer_of_eight_megabytes_arrives_whole_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&config(folder.path(), "memory"));
    let resources: Vec<_> = (0..1000).map(resource).collect();
    describe(&server, &resources);
    let mut client = server.client();
    let mut ask = || {
        client.send(&get_status()).unwrap();
        client.answer(false).unwrap()
    };
    let answer = ask();
    let status =
        r#"{"total":0,"matched":0,"processed":0,"completed":true,"aborted":false,"hasErrors":false}"#;
    let expected = format!(r#"{{"status":{status},"result":[{}]}}"#, resources.join(","));
    assert!(expected.len() > 7_500_000, "{} bytes are not many", expected.len());
    assert_eq!((answer.status, answer.body.len()), (200, expected.len()));
    assert!(answer.body == expected, "some byte is another one");
    assert_eq!(ask().status, 404, "it can be had once");
}

/// The answer is longer than what kernels keep for a connection, so what was not read has not left the gateway.
#[test]
fn a_reader_who_goes_away_in_the_middle_has_not_drained_it() {
    for delivery in ["once", "cumulative"] {
        let folder = tempfile::tempdir().unwrap();
        let mount = format!(
            "[[mounts]]\ndialect = \"hitachi-detail-view\"\n[mounts.options]\ndelivery = \"{delivery}\"\n"
        );
        let server = Server::start(&config_with(folder.path(), "memory", &mount));
        describe(&server, &(0..3000).map(resource).collect::<Vec<_>>());
        let mut gone = server.client();
        gone.send(&get_status()).unwrap();
        let answer = gone.answer(true).unwrap();
        assert_eq!(answer.status, 200);
        assert!(answer.header("content-length").unwrap().parse::<usize>().unwrap() > 20_000_000);
        drop(gone);
        let mut next = server.client();
        next.send(&get_status()).unwrap();
        let answer = next.answer(false).unwrap();
        assert_eq!(answer.status, 206, "{delivery}: they may yet be on their way: {}", answer.body.len());
    }
}

/// Pitfall hitachi-detail-view 4.
#[tokio::test]
async fn an_answer_that_was_not_read_is_there_for_the_next_reader() {
    let job = r#"{"number":101,"aliases":{"hitachi-detail-view":"316829382_14"},"state":"succeeded","results":[24.00]}"#;
    let gateway = Gateway::start(job).await;
    let ask = || gateway.call("GET", STATUS, "");

    // The connection broke off before the body was taken.
    drop(gateway.unread("GET", STATUS, "").await);
    let meanwhile = ask().await;
    assert_eq!(meanwhile.status(), 206, "they may yet be on their way to the first reader");
    assert!(meanwhile.body().ends_with(b"\"result\":[]}"));
    gateway.after(30_000);
    let again = ask().await;
    assert_eq!(again.status(), 200);
    assert!(again.body().ends_with(b"\"result\":[24.00]}"));
    assert_eq!(ask().await.status(), 404);
    gateway.close().await;
}
