//! `docs/semantics.md`, written from the tables themselves: state × command from the machine, effect × dialect and state
//! × dialect by asking each codec. `UPDATE_EXPECT=1` writes the page; otherwise it must be what is there.

use countermand_dialects::{Dialect, Evidence, by_name};
use countermand_model::machine::{Move, judge, judge_trigger};
use countermand_model::{
    Acted, Command, Delivery, Effect, Job, Outcome, Progress, Snapshot, State, Target, TriggerState,
};
use http::Method;

use crate::probe;

/// A call of one dialect, and where in its JSON answer the word for a state stands.
struct Probe {
    dialect: &'static str,
    cancel: (&'static str, &'static str, &'static str),
    status: (&'static str, &'static str),
    word: &'static str,
    /// How the answer to each effect is known, a letter each in the order of [`Effect::ALL`]: documented, inferred, or `-`
    /// where the call cannot have it.
    evidence: &'static str,
}

const PROBES: &[Probe] = &[
    Probe {
        dialect: "cisco-prime",
        cancel: (
            "PUT",
            "/webacs/api/v4/op/jobService/cancelrunning.json",
            "{\"jobRunOperationPayload\":{\"runIds\":{\"runId\":[15]}}}",
        ),
        status: ("/webacs/api/v4/data/JobSummary/15.json", ""),
        word: "/queryResponse/entity/0/jobSummaryDTO/runStatus",
        evidence: "DI-III-IIIII",
    },
    Probe {
        dialect: "hitachi-detail-view",
        cancel: ("GET", "/dbapi.do?action=abortRequest&dataset=defaultDs&requestId=15", ""),
        status: ("/dbapi.do?action=getStatus&dataset=defaultDs&requestId=15", ""),
        word: "/status/completed",
        evidence: "DI-III-II-ID",
    },
    Probe {
        dialect: "qlik-odag",
        cancel: ("PUT", "/api/odag/v1/requests/00000000000000000000000f?action=cancel", ""),
        status: ("/api/odag/v1/requests/00000000000000000000000f", ""),
        word: "/state",
        evidence: "DD-IDD-DIDII",
    },
    Probe {
        dialect: "oracle-ess",
        cancel: ("POST", "/ess/rest/scheduler/v1/requests/15/cancel", ""),
        status: ("/ess/rest/scheduler/v1/requests/15", ""),
        word: "/state",
        evidence: "DD-IDD-DDDII",
    },
];

fn job(state: State) -> Job {
    let finished_at = state.is_terminal().then_some(900);
    Job { state, finished_at, started_at: Some(500), progress: Progress::default(), ..Job::new(15, 0) }
}

/// What a dialect answers to a call when the engine says `outcome`: the status and the body.
fn asked(dialect: &Dialect, method: &str, target: &str, body: &str, outcome: Outcome) -> (u16, String) {
    let method: Method = method.parse().expect("a method");
    let (codec, echo) = probe::open(dialect, &method, target, "application/json");
    assert_eq!(echo.refusal, None, "{target}");
    let _: Command = codec.decode_request(&echo, body.as_bytes()).expect("a good call");
    let response = codec.encode_response(&echo, &Ok(outcome));
    (response.status().as_u16(), String::from_utf8_lossy(response.body()).into_owned())
}

fn after(effect: Effect) -> State {
    match effect {
        Effect::Cancelled | Effect::AlreadyCancelled => State::Cancelled,
        Effect::Accepted | Effect::AlreadyCancelling | Effect::UnverifiedTaken => State::Cancelling,
        Effect::AlreadyFinished => State::Succeeded,
        Effect::Done
        | Effect::AlreadySo
        | Effect::NotFound
        | Effect::Forbidden
        | Effect::NotPossible
        | Effect::UnverifiedUnanswered => State::Running,
    }
}

fn evidence(probe: &Probe, place: usize) -> Option<Evidence> {
    assert_eq!(probe.evidence.len(), Effect::ALL.len(), "{}: a letter for each effect", probe.dialect);
    match &probe.evidence[place..=place] {
        "D" => Some(Evidence::Documented),
        "I" => Some(Evidence::Inferred),
        _dash => None,
    }
}

/// One cell of effect × dialect.
fn cell(probe: &Probe, effect: Effect, evidence: Option<Evidence>) -> String {
    let Some(evidence) = evidence else { return "–".to_owned() };
    let dialect = by_name(probe.dialect).expect("it is in the list");
    let known = !matches!(effect, Effect::NotFound | Effect::UnverifiedUnanswered);
    let after = known.then(|| Box::new(Snapshot::of(job(after(effect)))));
    let acted = Acted { target: Target::number(15), effect, before: None, after };
    let (method, target, body) = probe.cancel;
    let (status, body) =
        asked(dialect, method, target, body, Outcome::Acted { at: 1000, targets: vec![acted] });
    let json: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
    format!("{status} {} *{}*", gist(&json), evidence.name())
}

/// What a client looks at in an answer to a cancel.
fn gist(json: &serde_json::Value) -> String {
    let at = |pointer: &str| json.pointer(pointer);
    let lists = "/mgmtResponse/operationResult/0";
    for list in ["success", "failure"] {
        if let Some(item) = at(&format!("{lists}/{list}/{list}/0/message")) {
            return format!("`{list}`: {}", item.as_str().unwrap_or_default());
        }
    }
    for (pointer, name) in
        [("/aborted", "aborted"), ("/code", ""), ("/state", ""), ("/errors/0/code", ""), ("/errorCode", "")]
    {
        if let Some(value) = at(pointer) {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            return if name.is_empty() { format!("`{value}`") } else { format!("`{name}: {value}`") };
        }
    }
    if at("/links").is_some() { "links".to_owned() } else { String::new() }
}

fn machine() -> String {
    let orders = [
        Move::Cancel,
        Move::Hold,
        Move::Release,
        Move::AcknowledgeCancel,
        Move::AcknowledgeFailure,
        Move::Delete,
    ];
    let mut page =
        "| state | cancel | hold | release | acknowledge cancel | acknowledge failure | delete |\n"
            .to_owned();
    page += "|---|---|---|---|---|---|---|\n";
    for state in State::ALL {
        let cells = orders.map(|order| {
            let judgement = judge(order, state, false);
            let to = judgement.to.map_or_else(String::new, |to| format!(" → {to}"));
            format!("{}{to}", judgement.effect.name())
        });
        page += &format!("| {state} | {} |\n", cells.join(" | "));
    }
    page
}

fn triggers() -> String {
    let mut page = "| trigger | cancel | hold | release |\n|---|---|---|---|\n".to_owned();
    for state in TriggerState::ALL {
        let cells = [Move::Cancel, Move::Hold, Move::Release].map(|order| {
            let (effect, to) = judge_trigger(order, state);
            format!("{}{}", effect.name(), to.map_or_else(String::new, |to| format!(" → {}", to.name())))
        });
        page += &format!("| {} | {} |\n", state.name(), cells.join(" | "));
    }
    page
}

fn effects() -> String {
    let names: Vec<_> = PROBES.iter().map(|probe| probe.dialect).collect();
    let mut page = format!("| effect | {} |\n|---{}|\n", names.join(" | "), "|---".repeat(names.len()));
    for (place, effect) in Effect::ALL.into_iter().enumerate() {
        let cells: Vec<_> = PROBES.iter().map(|probe| cell(probe, effect, evidence(probe, place))).collect();
        page += &format!("| {} | {} |\n", effect.name(), cells.join(" | "));
    }
    page
}

fn words() -> String {
    let names: Vec<_> = PROBES.iter().map(|probe| probe.dialect).collect();
    let mut page = format!("| state | {} |\n|---{}|\n", names.join(" | "), "|---".repeat(names.len()));
    for state in State::ALL {
        let cells = PROBES.iter().map(|probe| shown(probe, state));
        page += &format!("| {state} | {} |\n", cells.collect::<Vec<_>>().join(" | "));
    }
    page
}

/// One cell of state × dialect.
fn shown(probe: &Probe, state: State) -> String {
    let dialect = by_name(probe.dialect).expect("it is in the list");
    // What is left to be told is handed to this reader and to no other.
    let delivery = Some(Delivery(1));
    let snapshot = Some(Box::new(Snapshot { delivery, ..Snapshot::of(job(state)) }));
    let (target, body) = probe.status;
    let (status, body) = asked(dialect, "GET", target, body, Outcome::Read { at: 1000, snapshot });
    let json: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
    let word = json
        .pointer(probe.word)
        .map_or_else(|| "absent".to_owned(), |word| word.to_string().replace('"', ""));
    format!("{status} `{word}`")
}

fn page() -> String {
    format!(
        "# Semantics\n\nWhat each command does in each state, and how each dialect says it. This page is written by\n\
         `UPDATE_EXPECT=1 cargo test -p countermand-tests semantics` from the state machine and the codecs themselves; the tests\n\
         hold it to them. *documented*: the vendor says so; *inferred*: our choice where nobody does, pinned by a fixture.\n\n\
         ## State × command\n\nWhat is reported, and where the job goes. Nothing leaves a terminal state.\n\n{}\n\
         A cancel with *force* takes a job that has been cancelling for 30 minutes, and silent as long, to cancelled, where it \
         fits what the dialect asks for.\n\n\
         ## Trigger × command\n\n{}\n\
         ## Effect × dialect\n\nThe answer to a cancel of one job: cisco-prime `cancelrunning` (v4, JSON), hitachi-detail-view `abortRequest`,\n\
         qlik-odag `action=cancel` (Windows), oracle-ess `cancel`. A dash: this call cannot have that effect.\n\n{}\n\
         ## State × dialect\n\nThe status and the word a reader sees: cisco-prime `runStatus`, hitachi-detail-view `status.completed`, qlik-odag and\n\
         oracle-ess `state`.\n\n{}",
        machine(),
        triggers(),
        effects(),
        words()
    )
}

#[test]
fn the_page_says_what_the_code_does() {
    crate::pages::hold("docs/semantics.md", &page());
}

#[test]
fn the_words_are_those_of_each_dialects_table() {
    for probe in PROBES {
        let dialect = by_name(probe.dialect).expect("it is in the list");
        let name = probe.word.rsplit('/').next().unwrap_or_default();
        let place = dialect.states.members.iter().position(|member| member.rsplit('.').next() == Some(name));
        let place = place.unwrap_or_else(|| panic!("{}: no member {name}", probe.dialect));
        for state in State::ALL {
            let word = (dialect.states.words)(state)[place].unwrap_or("absent");
            let shown = shown(probe, state);
            assert!(shown.ends_with(&format!(" `{word}`")), "{} {state}: {word}, {shown}", probe.dialect);
        }
    }
}
