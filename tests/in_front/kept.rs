//! What `shadow_into` has written, played again: green against the legacy server whose answers it holds, red against the
//! gateway that would have answered otherwise.

use std::path::Path;
use std::process::Command;

use super::{front, legacy, until};
use crate::conform::{check, conform};
use crate::server::{BASIC, Server, config};

/// The only fixture in a folder, when it is there to its end.
fn written(folder: &Path) -> String {
    until("a fixture of the shadow", || {
        let files = std::fs::read_dir(folder.join("seen/cisco-prime")).ok()?;
        let paths: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
        let [path] = paths.as_slice() else { return None };
        let text = std::fs::read_to_string(path).ok().filter(|text| text.ends_with("}\n"))?;
        assert!(text.contains("these places differ: "), "{text}");
        Some(path.to_str().unwrap().to_owned())
    })
}

/// Run 15 is over here, and still at work there: the ledger's answer is another one.
fn differing(folder: &Path, old: &Server, lines: &str) -> Server {
    let new = front(folder, old, &format!("mode = \"shadow\"\nshadow_into = \"seen\"\n{lines}"));
    new.control("PUT /v1/jobs/15", "{\"state\":\"succeeded\",\"name\":\"old\"}");
    new
}

/// That the fixture is what the legacy server says, and not what a gateway says that has run 15 as it is in front.
fn is_the_legacy_servers(fixture: &str, old: &Server) {
    let text = std::fs::read_to_string(fixture).unwrap();
    for secret in ["127.0.0.1", "b3BlcmF0b3I6", "secret", "/vp"] {
        assert!(!text.contains(secret), "{secret} is in\n{text}");
    }
    check(&conform(&["--target", &format!("http://{}", old.listen), fixture]), 0, &[" 0 failed, "]);
    let folder = tempfile::tempdir().unwrap();
    let other = Server::start(&config(folder.path(), "memory"));
    other.control("PUT /v1/jobs/15", "{\"state\":\"succeeded\",\"name\":\"old\"}");
    let played = conform(&["--target", &format!("http://{}", other.listen), fixture]);
    check(&played, 1, &[" 1 failed, ", "runStatus"]);
}

#[test]
fn a_difference_is_a_fixture_that_the_legacy_server_plays_green() {
    let (old_folder, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let old = legacy(old_folder.path());
    let new = differing(folder.path(), &old, "");
    let line = "GET /webacs/api/v4/data/JobSummary/15.json";
    assert_eq!(new.client().request(line, BASIC, "").unwrap().status, 200);
    is_the_legacy_servers(&written(folder.path()), &old);
}

#[test]
fn also_where_the_mount_has_a_prefix_and_the_client_speaks_http_2() {
    let (old_folder, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let old = legacy(old_folder.path());
    let new = differing(folder.path(), &old, "prefix = \"/vp\"");
    let url = format!("http://{}/vp/webacs/api/v4/data/JobSummary/15.json", new.listen);
    let mut curl = Command::new("curl");
    curl.args([
        "--silent",
        "--show-error",
        "--fail",
        "--http2-prior-knowledge",
        "--header",
        BASIC.trim(),
        &url,
    ]);
    let output = curl.output().expect("curl is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    is_the_legacy_servers(&written(folder.path()), &old);
}

#[test]
fn an_order_under_a_shadow_is_given_once_and_to_the_legacy_server_alone() {
    let (old_folder, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let old = legacy(old_folder.path());
    let new = differing(folder.path(), &old, "");
    let audited = || old.control("GET /v1/audit", "").body.matches("\"request_id\"").count();
    let before = audited();
    assert_eq!(super::cancel(&new, "15").status, 200);
    assert_eq!(audited() - before, 1, "{}", old.control("GET /v1/audit", "").body);
    assert!(new.control("GET /v1/audit", "").body.contains("\"entries\":[]"));
    assert_eq!(
        (super::state(&old, 15), super::state(&new, 15)),
        ("cancelling".to_owned(), "succeeded".to_owned())
    );
}
