//! From outcomes to bytes.

use countermand_model::{Acted, Delivery, Effect, Job, Progress, Snapshot, State, Target};

use super::*;

const NOW: i64 = 1_767_268_800_000;

fn job(state: State) -> Job {
    Job {
        state,
        finished_at: state.is_terminal().then_some(NOW),
        progress: Progress { total: 10, matched: 1, processed: 10 },
        results_total: 2,
        ..Job::new(101, NOW)
    }
}

fn snapshot(job: Job) -> Snapshot {
    let results = vec![r#"{"cpu Usage":[{"data":[24.00,null]}]}"#.to_owned(), "{}".to_owned()];
    Snapshot { job, kin: Vec::new(), results, delivery: Some(Delivery(1)) }
}

fn read(job: Job) -> Outcome {
    seen(snapshot(job))
}

fn seen(snapshot: Snapshot) -> Outcome {
    Outcome::Read { at: NOW, snapshot: Some(Box::new(snapshot)) }
}

fn acted(effect: Effect, after: Option<Job>) -> Outcome {
    let target = Target { written: "316829382_14".to_owned(), number: None, dataset: None };
    let after = after.map(|job| Box::new(Snapshot::of(job)));
    Outcome::Acted { at: NOW, targets: vec![Acted { target, effect, before: None, after }] }
}

pub(super) fn text(response: Response<Bytes>) -> (u16, String) {
    assert_eq!(response.headers()["content-type"], "application/json;charset=UTF-8");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let challenges: Vec<_> = response.headers().get_all("www-authenticate").iter().collect();
    match response.status().as_u16() {
        401 => {
            assert_eq!(challenges, ["Basic realm=\"Analyzer detail view\""]);
        }
        _other => assert!(challenges.is_empty()),
    }
    // A 206 is not a part of a document, and nothing is anywhere else.
    assert!(["content-range", "location"].iter().all(|name| !response.headers().contains_key(*name)));
    (response.status().as_u16(), String::from_utf8(response.into_body().to_vec()).unwrap())
}

#[track_caller]
pub(super) fn check(
    options: &[(&str, OptionValue)],
    target: &str,
    answer: Result<Outcome, Fault>,
    status: u16,
    body: &str,
) {
    let codec = codec(options);
    let echo = open_with(&*codec, &Method::GET, target);
    assert_eq!(text(codec.encode_response(&echo, &answer)), (status, body.to_owned()));
}

#[test]
fn a_head_is_told_what_the_next_get_would_take() {
    let codec = codec(&[]);
    let get = codec.encode_response(&open(STATUS), &Ok(read(job(State::Succeeded))));
    let mut all = snapshot(job(State::Succeeded));
    all.delivery = None;
    all.job.results_delivered = 1;
    all.results.insert(0, "{\"delivered\":\"before\"}".to_owned());
    let head = open_with(&*codec, &Method::HEAD, STATUS);
    assert_eq!(text(get), text(codec.encode_response(&head, &Ok(seen(all)))));
}

/// Pitfall hitachi-detail-view 2.
#[test]
fn a_request_at_work_is_206_and_an_ended_one_200() {
    let result = r#""result":[{"cpu Usage":[{"data":[24.00,null]}]},{}]"#;
    for state in State::ALL {
        let (status, flags) = match state {
            State::Succeeded => (200, r#""completed":true,"aborted":false,"hasErrors":false"#),
            State::Warning | State::Failed | State::Invalid | State::Expired => {
                (200, r#""completed":true,"aborted":false,"hasErrors":true"#)
            }
            State::Cancelled => (200, r#""completed":false,"aborted":true,"hasErrors":false"#),
            State::Validating
            | State::Queued
            | State::Ready
            | State::Blocked
            | State::Held
            | State::Running
            | State::Paused
            | State::Finishing
            | State::Recovering
            | State::Cancelling => (206, r#""completed":false,"aborted":false,"hasErrors":false"#),
        };
        let body = format!(r#"{{"status":{{"total":10,"matched":1,"processed":10,{flags}}},{result}}}"#);
        check(&[], STATUS, Ok(read(job(state))), status, &body);
    }
}

#[test]
fn has_errors_may_be_a_text_as_in_the_manual() {
    let mut reported = job(State::Succeeded);
    reported.has_errors = true;
    let answer = codec(&[choice("has_errors", "string")]).encode_response(&open(STATUS), &Ok(read(reported)));
    assert!(text(answer).1.contains(r#""aborted":false,"hasErrors":"true"},"#));
}

#[test]
fn results_reserved_by_another_reader_keep_this_one_waiting() {
    let reserved =
        || Ok(seen(Snapshot { results: Vec::new(), delivery: None, ..snapshot(job(State::Succeeded)) }));
    let status = |completed| {
        format!(
            r#"{{"status":{{"total":10,"matched":1,"processed":10,"completed":{completed},"aborted":false,"hasErrors":false}},"result":[]}}"#
        )
    };
    check(&[], STATUS, reserved(), 206, &status(false));
    check(&[choice("delivery", "repeat")], STATUS, reserved(), 200, &status(true));
}

pub(super) const MISS: &str =
    r#"{"code":"720600E6","error":"Response is not present in the cache for the given requestId."}"#;

#[test]
fn what_is_drained_expired_or_unknown_is_a_cache_miss() {
    let mut drained = job(State::Succeeded);
    drained.drained_at = Some(NOW);
    let mut expired = job(State::Cancelled);
    expired.finished_at = Some(NOW - 3_600_000);
    for outcome in [Outcome::Read { at: NOW, snapshot: None }, read(drained.clone()), read(expired.clone())] {
        check(&[], STATUS, Ok(outcome.clone()), 404, MISS);
        check(&[choice("vanished", "400")], STATUS, Ok(outcome), 400, MISS);
    }
    let codec = codec(&[choice("delivery", "repeat"), ("lifetime", OptionValue::Integer(3601))]);
    for job in [drained, expired] {
        assert_eq!(codec.encode_response(&open(STATUS), &Ok(read(job))).status(), 200);
    }
}

#[test]
fn the_original_requests_error_is_relayed() {
    let failed = |state, attributes: &str| {
        let mut failed = job(state);
        failed.attributes = vec![(NAME.to_owned(), attributes.to_owned())];
        Ok(read(failed))
    };
    let error = r#"{"error":{"status":400,"code":"43050005","error":"no \"such\" {id}"},"more":1}"#;
    let relayed = r#"{"code":"43050005","error":"no \"such\" {id}"}"#;
    check(&[], STATUS, failed(State::Failed, error), 400, relayed);
    check(&[], STATUS, failed(State::Invalid, error), 400, relayed);
    let null = r#"{"error":null}"#;
    for (state, attributes) in
        [(State::Succeeded, error), (State::Warning, error), (State::Failed, "{}"), (State::Failed, null)]
    {
        let answer = failed(state, attributes);
        assert_eq!(codec(&[]).encode_response(&open(STATUS), &answer).status(), 200, "{state} {attributes}");
    }
    let (status, code, text) = (r#""status":400"#, r#""code":"43050005""#, r#""error":"why""#);
    for (members, place) in [
        (format!("{code},{text}"), "/error: missing field `status`"),
        (format!(r#""status":200,{code},{text}"#), "/error/status: the status of an error is 400 to 599"),
        (format!(r#""status":600,{code},{text}"#), "/error/status: the status of an error is 400 to 599"),
        (format!(r#""status":"400",{code},{text}"#), "/error/status: invalid type"),
        (format!(r#"{status},"code":72020008,{text}"#), "/error/code: invalid type"),
        (format!(r#"{status},"code":"7202000G",{text}"#), "/error/code: a code is eight hexadecimal digits"),
        (format!(r#"{status},{code},"error":"""#), "/error/error: the text is empty"),
    ] {
        let answer = failed(State::Failed, &format!(r#"{{"error":{{{members}}}}}"#));
        let (status, body) = text_of(&answer);
        let reason =
            "Application encountered an internal error. The error of the original request is not one: ";
        assert_eq!(status, 500, "{members}");
        assert!(body.starts_with(&format!(r#"{{"code":"720600E2","error":"{reason}{place}"#)), "{body}");
    }
}

fn text_of(answer: &Result<Outcome, Fault>) -> (u16, String) {
    text(codec(&[]).encode_response(&open(STATUS), answer))
}

const STOPPED: &str = r#"{"aborted":true,"id":"316829382_14"}"#;
const NOT_STOPPED: &str = r#"{"aborted":false,"id":"316829382_14"}"#;
pub(super) const NOT_IN_CACHE: &str = r#"{"code":"B5040016","error":"Response is not present in cache for the given requestId '316829382_14'"}"#;
const COMPLETED: &str =
    r#"{"code":"B5040017","error":"Request for given requestId '316829382_14' is already completed"}"#;
const ABORTED: &str =
    r#"{"code":"B5040018","error":"Request for given requestId '316829382_14' is already aborted"}"#;
const ABORT_AUTHORIZATION: &str = r#"{"code":"B50000E9","error":"Authorization is required."}"#;
const ABORT_INTERNAL: &str = r#"{"code":"B50600E2","error":"Application encountered an internal error"}"#;

#[test]
fn every_effect_of_an_abort_has_its_answer() {
    for effect in Effect::ALL {
        let (after, status, body) = match effect {
            Effect::Cancelled => (Some(job(State::Cancelled)), 200, STOPPED),
            Effect::Accepted | Effect::AlreadyCancelling => (Some(job(State::Cancelling)), 200, NOT_STOPPED),
            Effect::AlreadyCancelled => (Some(job(State::Cancelled)), 400, ABORTED),
            Effect::AlreadyFinished => (Some(job(State::Succeeded)), 400, COMPLETED),
            Effect::NotFound => (None, 404, NOT_IN_CACHE),
            Effect::Forbidden => (None, 401, ABORT_AUTHORIZATION),
            Effect::NotPossible | Effect::UnverifiedTaken => (None, 200, NOT_STOPPED),
            Effect::UnverifiedUnanswered | Effect::Done | Effect::AlreadySo => (None, 500, ABORT_INTERNAL),
        };
        check(&[], ABORT, Ok(acted(effect, after)), status, body);
    }
    check(&[], ABORT, Ok(Outcome::Acted { at: NOW, targets: Vec::new() }), 500, ABORT_INTERNAL);
}

#[test]
fn an_accepted_abort_is_what_became_of_it() {
    for effect in [Effect::Accepted, Effect::AlreadyCancelling] {
        for (state, body) in [
            (State::Cancelled, STOPPED),
            (State::Cancelling, NOT_STOPPED),
            (State::Succeeded, NOT_STOPPED),
            (State::Failed, NOT_STOPPED),
        ] {
            check(&[], ABORT, Ok(acted(effect, Some(job(state)))), 200, body);
        }
    }
}

#[test]
fn an_end_is_remembered_for_its_lifetime() {
    let ended = |state, ago: i64, drained: bool| {
        let mut ended = job(state);
        ended.finished_at = Some(NOW - ago);
        ended.drained_at = drained.then_some(NOW);
        Some(ended)
    };
    for (effect, after, status, body) in [
        (Effect::AlreadyCancelled, ended(State::Cancelled, 3_599_999, true), 400, ABORTED),
        (Effect::AlreadyCancelled, ended(State::Cancelled, 3_600_000, false), 404, NOT_IN_CACHE),
        (Effect::AlreadyCancelled, None, 400, ABORTED),
        (Effect::AlreadyFinished, ended(State::Failed, 3_599_999, false), 400, COMPLETED),
        (Effect::AlreadyFinished, ended(State::Failed, 3_600_000, false), 404, NOT_IN_CACHE),
        (Effect::AlreadyFinished, ended(State::Succeeded, 0, true), 404, NOT_IN_CACHE),
        (Effect::AlreadyFinished, None, 400, COMPLETED),
    ] {
        check(&[], ABORT, Ok(acted(effect, after)), status, body);
    }
    // The status of a vanished result is getStatus's alone.
    check(&[choice("vanished", "400")], ABORT, Ok(acted(Effect::NotFound, None)), 404, NOT_IN_CACHE);
}

#[test]
fn an_outcome_that_a_function_cannot_have_is_a_500_of_that_function() {
    let internal = r#"{"code":"720600E2","error":"Application encountered an internal error."}"#;
    for outcome in [
        Outcome::Confirmed,
        Outcome::Listed { at: NOW, jobs: Vec::new(), total: None },
        Outcome::Runs { at: NOW, parents: Vec::new() },
        Outcome::Permitted(None),
        Outcome::CheckedIn(None),
    ] {
        check(&[], STATUS, Ok(outcome.clone()), 500, internal);
        check(&[], ABORT, Ok(outcome), 500, ABORT_INTERNAL);
    }
    check(&[], STATUS, Ok(acted(Effect::Cancelled, None)), 500, internal);
    check(&[], ABORT, Ok(read(job(State::Running))), 500, ABORT_INTERNAL);
}

#[test]
fn a_cumulative_answer_is_repeated_until_the_end_is_read() {
    let mut at_work = snapshot(job(State::Running));
    at_work.job.results_delivered = 2;
    at_work.delivery = None;
    let mut ended = snapshot(job(State::Succeeded));
    ended.job.results_delivered = 2;
    let mut drained = ended.clone();
    drained.job.drained_at = Some(NOW);
    let cumulative = codec(&[choice("delivery", "cumulative")]);
    let answer = |method, snapshot: &Snapshot| {
        let echo = open_with(&*cumulative, &method, STATUS);
        let (status, body) = text(cumulative.encode_response(&echo, &Ok(seen(snapshot.clone()))));
        (status, body.contains("24.00"))
    };
    for method in [Method::GET, Method::HEAD] {
        assert_eq!(answer(method.clone(), &at_work), (206, true), "{method}");
        assert_eq!(answer(method.clone(), &ended), (200, true), "{method}");
        assert_eq!(answer(method.clone(), &drained), (404, false), "{method}");
    }
    ended.delivery = None;
    assert_eq!(answer(Method::GET, &ended), (206, true), "the end is on its way to another reader");
}

#[test]
fn an_id_cannot_break_out_of_a_document() {
    let target = "/dbapi.do?action=abortRequest&dataset=ds&requestId=%22%7D%0A%3Cid%3E%5C";
    let body = r#"{"aborted":true,"id":"\"}\n<id>\\"}"#;
    check(&[], target, Ok(acted(Effect::Cancelled, None)), 200, body);
    let body =
        r#"{"code":"B5040018","error":"Request for given requestId '\"}\n<id>\\' is already aborted"}"#;
    check(&[], target, Ok(acted(Effect::AlreadyCancelled, None)), 400, body);
}
