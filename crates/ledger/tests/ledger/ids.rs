//! Which job a target means: aliases, datasets, dialects, namespaces, owners.

use countermand_ledger::{Put, Refused};
use countermand_model::*;

use crate::support::*;

fn alias(dialect: &str, id: &str, number: Option<i64>) -> Alias {
    Alias { dialect: dialect.to_owned(), id: id.to_owned(), number }
}

fn aliased(aliases: &[Alias]) -> Draft {
    Draft { aliases: Patch::Set(aliases.to_vec()), ..Draft::default() }
}

fn written(text: &str, number: Option<i64>, dataset: Option<&str>) -> Target {
    Target { written: text.to_owned(), number, dataset: dataset.map(str::to_owned) }
}

async fn means(ledger: &Ledger, dialect: &'static str, target: Target) -> Option<i64> {
    let status = Status { target, results: Results::None, kin: Kin::None };
    match ledger.ask_in(dialect, Command::Status(status)).await {
        Outcome::Read { snapshot, .. } => snapshot.map(|snapshot| snapshot.job.number),
        other => panic!("a status was answered {other:?}"),
    }
}

fn is_conflict(answer: Result<Job, Refused>) -> bool {
    matches!(answer, Err(Refused::Conflict { .. }))
}

#[tokio::test]
async fn a_job_with_an_alias_is_not_reached_by_its_number_there() {
    let ledger = Ledger::memory();
    ledger.put(101, aliased(&[alias("hitachi", "316_14", None), alias("hitachi", "317", Some(317))])).await;
    for (dialect, text, number, expected) in [
        ("hitachi", "316_14", None, Some(101)),
        ("hitachi", "317", Some(317), Some(101)),
        ("hitachi", "101", Some(101), None),
        ("hitachi", "316_1", None, None),
        ("cisco", "101", Some(101), Some(101)),
        ("cisco", "316_14", None, None),
        ("control", "101", Some(101), Some(101)),
    ] {
        assert_eq!(means(&ledger, dialect, written(text, number, None)).await, expected, "{dialect} {text}");
    }
}

#[tokio::test]
async fn an_id_means_one_job() {
    let ledger = Ledger::memory();
    ledger.put(1, aliased(&[alias("odag", "aa", Some(170))])).await;
    assert!(is_conflict(ledger.try_put(2, aliased(&[alias("odag", "aa", Some(170))])).await), "taken");
    assert!(is_conflict(ledger.try_put(170, Draft::default()).await), "its number is the alias of another");
    ledger.put(170, aliased(&[alias("odag", "bb", None)])).await;
    assert!(is_conflict(ledger.try_put(170, aliased(&[])).await), "it would answer to its number again");
    ledger.put(3, Draft::default()).await;
    assert!(
        is_conflict(ledger.try_put(4, aliased(&[alias("odag", "03", Some(3))])).await),
        "another's number"
    );
    ledger.put(4, aliased(&[alias("odag", "04", Some(4)), alias("ess", "aa", None)])).await;
    let not_there = Draft { dialects: Patch::Set(Some(vec!["ess".to_owned()])), ..Draft::default() };
    ledger.put(5, not_there).await;
    ledger.put(6, aliased(&[alias("odag", "05", Some(5))])).await;
    assert_eq!(means(&ledger, "odag", written("05", Some(5), None)).await, Some(6));
    assert_eq!(means(&ledger, "ess", written("5", Some(5), None)).await, Some(5));
    let everywhere = Draft { dialects: Patch::Set(None), ..Draft::default() };
    assert!(is_conflict(ledger.try_put(5, everywhere).await));
    let refused = ledger.try_put(7, aliased(&[alias("odag", "x", None), alias("odag", "x", None)])).await;
    assert!(matches!(refused, Err(Refused::Invalid { place, .. }) if place == "/aliases/odag"));
}

#[tokio::test]
async fn the_next_number_is_one_that_no_alias_means() {
    let ledger = Ledger::memory();
    ledger.put(200, aliased(&[alias("ess", "201", Some(201)), alias("odag", "ca", Some(202))])).await;
    let next =
        async || ledger.store.put("default", None, Draft::default(), Put::default()).await.unwrap().0.number;
    assert_eq!([next().await, next().await], [203, 204]);
}

#[tokio::test]
async fn after_the_last_number_the_way_out_is_said() {
    let ledger = Ledger::memory();
    ledger.put(i64::MAX, Draft::default()).await;
    let refused = ledger.store.put("default", None, Draft::default(), Put::default()).await.unwrap_err();
    let Refused::Conflict { message, state: None } = refused else { panic!("{refused:?}") };
    assert!(message.contains("9223372036854775807") && message.contains("give a number"), "{message}");
}

#[tokio::test]
async fn a_job_belongs_to_its_dataset() {
    let ledger = Ledger::memory();
    ledger.put(1, Draft::default()).await;
    ledger.put(2, Draft { dataset: Patch::Set(Some("other".to_owned())), ..Draft::default() }).await;
    for (number, dataset, found) in [
        (1, None, true),
        (1, Some("defaultDs"), true),
        (1, Some("other"), false),
        (2, None, true),
        (2, Some("defaultDs"), false),
        (2, Some("other"), true),
    ] {
        let target = written(&number.to_string(), Some(number), dataset);
        assert_eq!(means(&ledger, "hitachi", target).await.is_some(), found, "{number} in {dataset:?}");
    }
}

#[tokio::test]
async fn a_job_is_seen_only_in_its_dialects() {
    let ledger = Ledger::memory();
    let draft = Draft { dialects: Patch::Set(Some(vec!["ess".to_owned()])), ..Draft::default() };
    ledger.put(1, draft).await;
    assert_eq!(means(&ledger, "ess", Target::number(1)).await, Some(1));
    assert_eq!(means(&ledger, "control", Target::number(1)).await, Some(1));
    assert_eq!(means(&ledger, "es", Target::number(1)).await, None);
    let outcome = ledger.ask_in("cisco", cancel(&[1], Reach::One)).await;
    assert_eq!(acted(outcome)[0].effect, Effect::NotFound);
}

#[tokio::test]
async fn a_namespace_sees_nothing_of_another() {
    let ledger = Ledger::memory();
    ledger.store.put("west", Some(1), aliased(&[alias("odag", "aa", None)]), Put::default()).await.unwrap();
    assert_eq!(means(&ledger, "control", Target::number(1)).await, None);
    ledger.put(1, aliased(&[alias("odag", "aa", None)])).await;
    ledger.act(cancel(&[1], Reach::One)).await;
    let (job, _) = ledger.store.get("west", 1).await.unwrap();
    assert_eq!((job.state, job.namespace.as_str()), (State::Queued, "west"));
    assert_eq!(ledger.store.list("west", Filter::ALL, 0, 9).await.unwrap().len(), 1);
    let entry = ledger.store.commands(0, 9).await.unwrap().unwrap().entries.remove(0);
    assert_eq!(entry.namespace, "default");
    assert_eq!(entry.aliases, [("odag".to_owned(), "aa".to_owned())]);
}

#[tokio::test]
async fn an_owned_job_is_changed_by_its_owner() {
    let ledger = Ledger::memory();
    ledger.put(1, Draft { owner: Patch::Set(Some("li".to_owned())), ..Draft::default() }).await;
    ledger.put(2, Draft::default()).await;
    let kept_to_own = |user: &str| Caller { user: user.to_owned(), own_only: true, ..Caller::default() };
    let effects = async |caller: Caller| {
        let outcome = ledger.ask_as(hold(&[1, 2], Reach::One), "ess", caller).await;
        acted(outcome).iter().map(|acted| (acted.effect, acted.before.is_some())).collect::<Vec<_>>()
    };
    assert_eq!(effects(kept_to_own("ana")).await, [(Effect::Forbidden, false), (Effect::Done, true)]);
    assert_eq!(effects(kept_to_own("li")).await, [(Effect::Done, true), (Effect::AlreadySo, true)]);

    let status = Status { target: Target::number(1), results: Results::None, kin: Kin::None };
    let read = ledger.ask_as(Command::Status(status), "ess", kept_to_own("ana")).await;
    assert!(matches!(read, Outcome::Read { snapshot: None, .. }));
    let page = Page { first: 0, size: 9 };
    let list = Command::List { filter: Filter::ALL, sort: vec![], page, count: true, kin: Kin::None };
    let Outcome::Listed { jobs, total, .. } = ledger.ask_as(list, "ess", kept_to_own("ana")).await else {
        panic!("not a list")
    };
    assert_eq!((jobs.len(), jobs[0].job.number, total), (1, 2, Some(1)));
    let asked = Command::Permissions { target: Target::number(1) };
    let answer = ledger.ask_as(asked, "ess", kept_to_own("ana")).await;
    assert_eq!(answer, Outcome::Permitted(Some(Permissions { change: false })));
}

#[tokio::test]
async fn a_child_tells_its_parents_id() {
    let ledger = Ledger::memory();
    ledger.put(1, aliased(&[alias("odag", "aa", None), alias("odag", "bb", None)])).await;
    for number in [2, 3] {
        ledger.put(number, child_of(1, State::Queued)).await;
    }
    let child = ledger.put(2, Draft { description: Patch::Set(None), ..Draft::default() }).await;
    assert_eq!((child.parent, child.parent_alias("odag"), child.alias("odag")), (Some(1), Some("aa"), None));
    assert_eq!((child.parent_alias("ess"), ledger.job(1).await.parent_alias("odag")), (None, None));
    let parent = ledger.status(1, Results::None, Kin::All).await.unwrap();
    assert_eq!(parent.kin.iter().filter_map(|child| child.parent_alias("odag")).count(), 2);
}
