//! The codec without a socket: heads to commands, outcomes and faults to bytes.

use bytes::Bytes;
use countermand_model::{
    Acknowledged, Acted, Alias, Cancel, Children, Command, Effect, Fault, FaultKind, Job, Kin, Kind, Order,
    Outcome, Output, Progress, Reach, Results, Snapshot, State, Status, Target,
};
use http::{HeaderMap, Method, Response, StatusCode};
use proptest::prelude::*;
use serde_json::Value;

use super::{DIALECT, decode, encode, states};
use crate::{Codec, Echo, Head, OptionValue, Origin};

const HEX: &str = "5f0000000000000000000201";
const GUID: &str = "00000000-0000-4000-8000-000000000201";
const ACTIONS: [&str; 5] = ["cancel", "pause", "resume", "ackcancel", "ackfailure"];
/// A request's path in each profile, without its id.
const HOMES: [&str; 3] = ["/api/odag/v1/requests", "/api/v1/odagrequests", "/api/analytics/odag-requests"];

fn codec() -> std::sync::Arc<dyn Codec> {
    DIALECT.build(&[]).unwrap()
}

fn open_with(method: Method, url: &str, headers: &HeaderMap) -> Echo {
    let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
    let base = DIALECT.paths.iter().position(|base| path.starts_with(base)).unwrap();
    let origin = Origin { scheme: "https".to_owned(), authority: "qlik.example".to_owned() };
    let rest = &path[DIALECT.paths[base].len()..];
    codec().open(&Head { method: &method, path, base: Some(base), rest, query, headers, origin: &origin })
}

fn open(method: Method, url: &str) -> Echo {
    open_with(method, url, &HeaderMap::new())
}

/// The echo of an action in profile 1, with more of the query after it.
fn put(action: &str, more: &str) -> Echo {
    open(Method::PUT, &format!("{}/{HEX}?action={action}{more}", HOMES[0]))
}

fn job(state: State) -> Job {
    let alias = |id: &str| Alias { dialect: DIALECT.name.to_owned(), id: id.to_owned(), number: None };
    Job {
        number: 201,
        namespace: "default".to_owned(),
        aliases: vec![alias(HEX), alias(GUID)],
        dialects: None,
        dataset: None,
        kind: Kind::Single,
        parent: None,
        children: Children::default(),
        trigger: None,
        owner: Some("ana".to_owned()),
        name: None,
        description: None,
        job_type: None,
        state,
        previous_state: None,
        created_at: 1_767_268_800_000,
        started_at: None,
        finished_at: None,
        changed_at: 1_767_268_801_250,
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

fn with_attributes(mut job: Job, attributes: &str) -> Job {
    job.attributes = vec![(DIALECT.name.to_owned(), attributes.to_owned())];
    job
}

fn acted(effect: Effect, after: Option<Job>) -> Result<Outcome, Fault> {
    let after = after.map(|job| Box::new(Snapshot::of(job)));
    let target = Target { written: HEX.to_owned(), number: None, dataset: None };
    Ok(Outcome::Acted { at: 0, targets: vec![Acted { target, effect, before: None, after }] })
}

fn seen(snapshot: Snapshot) -> Result<Outcome, Fault> {
    Ok(Outcome::Read { at: 0, snapshot: Some(Box::new(snapshot)) })
}

fn text(response: &Response<Bytes>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

fn document(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

/// The object of a job in a profile, counted from 1.
fn shown(profile: usize, job: Job) -> Value {
    let echo = open(Method::GET, &format!("{}/{HEX}", HOMES[profile - 1]));
    document(&codec().encode_response(&echo, &seen(Snapshot::of(job))))
}

#[test]
fn a_request_has_one_path_in_every_profile() {
    for (place, home) in HOMES.iter().enumerate() {
        let echo = open(Method::GET, &format!("{home}/{GUID}"));
        assert_eq!(echo.operation.map(|operation| operation.name), Some("get"), "{home}");
        assert_eq!(echo.version as usize, place + 1);
        assert_eq!(echo.path, format!("/requests/{GUID}"));
        assert_eq!(echo.id.as_deref(), Some(GUID));
        assert_eq!(echo.refusal, None);
        for action in ACTIONS {
            let echo = open(Method::PUT, &format!("{home}/{HEX}?requestId={HEX}&action={action}&xrfkey=1"));
            assert_eq!(echo.operation.map(|operation| operation.name), Some(action), "{home}");
            assert_eq!(echo.refusal, None);
        }
    }
}

#[test]
fn what_is_wrong_with_a_head_is_told_apart() {
    let refused = |method, url: &str| open(method, url).refusal.map(|fault| fault.kind);
    for home in HOMES {
        let request = format!("{home}/{HEX}");
        for query in
            ["", "?action=", "?action=Cancel", "?action=abort", "?act=cancel", "?action=abort&action=cancel"]
        {
            let kind = refused(Method::PUT, &format!("{request}{query}"));
            assert_eq!(kind, Some(FaultKind::Malformed), "{query:?}");
        }
        for method in [Method::POST, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            assert_eq!(refused(method, &request), Some(FaultKind::WrongMethod));
        }
        assert_eq!(refused(Method::HEAD, &request), None);
        for path in ["", "/", "/a/b", "//"] {
            let kind = refused(Method::GET, &format!("{home}{path}"));
            assert_eq!(kind, Some(FaultKind::UnknownRoute), "{home}{path}");
        }
    }
    assert_eq!(refused(Method::GET, "/api/odag/v1/links"), Some(FaultKind::UnknownRoute));
    assert_eq!(refused(Method::GET, "/api/odag/v1"), Some(FaultKind::UnknownRoute));
}

#[test]
fn two_different_halves_of_the_key_are_refused_on_windows_only() {
    let refused = |home: &str, query: &str, header: Option<&str>| {
        let mut headers = HeaderMap::new();
        if let Some(key) = header {
            headers.insert("x-qlik-xrfkey", key.parse().unwrap());
        }
        open_with(Method::GET, &format!("{home}/{HEX}{query}"), &headers).refusal
    };
    assert_eq!(refused(HOMES[0], "", None), None);
    assert_eq!(refused(HOMES[0], "?xrfkey=0123456789abcdef", None), None);
    assert_eq!(refused(HOMES[0], "", Some("0123456789abcdef")), None);
    assert_eq!(refused(HOMES[0], "?Xrfkey=0123456789abcdef", Some("0123456789abcdef")), None);
    let fault = refused(HOMES[0], "?xrfkey=0123456789abcdef", Some("fedcba9876543210")).unwrap();
    assert_eq!((fault.kind, fault.message.as_str()), (FaultKind::Malformed, "XSRF prevention check failed"));
    assert_eq!(refused(HOMES[1], "?xrfkey=0123456789abcdef", Some("fedcba9876543210")), None);
    assert_eq!(refused(HOMES[2], "?xrfkey=0123456789abcdef", Some("fedcba9876543210")), None);
}

#[test]
fn every_action_is_a_command() {
    let target = || Target { written: HEX.to_owned(), number: None, dataset: None };
    let cancel = |acknowledge_after, delete_output| {
        Command::Cancel(Cancel {
            targets: vec![target()],
            reach: Reach::Unstarted,
            acknowledge_after,
            delete_output,
            wants_after: true,
            ..Cancel::default()
        })
    };
    let order = || Order { targets: vec![target()], reach: Reach::Unstarted, wants_after: true };
    let acknowledge = |end, delete_output| Command::Acknowledge { target: target(), end, delete_output };
    let cases = [
        ("cancel", "", cancel(false, false)),
        ("cancel", "&autoAck=true", cancel(true, false)),
        ("cancel", "&autoAck=true&delGenApp=true", cancel(true, true)),
        ("cancel", "&autoAck=false&delGenApp=true&ignoreSucceeded=true", cancel(false, false)),
        ("cancel", "&autoAck=true&autoAck=false", cancel(true, false)),
        ("pause", "&autoAck=maybe&delGenApp=1&ignoreSucceeded=", Command::Hold(order())),
        ("resume", "&delGenApp=true", Command::Release(order())),
        ("ackcancel", "", acknowledge(Acknowledged::Cancel, false)),
        ("ackcancel", "&delGenApp=true&autoAck=yes", acknowledge(Acknowledged::Cancel, true)),
        ("ackfailure", "&delGenApp=true", acknowledge(Acknowledged::Failure, true)),
    ];
    for (action, more, expected) in cases {
        let command = codec().decode_request(&put(action, more), b"junk that nobody reads");
        assert_eq!(command, Ok(expected), "{action}{more}");
    }
}

#[test]
fn a_reading_brings_sub_requests_where_they_are_shown() {
    for (home, kin) in HOMES.into_iter().zip([Kin::All, Kin::None, Kin::None]) {
        let echo = open(Method::GET, &format!("{home}/0000000000000000000000c9"));
        let target =
            Target { written: "0000000000000000000000c9".to_owned(), number: Some(201), dataset: None };
        let expected = Command::Status(Status { target, results: Results::None, kin });
        assert_eq!(codec().decode_request(&echo, b""), Ok(expected));
    }
}

#[test]
fn a_flag_that_is_neither_true_nor_false_is_refused_by_name() {
    for (action, flag) in [
        ("cancel", "autoAck"),
        ("cancel", "delGenApp"),
        ("cancel", "ignoreSucceeded"),
        ("ackcancel", "delGenApp"),
        ("ackfailure", "delGenApp"),
    ] {
        for value in ["TRUE", "1", "", "yes", "true%20"] {
            let refused = codec().decode_request(&put(action, &format!("&{flag}={value}")), b"");
            assert_eq!(refused.map_err(|malformed| malformed.place), Err(flag.to_owned()), "{value:?}");
        }
    }
}

#[test]
fn the_option_makes_a_cancel_reach_every_unfinished_sub_request() {
    let option = |value: &str| ("cancel_reach".to_owned(), OptionValue::Text(value.to_owned()));
    let codec = DIALECT.build(&[option("unfinished")]).unwrap();
    match codec.decode_request(&put("cancel", ""), b"") {
        Ok(Command::Cancel(cancel)) => assert_eq!(cancel.reach, Reach::Tree),
        other => panic!("{other:?}"),
    }
    match codec.decode_request(&put("pause", ""), b"") {
        Ok(Command::Hold(order)) => assert_eq!(order.reach, Reach::Unstarted),
        other => panic!("{other:?}"),
    }
    assert!(DIALECT.build(&[option("all")]).is_err());
}

#[test]
fn ids_are_24_digits_or_a_guid() {
    for id in [HEX, GUID, "ABCDEFabcdef000000000000", "ABCDEFAB-cdef-0000-0000-000000000000"] {
        assert!(decode::is_id(id), "{id}");
        assert_eq!(decode::number(id), None, "{id}");
    }
    for text in [
        "",
        "201",
        "5f000000000000000000020",
        "5f00000000000000000002010",
        "zz0000000000000000000201",
        "00000000-0000-4000-8000+000000000201",
        "00000000x0000-4000-8000-000000000201",
        "+00000000000000000000201",
    ] {
        assert!(!decode::is_id(text), "{text}");
        assert_eq!(decode::number(text), None, "{text}");
    }
    assert_eq!(decode::number("000000000000000000000000"), None);
    assert_eq!(decode::number("0000000000000000000000C9"), Some(201));
    assert_eq!(decode::number("000000007fffffffffffffff"), Some(i64::MAX));
    assert_eq!(decode::number("000000008000000000000000"), None);
}

proptest! {
    #[test]
    fn a_number_is_read_as_it_is_written(number in 1..=i64::MAX) {
        let id = encode::id_of_number(number);
        prop_assert!(decode::is_id(&id));
        prop_assert_eq!(decode::number(&id), Some(number));
    }
}

#[test]
fn every_state_has_a_word_and_every_word_a_state() {
    use State::{Cancelled, Cancelling, Failed, Held, Invalid, Queued, Running, Succeeded, Validating};
    let words = [
        ("validating", Validating, false),
        ("queued", Queued, false),
        ("invalid", Invalid, false),
        ("hold", Held, false),
        ("loading", Running, false),
        ("canceled", Cancelled, false),
        ("failed", Failed, false),
        ("succeeded", Succeeded, false),
        ("canceling", Cancelling, false),
        ("canceledAck", Cancelled, true),
        ("failedAck", Failed, true),
    ];
    for (word, state, acknowledged) in words {
        assert_eq!(states::from_word(word), Some((state, acknowledged)));
        assert_eq!(states::word(state, acknowledged), word);
    }
    for state in State::ALL {
        for acknowledged in [false, true] {
            let word = states::word(state, acknowledged);
            assert!(words.iter().any(|known| known.0 == word), "{state}: {word}");
            let (read, _) = states::from_word(word).unwrap();
            assert_eq!(read.is_terminal(), state.is_terminal(), "{state} as {word}");
        }
    }
    for word in ["cancelled", "canceled-ack", "paused", "Queued", ""] {
        assert_eq!(states::from_word(word), None, "{word}");
    }
}

#[test]
fn every_effect_of_every_action_is_answered() {
    for home in HOMES {
        for action in ACTIONS {
            for effect in Effect::ALL {
                let expected = match effect {
                    Effect::Cancelled
                    | Effect::Accepted
                    | Effect::Done
                    | Effect::AlreadyCancelling
                    | Effect::UnverifiedTaken => 200,
                    Effect::AlreadyCancelled
                    | Effect::AlreadyFinished
                    | Effect::AlreadySo
                    | Effect::NotFound
                    | Effect::NotPossible => 404,
                    Effect::Forbidden => 403,
                    Effect::UnverifiedUnanswered => 503,
                };
                let echo = open(Method::PUT, &format!("{home}/{HEX}?action={action}"));
                let response = codec().encode_response(&echo, &acted(effect, Some(job(State::Queued))));
                assert_eq!(response.status(), expected, "{action}, {}", effect.name());
                let document = document(&response);
                if expected == 200 {
                    assert_eq!(document["id"], HEX);
                    assert_eq!(document["state"], "queued");
                } else {
                    assert_eq!(document["errors"][0]["meta"]["statusCode"], expected);
                }
                if expected == 404 {
                    let title = "Invalid request ID or action for current request state.";
                    assert_eq!(document["errors"][0]["title"], title);
                }
            }
        }
    }
}

#[test]
fn only_a_cancel_of_a_succeeded_request_may_come_too_late() {
    let status = |action: &str, effect, state, flag: &str| {
        let echo = put(action, &format!("&ignoreSucceeded={flag}"));
        codec().encode_response(&echo, &acted(effect, Some(job(state)))).status().as_u16()
    };
    use Effect::{AlreadyCancelled, AlreadyFinished, NotPossible};
    assert_eq!(status("cancel", AlreadyFinished, State::Succeeded, "true"), 200);
    assert_eq!(status("cancel", AlreadyFinished, State::Warning, "true"), 200);
    assert_eq!(status("cancel", NotPossible, State::Succeeded, "true"), 200);
    assert_eq!(status("cancel", AlreadyFinished, State::Succeeded, "false"), 404);
    assert_eq!(status("cancel", AlreadyFinished, State::Failed, "true"), 404);
    assert_eq!(status("cancel", AlreadyCancelled, State::Cancelled, "true"), 404);
    assert_eq!(status("cancel", NotPossible, State::Running, "true"), 404);
    assert_eq!(status("pause", NotPossible, State::Succeeded, "true"), 404);
}

#[test]
fn an_outcome_that_breaks_the_contract_is_an_internal_error() {
    let twice = |outcome: Result<Outcome, Fault>| match outcome {
        Ok(Outcome::Acted { at, targets }) => {
            Ok(Outcome::Acted { at, targets: [targets.clone(), targets].concat() })
        }
        other => other,
    };
    let get = open(Method::GET, &format!("{}/{HEX}", HOMES[1]));
    let cases = [
        (put("cancel", ""), acted(Effect::Cancelled, None)),
        (put("cancel", ""), twice(acted(Effect::Cancelled, Some(job(State::Cancelled))))),
        (put("pause", ""), seen(Snapshot::of(job(State::Held)))),
        (put("ackcancel", ""), Ok(Outcome::Confirmed)),
        (get, acted(Effect::Done, Some(job(State::Queued)))),
        (put("unknown", ""), Ok(Outcome::Confirmed)),
    ];
    for (echo, outcome) in cases {
        let response = codec().encode_response(&echo, &outcome);
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR, "{outcome:?}");
    }
}

#[test]
fn every_fault_has_a_document() {
    let status = |kind| match kind {
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
        FaultKind::Internal => 500,
        FaultKind::Unsupported => 501,
        FaultKind::Unreachable | FaultKind::Overloaded => 503,
        FaultKind::Timeout => 504,
    };
    for kind in FaultKind::ALL {
        let echo = open(Method::DELETE, &format!("{}/{HEX}", HOMES[2]));
        let response = codec().encode_response(&echo, &Err(Fault::new(kind, "A \"sentence\".")));
        assert_eq!(response.status(), status(kind), "{}", kind.name());
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap());
        assert_eq!(header("content-type"), Some("application/json; charset=utf-8"));
        assert_eq!(header("www-authenticate").is_some(), status(kind) == 401);
        assert_eq!(header("allow"), (status(kind) == 405).then_some("GET, HEAD, PUT"));
        assert_eq!(header("retry-after"), (status(kind) == 429).then_some("1"));
        let error = &document(&response)["errors"][0];
        assert_eq!(error["code"], format!("ODAG-ERR-{}", status(kind)));
        assert_eq!(error["detail"], "A \"sentence\".");
        assert_eq!(error["meta"]["statusCode"], status(kind));
        assert!(error["title"].as_str().is_some_and(|title| !title.is_empty()));
    }
    let fault =
        Fault::new(FaultKind::Overloaded, "Later.").with_retry_after(7).with_code(Some("ODAG-ERR-1204"));
    let response = codec().encode_response(&put("cancel", ""), &Err(fault));
    assert_eq!(response.headers()["retry-after"], "7");
    assert_eq!(document(&response)["errors"][0]["code"], "ODAG-ERR-1204");
}

#[test]
fn an_unknown_id_is_the_documented_404() {
    let get = open(Method::GET, &format!("{}/nonsense", HOMES[0]));
    let response = codec().encode_response(&get, &Ok(Outcome::Read { at: 0, snapshot: None }));
    let expected = r#"{"errors":[{"code":"ODAG-ERR-404","title":"Invalid request ID.","#.to_owned()
        + r#""detail":"There is no request with this ID.","meta":{"statusCode":404}}]}"#;
    assert_eq!((response.status(), text(&response)), (StatusCode::NOT_FOUND, expected.as_str()));
}

#[test]
fn the_windows_object_is_written_in_the_order_of_the_notes() {
    let mut job = with_attributes(
        job(State::Running),
        r#"{"zeta":1,"state":"queued","selectionStateHash":-9223372036854775808,"bindingStateHash":9007199254740993,
            "link":{"id":"l1","name":"sales"},"owner":{"id":"o","userId":"ana","userDirectory":"D","name":"Ana","privileges":null},
            "templateApp":"t1","timeToLive":24.0,"loadState":{"loadHost":"node1","status":"success","messages":{"transient":[ ]}},
            "errorMessage":"not on Windows","generatedApp":{"id":"app","name":"old name","published":false}}"#,
    );
    job.started_at = Some(1_767_268_801_000);
    job.output = Some(Output { id: "app".to_owned(), name: "Sales".to_owned() });
    let echo = open(Method::GET, &format!("{}/{GUID}", HOMES[0]));
    let response = codec().encode_response(&echo, &seen(Snapshot::of(job)));
    let expected = [
        r#"{"id":"00000000-0000-4000-8000-000000000201","createdDate":"2026-01-01T12:00:00.000Z","#,
        r#""modifiedDate":"2026-01-01T12:00:01.250Z","#,
        r#""owner":{"id":"o","userId":"ana","userDirectory":"D","name":"Ana","privileges":null},"#,
        r#""link":{"id":"l1","name":"sales"},"#,
        r#""generatedApp":{"id":"app","name":"old name","published":false},"generatedAppName":"Sales","#,
        r#""kind":"single","state":"loading","templateApp":"t1","#,
        r#""loadState":{"loadHost":"node1","startedAt":"2026-01-01T12:00:01.000Z","status":"pending","messages":{"transient":[ ]}},"#,
        r#""timeToLive":24.0,"bindingStateHash":9007199254740993,"selectionStateHash":-9223372036854775808,"zeta":1}"#,
    ];
    assert_eq!(text(&response), expected.concat());
}

#[test]
fn the_cloud_object_is_written_in_the_order_of_the_notes() {
    let mut job = with_attributes(
        job(State::Warning),
        r#"{"link":{"id":"l1"},"owner":{"id":"o","name":"Ana","userId":"ana"},"templateApp":"t1","selectionState":[],
            "modifiedByUserName":"ana","validation":[],"loadState":{"loadHost":"node1","messages":{}}}"#,
    );
    job.started_at = Some(1_767_268_801_000);
    job.finished_at = Some(1_767_268_801_250);
    job.output = Some(Output { id: "app".to_owned(), name: "Sales".to_owned() });
    let echo = open(Method::GET, &format!("{}/{HEX}", HOMES[2]));
    let response = codec().encode_response(&echo, &seen(Snapshot::of(job)));
    let expected = [
        r#"{"id":"5f0000000000000000000201","createdDate":"2026-01-01T12:00:00.000Z","#,
        r#""modifiedDate":"2026-01-01T12:00:01.250Z","#,
        r#""owner":{"id":"o","name":"Ana","subject":"ana","tenantid":""},"link":"l1","#,
        r#""kind":"single","state":"succeeded","templateApp":"t1","#,
        r#""generatedApp":{"id":"app","name":"Sales"},"generatedAppName":"Sales","#,
        r#""loadState":{"loadHost":"node1","startedAt":"2026-01-01T12:00:01.000Z","#,
        r#""finishedAt":"2026-01-01T12:00:01.250Z","status":"warnings"},"validation":[]}"#,
    ];
    assert_eq!(text(&response), expected.concat());
}

#[test]
fn required_members_are_there_when_nobody_said_what_they_are() {
    let mut bare = job(State::Queued);
    bare.owner = None;
    let windows = shown(1, bare.clone());
    assert_eq!(windows["owner"]["userId"], "");
    assert_eq!(windows["link"]["id"], "");
    assert_eq!(windows["templateApp"], "");
    let cloud = shown(3, bare.clone());
    assert_eq!(cloud["owner"]["subject"], "");
    assert_eq!(cloud["link"], "");
    for member in
        ["generatedApp", "generatedAppName", "loadState", "parentRequestId", "subRequests", "errorMessage"]
    {
        assert_eq!(windows.get(member), None, "{member}");
        assert_eq!(cloud.get(member), None, "{member}");
    }
    let linked = with_attributes(bare, r#"{"link":"l1"}"#);
    assert_eq!(shown(1, linked.clone())["link"], serde_json::json!({"id": "l1"}));
    assert_eq!(shown(2, linked)["link"], "l1");
}

#[test]
fn an_app_and_a_load_are_shown_only_where_there_are_any() {
    let mut job = job(State::Cancelled);
    job.output = Some(Output { id: "app".to_owned(), name: "Sales".to_owned() });
    assert_eq!(shown(1, job.clone()).get("generatedApp"), None);
    job.started_at = Some(0);
    assert_eq!(shown(1, job.clone())["generatedApp"]["id"], "app");
    assert_eq!(shown(1, job.clone())["loadState"].get("status"), None);
    for state in [State::Queued, State::Held, State::Recovering, State::Validating] {
        job.state = state;
        assert_eq!(shown(3, job.clone()).get("loadState"), None, "{state}");
    }
    job.state = State::Failed;
    job.message = Some("out of memory".to_owned());
    assert_eq!(shown(3, job.clone())["loadState"]["status"], "failed");
    assert_eq!(shown(3, job.clone())["errorMessage"], "out of memory");
    job.kind = Kind::Parent;
    assert_eq!(shown(1, job.clone()).get("loadState"), None);
    assert_eq!(shown(1, job).get("generatedApp"), None);
}

#[test]
fn a_family_is_shown_by_ids_that_can_be_asked_for() {
    let mut parent = job(State::Queued);
    parent.kind = Kind::Parent;
    parent.children = Children { total: 2, unfinished: 2 };
    let mut first = job(State::Queued);
    first.kind = Kind::Child;
    first.parent = Some(201);
    let mut second = first.clone();
    second.number = 203;
    second.aliases.clear();
    let family = Snapshot { kin: vec![first.clone(), second.clone()], ..Snapshot::of(parent.clone()) };

    let windows = open(Method::GET, &format!("{}/{GUID}", HOMES[0]));
    let object = document(&codec().encode_response(&windows, &seen(family.clone())));
    assert_eq!(object["kind"], "multiple");
    assert_eq!(object["subRequests"], serde_json::json!([GUID, "0000000000000000000000cb"]));
    let cloud = open(Method::GET, &format!("{}/{HEX}", HOMES[1]));
    assert_eq!(document(&codec().encode_response(&cloud, &seen(family))).get("subRequests"), None);

    // An answer to an action does not know its children, and does not say that there are none.
    assert_eq!(shown(1, parent.clone()).get("subRequests"), None);
    let told = with_attributes(parent.clone(), &format!(r#"{{"subRequests":["{HEX}"]}}"#));
    assert_eq!(shown(1, told)["subRequests"], serde_json::json!([HEX]));
    parent.children = Children::default();
    assert_eq!(shown(1, parent)["subRequests"], serde_json::json!([]));

    assert_eq!(shown(1, second)["parentRequestId"], "0000000000000000000000c9");
    assert_eq!(shown(1, first.clone())["kind"], "singlesub");
    assert_eq!(shown(1, first.clone()).get("parentRequestId"), None);
    let told = with_attributes(first, &format!(r#"{{"parentRequestId":"{GUID}"}}"#));
    assert_eq!(shown(3, told)["parentRequestId"], GUID);
}

#[test]
fn an_answer_carries_the_form_of_id_that_the_request_used() {
    let shown = |asked: &str, aliases: &[&str]| {
        let mut job = job(State::Queued);
        job.aliases = aliases
            .iter()
            .map(|id| Alias { dialect: DIALECT.name.to_owned(), id: (*id).to_owned(), number: None })
            .collect();
        job.aliases.push(Alias { dialect: "oracle-ess".to_owned(), id: "7".to_owned(), number: None });
        encode::id_of(&job, asked)
    };
    assert_eq!(shown(HEX, &[GUID, HEX]), HEX);
    assert_eq!(shown(GUID, &[HEX, GUID]), GUID);
    assert_eq!(shown("00000000-0000-4000-8000-00000000ffff", &[HEX, GUID]), GUID);
    assert_eq!(shown(HEX, &[GUID]), GUID);
    assert_eq!(shown("0000000000000000000000C9", &[]), "0000000000000000000000c9");
}

#[test]
fn a_moment_that_cannot_be_written_is_the_nearest_one_that_can() {
    assert_eq!(encode::date(0), "1970-01-01T00:00:00.000Z");
    assert_eq!(encode::date(-1), "1969-12-31T23:59:59.999Z");
    assert!(encode::date(i64::MAX).starts_with("9999-12-30T"));
    assert!(encode::date(i64::MIN).starts_with("-009999-01-02T"));
}

#[test]
fn every_quirk_is_pinned_by_a_fixture() {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    for quirk in DIALECT.quirks {
        assert!(fixtures.join(quirk.fixture).is_file(), "{}", quirk.fixture);
    }
}
