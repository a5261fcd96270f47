//! Lists: which command a query is read as, what is refused, and the documents that answer.

use countermand_model::{
    Command, Field, Filter, Kin, Outcome, Page, Snapshot, Sort, State, Test, Value as Sought,
};
use http::Method;
use serde_json::{Value, json};

use super::{Asked, BASE, NOON, job};
use crate::OptionValue;
use crate::oracle_ess::routes;

fn get(path: &str) -> Asked {
    Asked::with(&[], Method::GET, path, None)
}

/// Where and how a query is refused.
fn refused(path: &str) -> String {
    get(path).decode().expect_err(path).to_string()
}

fn page(path: &str) -> Page {
    match get(path).decode() {
        Ok(Command::List { page, .. }) => page,
        other => panic!("{path}: {other:?}"),
    }
}

fn sort(path: &str) -> Vec<Sort> {
    match get(path).decode() {
        Ok(Command::List { sort, .. }) => sort,
        other => panic!("{path}: {other:?}"),
    }
}

fn listed(asked: &Asked) -> Value {
    let jobs = vec![Snapshot::of(job(State::Queued))];
    asked.answer(Ok(Outcome::Listed { at: NOON, jobs, total: None })).1
}

#[test]
fn a_list_asks_for_a_page_and_nothing_besides() {
    let first = Page { first: 0, size: 200 };
    let all = |filter| Command::List { filter, sort: Vec::new(), page: first, count: false, kin: Kin::None };
    for path in [
        "/requests",
        "/requests/",
        "/requests?q=",
        "/requests?q=+&id=&fields=&orderBy=",
        "/requests/search/1",
    ] {
        assert_eq!(get(path).decode(), Ok(all(Filter::ALL)), "{path}");
    }
    let application = Field::Attribute { dialect: "oracle-ess".to_owned(), member: "application".to_owned() };
    let of_application = Filter::Field(application, Test::Equal(Sought::Text("Crm Ess/2".to_owned())));
    let expected = all(Filter::And(vec![of_application, Filter::ALL]));
    assert_eq!(get("/query/Crm%20Ess%2F2/requests").decode(), Ok(expected));
}

#[test]
fn pages_are_counted_from_one_and_are_an_int32() {
    assert_eq!(page("/requests/search/3"), Page { first: 400, size: 200 });
    assert_eq!(page("/query/a/requests?pageIndex=2"), Page { first: 200, size: 200 });
    assert_eq!(page("/requests?pageIndex=2"), Page { first: 200, size: 200 });
    assert_eq!(page("/requests/search/2147483647"), Page { first: 429_496_729_200, size: 200 });
    for index in ["0", "-1", "+1", "1.0", "x", "2147483648", "99999999999999999999", "%31x"] {
        let expected = "pageIndex: a page from 1 to 2147483647 (int32) was expected, not ";
        assert!(refused(&format!("/requests/search/{index}")).starts_with(expected), "{index}");
        if index != "+1" {
            assert!(
                refused(&format!("/query/a/requests?pageIndex={index}")).starts_with(expected),
                "{index}"
            );
        }
    }
}

#[test]
fn named_requests_are_looked_up_together() {
    let Ok(Command::List { filter, page, .. }) = get("/requests?id=7,%208,-1,7&q=state+pr").decode() else {
        panic!("a list")
    };
    let ids = [7, 8, -1, 7].map(Sought::Integer).to_vec();
    assert_eq!(filter, Filter::And(vec![Filter::Field(Field::Id, Test::In(ids)), Filter::ALL]));
    assert_eq!(page, Page { first: 0, size: 200 });
    let many = |count: usize| format!("/requests?id={}", vec!["7"; count].join(","));
    assert!(get(&many(200)).decode().is_ok());
    assert_eq!(refused(&many(201)), "id: there are 201 ids, and one call takes 200");
    for id in ["x", "7,x", "7.0", "9223372036854775808", "-", "--7"] {
        assert!(refused(&format!("/requests?id={id}")).starts_with("id: a whole number of 64 bits"), "{id}");
    }
}

#[test]
fn a_parameter_stands_once_and_as_it_is_written() {
    for (query, name) in [
        ("/requests?id=7&id=8", "id"),
        ("/requests?q=requestId+eq+7&q=requestId+eq+8", "q"),
        ("/requests/search/1?fields=state&fields=requestId", "fields"),
        ("/query/a/requests?pageIndex=1&pageIndex=2", "pageIndex"),
        ("/requests?orderBy=requestId&orderBy=priority", "orderBy"),
        ("/requests?excludeFields=state&excludeFields=", "excludeFields"),
        ("/requests?q=requestId+eq+7&Q=requestId+eq+8", "q"),
    ] {
        assert_eq!(refused(query), format!("{name}: it is given more than once"), "{query}");
    }
    assert_eq!(refused("/requests?Q=requestId+eq+7"), "Q: there is no such parameter; did you mean q?");
    assert_eq!(
        refused("/requests?orderby=requestId"),
        "orderby: there is no such parameter; did you mean orderBy?"
    );
    for path in ["/requests/search/1?id=7&id=8&pageIndex=1&PageIndex=2", "/query/a/requests?id=7&Id=8"] {
        assert!(get(path).decode().is_ok(), "{path}: what is no parameter of a list is not looked at");
    }
}

#[test]
fn the_first_field_of_an_order_counts() {
    let by = |field, descending| vec![Sort { field, descending }];
    assert_eq!(sort("/requests?orderBy=requestId"), by(Field::Id, false));
    assert_eq!(sort("/requests?orderBy=submissionTime:desc,nonsense:up"), by(Field::CreatedAt, true));
    assert_eq!(sort("/requests?orderBy=%20submissiontime%20:%20ASC%20"), by(Field::CreatedAt, false));
    let given =
        |member: &str| Field::Attribute { dialect: "oracle-ess".to_owned(), member: member.to_owned() };
    let descending = |field| Sort { field, descending: true };
    let started = [Field::StartedAt, given("processStartTime")].map(descending);
    assert_eq!(sort("/requests?orderBy=processStartTime:desc"), started);
    assert_eq!(
        refused("/requests?orderBy=requestID2"),
        "orderBy: \"requestID2\" is not a field that lists are ordered by; did you mean requestId?"
    );
    assert_eq!(refused("/requests?orderBy=requestId:up"), "orderBy: \"up\" is neither asc nor desc");
    for name in
        ["state", "requestType", "elapsedTime", "absParentRequestId", "parentRequestId", "processPhase"]
    {
        let expected = format!("orderBy: {name} is not a field that lists are ordered by here");
        assert_eq!(refused(&format!("/requests?orderBy={name}")), expected);
    }
}

#[test]
fn a_field_that_no_request_has_is_named() {
    for path in ["/requests", "/requests/search/1", "/query/a/requests", "/requests/7"] {
        let expected = "fields: unrecognized field \"stat\"; did you mean state?";
        assert_eq!(refused(&format!("{path}?fields=requestId,stat")), expected);
        assert_eq!(
            refused(&format!("{path}?fields=@fulll")),
            "fields: unrecognized field \"@fulll\"; did you mean @full?"
        );
        assert_eq!(
            refused(&format!("{path}?excludeFields=@full")),
            "excludeFields: unrecognized field \"@full\""
        );
        assert_eq!(
            refused(&format!("{path}?fields=State")),
            "fields: unrecognized field \"State\"; did you mean state?"
        );
        for fields in [
            "",
            ",",
            "@full",
            "@basic",
            "@full,state",
            "%22requestId%22",
            "%22state,requestId%22",
            "className",
        ] {
            assert!(get(&format!("{path}?fields={fields}")).decode().is_ok(), "{path} {fields}");
        }
    }
}

#[test]
fn a_page_says_its_number_and_how_many_stand_on_it() {
    let own = |path: &str| json!([{"href": format!("https://ess.test{BASE}{path}"), "rel": "SELF"}]);
    let answer = listed(&get("/requests/search/3/?fields=state&q=state+pr"));
    let expected =
        json!({"count": 1, "items": [{"state": "WAIT"}], "links": own("/requests/search/3"), "pageIndex": 3});
    assert_eq!(answer, expected);
    let answer = listed(&get("/requests?id=7&fields=requestId"));
    assert_eq!(answer, json!({"batch": [{"requestId": 7}], "links": own("/requests")}));
    let answer = listed(&Asked::with(
        &[("multi_select", "items")],
        Method::GET,
        "/requests?id=7&fields=requestId",
        None,
    ));
    assert_eq!(answer, json!({"count": 1, "items": [{"requestId": 7}], "links": own("/requests")}));
    let answer = listed(&get("/query/a/requests?id=8&fields=requestId&pageIndex=2"));
    let expected =
        json!({"count": 1, "items": [{"requestId": 7}], "links": own("/query/a/requests"), "pageIndex": 2});
    assert_eq!(answer, expected, "only one operation is documented to take ids");
    let answer = listed(&get("/requests/search/1?fields=requestId&id=x&pageIndex=x"));
    assert_eq!(answer["pageIndex"], 1, "and what it does not take, it does not look at");
    let answer = listed(&get("/requests?id=7&fields=requestId&pageIndex=x"));
    assert_eq!(answer, json!({"batch": [{"requestId": 7}], "links": own("/requests")}));
}

#[test]
fn a_page_has_the_size_of_the_mount() {
    let options = [("page_size".to_owned(), OptionValue::Integer(2))];
    let codec = crate::oracle_ess::DIALECT.build(&options).unwrap();
    let asked = Asked { codec, ..get("/requests/search/2") };
    assert!(matches!(asked.decode(), Ok(Command::List { page: Page { first: 2, size: 2 }, .. })));
    for size in [0, 1001] {
        let options = [("page_size".to_owned(), OptionValue::Integer(size))];
        assert!(crate::oracle_ess::DIALECT.build(&options).is_err());
    }
}

#[test]
fn what_is_no_list_is_a_defect() {
    for path in ["/requests", "/requests/search/1", "/query/a/requests", ""] {
        assert_eq!(get(path).answer(Ok(Outcome::Confirmed)).0.status(), 500, "{path}");
    }
}

#[test]
fn the_root_lists_what_is_served_and_nothing_that_is_refused() {
    let asked = get("");
    let Ok(Command::List { filter, page, .. }) = asked.decode() else { panic!("a list") };
    assert_eq!((filter, page.size), (Filter::Or(Vec::new()), 0), "nothing is looked up");
    let (_, answer) = asked.answer(Ok(Outcome::Listed { at: NOON, jobs: Vec::new(), total: None }));
    let links = answer["links"].as_array().unwrap();
    let rels: Vec<_> = links.iter().map(|link| link["rel"].as_str().unwrap()).collect();
    for (rel, is_there) in
        [("CANCEL", true), ("SEARCH", true), ("RESOURCES", true), ("SUBMIT", false), ("UPDATE", false)]
    {
        assert_eq!(rels.contains(&rel), is_there, "{rel}");
    }
    let search = links.iter().find(|link| link["rel"] == "SEARCH").unwrap();
    let expected = json!({
        "href": format!("https://ess.test{BASE}/requests/search/{{pageIndex}}"),
        "mediaType": "application/json;charset=utf-8", "method": "GET", "rel": "SEARCH", "templated": true,
    });
    assert_eq!(*search, expected);
}

#[test]
fn submitting_is_refused_whatever_is_sent() {
    for (method, path) in [
        (Method::POST, "/requests"),
        (Method::POST, "/requests/"),
        (Method::POST, "/requests/submitArgs"),
        (Method::PATCH, "/requests/7"),
        (Method::POST, "/requests/7/subscribe"),
        (Method::DELETE, "/requests/7/subscribe"),
        (Method::GET, "/server/quiesceState"),
    ] {
        let asked = Asked::with(&[], method, path, None);
        let refusal = asked.echo.refusal.clone().expect("a refusal");
        let (response, body) = asked.answer(Err(refusal));
        assert_eq!((response.status().as_u16(), &body["errorCode"]), (501, &json!("ESS-00501")), "{path}");
        assert!(body["detail"].as_str().is_some_and(|detail| detail.contains("here")), "{body}");
        let route = &routes::ROUTES[asked.echo.route];
        assert!((route.decode)(&crate::oracle_ess::OracleEss::new(&switches()), &asked.echo, b"").is_err());
    }
}

fn switches() -> crate::Switches {
    crate::Switches::check(crate::oracle_ess::settings::SWITCHES, &[]).unwrap()
}
