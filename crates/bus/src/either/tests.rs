//! Two engines that write down what they are asked.

use std::sync::{Arc, Mutex};

use countermand_model::{
    Acted, Call, Caller, Cancel, Command, Effect, Fault, FaultKind, Filter, Job, Kin, Outcome, Page, Results,
    Snapshot, Status, Target,
};
use tower::{ServiceExt, service_fn};

use super::Either;
use crate::Engine;

type Log = Arc<Mutex<Vec<String>>>;

/// An engine that knows some jobs, and says `effect` of each that is ordered about. Jobs of the hundreds are li's.
fn engine(name: &'static str, known: &'static [i64], effect: Result<Effect, FaultKind>, log: &Log) -> Engine {
    let log = Arc::clone(log);
    Engine::new(service_fn(move |call: Call| {
        let ids: Vec<_> = call.command.targets().iter().filter_map(|target| target.number).collect();
        log.lock().unwrap().push(format!("{name} {} {ids:?}", call.command.name()));
        let snapshot = |number: i64| {
            let is_hidden = call.caller.own_only && number >= 100;
            let job = known.contains(&number) && !is_hidden;
            job.then(|| Box::new(Snapshot::of(Job::new(number, 0))))
        };
        let answer = match &call.command {
            Command::Status(_) => Ok(Outcome::Read { at: 1, snapshot: snapshot(ids[0]) }),
            Command::List { .. } => Ok(Outcome::Listed { at: 1, jobs: Vec::new(), total: None }),
            command => effect.map_err(|kind| Fault::new(kind, "no")).map(|effect| {
                let of =
                    |target: &Target| Acted { target: target.clone(), effect, before: None, after: None };
                Outcome::Acted { at: 1, targets: command.targets().iter().map(of).collect() }
            }),
        };
        async move { answer }
    }))
}

/// What is answered, and what each engine was asked.
async fn ask(
    command: Command,
    own_only: bool,
    second: Result<Effect, FaultKind>,
) -> (Result<Outcome, Fault>, Vec<String>) {
    let log = Log::default();
    let either = Either::new(
        engine("ours", &[1, 2, 100], Ok(Effect::Cancelled), &log),
        engine("theirs", &[1, 7, 8, 100], second, &log),
    );
    let caller = Caller { own_only, ..Caller::default() };
    let call = Call { command, caller, dialect: "test", request_id: "r".to_owned() };
    let answer = either.oneshot(call).await;
    let log = log.lock().unwrap().clone();
    (answer, log)
}

fn cancel(numbers: &[i64]) -> Command {
    let targets = numbers.iter().map(|number| Target::number(*number)).collect();
    Command::Cancel(Cancel { targets, ..Cancel::default() })
}

fn status(number: i64) -> Command {
    Command::Status(Status { target: Target::number(number), results: Results::None, kin: Kin::None })
}

fn effects(outcome: Result<Outcome, Fault>) -> Vec<(i64, Effect)> {
    let Ok(Outcome::Acted { targets, .. }) = outcome else { panic!("not an order: {outcome:?}") };
    targets.iter().map(|acted| (acted.target.number.unwrap(), acted.effect)).collect()
}

#[tokio::test]
async fn each_id_goes_to_whom_it_belongs_and_the_effects_come_back_in_order() {
    let (answer, log) = ask(cancel(&[7, 1, 9, 2, 7]), false, Ok(Effect::Accepted)).await;
    let (ours, theirs) = (Effect::Cancelled, Effect::Accepted);
    assert_eq!(effects(answer), [(7, theirs), (1, ours), (9, theirs), (2, ours), (7, theirs)]);
    let orders: Vec<_> = log.iter().filter(|line| line.contains("cancel")).collect();
    assert_eq!(orders, ["ours cancel [1, 2]", "theirs cancel [7, 9, 7]"]);
    assert!(!log.iter().any(|line| line.starts_with("theirs status")), "{log:?}");
}

#[tokio::test]
async fn an_order_that_is_all_one_engines_is_given_to_it_as_it_is() {
    let (_, log) = ask(cancel(&[2, 1]), false, Ok(Effect::Accepted)).await;
    assert_eq!(log.last().unwrap(), "ours cancel [2, 1]");
    let (_, log) = ask(cancel(&[8, 9]), false, Ok(Effect::Accepted)).await;
    assert_eq!(log.last().unwrap(), "theirs cancel [8, 9]");
    let (_, log) = ask(cancel(&[]), false, Ok(Effect::Accepted)).await;
    assert_eq!(log, ["ours cancel []"]);
}

#[tokio::test]
async fn what_becomes_of_one_part_does_not_undo_the_other() {
    for (fault, effect) in [
        (FaultKind::Timeout, Effect::UnverifiedUnanswered),
        (FaultKind::Unreachable, Effect::UnverifiedUnanswered),
        (FaultKind::Unsupported, Effect::NotPossible),
    ] {
        let (answer, _) = ask(cancel(&[1, 7]), false, Err(fault)).await;
        assert_eq!(effects(answer), [(1, Effect::Cancelled), (7, effect)]);
        let (answer, _) = ask(cancel(&[7]), false, Err(fault)).await;
        assert_eq!(answer.unwrap_err().kind, fault);
    }
}

/// A dialect may hold the time of an end against it.
#[tokio::test]
async fn when_it_was_is_told_by_whichever_engine_knows() {
    for ours in [Ok(Effect::Cancelled), Err(FaultKind::Timeout)] {
        let log = Log::default();
        let either =
            Either::new(engine("ours", &[1], ours, &log), engine("theirs", &[], Ok(Effect::Accepted), &log));
        let (command, caller) = (cancel(&[1, 7]), Caller::default());
        let call = Call { command, caller, dialect: "test", request_id: "r".to_owned() };
        assert!(matches!(either.oneshot(call).await, Ok(Outcome::Acted { at: 1, .. })));
    }
}

#[tokio::test]
async fn a_job_that_is_somebody_elses_is_not_looked_for_elsewhere() {
    let (answer, log) = ask(status(100), true, Ok(Effect::Accepted)).await;
    assert!(matches!(answer, Ok(Outcome::Read { snapshot: None, .. })));
    assert_eq!(log, ["ours status [100]", "ours status [100]"]);
    let (_, log) = ask(cancel(&[100, 7]), true, Ok(Effect::Accepted)).await;
    assert!(log.contains(&"ours cancel [100]".to_owned()), "{log:?}");
}

#[tokio::test]
async fn readings_and_lists() {
    let (_, log) = ask(status(1), false, Ok(Effect::Accepted)).await;
    assert_eq!(log, ["ours status [1]"]);
    let (_, log) = ask(status(7), false, Ok(Effect::Accepted)).await;
    assert_eq!(log, ["ours status [7]", "theirs status [7]"]);
    let (_, log) = ask(Command::Delete { target: Target::number(7) }, false, Ok(Effect::Done)).await;
    assert_eq!(log, ["ours status [7]", "theirs delete [7]"]);
    let page = Page { first: 0, size: 10 };
    let (filter, sort, kin) = (Filter::And(Vec::new()), Vec::new(), Kin::None);
    let (_, log) =
        ask(Command::List { filter, sort, page, count: false, kin }, false, Ok(Effect::Done)).await;
    assert_eq!(log, ["ours list []"]);
}
