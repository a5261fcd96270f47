//! Readings of the client half: what a server's answers to them are taken for.

use countermand_model::{Command, Field, Filter, Kin, Kind, Page, Reach, Sort};

use super::client::{REFUSAL, cancel, object, of_profile, status};
use super::*;
use crate::conversation::play::{Line, against_list};

#[test]
fn sub_requests_that_are_named_are_read_where_they_are_asked_for() {
    let path = "/api/odag/v1/requests";
    let family = format!(
        r#"{},"subRequests":["{HEX}","gone","5f0000000000000000000202"]}}"#,
        object("multiple", "loading").trim_end_matches('}')
    );
    let sub = |id: &str, state: &str| object("singlesub", state).replace(GUID, id);
    let (head, first) = (format!("GET {path}/{GUID}"), format!("GET {path}/{HEX}"));
    let (gone, last) = (format!("GET {path}/gone"), format!("GET {path}/5f0000000000000000000202"));
    let (queued, loading) = (sub(HEX, "queued"), sub("5f0000000000000000000202", "loading"));
    let script: [Line<'_>; 4] = [
        (&head, Ok((200, &family))),
        (&first, Ok((200, &queued))),
        (&gone, Ok((404, REFUSAL))),
        (&last, Ok((200, &loading))),
    ];
    let read = |kin, script: &[Line<'_>]| {
        let end = against_list(of_profile("windows").converse(&status(GUID, kin), 0).unwrap(), script);
        let Ok(Outcome::Read { snapshot: Some(snapshot), .. }) = end else { panic!("{end:?}") };
        let states: Vec<State> = snapshot.kin.iter().map(|child| child.state).collect();
        (snapshot.job.children.total, states)
    };
    assert_eq!(read(Kin::None, &script[..1]), (3, vec![]));
    assert_eq!(read(Kin::All, &script), (3, vec![State::Queued, State::Running]));
    assert_eq!(read(Kin::Latest, &script), (3, vec![State::Running]));
}

#[test]
fn a_list_is_put_in_order_and_cut_here() {
    let item = |number: i64, created: &str| {
        let id = format!("{number:024x}");
        object("single", "queued").replace(GUID, &id).replacen("2026-01-01T12:00:00Z", created, 1)
    };
    let body = format!(
        "[{},{},{}]",
        item(3, "2026-01-01T12:00:00.0009Z"),
        item(1, "2026-01-03T12:00:00+01:00"),
        item(2, "2026-01-02T12:00:00")
    );
    let wanted = |sort: Vec<Sort>, first, size| Command::List {
        filter: Filter::ALL,
        sort,
        page: Page { first, size },
        count: true,
        kin: Kin::None,
    };
    let listed = |command| {
        let conversation = of_profile("windows").converse(&command, 0).unwrap();
        let end = against_list(conversation, &[("GET /api/odag/v1/requests", Ok((200, &body)))]);
        let Ok(Outcome::Listed { jobs, total, .. }) = end else { panic!("{end:?}") };
        let jobs: Vec<_> =
            jobs.iter().map(|snapshot| (snapshot.job.number, snapshot.job.created_at)).collect();
        (jobs, total)
    };
    let (first, second, third) = ((3, 1_767_268_800_000), (2, 1_767_355_200_000), (1, 1_767_438_000_000));
    assert_eq!(listed(wanted(Vec::new(), 0, 10)), (vec![third, second, first], Some(3)));
    let newest = vec![Sort { field: Field::CreatedAt, descending: true }];
    assert_eq!(listed(wanted(newest, 1, 1)), (vec![second], Some(3)));
}

#[test]
fn an_answer_that_is_not_the_services_is_told_with_its_place() {
    let codec = of_profile("windows");
    let echo = put("cancel", "");
    let command = cancel(HEX, Reach::Unstarted);
    let place = |body: String| {
        let response = Response::new(Bytes::from(body));
        codec.decode_response(&echo, &command, 0, &response).unwrap_err().to_string()
    };
    for (body, expected) in [
        (object("single", "halted"), r#"/state: "halted" is no word of this service"#),
        (object("double", "queued"), r#"/kind: "double" is no word of this service"#),
        (
            object("single", "queued").replacen("2026-01-01T12:00:00Z", "soon", 1),
            "/createdDate: is no ISO 8601 date and time",
        ),
        (object("single", "queued").replace(r#""kind""#, r#""kin""#), "/kind: is missing"),
        (object("single", "queued").replace(r#""single""#, "1"), "/kind: is not a string"),
    ] {
        assert!(place(body.clone()).starts_with(expected), "{}", place(body));
    }
}

#[test]
fn what_a_server_says_otherwise_is_kept() {
    let more = r#","generatedApp":"a1","generatedAppName":"Sales","loadState":{"startedAt":"2026-01-01T12:00:00Z","status":"warnings"},"weight":24.00}"#;
    let body = object("single", "succeeded").trim_end_matches('}').to_owned() + more;
    let echo = open(Method::GET, &format!("{}/{GUID}", HOMES[0]));
    let command = status(GUID, Kin::All);
    let response = Response::new(Bytes::from(body));
    let answer = codec().decode_response(&echo, &command, 0, &response).unwrap();
    let Ok(Outcome::Read { snapshot: Some(snapshot), .. }) = &answer else { panic!("{answer:?}") };
    assert_eq!((snapshot.job.number, snapshot.job.state), (0, State::Warning));
    assert_eq!(snapshot.job.kind, Kind::Single);
    assert_eq!(snapshot.job.alias(DIALECT.name), Some(GUID));
    // When the end of a load is not told, it is not made up.
    assert_eq!(snapshot.job.finished_at, None);
    let written = codec().encode_response(&echo, &answer);
    assert!(text(&written).contains(r#""weight":24.00"#), "{}", text(&written));
    assert_eq!(document(&written)["generatedApp"], serde_json::json!({ "id": "a1", "name": "Sales" }));
}
