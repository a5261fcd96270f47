//! Lists of a hundred thousand jobs: pages, filters, orders and totals beside a walk through a plain `Vec`.

use countermand_ledger::Put;
use countermand_model::*;

use crate::oracle::Oracle;
use crate::support::*;

const JOBS: i64 = 100_000;

/// Of each ten: a parent with five runs, two requests with attributes, one with an id of its own, one that is shown in one
/// dialect.
fn draft(number: i64) -> Draft {
    let (block, place) = ((number - 1) / 10, (number - 1) % 10);
    let state = match number % 97 {
        5 => State::Failed,
        6 => State::Running,
        7 => State::Queued,
        _ => State::Succeeded,
    };
    let text = |text: String| Patch::Set(Some(text));
    let mut draft = Draft {
        name: text(format!("job {} of {block}", number * 7919 % JOBS)),
        owner: Patch::Set((number % 11 > 0).then(|| format!("user{}", number % 11))),
        job_type: text(format!("type{}", block % 30)),
        created_at: Patch::Set(START + number * 7919 % JOBS * 1000),
        ..in_state(state)
    };
    match place {
        0 => {
            draft =
                Draft { trigger: with_trigger(TriggerState::Completed).trigger, state: Patch::Keep, ..draft }
        }
        1..=5 => {
            draft.parent = Patch::Set(Some(block * 10 + 1));
            draft.started_at = Patch::Set((number % 13 > 0).then_some(START + number * 31 % 1000));
        }
        6 | 7 => {
            draft.attributes = Patch::Set(vec![("odag".to_owned(), format!("{{\"m\":{}}}", number % 500))]);
        }
        8 => {
            let id = JOBS + number;
            let alias = Alias { dialect: "odag".to_owned(), id: id.to_string(), number: Some(id) };
            draft.aliases = Patch::Set(vec![alias]);
        }
        _ => draft.dialects = Patch::Set(Some(vec!["odag".to_owned()])),
    }
    draft
}

async fn filled() -> (Ledger, Vec<Job>) {
    let ledger = Ledger::memory();
    let mut jobs = Vec::new();
    for part in 0..JOBS / 10_000 {
        let drafts = (part * 10_000 + 1..=(part + 1) * 10_000).map(|number| (Some(number), draft(number)));
        let taken = ledger.store.put_all("default", drafts.collect(), Put::default()).await.unwrap();
        jobs.extend(taken.into_iter().map(Result::unwrap));
    }
    // What came of the parents when their children were registered.
    for job in jobs.iter_mut().filter(|job| job.kind == Kind::Parent) {
        *job = ledger.job(job.number).await;
    }
    (ledger, jobs)
}

fn is(field: Field, value: Value) -> Filter {
    Filter::Field(field, Test::Equal(value))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// Lists as clients ask for them, each with an order.
fn lists() -> Vec<(Filter, Vec<Sort>)> {
    let by = |field, descending| vec![Sort { field, descending }];
    let latest = |field| Field::Latest(Box::new(field));
    let from_to = |field: Field, first, last| {
        let (least, most) = (Test::AtLeast(Value::Integer(first)), Test::AtMost(Value::Integer(last)));
        Filter::And(vec![Filter::Field(field.clone(), least), Filter::Field(field, most)])
    };
    let attribute = Field::Attribute { dialect: "odag".to_owned(), member: "m".to_owned() };
    let ids = [3, 9, 11, JOBS + 9, JOBS + 69, -1].map(Value::Integer).to_vec();
    vec![
        (Filter::ALL, by(Field::Id, true)),
        (Filter::Field(Field::Id, Test::In(ids)), vec![]),
        (is(Field::ParentId, Value::Integer(501)), by(Field::StartedAt, true)),
        (is(Field::Name, text("job 23757 of 0")), vec![]),
        (Filter::Field(Field::Name, Test::Contains("99 of".to_owned())), by(Field::Name, false)),
        (is(Field::Owner, text("user3")), by(Field::CreatedAt, true)),
        (from_to(Field::CreatedAt, START, START + JOBS * 300), by(Field::CreatedAt, false)),
        (from_to(Field::StartedAt, START + 10, START + 20), by(Field::Type, true)),
        (is(latest(Field::State), text("running")), by(latest(Field::StartedAt), true)),
        (Filter::Field(attribute.clone(), Test::Greater(Value::Integer(400))), by(attribute, false)),
        (
            Filter::Or(vec![is(Field::State, text("failed")), is(Field::Type, text("type4"))]),
            by(Field::State, false),
        ),
    ]
}

#[tokio::test]
async fn a_hundred_thousand_jobs_page_and_filter_as_a_walk_through_them_does() {
    let (ledger, jobs) = filled().await;
    let caller = Caller { user: "user3".to_owned(), own_only: true, ..Caller::default() };
    for (nth, (filter, sort)) in lists().into_iter().enumerate() {
        // Every other list as somebody sees it who is kept to his own jobs.
        let caller = Caller { own_only: nth % 2 == 1, ..caller.clone() };
        let oracle = Oracle::new(&jobs, "odag", &caller);
        let (all, total) = oracle.list(&filter, &sort, Page { first: 0, size: u64::MAX }, Kin::None);
        assert!(total > 0, "{filter:?} says nothing");
        for (first, size, count) in [
            (0, 100, true),
            (total / 2, 100, false),
            (total * 9 / 10, 100, true),
            (total - 1, 100, true),
            (total, 9, true),
        ] {
            let page = Page { first, size };
            let command =
                Command::List { filter: filter.clone(), sort: sort.clone(), page, count, kin: Kin::Latest };
            let listed = ledger.ask_as(command, "odag", caller.clone()).await;
            let Outcome::Listed { jobs: page, total: counted, .. } = listed else { panic!("not a list") };
            let begin = usize::try_from(first).unwrap();
            let expected = all.iter().skip(begin).take(usize::try_from(size).unwrap());
            assert!(
                page.iter().map(|shown| &shown.job).eq(expected.map(|shown| &shown.job)),
                "{filter:?} from {first}"
            );
            assert_eq!(counted, count.then_some(total), "{filter:?}");
            if let Some(parent) = page.iter().find(|shown| shown.job.kind == Kind::Parent) {
                assert_eq!(parent.kin, oracle.kin(&parent.job, Kin::Latest), "{filter:?}");
            }
        }
    }
}
