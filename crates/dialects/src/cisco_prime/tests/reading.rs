//! What servers answer, read: every refusal, every word, and what is no answer at all.

use bytes::Bytes;
use countermand_model::{Command, Fault, FaultKind, Outcome};
use http::{Response, StatusCode};

use super::super::states;
use super::{PRIME, open};
use crate::{Codec, Echo, Malformed};

const AT: i64 = 1_767_268_800_000;

fn targets() -> impl Iterator<Item = String> {
    let versions = super::super::routes::VERSIONS.iter();
    versions.flat_map(|version| {
        ["json", "xml"].map(|format| format!("/webacs/api/{version}/data/JobSummary/7.{format}"))
    })
}

/// Reads an answer to a question about one job.
fn read(echo: &Echo, response: &Response<Bytes>) -> Result<Result<Outcome, Fault>, Malformed> {
    let command: Command = PRIME.decode_request(echo, b"").unwrap();
    PRIME.decode_response(echo, &command, AT, response)
}

#[test]
fn every_refusal_is_read_as_one_that_is_written_the_same() {
    for target in targets() {
        let echo = open("GET", &target, &[]);
        for kind in FaultKind::ALL {
            let fault = Fault::new(kind, "Something is wrong.").with_retry_after(7);
            let written = PRIME.encode_response(&echo, &Err(fault));
            let fault = read(&echo, &written).unwrap().unwrap_err();
            let again = PRIME.encode_response(&echo, &Err(fault.clone()));
            assert_eq!((again.status(), again.body()), (written.status(), written.body()), "{kind:?}");
            assert_eq!(again.headers(), written.headers(), "{kind:?}");
            // Some are told alike.
            let alike = [FaultKind::CrossSite, FaultKind::WrongMethod];
            assert!(fault.kind == kind || alike.contains(&kind), "{kind:?} is read as {:?}", fault.kind);
        }
    }
}

fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response<Bytes> {
    let mut response = Response::builder().status(StatusCode::from_u16(status).unwrap());
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
}

#[test]
fn a_refusal_without_its_document_is_known_by_its_status() {
    let echo = open("GET", &targets().next().unwrap(), &[]);
    let html = [("content-type", "text/html")];
    for (status, kind) in [
        (401, FaultKind::BadCredentials),
        (403, FaultKind::Forbidden),
        (404, FaultKind::UnknownRoute),
        (500, FaultKind::Internal),
        (502, FaultKind::Unreachable),
        (504, FaultKind::Timeout),
    ] {
        let fault = read(&echo, &response(status, &html, "<html>secret")).unwrap().unwrap_err();
        assert_eq!(fault.kind, kind);
        assert!(!fault.message.contains("secret"));
    }
    let login = [("location", "https://prime/webacs/pages/common/login.jsp?x=y"), html[0]];
    let fault = read(&echo, &response(302, &login, "")).unwrap().unwrap_err();
    assert_eq!(fault.kind, FaultKind::NoCredentials);
}

#[test]
fn what_is_no_answer_of_this_api_says_where() {
    let echo = open("GET", &targets().next().unwrap(), &[]);
    let json = [("content-type", "application/json;charset=UTF-8")];
    let xml = [("content-type", "text/xml")];
    let dto = |members: &str| {
        format!(r#"{{"queryResponse":{{"entity":[{{"jobSummaryDTO":{{"@id":"7",{members}}}}}]}}}}"#)
    };
    let run = |members: &str| dto(&format!(r#""runId":15,{members}"#));
    for (response, place) in [
        (response(200, &[("content-type", "text/html")], "<html>"), "Content-Type"),
        (response(204, &[], ""), ""),
        (response(302, &[("location", "https://elsewhere/")], ""), "Location"),
        (response(418, &json, "{}"), ""),
        (response(200, &json, "{"), "line 1 column 1"),
        (response(200, &json, "{}"), "line 1 column 2"),
        (response(200, &json, "[]"), "line 1 column 1"),
        (response(200, &json, r#"{"queryResponse":[]}"#), "/queryResponse"),
        (response(200, &json, r#"{"queryResponse":{}}"#), "entity"),
        (response(200, &json, r#"{"queryResponse":{"entity":[[]]}}"#), "/queryResponse/entity/0"),
        (response(200, &json, r#"{"queryResponse":{"entity":{}}}"#), "entity"),
        (response(200, &json, &dto(r#""jobName":{}"#)), "/queryResponse/entity/0/jobSummaryDTO/jobName"),
        (
            response(200, &json, &dto(r#""jobName":"a","jobName":"b""#)),
            "/queryResponse/entity/0/jobSummaryDTO",
        ),
        (response(200, &json, &dto(r#""jobStatus":"NEW""#)), "jobStatus"),
        (response(200, &json, &dto(r#""runId":"x""#)), "runId"),
        (response(200, &json, &run(r#""runStatus":"NEW""#)), "runStatus"),
        (response(200, &json, &run(r#""lastStartTime":"today""#)), "lastStartTime"),
        (response(200, &xml, "<queryResponse>"), "line 1 column 16"),
        (response(200, &xml, "<errorDocument/>"), "/errorDocument"),
        (response(200, &xml, "<queryResponse>x</queryResponse>"), "/queryResponse"),
        (
            response(
                200,
                &xml,
                "<queryResponse><entity><jobSummaryDTO id='7'><jobName/><jobName/></jobSummaryDTO></entity></queryResponse>",
            ),
            "/queryResponse/entity/jobSummaryDTO/jobName[2]",
        ),
    ] {
        let malformed = read(&echo, &response).expect_err("it is no answer");
        assert_eq!(malformed.place, place, "{malformed} of {response:?}");
    }
}

/// Real servers say more than ours do, and in other forms.
#[test]
fn what_nobody_here_knows_is_passed_over() {
    let echo = open("GET", &targets().next().unwrap(), &[]);
    let body = r#"{"other":1,"queryResponse":{"@domain":"ROOT","entity":{"@x":[],"jobSummaryDTO":
        {"@id":7,"@displayName":"a, b, COMPLETED","@uuid":"u","instanceUuid":"v","jobStatus":"COMPLETED","jobName":null,
        "runId":15,"runStatus":"RUNNING","lastStartTime":"2026-01-01T01:00:00.007+01:00","nested":{"runId":1}}}}}"#;
    let told = read(&echo, &response(200, &[("content-type", "application/json")], body)).unwrap().unwrap();
    let written = PRIME.encode_response(&echo, &Ok(told));
    let text = String::from_utf8(written.into_body().to_vec()).unwrap();
    assert!(text.contains(r#""@displayName":"a, b, COMPLETED","#), "{text}");
    assert!(text.contains(r#""lastStartTime":"2026-01-01T00:00:00.007Z","#), "{text}");
}

/// The results that each state of a run may come with; the empty one is left out. Others contradict the state, and are
/// lost.
const RESULTS: &[(&str, &[&str])] = &[
    ("UNKNOWN", &["UNKNOWN", ""]),
    ("CREATED", &[""]),
    ("RUNNING", &["CANCELFAILED", "UNKNOWN", ""]),
    (
        "COMPLETED",
        &[
            "SUCCESS",
            "PARTIALSUCCESS",
            "FAILURE",
            "PARTIALFAILURE",
            "ROLLBACKED",
            "CANCELFAILED",
            "UNKNOWN",
            "",
        ],
    ),
    ("ABORTED", &["FAILURE", "ROLLBACKED", "CANCELFAILED", "CANCELLED", "UNKNOWN", ""]),
    ("INTERRUPTED", &["FAILURE", "ROLLBACKED", "CANCELFAILED", "CANCELLED", "UNKNOWN", ""]),
    ("CANCELLED", &["CANCELLED", "FAILURE", "UNKNOWN", ""]),
    ("PENDING_EXECUTION", &["PENDINGEXECUTION", "UNKNOWN", ""]),
    ("PAUSING", &["CANCELFAILED", "UNKNOWN", ""]),
    ("PAUSED", &["PAUSED", ""]),
];

/// A job 7 as a server tells it, and as it is told again.
fn told_again(members: &[(&str, &str)]) -> String {
    let echo = open("GET", "/webacs/api/v4/data/JobSummary/7.json", &[]);
    let members = members.iter().filter(|(_, word)| !word.is_empty());
    let members: Vec<_> = members.map(|(name, word)| format!("{name:?}:{word:?}")).collect();
    let body = format!(
        r#"{{"queryResponse":{{"entity":[{{"jobSummaryDTO":{{"@id":7,{}}}}}]}}}}"#,
        members.join(",")
    );
    let answer = response(200, &[("content-type", "application/json")], &body);
    let told = read(&echo, &answer).unwrap().unwrap();
    String::from_utf8(PRIME.encode_response(&echo, &Ok(told)).into_body().to_vec()).unwrap()
}

#[test]
fn every_word_is_shown_again() {
    for job in states::JOB_STATUSES {
        for work in states::RUN_STATUSES {
            let fitting = RESULTS.iter().find(|(state, _)| state == work).expect("each has its results").1;
            for result in states::RESULT_STATUSES.iter().chain(&[""]) {
                for (run_id, started) in [("15", ""), ("15", "2026-01-01T00:00:00.000Z"), ("7", "")] {
                    let words = [("jobStatus", *job), ("runStatus", work), ("resultStatus", result)];
                    let others = [("runId", run_id), ("lastStartTime", started)];
                    let text = told_again(&[words.as_slice(), &others].concat());
                    let shows = |(name, word): (&str, &str)| match word {
                        "" => !text.contains(name),
                        word => text.contains(&format!("{name:?}:{word:?}")),
                    };
                    assert!(shows(words[0]), "{words:?}: {text}");
                    if fitting.contains(result) {
                        assert!(words.into_iter().all(shows), "{words:?}: {text}");
                    } else if *work != states::UNKNOWN {
                        assert!(shows(words[1]), "{words:?}: {text}");
                    }
                }
            }
        }
    }
}
