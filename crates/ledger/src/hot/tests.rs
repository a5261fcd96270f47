//! Every order in which a writer, a reader and a poll can meet.

use countermand_model::Caller;

use super::*;

/// What one thread does next. The committed value is the number of commits; a reading sees what is committed when it
/// looks.
#[derive(Clone, Copy, Debug)]
enum Step {
    Begin,
    Touch,
    Commit,
    End,
    /// The reader: the moment is taken, the rows are read, the copy is put.
    Moment,
    Read,
    Keep,
}

const WRITER: [Step; 8] =
    [Step::Begin, Step::Touch, Step::Commit, Step::End, Step::Begin, Step::Touch, Step::Commit, Step::End];
const READER: [Step; 3] = [Step::Moment, Step::Read, Step::Keep];

/// Every way to merge two lists.
fn merges(one: &[Step], other: &[Step]) -> Vec<Vec<Step>> {
    let led = |first: Step, rest: Vec<Vec<Step>>| {
        rest.into_iter().map(move |rest| std::iter::once(first).chain(rest).collect())
    };
    match (one, other) {
        ([], rest) | (rest, []) => vec![rest.to_vec()],
        ([a, one_rest @ ..], [b, other_rest @ ..]) => {
            led(*a, merges(one_rest, other)).chain(led(*b, merges(one, other_rest))).collect()
        }
    }
}

fn call() -> Call {
    let status = Status { target: Target::number(7), results: Results::None, kin: Kin::None };
    let (caller, request_id) = (Caller::default(), String::new());
    Call { command: Command::Status(status), caller, dialect: "control", request_id }
}

#[test]
fn a_copy_says_what_is_committed_in_every_order_of_events() {
    let call = call();
    let Command::Status(status) = &call.command else { panic!("it is a status") };
    let place = Place { namespace: "default", dialect: "control", target: &status.target };
    let (mut served, orders) = (0, merges(&WRITER, &READER));
    assert_eq!(orders.len(), 165);
    for order in orders {
        let hot = Hot::default();
        let (mut committed, mut moment, mut seen) = (0_u64, None, None);
        for (index, step) in order.iter().enumerate() {
            match step {
                Step::Begin => hot.stamps.begin(),
                Step::Touch => hot.stamps.touch(70),
                Step::Commit => committed += 1,
                Step::End => hot.stamps.end(),
                Step::Moment => moment = Some(hot.stamps.now()),
                Step::Read => seen = Some(committed),
                Step::Keep => {
                    let job = Job { revision: seen.unwrap(), ..Job::new(7, 0) };
                    hot.keep(place, status, moment.unwrap(), &job, [70, 70]);
                }
            }
            // A poll at every point.
            if let Some(snapshot) = hot.find("default", &call) {
                assert_eq!(snapshot.job.revision, committed, "after step {index} of {order:?}");
                served += 1;
            }
        }
    }
    assert_eq!(served, 11, "between two writes a copy is of use");
}

#[test]
fn there_are_only_so_many_copies_and_the_last_ones_stay() {
    let hot = Hot::default();
    let status = |number| Status { target: Target::number(number), results: Results::None, kin: Kin::None };
    let numbers = 0..3 * i64::try_from(shelf::PLACES).unwrap();
    for number in numbers.clone() {
        let status = status(number);
        let place = Place { namespace: "default", dialect: "control", target: &status.target };
        hot.keep(place, &status, hot.stamps.now(), &Job::new(number, 0), [number, number]);
    }
    let is_there = |number: &i64| {
        hot.find("default", &Call { command: Command::Status(status(*number)), ..call() })
            .is_some_and(|snapshot| snapshot.job.number == *number)
    };
    let there = numbers.clone().filter(is_there).count();
    assert!((shelf::PLACES * 9 / 10..=shelf::PLACES).contains(&there), "{there}");
    let last = numbers.rev().take(100).filter(is_there).count();
    assert_eq!(last, 100);
}

#[test]
fn what_is_too_large_or_has_company_is_not_copied() {
    let call = call();
    let Command::Status(status) = &call.command else { panic!("it is a status") };
    let place = Place { namespace: "default", dialect: "control", target: &status.target };
    let large = Job { message: Some("x".repeat(LARGEST + 1)), ..Job::new(7, 0) };
    let parent = Job { children: countermand_model::Children { total: 1, unfinished: 0 }, ..Job::new(7, 0) };
    let with_kin = Status { kin: Kin::All, ..status.clone() };
    let is_kept = |status: &Status, job: &Job| {
        let hot = Hot::default();
        hot.keep(place, status, hot.stamps.now(), job, [1, 1]);
        hot.find("default", &Call { command: Command::Status(status.clone()), ..call.clone() }).is_some()
    };
    assert!(!is_kept(status, &large));
    assert!(is_kept(status, &parent), "alone it is what its own row says");
    assert!(!is_kept(&with_kin, &parent));
    assert!(is_kept(&with_kin, &Job::new(7, 0)), "there are no children");
}

#[test]
fn a_copy_is_as_large_as_it_is_said_to_be() {
    assert!(size_of::<Copy>() <= 900, "{}", size_of::<Copy>());
}
