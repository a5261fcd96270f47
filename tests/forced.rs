//! A forced cancel through the whole gateway, over a clock that moves: the fixtures' clock stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use countermand::compose::Gateway;
use countermand::config;
use countermand_ledger::{Clock, Put};
use http::Request;
use http_body_util::{BodyExt, Full};
use tower::ServiceExt;

use crate::server::bcrypt_of_secret;

const MINUTE: i64 = 60_000;

/// A clock that is put forward.
struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

struct Asked {
    gateway: Gateway,
    clock: Arc<Moved>,
}

impl Asked {
    /// A gateway with one asynchronous request, 302, at work.
    async fn start() -> Asked {
        let folder = tempfile::tempdir().unwrap();
        let password = bcrypt_of_secret();
        std::fs::write(folder.path().join("ops.htpasswd"), format!("operator:{password}\n")).unwrap();
        let path = folder.path().join("countermand.toml");
        let text = "[control]\ntoken = \"t\"\n[ledger]\nstore = \"memory\"\n[realms.ops]\nhtpasswd = \"ops.htpasswd\"\n\
                    [engines.primary]\nkind = \"ledger\"\n\
                    [[mounts]]\ndialect = \"oracle-ess\"\nrealm = \"ops\"\nengine = \"primary\"\n";
        std::fs::write(&path, text).unwrap();
        let config = config::load(&path, &|_| None).unwrap_or_else(|error| panic!("{error:?}"));
        let clock = Arc::new(Moved(AtomicI64::new(1_767_268_800_000)));
        let gateway = Gateway::build(&config, clock.clone()).unwrap_or_else(|error| panic!("{error}"));
        let json = r#"{"number":302,"state":"running","attributes":{"oracle-ess":{"isAsynchronous":true}}}"#;
        let (number, _, draft) = countermand_control::describe(json.as_bytes()).unwrap();
        gateway.store.put("default", number, draft, Put::default()).await.unwrap();
        Asked { gateway, clock }
    }

    fn after(&self, minutes: i64) -> &Asked {
        self.clock.0.fetch_add(minutes * MINUTE, Ordering::SeqCst);
        self
    }

    /// The status and the body of a call about request 302.
    async fn call(&self, method: &str, rest: &str, body: &'static str) -> (u16, serde_json::Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/ess/rest/scheduler/v1/requests/302{rest}"))
            .header("host", "localhost")
            .header("authorization", "Basic b3BlcmF0b3I6c2VjcmV0")
            .body(Full::new(Bytes::from(body)))
            .unwrap();
        let answer = self.gateway.edge.clone().oneshot(request).await;
        let (head, body) = answer.unwrap_or_else(|never| match never {}).into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (head.status.as_u16(), serde_json::from_slice(&body).unwrap())
    }

    /// Whether a forced cancel is said to be possible, and the status of one.
    async fn force(&self) -> (bool, u16) {
        let shown = self.call("GET", "?fields=isForceCancelAllowed", "").await.1;
        let is_allowed = shown["isForceCancelAllowed"].as_bool().unwrap();
        (is_allowed, self.call("POST", "/forceCancel", "").await.0)
    }
}

/// Pitfall oracle-ess 12.
#[tokio::test]
async fn an_asynchronous_request_is_ended_by_force_after_half_an_hour_of_silence() {
    let asked = Asked::start().await;
    assert_eq!(asked.force().await, (false, 400), "it is at work");
    assert_eq!(asked.call("POST", "/cancel", "").await.0, 200);
    assert_eq!(asked.after(29).force().await, (false, 400), "too soon");
    let (status, is_cancelling) = asked.call("POST", "/checkInCancelling", "{}").await;
    assert_eq!((status, is_cancelling), (200, true.into()));
    assert_eq!(asked.after(29).force().await, (false, 400), "it gave a sign of life meanwhile");
    let update = r#"{"status":"UPDATE"}"#;
    assert_eq!(asked.call("POST", "/executionStatus", update).await.0, 200);
    assert_eq!(asked.after(29).force().await, (false, 400), "and another one");
    assert_eq!(asked.after(1).force().await, (true, 200));
    let (_, shown) = asked.call("GET", "?fields=state,cause", "").await;
    assert_eq!(shown, serde_json::json!({"state": "CANCELLED", "cause": "PROCESS_CANCEL"}));
    assert_eq!(asked.force().await, (false, 400), "it has ended");
    asked.gateway.store.close().await;
}
