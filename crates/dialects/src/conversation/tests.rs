//! Orders against a server that is a list of answers.

use bytes::Bytes;
use countermand_model::{Effect, Fault, FaultKind, Job, Kind, Outcome, Reach, Snapshot, State, Target};
use http::{Request, Response};

use super::{Aim, Ask, Conversation, Errand, Heard, Lost, Safety, Seen, Step, Told, Verified};
use crate::Malformed;

/// Asks `/look/1,2` and `/order/1,2`; is answered by words with commas between them.
struct Words;

impl Errand for Words {
    const LOOK_AT: usize = 2;
    const ORDER_TO: usize = 3;

    fn look(&self, targets: &[Target]) -> Ask {
        ask("look", targets, Safety::Safe)
    }

    fn seen(&self, _targets: &[Target], answer: &Response<Bytes>) -> Result<Vec<Seen>, Malformed> {
        words(answer)
            .map(|word| match word {
                "absent" => Ok(Seen::Absent),
                "forbidden" => Ok(Seen::Forbidden),
                "busy" => Ok(Seen::of(busy())),
                word => {
                    let family = word.strip_prefix("family-");
                    let kind = if family.is_some() { Kind::Parent } else { Kind::Single };
                    let state = State::from_name(family.unwrap_or(word));
                    let state = state.ok_or_else(|| Malformed::new("", "no such word"))?;
                    Ok(Seen::Job(Box::new(Snapshot::of(Job { kind, state, ..Job::new(1, 0) }))))
                }
            })
            .collect()
    }

    fn order(&self, targets: &[Target]) -> Ask {
        ask("order", targets, Safety::Changing)
    }

    fn told(&self, _targets: &[Target], answer: &Response<Bytes>) -> Result<Vec<Told>, Malformed> {
        words(answer)
            .map(|word| match word {
                "taken" => Ok(Told::Taken),
                "refused" => Ok(Told::Refused),
                "absent" => Ok(Told::Absent),
                "busy" => Ok(Told::of(busy())),
                "broken" => Ok(Told::of(Fault::new(FaultKind::Internal, ""))),
                "full" => Ok(Told::of(Fault::new(FaultKind::Overloaded, ""))),
                "late" => Ok(Told::of(Fault::new(FaultKind::BodyTimeout, ""))),
                "stranger" => Ok(Told::of(Fault::new(FaultKind::BadCredentials, ""))),
                _ => Err(Malformed::new("", "no such word")),
            })
            .collect()
    }
}

fn busy() -> Fault {
    Fault::new(FaultKind::TooManyRequests, "")
}

fn ask(what: &str, targets: &[Target], safety: Safety) -> Ask {
    let ids: Vec<&str> = targets.iter().map(|target| target.written.as_str()).collect();
    let request = Request::builder().uri(format!("/{what}/{}", ids.join(","))).body(Bytes::new());
    Ask { request: request.expect("a plain path"), safety }
}

fn words(answer: &Response<Bytes>) -> impl Iterator<Item = &str> {
    str::from_utf8(answer.body()).expect("text").split(',')
}

/// Cancels the jobs and answers each request in turn. `"-"`: it was not sent; `""`: there was no answer.
#[track_caller]
fn cancel(ids: &[i64], script: &[(&str, &str)], expected: Result<&[Effect], FaultKind>) {
    order(Aim::Cancel(Reach::One), ids, script, expected);
}

/// The same with any order.
#[track_caller]
fn order(aim: Aim, ids: &[i64], script: &[(&str, &str)], expected: Result<&[Effect], FaultKind>) {
    let targets: Vec<Target> = ids.iter().map(|id| Target::number(*id)).collect();
    let mut conversation = Verified::new(Words, aim, &targets, false, 0);
    let mut heard: Option<Heard> = None;
    let mut script = script.iter();
    let end = loop {
        match conversation.next(heard) {
            Step::Done(end) => break end,
            Step::Send(ask) => {
                let (path, answer) = script.next().expect("no more requests than answers");
                assert_eq!(ask.request.uri(), path);
                heard = Some(match *answer {
                    "-" => Err(Lost::Unsent),
                    "" => Err(Lost::Unanswered),
                    words => Ok(Response::new(Bytes::copy_from_slice(words.as_bytes()))),
                });
            }
        }
    };
    assert_eq!(script.next(), None, "a request was not made");
    let effects = end.map_err(|fault| fault.kind).map(|outcome| match outcome {
        Outcome::Acted { targets, .. } => targets.iter().map(|acted| acted.effect).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    });
    assert_eq!(effects, expected.map(<[Effect]>::to_vec));
}

#[test]
fn a_cancel_is_done_when_it_is_seen_to_be() {
    for (after, effect) in [
        ("cancelled", Effect::Cancelled),
        ("cancelling", Effect::Accepted),
        ("succeeded", Effect::AlreadyFinished),
        ("running", Effect::UnverifiedTaken),
        ("absent", Effect::UnverifiedTaken),
        ("", Effect::UnverifiedTaken),
        ("nonsense", Effect::UnverifiedTaken),
    ] {
        let script = [("/look/1", "running"), ("/order/1", "taken"), ("/look/1", after)];
        cancel(&[1], &script, Ok(&[effect]));
    }
}

#[test]
fn an_order_without_an_answer_is_known_only_by_what_it_did() {
    for (after, effect) in [
        ("cancelled", Effect::Cancelled),
        ("cancelling", Effect::Accepted),
        ("running", Effect::UnverifiedUnanswered),
        ("", Effect::UnverifiedUnanswered),
    ] {
        for answer in ["", "nonsense"] {
            let script = [("/look/1", "running"), ("/order/1", answer), ("/look/1", after)];
            cancel(&[1], &script, Ok(&[effect]));
        }
    }
}

#[test]
fn what_need_not_be_sent_is_not_sent() {
    cancel(&[1], &[("/look/1", "absent")], Ok(&[Effect::NotFound]));
    cancel(&[1], &[("/look/1", "forbidden")], Ok(&[Effect::Forbidden]));
    cancel(&[1], &[("/look/1", "cancelling")], Ok(&[Effect::AlreadyCancelling]));
    cancel(&[1], &[("/look/1", "cancelled")], Ok(&[Effect::AlreadyCancelled]));
    cancel(&[1], &[("/look/1", "failed")], Ok(&[Effect::AlreadyFinished]));
}

#[test]
fn a_server_that_cannot_be_reached_has_done_nothing() {
    cancel(&[1], &[("/look/1", "-")], Err(FaultKind::Unreachable));
    cancel(&[1], &[("/look/1", "")], Err(FaultKind::Unreachable));
    cancel(&[1], &[("/look/1", "nonsense")], Err(FaultKind::Unreachable));
    cancel(&[1], &[("/look/1", "running"), ("/order/1", "-")], Err(FaultKind::Unreachable));
}

#[test]
fn a_server_that_refuses_to_be_asked_has_done_nothing() {
    cancel(&[1], &[("/look/1", "busy")], Err(FaultKind::TooManyRequests));
    cancel(&[1], &[("/look/1", "running"), ("/order/1", "busy")], Err(FaultKind::TooManyRequests));
    cancel(&[1], &[("/look/1", "running"), ("/order/1", "stranger")], Err(FaultKind::Unreachable));
    // One that failed may have done it all the same.
    let script = [("/look/1", "running"), ("/order/1", "broken"), ("/look/1", "cancelled")];
    cancel(&[1], &script, Ok(&[Effect::Cancelled]));
}

/// A proxy that has lost its server after the order, or a server that is itself a gateway, answers like one that has not
/// looked at it.
#[test]
fn a_server_that_is_busy_or_late_may_have_done_it_all_the_same() {
    for answer in ["full", "late"] {
        for (after, effect) in [("cancelled", Effect::Cancelled), ("running", Effect::UnverifiedUnanswered)] {
            let script = [("/look/1", "running"), ("/order/1", answer), ("/look/1", after)];
            cancel(&[1], &script, Ok(&[effect]));
        }
    }
}

#[test]
fn a_family_that_ended_when_it_was_told_to_did_not_end_before() {
    let after = |told, after| [("/look/1", "family-running"), ("/order/1", told), ("/look/1", after)];
    for end in ["family-failed", "family-succeeded", "family-warning"] {
        cancel(&[1], &after("taken", end), Ok(&[Effect::UnverifiedTaken]));
        cancel(&[1], &after("", end), Ok(&[Effect::UnverifiedUnanswered]));
        // Told so by the server, it is so.
        cancel(&[1], &after("refused", end), Ok(&[Effect::AlreadyFinished]));
        cancel(&[1], &[("/look/1", end)], Ok(&[Effect::AlreadyFinished]));
    }
    cancel(&[1], &after("taken", "family-cancelled"), Ok(&[Effect::Cancelled]));
}

#[test]
fn a_family_that_was_not_held_shows_no_release() {
    let release = Aim::Release(Reach::Tree);
    let script = |before, told, after| [("/look/1", before), ("/order/1", told), ("/look/1", after)];
    let running = "family-running";
    order(release, &[1], &script(running, "", running), Ok(&[Effect::UnverifiedUnanswered]));
    order(release, &[1], &script(running, "taken", running), Ok(&[Effect::UnverifiedTaken]));
    for told in ["", "taken"] {
        order(release, &[1], &script("family-held", told, "family-queued"), Ok(&[Effect::Done]));
        order(release, &[1], &script("held", told, "queued"), Ok(&[Effect::Done]));
    }
}

/// What a body of a megabyte can name. Each is come to a few times and not once for each other.
#[test]
fn a_hundred_thousand_targets_are_each_come_to_once() {
    let begun = std::time::Instant::now();
    let targets: Vec<Target> = (1..=100_000).map(Target::number).collect();
    let mut conversation = Verified::new(Words, Aim::Cancel(Reach::One), &targets, false, 0);
    let (mut heard, mut asked) = (None, 0);
    let end = loop {
        match conversation.next(heard) {
            Step::Done(end) => break end,
            Step::Send(ask) => {
                asked += 1;
                let word = if ask.request.uri().path().starts_with("/look") { "running" } else { "taken" };
                let count = ask.request.uri().path().split(',').count();
                heard = Some(Ok(Response::new(vec![word; count].join(",").into())));
            }
        }
    };
    assert!(end.is_ok());
    assert_eq!(asked, 50_000 + 33_334 + 50_000);
    assert!(begun.elapsed().as_secs() < 20, "it took {:?}", begun.elapsed());
}

#[test]
fn several_are_asked_about_together_and_each_has_an_effect_of_its_own() {
    let script = [
        ("/look/1,2", "running,absent"),
        ("/look/3,4", "queued,failed"),
        ("/look/5", "running"),
        ("/order/1,3,5", "taken,refused,taken"),
        ("/look/1,3", "cancelling,cancelled"),
        ("/look/5", "cancelled"),
    ];
    let effects = [
        Effect::Accepted,
        Effect::NotFound,
        Effect::AlreadyCancelled,
        Effect::AlreadyCancelling,
        Effect::AlreadyFinished,
        Effect::Cancelled,
    ];
    cancel(&[1, 2, 3, 1, 4, 5], &script, Ok(&effects));
}
