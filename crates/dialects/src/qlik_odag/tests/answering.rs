//! Effects and faults in, statuses and error documents out.

use countermand_model::{Effect, Fault, FaultKind, Outcome, Snapshot, State};
use http::{Method, StatusCode};

use super::{ACTIONS, HEX, HOMES, acted, codec, document, job, open, put, seen, text, with_attributes};

/// Whatever is answered, there is no `Location`, which clients would follow.
///
/// Pitfall qlik-odag 13.
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
        let personal = matches!(status(kind), 401) || kind == FaultKind::Forbidden;
        assert_eq!(error["detail"].as_str(), (!personal).then_some("A \"sentence\"."));
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

/// Pitfall qlik-odag 13.
#[test]
fn a_deleted_app_is_answered_without_a_body() {
    for home in HOMES {
        for effect in Effect::ALL {
            let (expected, title) = match effect {
                Effect::Done | Effect::UnverifiedTaken => (204, None),
                Effect::AlreadyCancelled
                | Effect::AlreadyFinished
                | Effect::AlreadySo
                | Effect::NotFound
                | Effect::NotPossible => (404, Some("Invalid request ID or generated app not found.")),
                Effect::Forbidden => (403, Some("Forbidden")),
                Effect::UnverifiedUnanswered => (503, Some("Service Unavailable")),
                // A deletion cannot have these.
                Effect::Cancelled | Effect::Accepted | Effect::AlreadyCancelling => {
                    (500, Some("Internal Server Error"))
                }
            };
            let echo = open(Method::DELETE, &format!("{home}/{HEX}/app"));
            let response = codec().encode_response(&echo, &acted(effect, None));
            let name = effect.name();
            if expected == 204 {
                assert_eq!(response.status(), expected, "{name}");
                assert!(response.body().is_empty() && response.headers().is_empty(), "{name}");
            } else {
                assert_eq!(document(&response)["errors"][0]["title"].as_str(), title, "{name}");
            }
        }
    }
}

#[test]
fn selections_are_the_text_that_was_given() {
    let echo = open(Method::GET, &format!("{}/{HEX}/selections", HOMES[2]));
    let shown = |attributes: &str| {
        let job = with_attributes(job(State::Queued), attributes);
        text(&codec().encode_response(&echo, &seen(Snapshot::of(job)))).to_owned()
    };
    assert_eq!(shown(r#"{"selectionState":[ {"a":1.0} ],"bindSelectionState":[]}"#), r#"[ {"a":1.0} ]"#);
    assert_eq!(shown(r#"{"bindSelectionState":[{"a":1.0}]}"#), r#"[{"a":1.0}]"#);
    assert_eq!(shown("{}"), "[]");
    let nobody = Ok(Outcome::Read { at: 0, snapshot: None });
    assert_eq!(codec().encode_response(&echo, &nobody).status(), StatusCode::NOT_FOUND);
}

#[test]
fn a_body_that_is_not_understood_is_told_as_each_profile_tells_it() {
    for (place, home) in HOMES.into_iter().enumerate() {
        let echo = open(Method::PUT, &format!("{home}/{HEX}?action=cancel"));
        let malformed = codec().decode_request(&echo, b"{\"autoAck\":").unwrap_err();
        let fault = Fault::new(FaultKind::Malformed, malformed.to_string()).with_code(malformed.code);
        let response = codec().encode_response(&echo, &Err(fault));
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        let document = document(&response);
        if place == 0 {
            assert_eq!(document["errors"][0]["code"], "ODAG-ERR-400");
            assert_eq!(document["errors"][0]["detail"], malformed.to_string());
        } else {
            assert_eq!(document, serde_json::json!({"message": malformed.to_string()}));
        }
    }
}
