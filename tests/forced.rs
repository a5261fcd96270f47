//! A forced cancel through the whole gateway, over a clock that moves: the fixtures' clock stands still.

use crate::gateway::Gateway;

const MINUTE: i64 = 60_000;

struct Asked(Gateway);

impl Asked {
    fn after(&self, minutes: i64) -> &Asked {
        self.0.after(minutes * MINUTE);
        self
    }

    /// The status and the body of a call about request 302.
    async fn call(&self, method: &str, rest: &str, body: &'static str) -> (u16, serde_json::Value) {
        let target = format!("/ess/rest/scheduler/v1/requests/302{rest}");
        let answer = self.0.call(method, &target, body).await;
        (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap())
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
    let job = r#"{"number":302,"state":"running","attributes":{"oracle-ess":{"isAsynchronous":true}}}"#;
    let asked = Asked(Gateway::start(job).await);
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
    asked.0.close().await;
}
