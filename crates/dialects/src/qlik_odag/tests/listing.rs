//! Queries of lists in, filters or refusals out; jobs in, bare arrays out.

use countermand_model::{
    Children, Command, Field, Filter, Job, Kin, Kind, Outcome, Page, Snapshot, State, Test, Value,
};
use http::{Method, StatusCode};
use serde_json::Value as Json;

use super::{GUID, HEX, HOMES, LINKS, codec, document, job, open, open_in, option, text, with_attributes};
use crate::qlik_odag::{DIALECT, states};
use crate::{Echo, OptionValue};

fn asked(url: &str) -> Result<Command, String> {
    codec().decode_request(&open(Method::GET, url), b"").map_err(|malformed| malformed.to_string())
}

/// The parts of the filter of a list.
fn parts(url: &str) -> Vec<Filter> {
    match asked(url) {
        Ok(Command::List { filter: Filter::And(parts), .. }) => parts,
        other => panic!("{url}: {other:?}"),
    }
}

fn is(member: &str, text: &str) -> Filter {
    let field = Field::Attribute { dialect: DIALECT.name.to_owned(), member: member.to_owned() };
    Filter::Field(field, Test::Equal(Value::Text(text.to_owned())))
}

fn created(test: fn(Value) -> Test, milliseconds: i64) -> Filter {
    Filter::Field(Field::CreatedAt, test(Value::Integer(milliseconds)))
}

/// What a filter on states and acknowledgement says of a job.
fn fits(filter: &Filter, state: State, acknowledged: bool) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| fits(part, state, acknowledged)),
        Filter::Or(parts) => parts.iter().any(|part| fits(part, state, acknowledged)),
        Filter::Field(Field::State, Test::In(names)) => names.contains(&Value::Text(state.name().to_owned())),
        Filter::Field(Field::Acknowledged, Test::Equal(Value::Integer(mark))) => {
            *mark == i64::from(acknowledged)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_is_asked_for_whole_and_one_more() {
    let all = Command::List {
        filter: Filter::ALL,
        sort: vec![],
        page: Page { first: 0, size: 10_001 },
        count: false,
        kin: Kin::None,
    };
    assert_eq!(asked(HOMES[0]), Ok(all));
    for links in LINKS {
        let expected = Command::List {
            filter: Filter::And(vec![Filter::Or(vec![is("link", "l 1"), is("link/id", "l 1")])]),
            sort: vec![],
            page: Page { first: 0, size: 10_001 },
            count: false,
            kin: Kin::None,
        };
        assert_eq!(asked(&format!("{links}/l%201/requests")), Ok(expected));
    }
}

#[test]
fn parameters_become_filters() {
    let home = HOMES[0];
    let link = Filter::Or(vec![is("link", "l1"), is("link/id", "l1")]);
    let app =
        Filter::Or(vec![is("selectionApp", "a"), is("selectionApp/id", "a"), is("selectionAppId", "a")]);
    assert_eq!(parts(&format!("{home}?optLinkId=l1")), std::slice::from_ref(&link));
    assert_eq!(
        parts(&format!("{home}?_=123&optSelectAppId=a&xrfkey=0123456789abcdef")),
        std::slice::from_ref(&app)
    );
    let owner = Filter::Field(Field::Owner, Test::Equal(Value::Text("ana".to_owned())));
    let user = Filter::Or(vec![owner, is("owner/userId", "ana"), is("owner/name", "ana")]);
    assert_eq!(parts(&format!("{home}?user=ana")), [user]);
    let of_link = format!("{}/l1/requests", LINKS[1]);
    assert_eq!(parts(&format!("{of_link}?selectionAppId=a")), [link.clone(), app]);
    assert_eq!(
        parts(&format!("{of_link}?selectionAppSheet=s&clientContextHandle=h")),
        [link.clone(), is("clientContextHandle", "h"), is("sheetname", "s")]
    );
    let pending = Filter::Field(Field::Acknowledged, Test::Equal(Value::Integer(0)));
    assert_eq!(parts(&format!("{of_link}?pending=true")), [link.clone(), pending]);
    assert_eq!(parts(&format!("{of_link}?pending=false")), [link]);
}

#[test]
fn dates_are_iso_8601_and_exist() {
    let home = HOMES[0];
    for (text, milliseconds) in [
        ("2026-01-01", 1_767_225_600_000),
        ("2026-01-01T12:00:00", 1_767_268_800_000),
        ("2026-01-01T12:00:00Z", 1_767_268_800_000),
        ("2026-01-01T12:00:00.25Z", 1_767_268_800_250),
        ("2026-01-01T12:00:00.0001Z", 1_767_268_800_001),
        ("2026-01-01T12:00:00%2B01:00", 1_767_265_200_000),
        ("2024-02-29", 1_709_164_800_000),
        ("1969-12-31T23:59:59.9999Z", 0),
        ("9999-12-31", 253_402_214_400_000),
        ("9999-12-31T23:59:59Z", 253_402_300_799_000),
    ] {
        assert_eq!(
            parts(&format!("{home}?createdOnOrAfter={text}")),
            [created(Test::AtLeast, milliseconds)],
            "{text}"
        );
        assert_eq!(parts(&format!("{home}?createdBefore={text}")), [created(Test::Less, milliseconds)]);
    }
    for text in [
        "2026-02-30",
        "2026-13-01",
        "2025-02-29",
        "2026-01-01T24:00:00Z",
        "2026-01-01T12:60:00Z",
        "2026-01-01T12:00:00+01:00",
        "yesterday",
        "1767225600000",
        "01/02/2026",
        "-9999999-01-01",
        "2026-01-01T12:00:00Z%00",
        "2026-01-01T12:00:00ZZ",
        "2026-01-01Z",
        "2026-01-01T12:00:60",
        "2016-12-31T23:59:60Z",
        "20161231T235960Z",
        "2016-12-31%2023:59:60%2B01:00",
        "2026-01-01T12:00:00[Europe/Paris]",
        "2026-01-01T12:00:00%2B01:00[Europe/Paris]",
    ] {
        for name in ["createdOnOrAfter", "createdBefore"] {
            let refused = asked(&format!("{home}?{name}={text}")).unwrap_err();
            assert!(refused.starts_with(&format!("{name}: expected an ISO 8601 date")), "{text}: {refused}");
        }
    }
}

#[test]
fn a_flag_means_the_jobs_that_show_its_words() {
    for (flag, words) in states::FLAGS {
        let filter = &parts(&format!("{}?state={flag}", HOMES[0]))[0];
        for state in State::ALL {
            for acknowledged in [false, true] {
                let shown = states::word(state, acknowledged);
                let expected = words.contains(&shown);
                assert_eq!(fits(filter, state, acknowledged), expected, "{flag}: {state}, shown as {shown}");
            }
        }
    }
    let flags = ["q", "v", "i", "c", "h", "l", "f", "s", "d"];
    assert_eq!(states::FLAGS.iter().map(|(flag, _)| flag.to_string()).collect::<Vec<_>>(), flags);
    let done = &parts(&format!("{}?state=sf", HOMES[0]))[0];
    assert_eq!(*done, parts(&format!("{}?state=d", HOMES[0]))[0]);
    assert_eq!(*done, parts(&format!("{}?state=sfsd", HOMES[0]))[0]);
    for flags in ["x", "Q", "q,l", "queued", "q%20l", "qü"] {
        let refused = asked(&format!("{}?state={flags}", HOMES[0])).unwrap_err();
        assert!(refused.starts_with("state: ") && refused.contains("is no flag"), "{flags}: {refused}");
    }
}

#[test]
fn what_would_make_a_wrong_list_is_refused_by_name() {
    let home = HOMES[0];
    let of_link = format!("{}/l1/requests", LINKS[0]);
    for (url, place) in [
        (format!("{home}?optLinkId=a&optSelectAppId=b"), "optSelectAppId: only one ID parameter"),
        (format!("{home}?optLinkId="), "optLinkId: has no value"),
        (format!("{home}?state="), "state: has no value"),
        (format!("{home}?state=q&state=l"), "state: is given twice"),
        (format!("{home}?OptLinkID=a"), "OptLinkID: is not known; did you mean optLinkId?"),
        (format!("{home}?State=q"), "State: is not known; did you mean state?"),
        (format!("{home}?OptEngineGroupId=a"), "OptEngineGroupId: engine groups"),
        (format!("{home}?optEngineGroupNamePattern=a"), "optEngineGroupNamePattern: engine groups"),
        (format!("{home}?pending=true"), "pending: is no parameter of this list"),
        (format!("{of_link}?state=q"), "state: is no parameter of this list"),
        (format!("{of_link}?pending=yes"), "pending: expected true or false"),
        (format!("{of_link}?pending"), "pending: has no value"),
        (format!("{of_link}?selectionAppID=a"), "selectionAppID: is not known; did you mean selectionAppId?"),
    ] {
        let refused = asked(&url).unwrap_err();
        assert!(refused.starts_with(place), "{url}: {refused}");
    }
    assert!(asked(&format!("{home}?requestId=1&_=2&type=x&includeCharts=true")).is_ok());
}

fn listed(jobs: Vec<Job>) -> Result<Outcome, countermand_model::Fault> {
    Ok(Outcome::Listed { at: 0, jobs: jobs.into_iter().map(Snapshot::of).collect(), total: None })
}

fn get(codec: &dyn crate::Codec, url: &str) -> Echo {
    open_in(codec, &Method::GET, url, &http::HeaderMap::new())
}

#[test]
fn a_list_is_a_bare_array_of_first_ids() {
    let windows = open(Method::GET, HOMES[0]);
    assert_eq!(text(&codec().encode_response(&windows, &listed(vec![]))), "[]");
    let other = Job { aliases: vec![], ..Job::new(202, 0) };
    let mut first = job(State::Running);
    first.aliases.reverse();
    for (links, kind) in LINKS.into_iter().zip(["object", "string", "string"]) {
        // The id of a link has a form as well, and says nothing about the requests'.
        for link in [HEX, GUID] {
            let echo = open(Method::GET, &format!("{links}/{link}/requests?pending=true"));
            let response = codec().encode_response(&echo, &listed(vec![first.clone(), other.clone()]));
            let array = document(&response);
            assert_eq!(array.as_array().map(Vec::len), Some(2));
            assert_eq!(array[0]["id"], GUID);
            assert_eq!(array[1]["id"], "0000000000000000000000ca");
            assert_eq!(array[0]["link"].is_object(), kind == "object");
        }
    }
}

#[test]
fn a_list_over_the_limit_is_refused_and_never_cut() {
    let codec = DIALECT.build(&[("list_limit".to_owned(), OptionValue::Integer(2))]).unwrap();
    let echo = get(&*codec, HOMES[0]);
    match codec.decode_request(&echo, b"") {
        Ok(Command::List { page, .. }) => assert_eq!(page, Page { first: 0, size: 3 }),
        other => panic!("{other:?}"),
    }
    let of =
        |count: i64| codec.encode_response(&echo, &listed((1..=count).map(|n| Job::new(n, 0)).collect()));
    assert_eq!(document(&of(2)).as_array().map(Vec::len), Some(2));
    let refused = of(3);
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let detail = document(&refused)["errors"][0]["detail"].clone();
    assert_eq!(detail, "The list has more than 2 requests; ask for fewer of them.");
}

#[test]
fn a_link_that_no_request_names_is_what_the_option_says() {
    let strict = DIALECT.build(&[option("unknown_link", "not_found")]).unwrap();
    let status = |codec: &dyn crate::Codec, url: &str| {
        codec.encode_response(&get(codec, url), &listed(vec![])).status().as_u16()
    };
    let link = format!("{}/l1/requests", LINKS[2]);
    assert_eq!(status(&*codec(), &link), 200);
    assert_eq!(status(&*strict, &link), 404);
    assert_eq!(status(&*strict, &format!("{link}?xrfkey=1")), 404);
    // That a filter leaves nothing says nothing about the link.
    assert_eq!(status(&*strict, &format!("{link}?pending=true")), 200);
    assert_eq!(status(&*strict, HOMES[0]), 200);
    let response = strict.encode_response(&get(&*strict, &link), &listed(vec![]));
    assert_eq!(document(&response)["errors"][0]["title"], "Invalid link ID.");
}

#[test]
fn a_list_shows_sub_requests_where_it_has_all_of_them() {
    let parent =
        Job { kind: Kind::Parent, children: Children { total: 2, unfinished: 2 }, ..Job::new(210, 0) };
    let child = |number| Job { kind: Kind::Child, parent: Some(210), ..Job::new(number, 0) };
    let shown = |jobs: Vec<Job>| {
        let response = codec().encode_response(&open(Method::GET, HOMES[0]), &listed(jobs));
        document(&response)[0].get("subRequests").cloned()
    };
    let both = serde_json::json!(["0000000000000000000000d3", "0000000000000000000000d4"]);
    assert_eq!(shown(vec![parent.clone(), child(211), Job::new(5, 0), child(212)]), Some(both));
    assert_eq!(shown(vec![parent.clone(), child(211)]), None, "a part would be taken for the whole");
    let told = with_attributes(parent.clone(), r#"{"subRequests":["a","b"]}"#);
    assert_eq!(shown(vec![told, child(211)]), Some(serde_json::json!(["a", "b"])));
    let childless = Job { children: Children::default(), ..parent };
    assert_eq!(shown(vec![childless]), Some(serde_json::json!([])));
}

/// What a filter on attributes says of a job.
fn finds(filter: &Filter, attributes: &Json) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| finds(part, attributes)),
        Filter::Or(parts) => parts.iter().any(|part| finds(part, attributes)),
        Filter::Field(Field::Attribute { member, .. }, Test::Equal(Value::Text(text))) => {
            let found = match member.split_once('/') {
                Some((outer, inner)) => attributes[outer].as_object().and_then(|object| object.get(inner)),
                None => attributes.get(member),
            };
            found.and_then(Json::as_str) == Some(text)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_link_is_found_by_the_id_that_is_shown() {
    let forms = [
        serde_json::json!("l1"),
        serde_json::json!({"id": "l1"}),
        serde_json::json!({"id": "l2", "name": "l1"}),
        serde_json::json!({"id": {"id": "l1"}}),
        serde_json::json!({"id": 1}),
        serde_json::json!(["l1"]),
        serde_json::json!(1),
        Json::Null,
    ];
    for form in forms {
        let attributes = serde_json::json!({"link": form});
        let told = with_attributes(job(State::Queued), &attributes.to_string());
        for (links, member) in LINKS.into_iter().zip(["/0/link/id", "/0/link", "/0/link"]) {
            let url = format!("{links}/l1/requests");
            let list =
                document(&codec().encode_response(&open(Method::GET, &url), &listed(vec![told.clone()])));
            let is_shown = list.pointer(member).and_then(Json::as_str) == Some("l1");
            assert_eq!(parts(&url).iter().all(|part| finds(part, &attributes)), is_shown, "{attributes}");
        }
    }
}
