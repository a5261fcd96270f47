//! Bearer tokens, as requests meet them: who holds one is let in, the file changes, and a wrong one is told so.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use countermand_edge::{Realm, RealmConfig, RealmError};
use tempfile::TempDir;
use tokio::time::advance;

use crate::support::{Adding, Answer, Bench, basic, request};

/// Whose tokens are `reader-token` and `writer-token`; the digests are sha256sum's.
const TOKENS: &str = "\
reader:{SHA256}ba5005a40cf5212e4ac0190104cc127edab013294bb71279a975b27a80982d45
writer:{SHA256}3590c0a59f72ce02700194a05f228a725c1f135a6dcb3ded9b2d86ab6a6f52cb
";

/// "secret" at bcrypt's lowest cost, by glibc's crypt(3).
const USERS: &str = "ana:$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";

/// The files of a realm in which `writer` and `ana` may change things.
struct Files(TempDir);

impl Files {
    fn new() -> Files {
        let files = Files(TempDir::new().unwrap());
        fs::write(files.0.path().join("ops.tokens"), TOKENS).unwrap();
        fs::write(files.0.path().join("ops.htpasswd"), USERS).unwrap();
        files
    }

    fn config(&self, with_passwords: bool) -> RealmConfig {
        let writers = ["writer", "ana"][..1 + usize::from(with_passwords)].iter();
        RealmConfig {
            name: "tests".to_owned(),
            htpasswd: with_passwords.then(|| self.0.path().join("ops.htpasswd")),
            tokens: Some(self.0.path().join("ops.tokens")),
            read: None,
            write: Some(vec!["w".to_owned()]),
            admin: Vec::new(),
            groups: BTreeMap::from([("w".to_owned(), writers.map(|&name| name.into()).collect())]),
        }
    }

    fn bench(&self, with_passwords: bool) -> Bench {
        let realm = Realm::open(self.config(with_passwords)).unwrap();
        Bench::with(|mount| mount.realm = Some(realm))
    }
}

async fn with(bench: &Bench, path: &str, authorization: &str) -> Answer {
    bench.send(request("GET", path).and("authorization", authorization)).await
}

#[tokio::test]
async fn who_holds_a_token_is_let_in_with_what_their_groups_grant() {
    let files = Files::new();
    let bench = files.bench(true);
    for authorization in ["Bearer reader-token", "bearer writer-token", &basic("ana", "secret")] {
        assert_eq!(with(&bench, "/echo/jobs/1", authorization).await.status, 200, "{authorization}");
    }
    with(&bench, "/echo/jobs/1/abort", "Bearer reader-token").await.is_fault(403, "forbidden");
    assert_eq!(with(&bench, "/echo/jobs/1/abort", "Bearer writer-token").await.status, 200);
    let users: Vec<_> = bench.calls().into_iter().map(|call| call.caller.user).collect();
    assert!(users.ends_with(&["writer".to_owned()]) && users[0] == "reader", "{users:?}");
}

#[tokio::test]
async fn a_wrong_token_is_the_dialects_401_with_a_challenge_for_each_way_in() {
    let files = Files::new();
    let (both, alone) = (files.bench(true), files.bench(false));
    for authorization in
        ["Bearer guess", "Bearer reader-token2", "Bearer", "Bearer a b", &basic("reader", "x")]
    {
        for bench in [&both, &alone] {
            with(bench, "/echo/jobs/1", authorization).await.is_fault(401, "bad_credentials");
        }
    }
    let challenges = |answer: &Answer| {
        let values = answer.headers.get_all("www-authenticate").iter();
        values.map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let wrong = with(&both, "/echo/jobs/1", "Bearer guess").await;
    let basic = "Basic realm=\"tests\", charset=\"UTF-8\"";
    assert_eq!(challenges(&wrong), [basic, "Bearer realm=\"tests\", error=\"invalid_token\""]);
    let none = alone.send(request("GET", "/echo/jobs/1")).await;
    none.is_fault(401, "no_credentials");
    assert_eq!(challenges(&none), ["Bearer realm=\"tests\""]);
    assert!(wrong.headers.get("set-cookie").is_none());
}

#[tokio::test]
async fn a_token_is_no_ambient_credential() {
    let files = Files::new();
    let abort = request("GET", "/echo/jobs/1/abort").and("authorization", "Bearer writer-token");
    assert_eq!(files.bench(true).send(abort.and("sec-fetch-site", "cross-site")).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_changed_file_of_tokens_counts_within_a_second_and_a_broken_one_changes_nothing() {
    let files = Files::new();
    let (bench, path) = (files.bench(true), files.0.path().join("ops.tokens"));
    fs::write(&path, "writer-token\n").unwrap();
    advance(Duration::from_secs(1)).await;
    assert_eq!(with(&bench, "/echo/jobs/1", "Bearer writer-token").await.status, 200);
    fs::write(&path, TOKENS.lines().next().unwrap()).unwrap();
    advance(Duration::from_secs(1)).await;
    with(&bench, "/echo/jobs/1", "Bearer writer-token").await.is_fault(401, "bad_credentials");
    assert_eq!(with(&bench, "/echo/jobs/1", "Bearer reader-token").await.status, 200);
    assert_eq!(with(&bench, "/echo/jobs/1", &basic("ana", "secret")).await.status, 200);
}

#[test]
fn every_mistake_in_both_files_is_told_at_once() {
    let files = Files::new();
    fs::write(files.0.path().join("ops.tokens"), format!("{TOKENS}farm:hunter2\n")).unwrap();
    fs::write(files.0.path().join("ops.htpasswd"), "nobody\n").unwrap();
    let told = Realm::inspect(&files.config(true)).unwrap_err();
    let place = |error: &RealmError| {
        let file = error.file.as_deref().and_then(Path::file_name).unwrap().to_string_lossy().into_owned();
        (file, error.line)
    };
    let places: Vec<_> = told.iter().map(place).collect();
    assert_eq!(places, [("ops.htpasswd".to_owned(), Some(1)), ("ops.tokens".to_owned(), Some(3))]);
    assert!(told.iter().all(|error| !error.problem.contains("hunter2")), "{told:?}");
    let nobody = Realm::inspect(&RealmConfig { tokens: None, ..Files::new().config(false) }).unwrap_err();
    assert!(nobody[0].to_string().contains("neither a file of users nor one of tokens"), "{nobody:?}");
}
