//! What counts as a difference and what does not, and that each has its place.

use super::*;

fn differences(
    media: &str,
    expected: &str,
    seen: &str,
    masks: &[&str],
) -> Vec<(String, Option<String>, Option<String>)> {
    let message = |body: &str| Message {
        start: "HTTP/1.1 200 OK".to_owned(),
        headers: vec![("Content-Type".to_owned(), media.to_owned())],
        body: body.to_owned(),
        span: 0..0,
    };
    let seen = Seen {
        status: 200,
        headers: vec![("content-type".to_owned(), media.to_owned())],
        body: seen.to_owned(),
    };
    let base = Base { url: "http://h".to_owned(), authority: "h".to_owned() };
    let masks = masks.iter().map(|mask| Mask::read(mask).unwrap()).collect();
    answers(&message(expected), &seen, &base, &Rules { masks, exact: false }, 1)
        .into_iter()
        .map(|difference| (difference.place, difference.expected, difference.seen))
        .collect()
}

fn places(media: &str, expected: &str, seen: &str) -> Vec<String> {
    differences(media, expected, seen, &[]).into_iter().map(|(place, _, _)| place).collect()
}

const JSON: &str = "application/json;charset=UTF-8";
const XML: &str = "application/xml";

#[test]
fn values_are_compared_not_bytes() {
    for (media, one, other) in [
        (JSON, r#"{"a":24.00,"b":[1]}"#, "{ \"b\" : [ 1 ], \"a\" : 24.0 }\n"),
        (JSON, "[2.4e1, -0, 1e2]", "[24, 0.0, 100]"),
        (JSON, r#"{"\ud800":1e99999999999999999999}"#, r#"{ "\ud800": 1e99999999999999999999 }"#),
        (JSON, r#""{{base}}\/x""#, r#""http://h/x""#),
        ("application/vnd.x+json", "1", "1.0"),
        (XML, "<a x='1' y='2'><b/></a>", "<?xml version=\"1.0\"?>\n<a y=\"2\" x=\"1\">\n <b></b>\n</a>"),
        (XML, "<p:a xmlns:p='u'><p:b/></p:a>", "<a xmlns='u'><!-- so --><b/></a>"),
        (XML, "<a>x&amp;y</a>", "<a><![CDATA[x&y]]></a>"),
        ("text/plain", "a", "a\n"),
    ] {
        assert_eq!(differences(media, one, other, &[]), Vec::new(), "{one} and {other}");
    }
}

#[test]
fn every_difference_is_found_with_its_place() {
    for (media, one, other, expected) in [
        (JSON, r#"{"a":[1,2]}"#, r#"{"a":[1,3],"b":0}"#, &["/a/1", "/b"][..]),
        (JSON, "9007199254740993", "9007199254740992", &[""]),
        (JSON, "18446744073709551617", "18446744073709551616", &[""]),
        (JSON, "24", "\"24\"", &[""]),
        (JSON, "[]", "{}", &[""]),
        (JSON, "null", "{\"a\":null}", &[""]),
        (JSON, "{\"a\":null}", "{}", &["/a"]),
        (JSON, "{\"a\":1}", "{\"a\":1,\"a\":1}", &["/a"]),
        (JSON, "[1,2,3]", "[2,3]", &["/0"]),
        (JSON, "[1,2]", "[2,1]", &["/0", "/1"]),
        (JSON, "{\"a/b\":1}", "{\"a/b\":2}", &["/a~1b"]),
        (JSON, "{}", r#"{"\ud800":1,"a":2}"#, &[r#"/"\ud800""#, "/a"]),
        (JSON, "1e99999999999999999999", "1e-99999999999999999999", &[""]),
        (JSON, "1e9223372036854775807", "10e9223372036854775807", &[""]),
        (JSON, "{}", "{", &["body"]),
        (JSON, "{}", "", &["body"]),
        (XML, "<a><b>1</b></a>", "<a><b>2</b></a>", &["/a/b"]),
        (XML, "<a><b>1</b></a>", "<a><b> 1</b></a>", &["/a/b"]),
        (XML, "<a x='1'/>", "<a/>", &["/a/@x"]),
        (XML, "<a/>", "<a x='1'/>", &["/a/@x"]),
        (XML, "<a><b/></a>", "<a><b/><b/></a>", &["/a/b[2]"]),
        (XML, "<a><b/><c/></a>", "<a><c/></a>", &["/a/b"]),
        (XML, "<a><b/><c/></a>", "<a><c/><b/></a>", &["/a/c", "/a/c"]),
        (XML, "<a xmlns='u'/>", "<a/>", &["/a"]),
        (XML, "<a>so<b/></a>", "<a><b/></a>", &["/a"]),
        (XML, "<a>so<b/></a>", "<a><b/>so</a>", &["/a"]),
        (XML, "<a>x<b/>y</a>", "<a>xy<b/></a>", &["/a"]),
        (XML, "<a/>", "<a>", &["body"]),
        ("text/plain", "a\nb", "a\nc", &["body:2:1"]),
    ] {
        assert_eq!(places(media, one, other), expected, "{one} and {other}");
    }
}

#[test]
fn a_masked_place_must_be_there_and_of_its_kind() {
    let masked = |one, other| differences(JSON, one, other, &["/*/at"]).len();
    assert_eq!(masked(r#"[{"at":"x"},{"at":"y"}]"#, r#"[{"at":"1"},{"at":"2"}]"#), 0);
    assert_eq!(masked(r#"[{"at":"x"}]"#, r#"[{"at":1}]"#), 1);
    assert_eq!(masked(r#"[{"at":"x"}]"#, "[{}]"), 1);
    let masked = |one, other| differences(XML, one, other, &["/a/b", "/a/@x"]).len();
    assert_eq!(masked("<a x='1'><b>1</b><b/></a>", "<a x='2'><b/><b>2</b></a>"), 0);
    assert_eq!(masked("<a x='1'><b/></a>", "<a><c/></a>"), 2);
}

#[test]
fn statuses_and_the_headers_that_are_written_are_compared() {
    let expected = Message {
        start: "HTTP/1.1 405 Method Not Allowed".to_owned(),
        headers: vec![("Allow".to_owned(), "GET".to_owned()), ("Date".to_owned(), "x".to_owned())],
        body: String::new(),
        span: 0..0,
    };
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let base = Base { url: "http://h".to_owned(), authority: "h".to_owned() };
    let rules = Rules { masks: vec![Mask::read("header:date").unwrap()], exact: false };
    let of = |status, headers| {
        let seen = Seen { status, headers, body: String::new() };
        let found = answers(&expected, &seen, &base, &rules, 2);
        found.into_iter().map(|difference| (difference.answer, difference.place)).collect::<Vec<_>>()
    };
    assert_eq!(of(405, vec![header("allow", "GET"), header("date", "y"), header("server", "z")]), []);
    let places = [(2, "status".to_owned()), (2, "header:allow".to_owned()), (2, "header:date".to_owned())];
    assert_eq!(of(404, vec![header("allow", "GET"), header("allow", "PUT")]), places);
}

/// A stranger's answer is at most as long as the client takes; whatever stands in it, the run goes on.
#[test]
fn documents_that_nest_without_end_are_told() {
    let deep = "<a>".repeat(100_000);
    assert_eq!(places(XML, "<a/>", &deep), ["body"]);
    assert_eq!(places(XML, "<a/>", &format!("{deep}{}", "</a>".repeat(100_000))), ["body"]);
    assert_eq!(places(JSON, "[]", &"[".repeat(100_000)), ["body"]);
}
