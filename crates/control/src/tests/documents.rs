//! Descriptions in, jobs out, without a ledger.

use countermand_model::{
    Alias, Children, Draft, Job, Kind, Output, Patch, Progress, State, Trigger, TriggerState,
};

use crate::{describe, render};

/// A job that has a value in every member.
pub(super) fn full_job() -> Job {
    Job {
        number: i64::MAX,
        namespace: "default".to_owned(),
        aliases: vec![
            Alias { dialect: "b".to_owned(), id: "1".to_owned(), number: None },
            Alias { dialect: "a".to_owned(), id: "2".to_owned(), number: Some(2) },
            Alias { dialect: "b".to_owned(), id: "3".to_owned(), number: Some(3) },
        ],
        dialects: Some(vec!["a".to_owned()]),
        dataset: Some("defaultDs".to_owned()),
        kind: Kind::Parent,
        parent: None,
        parent_aliases: vec![],
        children: Children { total: 3, unfinished: 1 },
        trigger: Some(Trigger {
            state: TriggerState::Scheduled,
            next_run_at: Some(1_500),
            rule: Some("@daily".to_owned()),
        }),
        owner: Some("li".to_owned()),
        name: Some("a \"name\"".to_owned()),
        description: None,
        job_type: Some("report".to_owned()),
        state: State::Running,
        previous_state: Some(State::Queued),
        created_at: 1_767_268_800_000,
        started_at: Some(1_767_268_800_001),
        finished_at: None,
        changed_at: 0,
        heard_at: None,
        progress: Progress { total: 10, matched: 2, processed: 5 },
        results_total: 2,
        results_delivered: 0,
        drained_at: None,
        has_errors: false,
        output: Some(Output { id: "x".to_owned(), name: "y".to_owned() }),
        acknowledged: false,
        message: None,
        attributes: vec![("a".to_owned(), r#"{"z":1, "a":24.00}"#.to_owned())],
        runner: Some("farm".to_owned()),
        revision: 7,
    }
}

fn draft(json: &str) -> Draft {
    describe(json.as_bytes()).unwrap().2
}

/// Status, pointer and detail of a refusal.
fn refusal(json: &str) -> (u16, String, String) {
    let problem = describe(json.as_bytes()).unwrap_err();
    (problem.status().as_u16(), problem.pointer().unwrap_or("none").to_owned(), problem.detail().to_owned())
}

#[test]
fn a_rendered_job_keeps_texts_numbers_and_order() {
    let text = render(&full_job(), &["24.00".to_owned(), r#"{"b":9007199254740993,"a":[]}"#.to_owned()]);
    let text = String::from_utf8(text).unwrap();
    for part in [
        r#"{"number":9223372036854775807,"namespace":"default","aliases":{"a":"2","b":["1","3"]},"#,
        r#""trigger":{"state":"scheduled","next_run_at":"1970-01-01T00:00:01.500Z","rule":"@daily"},"#,
        r#""created_at":"2026-01-01T12:00:00.000Z","started_at":"2026-01-01T12:00:00.001Z","finished_at":null,"#,
        r#""results":[24.00,{"b":9007199254740993,"a":[]}],"#,
        r#""attributes":{"a":{"z":1, "a":24.00}},"revision":7}"#,
    ] {
        assert!(text.contains(part), "{part}\nin {text}");
    }
}

#[test]
fn an_absent_member_is_kept_and_null_clears() {
    assert_eq!(draft("{}"), Draft::default());
    let draft = draft(r#"{"name": null, "owner": "li", "state": "running", "results": [24.00, {"b" : 1}]}"#);
    assert_eq!(draft.name, Patch::Set(None));
    assert_eq!(draft.owner, Patch::Set(Some("li".to_owned())));
    assert_eq!(draft.state, Patch::Set(State::Running));
    assert_eq!(draft.results, Patch::Set(vec!["24.00".to_owned(), r#"{"b" : 1}"#.to_owned()]));
    assert_eq!(draft.description, Patch::Keep);
}

#[test]
fn what_was_read_can_be_written_back() {
    let job = Job { aliases: Vec::new(), dialects: None, attributes: Vec::new(), ..full_job() };
    let results = ["24.00".to_owned()];
    let (number, namespace, draft) = describe(&render(&job, &results)).unwrap();
    assert_eq!((number, namespace.as_deref()), (Some(i64::MAX), Some("default")));
    assert_eq!(draft.trigger, Patch::Set(job.trigger));
    assert_eq!(draft.started_at, Patch::Set(job.started_at));
    assert_eq!(draft.created_at, Patch::Set(job.created_at));
    assert_eq!(draft.progress, Patch::Set(job.progress));
    assert_eq!(draft.output, Patch::Set(job.output));
    assert_eq!(draft.results, Patch::Set(results.to_vec()));
}

#[test]
fn a_mistake_is_located_and_corrected() {
    let cases = [
        (r#"{"nmae": "x"}"#, "/nmae", "there is no member `nmae` here; did you mean `name`?"),
        (r#"{"Owner": "x"}"#, "/Owner", "there is no member `Owner` here; did you mean `owner`?"),
        (r#"{"zebra": 1}"#, "/zebra", "there is no member `zebra` here"),
        (r#"{"state": "runing"}"#, "/state", "there is no state `runing`; did you mean `running`?"),
        (
            r#"{"trigger": {"state": "scheduled", "rul": ""}}"#,
            "/trigger/rul",
            "there is no member `rul` here; did you mean `rule`?",
        ),
        (r#"{"trigger": {}}"#, "/trigger", "the member `state` is missing"),
        (r#"{"trigger": ["scheduled"]}"#, "/trigger", "invalid type: sequence, expected an object"),
        (r#"{"number": 0}"#, "/number", "a job's number is from 1 to 9223372036854775807"),
        (r#"{"number": 7.0}"#, "/number", "invalid type: floating point `7.0`, expected i64"),
        (r#"{"progress": {"total": -1}}"#, "/progress/total", "must not be negative"),
        (
            r#"{"created_at": "yesterday"}"#,
            "/created_at",
            "not a time as RFC 3339 writes it, such as `2026-01-31T23:59:59Z`",
        ),
        (r#"{"state": null}"#, "/state", "must not be null"),
        (r#"{"name": "a", "name": "b"}"#, "/name", "is there twice"),
        (
            r#"{"attributes": {"oracle-ess": {"product": "a", "pro\u0064uct": "b"}}}"#,
            "/attributes/oracle-ess/product",
            "is there twice",
        ),
        (
            r#"{"attributes": {"qlik-odag": {"link": {"id": "a", "id": "b"}}}}"#,
            "/attributes/qlik-odag/link/id",
            "is there twice",
        ),
        (
            r#"{"namespace": "a b"}"#,
            "/namespace",
            "a namespace is 1 to 64 ASCII letters, digits, `-`, `_` or `.`",
        ),
        (r#"{"aliases": {"no/such": "7"}}"#, "/aliases/no~1such", "there is no dialect `no/such`"),
        (r#"{"dialects": ["nonesuch"]}"#, "/dialects/0", "there is no dialect `nonesuch`"),
        (r#"{"attributes": {"nonesuch": {}}}"#, "/attributes/nonesuch", "there is no dialect `nonesuch`"),
        ("[]", "", "invalid type: sequence, expected an object"),
    ];
    for (json, pointer, detail) in cases {
        assert_eq!(refusal(json), (422, pointer.to_owned(), detail.to_owned()), "{json}");
    }
}

#[test]
fn what_is_not_json_is_located_by_line_and_column() {
    let cases = [
        ("", "the body is empty; a JSON object is expected"),
        ("{\"name\": \"x\",}", "line 1 column 14: key must be a string"),
        ("{\n  \"name\": 'x'}", "line 2 column 11: expected value"),
        ("{} {}", "line 1 column 4: trailing characters"),
        (
            "{\"name\": \"a\u{1}\"}",
            "line 1 column 11: control character (\\u0000-\\u001F) found while parsing a string",
        ),
    ];
    for (json, detail) in cases {
        assert_eq!(refusal(json), (400, "none".to_owned(), detail.to_owned()), "{json}");
    }
    let latin = describe(b"{\"name\": \"\xe9\"}").unwrap_err();
    assert_eq!((latin.status().as_u16(), latin.detail()), (400, "byte 11: not UTF-8"));
}

#[test]
fn deep_nesting_is_refused_before_it_is_kept() {
    let nested =
        |depth: usize| format!("{{\"results\": [\"[[\\\"\", {}1{}]}}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(draft(&nested(126)).results, draft(&nested(126)).results);
    let (status, _, detail) = refusal(&nested(127));
    assert_eq!((status, detail.as_str()), (400, "line 1 column 148: nested deeper than 128"));
    assert_eq!(refusal(&nested(100_000)).0, 400);
    assert_eq!(refusal(&"[".repeat(100_000)).0, 400);
}

#[test]
fn aliases_are_ids_of_their_dialect() {
    for dialect in countermand_dialects::ALL {
        let id = (dialect.ids.write)(7);
        let json = format!(r#"{{"aliases": {{"{0}": ["{id}"]}}, "dialects": ["{0}"]}}"#, dialect.name);
        let expected = Alias { dialect: dialect.name.to_owned(), id, number: Some(7) };
        assert_eq!(draft(&json).aliases, Patch::Set(vec![expected]));
        assert_eq!(draft(&json).dialects, Patch::Set(Some(vec![dialect.name.to_owned()])));
        if !(dialect.ids.is_id)("") {
            let (status, pointer, detail) = refusal(&format!(r#"{{"aliases": {{"{}": ""}}}}"#, dialect.name));
            assert_eq!((status, pointer), (422, format!("/aliases/{}", dialect.name)), "{detail}");
        }
        let (_, _, detail) = refusal(&format!(r#"{{"dialects": ["{}x"]}}"#, dialect.name));
        assert!(detail.ends_with(&format!("did you mean `{}`?", dialect.name)), "{detail}");
    }
}
