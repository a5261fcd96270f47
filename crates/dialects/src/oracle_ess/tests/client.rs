//! The client half without a socket: conversations with a server that is a list of answers, and both halves against each
//! other. That every answer of a fixture is read and written again as it was, the round trip of all dialects shows.

use countermand_model::{
    Cancel, Command, Effect, Fault, FaultKind, Field, Filter, Kin, Order, Outcome, Page, Reach, Results,
    Sort, State, Status, Target, Test, Value as Sought,
};
use http::{HeaderMap, Response};
use serde_json::{Value, json};

use super::*;
use crate::conversation::{Ask, Lost, Safety, Step};

/// What a server answers: a status and a body.
pub(super) type Answer = (u16, String);

pub(super) fn codec() -> Arc<dyn Codec> {
    DIALECT.build(&[]).expect("the defaults")
}

/// Carries a command out. Each request is answered by what `server` says to its method and path; `None`: not at all.
pub(super) fn carried_out(
    command: &Command,
    mut server: impl FnMut(&Ask) -> Option<Answer>,
) -> (Vec<String>, Result<Outcome, Fault>) {
    let mut conversation = match codec().converse(command, NOON) {
        Ok(conversation) => conversation,
        Err(fault) => return (Vec::new(), Err(fault)),
    };
    let (mut said, mut heard) = (Vec::new(), None);
    loop {
        match conversation.next(heard) {
            Step::Done(end) => return (said, end),
            Step::Send(ask) => {
                said.push(format!("{} {}", ask.request.method(), ask.request.uri()));
                heard = Some(server(&ask).ok_or(Lost::Unanswered).map(|(status, body)| {
                    Response::builder().status(status).body(Bytes::from(body)).expect("an answer")
                }));
            }
        }
    }
}

/// The same with these answers, one after another; an empty body is no answer at all.
pub(super) fn answered(command: &Command, answers: &[(u16, Value)]) -> (Vec<String>, Result<Outcome, Fault>) {
    let mut answers = answers.iter();
    let end = carried_out(command, |_| {
        let (status, body) = answers.next().expect("no more requests than answers");
        (!body.is_null()).then(|| (*status, body.to_string()))
    });
    assert_eq!(answers.next(), None, "a request was not made: {:?}", end.0);
    end
}

fn effect(command: &Command, answers: &[(u16, Value)]) -> Result<Effect, FaultKind> {
    match answered(command, answers).1 {
        Ok(Outcome::Acted { targets, .. }) => Ok(targets[0].effect),
        Ok(other) => panic!("{other:?}"),
        Err(fault) => Err(fault.kind),
    }
}

fn cancel(id: &str, reach: Reach) -> Command {
    Command::Cancel(Cancel { targets: vec![target(id)], reach, ..Cancel::default() })
}

pub(super) fn target(id: &str) -> Target {
    Target { written: id.to_owned(), number: number::decimal(id), dataset: None }
}

fn request(state: &str) -> Value {
    json!({"requestId": 7, "state": state, "requestType": "SINGLETON", "absParentRequestId": 7})
}

pub(super) fn refusal(title: &str) -> Value {
    json!({"type": "about:blank", "title": title})
}

#[test]
fn a_cancel_looks_orders_and_looks_again() {
    let links = json!({"links": []});
    let answers = [(200, request("RUNNING")), (200, links), (200, request("CANCELLING"))];
    let (said, outcome) = answered(&cancel("7", Reach::Tree), &answers);
    assert_eq!(said, ["GET /requests/7", "POST /requests/7/cancel", "GET /requests/7"]);
    let Ok(Outcome::Acted { targets, at: NOON }) = outcome else { panic!("{outcome:?}") };
    assert_eq!((targets[0].effect, targets[0].before), (Effect::Accepted, Some(State::Running)));
}

#[test]
fn a_refused_cancel_is_what_the_request_shows() {
    let refused = refusal("Unsupported state for operation");
    for (status, body, after, expected) in [
        (400, &refused, Some("SUCCEEDED"), Effect::AlreadyFinished),
        (400, &refused, Some("CANCELLED"), Effect::AlreadyCancelled),
        (409, &refused, Some("CANCELLING"), Effect::AlreadyCancelling),
        (400, &refused, Some("RUNNING"), Effect::NotPossible),
        (404, &refused, None, Effect::NotFound),
        (403, &refused, None, Effect::Forbidden),
        (500, &refused, Some("RUNNING"), Effect::UnverifiedUnanswered),
        (500, &refused, Some("CANCELLED"), Effect::Cancelled),
    ] {
        let mut answers = vec![(200, request("RUNNING")), (status, body.clone())];
        answers.extend(after.map(|state| (200, request(state))));
        assert_eq!(effect(&cancel("7", Reach::Tree), &answers), Ok(expected), "{status} {after:?}");
    }
}

#[test]
fn a_look_that_shows_no_request_is_told_from_one_that_shows_nothing() {
    let order = cancel("7", Reach::Tree);
    let look = |status: u16, body: Value| effect(&order, &[(status, body)]);
    assert_eq!(look(404, refusal("Request ID not found")), Ok(Effect::NotFound));
    assert_eq!(look(403, refusal("Not authorized")), Ok(Effect::Forbidden));
    // Not this API's words: a wrong address is not an unknown request, nor is a login page a job.
    for (status, body) in [
        (404, json!("Not Found")),
        (403, json!([])),
        (401, json!("")),
        (200, json!("<html>")),
        (200, json!({})),
        (200, json!({"requestId": 8, "state": "RUNNING"})),
        (200, json!({"requestId": 7, "state": "UNKNOWN"})),
        (200, json!({"requestId": 7})),
        (302, json!({})),
        (502, json!("Bad Gateway")),
    ] {
        assert_eq!(look(status, body.clone()), Err(FaultKind::Unreachable), "{status} {body}");
    }
}

#[test]
fn what_reaches_less_far_than_a_family_is_never_said_to_a_parent() {
    let parent = |word: &str| json!({"requestId": 7, "state": "WAIT", "requestType": word});
    for word in ["RECUR_PARENT", "JOBSET_SINGLETON", "JOBSET_RECUR_PARENT"] {
        assert_eq!(effect(&cancel("7", Reach::One), &[(200, parent(word))]), Ok(Effect::NotFound));
        assert_eq!(effect(&cancel("7", Reach::Unstarted), &[(200, parent(word))]), Ok(Effect::NotPossible));
    }
    for reach in [Reach::One, Reach::Unstarted, Reach::Tree] {
        for word in ["SINGLETON", "RECUR_CHILD", "JOBSET_STEP", "SUB_REQUEST"] {
            let after = json!({"requestId": 7, "state": "CANCELLED", "requestType": word});
            let answers = [(200, parent(word)), (200, json!({})), (200, after)];
            assert_eq!(effect(&cancel("7", reach), &answers), Ok(Effect::Cancelled), "{word}");
        }
    }
    let hold = |reach| Command::Hold(Order { targets: vec![target("7")], reach, wants_after: false });
    assert_eq!(effect(&hold(Reach::Unstarted), &[(200, parent("RECUR_PARENT"))]), Ok(Effect::NotPossible));
    let held = json!({"requestId": 7, "state": "HOLD", "requestType": "JOBSET_SINGLETON"});
    let answers = [(200, parent("JOBSET_SINGLETON")), (200, json!({})), (200, held)];
    assert_eq!(effect(&hold(Reach::Unstarted), &answers), Ok(Effect::Done));
}

#[test]
fn what_this_api_has_no_word_for_is_refused_before_anything_is_sent() {
    let one = || vec![target("7")];
    let cancel = |cancel: Cancel| Command::Cancel(Cancel { targets: one(), reach: Reach::Tree, ..cancel });
    let by_name = Filter::Field(Field::Name, Test::Equal(Sought::Text("n".to_owned())));
    let list = |filter, sort| Command::List {
        filter,
        sort,
        page: Page { first: 0, size: 1 },
        count: false,
        kin: Kin::None,
    };
    let twice = [Field::Owner, Field::Type].map(|field| Sort { field, descending: false });
    for command in [
        Command::Cancel(Cancel { targets: one(), reach: Reach::Trigger, ..Cancel::default() }),
        Command::Hold(Order { targets: one(), reach: Reach::Trigger, wants_after: false }),
        cancel(Cancel { acknowledge_after: true, ..Cancel::default() }),
        cancel(Cancel { delete_output: true, ..Cancel::default() }),
        cancel(Cancel { force: Some(Filter::ALL), ..Cancel::default() }),
        Command::DeleteOutput { target: target("7") },
        Command::Report { target: target("7"), state: Some(State::Running), message: None },
        list(by_name, Vec::new()),
        list(Filter::ALL, twice.to_vec()),
    ] {
        let (said, end) = answered(&command, &[]);
        assert_eq!((said, end.map_err(|fault| fault.kind)), (Vec::new(), Err(FaultKind::Unsupported)));
    }
}

#[test]
fn what_no_request_can_have_as_its_id_is_asked_for_by_nobody() {
    for id in ["7/cancel", "7;x", "7?fields=state", "a%2Fb", "..", ".", "", "ü", "0", "-7", "007"] {
        assert_eq!(effect(&cancel(id, Reach::Tree), &[]), Ok(Effect::NotFound), "{id}");
        let status = Status { target: target(id), results: Results::None, kin: Kin::None };
        let end = answered(&Command::Status(status), &[]);
        assert_eq!(end, (Vec::new(), Ok(Outcome::Read { at: NOON, snapshot: None })), "{id}");
        let end = answered(&Command::Permissions { target: target(id) }, &[]);
        assert_eq!(end, (Vec::new(), Ok(Outcome::Permitted(None))), "{id}");
        let end = answered(&Command::CheckIn { target: target(id) }, &[]);
        assert_eq!(end, (Vec::new(), Ok(Outcome::CheckedIn(None))), "{id}");
    }
}

/// Reads what a conversation says with our own server half.
pub(super) fn heard_as(ask: &Ask) -> Result<Command, Malformed> {
    let codec = codec();
    let uri = ask.request.uri();
    let path = format!("{BASE}{}", uri.path());
    let echo = codec.open(&Head {
        method: ask.request.method(),
        path: &path,
        base: Some(0),
        rest: uri.path(),
        query: uri.query(),
        headers: ask.request.headers(),
        origin: &Origin::new("https", "ess.test"),
    });
    assert_eq!(echo.refusal, None, "{uri}");
    let operation = echo.operation.expect("an operation");
    assert_eq!(ask.safety, operation.safety);
    codec.decode_request(&echo, ask.request.body())
}

/// What is said besides looking.
fn said(command: &Command) -> Vec<Command> {
    let mut commands = Vec::new();
    let _ = carried_out(command, |ask| {
        let heard = heard_as(ask).expect("our own server understands it");
        if matches!(heard, Command::Status(_)) {
            let state = if matches!(command, Command::Release(_)) { "HOLD" } else { "WAIT" };
            return Some((200, request(state).to_string()));
        }
        commands.push(heard);
        None
    });
    commands
}

#[test]
fn each_order_is_heard_as_it_was_meant() {
    let one = || vec![Target::number(7)];
    let order = || Order { targets: one(), reach: Reach::Tree, wants_after: false };
    let cancel = Cancel { targets: one(), reach: Reach::Tree, ..Cancel::default() };
    let force = Cancel { force: Some(decode::force_condition(&one())), ..cancel.clone() };
    let mut commands = vec![
        Command::Cancel(cancel),
        Command::Cancel(force),
        Command::Hold(order()),
        Command::Release(order()),
        Command::Delete { target: Target::number(7) },
        Command::Permissions { target: Target::number(7) },
        Command::CheckIn { target: Target::number(7) },
    ];
    for (_, state) in states::REPORTS {
        for message in [None, Some("half \"done\"".to_owned())] {
            commands.push(Command::Report { target: Target::number(7), state, message });
        }
    }
    for command in commands {
        assert_eq!(said(&command), [command], "what is meant is what is heard");
    }
    let status = Status { target: Target::number(7), results: Results::None, kin: Kin::None };
    let mut heard = Vec::new();
    let _ = carried_out(&Command::Status(status.clone()), |ask| {
        heard.push(heard_as(ask));
        None
    });
    assert_eq!(heard, [Ok(Command::Status(status))]);
}

#[test]
fn an_order_says_who_asks_and_a_question_does_not() {
    let mut headers: Vec<HeaderMap> = Vec::new();
    let _ = carried_out(&cancel("7", Reach::Tree), |ask| {
        headers.push(ask.request.headers().clone());
        assert_eq!(ask.safety == Safety::Changing, headers.len() == 2);
        Some((200, request("WAIT").to_string()))
    });
    let [look, order, _] = headers.as_slice() else { panic!("{headers:?}") };
    assert!(!look.contains_key("x-requested-by") && order.contains_key("x-requested-by"));
    assert_eq!((&look[ACCEPT], &order[ACCEPT]), (&"application/json".parse().unwrap(), &look[ACCEPT]));
    assert!(!order.contains_key(CONTENT_TYPE), "an order has no body");
}
