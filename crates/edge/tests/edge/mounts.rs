//! Which mount a path belongs to, and what its codec is told of where it is.

use countermand_dialects::Origin;
use countermand_edge::{Edge, Mount, MountError, Settings};
use http::{Request, Version};
use prometheus_client::registry::Registry;
use tower::ServiceExt;

use crate::dialect::{ECHO, OTHER};
use crate::support::{Adding, Answer, Bench, done, mount, request, settings};

fn edge(mounts: Vec<Mount>) -> Result<Edge, MountError> {
    Edge::new(settings(), mounts, &mut Registry::default())
}

async fn get(edge: &Edge, path: &str) -> Answer {
    Answer::of(edge.clone().oneshot(request("GET", path)).await.unwrap()).await
}

const NOWHERE: &str =
    "This is Countermand, a gateway for legacy job-control APIs; no dialect is mounted at this path.\n";

#[tokio::test]
async fn a_path_without_a_mount_says_what_this_is() {
    let edge = edge(vec![mount(&ECHO)]).unwrap();
    for path in ["/", "/favicon.ico"] {
        let answer = get(&edge, path).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (404, NOWHERE), "{path}");
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(answer.header("content-length"), NOWHERE.len().to_string());
        assert_eq!(answer.header("x-request-id").len(), 32);
    }
}

#[tokio::test]
async fn the_longest_path_wins_and_ends_at_a_slash() {
    let edge = edge(vec![mount(&ECHO), mount(&OTHER)]).unwrap();
    for (path, root) in [
        ("/echo/jobs/1", Some("/echo")),
        ("/echo/deep/jobs/1", Some("/echo/deep")),
        ("/echo/deeper/jobs/1", Some("/echo")),
        ("/other/jobs/1", Some("/other")),
        ("/echoes/jobs/1", None),
        ("/Echo/jobs/1", None),
        ("/echo%2Fjobs/1", None),
        ("//echo/jobs/1", None),
    ] {
        let answer = get(&edge, path).await;
        match root {
            Some(root) => {
                let root = format!("\"root\":\"http://old.example:8080{root}\"");
                assert!(answer.body.contains(&root), "{path}: {}", answer.body);
            }
            None => assert_eq!((answer.status.as_u16(), answer.body.as_str()), (404, NOWHERE), "{path}"),
        }
    }
}

#[tokio::test]
async fn segments_are_matched_raw_and_decoded_after() {
    let edge = edge(vec![mount(&ECHO)]).unwrap();
    let answer = get(&edge, "/echo/jobs/a%2Fb").await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("\"id\":\"a/b\""), "{}", answer.body);
}

#[tokio::test]
async fn a_prefix_goes_in_front_of_every_path_and_of_claims() {
    let prefixed = Mount { prefix: "/vp".to_owned(), ..mount(&ECHO) };
    let claiming = Mount { prefix: "/vp".to_owned(), ..mount(&OTHER) };
    let edge = edge(vec![prefixed, claiming]).unwrap();
    let answer = get(&edge, "/vp/echo/deep/jobs/1").await;
    assert!(answer.body.contains("\"root\":\"http://old.example:8080/vp/echo/deep\""), "{}", answer.body);
    assert_eq!(get(&edge, "/echo/jobs/1").await.body, NOWHERE);
    assert!(get(&edge, "/vp/claimed/x").await.body.contains("\"root\":\"http://old.example:8080/vp\""));
    assert_eq!(get(&edge, "/claimed/x").await.body, NOWHERE);
}

#[tokio::test]
async fn a_path_replaces_the_only_one() {
    let edge = edge(vec![Mount { path: Some("/new/place".to_owned()), ..mount(&OTHER) }]).unwrap();
    assert_eq!(get(&edge, "/new/place/jobs/1").await.status, 200);
    assert_eq!(get(&edge, "/other/jobs/1").await.body, NOWHERE);
}

#[test]
fn mounts_that_cannot_be_are_refused() {
    let claimed = edge(vec![mount(&ECHO), Mount { prefix: "/echo".to_owned(), ..mount(&ECHO) }]);
    assert!(claimed.is_ok(), "/echo/echo is nobody else's");
    let claimed = edge(vec![mount(&ECHO), Mount { path: Some("/echo/deep".to_owned()), ..mount(&OTHER) }]);
    assert!(matches!(claimed.err(), Some(MountError::Claimed { dialects: ["echo", "other"], .. })));
    let several = edge(vec![Mount { path: Some("/x".to_owned()), ..mount(&ECHO) }]);
    assert!(matches!(several.err(), Some(MountError::SeveralPaths { .. })));
    for bad in ["vp", "/", "/vp/", "/a b", "/a?b", "/a//b", "/é"] {
        let error = edge(vec![Mount { prefix: bad.to_owned(), ..mount(&ECHO) }]).err();
        assert!(matches!(error, Some(MountError::BadPath { .. })), "{bad}");
    }
}

#[tokio::test]
async fn the_public_url_beats_the_host() {
    let public_url = Some(Origin::new("https", "prime.example"));
    let settings = Settings { public_url, ..settings() };
    let bench = Bench::built(settings, std::sync::Arc::new(|call| Ok(done(call))), |_| {});
    let answer = bench.send(request("GET", "/echo/jobs/1")).await;
    assert!(answer.body.contains("\"url\":\"https://prime.example/echo/jobs/1\""), "{}", answer.body);
}

#[tokio::test]
async fn the_target_beats_the_host_and_http_1_0_needs_neither() {
    let bench = Bench::with(|_| {});
    let absolute = request("GET", "http://front.example/echo/jobs/1");
    assert!(bench.send(absolute).await.body.contains("\"root\":\"http://front.example/echo\""));
    let mut old = Request::get("/echo/jobs/1").body(String::new()).unwrap();
    *old.version_mut() = Version::HTTP_10;
    assert!(bench.send(old).await.body.contains("\"root\":\"http://localhost/echo\""));
    bench
        .send(request("GET", "/echo/jobs/1").and("x-forwarded-host", "evil.example"))
        .await
        .body
        .contains("old.");
}
