//! What a case looks like in another tool's words.

use std::path::Path;

use super::*;
use crate::fixture::parse;

fn case(head: &str, media: &str, body: &str) -> Fixture {
    let text = format!(
        "+++\ntitle = \"t\"\nevidence = \"observed\"\nsource = \"s\"\n{head}+++\nPOST /x?a=b HTTP/1.1\nHost: {{{{host}}}}\n\
         Authorization: {{{{authorization}}}}\n\n{{\"a\":\n1}}\n---\nHTTP/1.1 200 OK\nContent-Type: {media}\n\n{body}\n"
    );
    parse(Path::new("fixtures/oracle-ess/x.http"), &text).unwrap()
}

#[track_caller]
fn check(fixture: &Fixture, lines: &[&str]) {
    let text = hurl(fixture).unwrap();
    for line in lines {
        assert!(text.lines().any(|there| there == *line), "{line} is not in\n{text}");
    }
}

#[test]
fn a_case_is_set_sent_taken_apart_looked_at_and_put_away() {
    let head = "times = [\"/at\"]\n[[given]]\nnumber = 7\nstate = \"succeeded\"\n[then]\n7 = \"succeeded\"\n";
    let body = "{\"id\": 7.0, \"u\": \"{{base_escaped}}\\/\\\"\", \"at\": \"x\", \"l\": [null, {}]}";
    check(
        &case(head, "application/json", body),
        &[
            "PUT {{control}}/v1/jobs/7?replace=true",
            "POST {{base}}/x?a=b",
            "Authorization: {{operator}}",
            "base64,eyJhIjoKMX0=;",
            "HTTP 200",
            "header \"Content-Type\" == \"application/json\"",
            "jsonpath \"$.*\" count == 4",
            "jsonpath \"$['id']\" == 7.0",
            "jsonpath \"$['u']\" == \"{{base}}/\\\"\"",
            "jsonpath \"$['at']\" exists",
            "jsonpath \"$['l']\" count == 2",
            "jsonpath \"$['l'][0]\" == null",
            "jsonpath \"$['l'][1].*\" not exists",
            "jsonpath \"$.state\" == \"succeeded\"",
        ],
    );
}

#[test]
fn elements_are_asked_for_their_names_and_counted() {
    check(
        &case("", "text/xml", "<a xmlns='u' x='1'><b>t</b><b/></a>"),
        &[
            "xpath \"local-name(/*)\" == \"a\"",
            "xpath \"namespace-uri(/*)\" == \"u\"",
            "xpath \"count(/*/@*)\" == 1",
            "xpath \"string(/*/@*[local-name()='x' and namespace-uri()=''])\" == \"1\"",
            "xpath \"count(/*/*)\" == 2",
            "xpath \"string(/*/*[1])\" == \"t\"",
            "xpath \"string(/*/*[2])\" == \"\"",
        ],
    );
}

#[test]
fn what_cannot_be_said_has_a_reason() {
    let of = |head: &str, body: &str| hurl(&case(head, "application/json", body)).err();
    assert_eq!(of("clock = \"2026-01-01T12:00:00Z\"\n", "1"), Some(Unfit::Clock));
    assert_eq!(of("", "{\"a\":1,\"a\":2}"), Some(Unfit::Body));
    assert_eq!(of("", "{"), Some(Unfit::Body));
}
