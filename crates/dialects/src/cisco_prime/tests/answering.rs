//! Outcomes and faults as bytes.

use countermand_model::{
    Acted, Alias, Effect, Fault, FaultKind, Job, Kind, Outcome, Snapshot, State, Target, Trigger,
    TriggerState,
};
use proptest::prelude::*;

use super::{PRIME, answer, open};
use crate::{Codec, Echo};

const AT: i64 = 1_767_268_800_000;

fn acted(effects: &[(i64, Effect)]) -> Result<Outcome, Fault> {
    let one = |(id, effect): &(i64, Effect)| Acted {
        target: Target::number(*id),
        effect: *effect,
        before: None,
        after: None,
    };
    Ok(Outcome::Acted { at: AT, targets: effects.iter().map(one).collect() })
}

fn read(job: Job, kin: Vec<Job>) -> Result<Outcome, Fault> {
    Ok(Outcome::Read { at: AT, snapshot: Some(Box::new(Snapshot { kin, ..Snapshot::of(job) })) })
}

fn cancel(version: u8, suffix: &str) -> Echo {
    open("PUT", &format!("/webacs/api/v{version}/op/jobService/cancelrunning{suffix}"), &[])
}

fn summary(version: u8, suffix: &str) -> Echo {
    open("GET", &format!("/webacs/api/v{version}/data/JobSummary/7{suffix}"), &[])
}

const GONE: &str = "The run instance does not exist.";
const ON_ITS_WAY: &str = "The run instance is being cancelled.";
const PARTLY: &str = "The operation succeeded for some of the ids.";

#[test]
fn v1_json_has_the_bytes_of_a_v1_server() {
    let (status, content_type, body) =
        answer(&cancel(1, ".json"), acted(&[(2, Effect::Accepted), (3, Effect::NotFound)]));
    assert_eq!((status, content_type.as_str()), (200, "application/json"));
    let expected = [
        r#"{"mgmtResponse":{"@responseType":"operation","#,
        r#""@requestUrl":"https:\/\/localhost\/webacs\/api\/v1\/op\/jobService\/cancelrunning","#,
        r#""@rootUrl":"https:\/\/localhost\/webacs\/api\/v1\/op","#,
        r#""operationResult":{"failure":{"failure":{"id":3,"message":""#,
        GONE,
        r#"","status":"Failure"}},"message":""#,
        PARTLY,
        r#"","operation":"CANCELRUNNING","success":{"success":{"id":2,"message":""#,
        ON_ITS_WAY,
        r#"","status":"Success"}}}}}"#,
    ];
    assert_eq!(body, expected.concat());

    let (_, _, body) = answer(&cancel(1, ".json"), acted(&[(2, Effect::Accepted), (3, Effect::Accepted)]));
    assert!(body.contains(r#""failure":"","#), "{body}");
    assert!(body.contains(r#""success":{"success":[{"id":2,"#), "{body}");
}

#[test]
fn later_json_is_always_arrays() {
    for version in 2..=4 {
        let (_, _, body) = answer(&cancel(version, ".json"), acted(&[(2, Effect::Accepted)]));
        let expected = [
            r#"{"mgmtResponse":{"@requestUrl":"https://localhost/webacs/api/vN/op/jobService/cancelrunning","#,
            r#""@responseType":"operation","@rootUrl":"https://localhost/webacs/api/vN/op","#,
            r#""operationResult":[{"failure":{"failure":[]},"message":"The operation succeeded.","#,
            r#""operation":"CANCELRUNNING","success":{"success":[{"id":2,"message":""#,
            ON_ITS_WAY,
            r#"","status":"Success"}]}}]}}"#,
        ];
        assert_eq!(body, expected.concat().replace("vN", &format!("v{version}")));
    }
}

#[test]
fn xml_is_the_same_in_every_version() {
    for version in 1..=4 {
        let (status, content_type, body) =
            answer(&cancel(version, ""), acted(&[(2, Effect::Accepted), (3, Effect::NotFound)]));
        assert_eq!((status, content_type.as_str()), (200, "text/xml"));
        let expected = [
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><mgmtResponse responseType="operation" "#,
            r#"requestUrl="https://localhost/webacs/api/vN/op/jobService/cancelrunning" "#,
            r#"rootUrl="https://localhost/webacs/api/vN/op"><operationResult><failure><failure><id>3</id><message>"#,
            GONE,
            "</message><status>Failure</status></failure></failure><message>",
            PARTLY,
            "</message><operation>CANCELRUNNING</operation><success><success><id>2</id><message>",
            ON_ITS_WAY,
            "</message><status>Success</status></success></success></operationResult></mgmtResponse>",
        ];
        assert_eq!(body, expected.concat().replace("vN", &format!("v{version}")));
    }
    let (_, _, body) = answer(&cancel(1, ""), acted(&[(2, Effect::Accepted)]));
    assert!(body.contains("<operationResult><failure/><message>"), "an empty list is there: {body}");
}

#[test]
fn every_effect_is_a_success_or_a_failure_and_tells_which() {
    let good = [
        Effect::Cancelled,
        Effect::Accepted,
        Effect::Done,
        Effect::AlreadyCancelling,
        Effect::AlreadySo,
        Effect::UnverifiedTaken,
    ];
    for effect in Effect::ALL {
        let (status, _, body) = answer(&cancel(2, ".json"), acted(&[(2, effect)]));
        assert_eq!(status, 200);
        let side = if good.contains(&effect) { "Success" } else { "Failure" };
        assert!(body.contains(&format!(r#""status":"{side}""#)), "{effect:?}: {body}");
    }
    let text = |effect| answer(&cancel(2, ""), acted(&[(2, effect)])).2;
    assert!(text(Effect::UnverifiedTaken).contains("not verified"));
    assert!(text(Effect::UnverifiedUnanswered).contains("unknown"));
}

#[test]
fn every_effect_of_an_order_to_triggers_is_a_success_or_a_failure_and_tells_of_the_order() {
    for (operation, word) in [("suspend", "suspended"), ("resume", "resumed"), ("cancel", "cancelled")] {
        for effect in Effect::ALL {
            let good = match effect {
                Effect::Cancelled
                | Effect::Accepted
                | Effect::Done
                | Effect::AlreadySo
                | Effect::UnverifiedTaken => true,
                Effect::AlreadyCancelling => operation == "cancel",
                Effect::AlreadyCancelled
                | Effect::AlreadyFinished
                | Effect::NotFound
                | Effect::Forbidden
                | Effect::NotPossible
                | Effect::UnverifiedUnanswered => false,
            };
            for version in 1..=4 {
                let path = format!("/webacs/api/v{version}/op/jobService/{operation}");
                let side = if good { "Success" } else { "Failure" };
                let (status, _, body) = answer(&open("PUT", &path, &[]), acted(&[(2, effect)]));
                assert_eq!(status, 200);
                let name = format!("<operation>{}</operation>", operation.to_uppercase());
                assert!(body.contains(&name), "{body}");
                assert!(body.contains(&format!("<status>{side}</status>")), "{effect:?}: {body}");
                assert!(!body.contains("run instance"), "these are jobs: {body}");
                let (_, _, json) = answer(&open("PUT", &format!("{path}.json"), &[]), acted(&[(2, effect)]));
                assert!(json.contains(&format!(r#""status":"{side}""#)), "{effect:?}: {json}");
            }
        }
        let path = format!("/webacs/api/v2/op/jobService/{operation}");
        let text = |effect| answer(&open("PUT", &path, &[]), acted(&[(2, effect)])).2;
        for effect in [Effect::Done, Effect::NotPossible, Effect::UnverifiedTaken] {
            assert!(text(effect).contains(word), "{effect:?}");
        }
        assert!(text(Effect::UnverifiedTaken).contains("not verified"));
        assert!(text(Effect::UnverifiedUnanswered).contains("unknown"));
        assert_eq!(answer(&open("PUT", &path, &[]), Ok(Outcome::Confirmed)).0, 500);
    }
}

#[test]
fn items_stand_in_the_order_of_the_request() {
    let effects =
        [(5, Effect::NotFound), (4, Effect::Accepted), (5, Effect::Forbidden), (1, Effect::Cancelled)];
    let (_, _, body) = answer(&cancel(3, ".json"), acted(&effects));
    let ids = |list: &str| {
        let json: serde_json::Value = serde_json::from_str(&body).unwrap();
        let items = json["mgmtResponse"]["operationResult"][0][list][list].clone();
        items.as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids("failure"), [5, 5]);
    assert_eq!(ids("success"), [4, 1]);
}

#[test]
fn a_job_summary_shows_the_alias_that_was_asked_for() {
    let alias = |id: &str| vec![Alias { dialect: "cisco-prime".to_owned(), id: id.to_owned(), number: None }];
    let job = Job {
        kind: Kind::Parent,
        aliases: alias("7"),
        trigger: Some(Trigger { state: TriggerState::Cancelled, next_run_at: Some(AT), rule: None }),
        ..Job::new(1, AT)
    };
    let run = Job { kind: Kind::Child, aliases: alias("99"), state: State::Running, ..Job::new(2, AT) };
    let (_, _, body) = answer(&summary(4, ".json"), read(job, vec![run]));
    let expected = r#""jobSummaryDTO":{"@displayName":"CANCELLED","@id":7,"jobStatus":"CANCELLED","runId":99,"runStatus":"RUNNING"}"#;
    assert!(body.contains(expected), "{body}");
}

#[test]
fn every_state_has_a_summary_in_every_version_and_format() {
    for state in State::ALL {
        for version in 1..=4 {
            let job = || Job { state, name: Some("<&\"\u{1}".to_owned()), ..Job::new(7, AT) };
            let (status, _, body) = answer(&summary(version, ".json"), read(job(), Vec::new()));
            assert_eq!(status, 200);
            serde_json::from_str::<serde_json::Value>(&body).unwrap();
            let (_, _, body) = answer(&summary(version, ".xml"), read(job(), Vec::new()));
            roxmltree::Document::parse(&body).unwrap();
        }
    }
}

#[test]
fn a_fault_has_the_status_and_form_of_the_dialect() {
    let statuses = [
        (FaultKind::Malformed, 400),
        (FaultKind::NoCredentials, 302),
        (FaultKind::BadCredentials, 401),
        (FaultKind::Forbidden, 403),
        (FaultKind::CrossSite, 403),
        (FaultKind::UnknownRoute, 404),
        (FaultKind::NotFound, 404),
        (FaultKind::WrongMethod, 404),
        (FaultKind::NotAcceptable, 406),
        (FaultKind::BodyTimeout, 408),
        (FaultKind::Conflict, 409),
        (FaultKind::TooLarge, 413),
        (FaultKind::UnsupportedMediaType, 415),
        (FaultKind::TooManyRequests, 503),
        (FaultKind::Internal, 500),
        (FaultKind::Unsupported, 501),
        (FaultKind::Unreachable, 502),
        (FaultKind::Overloaded, 503),
        (FaultKind::Timeout, 504),
    ];
    assert_eq!(statuses.len(), FaultKind::ALL.len());
    for (kind, expected) in statuses {
        for version in 1..=4 {
            let fault = || Err(Fault::new(kind, "It went <wrong>.").with_detail("a secret"));
            let (status, content_type, body) = answer(&cancel(version, ".json"), fault());
            assert_eq!(status, expected, "{kind:?}");
            assert!(!body.contains("secret"), "{body}");
            if kind == FaultKind::NoCredentials {
                assert_eq!(content_type, "text/html;charset=UTF-8");
                continue;
            }
            let json: serde_json::Value = serde_json::from_str(&body).unwrap();
            let document = &json["errorDocument"];
            assert_eq!(document["httpResponseCode"], expected);
            assert!(document["message"].as_str().unwrap().starts_with("It went <wrong>.-PRS-"), "{body}");
            let (_, _, body) = answer(&cancel(version, ""), fault());
            let xml = roxmltree::Document::parse(&body).unwrap();
            assert_eq!(xml.root_element().tag_name().name(), "errorDocument");
        }
    }
    let (_, _, body) = answer(
        &cancel(1, ".json"),
        Err(Fault::new(
            FaultKind::TooManyRequests,
            "NBI Rate limit for user (li) exceeded (More than 5 in 1,000 ms).",
        )),
    );
    assert!(body.contains("(More than 5 in 1,000 ms).-PRS-303"), "{body}");
}

#[test]
fn headers_of_refusals() {
    let header = |kind, target: &str, name: &str| {
        let fault = Fault::new(kind, "No.").with_retry_after(7);
        let response = PRIME.encode_response(&open("PUT", target, &[]), &Err(fault));
        response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
    };
    let target = "/vp/webacs/api/v1/op/jobService/cancelrunning";
    let location = header(FaultKind::NoCredentials, target, "location");
    assert_eq!(location.as_deref(), Some("https://localhost/vp/webacs/pages/common/login.jsp"));
    let location = header(FaultKind::NoCredentials, "/webacs/pages/common/login.jsp/x", "location");
    assert_eq!(location.as_deref(), Some("https://localhost/webacs/pages/common/login.jsp"));
    assert!(
        header(FaultKind::BadCredentials, target, "www-authenticate").unwrap().starts_with("Basic realm=")
    );
    assert_eq!(header(FaultKind::Overloaded, target, "retry-after").as_deref(), Some("7"));
}

#[test]
fn an_outcome_that_cannot_be_is_a_defect() {
    assert_eq!(answer(&cancel(1, ""), Ok(Outcome::Confirmed)).0, 500);
    assert_eq!(answer(&summary(1, ""), acted(&[])).0, 500);
    assert_eq!(answer(&summary(1, ""), Ok(Outcome::Read { at: AT, snapshot: None })).0, 404);
}

proptest! {
    #[test]
    fn any_path_and_query_is_answered_with_a_document(
        path in "[ -~&&[^?#]]{0,40}",
        query in "[ -~]{0,40}",
        version in 1..=5_u8,
        suffix in "(|\\.json|\\.xml)",
    ) {
        let target = format!("/webacs/api/v{version}/{path}{suffix}?{query}");
        let echo = open("GET", &target, &[]);
        let fault = echo.refusal.clone().unwrap_or_else(|| Fault::new(FaultKind::Internal, "x"));
        let (_, content_type, body) = answer(&echo, Err(fault));
        match content_type.as_str() {
            "application/json" => prop_assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok(), "{}", body),
            _ => prop_assert!(roxmltree::Document::parse(&body).is_ok(), "{}", body),
        }
    }
}
