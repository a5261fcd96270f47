//! The client half: against our own server half, and against answers that ours would not give.

use countermand_model::{
    Acknowledged, Alias, Cancel, Command, FaultKind, Field, Filter, Kin, Order, Page, Reach, Results, Sort,
    Status, Test,
};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::conversation::Lost;
use crate::conversation::play::{Line, against_list, against_server};
use crate::qlik_odag::{filter, states};

const PROFILES: [&str; 3] = ["windows", "cloud", "public"];

pub(super) fn of_profile(profile: &str) -> Arc<dyn Codec> {
    DIALECT.build(&[option("client_profile", profile)]).unwrap()
}

fn target(id: &str) -> Target {
    Target { written: id.to_owned(), number: crate::qlik_odag::decode::number(id), dataset: None }
}

pub(super) fn status(id: &str, kin: Kin) -> Command {
    Command::Status(Status { target: target(id), results: Results::None, kin })
}

pub(super) fn cancel(id: &str, reach: Reach) -> Command {
    Command::Cancel(Cancel { targets: vec![target(id)], reach, wants_after: true, ..Cancel::default() })
}

fn list(filter: Vec<Filter>) -> Command {
    Command::List {
        filter: Filter::And(filter),
        sort: Vec::new(),
        page: Page { first: 0, size: 10_001 },
        count: false,
        kin: Kin::None,
    }
}

/// Any order as a request of this API can say it.
fn order() -> impl Strategy<Value = Command> {
    let id = ".+".prop_filter("is a step along a path", |id| id != "." && id != "..");
    (id, 0..6_usize, any::<bool>(), any::<bool>()).prop_map(|(id, which, acknowledge, delete)| {
        let target = target(&id);
        let order = Order { targets: vec![target.clone()], reach: Reach::Unstarted, wants_after: true };
        let acknowledged = |end| Command::Acknowledge { target: target.clone(), end, delete_output: delete };
        match which {
            0 => Command::Cancel(Cancel {
                targets: order.targets,
                reach: Reach::Unstarted,
                acknowledge_after: acknowledge,
                delete_output: delete && acknowledge,
                wants_after: true,
                ..Cancel::default()
            }),
            1 => Command::Hold(order),
            2 => Command::Release(order),
            3 => acknowledged(Acknowledged::Cancel),
            4 => acknowledged(Acknowledged::Failure),
            _ => Command::DeleteOutput { target },
        }
    })
}

/// Any list of requests, or of one link's, as a query can say it.
fn listing() -> impl Strategy<Value = (bool, Command)> {
    let text = || option::of(".+");
    let times =
        (option::of(-1_000_000_000_000_i64..253_402_300_000_000), option::of(0..4_000_000_000_000_i64));
    let flags = subsequence(vec!['q', 'v', 'i', 'c', 'h', 'l', 'f', 's'], 0..8);
    let of_all = (times, text(), flags, text()).prop_map(|((from, before), user, flags, app)| {
        let mut filters = Vec::new();
        filters.extend(app.as_deref().map(filter::of_selection_app));
        let created = |test| Filter::Field(Field::CreatedAt, test);
        let time = countermand_model::Value::Integer;
        filters.extend(from.map(|from| created(Test::AtLeast(time(from)))));
        filters.extend(before.map(|before| created(Test::Less(time(before)))));
        filters.extend(user.as_deref().map(filter::of_user));
        let words: Vec<&str> = states::FLAGS
            .iter()
            .filter(|(flag, _)| flags.contains(flag))
            .flat_map(|(_, words)| words.iter().copied())
            .collect();
        filters.extend((!words.is_empty()).then(|| states::showing(&words)));
        (true, list(filters))
    });
    let link = ".+".prop_filter("is a step along a path", |id| id != "." && id != "..");
    let of_link = (link, text(), any::<bool>()).prop_map(|(link, app, pending)| {
        let mut filters = vec![filter::of_link_id(&link)];
        filters.extend(app.as_deref().map(filter::of_selection_app));
        filters.extend(pending.then(filter::pending));
        (false, list(filters))
    });
    prop_oneof![of_all, of_link]
}

proptest! {
    #[test]
    fn what_is_said_is_read_as_it_was_meant(command in order(), profile in select(&PROFILES[..])) {
        let codec = of_profile(profile);
        let mut given = Vec::new();
        let conversation = codec.converse(&command, 0).unwrap();
        let end = against_server(&DIALECT, &*codec, conversation, |asked| {
            let named = |state, target: &Target| {
                let Target { written: id, number, .. } = target.clone();
                Job { aliases: vec![Alias { dialect: DIALECT.name.to_owned(), id, number }], ..job(state) }
            };
            if let Command::Status(status) = &asked {
                return seen(Snapshot::of(named(State::Held, &status.target)));
            }
            let target = match &asked {
                Command::Cancel(Cancel { targets, .. })
                | Command::Hold(Order { targets, .. })
                | Command::Release(Order { targets, .. }) => &targets[0],
                Command::Acknowledge { target, .. } | Command::DeleteOutput { target } => target,
                other => panic!("{other:?}"),
            };
            let after = named(State::Running, target);
            given.push(asked);
            acted(Effect::Done, Some(after))
        });
        prop_assert!(end.is_ok(), "{end:?}");
        // What need not be said, because of what was seen, is not.
        let is_said = !given.is_empty();
        prop_assert!(!is_said || given == [command.clone()], "{given:?}");
        prop_assert!(is_said || matches!(command, Command::Hold(_)), "{command:?} was not said");
    }

    #[test]
    fn a_list_is_asked_for_as_it_was_meant((of_all, command) in listing(), profile in select(&PROFILES[..])) {
        let codec = of_profile(profile);
        let conversation = match codec.converse(&command, 0) {
            Ok(conversation) => conversation,
            Err(fault) => {
                prop_assert_eq!(fault.kind, FaultKind::Unsupported);
                prop_assert!(of_all && profile != "windows", "{}: {command:?}", fault.message);
                return Ok(());
            }
        };
        let mut asked_for = None;
        against_server(&DIALECT, &*codec, conversation, |asked| {
            asked_for = Some(asked);
            Ok(Outcome::Listed { at: 0, jobs: Vec::new(), total: None })
        }).unwrap();
        prop_assert_eq!(asked_for, Some(command));
    }
}

#[track_caller]
fn effect(command: &Command, script: &[Line<'_>]) -> Effect {
    let end = against_list(of_profile("windows").converse(command, 0).unwrap(), script);
    match end.unwrap() {
        Outcome::Acted { targets, .. } => targets[0].effect,
        other => panic!("{other:?}"),
    }
}

pub(super) fn object(kind: &str, state: &str) -> String {
    format!(
        r#"{{"id":"{GUID}","createdDate":"2026-01-01T12:00:00Z","modifiedDate":"2026-01-01T12:00:00Z","kind":"{kind}","state":"{state}"}}"#
    )
}

pub(super) const REFUSAL: &str = r#"{"errors":[{"code":"ODAG-ERR-1234","title":"Invalid request ID or action for current request state."}]}"#;

#[test]
fn a_404_to_an_order_is_told_apart_by_the_look_after_it() {
    let look = format!("GET /api/odag/v1/requests/{GUID}");
    let put = format!("PUT /api/odag/v1/requests/{GUID}?action=cancel");
    let (queued, succeeded) = (object("single", "queued"), object("single", "succeeded"));
    for (after, expected) in [
        (Ok((200, succeeded.as_str())), Effect::AlreadyFinished),
        (Ok((404, REFUSAL)), Effect::NotFound),
        (Ok((200, queued.as_str())), Effect::NotPossible),
        (Err(Lost::Unanswered), Effect::NotPossible),
    ] {
        let script = [
            (look.as_str(), Ok((200, queued.as_str()))),
            (put.as_str(), Ok((404, REFUSAL))),
            (look.as_str(), after),
        ];
        assert_eq!(effect(&cancel(GUID, Reach::Unstarted), &script), expected);
    }
}

#[test]
fn a_404_that_is_not_the_services_says_nothing_of_a_request() {
    let look = format!("GET /api/odag/v1/requests/{GUID}");
    for command in [cancel(GUID, Reach::Unstarted), status(GUID, Kin::None)] {
        let conversation = of_profile("windows").converse(&command, 0).unwrap();
        let end = against_list(conversation, &[(&look, Ok((404, "<html>no such page</html>")))]);
        assert_eq!(end.unwrap_err().kind, FaultKind::Unreachable);
    }
    let conversation = of_profile("windows").converse(&status(GUID, Kin::None), 7).unwrap();
    let end = against_list(conversation, &[(&look, Ok((404, REFUSAL)))]);
    assert_eq!(end, Ok(Outcome::Read { at: 7, snapshot: None }));
}

#[test]
fn a_200_to_an_order_is_believed_only_when_it_is_the_services() {
    let look = format!("GET /api/odag/v1/requests/{GUID}");
    let put = format!("PUT /api/odag/v1/requests/{GUID}?action=cancel");
    let loading = object("single", "loading");
    let another = loading.replace(GUID, HEX);
    for (told, expected) in [
        ((200, loading.as_str()), Effect::UnverifiedTaken),
        ((200, "<html>Log in</html>"), Effect::UnverifiedUnanswered),
        ((200, "{}"), Effect::UnverifiedUnanswered),
        ((200, another.as_str()), Effect::UnverifiedUnanswered),
        ((204, ""), Effect::UnverifiedUnanswered),
    ] {
        let script = [
            (look.as_str(), Ok((200, loading.as_str()))),
            (put.as_str(), Ok(told)),
            (look.as_str(), Ok((200, loading.as_str()))),
        ];
        assert_eq!(effect(&cancel(GUID, Reach::Unstarted), &script), expected, "{told:?}");
    }

    let deletion = Command::DeleteOutput { target: target(GUID) };
    let delete = format!("DELETE /api/odag/v1/requests/{GUID}/app");
    let app = r#","generatedApp":{"id":"a1","name":"Sales"}}"#;
    let full = object("single", "succeeded").trim_end_matches('}').to_owned() + app;
    for (told, expected) in [
        ((204, ""), Effect::UnverifiedTaken),
        ((200, ""), Effect::UnverifiedTaken),
        ((200, "<html>Log in</html>"), Effect::UnverifiedUnanswered),
    ] {
        let script = [
            (look.as_str(), Ok((200, full.as_str()))),
            (delete.as_str(), Ok(told)),
            (look.as_str(), Ok((200, full.as_str()))),
        ];
        assert_eq!(effect(&deletion, &script), expected, "{told:?}");
    }
}

#[test]
fn another_requests_object_is_not_the_one_that_was_asked_for() {
    let look = format!("GET /api/odag/v1/requests/{GUID}");
    let another = object("single", "canceled").replace(GUID, HEX);
    let capitals = object("single", "canceled").replace(GUID, &GUID.to_ascii_uppercase());
    for command in [cancel(GUID, Reach::Unstarted), status(GUID, Kin::None)] {
        let read = |body: &str| {
            let conversation = of_profile("windows").converse(&command, 0).unwrap();
            against_list(conversation, &[(&look, Ok((200, body)))])
        };
        assert_eq!(read(&another).unwrap_err().kind, FaultKind::Unreachable);
        assert!(read(&capitals).is_ok(), "a GUID is one in capitals too");
    }
}

#[test]
fn an_order_to_one_job_is_not_given_to_a_multiple_request() {
    let look = format!("GET /api/odag/v1/requests/{GUID}");
    let multiple = object("multiple", "loading");
    let script = [(look.as_str(), Ok((200, multiple.as_str())))];
    assert_eq!(effect(&cancel(GUID, Reach::One), &script), Effect::NotFound);
    // Nor is one to a trigger, which no request has.
    assert_eq!(effect(&cancel(GUID, Reach::Trigger), &script), Effect::NotFound);
}

#[test]
fn an_id_that_no_path_can_hold_is_nobodys() {
    for id in ["", ".", ".."] {
        let codec = of_profile("public");
        let end = against_list(codec.converse(&cancel(id, Reach::Unstarted), 0).unwrap(), &[]);
        let Ok(Outcome::Acted { targets, .. }) = end else { panic!("{end:?}") };
        assert_eq!(targets[0].effect, Effect::NotFound);
        let end = against_list(codec.converse(&status(id, Kin::All), 0).unwrap(), &[]);
        assert_eq!(end, Ok(Outcome::Read { at: 0, snapshot: None }));
    }
}

#[test]
fn what_cannot_be_said_is_refused_before_anything_is_sent() {
    let target = || target(HEX);
    let forced = Cancel { force: Some(Filter::ALL), targets: vec![target()], ..Cancel::default() };
    let deleting = Cancel { delete_output: true, targets: vec![target()], ..Cancel::default() };
    let one = |filter| list(vec![filter]);
    let sorted = Command::List {
        filter: Filter::ALL,
        sort: vec![Sort { field: Field::Owner, descending: false }],
        page: Page { first: 0, size: 1 },
        count: false,
        kin: Kin::None,
    };
    let named = |name: &str| Test::Equal(countermand_model::Value::Text(name.to_owned()));
    for command in [
        Command::Cancel(forced),
        Command::Cancel(deleting),
        Command::Delete { target: target() },
        Command::CheckIn { target: target() },
        Command::Permissions { target: target() },
        Command::Report { target: target(), state: None, message: None },
        Command::Runs { filter: Filter::ALL },
        sorted,
        // Only one of the service's three names for a user, only some of the states of a word, half of a pair.
        one(Filter::Field(Field::Owner, named("ana"))),
        one(Filter::Field(Field::State, named("queued"))),
        one(Filter::Not(Box::new(filter::of_user("ana")))),
        one(Filter::Field(Field::CreatedAt, Test::Missing)),
        one(filter::of_user("")),
        list(vec![filter::of_user("ana"), filter::of_user("bob")]),
        list(vec![filter::of_user("ana"), filter::of_link_id("7"), filter::pending()]),
        one(filter::pending()),
    ] {
        let fault = of_profile("windows").converse(&command, 0).map(|_| ()).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unsupported, "{command:?}");
    }
    assert!(of_profile("cloud").converse(&list(Vec::new()), 0).is_err());
}
