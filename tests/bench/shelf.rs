//! Many jobs as four legacy systems would have them, and what their clients ask for.

use countermand_model::*;

/// The first job's time of registration: 2026-01-01T00:00:00Z. Each following one comes 20 seconds later.
const BEGIN: i64 = 1_767_225_600_000;
const APART: i64 = 20_000;

/// A list or, without an order, runs.
pub(crate) struct Question {
    pub(crate) name: &'static str,
    pub(crate) dialect: &'static str,
    pub(crate) filter: Filter,
    pub(crate) sort: Option<Vec<Sort>>,
}

/// Of each twenty: a parent with nine runs, five requests with attributes, three with an id of their own, two plain ones.
pub(crate) fn drafts(jobs: i64) -> Vec<(Option<i64>, Draft)> {
    (1..=jobs).map(|number| (Some(number), draft(number))).collect()
}

fn draft(number: i64) -> Draft {
    let (block, place) = ((number - 1) / 20, (number - 1) % 20);
    let created = BEGIN + number * APART;
    let ended = match number % 100 {
        7 => State::Failed,
        13 => State::Cancelled,
        26 => State::Running,
        34 => State::Queued,
        47 => State::Warning,
        _ => State::Succeeded,
    };
    let text = |text: String| Patch::Set(Some(text));
    let mut draft = Draft {
        name: text(format!(
            "Nightly {} {number}",
            ["backup", "inventory", "report", "cleanup"][block as usize % 4]
        )),
        description: text(format!("Made for the bench; of the {place}th kind in block {block}.")),
        owner: text(format!("user{}", number % 50)),
        job_type: text(format!("type{}", block % 30)),
        state: Patch::Set(ended),
        created_at: Patch::Set(created),
        ..Draft::default()
    };
    if ended != State::Queued {
        draft.started_at = Patch::Set(Some(created + 1_000));
        draft.finished_at = Patch::Set(ended.is_terminal().then_some(created + 31_000));
    }
    match place {
        0 => {
            let trigger = Trigger {
                state: TriggerState::Completed,
                next_run_at: None,
                rule: Some("@daily".to_owned()),
            };
            draft = Draft {
                trigger: Patch::Set(Some(trigger)),
                state: Patch::Keep,
                started_at: Patch::Keep,
                finished_at: Patch::Keep,
                ..draft
            };
        }
        1..=9 => draft.parent = Patch::Set(Some(block * 20 + 1)),
        10..=14 => {
            let attributes = format!(
                "{{\"isAsynchronous\":{},\"priority\":{},\"jobDefinitionId\":\"JobDefinition://bench/{}\",\"product\":\"P{}\"}}",
                number % 2 == 0,
                number % 9,
                block % 40,
                number % 7
            );
            draft.attributes = Patch::Set(vec![("oracle-ess".to_owned(), attributes)]);
        }
        15..=17 => {
            let alias =
                Alias { dialect: "qlik-odag".to_owned(), id: format!("5f{number:022x}"), number: None };
            draft.aliases = Patch::Set(vec![alias]);
            draft.attributes =
                Patch::Set(vec![("qlik-odag".to_owned(), format!("{{\"link\":\"{}\"}}", block % 100))]);
        }
        _ => {}
    }
    draft
}

fn is(field: Field, value: impl Into<String>) -> Filter {
    Filter::Field(field, Test::Equal(Value::Text(value.into())))
}

fn number_is(field: Field, value: i64) -> Filter {
    Filter::Field(field, Test::Equal(Value::Integer(value)))
}

fn attribute(dialect: &str, member: &str) -> Field {
    Field::Attribute { dialect: dialect.to_owned(), member: member.to_owned() }
}

fn between(field: Field, first: i64, last: i64) -> Filter {
    let test = |test: fn(Value) -> Test, end| Filter::Field(field.clone(), test(Value::Integer(end)));
    Filter::And(vec![test(Test::AtLeast, first), test(Test::AtMost, last)])
}

/// What is asked of so many jobs.
pub(crate) fn questions(jobs: i64) -> Vec<Question> {
    let by = |field, descending| vec![Sort { field, descending }];
    let list = |name, dialect, filter, sort| Question { name, dialect, filter, sort: Some(sort) };
    let runs = |name, dialect, filter| Question { name, dialect, filter, sort: None };
    let (cisco, ess, odag) = ("cisco-prime", "oracle-ess", "qlik-odag");
    let day = 24 * 3600 * 1000;
    let middle = BEGIN + jobs / 2 * APART;
    let contains = |field, part: &str| Filter::Field(field, Test::Contains(part.to_owned()));
    let twenty = (1..=20).map(|nth| Value::Integer(nth * jobs / 20)).collect();
    let top = Filter::Not(Box::new(is(Field::Kind, "child")));
    let started = |state: &str| Filter::And(vec![is(Field::State, state), top.clone()]);
    vec![
        list("all, by id", cisco, Filter::ALL, by(Field::Id, false)),
        list("all, by id, last first", ess, Filter::ALL, by(Field::Id, true)),
        list("all, by id, where some have aliases", odag, Filter::ALL, by(Field::Id, false)),
        list("id in 20", cisco, Filter::Field(Field::Id, Test::In(twenty)), by(Field::Id, false)),
        list("id, where some have aliases", odag, number_is(Field::Id, jobs / 2), vec![]),
        list("id between", cisco, between(Field::Id, jobs / 4, jobs / 4 + 5000), by(Field::Id, false)),
        list("parent's id", ess, number_is(Field::ParentId, jobs / 40 * 20 + 1), by(Field::Id, false)),
        list("name equal", cisco, is(Field::Name, format!("Nightly cleanup {}", jobs / 2)), vec![]),
        list("owner equal", ess, is(Field::Owner, "user7"), by(Field::Id, false)),
        list(
            "owner equal, by creation, newest first",
            ess,
            is(Field::Owner, "user7"),
            by(Field::CreatedAt, true),
        ),
        list("type equal", cisco, is(Field::Type, "type7"), by(Field::Id, false)),
        list("type equal, by name", cisco, is(Field::Type, "type7"), by(Field::Name, false)),
        list(
            "created on a day",
            odag,
            between(Field::CreatedAt, middle, middle + day),
            by(Field::CreatedAt, false),
        ),
        list(
            "started on a day, newest first",
            ess,
            between(Field::StartedAt, middle, middle + day),
            by(Field::StartedAt, true),
        ),
        list(
            "started on a day, by id",
            ess,
            between(Field::StartedAt, middle, middle + day),
            by(Field::Id, false),
        ),
        list("ended on a day", ess, between(Field::FinishedAt, middle, middle + day), by(Field::Id, false)),
        list("state running", ess, is(Field::State, "running"), by(Field::Id, false)),
        list("state running, newest first", ess, is(Field::State, "running"), by(Field::CreatedAt, true)),
        list("state succeeded", ess, is(Field::State, "succeeded"), by(Field::Id, false)),
        list("state failed, no child, newest first", odag, started("failed"), by(Field::CreatedAt, true)),
        list("all, newest first", ess, Filter::ALL, by(Field::CreatedAt, true)),
        list("all, last started first", ess, Filter::ALL, by(Field::StartedAt, true)),
        list("all, by name", cisco, Filter::ALL, by(Field::Name, false)),
        list("no child, by id", cisco, top.clone(), by(Field::Id, false)),
        list(
            "latest run running",
            cisco,
            is(Field::Latest(Box::new(Field::State)), "running"),
            by(Field::Id, false),
        ),
        list(
            "latest run failed, no child, by its start",
            cisco,
            Filter::And(vec![top.clone(), is(Field::Latest(Box::new(Field::State)), "failed")]),
            by(Field::Latest(Box::new(Field::StartedAt)), true),
        ),
        list("name contains, many", cisco, contains(Field::Name, "report"), by(Field::Id, false)),
        list("name contains, few", cisco, contains(Field::Name, "9999"), by(Field::Id, false)),
        list("name contains, none", cisco, contains(Field::Name, "nowhere"), by(Field::Id, false)),
        list(
            "name starts with",
            cisco,
            Filter::Field(Field::Name, Test::StartsWith("Nightly report 99".to_owned())),
            by(Field::Id, false),
        ),
        list(
            "description contains, by name",
            ess,
            contains(Field::Description, "of the 7th"),
            by(Field::Name, false),
        ),
        list(
            "attribute equal",
            ess,
            is(attribute(ess, "jobDefinitionId"), "JobDefinition://bench/7"),
            by(Field::Id, false),
        ),
        list(
            "attribute above, newest first",
            ess,
            Filter::Field(attribute(ess, "priority"), Test::Greater(Value::Integer(6))),
            by(Field::CreatedAt, true),
        ),
        list("attribute contains", ess, contains(attribute(ess, "product"), "P3"), by(Field::Id, false)),
        list("all, by attribute", ess, Filter::ALL, by(attribute(ess, "priority"), false)),
        runs("runs of a job", cisco, number_is(Field::Id, jobs / 40 * 20 + 1)),
        runs("runs of an hour", cisco, between(Field::StartedAt, middle, middle + day / 24)),
        runs("runs that failed", cisco, is(Field::State, "failed")),
        runs("runs of jobs of a name", cisco, contains(Field::Name, "report 99")),
    ]
}
