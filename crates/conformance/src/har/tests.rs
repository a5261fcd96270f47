//! What is read, what is refused and where, and that what is written is read again.

use std::path::Path;

use super::*;
use crate::fill::Base;
use crate::fixture::parse;

const LOG: &str =
    r#"{"log":{"version":"1.2","creator":{"name":"n","version":"1"},"pages":[],"entries":[ENTRY]}}"#;

const ENTRY: &str = r#"{"startedDateTime":"2026-01-01T12:00:00+02:00","time":1.5,"_initiator":{},
    "request":{"method":"GET","url":"http://h/x","headers":[{"name":"a","value":"b"}]},
    "response":{"status":200,"headers":[],"content":{"size":1,"mimeType":"","text":"x"}}}"#;

#[track_caller]
fn check(text: &str, says: &str) {
    let mistake = read(Path::new("t.har"), text).unwrap_err();
    assert_eq!(mistake.to_string(), format!("t.har:{says}"));
}

#[test]
fn what_nobody_asks_for_may_be_missing_or_more() {
    let har = read(Path::new("t.har"), &LOG.replace("ENTRY", ENTRY)).unwrap();
    assert_eq!(har.log.entries[0].started_date_time.to_string(), "2026-01-01T10:00:00Z");
    assert_eq!(har.log.entries[0].request.headers[0].value, "b");
}

#[test]
fn a_mistake_is_told_with_its_place() {
    let with = |old: &str, new: &str| LOG.replace("ENTRY", &ENTRY.replace(old, new));
    check(
        &LOG.replace("1.2", "1.1"),
        "1:23: /log/version: HAR \"1.1\" is not read; save the traffic as HAR 1.2",
    );
    check(&with("\"method\":\"GET\",", ""), "2:71: /log/entries/0/request: missing field `method`");
    check(
        &with("200", "\"200\""),
        "3:30: /log/entries/0/response/status: invalid type: string \"200\", expected u16",
    );
    check(
        &with("2026-01-01T12:00:00+02:00", "today"),
        "1:109: /log/entries/0/startedDateTime: \"today\" is no time; write such as 2026-01-01T12:00:00.000Z",
    );
    check("[]", "1:2: invalid length 0, expected struct Har with 1 element");
    check("{\"log\":", "1:7: /log: no JSON: EOF while parsing a value");
    check(&(LOG.replace("ENTRY", "") + "x"), "1:87: no JSON: trailing characters");
}

#[test]
fn what_is_written_has_what_the_format_wants_and_is_read_again() {
    let text = "+++\ntitle = \"t\"\nevidence = \"observed\"\nsource = \"s\"\nuser = \"reader\"\n+++\nPOST /x?a=b%20c HTTP/1.1\n\
                Host: {{host}}\nAuthorization: {{authorization}}\n\n{\"a\":1}\n---\nHTTP/1.1 201 Created\n\
                Location: {{base}}/y\nContent-Type: text/plain\n\n{{host}}\n";
    let fixture = parse(Path::new("fixtures/oracle-ess/x.http"), text).unwrap();
    let base = Base { url: "https://h:1/vp".to_owned(), authority: "h:1".to_owned() };
    let text = write(&[fixture], &base);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    // Required by the schema of the format.
    for (place, members) in [
        ("/log", &["version", "creator", "entries"][..]),
        ("/log/pages/0", &["startedDateTime", "id", "title", "pageTimings"]),
        ("/log/entries/0", &["startedDateTime", "time", "request", "response", "cache", "timings"]),
        ("/log/entries/0/timings", &["send", "wait", "receive"]),
        (
            "/log/entries/0/request",
            &["method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"],
        ),
        ("/log/entries/0/request/postData", &["mimeType"]),
        (
            "/log/entries/0/response",
            &["status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL"],
        ),
        ("/log/entries/0/response", &["headersSize", "bodySize"]),
        ("/log/entries/0/response/content", &["size", "mimeType"]),
    ] {
        for member in members {
            assert!(document.pointer(place).unwrap().get(member).is_some(), "{place}/{member}");
        }
    }
    assert_eq!(document["log"]["entries"][0]["request"]["queryString"][0]["value"], "b c");
    let read = read(Path::new("t.har"), &text).unwrap();
    let entry = &read.log.entries[0];
    assert_eq!(entry.request.url, "https://h:1/vp/x?a=b%20c");
    assert_eq!(entry.request.headers[1].value, "{{reader}}");
    assert_eq!(entry.request.post_data.as_ref().unwrap().text.as_deref(), Some("{\"a\":1}"));
    assert_eq!((entry.response.status, entry.response.headers[0].value.as_str()), (201, "https://h:1/vp/y"));
    assert_eq!(entry.response.content.text.as_deref(), Some("h:1"));
}
