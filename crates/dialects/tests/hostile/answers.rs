//! Outcomes and faults, with jobs of which nobody has checked anything.

use countermand_dialects::ALL;
use countermand_model::{
    Acted, Alias, Children, Delivery, Effect, Fault, FaultKind, Job, Kind, Outcome, Output, Progress,
    Snapshot, State, Target, Trigger, TriggerState,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// A text of a job: nobody checked which characters are in it.
pub(crate) fn text() -> BoxedStrategy<String> {
    let odd = select(vec![
        "true", "-0.0", "1e5", "0.1", "NaN", "12", "\u{0}", "]]>", "\u{ffff}", "\u{2028}", "a,b", "</x>",
    ]);
    prop_oneof![odd.prop_map(str::to_owned), any::<String>()].boxed()
}

fn time() -> BoxedStrategy<i64> {
    prop_oneof![select(vec![i64::MIN, -1, 0, 999, 1_767_268_800_000, i64::MAX]), any::<i64>()].boxed()
}

/// The text of a JSON object, with members that a dialect looks for and others.
fn attributes() -> BoxedStrategy<String> {
    let key = prop_oneof![
        select(vec![
            "state",
            "runStatus",
            "resultStatus",
            "error",
            "owner",
            "link",
            "generatedApp",
            "loadState",
            "parentRequestId",
            "absParentRequestId",
            "instanceParentId",
            "requestId",
            "links",
            "isAsynchronous",
        ])
        .prop_map(str::to_owned),
        text(),
    ];
    let value = prop_oneof![
        select(vec![
            "null",
            "1e400",
            "24.00",
            "-0",
            "[]",
            "{}",
            "\"\\ud800\"",
            "{\"id\":\"a\",\"id\":\"b\"}",
            "99999999999999999999",
            "{\"status\":700,\"code\":\"\",\"error\":\"\"}",
            "{\"status\":404,\"code\":\"\\u0000\",\"error\":\"x\"}",
        ])
        .prop_map(str::to_owned),
        text().prop_map(|text| serde_json::to_string(&text).expect("a text is JSON")),
    ];
    vec((key, value), 0..5)
        .prop_map(|members| {
            let members = members
                .iter()
                .map(|(key, value)| format!("{}: {value}", serde_json::to_string(key).expect("as above")));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(" ,\n"))
        })
        .boxed()
}

fn job() -> BoxedStrategy<Job> {
    let place = (
        any::<i64>(),
        select(&State::ALL[..]),
        select(&Kind::ALL[..]),
        any::<bool>(),
        option::of(any::<i64>()),
    );
    let times =
        (time(), time(), option::of(time()), option::of(time()), option::of(time()), option::of(time()));
    let texts = (
        option::of(text()),
        option::of(text()),
        option::of(text()),
        option::of(text()),
        option::of((text(), text())),
    );
    let trigger = option::of((select(&TriggerState::ALL[..]), option::of(time())));
    let more = (any::<(u64, u64, u64, bool)>(), trigger, vec(text(), 0..3), attributes());
    (select(ALL), place, times, texts, more)
        .prop_map(|(dialect, place, times, texts, more)| {
            let (number, state, kind, acknowledged, parent) = place;
            let (created_at, changed_at, started_at, finished_at, drained_at, _) = times;
            let (name, owner, job_type, message, output) = texts;
            let ((total, matched, delivered, has_errors), trigger, ids, attributes) = more;
            let alias = |id| Alias { dialect: dialect.name.to_owned(), id, number: None };
            Job {
                state,
                kind,
                acknowledged,
                parent,
                changed_at,
                started_at,
                finished_at,
                drained_at,
                description: name.clone(),
                name,
                owner,
                job_type,
                message,
                output: output.map(|(id, name)| Output { id, name }),
                progress: Progress { total, matched, processed: total },
                children: Children { total: matched, unfinished: 0 },
                results_delivered: delivered,
                has_errors,
                previous_state: Some(state),
                trigger: trigger.map(|(state, next_run_at)| Trigger { state, next_run_at, rule: None }),
                aliases: ids.into_iter().map(alias).collect(),
                attributes: ALL.iter().map(|dialect| (dialect.name.to_owned(), attributes.clone())).collect(),
                ..Job::new(number, created_at)
            }
        })
        .boxed()
}

fn snapshot() -> BoxedStrategy<Box<Snapshot>> {
    let results = vec(select(vec!["1", "{\"a\":24.00}", "\"\\u0000\""]).prop_map(str::to_owned), 0..3);
    (job(), vec(job(), 0..3), results, option::of(any::<u64>().prop_map(Delivery)))
        .prop_map(|(job, kin, results, delivery)| Box::new(Snapshot { job, kin, results, delivery }))
        .boxed()
}

pub(crate) fn outcome() -> BoxedStrategy<Outcome> {
    let target = (text(), option::of(any::<i64>())).prop_map(|(written, number)| Target {
        written,
        number,
        dataset: None,
    });
    // What the codecs make of a body is decimal; an answer must hold it whatever an engine hands back.
    let acted =
        (target, select(&Effect::ALL[..]), option::of(select(&State::ALL[..])), option::of(snapshot()))
            .prop_map(|(target, effect, before, after)| Acted { target, effect, before, after });
    prop_oneof![
        (time(), vec(acted, 0..3)).prop_map(|(at, targets)| Outcome::Acted { at, targets }),
        (time(), option::of(snapshot())).prop_map(|(at, snapshot)| Outcome::Read { at, snapshot }),
        (time(), vec(snapshot(), 0..3), option::of(any::<u64>())).prop_map(|(at, jobs, total)| {
            Outcome::Listed { at, jobs: jobs.into_iter().map(|job| *job).collect(), total }
        }),
        (time(), vec(snapshot(), 0..3)).prop_map(|(at, parents)| {
            Outcome::Runs { at, parents: parents.into_iter().map(|parent| *parent).collect() }
        }),
        Just(Outcome::Confirmed),
    ]
    .boxed()
}

pub(crate) fn fault() -> BoxedStrategy<Fault> {
    (select(&FaultKind::ALL[..]), text(), option::of(any::<u32>()))
        .prop_map(|(kind, message, retry_after)| Fault { retry_after, ..Fault::new(kind, message) })
        .boxed()
}
