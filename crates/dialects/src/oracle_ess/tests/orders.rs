//! What orders other than a cancel are read as, and what each of their effects is answered.

use countermand_model::{
    Cancel, Command, Effect, Field, Filter, Order, Outcome, Permissions, Reach, State, Target, Test,
    Value as Sought,
};
use http::Method;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::{Asked, acted};

#[test]
fn a_hold_and_a_release_reach_the_whole_tree() {
    let order = || Order { targets: vec![Target::number(7)], reach: Reach::Tree, ..Order::default() };
    assert_eq!(Asked::post("hold").decode(), Ok(Command::Hold(order())));
    assert_eq!(Asked::post("release").decode(), Ok(Command::Release(order())));
}

#[test]
fn a_forced_cancel_is_for_the_request_itself_and_only_if_it_is_asynchronous() {
    let Ok(Command::Cancel(Cancel { targets, reach, force: Some(condition), .. })) =
        Asked::post("forceCancel").decode()
    else {
        panic!("a cancel by force")
    };
    assert_eq!((targets, reach), (vec![Target::number(7)], Reach::Tree));
    let asynchronous =
        Field::Attribute { dialect: "oracle-ess".to_owned(), member: "isAsynchronous".to_owned() };
    let expected = Filter::And(vec![
        Filter::Field(Field::Id, Test::In(vec![Sought::Integer(7)])),
        Filter::Field(asynchronous, Test::Equal(Sought::Integer(1))),
    ]);
    assert_eq!(condition, expected);
}

#[test]
fn a_forced_cancel_that_is_not_possible_says_what_it_takes() {
    let told = |effect, before| Asked::post("forceCancel").effect(effect, Some(before));
    let (status, body) = told(Effect::NotPossible, State::Cancelling);
    assert_eq!((status, body["title"].as_str()), (400, Some("Unsupported state for operation")));
    assert!(body["detail"].as_str().is_some_and(|detail| detail.contains("for 30 minutes")), "{body}");
    let (status, body) = told(Effect::NotPossible, State::Running);
    assert_eq!(
        (status, &body["detail"]),
        (400, &json!("Request 7 cannot be cancelled by force: its state is RUNNING."))
    );
    assert_eq!(told(Effect::Cancelled, State::Cancelling).0, 200);
    assert_eq!(told(Effect::UnverifiedUnanswered, State::Cancelling).0, 500);
}

#[test]
fn every_effect_of_an_order_has_its_status() {
    for (action, verb, participle) in [
        ("hold", "hold", "held"),
        ("release", "release", "released"),
        ("executionStatus", "update", "updated"),
    ] {
        let asked = Asked::post(action);
        for effect in Effect::ALL {
            let (given, body) = asked.effect(effect, Some(State::Running));
            let title = body["title"].as_str().unwrap_or_default();
            match effect {
                Effect::Done | Effect::AlreadySo | Effect::UnverifiedTaken => {
                    assert_eq!(given, 200, "{verb}: {effect:?}");
                    assert_eq!(body["links"].as_array().map(Vec::len), Some(8), "{verb}: {effect:?}");
                }
                Effect::NotPossible
                | Effect::AlreadyCancelling
                | Effect::AlreadyCancelled
                | Effect::AlreadyFinished => {
                    assert_eq!((given, title), (400, "Unsupported state for operation"), "{effect:?}");
                    let detail = format!("Request 7 cannot be {participle}: its state is RUNNING.");
                    assert_eq!(body["detail"], detail);
                }
                Effect::NotFound => assert_eq!((given, title), (404, "Request ID not found")),
                Effect::Forbidden => {
                    let expected = format!("Not authorized to {verb} this request");
                    assert_eq!((given, title), (403, expected.as_str()));
                }
                Effect::UnverifiedUnanswered | Effect::Cancelled | Effect::Accepted => {
                    assert_eq!((given, title), (500, "Scheduling sub-system error"), "{effect:?}");
                }
            }
        }
    }
}

#[test]
fn a_delete_names_one_request() {
    let asked = Asked::with(&[], Method::DELETE, "/requests/7", None);
    assert_eq!(asked.decode(), Ok(Command::Delete { target: Target::number(7) }));
}

#[test]
fn every_effect_of_a_delete_has_its_status() {
    let asked = Asked::with(&[], Method::DELETE, "/requests/7", None);
    for effect in Effect::ALL {
        let status = match effect {
            Effect::Done | Effect::AlreadySo | Effect::UnverifiedTaken => 204,
            Effect::NotPossible
            | Effect::AlreadyCancelling
            | Effect::AlreadyCancelled
            | Effect::AlreadyFinished => 400,
            Effect::NotFound => 404,
            Effect::Forbidden => 403,
            Effect::UnverifiedUnanswered | Effect::Cancelled | Effect::Accepted => 500,
        };
        let response = asked.codec.encode_response(&asked.echo, &Ok(acted(effect, None)));
        assert_eq!(response.status(), status, "{effect:?}");
        assert_eq!(response.body().is_empty(), status == 204, "{effect:?}");
        assert_eq!(response.headers().contains_key(CONTENT_TYPE), status != 204, "{effect:?}");
    }
}

#[test]
fn an_ended_request_that_is_not_deleted_is_a_child() {
    let asked = Asked::with(&[], Method::DELETE, "/requests/7", None);
    let detail = |before| asked.effect(Effect::NotPossible, Some(before)).1["detail"].clone();
    assert_eq!(detail(State::Failed), "Request 7 cannot be deleted: it is not a top-level request.");
    assert_eq!(detail(State::Running), "Request 7 cannot be deleted: its state is RUNNING.");
}

#[test]
fn a_report_is_a_documented_word_and_perhaps_a_sentence() {
    let read = |body: &str| {
        let asked = Asked::post("executionStatus");
        asked.codec.decode_request(&asked.echo, body.as_bytes()).map_err(|malformed| malformed.place)
    };
    let report = |state, message: Option<&str>| {
        Ok(Command::Report { target: Target::number(7), state, message: message.map(str::to_owned) })
    };
    for (word, state) in [
        ("SUCCESS", Some(State::Succeeded)),
        ("UPDATE", None),
        ("PAUSE", Some(State::Paused)),
        ("WARNING", Some(State::Warning)),
        ("ERROR", Some(State::Failed)),
        ("BUSINESS_ERROR", Some(State::Failed)),
        ("CANCEL", Some(State::Cancelled)),
        ("SUSPEND", Some(State::Paused)),
    ] {
        let body = format!(r#"{{"requestHandle":"h","status":"{word}","statusMessage":"half"}}"#);
        assert_eq!(read(&body), report(state, Some("half")), "{word}");
    }
    assert_eq!(read(r#"{"status":"UPDATE","statusMessage":null,"more":[]}"#), report(None, None));
    let refused = |place: &str| Err(place.to_owned());
    for word in ["success", "SUCCEEDED", "BIZ_ERROR", "RUNNING", ""] {
        assert_eq!(read(&format!(r#"{{"status":"{word}"}}"#)), refused("/status"), "{word}");
    }
    assert_eq!(read(r#"{"status":7}"#), refused("/status"));
    assert_eq!(read(r#"{"status":"UPDATE","statusMessage":7}"#), refused("/statusMessage"));
    assert!(read(r#"{"status":"UPDATE","status":"SUCCESS"}"#).is_err());
    for body in [
        "",
        "{}",
        "null",
        "[\"SUCCESS\",null]",
        "\"SUCCESS\"",
        r#"{"status":"UPDATE"} x"#,
        r#"{"status":"UPDATE""#,
    ] {
        assert!(read(body).is_err(), "{body}");
    }
}

#[test]
fn a_job_that_asks_is_told_true_or_false() {
    let asked = Asked::post("checkInCancelling");
    let read = |body: &str| asked.codec.decode_request(&asked.echo, body.as_bytes());
    let expected = Ok(Command::CheckIn { target: Target::number(7) });
    assert_eq!(read(r#"{"requestExecutionContext":"c"}"#), expected);
    assert_eq!(read("{}"), expected);
    for body in [
        "",
        "true",
        "[\"c\"]",
        "\u{feff} [null]",
        r#"{"requestExecutionContext":7}"#,
        r#"{"requestExecutionContext":"c""#,
    ] {
        assert!(read(body).is_err(), "{body}");
    }
    for flag in [true, false] {
        let (response, body) = asked.answer(Ok(Outcome::CheckedIn(Some(flag))));
        assert_eq!((response.status().as_u16(), body), (200, Value::Bool(flag)));
    }
    assert_eq!(asked.answer(Ok(Outcome::CheckedIn(None))).0.status(), 404);
    assert_eq!(asked.answer(Ok(acted(Effect::Done, None))).0.status(), 500);
}

#[test]
fn the_permissions_are_actions_by_name() {
    let asked = Asked::with(&[], Method::GET, "/requests/7/permissions", None);
    assert_eq!(asked.decode(), Ok(Command::Permissions { target: Target::number(7) }));
    let told = |change| asked.answer(Ok(Outcome::Permitted(Some(Permissions { change })))).1;
    let all = ["ESS_REQUEST_READ", "ESS_REQUEST_CANCEL", "ESS_REQUEST_HOLD", "ESS_REQUEST_RELEASE"];
    assert_eq!(told(true), json!({ "permissions": all }));
    assert_eq!(told(false), json!({ "permissions": ["ESS_REQUEST_READ"] }));
    assert_eq!(asked.answer(Ok(Outcome::Permitted(None))).0.status(), 404);
    assert_eq!(asked.answer(Ok(Outcome::CheckedIn(Some(true)))).0.status(), 500);
}
