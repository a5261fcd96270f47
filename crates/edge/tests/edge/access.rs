//! Who may do what: groups, scope, pages of other sites, HEAD.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use countermand_edge::{Realm, RealmConfig};
use countermand_model::Command;
use tempfile::NamedTempFile;

use crate::support::{Adding, Bench, basic, request, with_body};

/// "secret" at bcrypt's lowest cost, by glibc's crypt(3).
const SECRET: &str = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

/// `reader` may read, `writer` may both, `boss` is an administrator too, `nobody` is in no group.
fn groups() -> Arc<Realm> {
    let mut file = NamedTempFile::new().unwrap();
    for name in ["reader", "writer", "boss", "nobody"] {
        writeln!(file, "{name}:{SECRET}").unwrap();
    }
    let group =
        |group: &str, names: &[&str]| (group.to_owned(), names.iter().map(|&name| name.into()).collect());
    let config = RealmConfig {
        name: "tests".to_owned(),
        htpasswd: Some(file.path().to_owned()),
        tokens: None,
        read: Some(vec!["r".to_owned()]),
        write: Some(vec!["w".to_owned()]),
        admin: vec!["a".to_owned()],
        groups: BTreeMap::from([
            group("r", &["reader", "writer", "boss"]),
            group("w", &["writer", "boss"]),
            group("a", &["boss"]),
        ]),
    };
    Realm::open(config).unwrap()
}

#[tokio::test]
async fn readers_read_and_writers_write() {
    let bench = Bench::with(|mount| {
        mount.realm = Some(groups());
        mount.own_scope = true;
    });
    let by = |name, method, path| {
        with_body(method, path, "[]".to_owned()).and("authorization", &basic(name, "secret"))
    };
    bench.send(by("nobody", "GET", "/echo/jobs/1")).await.is_fault(403, "forbidden");
    assert_eq!(bench.send(by("reader", "GET", "/echo/jobs/1")).await.status, 200);
    assert!(bench.denials().is_empty(), "reads are not audited");

    bench.send(by("reader", "PUT", "/echo/jobs/15/cancel")).await.is_fault(403, "forbidden");
    let denied = &bench.denials()[0];
    assert_eq!(
        (denied.caller.user.as_str(), denied.operation, denied.written.as_deref()),
        ("reader", "cancel", Some("15"))
    );
    assert_eq!(
        (denied.caller.client.as_str(), denied.dialect, denied.request_id.len()),
        ("192.0.2.1", "echo", 32)
    );

    assert_eq!(bench.send(by("writer", "PUT", "/echo/jobs/15/cancel")).await.status, 200);
    assert_eq!(bench.send(by("boss", "PUT", "/echo/jobs/15/cancel")).await.status, 200);
    let cancels = bench.calls().into_iter().filter(|call| matches!(call.command, Command::Cancel(_)));
    let own: Vec<_> = cancels.map(|call| (call.caller.user, call.caller.own_only)).collect();
    let expected = [("writer", true), ("boss", false)];
    assert_eq!(own, expected.map(|(name, own)| (name.to_owned(), own)));
}

#[tokio::test]
async fn an_open_operation_asks_nobody() {
    let bench = Bench::new();
    let answer = bench.send(request("GET", "/echo/login")).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, "<p>who are you?</p>"));
    assert_eq!(answer.header("content-type"), "text/html");
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing() {
    let bench = Bench::new();
    let abort = |site: &str| request("GET", "/echo/jobs/1/abort").by_ana().and("sec-fetch-site", site);
    bench.send(abort("cross-site")).await.is_fault(403, "cross_site");
    assert!(bench.calls().is_empty());
    for site in ["same-origin", "same-site", "none"] {
        assert_eq!(bench.send(abort(site)).await.status, 200, "{site}");
    }
    let reading = request("GET", "/echo/jobs/1").by_ana().and("sec-fetch-site", "cross-site");
    assert_eq!(bench.send(reading).await.status, 200);
}

#[tokio::test]
async fn on_a_mount_without_a_realm_being_here_is_the_credential() {
    let bench = Bench::with(|_| {});
    let abort = request("GET", "/echo/jobs/1/abort").and("sec-fetch-site", "cross-site");
    bench.send(abort).await.is_fault(403, "cross_site");
    assert_eq!(bench.send(request("GET", "/echo/jobs/1/abort")).await.status, 200);
}

#[tokio::test]
async fn head_reads_and_does_not_change() {
    let bench = Bench::new();
    let get = bench.send(request("GET", "/echo/jobs/1").by_ana()).await;
    let head = bench.send(request("HEAD", "/echo/jobs/1").by_ana()).await;
    assert_eq!((head.status, head.body.as_str()), (get.status, ""));
    assert_eq!(head.header("content-length"), get.body.len().to_string());
    assert_eq!(head.header("content-type"), "application/echo");

    let answer = bench.send(request("HEAD", "/echo/jobs/1/abort").by_ana()).await;
    assert_eq!(answer.status, 405);
    // Two readings, and the confirmation of what the GET took.
    assert_eq!((bench.calls().len(), bench.confirmed()), (3, 1));
}

#[tokio::test]
async fn changes_are_not_cached() {
    let bench = Bench::new();
    let abort = bench.send(request("GET", "/echo/jobs/1/abort").by_ana()).await;
    assert_eq!(abort.header("cache-control"), "no-store");
    assert_eq!(bench.send(request("GET", "/echo/jobs/1").by_ana()).await.header("cache-control"), "");
}
