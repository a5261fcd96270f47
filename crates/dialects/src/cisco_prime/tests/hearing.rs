//! The client half against answers that our own server half would not give.

use bytes::Bytes;
use countermand_model::{Cancel, Command, Effect, FaultKind, Kin, Outcome, Reach, Results, Status, Target};
use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};

use super::PRIME;
use crate::conversation::Step;
use crate::{Codec, Heard};

/// What a server answers: a status, a media type and a body.
type Answer = (u16, &'static str, String);

const JSON: &str = "application/json";

/// Carries a command out against a list of answers. Every one must be asked for.
fn heard(command: &Command, answers: &[Answer]) -> Result<Outcome, FaultKind> {
    let mut conversation = PRIME.converse(command, 0).unwrap();
    let (mut answers, mut heard): (_, Option<Heard>) = (answers.iter(), None);
    let end = loop {
        match conversation.next(heard.take()) {
            Step::Done(end) => break end,
            Step::Send(_) => {
                let (status, media, body) = answers.next().expect("no more requests than answers");
                let mut response = Response::new(Bytes::from(body.clone()));
                *response.status_mut() = StatusCode::from_u16(*status).unwrap();
                response.headers_mut().insert(CONTENT_TYPE, media.parse().unwrap());
                heard = Some(Ok(response));
            }
        }
    };
    assert_eq!(answers.next(), None, "a request was not made");
    end.map_err(|fault| fault.kind)
}

fn cancel(reach: Reach) -> Command {
    Command::Cancel(Cancel { targets: vec![Target::number(15)], reach, ..Cancel::default() })
}

fn summary(id: i64, run: &str) -> Answer {
    let job = format!(r#"{{"@id":{id},"jobStatus":"SCHEDULED","jobName":"Nightly"{run}}}"#);
    let entity = format!(r#"{{"@type":"JobSummary","jobSummaryDTO":{job}}}"#);
    (200, JSON, format!(r#"{{"queryResponse":{{"entity":[{entity}]}}}}"#))
}

fn running() -> Answer {
    summary(7, r#","runId":15,"runStatus":"RUNNING""#)
}

fn refusal(id: &str) -> Answer {
    let text = format!(r#"{{"errorDocument":{{"httpResponseCode":503,"message":"busy","id":"{id}"}}}}"#);
    (503, JSON, text)
}

/// A proxy that lost its server says 503 too, and then nobody has asked too often, nor is it known that nothing was done.
#[test]
fn a_503_is_about_limits_when_the_server_itself_says_it() {
    let page = || (503, "text/html", "<h1>No server is available</h1>".to_owned());
    let status = Status { target: Target::number(15), results: Results::None, kin: Kin::None };
    let status = Command::Status(status);
    assert_eq!(heard(&status, &[page()]), Err(FaultKind::Overloaded));
    assert_eq!(heard(&status, &[refusal("presentation.PRS-303")]), Err(FaultKind::TooManyRequests));

    let limited = heard(&cancel(Reach::One), &[running(), refusal("presentation.PRS-303")]);
    assert_eq!(limited, Err(FaultKind::TooManyRequests), "nothing was done, and there is no need to look");
    for (answer, effect) in [
        (page(), Effect::UnverifiedUnanswered),
        (refusal("presentation.PRS-000"), Effect::UnverifiedUnanswered),
    ] {
        let Ok(Outcome::Acted { targets, .. }) = heard(&cancel(Reach::One), &[running(), answer, running()])
        else {
            panic!("an order that may have arrived is looked at")
        };
        assert_eq!(targets[0].effect, effect);
    }
}

#[test]
fn another_jobs_summary_is_not_the_one_that_was_asked_for() {
    let status = Status { target: Target::number(15), results: Results::None, kin: Kin::None };
    for command in [Command::Status(status), cancel(Reach::Trigger)] {
        assert_eq!(heard(&command, &[summary(8, "")]), Err(FaultKind::Unreachable), "{command:?}");
    }
}
