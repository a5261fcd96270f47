//! Lists and runs: filters as SQL beside filters evaluated on jobs in memory.

use std::cmp::Ordering;
use std::sync::LazyLock;

use countermand_model::*;
use proptest::prelude::*;

use crate::support::*;

const TEXTS: [&str; 6] = ["", "a", "A%", "a_b", "é'", "queued"];

/// A field's value as a filter sees it.
fn value(job: &Job, field: &Field) -> Option<Value> {
    let text = |text: &Option<String>| text.clone().map(Value::Text);
    let name = |name: &str| Some(Value::Text(name.to_owned()));
    match field {
        Field::Number => Some(Value::Integer(job.number)),
        Field::State => name(job.state.name()),
        Field::Kind => name(job.kind.name()),
        Field::Parent => job.parent.map(Value::Integer),
        Field::Trigger => job.trigger.as_ref().and_then(|trigger| name(trigger.state.name())),
        Field::NextRunAt => job.trigger.as_ref()?.next_run_at.map(Value::Integer),
        Field::Dataset => text(&job.dataset),
        Field::Owner => text(&job.owner),
        Field::Name => text(&job.name),
        Field::Description => text(&job.description),
        Field::Type => text(&job.job_type),
        Field::CreatedAt => Some(Value::Integer(job.created_at)),
        Field::StartedAt => job.started_at.map(Value::Integer),
        Field::FinishedAt => job.finished_at.map(Value::Integer),
        Field::ChangedAt => Some(Value::Integer(job.changed_at)),
        Field::Acknowledged => Some(Value::Integer(i64::from(job.acknowledged))),
        Field::Attribute { dialect, member } => {
            // The test's attributes are `{"member": integer or text without escapes}`.
            let text =
                job.attributes_of(dialect)?.strip_prefix(&format!("{{\"{member}\":"))?.strip_suffix('}')?;
            let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
            Some(
                quoted.map_or_else(
                    || Value::Integer(text.parse().unwrap()),
                    |text| Value::Text(text.to_owned()),
                ),
            )
        }
        Field::SeenIn => None,
    }
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Integer(_), Value::Text(_)) | (Value::Text(_), Value::Integer(_)) => None,
    }
}

fn fits(job: &Job, filter: &Filter) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| fits(job, part)),
        Filter::Or(parts) => parts.iter().any(|part| fits(job, part)),
        Filter::Not(part) => !fits(job, part),
        Filter::Field(Field::SeenIn, test) => {
            let seen = |sought: &Value| {
                let Value::Text(sought) = sought else { return false };
                job.dialects.as_ref().is_none_or(|dialects| dialects.contains(sought))
            };
            match test {
                Test::Equal(sought) => seen(sought),
                Test::NotEqual(sought) => !seen(sought),
                Test::In(sought) => sought.iter().any(seen),
                Test::Less(_)
                | Test::Greater(_)
                | Test::AtMost(_)
                | Test::AtLeast(_)
                | Test::StartsWith(_)
                | Test::Contains(_)
                | Test::Missing => false,
            }
        }
        Filter::Field(field, test) => {
            let value = value(job, field);
            let Some(value) = value else { return *test == Test::Missing };
            let text = match &value {
                Value::Text(text) => Some(text.as_str()),
                Value::Integer(_) => None,
            };
            match test {
                Test::Missing => false,
                Test::Equal(sought) => value == *sought,
                Test::NotEqual(sought) => value != *sought,
                Test::In(sought) => sought.contains(&value),
                Test::Less(sought) => order(&value, sought) == Some(Ordering::Less),
                Test::Greater(sought) => order(&value, sought) == Some(Ordering::Greater),
                Test::AtMost(sought) => order(&value, sought).is_some_and(Ordering::is_le),
                Test::AtLeast(sought) => order(&value, sought).is_some_and(Ordering::is_ge),
                Test::StartsWith(start) => text.is_some_and(|text| text.starts_with(start.as_str())),
                Test::Contains(part) => text.is_some_and(|text| text.contains(part.as_str())),
            }
        }
    }
}

fn any_field() -> impl Strategy<Value = Field> {
    let plain = vec![
        Field::Number,
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
    ];
    prop::sample::select(plain)
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0_i64..6).prop_map(Value::Integer),
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
            }
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]
    #[test]
    fn a_filter_means_in_sql_what_it_means_in_memory(
        filter in any_filter(),
        field in any_field(),
        descending: bool,
        first in 0_u64..10,
    ) {
        let (runtime, ledger, jobs) = &*SHELF;
        let mut expected: Vec<_> = jobs.iter().filter(|job| fits(job, &filter)).collect();
        let total = expected.len() as u64;
        expected.sort_by(|left, right| {
            let (left, right) = (value(left, &field), value(right, &field));
            let order = match (&left, &right) {
                (Some(Value::Integer(_)), Some(Value::Text(_))) => Ordering::Less,
                (Some(Value::Text(_)), Some(Value::Integer(_))) => Ordering::Greater,
                (Some(left), Some(right)) => order(left, right).unwrap(),
                (left, right) => left.is_some().cmp(&right.is_some()),
            };
            if descending { order.reverse() } else { order }
        });
        let command = Command::List {
            filter: filter.clone(),
            sort: vec![Sort { field, descending }],
            page: Page { first, size: 7 },
            count: true,
        };
        let listed = runtime.block_on(ledger.ask(command));
        let Outcome::Listed { jobs: page, total: counted, .. } = listed else { panic!("not a list") };
        let page: Vec<_> = page.into_iter().map(|snapshot| snapshot.job).collect();
        let first = usize::try_from(first).unwrap();
        let expected: Vec<_> = expected.into_iter().skip(first).take(7).cloned().collect();
        prop_assert_eq!(page, expected);
        prop_assert_eq!(counted, Some(total));
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
