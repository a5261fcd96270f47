//! Who answers what, and who may ask for it.

use countermand_edge::{Mode, Realm};

use super::old::{Front, Old, known};
use crate::support::basic;

const ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nlegacy";

fn get(path: &str, password: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: {}\r\nConnection: close\r\n\r\n",
        basic("ana", password)
    )
}

#[tokio::test]
async fn each_operation_is_answered_by_whom_the_mount_says() {
    let old = Old::new().await;
    let mut config = known(old.address(), Mode::Passthrough);
    config.operations = vec![("status", Mode::Serve)];
    let front = Front::of(config).await;
    let (served, _) = front.ask(&get("/echo/jobs/1", "x")).await.rest().await;
    assert!(served.contains("\"outcome\""), "{served}");
    // A fixed document, and what is no operation of ours at all.
    for path in ["/echo/login", "/echo/nowhere/at/all"] {
        let mut client = front.ask(&get(path, "x")).await;
        let mut legacy = old.connection().await;
        legacy.head().await;
        legacy.write(ANSWER).await;
        drop(legacy);
        assert!(client.rest().await.0.ends_with("legacy"), "{path}");
    }
}

#[tokio::test]
async fn a_realm_is_asked_first_and_the_credentials_go_on_untouched() {
    let old = Old::new().await;
    let front = Front::with(known(old.address(), Mode::Passthrough), |mount| {
        mount.realm = Some(Realm::of_one("tests", "ana", "secret"));
    })
    .await;
    let (refused, _) = front.ask(&get("/echo/jobs/1", "wrong")).await.rest().await;
    assert!(refused.starts_with("HTTP/1.1 401") && refused.contains("Www-Authenticate"), "{refused}");
    let mut client = front.ask(&get("/echo/jobs/1", "secret")).await;
    let mut legacy = old.connection().await;
    let head = legacy.head().await;
    assert!(head.contains(&format!("\r\nAuthorization: {}\r\n", basic("ana", "secret"))), "{head}");
    legacy.write(ANSWER).await;
    let (answer, _) = client.rest().await;
    assert!(answer.ends_with("legacy") && !answer.contains("ECHOSESSION"), "{answer}");
}
