//! Lists asked of a server: the page that comes is the page that was asked for, and a filter finds there what it finds
//! here. Orders and readings of one request are `client.rs`'s.

use countermand_model::{
    Command, FaultKind, Field, Filter, Job, Kin, Kind, Outcome, Page, Snapshot, Sort, State, Test,
    Value as Sought,
};
use http::Response;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::client::{Answer, answered, carried_out, heard_as, refusal};
use super::*;
use crate::conversation::Ask;

/// A server of our own with these jobs, whose pages have that many.
fn served(jobs: &[Job], page_size: usize, ask: &Ask) -> Answer {
    let Ok(Command::List { filter, sort, page, .. }) = heard_as(ask) else { panic!("{:?}", ask.request) };
    let by_number = [Sort { field: Field::Id, descending: false }];
    assert_eq!(sort, by_number, "no other order is asked for here");
    let fitting: Vec<&Job> = jobs.iter().filter(|job| querying::fits(&filter, job)).collect();
    let index = usize::try_from(page.first / page.size).expect("a few pages");
    let shown = fitting.iter().skip(index * page_size).take(page_size);
    let items: Vec<Value> = shown.map(|job| querying::shown(job)).collect();
    let list = json!({"count": items.len(), "items": items, "pageIndex": index + 1, "links": []});
    (200, list.to_string())
}

fn listed(
    jobs: &[Job],
    page_size: usize,
    page: Page,
    count: bool,
    kin: Kin,
) -> (usize, Vec<Snapshot>, Option<u64>) {
    let command = Command::List { filter: Filter::ALL, sort: Vec::new(), page, count, kin };
    match carried_out(&command, |ask| Some(served(jobs, page_size, ask))) {
        (said, Ok(Outcome::Listed { jobs, total, .. })) => (said.len(), jobs, total),
        (said, other) => panic!("{said:?}: {other:?}"),
    }
}

fn numbers(jobs: &[Snapshot]) -> Vec<i64> {
    jobs.iter().map(|shown| shown.job.number).collect()
}

proptest! {
    #[test]
    fn the_page_that_is_asked_for_is_the_page_that_comes(
        total in 0..23_i64, first in 0..30_u64, size in 0..30_u64, page_size in 1..9_usize, count: bool,
    ) {
        let jobs: Vec<Job> = (1..=total).map(|number| Job::new(number, NOON)).collect();
        let (_, found, counted) = listed(&jobs, page_size, Page { first, size }, count, Kin::None);
        let expected: Vec<i64> = (1..=total).skip(first as usize).take(size as usize).collect();
        prop_assert_eq!(numbers(&found), expected);
        prop_assert_eq!(counted, count.then_some(total as u64));
    }
}

#[test]
fn what_lies_before_the_part_that_is_wanted_is_passed_over() {
    let jobs: Vec<Job> = (1..=100).map(|number| Job::new(number, NOON)).collect();
    let (said, found, _) = listed(&jobs, 10, Page { first: 75, size: 5 }, false, Kin::None);
    assert_eq!((said, numbers(&found)), (2, vec![76, 77, 78, 79, 80]));
    assert_eq!(listed(&jobs, 10, Page { first: 0, size: 10 }, false, Kin::None).0, 1);
}

#[test]
fn children_come_with_the_top_of_their_family() {
    let child = |number: i64, started_at: Option<i64>| Job {
        kind: Kind::Child,
        parent: Some(1),
        started_at,
        ..Job::new(number, NOON)
    };
    let parent = Job { kind: Kind::Parent, ..Job::new(1, NOON) };
    let jobs = [parent, child(2, Some(NOON)), child(3, None), Job::new(4, NOON)];
    let kin = |kin| {
        let (_, found, _) = listed(&jobs, 3, Page { first: 0, size: 9 }, false, kin);
        let kin = |shown: &Snapshot| shown.kin.iter().map(|child| child.number).collect::<Vec<_>>();
        found.iter().map(kin).collect::<Vec<_>>()
    };
    assert_eq!(kin(Kin::None), [const { Vec::<i64>::new() }; 4]);
    assert_eq!(kin(Kin::Latest), [vec![2], vec![], vec![], vec![]]);
    assert_eq!(kin(Kin::All), [vec![2, 3], vec![], vec![], vec![]]);
}

#[test]
fn a_page_that_is_another_than_was_asked_for_is_not_taken_for_it() {
    let command = Command::List {
        filter: Filter::ALL,
        sort: Vec::new(),
        page: Page { first: 0, size: 5 },
        count: false,
        kin: Kin::None,
    };
    let item = |id: i64| json!({"requestId": id, "state": "WAIT"});
    let page = |index: i64, ids: &[i64]| {
        let items: Vec<_> = ids.iter().map(|id| item(*id)).collect();
        (200, json!({"items": items, "pageIndex": index}))
    };
    for answers in [
        vec![page(2, &[1])],
        vec![page(1, &[1]), page(1, &[1])],
        vec![page(1, &[1]), page(2, &[2, 3])],
        vec![(200, json!({"items": [{"requestId": 1}]}))],
        vec![(200, json!({"count": 1}))],
        vec![(200, json!([]))],
        vec![(401, json!({}))],
        vec![(200, Value::Null)],
    ] {
        let end = answered(&command, &answers).1;
        assert_eq!(end.map_err(|fault| fault.kind), Err(FaultKind::Unreachable), "{answers:?}");
    }
    let end = answered(&command, &[(403, refusal("Not authorized"))]).1;
    assert_eq!(end.map_err(|fault| fault.kind), Err(FaultKind::Forbidden));
}

/// Filters as other dialects ask: by the fields of the model.
fn asked() -> BoxedStrategy<Filter> {
    let text = |text: &str| Sought::Text(text.to_owned());
    let number = (1..5_i64).prop_map(Sought::Integer).boxed();
    let time = (0..3_i64).prop_map(|steps| Sought::Integer(NOON + steps)).boxed();
    let state = select(State::ALL.to_vec()).prop_map(move |state| text(state.name())).boxed();
    let kind = select(Kind::ALL.to_vec()).prop_map(move |kind| text(kind.name())).boxed();
    let words = select(vec!["a", "ab", "é\"\\"]).prop_map(text).boxed();
    let ordered = |field: Field, value: BoxedStrategy<Sought>| {
        let test = (value.clone(), value, 0..8).prop_map(|(value, other, which)| match which {
            0 => Test::Equal(value),
            1 => Test::NotEqual(value),
            2 => Test::In(vec![value, other]),
            3 => Test::Less(value),
            4 => Test::Greater(value),
            5 => Test::AtMost(value),
            6 => Test::AtLeast(value),
            _ => Test::Missing,
        });
        test.prop_map(move |test| Filter::Field(field.clone(), test)).boxed()
    };
    let named = |field: Field, value: BoxedStrategy<Sought>| {
        let test = (value.clone(), value, 0..3).prop_map(|(value, other, which)| match which {
            0 => Test::Equal(value),
            1 => Test::NotEqual(value),
            _ => Test::In(vec![value, other]),
        });
        test.prop_map(move |test| Filter::Field(field.clone(), test)).boxed()
    };
    let family = |field: Field| {
        let test = prop_oneof![
            (1..5_i64).prop_map(|top| Test::Equal(Sought::Integer(top))),
            (1..5_i64).prop_map(|top| Test::In(vec![Sought::Integer(top), Sought::Integer(1)])),
            Just(Test::Missing),
        ];
        test.prop_map(move |test| Filter::Field(field.clone(), test)).boxed()
    };
    let one = prop_oneof![
        ordered(Field::Id, number.clone()),
        ordered(Field::Number, number),
        ordered(Field::CreatedAt, time.clone()),
        ordered(Field::StartedAt, time),
        ordered(Field::Owner, words.clone()),
        ordered(Field::Description, words.clone()),
        ordered(Field::Type, words),
        named(Field::State, state),
        named(Field::Kind, kind),
        family(Field::Parent),
        family(Field::ParentId),
        ordered(Field::Acknowledged, (0..2_i64).prop_map(Sought::Integer).boxed()),
        Just(Filter::Field(Field::Trigger, Test::Missing)),
        Just(Filter::Field(Field::Trigger, Test::Equal(Sought::Text("completed".to_owned())))),
    ];
    one.prop_recursive(3, 8, 3, |part| {
        prop_oneof![
            prop::collection::vec(part.clone(), 0..3).prop_map(Filter::And),
            prop::collection::vec(part.clone(), 0..3).prop_map(Filter::Or),
            part.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
    .boxed()
}

/// A job as it is read from what a list shows of it.
fn read_again(job: &Job) -> Job {
    let asked = Asked::with(&[], Method::GET, "/requests", None);
    let list = json!({"items": [querying::shown(job)]}).to_string();
    let response = Response::new(Bytes::from(list));
    let command = asked.decode().expect("a list");
    match asked.codec.decode_response(&asked.echo, &command, NOON, &response) {
        Ok(Ok(Outcome::Listed { jobs, .. })) => jobs[0].job.clone(),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_filter_finds_at_a_server_just_the_jobs_that_fit_as_they_are_read(job in querying::job(), filter in asked()) {
        let read = read_again(&job);
        // No child is without a parent there.
        prop_assume!(read.kind != Kind::Child || read.parent.is_some());
        let written = query::write(&filter).map_err(TestCaseError::fail)?;
        prop_assert_eq!(finds(&written, &job)?, querying::fits(&filter, &read), "{:?} of {}", written, querying::shown(&job));
    }

    #[test]
    fn what_was_asked_in_this_dialect_is_asked_so_again(job in querying::job(), first in querying::written(), then in querying::written()) {
        for q in [first.clone(), format!("not ({first})"), format!("{first} and ({then} or not ({first}))")] {
            let read = query::read(&q).unwrap();
            let written = query::write(&read).map_err(TestCaseError::fail)?;
            prop_assert_eq!(finds(&written, &job)?, querying::fits(&read, &job), "{} as {:?}", q, written);
        }
        // What looks at no states, and asks for something that can be, comes back as it was.
        if let (Ok(query::Written::Filter(again)), false) = (query::write(&query::read(&first).unwrap()), first.starts_with("state")) {
            prop_assert_eq!(query::read(&again), query::read(&first), "{} as {}", first, again);
        }
    }

    #[test]
    fn what_is_read_shows_what_was_shown(job in querying::job()) {
        let shown = querying::shown(&job);
        let has = |name: &str| shown.get(name).is_some();
        // Of an ended request the end of its process is told there, or it had none.
        prop_assume!(has("processEndTime") || !(has("processStartTime") && has("completedTime")));
        // And who has a family has a direct parent in it.
        prop_assume!(has("parentRequestId") || shown["absParentRequestId"] == shown["requestId"]);
        prop_assert_eq!(querying::shown(&read_again(&job)), shown);
    }
}

/// Whether a server of our own shows a job in a list that is asked for so.
fn finds(written: &query::Written, job: &Job) -> Result<bool, TestCaseError> {
    match written {
        query::Written::All => Ok(true),
        query::Written::None => Ok(false),
        query::Written::Filter(q) => {
            let read =
                query::read(q).map_err(|malformed| TestCaseError::fail(format!("{q}: {malformed}")))?;
            Ok(querying::fits(&read, job))
        }
    }
}
