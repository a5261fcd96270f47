//! The connections around a gateway in front: a legacy server behind TLS whose certificate it signed itself, and clients
//! that speak HTTP/2. Real programs on every side.

use std::path::Path;
use std::process::Command;

use super::{cancel, front, front_of, legacy, state};
use crate::certificates::Certificates;
use crate::server::{BASIC, Server, config};

/// A legacy server whose callers must use TLS, and its certificate.
fn behind_tls(folder: &Path) -> (Server, Certificates) {
    let certificates = Certificates::write(folder);
    let path = config(folder, "memory");
    let text = std::fs::read_to_string(&path).unwrap();
    let tls = "[server]\ntls = { certificate = \"certificate.pem\", key = \"key.pem\" }\n";
    std::fs::write(&path, text.replacen("[server]\n", tls, 1)).unwrap();
    let server = Server::start(&path);
    for number in [15, 16] {
        server.control(&format!("PUT /v1/jobs/{number}"), "{\"state\":\"running\",\"name\":\"old\"}");
    }
    (server, certificates)
}

fn by_tls(folder: &Path, old: &Server, ca: &Path, lines: &str) -> Server {
    let url = format!("url = \"https://{}/webacs/api\"\nca = {ca:?}", old.listen);
    front_of(folder, &url, lines)
}

#[test]
fn a_legacy_server_behind_tls_is_asked_by_tls_in_every_mode() {
    let old_folder = tempfile::tempdir().unwrap();
    let (old, certificates) = behind_tls(old_folder.path());
    for (mode, id) in [("passthrough", "15"), ("shadow", "15"), ("serve-else-passthrough", "16")] {
        let folder = tempfile::tempdir().unwrap();
        // The certificate itself is what is trusted: the name in it is not the address.
        let new = by_tls(folder.path(), &old, &certificates.certificate, &format!("mode = {mode:?}"));
        let answer = cancel(&new, id);
        assert_eq!(answer.status, 200, "{mode}: {}", answer.body);
        assert_eq!(state(&old, id.parse().unwrap()), "cancelling", "{mode}");
        // A second one, on the connection that was kept or on another.
        let line = format!("GET /webacs/api/v4/data/JobSummary/{id}.json");
        let read = new.client().request(&line, BASIC, "").unwrap();
        assert!(read.status == 200 && read.body.contains("\"old\""), "{mode}: {}", read.body);
    }
}

#[test]
fn a_legacy_server_that_nobody_vouches_for_is_told_nothing() {
    let (old_folder, other_folder, folder) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (old, _) = behind_tls(old_folder.path());
    let others = Certificates::write(other_folder.path());
    let new = by_tls(folder.path(), &old, &others.authority, "mode = \"passthrough\"");
    let answer = cancel(&new, "15");
    assert_eq!(answer.status, 502, "{}", answer.body);
    assert_eq!(answer.header("proxy-status"), Some("countermand; error=tls_protocol_error"));
    assert!(answer.body.contains("Nothing was done"), "{}", answer.body);
    assert_eq!(state(&old, 15), "running");
}

#[test]
fn a_client_of_http_2_is_passed_through_like_any_other() {
    let (old_folder, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let old = legacy(old_folder.path());
    let certificates = Certificates::write(folder.path());
    let plain = front(folder.path(), &old, "mode = \"passthrough\"");
    let tls_folder = tempfile::tempdir().unwrap();
    let tls = {
        let server = front(tls_folder.path(), &old, "mode = \"passthrough\"");
        let path = tls_folder.path().join("countermand.toml");
        server.kill();
        let table = format!(
            "[server]\ntls = {{ certificate = {:?}, key = {:?} }}\n",
            certificates.certificate, certificates.key
        );
        let text = std::fs::read_to_string(&path).unwrap().replacen("[server]\n", &table, 1);
        std::fs::write(&path, text).unwrap();
        Server::start(&path)
    };
    let body = |id: u32| format!("{{\"jobRunOperationPayload\":{{\"runIds\":{{\"runId\":[{id}]}}}}}}");
    for (base, option, id) in [
        (format!("http://{}", plain.listen), "--http2-prior-knowledge", 15),
        (format!("https://{}", tls.listen), "--http2", 16),
    ] {
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "--show-error",
            "--insecure",
            option,
            "--request",
            "PUT",
            "--data",
            &body(id),
        ]);
        curl.args(["--header", BASIC.trim(), "--header", "Content-Type: application/json"]);
        curl.args(["--write-out", "\n%{http_version} %{http_code}"]);
        curl.arg(format!("{base}/webacs/api/v4/op/jobService/cancelrunning.json"));
        let output = curl.output().expect("curl is installed");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.ends_with("\n2 200"), "{text}{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(state(&old, i64::from(id)), "cancelling", "{text}");
    }
}
