//! The client half: against our own server half, and against a list of answers.

use countermand_model::{
    Acted, Cancel, Delivery, Effect, FaultKind, Filter, Job, Kin, Order, Reach, Results, Snapshot, State,
    Status, Target,
};
use proptest::prelude::*;

use super::*;
use crate::Safety;
use crate::conversation::Lost;
use crate::conversation::play::{Line, against_list, against_server};

const ASK: &str = "GET ?action=abortRequest&dataset=defaultDs&requestId=316829382_14";

fn target(id: &str, dataset: Option<&str>) -> Target {
    Target { written: id.to_owned(), number: number::canonical(id), dataset: dataset.map(ToOwned::to_owned) }
}

fn cancel() -> Cancel {
    Cancel { targets: vec![target("316829382_14", Some("defaultDs"))], ..Cancel::default() }
}

fn status(results: Results) -> Command {
    let target = target("316829382_14", Some("defaultDs"));
    Command::Status(Status { target, results, kin: Kin::None })
}

fn converse(options: &[(&str, OptionValue)], command: &Command) -> Result<Box<dyn Conversation>, Fault> {
    codec(options).converse(command, 0)
}

proptest! {
    #[test]
    fn what_is_said_is_read_as_it_was_meant(id in "[^\\pC]{1,60}", dataset in "[A-Za-z0-9_-]{2,32}") {
        let codec = codec(&[]);
        let target = target(&id, Some(&dataset));
        let mut given = Vec::new();
        let aborting = Command::Cancel(Cancel { targets: vec![target.clone()], ..Cancel::default() });
        let conversation = codec.converse(&aborting, 0).unwrap();
        let end = against_server(&DIALECT, &*codec, conversation, |asked| {
            let Command::Cancel(Cancel { targets, reach: Reach::One, .. }) = asked else { panic!("{asked:?}") };
            given.extend(targets.clone());
            let effect = if given.len() == 1 { Effect::Cancelled } else { Effect::AlreadyCancelled };
            let acted = Acted { target: targets[0].clone(), effect, before: None, after: None };
            Ok(Outcome::Acted { at: 0, targets: vec![acted] })
        });
        let Ok(Outcome::Acted { targets, .. }) = end else { panic!("{end:?}") };
        prop_assert_eq!(targets[0].effect, Effect::Cancelled);
        prop_assert_eq!(given, [target.clone(), target.clone()]);

        let results = vec![r#"{"a b":24.00}"#.to_owned()];
        let reading = Command::Status(Status { target, results: Results::Undelivered, kin: Kin::None });
        let conversation = codec.converse(&reading, 0).unwrap();
        let end = against_server(&DIALECT, &*codec, conversation, |asked| {
            assert_eq!(asked, reading);
            let snapshot = Snapshot { results: results.clone(), ..Snapshot::of(Job::new(1, 0)) };
            Ok(Outcome::Read { at: 0, snapshot: Some(Box::new(snapshot)) })
        });
        let Ok(Outcome::Read { snapshot: Some(snapshot), .. }) = end else { panic!("{end:?}") };
        prop_assert_eq!(snapshot.results, results);
        prop_assert_eq!(snapshot.job.state, State::Running);
    }
}

const STOPPED: Result<(u16, &str), Lost> = Ok((200, r#"{"aborted":true,"id":"316829382_14"}"#));
const NOT_STOPPED: Result<(u16, &str), Lost> = Ok((200, r#"{"aborted":false,"id":"316829382_14"}"#));
const OTHER: Result<(u16, &str), Lost> = Ok((200, r#"{"aborted":true,"id":"316829382_15"}"#));
const ABSENT: Result<(u16, &str), Lost> =
    Ok((404, r#"{"code":"B5040016","error":"Response is not present"}"#));
const COMPLETED: Result<(u16, &str), Lost> = Ok((400, r#"{"code":"B5040017","error":"already completed"}"#));
const ABORTED: Result<(u16, &str), Lost> = Ok((400, r#"{"code":"B5040018","error":"already aborted"}"#));
const STRANGER: Result<(u16, &str), Lost> =
    Ok((401, r#"{"code":"B50000E9","error":"Authorization is required."}"#));
const BROKEN: Result<(u16, &str), Lost> = Ok((500, r#"{"code":"B50600E2","error":"internal error"}"#));
const WRONG: Result<(u16, &str), Lost> = Ok((400, r#"{"code":"B50000E4","error":"no such dataset"}"#));
const SILENT: Result<(u16, &str), Lost> = Err(Lost::Unanswered);
const UNSENT: Result<(u16, &str), Lost> = Err(Lost::Unsent);

#[track_caller]
fn effect_of(script: &[Result<(u16, &str), Lost>]) -> Result<Effect, FaultKind> {
    let script: Vec<Line<'_>> = script.iter().map(|answer| (ASK, *answer)).collect();
    let end = against_list(converse(&[], &Command::Cancel(cancel())).unwrap(), &script);
    end.map_err(|fault| fault.kind).map(|outcome| match outcome {
        Outcome::Acted { targets, .. } => targets[0].effect,
        other => panic!("{other:?}"),
    })
}

#[test]
fn an_abort_that_says_what_became_of_the_request_is_the_only_one() {
    for (answer, effect) in [
        (ABSENT, Effect::NotFound),
        (COMPLETED, Effect::AlreadyFinished),
        (ABORTED, Effect::AlreadyCancelled),
        (STRANGER, Effect::Forbidden),
        (WRONG, Effect::NotPossible),
    ] {
        assert_eq!(effect_of(&[answer]), Ok(effect), "{answer:?}");
    }
    assert_eq!(effect_of(&[UNSENT]), Err(FaultKind::Unreachable));
    assert_eq!(effect_of(&[Ok((429, ""))]), Err(FaultKind::Unreachable));
}

#[test]
fn an_abort_is_verified_by_another_one_and_by_no_third() {
    for first in [STOPPED, NOT_STOPPED] {
        for (second, effect) in [
            (ABORTED, Effect::Cancelled),
            (COMPLETED, Effect::AlreadyFinished),
            (STOPPED, Effect::UnverifiedTaken),
            (NOT_STOPPED, Effect::UnverifiedTaken),
            (ABSENT, Effect::UnverifiedTaken),
            (STRANGER, Effect::UnverifiedTaken),
            (BROKEN, Effect::UnverifiedTaken),
            (SILENT, Effect::UnverifiedTaken),
            (UNSENT, Effect::UnverifiedTaken),
        ] {
            assert_eq!(effect_of(&[first, second]), Ok(effect), "{first:?}, {second:?}");
        }
    }
}

#[test]
fn an_abort_without_an_answer_is_known_by_the_next_one() {
    for first in [SILENT, BROKEN, OTHER, Ok((200, "<html>log in</html>")), Ok((404, "no page"))] {
        for (second, effect) in [
            (ABORTED, Effect::Cancelled),
            (COMPLETED, Effect::AlreadyFinished),
            (ABSENT, Effect::NotFound),
            (STOPPED, Effect::UnverifiedTaken),
            (NOT_STOPPED, Effect::UnverifiedTaken),
            (STRANGER, Effect::UnverifiedUnanswered),
            (SILENT, Effect::UnverifiedUnanswered),
            (UNSENT, Effect::UnverifiedUnanswered),
        ] {
            assert_eq!(effect_of(&[first, second]), Ok(effect), "{first:?}, {second:?}");
        }
    }
}

#[test]
fn several_are_all_told_to_stop_before_any_is_asked_again() {
    let ids = ["1_1", "1_2", "1_1", "tab\there"];
    let targets = ids.iter().map(|id| target(id, None)).collect();
    let command = Command::Cancel(Cancel { targets, wants_after: true, ..Cancel::default() });
    let ask = |id: &str| format!("GET ?action=abortRequest&dataset=other&requestId={id}");
    let stopped = |id: &str| format!(r#"{{"aborted":true,"id":"{id}"}}"#);
    let (first, second) = (stopped("1_1"), stopped("1_2"));
    let script: [Line<'_>; 4] = [
        (&ask("1_1"), Ok((200, &first))),
        (&ask("1_2"), Ok((200, &second))),
        (&ask("1_1"), ABORTED),
        (&ask("1_2"), NOT_STOPPED),
    ];
    let end = against_list(converse(&[choice("client_dataset", "other")], &command).unwrap(), &script);
    let Ok(Outcome::Acted { targets, .. }) = end else { panic!("{end:?}") };
    let told: Vec<_> = targets
        .iter()
        .map(|acted| (acted.effect, acted.after.as_ref().map(|after| after.job.state)))
        .collect();
    assert_eq!(
        told,
        [
            (Effect::Cancelled, Some(State::Cancelled)),
            (Effect::UnverifiedTaken, Some(State::Cancelling)),
            (Effect::Cancelled, Some(State::Cancelled)),
            (Effect::NotFound, None),
        ]
    );
}

/// What a body of a megabyte can name in another dialect.
#[test]
fn a_hundred_thousand_are_each_come_to_once() {
    let begun = std::time::Instant::now();
    let targets = (1..=100_000).map(Target::number).collect();
    let mut conversation = converse(&[], &Command::Cancel(Cancel { targets, ..Cancel::default() })).unwrap();
    let (mut heard, mut asked) = (None, 0);
    while let crate::Step::Send(_) = conversation.next(heard.take()) {
        asked += 1;
        heard = Some(Err(Lost::Unsent));
    }
    assert_eq!(asked, 100_000);
    assert!(begun.elapsed().as_secs() < 20, "it took {:?}", begun.elapsed());
}

#[test]
fn what_cannot_be_said_is_refused_before_anything_is_sent() {
    let target = || target("316829382_14", None);
    let order = || Order { targets: vec![target()], ..Order::default() };
    for command in [
        Command::Cancel(Cancel { force: Some(Filter::ALL), ..cancel() }),
        Command::Cancel(Cancel { acknowledge_after: true, ..cancel() }),
        Command::Cancel(Cancel { delete_output: true, ..cancel() }),
        Command::Hold(order()),
        Command::Release(order()),
        Command::Delete { target: target() },
        Command::DeleteOutput { target: target() },
        Command::Permissions { target: target() },
        Command::CheckIn { target: target() },
        Command::Report { target: target(), state: None, message: None },
        Command::Runs { filter: Filter::ALL },
    ] {
        let fault = converse(&[], &command).map(|_| ()).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unsupported, "{command:?}");
    }
    // No request has a trigger.
    let trigger = Command::Cancel(Cancel { reach: Reach::Trigger, ..cancel() });
    let Ok(Outcome::Acted { targets, .. }) = against_list(converse(&[], &trigger).unwrap(), &[]) else {
        panic!("nothing was to be said")
    };
    assert_eq!(targets[0].effect, Effect::NotFound);
}

#[test]
fn results_are_taken_only_for_who_takes_them() {
    use Results::{All, Cumulative, None as Nothing, Undelivered};
    for (delivery, results, expected) in [
        ("once", Undelivered, Some(Safety::Consuming)),
        ("once", Nothing, None),
        ("once", All, None),
        ("once", Cumulative, None),
        ("cumulative", Cumulative, Some(Safety::Consuming)),
        ("cumulative", Undelivered, None),
        ("cumulative", Nothing, None),
        ("cumulative", All, None),
        ("repeat", Nothing, Some(Safety::Safe)),
        ("repeat", All, Some(Safety::Safe)),
        ("repeat", Undelivered, None),
        ("repeat", Cumulative, None),
    ] {
        let options = [choice("delivery", delivery)];
        let safety =
            converse(&options, &status(results)).ok().map(|mut conversation| match conversation.next(None) {
                crate::Step::Send(ask) => ask.safety,
                crate::Step::Done(end) => panic!("{end:?}"),
            });
        assert_eq!(safety, expected, "{delivery} {results:?}");
    }
}

#[test]
fn results_come_as_they_were_sent_and_the_last_need_no_confirmation_there() {
    let ask = "GET ?action=getStatus&dataset=defaultDs&requestId=316829382_14";
    let read = |status_code, body: &str| {
        let conversation = converse(&[], &status(Results::Undelivered)).unwrap();
        against_list(conversation, &[(ask, Ok((status_code, body)))])
    };
    let flags = |completed, aborted, errors: &str| {
        format!(
            r#"{{"status":{{"total":10,"matched":1,"processed":4,"completed":{completed},"aborted":{aborted},"hasErrors":{errors}}},"result":[{{"cpu Usage": [24.00,null] }}]}}"#
        )
    };
    for (code, completed, aborted, errors, state, delivery) in [
        (206, false, false, "false", State::Running, None),
        (206, false, false, "\"true\"", State::Running, None),
        (200, true, false, "\"false\"", State::Succeeded, Some(Delivery(0))),
        (200, true, false, "true", State::Warning, Some(Delivery(0))),
        (200, false, true, "false", State::Cancelled, Some(Delivery(0))),
    ] {
        let end = read(code, &flags(completed, aborted, errors));
        let Ok(Outcome::Read { snapshot: Some(snapshot), .. }) = end else { panic!("{end:?}") };
        assert_eq!((snapshot.job.state, snapshot.delivery), (state, delivery));
        assert_eq!(snapshot.results, [r#"{"cpu Usage": [24.00,null] }"#]);
        assert_eq!((snapshot.job.number, snapshot.job.alias(NAME)), (0, Some("316829382_14")));
        assert_eq!(snapshot.job.progress.processed, 4);
    }
    for (code, body) in [
        (404, r#"{"code":"720600E6","error":"Response is not present in the cache."}"#),
        (400, r#"{"code":"720600E6","error":"Response is not present in the cache."}"#),
    ] {
        assert_eq!(read(code, body), Ok(Outcome::Read { at: 0, snapshot: None }));
    }
    let failed = read(400, r#"{"code":"43050005","error":"Attribute definition does not exist"}"#);
    let Ok(Outcome::Read { snapshot: Some(snapshot), .. }) = failed else { panic!("{failed:?}") };
    assert_eq!(snapshot.job.state, State::Failed);
    for (code, body) in [(404, "no page"), (200, "{}"), (302, ""), (500, "oops")] {
        assert!(read(code, body).is_err(), "{code} {body}");
    }
    let confirm = Command::Confirm { delivery: Delivery(0) };
    assert_eq!(against_list(converse(&[], &confirm).unwrap(), &[]), Ok(Outcome::Confirmed));
}
