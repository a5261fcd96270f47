//! The codec without a socket: a head is opened, a command read, a hand-made answer written. What an engine does in
//! between is shown by the fixtures.

use countermand_model::{
    Acted, Cancel, Children, Effect, Fault, FaultKind, Job, Kin, Kind, Outcome, Progress, Reach, Results,
    Snapshot, State, Status, Target, Trigger, TriggerState,
};
use http::header::{ACCEPT, ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::*;
use crate::OptionValue;

const BASE: &str = "/ess/rest/scheduler/v1";
const NOON: i64 = 1_767_268_800_000;

/// A mount with these options, asked with this method for this path below the base, with this `Accept`.
struct Asked {
    codec: Arc<dyn Codec>,
    echo: Echo,
}

impl Asked {
    fn with(options: &[(&str, &str)], method: Method, path_and_query: &str, accept: Option<&str>) -> Asked {
        let options: Vec<_> = options
            .iter()
            .map(|(name, value)| ((*name).to_owned(), OptionValue::Text((*value).to_owned())))
            .collect();
        let codec = DIALECT.build(&options).expect("options of the dialect");
        let mut headers = HeaderMap::new();
        if let Some(accept) = accept {
            headers.insert(ACCEPT, accept.parse().unwrap());
        }
        let origin = Origin { scheme: "https".to_owned(), authority: "ess.test".to_owned() };
        let (rest, query) = match path_and_query.split_once('?') {
            Some((rest, query)) => (rest, Some(query)),
            None => (path_and_query, None),
        };
        let path = format!("{BASE}{rest}");
        let head = Head {
            method: &method,
            path: &path,
            base: Some(0),
            rest,
            query,
            headers: &headers,
            origin: &origin,
        };
        let echo = codec.open(&head);
        Asked { codec, echo }
    }

    fn cancel() -> Asked {
        Asked::with(&[], Method::POST, "/requests/7/cancel", None)
    }

    fn get(query: &str) -> Asked {
        Asked::with(&[], Method::GET, &format!("/requests/7{query}"), None)
    }

    fn decode(&self) -> Result<Command, Malformed> {
        assert_eq!(self.echo.refusal, None);
        self.codec.decode_request(&self.echo, b"")
    }

    fn answer(&self, answer: Result<Outcome, Fault>) -> (http::Response<Bytes>, Value) {
        let response = self.codec.encode_response(&self.echo, &answer);
        let body = serde_json::from_slice(response.body()).expect("every answer is JSON");
        (response, body)
    }

    fn effect(&self, effect: Effect, before: Option<State>) -> (u16, Value) {
        let acted = Acted { target: Target::number(7), effect, before, after: None };
        let (response, body) = self.answer(Ok(Outcome::Acted { at: NOON, targets: vec![acted] }));
        (response.status().as_u16(), body)
    }

    fn job(&self, job: Job) -> Value {
        self.answer(Ok(read(job))).1
    }
}

fn read(job: Job) -> Outcome {
    Outcome::Read { at: NOON, snapshot: Some(Box::new(Snapshot::of(job))) }
}

fn job(state: State) -> Job {
    Job {
        number: 7,
        namespace: "default".to_owned(),
        aliases: Vec::new(),
        dialects: None,
        dataset: None,
        kind: Kind::Single,
        parent: None,
        children: Children::default(),
        trigger: None,
        owner: None,
        name: None,
        description: None,
        job_type: None,
        state,
        previous_state: None,
        created_at: NOON - 600_000,
        started_at: None,
        finished_at: None,
        changed_at: NOON,
        progress: Progress::default(),
        results_total: 0,
        results_delivered: 0,
        drained_at: None,
        has_errors: false,
        output: None,
        acknowledged: false,
        message: None,
        attributes: Vec::new(),
        runner: None,
        revision: 1,
    }
}

fn with_attributes(state: State, attributes: &str) -> Job {
    Job { attributes: vec![(NAME.to_owned(), attributes.to_owned())], ..job(state) }
}

#[test]
fn a_cancel_reaches_the_whole_tree_and_wants_nothing_back() {
    let expected = Cancel { targets: vec![Target::number(7)], reach: Reach::Tree, ..Cancel::default() };
    assert_eq!(Asked::cancel().decode(), Ok(Command::Cancel(expected)));
}

#[test]
fn reading_takes_no_results_and_no_kin() {
    let expected = Status { target: Target::number(7), results: Results::None, kin: Kin::None };
    assert_eq!(Asked::get("").decode(), Ok(Command::Status(expected)));
}

#[test]
fn an_id_is_an_int64() {
    let target = |id: &str| {
        let asked = Asked::with(&[], Method::POST, &format!("/requests/{id}/cancel"), None);
        match asked.decode() {
            Ok(Command::Cancel(cancel)) => Ok((cancel.targets[0].written.clone(), cancel.targets[0].number)),
            Ok(other) => panic!("{other:?}"),
            Err(malformed) => Err(malformed.place),
        }
    };
    let found = |written: &str, number| Ok((written.to_owned(), number));
    let refused = || Err("requestId".to_owned());
    assert_eq!(target("7"), found("7", Some(7)));
    assert_eq!(target("007"), found("7", Some(7)));
    assert_eq!(target("%37"), found("7", Some(7)));
    assert_eq!(target("9223372036854775807"), found("9223372036854775807", Some(i64::MAX)));
    assert_eq!(target("0"), found("0", None));
    assert_eq!(target("-7"), found("-7", None));
    assert_eq!(target("-9223372036854775808"), found("-9223372036854775808", None));
    for id in ["x", "7x", "+7", "7.0", "7e0", "-", "--7", "%207", "7%2F8", "9223372036854775808", "٧"] {
        assert_eq!(target(id), refused(), "{id}");
    }
}

#[test]
fn every_effect_of_a_cancel_has_its_status() {
    for effect in Effect::ALL {
        let (status, title) = match effect {
            Effect::Cancelled | Effect::Accepted | Effect::AlreadyCancelling | Effect::UnverifiedTaken => {
                (200, None)
            }
            Effect::AlreadyCancelled | Effect::AlreadyFinished | Effect::NotPossible => {
                (400, Some("Unsupported state for operation"))
            }
            Effect::NotFound => (404, Some("Request ID not found")),
            Effect::Forbidden => (403, Some("Not authorized to cancel this request")),
            Effect::UnverifiedUnanswered | Effect::Done | Effect::AlreadySo => {
                (500, Some("Scheduling sub-system error"))
            }
        };
        let (given, body) = Asked::cancel().effect(effect, Some(State::Expired));
        assert_eq!((given, body["title"].as_str()), (status, title), "{effect:?}: {body}");
        if status == 200 {
            assert_eq!(body["links"].as_array().map(Vec::len), Some(8), "{effect:?}");
        } else {
            assert_eq!(body["status"], status, "{effect:?}");
            assert!(body["type"].as_str().is_some_and(|uri| uri.starts_with("http")), "{effect:?}");
        }
    }
}

#[test]
fn a_refused_cancel_says_the_state_where_it_is_known() {
    let detail = |before| Asked::cancel().effect(Effect::NotPossible, before).1["detail"].clone();
    assert_eq!(detail(Some(State::Finishing)), "Request 7 cannot be cancelled: its state is COMPLETED.");
    assert_eq!(detail(None), "Request 7 cannot be cancelled.");
}

#[test]
fn every_fault_is_a_simple_exception_detail() {
    for kind in FaultKind::ALL {
        let status = match kind {
            FaultKind::Malformed => 400,
            FaultKind::NoCredentials | FaultKind::BadCredentials => 401,
            FaultKind::Forbidden | FaultKind::CrossSite => 403,
            FaultKind::UnknownRoute | FaultKind::NotFound => 404,
            FaultKind::WrongMethod => 405,
            FaultKind::NotAcceptable => 406,
            FaultKind::BodyTimeout => 408,
            FaultKind::Conflict => 409,
            FaultKind::TooLarge => 413,
            FaultKind::UnsupportedMediaType => 415,
            FaultKind::TooManyRequests => 429,
            FaultKind::Internal | FaultKind::Unreachable => 500,
            FaultKind::Unsupported => 501,
            FaultKind::Overloaded => 503,
            FaultKind::Timeout => 504,
        };
        for asked in [Asked::cancel(), Asked::get("")] {
            let (response, body) = asked.answer(Err(Fault::new(kind, "a sentence").with_detail("secret")));
            assert_eq!(response.status(), status, "{kind:?}");
            assert_eq!(body["status"], status, "{kind:?}");
            assert!(body["title"].is_string() && body["type"].is_string(), "{kind:?}: {body}");
            assert_eq!(body["errorCode"], format!("ESS-00{status}"), "{kind:?}");
            let told = !matches!(status, 401 | 403);
            assert_eq!(body.get("detail").and_then(Value::as_str), told.then_some("a sentence"), "{kind:?}");
            assert!(!body.to_string().contains("secret"), "{kind:?}");
            let headers = response.headers();
            assert_eq!(headers.contains_key(WWW_AUTHENTICATE), status == 401, "{kind:?}");
            assert_eq!(headers.contains_key(ALLOW), status == 405, "{kind:?}");
            assert_eq!(headers.contains_key(RETRY_AFTER), matches!(status, 429 | 503), "{kind:?}");
        }
    }
}

#[test]
fn conflict_and_failure_read_as_the_reference_page_words_them() {
    let title = |kind| Asked::cancel().answer(Err(Fault::new(kind, "why"))).1["title"].clone();
    assert_eq!(title(FaultKind::Conflict), "Conflict");
    assert_eq!(title(FaultKind::Internal), "Scheduling sub-system error");
    assert_eq!(title(FaultKind::Forbidden), "Not authorized to cancel this request");
}

#[test]
fn what_a_fault_brings_beats_the_table() {
    let fault = Fault::new(FaultKind::Overloaded, "later").with_retry_after(9).with_code(Some("ESS-09421"));
    let (response, body) = Asked::cancel().answer(Err(fault));
    assert_eq!(response.headers()[RETRY_AFTER], "9");
    assert_eq!(body["errorCode"], "ESS-09421");
}

#[test]
fn an_answer_that_fits_no_question_is_a_defect_of_the_engine() {
    let acted = |targets| Outcome::Acted { at: NOON, targets };
    let of_nothing = acted(Vec::new());
    for (asked, outcome) in [
        (Asked::cancel(), Outcome::Confirmed),
        (Asked::cancel(), of_nothing.clone()),
        (Asked::cancel(), read(job(State::Queued))),
        (Asked::get(""), of_nothing),
        (Asked::get(""), Outcome::Permitted(None)),
        (Asked::get(""), Outcome::CheckedIn(Some(true))),
    ] {
        assert_eq!(asked.answer(Ok(outcome)).0.status(), 500);
    }
}

#[test]
fn a_request_that_is_not_there_is_not_found() {
    let (response, body) = Asked::get("").answer(Ok(Outcome::Read { at: NOON, snapshot: None }));
    assert_eq!(response.status(), 404);
    assert_eq!(body["detail"], "Request 7 was not found.");
}

#[test]
fn routes_are_found_by_path_and_method() {
    let refusal = |method, path| {
        let asked = Asked::with(&[], method, path, None);
        let fault = asked.echo.refusal.clone();
        let (response, _) = asked.answer(Err(fault.expect("a refusal")));
        let allowed = response.headers().get(ALLOW).map(|methods| methods.to_str().unwrap().to_owned());
        (response.status().as_u16(), allowed)
    };
    let allowed = |methods: &str| (405, Some(methods.to_owned()));
    assert_eq!(refusal(Method::GET, "/requests/7/cancel"), allowed("POST"));
    assert_eq!(refusal(Method::HEAD, "/requests/7/cancel"), allowed("POST"));
    assert_eq!(refusal(Method::DELETE, "/requests/7"), allowed("GET, HEAD"));
    for path in
        ["", "/", "/requests", "/requests/", "/requests/7/", "/requests//cancel", "/requests/7/Cancel"]
    {
        assert_eq!(refusal(Method::POST, path), (404, None), "{path:?}");
    }
    assert_eq!(Asked::with(&[], Method::HEAD, "/requests/7", None).echo.refusal, None);
}

#[test]
fn accept_chooses_the_media_type_and_is_never_refused() {
    let vendor = "application/vnd.oracle.resource+json";
    let of = |asked: Asked| {
        let (response, _) = asked.answer(Err(Fault::new(FaultKind::Internal, "")));
        response.headers()[CONTENT_TYPE].to_str().unwrap().to_owned()
    };
    let action = |accept| of(Asked::with(&[], Method::POST, "/requests/7/cancel", accept));
    let singular = |accept| of(Asked::with(&[], Method::GET, "/requests/7", accept));
    for plain in [None, Some("*/*"), Some("application/json"), Some("text/xml"), Some("nonsense")] {
        assert_eq!(action(plain), "application/json", "{plain:?}");
        assert_eq!(singular(plain), "application/json;charset=utf-8", "{plain:?}");
    }
    let preferred = format!("application/json;q=0.5, {vendor}");
    for accept in [vendor, "application/vnd.oracle.resource+json;type=collection", &preferred] {
        assert_eq!(action(Some(accept)), vendor);
        assert_eq!(singular(Some(accept)), format!("{vendor};type=singular"));
    }
}

#[test]
fn states_are_words_both_ways() {
    for state in State::ALL {
        assert_eq!(states::state(states::word(state)), Some(state));
    }
    let lossy = [
        ("SCHEDULE_ENDED", State::Running),
        ("ERROR_MANUAL_RECOVERY", State::Recovering),
        ("FINISHED", State::Succeeded),
    ];
    for (word, state) in lossy {
        assert_eq!(states::state(word), Some(state));
        assert_ne!(states::word(state), word);
    }
    for word in ["UNKNOWN", "CANCELED", "wait", ""] {
        assert_eq!(states::state(word), None, "{word:?}");
    }
    assert_eq!(states::description("PENDING_VALIDATION"), "Pending Validation");
}

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
    let shown = Asked::get("?fields=processStartTime,completedTime,elapsedTime").job(beyond);
    assert_eq!(shown, json!({"elapsedTime": i64::MAX}));
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

#[test]
fn switches_change_what_they_say() {
    let links = |options: &[(&str, &str)]| {
        let asked = Asked::with(options, Method::POST, "/requests/7/cancel", None);
        asked.effect(Effect::Cancelled, None).1["links"][4].clone()
    };
    let force = |origin: &str, rel: &str| json!({"href": format!("{origin}{BASE}/requests/7/forceCancel"), "rel": rel});
    assert_eq!(links(&[]), force("https://ess.test", "FORCECANCEL"));
    assert_eq!(links(&[("rel_case", "lower")]), force("https://ess.test", "forceCancel"));
    assert_eq!(links(&[("href_port", "always")]), force("https://ess.test:443", "FORCECANCEL"));
    assert!(DIALECT.build(&[("rel_case".to_owned(), OptionValue::Text("Upper".to_owned()))]).is_err());
}

#[test]
fn an_alias_can_be_said_as_a_json_number() {
    for (text, is_id) in
        [("7", true), ("9223372036854775807", true), ("007", false), ("0", false), ("x", false)]
    {
        assert_eq!((DIALECT.ids.is_id)(text), is_id, "{text}");
    }
}

#[test]
fn every_quirk_has_its_fixture() {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");
    for quirk in DIALECT.quirks {
        let path = std::path::Path::new(fixtures).join(quirk.fixture);
        assert!(path.is_file(), "{} is missing: {}", quirk.fixture, quirk.what);
    }
}
