//! What of an archive becomes fixtures, and what never does.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::*;

/// An entry of a request that shows a job.
fn entry(headers: Value, answer: Value) -> Value {
    json!({
        "startedDateTime": "2026-01-01T12:00:00Z",
        "request": {
            "method": "GET",
            "url": "https://prime.corp.example/ess/rest/scheduler/v1/requests/7?fields=state#top",
            "headers": headers,
        },
        "response": {
            "status": 200,
            "headers": [{"name": "Content-Type", "value": "application/json"}, {"name": "Set-Cookie", "value": "s=hunter2"}],
            "content": answer,
        },
    })
}

fn answer(text: &str) -> Value {
    json!({"size": text.len(), "mimeType": "application/json", "text": text})
}

/// Imports entries; answers what became of them, and the fixtures.
fn imported(name: &str, entries: Vec<Value>, pages: Value) -> (Imported, Vec<String>) {
    let creator = json!({"name": "WebInspector", "version": "537.36"});
    let log = json!({"version": "1.2", "creator": creator, "pages": pages, "entries": entries});
    let har = crate::har::read("t.har".as_ref(), &json!({ "log": log }).to_string()).unwrap();
    let into: PathBuf = std::env::temp_dir().join(format!("countermand-{name}-{}", std::process::id()));
    let settings = Settings {
        into: into.clone(),
        upstream: String::new(),
        dialect: None,
        keep: Vec::new(),
        control: None,
        source: String::new(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let imported = runtime.block_on(import(har, settings)).unwrap();
    let mut files: Vec<_> = std::fs::read_dir(into.join("oracle-ess"))
        .map(|files| files.map(|file| file.unwrap().path()).collect())
        .unwrap_or_default();
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let _ = std::fs::remove_dir_all(into);
    (imported, texts)
}

#[test]
fn credentials_hosts_and_what_no_table_knows_are_never_written() {
    let headers = json!([
        {"name": ":authority", "value": "prime.corp.example"},
        {"name": "authorization", "value": "Basic aHVudGVyMg=="},
        {"name": "cookie", "value": "SID=hunter2"},
        {"name": "x-trace", "value": "hunter2"},
    ]);
    let text = "{\"state\":\"RUNNING\",\"hunted\":\"hunter2\",\"links\":[{\"href\":\"https://prime.corp.example/ess/x\"}]}";
    let pages = json!([{"startedDateTime": "2026-01-01T12:00:00Z", "id": "1", "title": "https://prime.corp.example/x?t=hunter2"}]);
    let mut entry = entry(headers, answer(text));
    entry["pageref"] = "1".into();
    let (imported, fixtures) = imported("secrets", vec![entry], pages);
    assert_eq!(imported.to_string(), "1 fixtures with 1 exchanges; 0 repeated ones are folded");
    let [fixture] = fixtures.as_slice() else { panic!("{fixtures:?}") };
    assert!(
        !fixture.contains("hunter2") && !fixture.contains("aHVud") && !fixture.contains("prime"),
        "{fixture}"
    );
    for line in [
        "evidence = \"observed\"",
        "source = \"Imported from HAR of WebInspector 537.36, page \\\"https://host.example/x\\\"\"",
        "GET /ess/rest/scheduler/v1/requests/7?fields=state HTTP/1.1",
        "Authorization: {{authorization}}",
        "  \"state\": \"RUNNING\",",
        "  \"hunted\": \"text-1\",",
        "      \"href\": \"{{base}}/ess/x\"",
    ] {
        assert!(fixture.lines().any(|there| there == line), "{line} is not in\n{fixture}");
    }
}

#[test]
fn a_browser_that_left_credentials_out_called_as_somebody() {
    let (_, fixtures) = imported("stripped", vec![entry(json!([]), answer("{}"))], json!([]));
    assert!(fixtures[0].contains("\nAuthorization: {{authorization}}\n"), "{}", fixtures[0]);
    let mut refused = entry(json!([]), answer("{}"));
    refused["response"]["status"] = 401.into();
    let (_, fixtures) = imported("refused", vec![refused], json!([]));
    assert!(!fixtures[0].contains("{{authorization}}"), "{}", fixtures[0]);
    let cookie = json!([{"name": "Cookie", "value": "X-Qlik-Session=hunter2"}]);
    let (_, fixtures) = imported("cookie", vec![entry(cookie, answer("{}"))], json!([]));
    assert!(fixtures[0].contains("\nAuthorization: {{authorization}}\n"), "{}", fixtures[0]);
}

#[test]
fn bodies_are_decoded_where_they_are_text_and_refused_where_not() {
    let body = |text: &str| json!({"size": 9, "mimeType": "", "encoding": "base64", "text": text});
    let long = format!("\"{}\"", "x".repeat(crate::record::LONGEST_BODY));
    let mut cached = entry(json!([]), answer(""));
    cached["response"]["status"] = 304.into();
    let mut blocked = entry(json!([]), answer(""));
    blocked["response"]["status"] = 0.into();
    let mut other = entry(json!([]), body("/////w=="));
    other["request"]["url"] = "https://prime.corp.example/logo.png".into();
    let entries = vec![
        entry(json!([]), body("eyJzdGF0ZSI6IldBSVQifQ==")),
        entry(json!([]), body("/////w==")),
        entry(json!([]), body("%")),
        entry(json!([]), answer(&long)),
        entry(json!([]), json!({"size": 9, "mimeType": ""})),
        cached,
        blocked,
        other.clone(),
        other.clone(),
        other.clone(),
        other,
    ];
    let (imported, fixtures) = imported("bodies", entries, json!([]));
    assert!(fixtures[0].contains("\"state\": \"WAIT\""), "{}", fixtures[0]);
    assert_eq!(
        imported.to_string(),
        "1 fixtures with 1 exchanges; 0 repeated ones are folded\n\
         left out 1: a 304 stands for an answer that the browser had before (/log/entries/5)\n\
         left out 1: a body is longer than 1048576 bytes (/log/entries/3)\n\
         left out 1: the answer's body is no base64 (/log/entries/2)\n\
         left out 1: the answer's body was not saved (/log/entries/4)\n\
         left out 1: the body is binary (/log/entries/1)\n\
         left out 4: the path is in no dialect; --dialect says which it is (/log/entries/7, /log/entries/8, /log/entries/9, …)\n\
         left out 1: there is no answer (/log/entries/6)"
    );
}

#[test]
fn an_answer_is_what_it_was_before_it_was_compressed_and_is_named_by_the_archive() {
    let mut compressed = entry(json!([]), answer("{\"state\":\"WAIT\"}"));
    let gzip = json!({"name": "Content-Encoding", "value": "gzip"});
    compressed["response"]["headers"].as_array_mut().unwrap().push(gzip);
    let mut nameless = entry(json!([]), answer("{\"state\":\"RUNNING\"}"));
    nameless["response"]["headers"] = json!([]);
    let (imported, fixtures) = imported("compressed", vec![compressed, nameless], json!([]));
    assert_eq!(imported.left_out.len(), 0, "{imported}");
    assert_eq!(fixtures[0].matches("\nContent-Type: application/json\n").count(), 2, "{}", fixtures[0]);
}

#[test]
fn entries_are_taken_in_the_order_of_time_and_a_page_is_a_fixture() {
    let at = |time: &str, page: &str, state: &str| {
        let mut entry = entry(json!([]), answer(&format!("{{\"state\":\"{state}\"}}")));
        entry["startedDateTime"] = time.into();
        entry["pageref"] = page.into();
        entry
    };
    let entries = vec![
        at("2026-01-01T12:00:02Z", "b", "SUCCEEDED"),
        at("2026-01-01T14:00:00+02:00", "a", "WAIT"),
        at("2026-01-01T12:00:01Z", "a", "RUNNING"),
    ];
    let (imported, fixtures) = imported("pages", entries, json!([]));
    assert_eq!((imported.summary.fixtures, imported.summary.recorded), (2, 3));
    assert!(fixtures[0].find("WAIT").unwrap() < fixtures[0].find("RUNNING").unwrap());
    assert!(fixtures[1].contains("SUCCEEDED"));
}
