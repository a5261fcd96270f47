//! Lists, run histories and catalogues as bytes, and what their queries may not say.

use countermand_model::{
    Command, Field, Filter, Job, Kin, Kind, Outcome, Page, Snapshot, Sort, State, Trigger, TriggerState,
};

use super::{PRIME, answer, open};
use crate::{Codec, Echo};

const AT: i64 = 1_767_268_800_000;

fn job() -> Snapshot {
    let trigger = Some(Trigger { state: TriggerState::Scheduled, next_run_at: Some(AT), rule: None });
    let name = Some("Backup".to_owned());
    let parent = Job { kind: Kind::Parent, trigger, name, ..Job::new(7, AT) };
    Snapshot { kin: vec![run(15)], ..Snapshot::of(parent) }
}

fn run(number: i64) -> Job {
    let started_at = Some(AT + 7);
    Job { kind: Kind::Child, parent: Some(7), state: State::Running, started_at, ..Job::new(number, AT) }
}

fn keeping(run: Job, results: &str) -> Job {
    Job { attributes: vec![("cisco-prime".to_owned(), format!("{{\"results\":{results}}}"))], ..run }
}

fn summaries(version: u8, rest: &str) -> Echo {
    open("GET", &format!("/webacs/api/v{version}/data/JobSummary{rest}"), &[])
}

fn history(version: u8, suffix: &str) -> Echo {
    open("GET", &format!("/webacs/api/v{version}/op/jobService/runhistory{suffix}"), &[])
}

fn listed(jobs: Vec<Snapshot>, total: Option<u64>) -> Outcome {
    Outcome::Listed { at: AT, jobs, total }
}

fn body(echo: &Echo, outcome: Outcome) -> String {
    let (status, _, body) = answer(echo, Ok(outcome));
    assert_eq!(status, 200, "{body}");
    body
}

/// Pitfall cisco-prime 1.
/// Pitfall cisco-prime 2.
#[test]
fn a_list_has_the_members_and_their_order_of_its_version() {
    let v1 = body(&summaries(1, ".json"), listed(vec![job()], Some(1)));
    let expected = [
        r#"{"queryResponse":{"@responseType":"listEntityIds","@count":"1","@last":"0","@first":"0","@type":"JobSummary","#,
        r#""@rootUrl":"https:\/\/localhost\/webacs\/api\/v1\/data","#,
        r#""@requestUrl":"https:\/\/localhost\/webacs\/api\/v1\/data\/JobSummary","entityId":[{"#,
        r#""@displayName":"Backup,SCHEDULED","@type":"JobSummary","#,
        r#""@url":"https:\/\/localhost\/webacs\/api\/v1\/data\/JobSummary\/7","$":"7"}]}}"#,
    ];
    assert_eq!(v1, expected.concat());

    let v4 = body(&summaries(4, ".json?.full=true"), listed(vec![job()], Some(14)));
    let expected = [
        r#"{"queryResponse":{"@last":0,"@first":0,"@count":14,"@type":"JobSummary","@domain":"ROOT-DOMAIN","#,
        r#""@requestUrl":"https://localhost/webacs/api/v4/data/JobSummary?.full=true","#,
        r#""@responseType":"listEntityInstances","@rootUrl":"https://localhost/webacs/api/v4/data","entity":[{"#,
        r#""@dtoType":"jobSummaryDTO","@type":"JobSummary","@url":"https://localhost/webacs/api/v4/data/JobSummary/7","#,
        r#""jobSummaryDTO":{"@displayName":"Backup,SCHEDULED","@id":7,"jobName":"Backup","jobStatus":"SCHEDULED","#,
        r#""lastStartTime":"2026-01-01T12:00:00.007Z","nextRunTime":"2026-01-01T12:00:00.000Z","runId":15,"#,
        r#""runStatus":"RUNNING"}}]}}"#,
    ];
    assert_eq!(v4, expected.concat());

    for version in 2..=3 {
        let text = body(&summaries(version, ".json"), listed(Vec::new(), Some(0)));
        let expected = [
            r#"{"queryResponse":{"@last":-1,"@first":0,"@count":0,"@type":"JobSummary","#,
            r#""@requestUrl":"https://localhost/webacs/api/vN/data/JobSummary","@responseType":"listEntityIds","#,
            r#""@rootUrl":"https://localhost/webacs/api/vN/data","entityId":[]}}"#,
        ];
        assert_eq!(text, expected.concat().replace("vN", &format!("v{version}")));
    }
    let empty = body(&summaries(1, ".json"), listed(Vec::new(), Some(0)));
    assert!(!empty.contains("entityId\""), "{empty}");
}

#[test]
fn a_list_in_xml_has_the_attributes_of_the_transcript() {
    let text = body(&summaries(1, "?.firstResult=3"), listed(vec![job()], Some(14)));
    let expected = [
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><queryResponse last="3" first="3" count="14" "#,
        r#"type="JobSummary" responseType="listEntityIds" "#,
        r#"requestUrl="https://localhost/webacs/api/v1/data/JobSummary?.firstResult=3" "#,
        r#"rootUrl="https://localhost/webacs/api/v1/data"><entityId displayName="Backup,SCHEDULED" type="JobSummary" "#,
        r#"url="https://localhost/webacs/api/v1/data/JobSummary/7">7</entityId></queryResponse>"#,
    ];
    assert_eq!(text, expected.concat());
    let text = body(&summaries(4, "?.nocount=true"), listed(Vec::new(), None));
    assert!(
        text.contains(r#"last="-1" first="0" type="#) && text.contains(r#"domain="ROOT-DOMAIN""#),
        "{text}"
    );
}

/// Pitfall cisco-prime 10.
#[test]
fn only_a_page_by_the_header_is_told_in_a_header() {
    let echo = |rest: &str| {
        open("GET", &format!("/webacs/api/v1/data/JobSummary{rest}"), &[("range", "instances=3-9")])
    };
    let cases = [
        ("", vec![job()], Some(14), Some("instances 3-3/14")),
        ("?.nocount=true", vec![job(), job()], None, Some("instances 3-4/*")),
        ("", Vec::new(), Some(2), Some("instances */2")),
        ("?.firstResult=3", vec![job()], Some(14), None),
    ];
    for (rest, jobs, total, expected) in cases {
        let response = PRIME.encode_response(&echo(rest), &Ok(listed(jobs, total)));
        let told = response.headers().get("content-range").map(|value| value.to_str().unwrap());
        assert_eq!((response.status().as_u16(), told), (200, expected), "{rest}");
    }
}

#[test]
fn a_query_becomes_a_list_of_jobs_and_no_runs() {
    let decode = |query: &str| {
        PRIME.decode_request(&summaries(1, &format!(".json?{query}")), b"").map_err(|wrong| wrong.to_string())
    };
    match decode(".full=true&.sort=-lastStartTime,+jobName&.firstResult=20&.maxResults=10&.nocount=true") {
        Ok(Command::List { filter: Filter::And(all), sort, page, count: false, kin: Kin::Latest }) => {
            assert_eq!(all.len(), 2, "no runs, and no jobs of the system");
            let last_start = Field::Latest(Box::new(Field::StartedAt));
            let expected = [(last_start, true), (Field::Name, false)];
            assert_eq!(sort, expected.map(|(field, descending)| Sort { field, descending }));
            assert_eq!(page, Page { first: 20, size: 10 });
        }
        other => panic!("{other:?}"),
    }
    match decode("username=SYSTEM") {
        Ok(Command::List { filter: Filter::And(all), kin: Kin::None, count: true, page, .. }) => {
            assert_eq!((all.len(), page.size), (2, 100), "who names a user sees the system's jobs");
        }
        other => panic!("{other:?}"),
    }
    match decode(".or_filter=true") {
        Ok(Command::List { filter: Filter::And(all), .. }) => {
            assert!(!all.contains(&Filter::Or(Vec::new())), "any of no conditions is every job");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_list_cannot_do_is_refused_with_its_place() {
    let cases = [
        ("jobNam=x", "jobNam: there is no attribute \"jobNam\"; did you mean jobName?"),
        ("duration=7", "duration: jobs cannot be found by duration here"),
        (".sort=duration", ".sort: jobs cannot be sorted by duration here"),
        (".sort=runStatus", ".sort: jobs cannot be sorted by runStatus here"),
        (".sort=nobody", ".sort: there is no attribute \"nobody\""),
        (
            "jobStatus=completed",
            "jobStatus: there is no value \"completed\"; expected one of SCHEDULED, COMPLETED",
        ),
        ("runStatus=PENDINGEXECUTION", "runStatus: there is no value"),
        ("resultStatus=PENDING_EXECUTION", "resultStatus: there is no value"),
        ("runStatus=startsWith(Z)", "runStatus: no value fits startsWith"),
        ("runStatus=between(A,B)", "runStatus: values have no order"),
        ("runId=x", "runId: \"x\" is not a whole number"),
        ("runId=startsWith(1)", "runId: startsWith is for texts"),
        (
            "lastStartTime=between(\"2013-04-31T00:00:00\",\"2013-05-01T00:00:00\")",
            "is not a time that exists",
        ),
        ("lastStartTime=contains(2013)", "lastStartTime: contains is for texts"),
        ("completionTime=2013-04-26", "completionTime: \"2013-04-26\" is not a time"),
        ("jobName=\"x", "jobName: a quote is not closed"),
        ("jobName=like(x)", "jobName: like is no operator"),
        (".maxResults=0", ".maxResults: \"0\" is no number from 1"),
    ];
    for (query, problem) in cases {
        let wrong = PRIME.decode_request(&summaries(1, &format!("?{query}")), b"").unwrap_err().to_string();
        assert!(wrong.contains(problem), "{query}: {wrong}");
    }
    for (query, problem) in [
        ("jobStatus=COMPLETED", "jobStatus: there is no attribute \"jobStatus\""),
        (".full=true", ".full: there is no attribute"),
        ("jobId=x", "jobId: \"x\" is not a whole number"),
        ("startTime=2013-02-30T00:00:00", "startTime: "),
    ] {
        let wrong = PRIME.decode_request(&history(1, &format!("?{query}")), b"").unwrap_err().to_string();
        assert!(wrong.contains(problem), "{query}: {wrong}");
    }
}

#[test]
fn run_histories_have_the_nesting_of_their_version() {
    let results = r#"[{"property":112401323,"value":"a/b"},{"value":null}],"other":1e400"#;
    let ran = Snapshot { kin: vec![keeping(run(15), results)], ..job() };
    let runs = || Outcome::Runs { at: AT, parents: vec![ran.clone()] };

    let v1 = body(&history(1, ".json?jobId=7"), runs());
    let expected = [
        r#""job":{"jobId":7,"jobName":"Backup","jobStatus":"SCHEDULED","nextRunTime":"2026-01-01T12:00:00Z","#,
        r#""runInstances":{"runInstance":{"lastStartTime":"2026-01-01T12:00:00.007Z","#,
        r#""results":{"result":[{"property":112401323,"value":"a\/b"},{}]},"runId":15,"runStatus":"RUNNING"}}}}}"#,
    ];
    assert!(v1.ends_with(&expected.concat()), "{v1}");

    let v2 = body(&history(2, ".json?jobId=7"), runs());
    let expected = [
        r#""job":[{"jobId":7,"jobName":"Backup","jobStatus":"SCHEDULED","nextRunTime":"2026-01-01T12:00:00.000Z","#,
        r#""runInstances":{"runInstance":[{"lastStartTime":"2026-01-01T12:00:00.007Z","#,
        r#""results":{"result":[{"property":"112401323","value":"a/b"},{}]},"runId":15,"runStatus":"RUNNING"}]}}]}}"#,
    ];
    assert!(v2.ends_with(&expected.concat()), "{v2}");

    let xml = body(&history(3, "?jobId=7"), runs());
    let expected = [
        r#"rootUrl="https://localhost/webacs/api/v3/op"><job><jobId>7</jobId><jobName>Backup</jobName>"#,
        "<jobStatus>SCHEDULED</jobStatus><nextRunTime>2026-01-01T12:00:00.000Z</nextRunTime><runInstances><runInstance>",
        "<lastStartTime>2026-01-01T12:00:00.007Z</lastStartTime><results><result><property>112401323</property>",
        "<value>a/b</value></result><result/></results><runId>15</runId><runStatus>RUNNING</runStatus></runInstance>",
        "</runInstances></job></mgmtResponse>",
    ];
    assert!(xml.ends_with(&expected.concat()), "{xml}");
}

#[test]
fn a_history_without_results_or_without_jobs_says_so_in_its_version() {
    let runs = || Outcome::Runs { at: AT, parents: vec![job()] };
    assert!(body(&history(1, ".json"), runs()).contains(r#""results":"","#));
    assert!(body(&history(4, ".json"), runs()).contains(r#""results":{"result":[]},"#));
    assert!(body(&history(4, ""), runs()).contains("<results/>"));

    let none = || Outcome::Runs { at: AT, parents: Vec::new() };
    assert!(!body(&history(1, ".json"), none()).contains("\"job\""));
    assert!(body(&history(4, ".json"), none()).ends_with(r#""job":[]}}"#));
    // No parameters, or none but the domain, ask for no runs.
    for query in ["", "?_ctx.domain=ROOT-DOMAIN"] {
        let command = PRIME.decode_request(&history(1, query), b"").unwrap();
        assert_eq!(command, Command::Runs { filter: Filter::Or(Vec::new()) });
    }
}

#[test]
fn catalogues_tell_what_is_routed() {
    let none = || listed(Vec::new(), None);
    let operations = body(&open("GET", "/webacs/api/v3/op.json", &[]), none());
    for (name, method) in [
        ("cancelrunning", "PUT"),
        ("suspend", "PUT"),
        ("resume", "PUT"),
        ("cancel", "PUT"),
        ("runhistory", "GET"),
    ] {
        let row = format!(r#"{{"@httpMethod":"{method}","@path":"jobService/{name}","$":"{name}"}}"#);
        assert!(operations.contains(&row), "{operations}");
    }
    let types = body(&open("GET", "/webacs/api/v1/data.json", &[]), none());
    let row = r#""entityType":[{"@url":"https:\/\/localhost\/webacs\/api\/v1\/data\/JobSummary","$":"JobSummary"}]"#;
    assert!(types.contains(row), "{types}");
    let xml = body(&open("GET", "/webacs/api/v4/data", &[]), none());
    assert!(
        xml.contains(r#"<entityType url="https://localhost/webacs/api/v4/data/JobSummary">JobSummary<"#),
        "{xml}"
    );
}
