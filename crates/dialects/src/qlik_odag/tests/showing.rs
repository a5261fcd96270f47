//! Jobs in, request objects out.

use countermand_model::{Alias, Children, Job, Kind, Output, Snapshot, State};
use http::Method;
use serde_json::Value;

use super::{GUID, HEX, HOMES, codec, document, job, open, option, seen, text, with_attributes};
use crate::qlik_odag::{DIALECT, encode, states};

/// The object of a job in a profile, counted from 1.
fn shown(profile: usize, job: Job) -> Value {
    let echo = open(Method::GET, &format!("{}/{HEX}", HOMES[profile - 1]));
    document(&codec().encode_response(&echo, &seen(Snapshot::of(job))))
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
        assert_eq!(states::word(state, acknowledged), word);
    }
    for state in State::ALL {
        for acknowledged in [false, true] {
            // Read back, a word may be another state, but never one that has ended for one that has not.
            let word = states::word(state, acknowledged);
            let read = words.iter().find(|known| known.0 == word).map(|known| known.1);
            assert_eq!(read.map(State::is_terminal), Some(state.is_terminal()), "{state} as {word}");
        }
    }
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
    let alias = |id: &str| Alias { dialect: DIALECT.name.to_owned(), id: id.to_owned(), number: None };
    first.parent_aliases = vec![alias(GUID), alias(HEX)];
    assert_eq!(shown(1, first.clone())["parentRequestId"], HEX, "in the form that was asked for");
    let told = with_attributes(first, &format!(r#"{{"parentRequestId":"{GUID}"}}"#));
    assert_eq!(shown(3, told.clone())["parentRequestId"], HEX, "whatever the attributes say");
    let orphan = Job { parent: None, ..told };
    assert_eq!(shown(3, orphan)["parentRequestId"], GUID, "but of a parent that is elsewhere");
}

#[test]
fn sub_requests_are_ids_or_objects() {
    let parent =
        Job { kind: Kind::Parent, children: Children { total: 1, unfinished: 1 }, ..job(State::Queued) };
    let child = with_attributes(
        Job { kind: Kind::Child, parent: Some(201), aliases: vec![], ..Job::new(202, 0) },
        r#"{"link":"l1"}"#,
    );
    let family = seen(Snapshot { kin: vec![child], ..Snapshot::of(parent) });
    let codec = DIALECT.build(&[option("sub_requests", "objects")]).unwrap();
    let echo = open(Method::GET, &format!("{}/{GUID}", HOMES[0]));
    let embedded = &document(&codec.encode_response(&echo, &family))["subRequests"];
    assert_eq!(embedded.as_array().map(Vec::len), Some(1));
    assert_eq!(embedded[0]["id"], "0000000000000000000000ca");
    assert_eq!(embedded[0]["kind"], "singlesub");
    assert_eq!(embedded[0]["state"], "queued");
    assert_eq!(embedded[0]["link"]["id"], "l1");
}

#[test]
fn the_option_shows_a_load_that_has_not_begun() {
    let codec = DIALECT.build(&[option("load_state", "always")]).unwrap();
    let shown = |job: Job| {
        let echo = open(Method::GET, &format!("{}/{HEX}", HOMES[0]));
        document(&codec.encode_response(&echo, &seen(Snapshot::of(job)))).get("loadState").cloned()
    };
    let pending = serde_json::json!({"loadHost": "", "startedAt": "", "status": "pending"});
    for state in [State::Validating, State::Queued, State::Held] {
        assert_eq!(shown(job(state)), Some(pending.clone()), "{state}");
    }
    for state in [State::Invalid, State::Cancelled] {
        assert_eq!(shown(job(state)), None, "{state}");
    }
    assert_eq!(shown(Job { kind: Kind::Parent, ..job(State::Queued) }), None);
    let loading = Job { started_at: Some(0), ..job(State::Running) };
    assert_eq!(shown(loading).unwrap()["startedAt"], "1970-01-01T00:00:00.000Z");
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
        encode::id_of(&job, Some(asked))
    };
    assert_eq!(shown(HEX, &[GUID, HEX]), HEX);
    assert_eq!(shown(GUID, &[HEX, GUID]), GUID);
    assert_eq!(shown("00000000-0000-4000-8000-00000000ffff", &[HEX, GUID]), GUID);
    assert_eq!(shown(HEX, &[GUID]), GUID);
    assert_eq!(shown("0000000000000000000000C9", &[]), "0000000000000000000000c9");
}
