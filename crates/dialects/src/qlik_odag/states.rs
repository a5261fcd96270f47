//! The canonical states in ODAG's words: eleven of them, so some rows lose something and say what.

use countermand_model::{Field, Filter, State, Test, Value};

use crate::{AskedWord, OtherWord, States};

/// The table as data. An acknowledged end has a word of its own, though its state is the same.
pub(super) const STATES: States = States {
    members: &["state", "loadState.status"],
    words: |state| vec![Some(word(state, false)), load_status(state)],
    others: || {
        let acknowledged = State::ALL.into_iter().filter(|state| word(*state, true) != word(*state, false));
        let other =
            |state| OtherWord { member: "state", word: word(state, true), state, when: "it is acknowledged" };
        acknowledged.map(other).collect()
    },
    asked: || {
        let shown = |state: State, words: &[&str]| words.contains(&word(state, false));
        let flag = |(flag, words): &(char, &[&str])| AskedWord {
            place: "`state` of `list`",
            word: flag.to_string(),
            states: State::ALL.into_iter().filter(|state| shown(*state, words)).collect(),
        };
        FLAGS.iter().map(flag).collect()
    },
    losses: &[
        (State::Queued, "What keeps a queued request from loading has no word."),
        (State::Running, "Waiting for children and post-processing are part of loading."),
        (
            State::Expired,
            "Time that ran out is a failure without a word of its own; it cannot be acknowledged.",
        ),
    ],
};

/// ODAG's word for a state. Acknowledgement is a word of its own, and shows on a canceled and a failed request only.
// Quirk: one l, and camel case for acknowledged ends; fixtures/qlik-odag/get-canceled-ack.http
pub(super) const fn word(state: State, acknowledged: bool) -> &'static str {
    match state {
        State::Validating => "validating",
        State::Invalid => "invalid",
        // What keeps a queued request from loading has no word.
        State::Queued | State::Ready | State::Blocked | State::Recovering => "queued",
        State::Held => "hold",
        // Waiting for children and post-processing are part of loading.
        State::Running | State::Paused | State::Finishing => "loading",
        State::Cancelling => "canceling",
        State::Cancelled if acknowledged => "canceledAck",
        State::Cancelled => "canceled",
        State::Failed if acknowledged => "failedAck",
        // Time that ran out is a failure without a word of its own; it cannot be acknowledged.
        State::Failed | State::Expired => "failed",
        // The reservations are told by `loadState.status`.
        State::Succeeded | State::Warning => "succeeded",
    }
}

/// What a word says: the state, and whether it is acknowledged. Of several states that are written so, the first.
pub(super) fn meaning(said: &str) -> Option<(State, bool)> {
    let marked = |mark: bool| State::ALL.into_iter().map(move |state| (state, mark));
    marked(false).chain(marked(true)).find(|(state, mark)| word(*state, *mark) == said)
}

/// The flags of a list's `state`, and the words that a request shows to be meant. The page explains each flag by a
/// word; that the acknowledged ends and `canceling` have no flag is read from that, strictly: inferred.
pub(super) const FLAGS: &[(char, &[&str])] = &[
    ('q', &["queued"]),
    ('v', &["validating"]),
    ('i', &["invalid"]),
    ('c', &["canceled"]),
    ('h', &["hold"]),
    ('l', &["loading"]),
    ('f', &["failed"]),
    ('s', &["succeeded"]),
    ('d', &["succeeded", "failed"]),
];

/// The jobs that show any of these words.
pub(super) fn showing(words: &[&str]) -> Filter {
    let acknowledged = |mark: bool| {
        let shown = State::ALL.into_iter().filter(|state| words.contains(&word(*state, mark)));
        let names = shown.map(|state| Value::Text(state.name().to_owned())).collect();
        Filter::And(vec![
            Filter::Field(Field::State, Test::In(names)),
            Filter::Field(Field::Acknowledged, Test::Equal(Value::Integer(mark.into()))),
        ])
    };
    Filter::Or(vec![acknowledged(false), acknowledged(true)])
}

/// The flags that [`showing`] reads as just this; `None` where there are none.
pub(super) fn flags(filter: &Filter) -> Option<String> {
    let names = match filter {
        Filter::Or(alternatives) => match alternatives.first()? {
            Filter::And(both) => match both.first()? {
                Filter::Field(Field::State, Test::In(names)) => names,
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    let shown = |name: &Value| match name {
        Value::Text(name) => State::from_name(name).map(|state| word(state, false)),
        Value::Integer(_) => None,
    };
    let words: Vec<&str> = names.iter().map(shown).collect::<Option<_>>()?;
    let is_meant = |(_, named): &&(char, &[&str])| named.len() == 1 && words.contains(&named[0]);
    let flags: String = FLAGS.iter().filter(is_meant).map(|(flag, _)| *flag).collect();
    (!flags.is_empty() && showing(&words) == *filter).then_some(flags)
}

/// The word of `loadState.status` for a request whose load has begun. An interrupted load has none.
pub(super) const fn load_status(state: State) -> Option<&'static str> {
    match state {
        State::Running | State::Paused | State::Finishing | State::Cancelling => Some("pending"),
        State::Succeeded => Some("success"),
        State::Warning => Some("warnings"),
        State::Failed | State::Expired => Some("failed"),
        State::Validating
        | State::Invalid
        | State::Queued
        | State::Ready
        | State::Blocked
        | State::Held
        | State::Recovering
        | State::Cancelled => None,
    }
}

/// Whether a request in this state shows no load, even if one was begun before.
pub(super) const fn is_before_loading(state: State) -> bool {
    match state {
        State::Validating
        | State::Invalid
        | State::Queued
        | State::Ready
        | State::Blocked
        | State::Held
        | State::Recovering => true,
        State::Running
        | State::Paused
        | State::Finishing
        | State::Cancelling
        | State::Cancelled
        | State::Succeeded
        | State::Warning
        | State::Failed
        | State::Expired => false,
    }
}
