//! The client half against the server half: what is said to a server is read there as what was to be said, and what that
//! server answers is told as it was. The engine behind it is a function.

use countermand_model::{
    Cancel, Command, Effect, Fault, FaultKind, Field, Filter, Job, Kin, Kind, Outcome, Page, Results,
    Snapshot, Sort, State, Status, Target, Test, Trigger, TriggerState, Value,
};
use proptest::prelude::*;

use super::super::settings::Settings;
use super::super::{DIALECT, Prime, routes};
use super::{PRIME, open};
use crate::conversation::play::against_server;
use crate::{Codec, Format};

pub(super) const AT: i64 = 1_767_268_800_000;

/// Every version in every format.
pub(super) fn manners() -> impl Iterator<Item = Prime> {
    let formats = [Format::Json, Format::Xml];
    (1..=routes::NEWEST).flat_map(move |client_version| {
        formats.map(|client_format| Prime {
            settings: Settings { client_version, client_format, ..Settings::DEFAULT },
        })
    })
}

/// Carries a command out at a server whose engine is `engine`; tells what the engine was asked, and the end.
pub(super) fn carried_out(
    prime: &Prime,
    command: &Command,
    mut engine: impl FnMut(&Command) -> Result<Outcome, Fault>,
) -> (Vec<Command>, Result<Outcome, Fault>) {
    let mut asked = Vec::new();
    let end = prime.converse(command, AT).and_then(|conversation| {
        against_server(&DIALECT, &PRIME, conversation, |command| {
            let answer = engine(&command);
            asked.push(command);
            answer
        })
    });
    (asked, end)
}

/// The command that a query of a list is.
fn list(query: &str) -> Command {
    let echo = open("GET", &format!("/webacs/api/v4/data/JobSummary.json?.full=true&{query}"), &[]);
    PRIME.decode_request(&echo, b"").unwrap()
}

fn history(query: &str) -> Command {
    let echo = open("GET", &format!("/webacs/api/v4/op/jobService/runhistory.json?{query}"), &[]);
    PRIME.decode_request(&echo, b"").unwrap()
}

pub(super) fn nothing(command: &Command) -> Result<Outcome, Fault> {
    Ok(match command {
        Command::Runs { .. } => Outcome::Runs { at: AT, parents: Vec::new() },
        _ => Outcome::Listed { at: AT, jobs: Vec::new(), total: Some(0) },
    })
}

pub(super) fn effects(end: Result<Outcome, Fault>) -> Result<Vec<Effect>, FaultKind> {
    match end {
        Ok(Outcome::Acted { targets, .. }) => Ok(targets.iter().map(|acted| acted.effect).collect()),
        Ok(other) => panic!("{other:?}"),
        Err(fault) => Err(fault.kind),
    }
}

/// What is read from a query is said so that the same is read again, in every version and format.
#[track_caller]
fn is_said(command: &Command) {
    for prime in manners() {
        let (asked, end) = carried_out(&prime, command, nothing);
        assert!(end.is_ok(), "{command:?}: {end:?}");
        assert_eq!(asked, std::slice::from_ref(command));
    }
}

#[test]
fn every_list_that_can_be_asked_for_can_be_said() {
    for query in [
        "",
        "jobName=startsWith(%22Bulk%22)&.sort=-jobName,lastStartTime",
        "jobName=%22a%20b%20%26%20%25%2F%3F%C3%A4%22&description=ne(%22x%22)",
        "jobType=in(%22a,b%22,%22c%22)&jobType=contains(%22(%22)",
        "jobName=123&jobName=%220123%22",
        "@id=in(7,8)&runId=15&runId=between(1,9)",
        "completionTime=between(%222026-01-01T10:00:00%22,%222026-01-01T11:00:00.007%22)",
        "lastStartTime=%222026-01-01T10:00:00%22&nextRunTime=ne(%222026-01-01T10:00:00%22)",
        "jobStatus=SCHEDULED&runStatus=ne(RUNNING)&resultStatus=in(SUCCESS,ROLLBACKED)",
        "jobStatus=PENDINGAPPROVAL&runStatus=contains(%22ED%22)",
        "runStatus=UNKNOWN&resultStatus=UNKNOWN&jobStatus=ne(UNDEFINED)",
        "username=ana",
        "username=SYSTEM",
        "username=startsWith(%22a%22)",
        ".or_filter=true&jobName=a&username=ana&runStatus=RUNNING",
        ".firstResult=20&.maxResults=10&.nocount=true",
    ] {
        is_said(&list(query));
    }
}

#[test]
fn every_history_that_can_be_asked_for_can_be_said() {
    for query in [
        "jobId=7",
        "jobId=in(7,8)&startTime=between(%222026-01-01T10:00:00%22,%222026-01-01T11:00:00%22)",
        "jobName=startsWith(%22Bulk%22)&jobType=ne(%22x%22)",
    ] {
        is_said(&history(query));
    }
    let (asked, end) = carried_out(&PRIME, &history(""), nothing);
    assert_eq!((asked, end), (Vec::new(), Ok(Outcome::Runs { at: AT, parents: Vec::new() })));
}

proptest! {
    /// Any text but one with a quote in it, which cannot be written.
    #[test]
    fn any_text_is_said(text in "[^\"]{1,40}", operator in 0_usize..5) {
        let value = Value::Text(text.clone());
        let test = match operator {
            0 => Test::Equal(value),
            1 => Test::NotEqual(value),
            2 => Test::In(vec![value.clone(), value]),
            3 => Test::StartsWith(text),
            _ => Test::Contains(text),
        };
        let Command::List { filter: Filter::And(mut all), sort, page, count, kin } = list("") else { panic!() };
        all.push(Filter::Field(Field::Description, test));
        let command = Command::List { filter: Filter::And(all), sort, page, count, kin };
        let (asked, end) = carried_out(&PRIME, &command, nothing);
        prop_assert!(end.is_ok(), "{:?}", end);
        prop_assert_eq!(asked, [command]);
    }

    #[test]
    fn any_words_are_said(chosen in 1_usize..1024) {
        let of = |words: &[&str]| {
            let some: Vec<_> = words.iter().enumerate().filter(|(place, _)| chosen >> place & 1 == 1).collect();
            some.into_iter().map(|(_, word)| *word).collect::<Vec<_>>().join(",")
        };
        let words = of(super::super::states::RUN_STATUSES);
        let command = list(&format!("runStatus=in({words})"));
        let (asked, _) = carried_out(&PRIME, &command, nothing);
        prop_assert_eq!(asked, [command]);
    }
}

#[test]
fn a_list_that_cannot_be_said_is_told_with_what_it_asks() {
    let Command::List { filter: Filter::And(all), .. } = list("") else { panic!("a list has conditions") };
    let with = |part: Filter| Filter::And(all.iter().cloned().chain([part]).collect());
    let text = |text: &str| Value::Text(text.to_owned());
    let by = |field: Field, test: Test| with(Filter::Field(field, test));
    for (filter, sort, said) in [
        (Filter::ALL, None, "list runs beside jobs"),
        (Filter::And(vec![all[0].clone()]), None, "SYSTEM beside those of others"),
        (
            by(Field::Owner, Test::StartsWith("S".to_owned())),
            None,
            "leave out the jobs of its own user SYSTEM",
        ),
        (by(Field::State, Test::Equal(text("running"))), None, "find jobs by this condition: state"),
        (by(Field::Name, Test::Equal(text("a\"b"))), None, "condition: name"),
        (by(Field::Name, Test::Less(text("a"))), None, "condition: name"),
        (with(Filter::Not(Box::new(Filter::Field(Field::Name, Test::Missing)))), None, "condition: not name"),
        (with(Filter::ALL), Some(Field::CreatedAt), "sort jobs by time of registration"),
        (
            with(Filter::ALL),
            Some(Field::Latest(Box::new(Field::State))),
            "sort jobs by state of the latest run",
        ),
    ] {
        let sort = sort.map(|field| Sort { field, descending: false }).into_iter().collect();
        let page = Page { first: 0, size: 10 };
        let command = Command::List { filter, sort, page, count: false, kin: Kin::None };
        let fault = PRIME.converse(&command, AT).err().map(|fault| (fault.kind, fault.message));
        let (kind, message) = fault.unwrap_or_else(|| panic!("{said} was said"));
        assert_eq!(kind, FaultKind::Unsupported);
        assert!(message.contains(said), "{message}");
    }
}

/// Jobs 1 to `count`, each running.
fn shelf(count: i64) -> Vec<Job> {
    (1..=count)
        .map(|number| Job { state: State::Running, started_at: Some(AT), ..Job::new(number, AT) })
        .collect()
}

#[test]
fn a_page_is_the_one_that_was_asked_for_however_large_those_of_the_server_are() {
    let jobs = shelf(7);
    let prime = Prime { settings: Settings { page_limit: 2, ..Settings::DEFAULT } };
    for (first, size, expected, questions) in [
        (0, 5, vec![1, 2, 3, 4, 5], 3),
        (4, 5, vec![5, 6, 7], 2),
        (0, 1, vec![1], 1),
        (7, 3, vec![], 1),
        (0, 0, vec![], 1),
    ] {
        let Command::List { filter, sort, kin, .. } = list("") else { panic!("a list") };
        let command = Command::List { filter, sort, page: Page { first, size }, count: true, kin };
        let (asked, end) = carried_out(&prime, &command, |command| match command {
            Command::List { page, count, .. } => {
                let jobs = jobs.iter().skip(page.first as usize).take(page.size as usize);
                let jobs = jobs.cloned().map(Snapshot::of).collect();
                Ok(Outcome::Listed { at: AT, jobs, total: count.then_some(7) })
            }
            other => panic!("{other:?}"),
        });
        let Ok(Outcome::Listed { jobs, total, .. }) = end else { panic!("{end:?}") };
        assert_eq!(jobs.iter().map(|snapshot| snapshot.job.number).collect::<Vec<_>>(), expected);
        assert_eq!((total, asked.len()), (Some(7), questions));
    }
}

/// A job 7 with the runs 15 (running) and 16 (succeeded), of which 15 is the latest; nothing else.
fn family() -> Snapshot {
    let run = |number, state, started_at| Job {
        kind: Kind::Child,
        parent: Some(7),
        state,
        started_at: Some(started_at),
        ..Job::new(number, AT)
    };
    let trigger = Trigger { state: TriggerState::Scheduled, next_run_at: Some(AT + 1), rule: None };
    let job = Job {
        kind: Kind::Parent,
        name: Some("Nightly".to_owned()),
        trigger: Some(trigger),
        state: State::Running,
        ..Job::new(7, AT)
    };
    let mut kin = vec![run(16, State::Succeeded, AT - 9), run(15, State::Running, AT - 5)];
    kin[0].finished_at = Some(AT - 6);
    Snapshot { kin, ..Snapshot::of(job) }
}

/// An engine that has that family, with the latest run alone where that is asked for.
pub(super) fn with_family(command: &Command) -> Result<Outcome, Fault> {
    let latest = || Snapshot { kin: vec![family().kin[1].clone()], ..family() };
    Ok(match command {
        Command::Status(Status { target, .. }) => {
            let snapshot = (target.number == Some(7)).then(|| Box::new(latest()));
            Outcome::Read { at: AT, snapshot }
        }
        Command::List { filter, .. } => {
            let jobs =
                if format!("{filter:?}").contains("Integer(15)") { vec![latest()] } else { Vec::new() };
            Outcome::Listed { at: AT, jobs, total: None }
        }
        Command::Runs { .. } => Outcome::Runs { at: AT, parents: vec![family()] },
        other => panic!("{other:?}"),
    })
}

fn status(written: &str, kin: Kin) -> Command {
    let target = Target { written: written.to_owned(), number: written.parse().ok(), dataset: None };
    Command::Status(Status { target, results: Results::All, kin })
}

#[test]
fn one_job_is_read_by_its_id_or_by_that_of_its_latest_run() {
    for prime in manners() {
        for (id, kin, expected, runs, questions) in [
            ("7", Kin::None, Some(7), vec![], 1),
            ("7", Kin::Latest, Some(7), vec![15], 1),
            ("7", Kin::All, Some(7), vec![15, 16], 2),
            ("15", Kin::All, Some(15), vec![], 2),
            ("99", Kin::None, None, vec![], 2),
        ] {
            let (asked, end) = carried_out(&prime, &status(id, kin), with_family);
            let Ok(Outcome::Read { snapshot, .. }) = end else { panic!("{end:?}") };
            assert_eq!(snapshot.as_ref().map(|snapshot| snapshot.job.number), expected, "{id}");
            let kin = snapshot.iter().flat_map(|snapshot| &snapshot.kin);
            assert_eq!(kin.map(|run| run.number).collect::<Vec<_>>(), runs, "{id}");
            assert_eq!(asked.len(), questions, "{id}");
        }
        let (_, end) = carried_out(&prime, &status("15", Kin::None), with_family);
        let Ok(Outcome::Read { snapshot: Some(run), .. }) = end else { panic!("{end:?}") };
        assert_eq!((run.job.kind, run.job.parent, run.job.state), (Kind::Child, Some(7), State::Running));
    }
}

/// An id is a number, and only a number is sent.
#[test]
fn what_is_no_id_is_nobodys_and_stays_here() {
    for id in ["", "a", "7/../8", "7%2F8", "7;x", "7?x=y", "-1", "0", "9223372036854775808", "7.xml"] {
        let (asked, end) = carried_out(&PRIME, &status(id, Kin::None), with_family);
        assert_eq!((asked, end), (Vec::new(), Ok(Outcome::Read { at: AT, snapshot: None })), "{id}");
        let target = Target { written: id.to_owned(), number: None, dataset: None };
        let cancel = Cancel { targets: vec![target], ..Cancel::default() };
        let (asked, end) = carried_out(&PRIME, &Command::Cancel(cancel), with_family);
        assert_eq!((asked, effects(end)), (Vec::new(), Ok(vec![Effect::NotFound])), "{id}");
    }
}
