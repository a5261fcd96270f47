//! A session handed to a tape, exchange by exchange, and the files it became.

mod secrets;

use std::path::Path;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};

use super::{Answered, Asked, Keep, LONGEST_BODY, Noted, Settings, Summary, Tape};

const HOST: &str = "prime.example:8080";

/// `operator:secret`.
const OPERATOR: (&str, &str) = ("authorization", "Basic b3BlcmF0b3I6c2VjcmV0");

const JSON: (&str, &str) = ("content-type", "application/json");

/// A tape and the folder it writes to, which is removed in the end.
struct Recording {
    folder: tempfile::TempDir,
    tape: Tape,
}

/// An answer: its status, its headers and its body.
type Answer<'a> = (u16, &'a [(&'static str, &'a str)], &'a [u8]);

impl Recording {
    fn new(keep: &[&str], dialect: Option<&str>) -> Recording {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            into: folder.path().to_owned(),
            upstream: "10.1.2.3:80".to_owned(),
            dialect: dialect.map(|name| countermand_dialects::by_name(name).unwrap()),
            keep: keep.iter().map(|place| Keep::read(place).unwrap()).collect(),
            control: None,
            source: "A test".to_owned(),
        };
        Recording { folder, tape: Tape::new(settings) }
    }

    async fn exchange(
        &mut self,
        line: &str,
        sent: &[(&'static str, &str)],
        body: &str,
        answer: Answer<'_>,
    ) -> Noted {
        self.exchange_at(HOST, line, sent, body, answer).await
    }

    async fn exchange_at(
        &mut self,
        host: &'static str,
        line: &str,
        sent: &[(&'static str, &str)],
        body: &str,
        (status, came, answer): Answer<'_>,
    ) -> Noted {
        let (method, target) = line.split_once(' ').unwrap();
        let (method, uri): (Method, Uri) = (method.parse().unwrap(), target.parse().unwrap());
        let mut sent = headers(sent);
        sent.insert("host", HeaderValue::from_static(host));
        let whole =
            |body: &[u8]| Some(Bytes::copy_from_slice(body)).filter(|body| body.len() <= LONGEST_BODY);
        let coming = self.tape.before(&method, &uri, &sent).await;
        let asked = Asked { method, uri, headers: sent, body: whole(body.as_bytes()) };
        let status = StatusCode::from_u16(status).unwrap();
        let answered = Answered { status, headers: headers(came), body: whole(answer) };
        self.tape.after(coming, &asked, &answered).await.unwrap()
    }

    /// What it became, and the texts of its files, which the reader takes.
    fn end(self) -> (Summary, Vec<String>) {
        let summary = self.tape.end().unwrap();
        let entries = |folder: &Path| {
            let mut paths: Vec<_> =
                std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            paths.sort();
            paths
        };
        let files = entries(self.folder.path()).into_iter().flat_map(|dialect| entries(&dialect));
        let texts = files.map(|file| {
            crate::fixture::read(&file).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
            std::fs::read_to_string(file).unwrap()
        });
        (summary, texts.collect())
    }
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
}

const GET: &str = "GET /ess/rest/scheduler/v1/requests/7";

#[tokio::test]
async fn what_no_table_knows_gets_a_stand_in() {
    let mut recording = Recording::new(&["/kept"], None);
    let sent = [OPERATOR, ("user-agent", "acme-tool"), ("cookie", "SID=abc"), ("accept", "*/*")];
    let answer = br#"{"requestId":7,"state":"WAIT","owner":"Ana Lopez","again":["Ana Lopez",12.50,true,null],
        "kept":{"a":"seen"},"stateChangeTime":"2026-02-03T04:05:06.789Z","enterpriseId":1,
        "description":"of Ana Lopez on 10.1.2.3 behind prime.example",
        "links":[{"href":"http://prime.example:8080/ess/rest/scheduler/v1/requests/7?trace=x","rel":"self"}]}"#;
    let came = [JSON, ("server", "Acme/1.2"), ("set-cookie", "SID=abc")];
    let noted =
        recording.exchange(&format!("{GET}?fields=state&trace=x"), &sent, "", (200, &came, answer)).await;
    assert_eq!(noted, Noted::Recorded);
    let (_, texts) = recording.end();
    assert_eq!(
        texts[0],
        r#"+++
title = "Recorded: details 200"
evidence = "observed"
source = "A test"
note = "Which jobs were there is not known: nobody could be asked."
mask = ["/again/*", "/description", "/owner", "/stateChangeTime"]
+++
GET /ess/rest/scheduler/v1/requests/7?fields=state&trace=text-1 HTTP/1.1
Host: {{host}}
Authorization: {{authorization}}
Accept: */*

---
HTTP/1.1 200 OK
Content-Type: application/json

{
  "requestId": 7,
  "state": "WAIT",
  "owner": "text-2",
  "again": [
    "text-2",
    1001,
    false,
    null
  ],
  "kept": {
    "a": "seen"
  },
  "stateChangeTime": "2026-02-03T04:05:06.789Z",
  "enterpriseId": 1,
  "description": "of text-2 on host.example behind host.example",
  "links": [
    {
      "href": "{{base}}/ess/rest/scheduler/v1/requests/7?trace=text-1",
      "rel": "self"
    }
  ]
}
"#
    );
}

#[tokio::test]
async fn xml_is_cleaned_where_it_stands() {
    let mut recording = Recording::new(&[], None);
    let xml = ("content-type", "application/xml");
    let sent = "<jobRunOperationPayload><runIds><runId>15</runId></runIds><note>for Ana &amp; Li</note></jobRunOperationPayload>";
    let came = b"<?xml version=\"1.0\"?>\r\n<!-- built by Acme --><mgmtResponse requestUrl=\"http://prime.example:8080/x?a=1&amp;b=2\" \
        host=\"acme-7\"><operationResult><message>for Ana &amp; Li: fine</message></operationResult></mgmtResponse>";
    let line = "PUT /webacs/api/v1/op/jobService/cancelrunning";
    recording.exchange(line, &[OPERATOR, xml], sent, (200, &[xml], came)).await;
    let (_, texts) = recording.end();
    let text = &texts[0];
    assert!(text.contains("<runId>15</runId></runIds><note>text-1</note>"), "{text}");
    let url = "requestUrl=\"{{base}}/x?a=1001&amp;b=1002\" host=\"text-2\"";
    assert!(text.contains(url) && text.contains("<message>text-1: fine</message>"), "{text}");
    assert!(
        text.contains("mask = [\"/mgmtResponse/@host\", \"/mgmtResponse/@requestUrl\"]")
            && !text.contains("Acme"),
        "{text}"
    );
}

#[tokio::test]
async fn polls_are_folded_and_orders_are_not() {
    let mut recording = Recording::new(&[], None);
    let (waits, runs) = (&br#"{"state":"WAIT"}"#[..], &br#"{"state":"RUNNING"}"#[..]);
    let links = &br#"{"links":[]}"#[..];
    let cancel = "POST /ess/rest/scheduler/v1/requests/7/cancel";
    for (line, answer, folded) in [
        (GET, waits, false),
        (GET, waits, true),
        (GET, runs, false),
        (GET, waits, false),
        (cancel, links, false),
        (cancel, links, false),
        (GET, waits, false),
        (GET, waits, true),
    ] {
        let noted = recording.exchange(line, &[OPERATOR], "", (200, &[JSON], answer)).await;
        assert_eq!(noted == Noted::Folded, folded, "{line} {noted:?}");
    }
    let (summary, texts) = recording.end();
    assert_eq!((summary.fixtures, summary.recorded, summary.folded), (1, 6, 2));
    assert!(
        texts[0].contains("title = \"Recorded: details 200 (3 times), cancel 200 (2 times), details 200\""),
        "{}",
        texts[0]
    );
}

#[tokio::test]
async fn what_cannot_be_told_apart_or_written_is_left_out() {
    let mut recording = Recording::new(&[], None);
    let html = ("content-type", "text/html");
    let long = vec![b' '; LONGEST_BODY + 1];
    for (line, answer, says) in [
        (GET, (200, &[JSON][..], &b"\xff\xfe"[..]), "binary"),
        (GET, (200, &[JSON], &long), "longer than"),
        (GET, (200, &[JSON], b"{"), "no JSON"),
        (GET, (200, &[html], b"<html/>"), "text/html"),
        (GET, (200, &[JSON], br#"{"state":"{{secret}}"}"#), "no fixture can hold it"),
        ("GET /ess/rest/scheduler/v1/nothing", (404, &[JSON], b"{}"), "no operation"),
        ("GET /elsewhere", (404, &[JSON], b"{}"), "no dialect"),
    ] {
        let noted = recording.exchange(line, &[OPERATOR], "", answer).await;
        assert!(matches!(&noted, Noted::LeftOut(reason) if reason.contains(says)), "{noted:?}");
    }
    let (summary, texts) = recording.end();
    assert_eq!((summary.fixtures, texts.len(), summary.left_out.len()), (0, 0, 7));
}

#[tokio::test]
async fn another_caller_begins_another_case() {
    let mut recording = Recording::new(&[], None);
    let guess = ("authorization", "Basic Z3Vlc3M6Z3Vlc3M=");
    let asks = ("www-authenticate", "Basic realm=\"Acme plant 7\"");
    recording.exchange(GET, &[OPERATOR], "", (200, &[JSON], b"{}")).await;
    recording.exchange(GET, &[guess], "", (401, &[JSON, asks], b"{}")).await;
    recording.exchange(GET, &[], "", (401, &[JSON, asks], b"{}")).await;
    recording.exchange(GET, &[OPERATOR], "", (200, &[JSON], b"{}")).await;
    let (summary, texts) = recording.end();
    assert_eq!((summary.fixtures, summary.recorded), (3, 4));
    assert!(texts[1].contains("user = \"wrong\"\nmask = [\"header:www-authenticate\"]"), "{}", texts[1]);
    assert!(
        texts[1].contains("Basic realm=\"text-1\"") && !texts.concat().contains("Z3Vlc3M"),
        "{}",
        texts[1]
    );
}

#[tokio::test]
async fn a_prefix_is_part_of_the_base() {
    let line = "GET /vp/ess/rest/scheduler/v1/requests/7";
    let answer = br#"{"links":[{"href":"http://prime.example:8080/vp/ess/rest/scheduler/v1/requests/7"}]}"#;
    let mut recording = Recording::new(&[], Some("oracle-ess"));
    recording.exchange(line, &[OPERATOR], "", (200, &[JSON], answer)).await;
    let (_, texts) = recording.end();
    assert!(texts[0].contains("\nGET /ess/rest/scheduler/v1/requests/7 HTTP/1.1\n"), "{}", texts[0]);
    assert!(texts[0].contains("\"{{base}}/ess/rest/scheduler/v1/requests/7\""), "{}", texts[0]);
}

#[tokio::test]
async fn a_server_that_is_called_as_a_word_of_its_paths_is_not_found_in_them() {
    let mut recording = Recording::new(&[], None);
    let answer = br#"{"links":[{"href":"http://ess/ess/rest/scheduler/v1/requests/7"}],"detail":"see ess"}"#;
    let line = "GET http://ess/ess/rest/scheduler/v1/requests/7";
    recording.exchange_at("ess", line, &[OPERATOR], "", (200, &[JSON], answer)).await;
    let (_, texts) = recording.end();
    assert!(texts[0].contains("\"{{base}}/ess/rest/scheduler/v1/requests/7\""), "{}", texts[0]);
}

#[tokio::test]
async fn a_long_list_does_not_keep_its_client_waiting() {
    let mut recording = Recording::new(&[], None);
    let item = |n| format!("{{\"requestId\":{n},\"name\":\"job {n} of all\",\"zz\":\"value-{n}\"}}");
    let items: Vec<_> = (0..8000).map(item).collect();
    let answer = format!("{{\"items\":[{}]}}", items.join(","));
    let begun = std::time::Instant::now();
    let line = "GET /ess/rest/scheduler/v1/requests";
    recording.exchange(line, &[OPERATOR], "", (200, &[JSON], answer.as_bytes())).await;
    // A second on a machine at which looking for one original after another took two minutes.
    assert!(begun.elapsed() < std::time::Duration::from_secs(30), "{:?}", begun.elapsed());
}
