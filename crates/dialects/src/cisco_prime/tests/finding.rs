//! Lists find what answers show: every condition on a word, an id or a time, against every state and trigger.

use countermand_model::{
    Command, Field, Filter, Job, Kind, Outcome, Snapshot, State, Test, Trigger, TriggerState, Value,
};

use super::super::{NAME, states};
use super::{PRIME, open};
use crate::{Codec, Echo};

const START: i64 = 1_767_268_800_000;
const END: i64 = START + 1_500;

/// The value of a field, by the words of the model.
fn value(field: &Field, job: &Job, latest: Option<&Job>) -> Option<Value> {
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    match field {
        Field::Latest(field) => value(field, latest.unwrap_or(job), None),
        Field::Id => Some(Value::Integer(job.number)),
        Field::State => text(job.state.name()),
        Field::Kind => text(job.kind.name()),
        Field::Trigger => job.trigger.as_ref().and_then(|trigger| text(trigger.state.name())),
        Field::NextRunAt => job.trigger.as_ref()?.next_run_at.map(Value::Integer),
        Field::StartedAt => job.started_at.map(Value::Integer),
        Field::FinishedAt => job.finished_at.map(Value::Integer),
        Field::Owner => job.owner.as_deref().and_then(text),
        Field::Attribute { dialect, member } => {
            let attributes: serde_json::Value = serde_json::from_str(job.attributes_of(dialect)?).unwrap();
            text(attributes.get(member)?.as_str()?)
        }
        other => panic!("no condition looks at {other:?}"),
    }
}

/// Whether a job meets a filter, by the words of the model.
fn holds(filter: &Filter, job: &Job, latest: Option<&Job>) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| holds(part, job, latest)),
        Filter::Or(parts) => parts.iter().any(|part| holds(part, job, latest)),
        Filter::Not(part) => !holds(part, job, latest),
        Filter::Field(field, test) => match (value(field, job, latest), test) {
            (None, test) => *test == Test::Missing,
            (Some(is), Test::Equal(sought)) => is == *sought,
            (Some(is), Test::NotEqual(sought)) => is != *sought,
            (Some(is), Test::In(sought)) => sought.contains(&is),
            (Some(Value::Integer(is)), Test::AtLeast(Value::Integer(least))) => is >= *least,
            (Some(Value::Integer(is)), Test::AtMost(Value::Integer(most))) => is <= *most,
            (Some(_), Test::Missing) => false,
            (Some(is), test) => panic!("no condition tests {is:?} for {test:?}"),
        },
    }
}

fn list(query: &str) -> Echo {
    open("GET", &format!("/webacs/api/v4/data/JobSummary.json?.full=true&{query}"), &[])
}

fn filter(query: &str) -> Filter {
    match PRIME.decode_request(&list(query), b"").unwrap() {
        Command::List { filter, .. } => filter,
        other => panic!("not a list: {other:?}"),
    }
}

/// What the answer shows of a job.
fn shown(job: &Job, latest: Option<&Job>) -> serde_json::Value {
    let snapshot = Snapshot { kin: latest.cloned().into_iter().collect(), ..Snapshot::of(job.clone()) };
    let listed = Outcome::Listed { at: END, jobs: vec![snapshot], total: Some(1) };
    let response = PRIME.encode_response(&list(""), &Ok(listed));
    let document: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    document["queryResponse"]["entity"][0]["jobSummaryDTO"].clone()
}

fn in_state(job: Job, state: State, has_started: bool) -> Job {
    let finished_at = (has_started && state.is_terminal()).then_some(END);
    Job { state, started_at: has_started.then_some(START), finished_at, ..job }
}

fn keeping(job: Job, run: Option<&str>, result: Option<&str>) -> Job {
    let text = serde_json::json!({ "runStatus": run, "resultStatus": result }).to_string();
    Job { attributes: vec![(NAME.to_owned(), text)], ..job }
}

/// Jobs that stand alone: every state, started or not, with every word that may have been kept.
fn singles() -> Vec<(Job, Option<Job>)> {
    let mut jobs = Vec::new();
    for state in State::ALL {
        for has_started in [false, true] {
            let job = in_state(Job::new(7, START), state, has_started);
            jobs.push((job.clone(), None));
            for word in states::RUN_STATUSES {
                jobs.push((keeping(job.clone(), Some(word), None), None));
            }
            for word in states::RESULT_STATUSES.iter().chain(&[states::NO_RESULT]) {
                jobs.push((keeping(job.clone(), Some("INTERRUPTED"), Some(word)), None));
            }
        }
    }
    jobs
}

/// Jobs with triggers of every state, and without, that have no run or one in every state.
fn parents() -> Vec<(Job, Option<Job>)> {
    let mut jobs = Vec::new();
    let triggers = TriggerState::ALL.map(Some).into_iter().chain([None]);
    for trigger in triggers {
        let trigger = trigger.map(|state| Trigger { state, next_run_at: Some(END), rule: None });
        for (state, has_started) in State::ALL.into_iter().flat_map(|state| [(state, false), (state, true)]) {
            let parent = Job { kind: Kind::Parent, trigger: trigger.clone(), ..Job::new(7, START) };
            let parent = in_state(parent, state, has_started);
            jobs.push((parent.clone(), None));
            for word in states::JOB_STATUSES {
                let attributes = vec![(NAME.to_owned(), format!("{{\"jobStatus\":{word:?}}}"))];
                jobs.push((Job { attributes, ..parent.clone() }, None));
            }
            for (of_run, run_started) in
                State::ALL.into_iter().flat_map(|state| [(state, false), (state, true)])
            {
                let run = in_state(
                    Job { kind: Kind::Child, parent: Some(7), ..Job::new(15, START) },
                    of_run,
                    run_started,
                );
                jobs.push((parent.clone(), Some(run)));
            }
        }
    }
    jobs
}

/// A job, its latest run, and what the answer shows of it.
type Shown = (Job, Option<Job>, serde_json::Value);

fn all() -> Vec<Shown> {
    let shown = |(job, latest): (Job, Option<Job>)| {
        let summary = shown(&job, latest.as_ref());
        (job, latest, summary)
    };
    singles().into_iter().chain(parents()).map(shown).collect()
}

/// A condition must find exactly the jobs whose answer shows what it asks for.
fn check(all: &[Shown], name: &str, condition: &str, shows: impl Fn(&serde_json::Value) -> bool) {
    let filter = filter(&format!("{name}={condition}"));
    for (job, latest, summary) in all {
        let expected = summary.get(name).is_some_and(&shows);
        let found = holds(&filter, job, latest.as_ref());
        assert_eq!(found, expected, "{name}={condition}: {summary} of {job:?} with {latest:?}");
    }
}

/// Pitfall cisco-prime 9.
#[test]
fn a_condition_on_a_word_finds_exactly_the_jobs_that_show_it() {
    let all = all();
    let attributes = [
        ("jobStatus", states::JOB_STATUSES),
        ("runStatus", states::RUN_STATUSES),
        ("resultStatus", states::RESULT_STATUSES),
    ];
    for (name, words) in attributes {
        for word in words {
            check(&all, name, word, |value| value == word);
            check(&all, name, &format!("ne({word})"), |value| value != word);
        }
        let (one, two) = (words[1], words[3]);
        check(&all, name, &format!("in({one},\"{two}\")"), |value| value == one || value == two);
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        check(&all, name, "startsWith(C)", |value| text(value).starts_with('C'));
        check(&all, name, "contains(\"AN\")", |value| text(value).contains("AN"));
    }
}

#[test]
fn a_condition_on_an_id_or_a_time_finds_exactly_the_jobs_that_show_it() {
    let all = all();
    check(&all, "runId", "15", |value| value == 15);
    check(&all, "runId", "ne(15)", |value| value != 15);
    check(&all, "runId", "between(1,14)", |value| value == 7);
    check(&all, "@id", "in(7,8)", |value| value == 7);
    let (start, end) = ("2026-01-01T12:00:00.000Z", "2026-01-01T12:00:01.500Z");
    check(&all, "lastStartTime", "2026-01-01T12:00:00", |value| value == start);
    check(&all, "completionTime", &format!("between(\"{start}\",\"{end}\")"), |value| value == end);
    check(&all, "nextRunTime", &format!("eq(\"{end}\")"), |value| value == end);
}
