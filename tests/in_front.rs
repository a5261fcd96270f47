//! A gateway in front of another, which plays the legacy server: the real program twice, one ledger each. What each mode
//! does to the two ledgers, and what callers get.

mod kept;
mod wires;

use std::path::Path;

use crate::server::{BASIC, Server, config, config_with};

/// The legacy server: runs 15 and 16 are at work there.
fn legacy(folder: &Path) -> Server {
    let server = Server::start(&config(folder, "memory"));
    for number in [15, 16] {
        server.control(&format!("PUT /v1/jobs/{number}"), "{\"state\":\"running\",\"name\":\"old\"}");
    }
    server
}

/// The gateway in front: run 25 is its own.
fn front(folder: &Path, legacy: &Server, lines: &str) -> Server {
    front_of(folder, &format!("url = \"http://{}/webacs/api\"", legacy.listen), lines)
}

/// The same, with the lines of the engine that say where the legacy server is.
fn front_of(folder: &Path, server: &str, lines: &str) -> Server {
    // The legacy server is the same person's, so the credentials are too.
    std::fs::write(folder.join("old.password"), "secret\n").unwrap();
    let mounts = format!(
        "[engines.old]\nkind = \"upstream\"\ndialect = \"cisco-prime\"\n{server}\nuser = \"operator\"\n\
         password_file = \"old.password\"\n[[mounts]]\ndialect = \"cisco-prime\"\nengine = \"primary\"\nlegacy = \"old\"\n{lines}\n"
    );
    let server = Server::start(&config_with(folder, "memory", &mounts));
    server.control("PUT /v1/jobs/25", "{\"state\":\"running\",\"name\":\"new\"}");
    server
}

fn state(server: &Server, number: i64) -> String {
    let job = server.control(&format!("GET /v1/jobs/{number}"), "").body;
    let job: serde_json::Value = serde_json::from_str(&job).unwrap();
    job["state"].as_str().unwrap().to_owned()
}

fn cancel(server: &Server, ids: &str) -> crate::client::Answer {
    let line = "PUT /webacs/api/v4/op/jobService/cancelrunning.json";
    let body = format!("{{\"jobRunOperationPayload\":{{\"runIds\":{{\"runId\":[{ids}]}}}}}}");
    let headers = format!("{BASIC}Content-Type: application/json\r\n");
    server.client().request(line, &headers, &body).unwrap()
}

/// The ids of an answer, in its order.
fn told(body: &str) -> Vec<String> {
    let places = body.match_indices("\"id\":").map(|(place, _)| &body[place + 5..]);
    places.map(|rest| rest.chars().filter(char::is_ascii_digit).take(2).collect()).collect()
}

/// Waits for what comes of itself, and soon.
fn until<T>(what: &str, mut there: impl FnMut() -> Option<T>) -> T {
    let begun = std::time::Instant::now();
    loop {
        if let Some(found) = there() {
            return found;
        }
        assert!(begun.elapsed().as_secs() < 20, "{what}: in vain");
        std::thread::yield_now();
    }
}

#[test]
fn what_passes_through_is_done_there_and_nowhere_else() {
    let (old_folder, new_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let old = legacy(old_folder.path());
    let new = front(new_folder.path(), &old, "mode = \"passthrough\"");
    let through = cancel(&new, "15,25");
    assert_eq!(through.status, 200, "{}", through.body);
    assert_eq!((state(&old, 15), state(&new, 25)), ("cancelling".to_owned(), "running".to_owned()));
    // A refusal of the legacy server is its own, to the last byte.
    let line = "GET /webacs/api/v4/data/JobSummary/99.json";
    let ask = |server: &Server| server.client().request(line, BASIC, "").unwrap();
    let (here, there) = (ask(&new), ask(&old));
    assert_eq!((here.status, here.body), (there.status, there.body));
    let audit = new.control("GET /v1/audit", "").body;
    assert!(audit.contains("\"entries\":[]"), "{audit}");
}

#[test]
fn known_ids_are_ours_and_the_others_the_legacy_servers_in_the_order_of_the_request() {
    let (old_folder, new_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let old = legacy(old_folder.path());
    let new = front(new_folder.path(), &old, "mode = \"serve-else-passthrough\"");
    let answer = cancel(&new, "16,25,15");
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(told(&answer.body), ["16", "25", "15"], "{}", answer.body);
    for (server, number) in [(&old, 16), (&old, 15), (&new, 25)] {
        assert_eq!(state(server, number), "cancelling", "{number}");
    }
    let read = |id| {
        let line = format!("GET /webacs/api/v4/data/JobSummary/{id}.json");
        new.client().request(&line, BASIC, "").unwrap().body
    };
    assert!(read(15).contains("\"old\"") && read(25).contains("\"new\""), "{} {}", read(15), read(25));
}

#[test]
fn a_shadow_is_counted_and_leaves_the_answer_as_it_is() {
    let (old_folder, new_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let old = legacy(old_folder.path());
    let new = front(new_folder.path(), &old, "mode = \"shadow\"\nshadow_into = \"seen\"");
    assert_eq!(cancel(&new, "15").status, 200);
    assert_eq!((state(&old, 15), state(&new, 25)), ("cancelling".to_owned(), "running".to_owned()));
    // It is counted when nobody waits any more.
    until("a shadow is counted", || {
        let figures = new.control("GET /metrics", "").body;
        figures
            .lines()
            .any(|line| line.starts_with("countermand_shadows_total") && line.contains("cancelrunning"))
            .then_some(())
    });
    let figures = new.control("GET /metrics", "").body;
    let line = figures.lines().find(|line| line.starts_with("countermand_shadows_total")).unwrap();
    assert!(line.contains("verdict=\"same\""), "{line}");
}
