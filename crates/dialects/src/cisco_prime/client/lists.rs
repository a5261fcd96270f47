//! Lists and run histories. What is asked for is said as conditions of the query, exactly or not at all: a list that
//! showed more or less than was asked for would be a wrong list. How its pages are read is `pages.rs`'s.
//!
//! Left to the server is the order of jobs that the sort keys do not tell apart.

use countermand_model::{Fault, Field, Filter, Kind, Outcome, Sort, Test, Value};

use super::super::attributes::{JOB_SUMMARY, RUN_HISTORY};
use super::super::lists::{SYSTEM, USERNAME};
use super::super::query::{Comparison, Condition};
use super::super::said;
use super::super::settings::Settings;
use super::super::wire::ToldHistoryWire;
use super::answer::{self, answered};
use super::ask::Manner;
use super::pages::Pages;
use crate::Conversation;
use crate::conversation::{Known, Once, Wanted, unsupported};

/// A list.
///
/// # Errors
/// What no query of this API can say.
pub(super) fn list(
    settings: &Settings,
    wanted: &Wanted<'_>,
    at: i64,
) -> Result<Box<dyn Conversation>, Fault> {
    let Wanted { filter, sort, page, count, .. } = *wanted;
    let of_none = *filter == Filter::Or(Vec::new());
    if of_none || page.size == 0 && !count {
        let total = (of_none && count).then_some(0);
        return Ok(Box::new(Known::new(Ok(Outcome::Listed { at, jobs: Vec::new(), total }))));
    }
    let mut parameters = conditions(settings, filter)?;
    if !sort.is_empty() {
        let key = |sort: &Sort| {
            said::key(JOB_SUMMARY, sort)
                .ok_or_else(|| unsupported(&format!("sort jobs by {}", name(&sort.field))))
        };
        let keys = sort.iter().map(key).collect::<Result<Vec<_>, _>>()?;
        parameters.push((".sort".to_owned(), keys.join(",")));
    }
    let last = page.first.saturating_add(page.size);
    if last > i32::MAX.unsigned_abs().into() {
        return Err(unsupported("show so late a part of a list"));
    }
    Ok(Box::new(Pages::new(settings, parameters, wanted, at)))
}

/// A run history.
///
/// # Errors
/// What no query of this API can say.
pub(super) fn runs(settings: &Settings, filter: &Filter, at: i64) -> Result<Box<dyn Conversation>, Fault> {
    if *filter == Filter::Or(Vec::new()) {
        return Ok(Box::new(Known::new(Ok(Outcome::Runs { at, parents: Vec::new() }))));
    }
    let parts = parts(filter, &|part| said::condition(RUN_HISTORY, part).is_some());
    let condition = |part: &&Filter| {
        said::condition(RUN_HISTORY, part).as_ref().and_then(parameter).ok_or_else(|| not_found_by(part))
    };
    let parameters = parts.iter().map(condition).collect::<Result<Vec<_>, _>>()?;
    if parameters.is_empty() {
        // A history without parameters is one of no runs.
        return Err(unsupported("show the runs of every job"));
    }
    let ask = Manner::new(settings).history(&parameters);
    Ok(Box::new(Once::new(ask, move |response| {
        answered(response, |told: ToldHistoryWire| {
            Ok(Outcome::Runs { at, parents: answer::histories(&told, at)? })
        })
    })))
}

/// The conditions that are a filter of jobs.
fn conditions(settings: &Settings, filter: &Filter) -> Result<Vec<(String, String)>, Fault> {
    let is_said = |part: &Filter| is_of_jobs(part) || said::condition(JOB_SUMMARY, part).is_some();
    let mut parts = parts(filter, &is_said);
    let all = parts.len();
    parts.retain(|part| !is_of_jobs(part));
    if parts.len() == all {
        return Err(unsupported("list runs beside jobs"));
    }
    // Whether a job is seen is this side's to say, and every job of a server's is.
    parts.retain(|part| !matches!(part, Filter::Field(Field::SeenIn, Test::Equal(_))));
    let system = Value::Text(SYSTEM.to_owned());
    let not_system = Filter::Not(Box::new(Filter::Field(Field::Owner, Test::Equal(system))));
    let with_system = parts.len();
    parts.retain(|part| **part != not_system);
    let leaves_system_out = parts.len() < with_system;

    let mut parameters = Vec::new();
    if let [Filter::Or(any)] = parts.as_slice()
        && said::condition(JOB_SUMMARY, parts[0]).is_none()
    {
        parameters.push((".or_filter".to_owned(), "true".to_owned()));
        parts = any.iter().collect();
    }
    let said = parts.iter().map(|part| said::condition(JOB_SUMMARY, part).ok_or_else(|| not_found_by(part)));
    let said = said.collect::<Result<Vec<_>, _>>()?;
    check_system(settings, leaves_system_out, &said)?;
    for (condition, part) in said.iter().zip(&parts) {
        parameters.push(parameter(condition).ok_or_else(|| not_found_by(part))?);
    }
    Ok(parameters)
}

/// A server leaves out the jobs of SYSTEM unless a condition is about the user; where a switch says that it does not, it
/// never does.
fn check_system(settings: &Settings, leaves_out: bool, conditions: &[Condition]) -> Result<(), Fault> {
    let mut of_users = conditions.iter().filter(|condition| condition.name == USERNAME).peekable();
    let server_does = !settings.system_jobs && of_users.peek().is_none();
    if server_does == leaves_out {
        return Ok(());
    }
    let names_another =
        |condition: &Condition| matches!(&condition.comparison, Comparison::Eq(user) if user != SYSTEM);
    match leaves_out {
        true if of_users.any(names_another) => Ok(()),
        true => Err(unsupported("leave out the jobs of its own user SYSTEM there")),
        false => Err(unsupported("list the jobs of its own user SYSTEM beside those of others")),
    }
}

/// What all must be met of a filter. One that is said as a whole stays whole.
fn parts<'f>(filter: &'f Filter, is_said: &dyn Fn(&Filter) -> bool) -> Vec<&'f Filter> {
    match filter {
        Filter::And(all) if !is_said(filter) => all.iter().flat_map(|part| parts(part, is_said)).collect(),
        Filter::And(_) | Filter::Or(_) | Filter::Not(_) | Filter::Field(..) => vec![filter],
    }
}

/// Whether a filter leaves out the runs of jobs, and nothing else: so does every list here.
fn is_of_jobs(filter: &Filter) -> bool {
    let kind = |kind: Kind| Value::Text(kind.name().to_owned());
    match filter {
        Filter::Field(Field::Parent, Test::Missing) => true,
        Filter::Field(Field::Kind, Test::NotEqual(other)) => *other == kind(Kind::Child),
        Filter::Field(Field::Kind, Test::In(kinds)) => {
            Kind::ALL.into_iter().all(|one| kinds.contains(&kind(one)) == (one != Kind::Child))
        }
        Filter::And(_) | Filter::Or(_) | Filter::Not(_) | Filter::Field(..) => false,
    }
}

fn parameter(condition: &Condition) -> Option<(String, String)> {
    Some((condition.name.clone(), condition.written()?))
}

fn not_found_by(filter: &Filter) -> Fault {
    unsupported(&format!("find jobs by this condition: {}", looked_at(filter)))
}

/// What a filter looks at first.
fn looked_at(filter: &Filter) -> String {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => {
            parts.first().map_or_else(|| "every job".to_owned(), looked_at)
        }
        Filter::Not(part) => format!("not {}", looked_at(part)),
        Filter::Field(field, _) => name(field),
    }
}

/// A field, as callers of other dialects may know it.
fn name(field: &Field) -> String {
    match field {
        Field::Number => "number",
        Field::Id => "id",
        Field::State => "state",
        Field::Kind => "kind",
        Field::Parent | Field::ParentId => "parent",
        Field::Trigger => "trigger",
        Field::NextRunAt => "next run",
        Field::Dataset => "dataset",
        Field::Owner => "owner",
        Field::Name => "name",
        Field::Description => "description",
        Field::Type => "type",
        Field::CreatedAt => "time of registration",
        Field::StartedAt => "start",
        Field::FinishedAt => "end",
        Field::ChangedAt => "last change",
        Field::Acknowledged => "acknowledgement",
        Field::SeenIn => "where it is seen",
        Field::Attribute { member, .. } => return member.clone(),
        Field::Latest(field) => return format!("{} of the latest run", name(field)),
    }
    .to_owned()
}
