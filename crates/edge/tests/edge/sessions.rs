//! Sessions, as requests meet them: who logs in by password gets a cookie, and the cookie is never more than the login.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use countermand_dialects::Origin;
use countermand_edge::{AccessLog, Edge, Mount, Realm, RealmConfig, Settings};
use http::{HeaderMap, Request};
use prometheus_client::registry::Registry;
use tempfile::TempDir;
use tokio::time::advance;
use tower::ServiceExt;

use crate::dialect::ECHO;
use crate::support::{Adding, Answer, Bench, basic, done, mount, request, settings};

/// "secret" at bcrypt's lowest cost, by glibc's crypt(3).
const SECRET: &str = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

const STATUS: &str = "/echo/jobs/1";

const HALF_AN_HOUR: Duration = Duration::from_secs(30 * 60);

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all("set-cookie").iter();
    let value = values.next().map(|value| value.to_str().unwrap());
    assert!(values.next().is_none(), "one cookie at most");
    value
}

/// The `NAME=VALUE` of the cookie in an answer.
#[track_caller]
fn pair(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    cookie(&answer.headers).expect("a cookie").split(';').next().unwrap().to_owned()
}

fn by(name: &str, password: &str) -> Request<http_body_util::Full<bytes::Bytes>> {
    request("GET", STATUS).and("authorization", &basic(name, password))
}

async fn with_cookie(bench: &Bench, pair: &str) -> Answer {
    bench.send(request("GET", STATUS).and("cookie", pair)).await
}

/// A realm of `ana` and `li`, whose file a case may rewrite; `ana` alone may change things.
struct People {
    folder: TempDir,
    realm: Arc<Realm>,
}

impl People {
    fn new() -> People {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("ops.htpasswd");
        fs::write(&path, format!("ana:{SECRET}\nli:{SECRET}\n")).unwrap();
        let config = RealmConfig {
            name: "tests".to_owned(),
            htpasswd: Some(path),
            tokens: None,
            read: None,
            write: Some(vec!["w".to_owned()]),
            admin: Vec::new(),
            groups: BTreeMap::from([("w".to_owned(), vec!["ana".to_owned()])]),
        };
        People { folder, realm: Realm::open(config).unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("ops.htpasswd")
    }

    fn bench(&self) -> Bench {
        Bench::with(|mount| mount.realm = Some(Arc::clone(&self.realm)))
    }
}

/// Pitfall cisco-prime 7.
#[tokio::test]
async fn a_login_hands_out_a_cookie_that_stands_for_it() {
    let bench = People::new().bench();
    let answer = bench.send(by("li", "secret")).await;
    let set = cookie(&answer.headers).unwrap().to_owned();
    let pair = pair(&answer);
    let (name, id) = pair.split_once('=').unwrap();
    assert!(name == "ECHOSESSION" && id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{pair}");
    assert_eq!(set, format!("{pair}; Path=/echo; HttpOnly"));

    let again = with_cookie(&bench, &format!("theme=dark; {pair}; x")).await;
    assert_eq!((again.status.as_u16(), cookie(&again.headers)), (200, None));
    assert_eq!(bench.calls().last().unwrap().caller.user, "li");
    let abort = request("GET", "/echo/jobs/1/abort").and("cookie", &pair);
    bench.send(abort).await.is_fault(403, "forbidden");
    assert_eq!(bench.denials()[0].caller.user, "li");
}

#[tokio::test]
async fn whoever_sends_both_is_handed_no_second_cookie() {
    let bench = Bench::new();
    let first = pair(&bench.send(request("GET", STATUS).by_ana()).await);
    // requests.Session sends the password and the cookie with every request.
    for _ in 0..3 {
        let both = bench.send(request("GET", STATUS).by_ana().and("cookie", &first)).await;
        assert_eq!((both.status.as_u16(), cookie(&both.headers)), (200, None));
    }
    for dead in ["ECHOSESSION=00000000000000000000000000000000", "ECHOSESSION=x", "OTHER=1"] {
        let renewed = bench.send(request("GET", STATUS).by_ana().and("cookie", dead)).await;
        assert_eq!(pair(&renewed), first, "{dead}");
    }
}

#[tokio::test]
async fn a_refused_or_failed_request_of_somebody_known_is_a_login_too() {
    let bench = Bench::new();
    let lost = bench.send(request("GET", "/echo/nowhere").by_ana()).await;
    lost.is_fault(404, "unknown_route");
    assert!(cookie(&lost.headers).is_some());
    let wrong = bench.send(by("ana", "wrong")).await;
    wrong.is_fault(401, "bad_credentials");
    let open = bench.send(request("GET", "/echo/login").by_ana()).await;
    assert_eq!((cookie(&wrong.headers), cookie(&open.headers)), (None, None));
}

#[tokio::test]
async fn the_header_decides_whatever_cookie_comes_with_it() {
    let bench = People::new().bench();
    let li = pair(&bench.send(by("li", "secret")).await);
    bench.send(by("li", "wrong").and("cookie", &li)).await.is_fault(401, "bad_credentials");
    let ana = bench.send(by("ana", "secret").and("cookie", &li)).await;
    assert_ne!(pair(&ana), li);
    assert_eq!(bench.calls().last().unwrap().caller.user, "ana");
}

#[tokio::test(start_paused = true)]
async fn half_an_hour_unused_is_as_without_credentials() {
    let bench = Bench::new();
    let pair = pair(&bench.send(request("GET", STATUS).by_ana()).await);
    for _ in 0..3 {
        advance(HALF_AN_HOUR - Duration::from_millis(1)).await;
        assert_eq!(with_cookie(&bench, &pair).await.status, 200, "each use counts");
    }
    advance(HALF_AN_HOUR).await;
    with_cookie(&bench, &pair).await.is_fault(401, "no_credentials");
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_with_its_user_and_with_the_password() {
    let people = People::new();
    let bench = people.bench();
    let ana = pair(&bench.send(by("ana", "secret")).await);
    let li = pair(&bench.send(by("li", "secret")).await);
    // Another hash of the same password is another password.
    let other = bcrypt::hash("secret", 4).unwrap();
    fs::write(people.path(), format!("ana:{other}\n")).unwrap();
    advance(Duration::from_secs(1)).await;
    for pair in [&ana, &li] {
        with_cookie(&bench, pair).await.is_fault(401, "no_credentials");
    }
    fs::write(people.path(), format!("ana:{SECRET}\nli:{SECRET}\n")).unwrap();
    advance(Duration::from_secs(1)).await;
    for pair in [&ana, &li] {
        with_cookie(&bench, pair).await.is_fault(401, "no_credentials");
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_outlives_a_change_of_other_lines() {
    let people = People::new();
    let bench = people.bench();
    let ana = pair(&bench.send(by("ana", "secret")).await);
    fs::write(people.path(), format!("# li has left\nana:{SECRET}\n")).unwrap();
    advance(Duration::from_secs(1)).await;
    assert_eq!(with_cookie(&bench, &ana).await.status, 200);
}

#[tokio::test]
async fn a_session_is_of_one_mount() {
    let realm = Realm::of_one("tests", "ana", "secret");
    let of =
        |prefix: &str| Mount { realm: Some(Arc::clone(&realm)), prefix: prefix.to_owned(), ..mount(&ECHO) };
    let edge = Edge::new(settings(), vec![of(""), of("/vp")], &mut Registry::default()).unwrap();
    let ask = |request: Request<_>| {
        let edge = edge.clone();
        async move { Answer::of(edge.oneshot(request).await.unwrap()).await }
    };
    let there = ask(request("GET", "/vp/echo/jobs/1").by_ana()).await;
    assert!(cookie(&there.headers).unwrap().ends_with("; Path=/vp/echo; HttpOnly"), "{there:?}");
    let pair = pair(&there);
    assert_eq!(ask(request("GET", "/vp/echo/jobs/1").and("cookie", &pair)).await.status, 200);
    ask(request("GET", STATUS).and("cookie", &pair)).await.is_fault(401, "no_credentials");
}

#[tokio::test]
async fn over_https_the_cookie_stays_there() {
    let public_url = Some(Origin::new("https", "prime.example"));
    let bench =
        Bench::built(Settings { public_url, ..settings() }, Arc::new(|call| Ok(done(call))), |mount| {
            mount.realm = Some(Realm::of_one("tests", "ana", "secret"));
        });
    let answer = bench.send(request("GET", STATUS).by_ana()).await;
    assert!(cookie(&answer.headers).unwrap().ends_with("; Path=/echo; Secure; HttpOnly"), "{answer:?}");
}

#[tokio::test]
async fn behind_a_proxy_that_takes_a_prefix_away_the_cookie_has_it() {
    let trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    let bench =
        Bench::built(Settings { trusted_proxies, ..settings() }, Arc::new(|call| Ok(done(call))), |mount| {
            mount.realm = Some(Realm::of_one("tests", "ana", "secret"));
        });
    let ask = async |prefix: &str| {
        let mut request = request("GET", STATUS).by_ana().and("x-forwarded-prefix", prefix);
        request.extensions_mut().insert(SocketAddr::from(([10, 0, 0, 1], 5000)));
        let answer = bench.send(request).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        cookie(&answer.headers).map(|set| set.split_once("; ").unwrap().1.to_owned())
    };
    assert_eq!(ask("/legacy/").await.as_deref(), Some("Path=/legacy/echo; HttpOnly"));
    // A cookie cannot say that, and must not say something else.
    assert_eq!(ask("/a;Domain=evil.example").await, None);
}

#[tokio::test]
async fn a_cookie_is_ambient_so_a_page_of_another_site_changes_nothing_by_it() {
    let bench = Bench::new();
    let pair = pair(&bench.send(request("GET", STATUS).by_ana()).await);
    let abort = || request("GET", "/echo/jobs/1/abort").and("cookie", &pair);
    bench.send(abort().and("sec-fetch-site", "cross-site")).await.is_fault(403, "cross_site");
    assert_eq!(bench.send(abort()).await.status, 200);
}

#[tokio::test]
async fn a_mount_without_a_realm_has_no_sessions() {
    let bench = Bench::with(|_| {});
    let answer = bench.send(request("GET", STATUS).by_ana().and("cookie", "ECHOSESSION=1")).await;
    assert_eq!((answer.status.as_u16(), cookie(&answer.headers)), (200, None));
}

#[tokio::test]
async fn no_id_is_ever_in_the_log() {
    let kept = crate::logging::Kept::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(kept.clone())
        .with_ansi(false)
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let settings = Settings { access_log: AccessLog::All, ..settings() };
    let bench = Bench::built(settings, Arc::new(|call| Ok(done(call))), |mount| {
        mount.realm = Some(Realm::of_one("tests", "ana", "secret"));
    });
    let answer = bench.raw(request("GET", STATUS).by_ana()).await;
    let id = cookie(answer.headers()).unwrap()["ECHOSESSION=".len()..][..32].to_owned();
    assert!(!format!("{:?}", answer.headers()).contains(&id), "whoever prints the headers does not tell it");
    with_cookie(&bench, &format!("ECHOSESSION={id}")).await;
    let text = kept.text();
    assert!(text.contains("user=\"ana\"") && !text.contains(&id), "{text}");
}
