//! Lists of `data/JobSummary` through the running program, codec and ledger together: a condition finds exactly the jobs
//! that show what it asks for, an order is that of what is shown, and pages make up the whole.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use countermand_model::{State, TriggerState};
use serde_json::{Value, json};

use crate::client::Client;
use crate::server::{BASIC, Server, config};

/// Words of the three enumerations, and one of each that no job shows.
const WORDS: &[(&str, &[&str])] = &[
    ("jobStatus", &["SCHEDULED", "COMPLETED", "SUSPENDED", "CANCELLED", "UNDEFINED"]),
    (
        "runStatus",
        &[
            "CREATED",
            "RUNNING",
            "COMPLETED",
            "ABORTED",
            "INTERRUPTED",
            "CANCELLED",
            "PENDING_EXECUTION",
            "PAUSING",
            "PAUSED",
            "UNKNOWN",
        ],
    ),
    (
        "resultStatus",
        &[
            "SUCCESS",
            "PARTIALSUCCESS",
            "FAILURE",
            "ROLLBACKED",
            "CANCELLED",
            "PENDINGEXECUTION",
            "PAUSED",
            "PARTIALFAILURE",
            "UNKNOWN",
        ],
    ),
];

/// Jobs alone and jobs with triggers and runs, in every state, with words kept for some of them; one JSON text a line.
fn jobs() -> String {
    let mut lines = Vec::new();
    let mut add = |job: Value| {
        let number = 1000 + lines.len();
        let mut job = job;
        job["number"] = json!(number);
        job["name"] = json!(format!("job {}", number % 7));
        lines.push(job.to_string());
        number
    };
    let standing = |state: State, has_started: bool| {
        let mut job = json!({ "state": state.name() });
        if has_started {
            job["started_at"] = json!(format!("2026-01-01T10:{:02}:00Z", state as usize));
        }
        if state.is_terminal() {
            job["finished_at"] = json!("2026-01-01T11:00:00.500Z");
        }
        job
    };
    let kept = [
        json!({}),
        json!({ "runStatus": "INTERRUPTED", "resultStatus": "ROLLBACKED" }),
        json!({ "runStatus": "PAUSING", "resultStatus": "PAUSED" }),
        // A word of a wrong type is none, and takes the other not with it.
        json!({ "runStatus": 7, "resultStatus": "PENDINGEXECUTION" }),
        json!({ "runStatus": "ABORTED", "resultStatus": "PARTIALFAILURE" }),
    ];
    for (state, words) in
        State::ALL.into_iter().flat_map(|state| kept.iter().map(move |words| (state, words)))
    {
        for has_started in [false, true] {
            let mut job = standing(state, has_started);
            job["attributes"] = json!({ "cisco-prime": words });
            add(job);
        }
    }
    for trigger in TriggerState::ALL {
        let trigger = json!({ "state": trigger.name(), "next_run_at": "2026-01-02T00:00:00Z" });
        add(json!({ "kind": "parent", "trigger": trigger }));
        for (place, state) in State::ALL.into_iter().enumerate() {
            let parent = add(json!({ "kind": "parent", "trigger": trigger }));
            let mut latest = standing(state, true);
            latest["kind"] = json!("child");
            latest["parent"] = json!(parent);
            latest["attributes"] = json!({ "cisco-prime": kept[place % kept.len()] });
            add(latest);
            add(json!({ "kind": "child", "parent": parent, "state": "queued" }));
        }
    }
    lines.join("\n")
}

/// A gateway that has the jobs, and what it shows of each.
struct Shown {
    client: Client,
    all: Vec<Value>,
    _server: Server,
}

impl Shown {
    fn new() -> Shown {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(&config(folder.path(), "memory"));
        let answer = server.control("POST /v1/jobs", &jobs());
        assert!(answer.body.contains("\"failed_total\":0"), "{}", answer.body);
        let client = server.client();
        let mut shown = Shown { client, all: Vec::new(), _server: server };
        // The whole, in pages of a size that does not divide it.
        loop {
            let page = shown.list(&format!(".full=true&.maxResults=37&.firstResult={}", shown.all.len()));
            let entities = page["entity"].as_array().unwrap();
            shown.all.extend(entities.iter().map(|entity| entity["jobSummaryDTO"].clone()));
            let (last, count) = (page["@last"].as_u64().unwrap(), page["@count"].as_u64().unwrap());
            if last + 1 == count {
                assert_eq!(shown.all.len() as u64, count);
                return shown;
            }
        }
    }

    fn list(&mut self, query: &str) -> Value {
        let line = format!("GET /webacs/api/v4/data/JobSummary.json?{query}");
        let answer = self.client.request(&line, BASIC, "").unwrap();
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
        let document: Value = serde_json::from_str(&answer.body).unwrap();
        document["queryResponse"].clone()
    }

    /// Whether a condition finds those that show a fitting value, and no others.
    fn check(&mut self, name: &str, condition: &str, fits: impl Fn(&str) -> bool) {
        let shows = |job: &&Value| job.get(name).is_some_and(|value| fits(&plain(value)));
        let expected: BTreeSet<_> = self.all.iter().filter(shows).map(|job| plain(&job["@id"])).collect();
        let page = self.list(&format!("{name}={condition}&.maxResults=1000"));
        let found: BTreeSet<_> =
            page["entityId"].as_array().unwrap().iter().map(|id| plain(&id["$"])).collect();
        assert_eq!(found, expected, "{name}={condition}");
        assert_eq!(page["@count"], json!(expected.len()), "{name}={condition}");
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn what_a_list_finds_is_what_it_shows() {
    let mut shown = Shown::new();
    for (name, words) in WORDS {
        for word in *words {
            shown.check(name, word, |value| value == *word);
            shown.check(name, &format!("ne({word})"), |value| value != *word);
            shown.check(name, &format!("in({word},{})", words[0]), |value| {
                value == *word || value == words[0]
            });
        }
        shown.check(name, "startsWith(C)", |value| value.starts_with('C'));
        shown.check(name, "contains(AN)", |value| value.contains("AN"));
    }
    for name in ["lastStartTime", "completionTime", "nextRunTime"] {
        let times: BTreeSet<_> = shown.all.iter().filter_map(|job| job.get(name)).map(plain).collect();
        for time in &times {
            shown.check(name, time, |value| value == time);
            shown.check(name, &format!("ne({time})"), |value| value != time);
            shown
                .check(name, &format!("between({time},2027-01-01T00:00:00)"), |value| value >= time.as_str());
        }
        assert!(!times.is_empty(), "{name}");
    }
    shown.check("runId", "between(1003,1200)", |value| (1003..=1200).contains(&value.parse().unwrap()));
    shown.check("jobName", "%22job%203%22", |value| value == "job 3");
    shown.check("jobName", "contains(5)", |value| value.contains('5'));
}

#[test]
fn a_list_is_in_the_order_of_what_it_shows() {
    let mut shown = Shown::new();
    for (name, sign) in ["jobName", "runId", "lastStartTime", "completionTime", "%40id"]
        .into_iter()
        .flat_map(|name| [(name, ""), (name, "-")])
    {
        let page = shown.list(&format!(".full=true&.maxResults=1000&.sort={sign}{name}"));
        let entities = page["entity"].as_array().unwrap();
        let member = name.replace("%40", "@");
        let values: Vec<_> =
            entities.iter().filter_map(|entity| entity["jobSummaryDTO"].get(&member)).collect();
        let wrong = if sign.is_empty() { Ordering::Greater } else { Ordering::Less };
        let in_order = values.windows(2).all(|pair| order(pair[0], pair[1]) != wrong);
        assert!(in_order && !values.is_empty(), "{sign}{name}: {values:?}");
    }
}

fn order(one: &Value, other: &Value) -> Ordering {
    match (one.as_i64(), other.as_i64()) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => plain(one).cmp(&plain(other)),
    }
}
