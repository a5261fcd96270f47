//! What is shown of a job when it is read.

use countermand_model::{Children, Job, Kind, State, Trigger, TriggerState};
use serde_json::json;

use super::{Asked, NOON, job, read, with_attributes};

#[test]
fn a_kept_word_lasts_as_long_as_its_state() {
    let attributes = r#"{"state":"FINISHED","cause":"PROCESS_UPDATE_WARNING","processPhase":"Complete"}"#;
    let shown =
        |state| Asked::get("?fields=state,cause,processPhase").job(with_attributes(state, attributes));
    let kept = json!({"state": "FINISHED", "cause": "PROCESS_UPDATE_WARNING", "processPhase": "Complete"});
    assert_eq!(shown(State::Succeeded), kept);
    assert_eq!(shown(State::Failed), json!({"state": "ERROR", "cause": "PROCESS_ERROR"}));
}

#[test]
fn every_state_has_a_cause() {
    let cause = |state, started_at| {
        let job = Job { started_at, ..job(state) };
        Asked::get("").job(job)["cause"].as_str().map(str::to_owned)
    };
    for state in State::ALL {
        let cause = cause(state, None).expect("a cause");
        assert_eq!(cause == "NON_TERMINAL", !state.is_terminal(), "{state}");
    }
    assert_eq!(cause(State::Cancelled, None).as_deref(), Some("OPERATOR_CANCEL"));
    assert_eq!(cause(State::Cancelled, Some(NOON)).as_deref(), Some("PROCESS_CANCEL"));
}

#[test]
fn what_is_possible_is_what_the_machine_allows() {
    for state in State::ALL {
        let shown = Asked::get("").job(job(state));
        let cancellable = !state.is_terminal() && state != State::Cancelling;
        let holdable = matches!(state, State::Queued | State::Ready);
        assert_eq!(shown["isCancellable"], cancellable, "{state}");
        assert_eq!(shown["isHoldable"], holdable, "{state}");
        assert_eq!(shown["isForceCancelAllowed"], false, "{state}");
    }
}

#[test]
fn force_is_allowed_after_half_an_hour_of_an_asynchronous_request() {
    let allowed = |attributes: &str, minutes: i64| {
        let job =
            Job { changed_at: NOON - minutes * 60_000, ..with_attributes(State::Cancelling, attributes) };
        Asked::get("").job(job)["isForceCancelAllowed"].clone()
    };
    assert_eq!(allowed(r#"{"isAsynchronous":true}"#, 30), true);
    assert_eq!(allowed(r#"{"isAsynchronous":true}"#, 29), false);
    assert_eq!(allowed("{}", 60), false);
    let of = |job: Job| Asked::get("").job(job)["isForceCancelAllowed"].clone();
    let silent = || Job {
        changed_at: NOON - 60 * 60_000,
        ..with_attributes(State::Cancelling, r#"{"isAsynchronous":true}"#)
    };
    assert_eq!(of(silent()), true);
    assert_eq!(of(Job { heard_at: Some(NOON - 29 * 60_000), ..silent() }), false, "it gave a sign of life");
    let children = Children { total: 1, unfinished: 1 };
    assert_eq!(
        of(Job { kind: Kind::Parent, children, ..silent() }),
        false,
        "its children are cancelling, not it"
    );
}

#[test]
fn attributes_are_written_byte_by_byte_in_the_order_of_names() {
    let attributes = r#"{"priority": 4.0, "product":"Z\u0043A","ecid":null,
        "requestParameters":[{"name" : "a", "value":"\/"}],"absParentRequestId":9223372036854775807,"jobType":"theirs"}"#;
    let job = Job { job_type: Some("ours".to_owned()), ..with_attributes(State::Queued, attributes) };
    let asked =
        Asked::get("?fields=absParentRequestId,ecid,jobType,priority,product,requestId,requestParameters");
    let response = asked.codec.encode_response(&asked.echo, &Ok(read(job)));
    let expected = r#"{"absParentRequestId":9223372036854775807,"jobType":"ours","priority":4.0,"product":"Z\u0043A","requestId":7,"requestParameters":[{"name" : "a", "value":"\/"}]}"#;
    assert_eq!(std::str::from_utf8(response.body()), Ok(expected));
}

#[test]
fn attributes_that_are_no_object_are_passed_over() {
    for attributes in ["", "[]", "7", "{\"state\":", "{\"state\":7,\"parentRequestId\":\"x\"}"] {
        let shown = Asked::get("?fields=requestId,state").job(with_attributes(State::Queued, attributes));
        assert_eq!(shown, json!({"requestId": 7, "state": "WAIT"}), "{attributes}");
    }
}

#[test]
fn the_type_of_a_request_is_its_place_in_its_family() {
    let trigger = Trigger { state: TriggerState::Scheduled, next_run_at: None, rule: None };
    let of = |job: Job| Asked::get("").job(job).get("requestType").cloned();
    let queued = || job(State::Queued);
    assert_eq!(of(queued()), Some(json!("SINGLETON")));
    assert_eq!(of(Job { kind: Kind::Parent, ..queued() }), Some(json!("JOBSET_SINGLETON")));
    let schedule = Job { kind: Kind::Parent, trigger: Some(trigger), ..queued() };
    assert_eq!(of(schedule), Some(json!("RECUR_PARENT")));
    assert_eq!(of(Job { kind: Kind::Child, parent: Some(3), ..queued() }), None);
    let told = with_attributes(State::Queued, r#"{"requestType":"SUB_REQUEST"}"#);
    assert_eq!(of(Job { kind: Kind::Child, parent: Some(3), ..told }), Some(json!("SUB_REQUEST")));
}

#[test]
fn times_have_milliseconds_and_a_job_without_a_time_no_member() {
    let started = Job { started_at: Some(NOON - 1_500), ..job(State::Running) };
    let shown = Asked::get("?fields=processStartTime,completedTime,elapsedTime").job(started);
    assert_eq!(shown, json!({"elapsedTime": 1500, "processStartTime": "2026-01-01T11:59:58.500Z"}));
    let beyond = Job { started_at: Some(i64::MIN), finished_at: Some(i64::MAX), ..job(State::Failed) };
    let shown = Asked::get("?fields=elapsedTime").job(beyond);
    assert_eq!(shown, json!({"elapsedTime": i64::MAX}), "no time is so odd that it becomes a panic");
}

#[test]
fn a_failed_request_says_what_its_runner_said() {
    let said = |state| {
        let job = Job { message: Some("disk full".to_owned()), ..job(state) };
        Asked::get("").job(job).get("errorWarningMessage").cloned()
    };
    assert_eq!(said(State::Failed), Some(json!("disk full")));
    assert_eq!(said(State::Running), None);
}
