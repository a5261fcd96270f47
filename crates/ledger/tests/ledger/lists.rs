//! Lists and runs: filters as SQL beside filters evaluated on jobs in memory.

use std::sync::LazyLock;

use countermand_model::*;
use proptest::prelude::*;

use crate::oracle::Oracle;
use crate::support::*;

const TEXTS: [&str; 6] = ["", "a", "A%", "a_b", "é'", "queued"];

fn any_field() -> impl Strategy<Value = Field> {
    let plain = vec![
        Field::Number,
        Field::Id,
        Field::ParentId,
        Field::State,
        Field::Kind,
        Field::Parent,
        Field::Trigger,
        Field::NextRunAt,
        Field::Dataset,
        Field::Owner,
        Field::Name,
        Field::Description,
        Field::Type,
        Field::CreatedAt,
        Field::StartedAt,
        Field::FinishedAt,
        Field::ChangedAt,
        Field::Acknowledged,
        Field::SeenIn,
        Field::Attribute { dialect: "odag".to_owned(), member: "m".to_owned() },
        Field::Attribute { dialect: "odag".to_owned(), member: "it's.[0]".to_owned() },
        Field::Attribute { dialect: "odag".to_owned(), member: "outer/inner".to_owned() },
    ];
    let plain = prop::sample::select(plain);
    prop_oneof![3 => plain.clone(), 1 => plain.prop_map(|field| Field::Latest(Box::new(field)))]
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0_i64..6).prop_map(Value::Integer),
        prop::sample::select(vec![4, 8, 11, 21, 31, 33, 1001, 1008, 1012, 1021]).prop_map(Value::Integer),
        (START - 2..START + 3).prop_map(Value::Integer),
        prop::sample::select(TEXTS.to_vec()).prop_map(|text| Value::Text(text.to_owned())),
        prop::sample::select(vec!["odag", "single", "running", "1"])
            .prop_map(|text| Value::Text(text.to_owned())),
    ]
}

fn any_test() -> impl Strategy<Value = Test> {
    let text = || prop::sample::select(TEXTS.to_vec()).prop_map(str::to_owned);
    prop_oneof![
        any_value().prop_map(Test::Equal),
        any_value().prop_map(Test::NotEqual),
        prop::collection::vec(any_value(), 0..4).prop_map(Test::In),
        any_value().prop_map(Test::Less),
        any_value().prop_map(Test::Greater),
        any_value().prop_map(Test::AtMost),
        any_value().prop_map(Test::AtLeast),
        text().prop_map(Test::StartsWith),
        text().prop_map(Test::Contains),
        Just(Test::Missing),
    ]
}

fn any_filter() -> impl Strategy<Value = Filter> {
    let leaf = (any_field(), any_test()).prop_map(|(field, test)| Filter::Field(field, test));
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

/// Ids in a dialect: a number that no job has, two jobs that have each other's, several ids, ids that mean no number.
fn aliases(number: i64) -> Vec<Alias> {
    let ids: &[Option<i64>] = match number {
        1 => &[Some(1001)],
        4 => &[Some(8), Some(1008)],
        8 => &[Some(4)],
        11 => &[None],
        12 => &[None, Some(1012), Some(1013)],
        21 => &[Some(1021), Some(1022)],
        33 => &[None, None],
        _ => &[],
    };
    let named = |(nth, id): (usize, &Option<i64>)| Alias {
        dialect: "odag".to_owned(),
        id: id.map_or_else(|| format!("{number}-{nth}"), |id| id.to_string()),
        number: *id,
    };
    ids.iter().enumerate().map(named).collect()
}

/// Jobs of all kinds, with and without values in each field. One ledger for all cases; filters only read.
static SHELF: LazyLock<(tokio::runtime::Runtime, Ledger, Vec<Job>)> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let ledger = Ledger::memory();
    let jobs = runtime.block_on(async {
        let mut jobs = Vec::new();
        for number in 1..=40_i64 {
            let nth = usize::try_from(number).unwrap();
            let text =
                |step: usize| Patch::Set((nth % step != 0).then(|| TEXTS[nth % TEXTS.len()].to_owned()));
            let state = State::ALL[nth % State::ALL.len()];
            let attribute = match nth % 4 {
                0 => vec![],
                1 => vec![("odag".to_owned(), format!("{{\"m\":{}}}", nth % 5))],
                2 => vec![("odag".to_owned(), format!("{{\"m\":\"{}\"}}", TEXTS[nth % TEXTS.len()]))],
                // Of every second of these a member of a member, and a member that is no object.
                _ if nth % 8 == 3 => {
                    vec![("odag".to_owned(), format!("{{\"outer\":{{\"inner\":{}}}}}", nth % 5))]
                }
                _ if nth % 16 == 7 => vec![("odag".to_owned(), "{\"outer\":\"a\"}".to_owned())],
                _ => vec![("odag".to_owned(), "{\"it's.[0]\":\"a\"}".to_owned())],
            };
            let mut draft = Draft {
                name: text(3),
                description: text(4),
                owner: text(5),
                dataset: text(2),
                job_type: text(7),
                dialects: Patch::Set((nth % 3 == 0).then(|| vec!["odag".to_owned(), "a".to_owned()])),
                acknowledged: Patch::Set(matches!(state, State::Cancelled | State::Failed)),
                attributes: Patch::Set(attribute),
                ..in_state(state)
            };
            if number % 10 == 1 {
                draft = Draft { acknowledged: Patch::Keep, ..draft };
                draft.trigger = with_trigger(TriggerState::ALL[nth / 10 % 4]).trigger;
            } else if number % 3 == 0 {
                draft.parent = Patch::Set(Some((number - 1) / 10 * 10 + 1));
                draft.started_at = Patch::Set((nth % 4 != 0).then(|| START + number % 5));
            }
            draft.aliases = Patch::Set(aliases(number));
            ledger.pass(i64::from(number % 10 == 0));
            ledger.put(number, draft).await;
        }
        for number in 1..=40 {
            jobs.push(ledger.job(number).await);
        }
        jobs
    });
    (runtime, ledger, jobs)
});

fn any_caller() -> impl Strategy<Value = (&'static str, Caller)> {
    let user = prop::sample::select(vec!["", "a"]);
    (prop::sample::select(vec!["control", "odag", "ess"]), user, any::<bool>()).prop_map(
        |(dialect, user, own_only)| {
            (dialect, Caller { user: user.to_owned(), own_only, ..Caller::default() })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]
    #[test]
    fn a_list_is_what_a_walk_through_all_jobs_finds(
        filter in any_filter(),
        field in any_field(),
        descending: bool,
        first in 0_u64..10,
        kin in prop::sample::select(vec![Kin::None, Kin::Latest, Kin::All]),
        (dialect, caller) in any_caller(),
    ) {
        let (runtime, ledger, jobs) = &*SHELF;
        let oracle = Oracle::new(jobs, dialect, &caller);
        let sort = vec![Sort { field, descending }];
        let page = Page { first, size: 7 };
        let (expected, total) = oracle.list(&filter, &sort, page, kin);
        let command = Command::List { filter, sort, page, count: true, kin };
        let listed = runtime.block_on(ledger.ask_as(command, dialect, caller.clone()));
        let Outcome::Listed { jobs: page, total: counted, .. } = listed else { panic!("not a list") };
        prop_assert_eq!(page, expected);
        prop_assert_eq!(counted, Some(total));
    }

    #[test]
    fn runs_are_what_a_walk_through_all_jobs_finds(filter in any_filter(), (dialect, caller) in any_caller()) {
        let (runtime, ledger, jobs) = &*SHELF;
        let expected = Oracle::new(jobs, dialect, &caller).runs(&filter);
        let read = runtime.block_on(ledger.ask_as(Command::Runs { filter }, dialect, caller.clone()));
        let Outcome::Runs { parents, .. } = read else { panic!("not runs") };
        prop_assert_eq!(parents, expected);
    }

    #[test]
    fn an_id_in_a_filter_means_the_job_that_it_means_as_a_target(number in 0_i64..1100, (dialect, caller) in any_caller()) {
        let (runtime, ledger, _) = &*SHELF;
        let number = if number < 1000 { number % 50 } else { 1000 + number % 30 };
        let target = Target::number(number);
        let status = Status { target, results: Results::None, kin: Kin::None };
        let found = runtime.block_on(ledger.ask_as(Command::Status(status), dialect, caller.clone()));
        let Outcome::Read { snapshot: found, .. } = found else { panic!("not a reading") };
        let command = Command::List {
            filter: Filter::Field(Field::Id, Test::Equal(Value::Integer(number))),
            sort: vec![],
            page: Page { first: 0, size: 9 },
            count: false,
            kin: Kin::None,
        };
        let listed = runtime.block_on(ledger.ask_as(command, dialect, caller.clone()));
        let Outcome::Listed { jobs, .. } = listed else { panic!("not a list") };
        prop_assert_eq!(jobs, found.map(|found| *found).into_iter().collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_list_goes_on_after_a_number() {
    let ledger = Ledger::memory();
    for number in [5, 1, 9, 7] {
        ledger.put(number, Draft::default()).await;
    }
    let list = async |after, limit| {
        let jobs = ledger.store.list("default", Filter::ALL, after, limit).await.unwrap();
        jobs.into_iter().map(|job| job.number).collect::<Vec<_>>()
    };
    assert_eq!(list(0, 3).await, [1, 5, 7]);
    assert_eq!(list(7, 3).await, [9]);
    assert_eq!(ledger.store.list("nowhere", Filter::ALL, 0, 9).await.unwrap(), []);
}

#[tokio::test]
async fn runs_come_by_parent_in_the_order_they_started() {
    let ledger = Ledger::memory();
    for number in [1, 2, 3] {
        ledger.put(number, with_trigger(TriggerState::Scheduled)).await;
    }
    let run = |parent, started_at: Option<i64>| Draft {
        started_at: Patch::Set(started_at),
        ..child_of(parent, State::Succeeded)
    };
    for (number, parent, started_at) in
        [(20, 2, Some(5)), (11, 1, Some(9)), (12, 1, None), (13, 1, Some(3)), (14, 1, Some(9))]
    {
        ledger.put(number, run(parent, started_at)).await;
    }
    let runs = async |filter| {
        let Outcome::Runs { parents, .. } = ledger.ask(Command::Runs { filter }).await else {
            panic!("not runs")
        };
        let numbers = |snapshot: &Snapshot| snapshot.kin.iter().map(|run| run.number).collect::<Vec<_>>();
        parents.iter().map(|parent| (parent.job.number, numbers(parent))).collect::<Vec<_>>()
    };
    assert_eq!(runs(Filter::ALL).await, [(1, vec![13, 11, 14, 12]), (2, vec![20])]);
    let of_first = Filter::Field(Field::Parent, Test::Equal(Value::Integer(1)));
    let late = Filter::Field(Field::StartedAt, Test::AtLeast(Value::Integer(5)));
    assert_eq!(runs(Filter::And(vec![of_first, late.clone()])).await, [(1, vec![11, 14])]);
    assert_eq!(runs(late).await, [(1, vec![11, 14]), (2, vec![20])]);
    let scheduled = Filter::Field(Field::Trigger, Test::Equal(Value::Text("completed".to_owned())));
    assert_eq!(runs(scheduled).await, []);
}

#[tokio::test]
async fn a_filter_beyond_reason_is_the_callers_mistake() {
    let ledger = Ledger::memory();
    ledger.put(1, Draft::default()).await;
    let one = || Filter::Field(Field::Number, Test::Equal(Value::Integer(1)));
    let wide = Filter::Or((0..3000).map(|_| one()).collect());
    assert_eq!(ledger.store.list("default", wide, 0, 9).await.unwrap().len(), 1);
    let deep = (0..1000).fold(one(), |filter, _| Filter::Not(Box::new(filter)));
    let many = Filter::Or((0..9000).map(|_| one()).collect());
    for filter in [deep, many] {
        let refused = ledger.store.list("default", filter, 0, 9).await.unwrap_err();
        assert!(matches!(
            refused,
            countermand_ledger::Refused::Unable(Fault { kind: FaultKind::Malformed, .. })
        ));
    }
}

#[tokio::test]
async fn an_order_by_the_same_field_over_and_over_is_one_by_that_field() {
    let ledger = Ledger::memory();
    for (number, name) in [(1, "b"), (2, "a"), (3, "b")] {
        let name = Patch::Set(Some(name.to_owned()));
        ledger.put(number, Draft { name, ..Draft::default() }).await;
    }
    let by = |field: Field, descending| Sort { field, descending };
    let latest = || Field::Latest(Box::new(Field::Name));
    let sort = (0..5000).flat_map(|_| [by(latest(), false), by(Field::Number, true), by(latest(), true)]);
    let page = Page { first: 0, size: 9 };
    let command =
        Command::List { filter: Filter::ALL, sort: sort.collect(), page, count: false, kin: Kin::None };
    let Outcome::Listed { jobs, .. } = ledger.ask(command).await else { panic!("not a list") };
    assert_eq!(jobs.iter().map(|snapshot| snapshot.job.number).collect::<Vec<_>>(), [2, 3, 1]);
}

#[tokio::test]
async fn a_member_of_a_member_is_looked_up_in_objects_only() {
    let ledger = Ledger::memory();
    let link = |text: &str| Draft {
        attributes: Patch::Set(vec![("odag".to_owned(), text.to_owned())]),
        ..Draft::default()
    };
    for (number, attributes) in [
        (1, r#"{"link":{"id":"b","name":"id"}}"#),
        (2, r#"{"link":"b"}"#),
        (3, r#"{"link":"{\"id\":\"b\"}"}"#),
        (4, r#"{"link":["b"],"id":"b"}"#),
        (5, r#"{"link":{"id":{"id":"b"}}}"#),
        (6, r#"{"link":{"id":"a"}}"#),
        (7, r#"{"link":null}"#),
        (8, r#"{"link":{"a/b":"b"},"link/id":"b"}"#),
    ] {
        ledger.put(number, link(attributes)).await;
    }
    let field = |member: &str| Field::Attribute { dialect: "odag".to_owned(), member: member.to_owned() };
    let list = async |member: &str, test: Test| {
        let filter = Filter::Field(field(member), test);
        let jobs = ledger.store.list("default", filter, 0, 9).await.unwrap();
        jobs.into_iter().map(|job| job.number).collect::<Vec<_>>()
    };
    let b = || Value::Text("b".to_owned());
    assert_eq!(list("link/id", Test::Equal(b())).await, [1]);
    assert_eq!(list("link/id", Test::AtMost(b())).await, [1, 6]);
    assert_eq!(list("link/id", Test::In(vec![b()])).await, [1]);
    assert_eq!(list("link/id", Test::Contains("a".to_owned())).await, [6]);
    assert_eq!(list("link/id", Test::Missing).await, [2, 3, 4, 7, 8]);
    assert_eq!(list("link/a/b", Test::Equal(b())).await, [8], "the first slash divides");
    assert_eq!(list("link", Test::Equal(b())).await, [2]);

    let sort = vec![Sort { field: field("link/id"), descending: true }];
    let page = Page { first: 0, size: 2 };
    let command = Command::List { filter: Filter::ALL, sort, page, count: false, kin: Kin::None };
    let Outcome::Listed { jobs, .. } = ledger.ask(command).await else { panic!("not a list") };
    assert_eq!(jobs.iter().map(|snapshot| snapshot.job.number).collect::<Vec<_>>(), [1, 6]);
}
