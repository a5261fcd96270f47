//! The codec without a socket: a head is opened, a command read, a hand-made answer written. What an engine does in
//! between is shown by the fixtures.

mod client;

mod client_lists;

mod details;

mod lists;

mod orders;

mod querying;

use countermand_model::{
    Acted, Cancel, Effect, Fault, FaultKind, Job, Kin, Outcome, Reach, Results, Snapshot, State, Status,
    Target,
};
use http::header::{ACCEPT, ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::*;
use crate::{OptionValue, Origin};

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
        let origin = Origin::new("https", "ess.test");
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

    fn post(action: &str) -> Asked {
        Asked::with(&[], Method::POST, &format!("/requests/7/{action}"), None)
    }

    fn cancel() -> Asked {
        Asked::post("cancel")
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
        let (response, body) = self.answer(Ok(acted(effect, before)));
        (response.status().as_u16(), body)
    }

    fn job(&self, job: Job) -> Value {
        self.answer(Ok(read(job))).1
    }
}

fn acted(effect: Effect, before: Option<State>) -> Outcome {
    let acted = Acted { target: Target::number(7), effect, before, after: None };
    Outcome::Acted { at: NOON, targets: vec![acted] }
}

fn read(job: Job) -> Outcome {
    Outcome::Read { at: NOON, snapshot: Some(Box::new(Snapshot::of(job))) }
}

fn job(state: State) -> Job {
    Job { state, created_at: NOON - 600_000, ..Job::new(7, NOON) }
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
    let of_nothing = Outcome::Acted { at: NOON, targets: Vec::new() };
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
    assert_eq!(refusal(Method::PUT, "/requests/7"), allowed("GET, HEAD, DELETE"));
    assert_eq!(refusal(Method::GET, "/requests/7/subscribe"), allowed(""));
    for path in ["/requests", "/requests/", "/requests/search/1", "/query/a/requests/", "", "/"] {
        assert_eq!(refusal(Method::PUT, path), allowed("GET, HEAD"), "{path:?}");
        assert_eq!(Asked::with(&[], Method::GET, path, None).echo.refusal, None, "{path:?}");
    }
    for path in
        ["/requests/7/", "/requests//cancel", "/requests/7/Cancel", "//", "/requests//", "/query//requests"]
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
