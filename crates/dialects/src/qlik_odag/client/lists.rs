//! Lists: a filter of the model as a query of the service, and its bare array as a page.
//!
//! The service filters by what `filter.rs` reads of a query, so just that can be said. It neither orders nor pages: the
//! whole list is read, and put in order and cut here.

use bytes::Bytes;
use countermand_model::{Fault, Field, Filter, Job, Kin, Kind, Outcome, Snapshot, Test, Value};
use form_urlencoded::Serializer;
use http::Response;

use super::answer;
use super::ask::Api;
use crate::conversation::{Once, Wanted, unsupported};
use crate::grammar::path;
use crate::grammar::time::{Fraction, rfc3339};
use crate::qlik_odag::wire::RequestWire;
use crate::qlik_odag::{DIALECT, filter, states};
use crate::{Ask, Conversation, Malformed};

/// Begins to read a list.
pub(super) fn list(api: Api, wanted: &Wanted<'_>, at: i64) -> Result<Box<dyn Conversation>, Fault> {
    let mut query = Query::default();
    query.take(wanted.filter)?;
    let ask = query.ask(api)?;
    let mut keys = Vec::new();
    for sort in wanted.sort {
        keys.push((key(&sort.field)?, sort.descending));
    }
    let (page, count, kin) = (wanted.page, wanted.count, wanted.kin);
    Ok(Box::new(Once::new(ask, move |response| {
        answer::answered(response, |response| {
            let mut jobs = listed(response)?;
            jobs.sort_by_key(|snapshot| snapshot.job.number);
            for (key, descending) in keys.into_iter().rev() {
                let value = |snapshot: &Snapshot| key(&snapshot.job);
                if descending {
                    jobs.sort_by_key(|snapshot| std::cmp::Reverse(value(snapshot)));
                } else {
                    jobs.sort_by_key(value);
                }
            }
            let total = jobs.len() as u64;
            let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
            let jobs: Vec<_> = jobs.into_iter().skip(place(page.first)).take(place(page.size)).collect();
            Ok((jobs, total))
        })
        .map(|read| {
            let (mut jobs, total) = read?;
            let lacks = |snapshot: &Snapshot| snapshot.job.kind == Kind::Parent && snapshot.kin.is_empty();
            if kin != Kin::None && jobs.iter().any(lacks) {
                return Err(unsupported("list requests together with their sub-requests"));
            }
            jobs.iter_mut().for_each(|snapshot| kin.choose(&mut snapshot.kin));
            Ok(Outcome::Listed { at, jobs, total: count.then_some(total) })
        })
    })))
}

/// See [`Codec::decode_response`](crate::Codec::decode_response): the list as it came.
pub(super) fn answered(
    count: bool,
    at: i64,
    response: &Response<Bytes>,
) -> Result<Result<Outcome, Fault>, Malformed> {
    answer::answered(response, |response| {
        let jobs = listed(response)?;
        let total = count.then_some(jobs.len() as u64);
        Ok(Outcome::Listed { at, jobs, total })
    })
}

fn listed(response: &Response<Bytes>) -> Result<Vec<Snapshot>, Malformed> {
    RequestWire::read_all(response.body())?.iter().map(answer::described).collect()
}

/// What a list can be put in order by here: what every request has.
fn key(field: &Field) -> Result<fn(&Job) -> i64, Fault> {
    match field {
        Field::Number | Field::Id => Ok(|job| job.number),
        Field::CreatedAt => Ok(|job| job.created_at),
        Field::ChangedAt => Ok(|job| job.changed_at),
        _ => Err(unsupported("put requests in order by anything but their number and their times")),
    }
}

/// The parameters of the two lists.
#[derive(Default)]
struct Query {
    link: Option<String>,
    selection_app: Option<String>,
    created_on_or_after: Option<i64>,
    created_before: Option<i64>,
    user: Option<String>,
    state: Option<String>,
    handle: Option<String>,
    sheet: Option<String>,
    pending: Option<()>,
}

impl Query {
    /// Takes a condition in, all of it or none.
    fn take(&mut self, condition: &Filter) -> Result<(), Fault> {
        match condition {
            Filter::And(conditions) => conditions.iter().try_for_each(|condition| self.take(condition)),
            Filter::Field(Field::CreatedAt, test) => self.take_creation(test),
            Filter::Field(Field::Attribute { dialect, member }, Test::Equal(Value::Text(text)))
                if dialect == DIALECT.name =>
            {
                match member.as_str() {
                    "clientContextHandle" => once(&mut self.handle, text.clone()),
                    "sheetname" => once(&mut self.sheet, text.clone()),
                    _ => Err(unsupported(&format!("filter by the member {member}"))),
                }
            }
            _ if *condition == filter::pending() => once(&mut self.pending, ()),
            Filter::Or(_) | Filter::Not(_) | Filter::Field(..) => self.take_alternatives(condition),
        }
    }

    /// What the service looks for in several places, or by several words.
    fn take_alternatives(&mut self, condition: &Filter) -> Result<(), Fault> {
        if let Some(flags) = states::flags(condition) {
            return once(&mut self.state, flags);
        }
        let text = first_text(condition).unwrap_or_default();
        if *condition == filter::of_link_id(text) {
            once(&mut self.link, text.to_owned())
        } else if *condition == filter::of_selection_app(text) {
            once(&mut self.selection_app, text.to_owned())
        } else if *condition == filter::of_user(text) {
            once(&mut self.user, text.to_owned())
        } else {
            Err(unsupported(
                "filter by anything but link, selection app, creation, user, state, context, sheet and pending",
            ))
        }
    }

    /// Times are compared in whole milliseconds, as they are read.
    fn take_creation(&mut self, test: &Test) -> Result<(), Fault> {
        match test {
            Test::AtLeast(Value::Integer(time)) => once(&mut self.created_on_or_after, *time),
            Test::Greater(Value::Integer(time)) => {
                once(&mut self.created_on_or_after, time.saturating_add(1))
            }
            Test::Less(Value::Integer(time)) => once(&mut self.created_before, *time),
            Test::AtMost(Value::Integer(time)) => once(&mut self.created_before, time.saturating_add(1)),
            Test::AtLeast(_)
            | Test::Greater(_)
            | Test::Less(_)
            | Test::AtMost(_)
            | Test::Equal(_)
            | Test::NotEqual(_)
            | Test::In(_)
            | Test::StartsWith(_)
            | Test::Contains(_)
            | Test::Missing => {
                Err(unsupported("filter by creation other than from a time on, or before one"))
            }
        }
    }

    /// The request for the list that has these parameters.
    fn ask(self, api: Api) -> Result<Ask, Fault> {
        let time = |time: Option<i64>| time.map(|time| rfc3339(time, Fraction::Always));
        let of_link = [
            ("selectionAppId", self.selection_app.clone()),
            ("clientContextHandle", self.handle),
            ("selectionAppSheet", self.sheet),
            ("pending", self.pending.map(|()| "true".to_owned())),
        ];
        let of_all = [
            ("createdOnOrAfter", time(self.created_on_or_after)),
            ("createdBefore", time(self.created_before)),
            ("user", self.user),
            ("state", self.state),
        ];
        let is_said =
            |parameters: &[(&str, Option<String>)]| parameters.iter().any(|(_, value)| value.is_some());
        // The list of all takes one id at a time.
        let needs_link = is_said(&of_link[1..]) || (self.link.is_some() && self.selection_app.is_some());
        match self.link {
            Some(link) if needs_link || !api.is_windows() => {
                if is_said(&of_all) {
                    return Err(unsupported("filter the requests of a link by creation, user or state"));
                }
                if path::segment(&link).is_none() {
                    return Err(unsupported("list the requests of a link without an id"));
                }
                Ok(api.of_link(&link, &written(of_link)?))
            }
            None if !api.is_windows() => Err(unsupported("list requests other than those of one link")),
            None if needs_link => {
                Err(unsupported("filter requests other than those of one link by context, sheet or pending"))
            }
            link => {
                let ids = [("optLinkId", link), ("optSelectAppId", self.selection_app)];
                Ok(api.all(&written(ids.into_iter().chain(of_all))?))
            }
        }
    }
}

/// The parameters that have a value. An empty one would be read as none.
fn written(parameters: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Result<String, Fault> {
    let mut query = Serializer::new(String::new());
    for (name, value) in parameters {
        match value {
            Some(value) if value.is_empty() => return Err(unsupported("filter by an empty text")),
            Some(value) => drop(query.append_pair(name, &value)),
            None => {}
        }
    }
    Some(query.finish())
        .filter(|query| query.len() <= LONGEST)
        .ok_or_else(|| unsupported("filter by so long a text"))
}

/// What may be asked for, so that a request's head is still below the 8000 bytes that RFC 9110 §4.1 asks of everybody.
const LONGEST: usize = 7000;

/// Each parameter can be said once.
fn once<T>(place: &mut Option<T>, value: T) -> Result<(), Fault> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(unsupported("filter twice by the same member of a request")),
    }
}

/// The text that the first of several conditions asks for.
fn first_text(condition: &Filter) -> Option<&str> {
    let Filter::Or(conditions) = condition else { return None };
    match conditions.first()? {
        Filter::Field(_, Test::Equal(Value::Text(text))) => Some(text),
        _ => None,
    }
}
