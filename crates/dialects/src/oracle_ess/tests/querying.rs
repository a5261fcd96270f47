//! That a list holds exactly what its filter says of what is shown: each filter is looked up in a job, and compared with
//! the member that the job shows.

use std::cmp::Ordering;

use countermand_model::{
    Alias, Command, Field, Filter, Job, Kind, Outcome, Snapshot, State, Test, Trigger, TriggerState,
    Value as Sought,
};
use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::{Asked, NOON, with_attributes};
use crate::oracle_ess::{NAME, states};

/// The filter that a list with this `q` asks for.
fn filter(q: &str) -> Filter {
    let q = utf8_percent_encode(q, NON_ALPHANUMERIC);
    let asked = Asked::with(&[], Method::GET, &format!("/requests?q={q}"), None);
    match asked.decode() {
        Ok(Command::List { filter, .. }) => filter,
        other => panic!("{q}: {other:?}"),
    }
}

/// What a list shows of a job.
pub(super) fn shown(job: &Job) -> Value {
    let asked = Asked::with(&[], Method::GET, "/requests", None);
    let outcome = Outcome::Listed { at: NOON, jobs: vec![Snapshot::of(job.clone())], total: None };
    asked.answer(Ok(outcome)).1["items"][0].clone()
}

/// Whether a job fits a filter, as an engine would say.
pub(super) fn fits(filter: &Filter, job: &Job) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| fits(part, job)),
        Filter::Or(parts) => parts.iter().any(|part| fits(part, job)),
        Filter::Not(part) => !fits(part, job),
        Filter::Field(field, test) => passes(value(field, job).as_ref(), test),
    }
}

fn value(field: &Field, job: &Job) -> Option<Value> {
    let id = |alias: Option<&str>, number: i64| json!(alias.map_or(number, |id| id.parse().unwrap()));
    match field {
        Field::Id => Some(id(job.alias(NAME), job.number)),
        Field::Number => Some(json!(job.number)),
        Field::Parent => job.parent.map(Value::from),
        Field::Acknowledged => Some(json!(i64::from(job.acknowledged))),
        Field::ParentId => job.parent.map(|parent| id(job.parent_alias(NAME), parent)),
        Field::State => Some(json!(job.state.name())),
        Field::Kind => Some(json!(job.kind.name())),
        Field::Trigger => job.trigger.as_ref().map(|trigger| json!(trigger.state.name())),
        Field::Owner => job.owner.clone().map(Value::from),
        Field::Description => job.description.clone().map(Value::from),
        Field::Type => job.job_type.clone().map(Value::from),
        Field::CreatedAt => Some(json!(job.created_at)),
        Field::StartedAt => job.started_at.map(Value::from),
        Field::FinishedAt => job.finished_at.map(Value::from),
        Field::Attribute { member, .. } => {
            let attributes: Value = serde_json::from_str(job.attributes_of(NAME).unwrap_or("{}")).unwrap();
            let value = attributes.get(member).filter(|value| !value.is_null()).cloned();
            value.map(|value| value.as_bool().map_or(value, |flag| json!(i64::from(flag))))
        }
        other => panic!("no filter of ours looks at {other:?}"),
    }
}

fn passes(value: Option<&Value>, test: &Test) -> bool {
    let Some(value) = value else { return *test == Test::Missing };
    let sought = |sought: &Sought| match sought {
        Sought::Integer(integer) => json!(integer),
        Sought::Text(text) => json!(text),
    };
    let order = |than: &Sought| match (value, than) {
        (Value::String(text), Sought::Text(than)) => Some(text.as_str().cmp(than)),
        (Value::Number(number), Sought::Integer(than)) => number.as_i64().map(|number| number.cmp(than)),
        _ => None,
    };
    match test {
        Test::Equal(same) => *value == sought(same),
        Test::NotEqual(other) => *value != sought(other),
        Test::In(any) => any.iter().any(|one| *value == sought(one)),
        Test::Less(than) => order(than).is_some_and(Ordering::is_lt),
        Test::Greater(than) => order(than).is_some_and(Ordering::is_gt),
        Test::AtMost(than) => order(than).is_some_and(Ordering::is_le),
        Test::AtLeast(than) => order(than).is_some_and(Ordering::is_ge),
        Test::StartsWith(start) => value.as_str().is_some_and(|text| text.starts_with(start)),
        Test::Contains(part) => value.as_str().is_some_and(|text| text.contains(part)),
        Test::Missing => false,
    }
}

#[test]
fn a_state_in_a_filter_finds_just_the_jobs_that_show_it() {
    let words = states::words();
    assert_eq!(words.len(), 20);
    let filters: Vec<_> = words.iter().map(|word| (word, filter(&format!("state eq \"{word}\"")))).collect();
    let kept = words.iter().map(|word| json!({ "state": word }));
    let odd = [json!({}), json!({"state": "wait"}), json!({"state": 7}), json!({"state": null})];
    for attributes in kept.chain(odd) {
        for state in State::ALL {
            let job = with_attributes(state, &attributes.to_string());
            let shows = shown(&job)["state"].clone();
            let found: Vec<_> = filters
                .iter()
                .filter(|(_, filter)| fits(filter, &job))
                .map(|(word, _)| json!(word))
                .collect();
            assert_eq!(found, [shows], "{state} with {attributes}");
        }
    }
}

/// One comparison: the member, the operator, the value as it is written, and the value.
type Comparison = (&'static str, &'static str, Value);

/// Whether what is shown is as asked. A member that is not shown is as nothing.
fn says(shown: &Value, (name, operator, asked): &Comparison) -> bool {
    let Some(value) = shown.get(name) else { return false };
    if *operator == "pr" {
        return true;
    }
    let is_time = name.ends_with("Time");
    let instant = |text: &Value| text.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let order = match (value, asked) {
        _ if is_time => instant(value).cmp(&instant(asked)),
        (Value::String(value), Value::String(asked)) => value.cmp(asked),
        (Value::Number(value), Value::Number(asked)) => value.as_i64().cmp(&asked.as_i64()),
        (Value::Bool(value), Value::Bool(asked)) => value.cmp(asked),
        other => panic!("{name}: {other:?}"),
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match *operator {
        "eq" => order.is_eq(),
        "ne" => order.is_ne(),
        "gt" => order.is_gt(),
        "ge" => order.is_ge(),
        "lt" => order.is_lt(),
        "le" => order.is_le(),
        "co" => text(value).contains(&text(asked)),
        "sw" => text(value).starts_with(&text(asked)),
        "ew" => text(value).ends_with(&text(asked)),
        other => panic!("{other}"),
    }
}

const ORDERED: &[&str] = &["eq", "ne", "gt", "ge", "lt", "le", "pr"];
const TEXTUAL: &[&str] = &["eq", "ne", "co", "sw", "gt", "ge", "lt", "le", "pr"];

fn numbers() -> BoxedStrategy<Value> {
    prop_oneof![Just(i64::MIN), Just(i64::MAX), 1..5_i64].prop_map(Value::from).boxed()
}

fn texts() -> BoxedStrategy<Value> {
    select(vec!["", "a", "ab", "ba", "é\"\\"]).prop_map(Value::from).boxed()
}

fn moment() -> BoxedStrategy<i64> {
    (0..3_i64).prop_map(|steps| NOON + steps).boxed()
}

/// Times as jobs have them, and, where a filter asks, between two of them.
fn times(between: bool) -> BoxedStrategy<Value> {
    let more = if between { vec!["", "0", "5"] } else { vec![""] };
    (moment(), select(more))
        .prop_map(|(at, more)| {
            let text = crate::grammar::time::rfc3339(at, crate::grammar::time::Fraction::Always);
            json!(text.replace('Z', &format!("{more}Z")))
        })
        .boxed()
}

fn words() -> BoxedStrategy<Value> {
    select(states::words()).prop_map(Value::from).boxed()
}

fn types() -> BoxedStrategy<Value> {
    select(vec!["SINGLETON", "RECUR_PARENT", "JOBSET_SINGLETON", "JOBSET_STEP"]).prop_map(Value::from).boxed()
}

/// Members of every kind and from every place, with what they may hold.
fn members(between: bool) -> Vec<(&'static str, &'static [&'static str], BoxedStrategy<Value>)> {
    let mut members = Vec::new();
    for name in ["requestId", "absParentRequestId", "parentRequestId", "instanceParentId", "priority"] {
        members.push((name, ORDERED, numbers()));
    }
    for name in ["description", "submitter", "jobType", "product", "className", "processPhase"] {
        members.push((name, TEXTUAL, texts()));
    }
    for name in
        ["processStartTime", "processEndTime", "completedTime", "submissionTime", "requestedStartTime"]
    {
        members.push((name, ORDERED, times(between)));
    }
    for name in ["isTimedOut", "isAsynchronous"] {
        members.push((name, &["eq", "ne", "pr"], any::<bool>().prop_map(Value::from).boxed()));
    }
    members.push(("state", &["eq", "ne", "co", "sw", "ew", "pr"], words()));
    members.push(("requestType", &["eq", "ne", "co", "sw", "pr"], types()));
    members
}

fn comparison() -> BoxedStrategy<Comparison> {
    let one = |(name, operators, values): (_, &'static [&'static str], BoxedStrategy<Value>)| {
        (Just(name), select(operators), values)
    };
    prop::strategy::Union::new(members(true).into_iter().map(one)).boxed()
}

pub(super) fn job() -> BoxedStrategy<Job> {
    let attributes: Vec<_> = members(false)
        .into_iter()
        .map(|(name, _, values)| (Just(name), prop::option::of(prop::option::of(values))))
        .collect();
    let text = || prop::option::of(texts().prop_map(|text| text.as_str().unwrap().to_owned()));
    let alias = || prop::option::of(1..5_i64);
    let place =
        (1..5_i64, alias(), prop::option::of((1..5_i64, alias())), select(Kind::ALL.to_vec()), any::<bool>());
    let times = (moment(), prop::option::of(moment()), prop::option::of(moment()));
    (place, select(State::ALL.to_vec()), times, (text(), text(), text()), attributes)
        .prop_map(|(place, state, (created_at, started_at, finished_at), texts, attributes)| {
            let (number, alias, parent, kind, has_trigger) = place;
            let aliases = |id: Option<i64>| {
                id.into_iter()
                    .map(|id| Alias { dialect: NAME.to_owned(), id: id.to_string(), number: Some(id) })
                    .collect()
            };
            let trigger = Trigger { state: TriggerState::Scheduled, next_run_at: None, rule: None };
            let given: serde_json::Map<_, _> = attributes
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?.unwrap_or_default())))
                .collect();
            Job {
                aliases: aliases(alias),
                parent: parent.map(|(number, _)| number),
                parent_aliases: aliases(parent.and_then(|(_, alias)| alias)),
                kind,
                trigger: has_trigger.then_some(trigger),
                state,
                started_at,
                finished_at,
                description: texts.0,
                owner: texts.1,
                job_type: texts.2,
                attributes: vec![(NAME.to_owned(), Value::Object(given).to_string())],
                ..Job::new(number, created_at)
            }
        })
        .boxed()
}

/// A comparison as it is written.
pub(super) fn written() -> BoxedStrategy<String> {
    comparison().prop_map(|comparison| text(&comparison)).boxed()
}

fn text((name, operator, value): &Comparison) -> String {
    match *operator {
        "pr" => format!("{name} pr"),
        _ => format!("{name} {operator} {value}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_list_holds_just_the_jobs_that_show_what_was_asked_for(job in job(), first in comparison(), then in comparison()) {
        let shown = shown(&job);
        let (one, two) = (says(&shown, &first), says(&shown, &then));
        let (first, then) = (text(&first), text(&then));
        for (q, expected) in [
            (first.clone(), one),
            (format!("not ({first})"), !one),
            (format!("{first} and {then}"), one && two),
            (format!("{first} or not({then})"), one || !two),
        ] {
            prop_assert_eq!(fits(&filter(&q), &job), expected, "{} of {}", q, shown);
        }
    }
}
