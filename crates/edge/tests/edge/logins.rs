//! Users and passwords, as requests meet them: the file changes, strangers try, mistakes are told at start.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use countermand_edge::{Realm, RealmConfig, RealmError};
use futures_util::future::join_all;
use tempfile::TempDir;
use tokio::time::{Instant, advance};

use crate::support::{Adding, Answer, Bench, basic, request};

/// "secret" at bcrypt's lowest cost, by glibc's crypt(3).
const SECRET: &str = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

fn config(htpasswd: &Path) -> RealmConfig {
    RealmConfig {
        name: "tests".to_owned(),
        htpasswd: Some(htpasswd.to_owned()),
        tokens: None,
        read: None,
        write: None,
        admin: Vec::new(),
        groups: BTreeMap::new(),
    }
}

/// A file of users that a case may rewrite.
struct File {
    _folder: TempDir,
    path: PathBuf,
}

impl File {
    fn with(text: &str) -> File {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("ops.htpasswd");
        fs::write(&path, text).unwrap();
        File { _folder: folder, path }
    }

    fn bench(&self) -> Bench {
        let realm = Realm::open(config(&self.path)).unwrap();
        Bench::with(|mount| mount.realm = Some(realm))
    }
}

async fn login(bench: &Bench, name: &str, password: &str) -> Answer {
    bench.send(request("GET", "/echo/jobs/1").and("authorization", &basic(name, password))).await
}

#[tokio::test(start_paused = true)]
async fn a_changed_file_counts_within_a_second_and_forgets_what_was_remembered() {
    let file = File::with(&format!("ana:{SECRET}\nli:{SECRET}\n"));
    let bench = file.bench();
    assert_eq!(login(&bench, "li", "secret").await.status, 200);
    login(&bench, "new", "secret").await.is_fault(401, "bad_credentials");

    fs::write(&file.path, format!("ana:{SECRET}\nnew:{SECRET}\n# li has left\n")).unwrap();
    assert_eq!(login(&bench, "li", "secret").await.status, 200, "nobody has looked yet");
    advance(Duration::from_secs(1)).await;
    login(&bench, "li", "secret").await.is_fault(401, "bad_credentials");
    assert_eq!(login(&bench, "new", "secret").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_broken_file_leaves_the_users_as_they_were() {
    let file = File::with(&format!("ana:{SECRET}\n"));
    let bench = file.bench();
    fs::write(&file.path, "ana:plain text\n").unwrap();
    advance(Duration::from_secs(1)).await;
    assert_eq!(login(&bench, "ana", "secret").await.status, 200);
    fs::remove_file(&file.path).unwrap();
    advance(Duration::from_secs(1)).await;
    assert_eq!(login(&bench, "ana", "secret").await.status, 200);
    fs::write(&file.path, format!("li:{SECRET}\n")).unwrap();
    advance(Duration::from_secs(1)).await;
    assert_eq!(login(&bench, "ana", "secret").await.status, 401);
    assert_eq!(login(&bench, "li", "secret").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_could_not_be_read_is_read_when_it_can_be() {
    let file = File::with(&format!("ana:{SECRET}\n"));
    let bench = file.bench();
    // In place of a file that belongs to another user at first: like a chmod, what makes it readable is not seen in
    // its length, its time or its inode.
    fs::write(&file.path, [format!("li:{SECRET}\n# ").as_bytes(), b"\xff"].concat()).unwrap();
    let written = fs::metadata(&file.path).unwrap().modified().unwrap();
    advance(Duration::from_secs(1)).await;
    assert_eq!(login(&bench, "ana", "secret").await.status, 200);

    fs::write(&file.path, format!("li:{SECRET}\n# .")).unwrap();
    fs::File::options().write(true).open(&file.path).unwrap().set_modified(written).unwrap();
    advance(Duration::from_secs(1)).await;
    assert_eq!(login(&bench, "ana", "secret").await.status, 401, "who was taken out is out");
    assert_eq!(login(&bench, "li", "secret").await.status, 200);
}

#[tokio::test]
async fn a_storm_of_wrong_passwords_from_one_address_is_mostly_turned_away() {
    // Rounds enough that the storm is there before the first verdict.
    let file = File::with("ana:$5$rounds=20000$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA\n");
    let bench = file.bench();
    let guesses: Vec<String> = (0..100).map(|n| format!("guess {n}")).collect();
    let answers = join_all(guesses.iter().map(|guess| login(&bench, "ana", guess))).await;
    let overloaded = answers.iter().filter(|answer| answer.status == 503).count();
    let refused = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(overloaded + refused, 100);
    assert!((1..=40).contains(&refused), "{refused} were verified, {overloaded} turned away");
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn the_same_right_password_many_times_at_once_is_nobodys_overload() {
    let bench = Bench::new();
    let answers = join_all((0..200).map(|_| login(&bench, "ana", "secret"))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
}

#[tokio::test]
async fn a_stranger_takes_as_long_as_a_user() {
    let dear = bcrypt::hash("secret", 7).unwrap();
    let bench = File::with(&format!("ana:{dear}\n")).bench();
    let mut fastest = [Duration::MAX; 2];
    for round in 0..3 {
        for (name, fastest) in ["ana", "stranger"].iter().zip(&mut fastest) {
            let started = Instant::now();
            login(&bench, name, &format!("guess {round}")).await.is_fault(401, "bad_credentials");
            *fastest = started.elapsed().min(*fastest);
        }
    }
    let [user, stranger] = fastest;
    assert!(stranger > user / 3, "a stranger took {stranger:?}, a user {user:?}");
}

#[tokio::test]
async fn every_kind_of_hash_lets_its_user_in() {
    let bench = File::with(&format!(
        "bcrypt:{SECRET}\n\
         apr1:$apr1$saltsalt$LrttParrLPdxvgutaSXWJ0\n\
         sha:{{SHA}}5en6G6MezRroT3XKqkdPOmY/BfQ=\n\
         five:$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA\n"
    ))
    .bench();
    for name in ["bcrypt", "apr1", "sha", "five"] {
        assert_eq!(login(&bench, name, "secret").await.status, 200, "{name}");
        login(&bench, name, "Secret").await.is_fault(401, "bad_credentials");
    }
}

#[tokio::test]
async fn other_schemes_and_broken_credentials_are_wrong_ones() {
    let bench = Bench::new();
    for header in ["Bearer abc", "Basic !", "Digest username=\"ana\"", ""] {
        let asked = request("GET", "/echo/jobs/1").and("authorization", header);
        bench.send(asked).await.is_fault(401, "bad_credentials");
    }
    let twice = request("GET", "/echo/jobs/1").by_ana().by_ana();
    bench.send(twice).await.is_fault(401, "bad_credentials");
}

#[tokio::test]
async fn verdicts_are_counted_by_whether_they_were_remembered() {
    let bench = Bench::new();
    for _ in 0..3 {
        login(&bench, "ana", "secret").await;
    }
    login(&bench, "ana", "wrong").await;
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &bench.registry).unwrap();
    for line in [
        "countermand_authentications_total{realm=\"tests\",cache=\"hit\"} 2",
        "countermand_authentications_total{realm=\"tests\",cache=\"miss\"} 2",
        "countermand_requests_total{dialect=\"echo\",operation=\"status\",status=\"200\"} 3",
        "countermand_requests_total{dialect=\"echo\",operation=\"status\",status=\"401\"} 1",
        "countermand_request_duration_seconds_count{dialect=\"echo\",operation=\"status\"} 4",
    ] {
        assert!(text.contains(line), "no {line} in\n{text}");
    }
}

fn mistakes(config: RealmConfig) -> Vec<RealmError> {
    Realm::open(config).err().expect("this realm must not open")
}

#[test]
fn every_mistake_in_a_file_is_told_with_its_line() {
    let file =
        File::with(&format!("ana:{SECRET}\nno colon\nana:{SECRET}\nli:$2b$31$abcdefghijklmnopqrstuu\n"));
    let told: Vec<_> = mistakes(config(&file.path)).iter().map(ToString::to_string).collect();
    let places: Vec<_> =
        told.iter().map(|text| text.split(": ").next().unwrap().split_once(':').unwrap().1).collect();
    assert_eq!(places, ["2:1", "3:1", "4:1"], "{told:?}");
    let absent = mistakes(config(Path::new("/nowhere/ops.htpasswd")));
    assert!(absent[0].to_string().starts_with("/nowhere/ops.htpasswd: "), "{absent:?}");
}

#[test]
fn every_mistake_in_the_groups_is_told() {
    let file = File::with(&format!("ana:{SECRET}\n"));
    let groups = BTreeMap::from([
        ("readers".to_owned(), vec!["ana".to_owned(), "nobody".to_owned()]),
        ("empty".to_owned(), Vec::new()),
    ]);
    let (read, write) = (Some(vec!["readers".to_owned()]), Some(vec!["empty".to_owned()]));
    let told =
        mistakes(RealmConfig { read, write, admin: vec!["none".to_owned()], groups, ..config(&file.path) });
    let told: Vec<_> = told.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    for (text, words) in
        told.iter().zip([["`write`", "\"empty\""], ["`admin`", "\"none\""], ["\"nobody\"", "\"readers\""]])
    {
        assert!(words.iter().all(|word| text.contains(word)), "{text} does not say {words:?}");
    }
}

#[tokio::test]
async fn a_realm_is_shared_by_its_mounts() {
    let realm = Realm::of_one("tests", "ana", "secret");
    let [one, two] = [Arc::clone(&realm), realm].map(|realm| Bench::with(|mount| mount.realm = Some(realm)));
    assert_eq!(login(&one, "ana", "secret").await.status, 200);
    assert_eq!(login(&two, "ana", "secret").await.status, 200);
}
