//! Orders of the client half against the server half: what is looked at before one, what is told, and what is said of it.

use countermand_model::{
    Acknowledged, Acted, Cancel, Command, Delivery, Effect, Fault, FaultKind, Filter, Job, Kind, Order,
    Outcome, Reach, Snapshot, State, Target, Trigger, TriggerState,
};

use super::PRIME;
use super::saying::{AT, carried_out, effects, manners, nothing, with_family};

/// An engine with these single jobs, which does as it is told: cancels what waits, and what runs is being cancelled.
fn obedient(mut jobs: Vec<Job>) -> impl FnMut(&Command) -> Result<Outcome, Fault> {
    move |command| {
        Ok(match command {
            Command::List { filter, .. } => {
                let filter = format!("{filter:?}");
                let found = jobs.iter().filter(|job| filter.contains(&format!("Integer({})", job.number)));
                let jobs = found.cloned().map(Snapshot::of).collect();
                Outcome::Listed { at: AT, jobs, total: None }
            }
            Command::Status(status) => {
                let job = jobs.iter().find(|job| Some(job.number) == status.target.number);
                Outcome::Read { at: AT, snapshot: job.cloned().map(Snapshot::of).map(Box::new) }
            }
            Command::Cancel(cancel) => {
                let acted = cancel.targets.iter().map(|target| {
                    let job = jobs.iter_mut().find(|job| Some(job.number) == target.number);
                    let effect = match job {
                        Some(job) if job.state == State::Queued => {
                            job.state = State::Cancelled;
                            Effect::Cancelled
                        }
                        Some(_) => Effect::Accepted,
                        None => Effect::NotFound,
                    };
                    Acted { target: target.clone(), effect, before: None, after: None }
                });
                Outcome::Acted { at: AT, targets: acted.collect() }
            }
            other => panic!("{other:?}"),
        })
    }
}

#[test]
fn runs_are_cancelled_together_and_looked_at_together() {
    let job = |number, state| Job {
        state,
        started_at: (state != State::Queued).then_some(AT),
        ..Job::new(number, AT)
    };
    let jobs = || vec![job(15, State::Running), job(16, State::Queued), job(17, State::Failed)];
    let ids = [15, 16, 17, 18, 15];
    let targets: Vec<_> = ids.into_iter().map(Target::number).collect();
    for prime in manners() {
        let command =
            Command::Cancel(Cancel { targets: targets.clone(), wants_after: true, ..Cancel::default() });
        let (asked, end) = carried_out(&prime, &command, obedient(jobs()));
        // A run that was told to stop is told as at work until it has stopped.
        let taken = Effect::UnverifiedTaken;
        let expected = vec![taken, Effect::Cancelled, Effect::AlreadyFinished, Effect::NotFound, taken];
        assert_eq!(effects(end), Ok(expected));
        let sent = [15, 16, 18].map(Target::number).to_vec();
        let order = Command::Cancel(Cancel { targets: sent, ..Cancel::default() });
        assert_eq!(asked[1], order);
        assert_eq!(asked.len(), 3);
    }
}

#[test]
fn a_run_may_be_cancelled_with_all_below_it_but_a_job_may_not() {
    for reach in [Reach::Tree, Reach::Unstarted] {
        let cancel =
            |id| Command::Cancel(Cancel { targets: vec![Target::number(id)], reach, ..Cancel::default() });
        let queued = vec![Job::new(16, AT)];
        let (asked, end) = carried_out(&PRIME, &cancel(16), obedient(queued));
        assert_eq!((asked.len(), effects(end)), (4, Ok(vec![Effect::Cancelled])));
        let (asked, end) = carried_out(&PRIME, &cancel(7), with_family);
        assert_eq!((asked.len(), effects(end)), (1, Err(FaultKind::Unsupported)));
    }
}

#[test]
fn triggers_are_looked_at_one_by_one_and_told_together() {
    type Make = fn(Vec<Target>) -> Command;
    let hold: Make = |targets| Command::Hold(Order { targets, reach: Reach::Trigger, wants_after: false });
    let release: Make =
        |targets| Command::Release(Order { targets, reach: Reach::Trigger, wants_after: false });
    let cancel: Make =
        |targets| Command::Cancel(Cancel { targets, reach: Reach::Trigger, ..Cancel::default() });
    for (make, goal, effect, already) in [
        (hold, TriggerState::Suspended, Effect::Done, Effect::AlreadySo),
        (release, TriggerState::Scheduled, Effect::Done, Effect::AlreadySo),
        (cancel, TriggerState::Cancelled, Effect::Cancelled, Effect::NotPossible),
    ] {
        for prime in manners() {
            let other = if goal == TriggerState::Suspended {
                TriggerState::Scheduled
            } else {
                TriggerState::Suspended
            };
            let mut states = [(7, other), (8, goal), (9, other)];
            let targets = |ids: &[i64]| ids.iter().copied().map(Target::number).collect::<Vec<_>>();
            let (asked, end) = carried_out(&prime, &make(targets(&[7, 8, 9, 10])), |command| {
                if let Command::Status(status) = command {
                    let found = states.iter().find(|(id, _)| Some(*id) == status.target.number);
                    let job = found.map(|(id, state)| Job {
                        kind: Kind::Parent,
                        trigger: Some(Trigger { state: *state, next_run_at: None, rule: None }),
                        ..Job::new(*id, AT)
                    });
                    return Ok(Outcome::Read { at: AT, snapshot: job.map(Snapshot::of).map(Box::new) });
                }
                assert_eq!(*command, make(targets(&[7, 9])), "only what is not so already is told");
                states.iter_mut().for_each(|(_, state)| *state = goal);
                let done = |target: Target| Acted { target, effect, before: None, after: None };
                Ok(Outcome::Acted { at: AT, targets: targets(&[7, 9]).into_iter().map(done).collect() })
            });
            assert_eq!(effects(end), Ok(vec![effect, already, effect, Effect::NotFound]));
            assert_eq!(asked.len(), 4 + 1 + 2);
        }
    }
}

#[test]
fn what_there_is_no_word_for_is_not_said() {
    let target = || Target::number(15);
    let cancel = |cancel: Cancel| Command::Cancel(Cancel { targets: vec![target()], ..cancel });
    let order = |reach| Order { targets: vec![target()], reach, wants_after: false };
    for command in [
        cancel(Cancel { force: Some(Filter::ALL), ..Cancel::default() }),
        cancel(Cancel { acknowledge_after: true, ..Cancel::default() }),
        cancel(Cancel { delete_output: true, ..Cancel::default() }),
        Command::Hold(order(Reach::One)),
        Command::Hold(order(Reach::Tree)),
        Command::Release(order(Reach::Unstarted)),
        Command::Acknowledge { target: target(), end: Acknowledged::Cancel, delete_output: false },
        Command::DeleteOutput { target: target() },
        Command::Delete { target: target() },
        Command::Permissions { target: target() },
        Command::Report { target: target(), state: None, message: None },
        Command::CheckIn { target: target() },
        Command::Runs { filter: Filter::ALL },
    ] {
        let (asked, end) = carried_out(&PRIME, &command, nothing);
        assert_eq!(end.map_err(|fault| fault.kind), Err(FaultKind::Unsupported), "{command:?}");
        assert_eq!(asked, []);
    }
    let (asked, end) = carried_out(&PRIME, &Command::Confirm { delivery: Delivery(1) }, nothing);
    assert_eq!((asked, end), (Vec::new(), Ok(Outcome::Confirmed)));
}
