//! The members that a filter may name, and where the value lies that a reader is shown. How a filter is written is
//! not known here.
//!
//! The names are those of the reference pages of the lists (24b, 24c). A member without a value fails every test but
//! its absence, `ne` too, as NULL does in the SQL behind ESS (inferred); fixtures/oracle-ess/list-q-absent-member.http

use countermand_model::{Field, Filter, Kind, State, Test, TriggerState, Value};

use super::super::{NAME, states};
use crate::grammar::spelling::nearest;

/// A member that a filter may name.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Name {
    pub(in super::super) name: &'static str,
    pub(super) holds: Holds,
}

/// What a member holds, and where it is looked for: in the first of these places that has a value, as the answer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// An int64.
    Number(&'static [Place]),
    /// A text.
    Text(&'static [Place]),
    /// A time. The jobs' own are numbers; the attributes have texts, in the form ESS writes: UTC, three digits of the
    /// fraction, `Z`. Texts of that form compare as the times they say.
    Time(&'static [Place]),
    /// `true` or `false`.
    Flag(&'static [Place]),
    /// `state`: one of its words.
    State,
    /// `requestType`: one of its words.
    RequestType,
    /// Nothing a list can look at: it is worked out when a request is shown.
    WorkedOut,
}

/// A place a value may lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Id,
    ParentId,
    Description,
    Type,
    Owner,
    CreatedAt,
    StartedAt,
    /// Of every request that has ended.
    FinishedAt,
    /// Of one that has ended and had begun.
    EndOfWork,
    /// The member of that name among the job's attributes.
    Given,
    /// The same, of what is true of one moment: shown as long as the `state` among the attributes still stands.
    GivenForNow,
}

const GIVEN: &[Place] = &[Place::Given];

/// Every name.
pub(in super::super) static NAMES: &[Name] = &[
    name("requestId", Holds::Number(&[Place::Id])),
    // A request without parents is its own.
    name("absParentRequestId", Holds::Number(&[Place::Given, Place::ParentId, Place::Id])),
    name("description", Holds::Text(&[Place::Description, Place::Given])),
    name("application", Holds::Text(GIVEN)),
    name("product", Holds::Text(GIVEN)),
    name("requestCategory", Holds::Text(GIVEN)),
    name("runAsUser", Holds::Text(GIVEN)),
    name("executionType", Holds::Text(GIVEN)),
    name("jobDefinitionId", Holds::Text(GIVEN)),
    name("state", Holds::State),
    name("scheduleDefinition", Holds::Text(GIVEN)),
    name("priority", Holds::Number(GIVEN)),
    name("processStartTime", Holds::Time(&[Place::StartedAt, Place::Given])),
    name("processEndTime", Holds::Time(&[Place::Given, Place::EndOfWork])),
    name("requestedStartTime", Holds::Time(GIVEN)),
    name("requestedEndTime", Holds::Time(GIVEN)),
    name("submissionTime", Holds::Time(&[Place::CreatedAt])),
    name("parentRequestId", Holds::Number(&[Place::Given, Place::ParentId])),
    name("elapsedTime", Holds::WorkedOut),
    name("waitTime", Holds::WorkedOut),
    name("scheduledTime", Holds::Time(GIVEN)),
    name("processor", Holds::Text(GIVEN)),
    name("submitter", Holds::Text(&[Place::Owner, Place::Given])),
    name("submitterGUID", Holds::Text(GIVEN)),
    name("instanceParentId", Holds::Number(GIVEN)),
    name("requestType", Holds::RequestType),
    name("errorType", Holds::Text(GIVEN)),
    name("processPhase", Holds::Text(&[Place::GivenForNow])),
    name("completedTime", Holds::Time(&[Place::FinishedAt, Place::Given])),
    name("retriedCount", Holds::Number(GIVEN)),
    name("readyWaitTime", Holds::WorkedOut),
    name("enterpriseId", Holds::Number(GIVEN)),
    name("isTimedOut", Holds::Flag(GIVEN)),
    name("isAsynchronous", Holds::Flag(GIVEN)),
    name("logicalClusterName", Holds::Text(GIVEN)),
    name("submitterDmsECID", Holds::Text(GIVEN)),
    name("submitterFlowId", Holds::Text(GIVEN)),
    name("requestDmsECID", Holds::Text(GIVEN)),
    name("requestFlowId", Holds::Text(GIVEN)),
    name("className", Holds::Text(GIVEN)),
    name("jobType", Holds::Text(&[Place::Type, Place::Given])),
    name("externalJobType", Holds::Text(GIVEN)),
    name("externalId", Holds::Text(GIVEN)),
];

const fn name(name: &'static str, holds: Holds) -> Name {
    Name { name, holds }
}

/// The words of `requestType`. Source: the hand-written contract of the Ballerina connector.
pub(super) const REQUEST_TYPES: &[&str] = &[
    "SINGLETON",
    "RECUR_PARENT",
    "RECUR_CHILD",
    "JOBSET_SINGLETON",
    "JOBSET_STEP",
    "JOBSET_RECUR_PARENT",
    "JOBSET_RECUR_CHILD",
    "SUB_REQUEST",
    "UNKNOWN",
];

/// The kind of a request of this type. What nobody knows to be in a family stands alone.
pub(in super::super) fn kind(request_type: &str) -> Kind {
    match request_type {
        "RECUR_PARENT" | "JOBSET_SINGLETON" | "JOBSET_RECUR_PARENT" => Kind::Parent,
        "RECUR_CHILD" | "JOBSET_STEP" | "JOBSET_RECUR_CHILD" | "SUB_REQUEST" => Kind::Child,
        _ => Kind::Single,
    }
}

/// Whether a request of this type is a schedule.
pub(in super::super) fn is_schedule(request_type: &str) -> bool {
    matches!(request_type, "RECUR_PARENT" | "JOBSET_RECUR_PARENT")
}

/// Whether a schedule in this state, by this word, will fire again.
pub(in super::super) fn trigger(state: State, word: &str) -> TriggerState {
    match state {
        State::Cancelling | State::Cancelled => TriggerState::Cancelled,
        State::Held => TriggerState::Suspended,
        State::Invalid | State::Succeeded | State::Warning | State::Failed | State::Expired => {
            TriggerState::Completed
        }
        State::Running if word == "SCHEDULE_ENDED" => TriggerState::Completed,
        State::Validating
        | State::Queued
        | State::Ready
        | State::Blocked
        | State::Running
        | State::Paused
        | State::Finishing
        | State::Recovering => TriggerState::Scheduled,
    }
}

/// The row of a name. RFC 7644 has names in any case; what it was probably meant to be, where there is no such row.
///
/// # Errors
/// The nearest name, if one is near.
pub(in super::super) fn find(written: &str) -> Result<&'static Name, Option<&'static str>> {
    let found = NAMES.iter().find(|row| row.name.eq_ignore_ascii_case(written));
    found.ok_or_else(|| nearest(written, &NAMES.iter().map(|row| row.name).collect::<Vec<_>>()))
}

impl Name {
    /// The field of a place.
    pub(super) fn field(&self, place: Place) -> Field {
        match place {
            Place::Id => Field::Id,
            Place::ParentId => Field::ParentId,
            Place::Description => Field::Description,
            Place::Type => Field::Type,
            Place::Owner => Field::Owner,
            Place::CreatedAt => Field::CreatedAt,
            Place::StartedAt => Field::StartedAt,
            Place::FinishedAt | Place::EndOfWork => Field::FinishedAt,
            Place::Given | Place::GivenForNow => given(self.name),
        }
    }

    /// By what a list is put in the order of this member; `None` where no order of fields is its order.
    ///
    /// A request that has the member among its attributes only, and not of the ledger's own, stands with those that
    /// have none there.
    pub(in super::super) fn order(&self) -> Option<Vec<Field>> {
        match self.holds {
            Holds::Number([place]) => Some(vec![self.field(*place)]),
            Holds::Text(places) | Holds::Time(places) | Holds::Flag(places)
                if !places.contains(&Place::GivenForNow) =>
            {
                Some(places.iter().map(|place| self.field(*place)).collect())
            }
            Holds::Number(_)
            | Holds::Text(_)
            | Holds::Time(_)
            | Holds::Flag(_)
            | Holds::State
            | Holds::RequestType
            | Holds::WorkedOut => None,
        }
    }
}

/// A member of the attributes.
pub(in super::super) fn given(member: &str) -> Field {
    Field::Attribute { dialect: NAME.to_owned(), member: member.to_owned() }
}

/// What must be true for a value in that place to be shown.
pub(super) fn condition(place: Place) -> Option<Filter> {
    match place {
        Place::EndOfWork => Some(present(Field::StartedAt)),
        Place::GivenForNow => Some(states_kept()),
        Place::Id
        | Place::ParentId
        | Place::Description
        | Place::Type
        | Place::Owner
        | Place::CreatedAt
        | Place::StartedAt
        | Place::FinishedAt
        | Place::Given => None,
    }
}

/// That a field has a value.
pub(super) fn present(field: Field) -> Filter {
    Filter::Not(Box::new(Filter::Field(field, Test::Missing)))
}

/// The jobs that show one of these words as their `state`.
///
/// A job shows the word among its attributes as long as it is one of the words of its state, else its state's own: see
/// `details.rs`.
pub(super) fn showing(words: &[&str]) -> Filter {
    let mut plain = Vec::new();
    let mut shown = Vec::new();
    for state in State::ALL {
        let in_state = || Filter::Field(Field::State, Test::Equal(text(state.name())));
        let others: Vec<&str> = states::lossy(state).collect();
        let (kept, lost): (Vec<&str>, Vec<&str>) = others.iter().partition(|word| words.contains(*word));
        match (words.contains(&states::word(state)), kept.is_empty(), lost.is_empty()) {
            (true, _, true) => plain.push(text(state.name())),
            (true, _, false) => {
                let none_lost = Filter::Not(Box::new(Filter::Field(given("state"), any(&lost))));
                shown.push(Filter::And(vec![in_state(), none_lost]));
            }
            (false, false, _) => {
                shown.push(Filter::And(vec![in_state(), Filter::Field(given("state"), any(&kept))]));
            }
            (false, true, _) => {}
        }
    }
    if !plain.is_empty() {
        shown.push(Filter::Field(Field::State, Test::In(plain)));
    }
    Filter::Or(shown)
}

/// The jobs whose attributes have a `state` that still stands.
fn states_kept() -> Filter {
    let kept = |state: State| {
        let words: Vec<&str> = states::lossy(state).chain([states::word(state)]).collect();
        let in_state = Filter::Field(Field::State, Test::Equal(text(state.name())));
        Filter::And(vec![in_state, Filter::Field(given("state"), any(&words))])
    };
    Filter::Or(State::ALL.into_iter().map(kept).collect())
}

/// The `requestType` that a job shows by its place in its family, where its attributes have none; see `details.rs`.
pub(super) fn by_place(word: &str) -> Filter {
    let of_kind = |kind: Kind| Filter::Field(Field::Kind, Test::Equal(text(kind.name())));
    let has_trigger = || present(Field::Trigger);
    match word {
        "SINGLETON" => of_kind(Kind::Single),
        "RECUR_PARENT" => Filter::And(vec![of_kind(Kind::Parent), has_trigger()]),
        "JOBSET_SINGLETON" => {
            Filter::And(vec![of_kind(Kind::Parent), Filter::Field(Field::Trigger, Test::Missing)])
        }
        _ => Filter::Or(Vec::new()),
    }
}

fn any(words: &[&str]) -> Test {
    Test::In(words.iter().map(|word| text(word)).collect())
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
