//! A whole gateway in this process, made from a configuration file, asked without a socket.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use countermand_ledger::{Put, Wall};
use countermand_model::{Draft, Patch, State};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use tower::ServiceExt;

use super::Gateway;
use crate::config;

/// `ana` may read, `li` may write; two namespaces, each behind a mount of its own.
const CONFIG: &str = r#"
[control]
token = "a-token-of-the-tests"
[ledger]
store = "memory"
[realms.ops]
htpasswd = "ops.htpasswd"
write = ["writers"]
groups = { writers = ["li"] }
[engines.first]
kind = "ledger"
[engines.second]
kind = "ledger"
namespace = "second"
[[mounts]]
dialect = "oracle-ess"
engine = "first"
[[mounts]]
dialect = "oracle-ess"
engine = "second"
prefix = "/vp"
"#;

const ANA: &str = "Basic YW5hOm9uZQ==";

const LI: &str = "Basic bGk6dHdv";

fn gateway() -> Gateway {
    let folder = tempfile::tempdir().unwrap();
    let users = format!("ana:{}\nli:{}\n", bcrypt::hash("one", 4).unwrap(), bcrypt::hash("two", 4).unwrap());
    std::fs::write(folder.path().join("ops.htpasswd"), users).unwrap();
    let config = config::parse(&folder.path().join("countermand.toml"), CONFIG, &|_| None).unwrap();
    Gateway::build(&config, Arc::new(Wall)).unwrap()
}

async fn queue(gateway: &Gateway, namespace: &str, number: i64) {
    let draft = Draft { state: Patch::Set(State::Queued), ..Draft::default() };
    gateway.store.put(namespace, Some(number), draft, Put::default()).await.unwrap();
}

fn request(method: &str, path: &str, authorization: &str) -> Request<Full<Bytes>> {
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", "gateway.example")
        .header("authorization", authorization)
        .extension(SocketAddr::from(([192, 0, 2, 7], 1234)))
        .body(Full::default())
        .unwrap()
}

async fn status<B: http_body_util::BodyExt>(response: Response<B>) -> StatusCode {
    let status = response.status();
    // Read to the end, as a client does.
    drop(response.into_body().collect().await);
    status
}

async fn ask(gateway: &Gateway, method: &str, path: &str, authorization: &str) -> StatusCode {
    let response = gateway.edge.clone().oneshot(request(method, path, authorization)).await.unwrap();
    status(response).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_goes_through_every_part() {
    let gateway = gateway();
    queue(&gateway, "default", 15).await;
    let path = "/ess/rest/scheduler/v1/requests/15";
    assert_eq!(ask(&gateway, "GET", path, "Basic YW5hOm5v").await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&gateway, "GET", path, ANA).await, StatusCode::OK);
    assert_eq!(ask(&gateway, "POST", &format!("{path}/cancel"), LI).await, StatusCode::OK);
    assert_eq!(gateway.store.get("default", 15).await.unwrap().0.state, State::Cancelled);

    let metrics = gateway.control.clone().oneshot(request("GET", "/metrics", "")).await.unwrap();
    let text = metrics.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&text);
    assert!(text.contains("countermand_requests_total{dialect=\"oracle-ess\""), "{text}");
    assert!(text.contains("countermand_ledger_commands_total 1") && text.ends_with("# EOF\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_may_not_is_refused_and_audited() {
    let gateway = gateway();
    queue(&gateway, "default", 15).await;
    let path = "/ess/rest/scheduler/v1/requests/15/cancel";
    assert_eq!(ask(&gateway, "POST", path, ANA).await, StatusCode::FORBIDDEN);
    assert_eq!(gateway.store.get("default", 15).await.unwrap().0.state, State::Queued);
    let audit = gateway.store.audit(0, 10).await.unwrap().entries;
    assert_eq!(audit.len(), 1, "{audit:?}");
    assert_eq!((audit[0].by.as_str(), audit[0].targets[0].written.as_str()), ("ana", "15"));
    assert_eq!(audit[0].command, "refused:cancel");
    assert!(audit[0].client.contains("192.0.2.7"), "{audit:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mount_sees_its_engines_namespace_and_nothing_else() {
    let gateway = gateway();
    queue(&gateway, "default", 15).await;
    queue(&gateway, "second", 25).await;
    let first = "/ess/rest/scheduler/v1/requests";
    assert_eq!(ask(&gateway, "GET", &format!("{first}/25"), ANA).await, StatusCode::NOT_FOUND);
    assert_eq!(ask(&gateway, "GET", &format!("/vp{first}/25"), ANA).await, StatusCode::OK);
    assert_eq!(ask(&gateway, "GET", &format!("/vp{first}/15"), ANA).await, StatusCode::NOT_FOUND);
}
