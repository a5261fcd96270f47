//! Polls that copies answer say what a reading would: after every kind of write, in every order, beside busy writers.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use countermand_ledger::Put;
use countermand_model::machine::FORCE_AFTER;
use countermand_model::*;
use proptest::prelude::*;

use crate::support::*;

const DIALECT: &str = "qlik-odag";

fn poll_of(target: Target, kin: Kin) -> Command {
    Command::Status(Status { target, results: Results::None, kin })
}

async fn poll(ledger: &Ledger, dialect: &'static str, target: Target, kin: Kin) -> Option<Box<Snapshot>> {
    match ledger.ask_in(dialect, poll_of(target, kin)).await {
        Outcome::Read { snapshot, .. } => snapshot,
        other => panic!("a poll was answered {other:?}"),
    }
}

/// A poll, and then another: the second is answered by a copy where the first left one. Both say what a reading for
/// the owner of the jobs says, which no copy answers.
async fn agree(ledger: &Ledger, number: i64) {
    let read = ledger.store.get("default", number).await.ok().map(|(job, _)| job);
    for kin in [Kin::None, Kin::Latest, Kin::All] {
        for turn in ["first", "second"] {
            let polled = poll(ledger, "control", Target::number(number), kin).await;
            assert_eq!(polled.map(|snapshot| snapshot.job), read, "job {number}, {turn} poll with {kin:?}");
        }
    }
}

async fn all_agree(ledger: &Ledger) {
    for number in 1..=4 {
        agree(ledger, number).await;
    }
}

#[tokio::test]
async fn the_second_poll_is_answered_by_a_copy_until_the_job_changes() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Running)).await;
    ledger.put(2, in_state(State::Running)).await;
    let copies = async |number| {
        let before = ledger.store.figures().copies;
        poll(&ledger, "control", Target::number(number), Kin::All).await.unwrap();
        ledger.store.figures().copies - before
    };
    assert_eq!([copies(1).await, copies(1).await, copies(1).await], [0, 1, 1]);
    ledger.say(1, State::Succeeded, "farm").await.unwrap();
    assert_eq!([copies(1).await, copies(1).await], [0, 1]);
    assert_eq!([copies(2).await, copies(2).await], [0, 1]);
    ledger.say(2, State::Running, "farm").await.unwrap();
    assert_eq!(copies(1).await, 1, "the other was touched");
    ledger.say(1, State::Succeeded, "farm").await.unwrap();
    assert_eq!(copies(1).await, 1, "a repetition changes nothing");
    ledger.store.close().await;
    let call = Call {
        command: poll_of(Target::number(1), Kin::All),
        caller: Caller::default(),
        dialect: "control",
        request_id: String::new(),
    };
    let closed = tower::ServiceExt::oneshot(ledger.store.engine("default"), call).await;
    assert_eq!(closed.unwrap_err().kind, FaultKind::Overloaded);
}

#[tokio::test]
async fn every_kind_of_write_is_seen_by_the_next_poll() {
    let ledger = Ledger::memory();
    let alias = |id: &str| Alias { dialect: DIALECT.to_owned(), id: id.to_owned(), number: None };
    let aliased = |ids: &[&str]| Draft {
        aliases: Patch::Set(ids.iter().map(|id| alias(id)).collect()),
        ..Draft::default()
    };
    let output = Some(Output { id: "app".to_owned(), name: "App".to_owned() });
    let event = |event: Event| Event { runner: Some("farm".to_owned()), ..event };

    // Registered, described, given children and a trigger.
    ledger.put(1, Draft { owner: Patch::Set(Some("ana".to_owned())), ..in_state(State::Queued) }).await;
    all_agree(&ledger).await;
    ledger.put(2, child_of(1, State::Queued)).await;
    all_agree(&ledger).await;
    ledger.put(3, child_of(1, State::Running)).await;
    all_agree(&ledger).await;
    ledger.put(1, aliased(&["parent"])).await;
    all_agree(&ledger).await;
    ledger.put(1, aliased(&["other"])).await;
    all_agree(&ledger).await;
    ledger.put(1, with_trigger(TriggerState::Scheduled)).await;
    all_agree(&ledger).await;
    let attributes = Patch::Set(vec![(DIALECT.to_owned(), r#"{"a":1}"#.to_owned())]);
    ledger.put(2, Draft { attributes, ..Draft::default() }).await;
    all_agree(&ledger).await;
    let import = vec![
        (Some(4), in_state(State::Queued)),
        (Some(2), Draft { name: Patch::Set(Some("n".to_owned())), ..Draft::default() }),
    ];
    ledger.store.put_all("default", import, Put::default()).await.unwrap();
    all_agree(&ledger).await;

    // A runner's words: state, progress, message, output, results.
    ledger.say(2, State::Running, "farm").await.unwrap();
    all_agree(&ledger).await;
    let words = Event {
        progress: Some(Progress { total: 3, matched: 2, processed: 1 }),
        message: Some("m".to_owned()),
        ..Event::default()
    };
    ledger.event(2, event(words)).await.unwrap();
    all_agree(&ledger).await;
    let results = Some(NewResults { from: 0, items: vec!["1".to_owned(), "2".to_owned()] });
    ledger.event(2, event(Event { results, output: output.clone(), ..Event::default() })).await.unwrap();
    all_agree(&ledger).await;

    // A delivery that is confirmed.
    let taken = ledger.status(2, Results::Undelivered, Kin::None).await.unwrap();
    all_agree(&ledger).await;
    ledger.ask(Command::Confirm { delivery: taken.delivery.unwrap() }).await;
    all_agree(&ledger).await;

    // Orders: to one, to a trigger, to a family; a sign of life, a force, an end with what was put off until then.
    ledger.act(hold(&[4], Reach::One)).await;
    all_agree(&ledger).await;
    ledger.act(release(&[4], Reach::One)).await;
    all_agree(&ledger).await;
    ledger.act(hold(&[1], Reach::Trigger)).await;
    all_agree(&ledger).await;
    let whole = Cancel {
        targets: targets(&[1]),
        reach: Reach::Tree,
        acknowledge_after: true,
        delete_output: true,
        ..Cancel::default()
    };
    ledger.act(Command::Cancel(whole)).await;
    all_agree(&ledger).await;
    ledger.pass(5);
    ledger.ask(Command::CheckIn { target: Target::number(2) }).await;
    all_agree(&ledger).await;
    let report = |number, state| Command::Report {
        target: Target::number(number),
        state,
        message: Some("r".to_owned()),
    };
    ledger.act(report(3, None)).await;
    all_agree(&ledger).await;
    ledger.act(report(3, Some(State::Cancelled))).await;
    all_agree(&ledger).await;
    ledger.pass(FORCE_AFTER);
    let forced = Cancel { targets: targets(&[2]), force: Some(Filter::ALL), ..Cancel::default() };
    assert_eq!(ledger.act(Command::Cancel(forced)).await, [Effect::Cancelled]);
    all_agree(&ledger).await;
    let acknowledge =
        Command::Acknowledge { target: Target::number(2), end: Acknowledged::Cancel, delete_output: false };
    ledger.act(acknowledge).await;
    all_agree(&ledger).await;
    ledger.act(Command::DeleteOutput { target: Target::number(2) }).await;
    all_agree(&ledger).await;
    ledger.act(Command::Delete { target: Target::number(1) }).await;
    all_agree(&ledger).await;
    assert_eq!(
        poll(&ledger, "control", Target::number(2), Kin::None).await,
        None,
        "a child of a deleted job"
    );

    // Started afresh.
    let put = Put { replace: true, ..Put::default() };
    ledger.store.put("default", Some(1), in_state(State::Queued), put).await.unwrap();
    all_agree(&ledger).await;
}

#[tokio::test]
async fn an_id_that_changes_hands_means_its_new_job() {
    let ledger = Ledger::memory();
    let named = |ids: &[&str]| {
        let alias = |id: &&str| Alias { dialect: DIALECT.to_owned(), id: (*id).to_owned(), number: None };
        Draft { aliases: Patch::Set(ids.iter().map(alias).collect()), ..Draft::default() }
    };
    let means = async |text: &str, number| {
        let target = Target { written: text.to_owned(), number, dataset: None };
        let twice = [
            poll(&ledger, DIALECT, target.clone(), Kin::None).await,
            poll(&ledger, DIALECT, target, Kin::None).await,
        ];
        let [first, second] = twice.map(|found| found.map(|snapshot| snapshot.job.number));
        assert_eq!(first, second);
        second
    };
    ledger.put(1, named(&["aa"])).await;
    ledger.put(2, named(&[])).await;
    assert_eq!((means("aa", None).await, means("2", Some(2)).await), (Some(1), Some(2)));
    ledger.put(1, named(&["bb"])).await;
    ledger.put(2, named(&["aa"])).await;
    assert_eq!((means("aa", None).await, means("2", Some(2)).await), (Some(2), None));
    let elsewhere = Draft { dialects: Patch::Set(Some(vec!["oracle-ess".to_owned()])), ..Draft::default() };
    ledger.put(2, elsewhere).await;
    assert_eq!(means("aa", None).await, None);
}

#[tokio::test]
async fn a_copy_shows_a_job_to_nobody_who_may_not_see_it() {
    let ledger = Ledger::memory();
    let of = |owner: &str| Draft { owner: Patch::Set(Some(owner.to_owned())), ..Draft::default() };
    ledger.put(1, of("ana")).await;
    let sees = async |user: &str, own_only| {
        let caller = Caller { user: user.to_owned(), own_only, ..Caller::default() };
        match ledger.ask_as(poll_of(Target::number(1), Kin::None), "control", caller).await {
            Outcome::Read { snapshot, .. } => snapshot.is_some(),
            other => panic!("a poll was answered {other:?}"),
        }
    };
    for _ in 0..2 {
        assert_eq!(
            [sees("ana", true).await, sees("li", false).await, sees("li", true).await],
            [true, true, false]
        );
    }
    ledger.put(1, of("li")).await;
    for _ in 0..2 {
        assert_eq!([sees("ana", true).await, sees("li", true).await], [false, true]);
    }
    let other = Target { dataset: Some("other".to_owned()), ..Target::number(1) };
    assert_eq!(poll(&ledger, "control", other, Kin::None).await, None);
    assert!(ledger.store.figures().copies > 0);
}

#[derive(Clone, Debug)]
enum Step {
    Put(i64, Box<Draft>),
    Say(i64, State),
    Progress(i64, u64),
    Take(i64),
    Order(i64, Reach, bool),
    Delete(i64),
}

fn draft() -> impl Strategy<Value = Draft> {
    let alias = prop::option::of(prop::sample::select(vec!["aa", "bb", "cc"]));
    let parent = prop::option::of(Just(1_i64));
    (alias, parent, prop::option::of("[a-c]")).prop_map(|(alias, parent, name)| {
        let alias = alias.map(|id| Alias { dialect: DIALECT.to_owned(), id: id.to_owned(), number: None });
        let aliases = Patch::Set(alias.into_iter().collect());
        Draft { aliases, parent: Patch::Set(parent), name: Patch::Set(name), ..Draft::default() }
    })
}

fn step() -> impl Strategy<Value = Step> {
    let reach = prop::sample::select(vec![Reach::One, Reach::Trigger, Reach::Tree, Reach::Unstarted]);
    prop_oneof![
        4 => (1..5_i64, draft()).prop_map(|(number, draft)| Step::Put(number, Box::new(draft))),
        3 => (1..5_i64, prop::sample::select(State::ALL.to_vec())).prop_map(|(number, to)| Step::Say(number, to)),
        2 => (1..5_i64, 0..3_u64).prop_map(|(number, done)| Step::Progress(number, done)),
        1 => (1..5_i64).prop_map(Step::Take),
        2 => (1..5_i64, reach, any::<bool>()).prop_map(|(number, reach, cancels)| Step::Order(number, reach, cancels)),
        1 => (1..5_i64).prop_map(Step::Delete),
    ]
}

async fn take(ledger: &Ledger, step: &Step) {
    ledger.pass(1);
    match step.clone() {
        Step::Put(number, draft) => drop(ledger.try_put(number, *draft).await),
        Step::Say(number, to) => drop(ledger.say(number, to, "farm").await),
        Step::Progress(number, processed) => {
            let progress = Some(Progress { processed, ..Progress::default() });
            let results = Some(NewResults { from: 0, items: vec!["1".to_owned()] });
            drop(ledger.event(number, Event { progress, results, ..Event::default() }).await);
        }
        Step::Take(number) => {
            let taken = ledger.status(number, Results::Undelivered, Kin::None).await;
            if let Some(delivery) = taken.and_then(|snapshot| snapshot.delivery) {
                ledger.ask(Command::Confirm { delivery }).await;
            }
        }
        Step::Order(number, reach, true) => drop(ledger.act(cancel(&[number], reach)).await),
        Step::Order(number, reach, false) => drop(ledger.act(hold(&[number], reach)).await),
        Step::Delete(number) => drop(ledger.act(Command::Delete { target: Target::number(number) }).await),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_poll_says_what_a_reading_says_whatever_was_done(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let ledger = Ledger::memory();
            for step in &steps {
                take(&ledger, step).await;
                all_agree(&ledger).await;
                for id in ["aa", "bb", "cc"] {
                    let target = Target { written: id.to_owned(), number: None, dataset: None };
                    let jobs = ledger.store.list("default", Filter::ALL, 0, 9).await.unwrap();
                    let holder = jobs.into_iter().find(|job| job.aliases.iter().any(|alias| alias.id == id));
                    for _ in 0..2 {
                        let polled = poll(&ledger, DIALECT, target.clone(), Kin::None).await;
                        assert_eq!(polled.map(|snapshot| snapshot.job), holder, "{id} after {step:?}");
                    }
                }
            }
        });
    }
}

/// The jobs of the storm: a parent with children, and singles.
const JOBS: i64 = 8;

/// What each job's revision was when the last write to it was answered.
type Answered = Arc<HashMap<i64, AtomicU64>>;

/// Tells of each job in turn, and notes what was answered.
async fn write(ledger: Ledger, answered: Answered, rounds: u64) {
    for round in 0..rounds {
        for number in 1..=JOBS {
            let progress = Some(Progress { processed: round + 1, ..Progress::default() });
            let event = Event { progress, runner: Some("farm".to_owned()), ..Event::default() };
            let job = ledger.event(number, event).await.unwrap();
            answered[&number].fetch_max(job.revision, SeqCst);
        }
    }
}

/// Polls until the writers have ended. No poll is older than what was answered before it began, nor than what this
/// poller has seen, by a poll or by a reading.
async fn watch(ledger: Ledger, answered: Answered, ended: Arc<AtomicU64>) -> u64 {
    let mut seen: HashMap<i64, u64> = HashMap::new();
    let mut polls = 0;
    while ended.load(SeqCst) == 0 {
        for number in 1..=JOBS {
            let floor = answered[&number].load(SeqCst).max(seen.get(&number).copied().unwrap_or(0));
            let job = if polls % 7 == 3 {
                ledger.job(number).await
            } else {
                poll(&ledger, "control", Target::number(number), Kin::None).await.unwrap().job
            };
            assert!(job.revision >= floor, "job {number}: revision {} after {floor}", job.revision);
            seen.insert(number, job.revision);
            polls += 1;
            tokio::task::yield_now().await;
        }
    }
    polls
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_poll_is_older_than_an_answered_write() {
    let ledger = Ledger::memory();
    for number in 1..=JOBS {
        ledger.put(number, in_state(State::Queued)).await;
        ledger.say(number, State::Running, "farm").await.unwrap();
    }
    let answered: Answered = Arc::new((1..=JOBS).map(|number| (number, AtomicU64::new(0))).collect());
    let ended = Arc::new(AtomicU64::new(0));
    let start_watch = || tokio::spawn(watch(ledger.clone(), answered.clone(), ended.clone()));
    let watchers: Vec<_> = std::iter::repeat_with(start_watch).take(4).collect();
    let writers = [0; 2].map(|_| tokio::spawn(write(ledger.clone(), answered.clone(), 400)));
    for writer in writers {
        writer.await.unwrap();
    }
    ended.store(1, SeqCst);
    let mut polls = 0;
    for watcher in watchers {
        polls += watcher.await.unwrap();
    }
    let copies = ledger.store.figures().copies;
    assert!(copies > 0 && copies < polls, "{copies} of {polls} polls were answered by copies");
}
