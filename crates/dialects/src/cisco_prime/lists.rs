//! `GET data/JobSummary`: many jobs, as ids or whole, a page at a time.

use bytes::Bytes;
use countermand_model::{Command, Field, Filter, Kin, Kind, Outcome, Page, Sort, Test, Value};
use http::header::CONTENT_RANGE;
use http::{HeaderValue, Response, StatusCode};

use super::query::{Controls, Paging};
use super::wire::{EntityIdWire, ItemsWire, ListWire};
use super::{Prime, attributes, encode, errors, summary};
use crate::{Echo, Malformed};

/// The user of the server's own jobs. Documented: "To query system jobs, specify username=SYSTEM".
pub(super) const SYSTEM: &str = "SYSTEM";

pub(super) const USERNAME: &str = "username";

/// A list of jobs, with the latest run of each where they are shown whole.
///
/// # Errors
/// With the parameter that is not understood.
pub(super) fn decode(prime: &Prime, echo: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    let (controls, paging) = asked(prime, echo)?;
    let order = |(name, descending): &(String, bool)| {
        let field = attributes::order(attributes::JOB_SUMMARY, ".sort", name)?;
        Ok(Sort { field, descending: *descending })
    };
    Ok(Command::List {
        filter: filter(prime, &controls)?,
        sort: controls.sort.iter().map(order).collect::<Result<_, _>>()?,
        page: Page { first: paging.first, size: paging.size },
        count: controls.count,
        // A list of ids shows nothing of the runs.
        kin: if controls.full { Kin::Latest } else { Kin::None },
    })
}

pub(super) fn encode(prime: &Prime, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    let (jobs, total) = match outcome {
        Outcome::Listed { jobs, total, .. } => (jobs, *total),
        Outcome::Acted { .. }
        | Outcome::Read { .. }
        | Outcome::Confirmed
        | Outcome::Runs { .. }
        | Outcome::Permitted(_)
        | Outcome::CheckedIn(_) => return errors::defect(echo),
    };
    // What was decoded before is decoded again: a request that was not understood has no outcome.
    let Ok((controls, paging)) = asked(prime, echo) else { return errors::defect(echo) };
    let items = if controls.full {
        let entity = |snapshot| summary::entity(echo, snapshot, summary::id_of(&snapshot.job));
        ItemsWire::Entities(jobs.iter().map(entity).collect())
    } else {
        let id = |job| EntityIdWire { id: summary::id_of(job), display_name: summary::display_name(job) };
        ItemsWire::Ids(jobs.iter().map(|snapshot| id(&snapshot.job)).collect())
    };
    let first = i64::try_from(paging.first).unwrap_or(i64::MAX);
    let shown = i64::try_from(jobs.len()).unwrap_or(i64::MAX);
    let list = ListWire { first, last: first.saturating_add(shown) - 1, count: total, items };
    // Quirk: a page by `Range` is 200, not 206; fixtures/cisco-prime/range-json.http
    let mut response = encode::response(echo, StatusCode::OK, list.write(echo));
    if paging.by_range {
        response.headers_mut().extend(content_range(&list).map(|value| (CONTENT_RANGE, value)));
    }
    response
}

fn asked(prime: &Prime, echo: &Echo) -> Result<(Controls, Paging), Malformed> {
    let controls = Controls::read(&echo.query)?;
    let paging = Paging::read(&echo.query, echo.range.as_deref(), &prime.settings)?;
    Ok((controls, paging))
}

fn filter(prime: &Prime, controls: &Controls) -> Result<Filter, Malformed> {
    let kinds = [Kind::Single, Kind::Parent].map(|kind| Value::Text(kind.name().to_owned()));
    // Quirk: the ids here are job ids, so runs of jobs are not listed; fixtures/cisco-prime/v1-ids-json.http
    let mut all = vec![Filter::Field(Field::Kind, Test::In(kinds.to_vec()))];
    let names_a_user = controls.conditions.iter().any(|condition| condition.name == USERNAME);
    if !prime.settings.system_jobs && !names_a_user {
        // Quirk: who does not ask for a user does not see the system's jobs; fixtures/cisco-prime/system-jobs-json.http
        let system = Value::Text(SYSTEM.to_owned());
        all.push(Filter::Not(Box::new(Filter::Field(Field::Owner, Test::Equal(system)))));
    }
    let conditions = controls.conditions.iter();
    let conditions = conditions
        .map(|condition| attributes::filter(attributes::JOB_SUMMARY, condition))
        .collect::<Result<Vec<_>, _>>()?;
    // Any of no conditions would be no job.
    if controls.any && !conditions.is_empty() {
        all.push(Filter::Or(conditions));
    } else {
        all.extend(conditions);
    }
    Ok(Filter::And(all))
}

/// RFC 9110 §14.4 has `*` for a page without entities and for a count that is not known.
fn content_range(list: &ListWire) -> Option<HeaderValue> {
    let count = list.count.map_or_else(|| "*".to_owned(), |count| count.to_string());
    let value = if list.last < list.first {
        format!("instances */{count}")
    } else {
        format!("instances {}-{}/{count}", list.first, list.last)
    };
    HeaderValue::try_from(value).ok()
}
