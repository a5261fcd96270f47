//! The queries of lists as filters. Which words a state shows is `states.rs`'s; how a list is written, `wire`'s.
//!
//! What a request has from its link and its selection app stands in its attributes, as a text or as an object with an
//! `id`: both forms are looked at, as both are shown.

use countermand_model::{Command, Field, Filter, Kin, Page, Test, Value};

use super::{DIALECT, Odag, states};
use crate::grammar::query;
use crate::grammar::time::iso8601;
use crate::{Echo, Malformed};

/// The parameters of `GET /requests`.
const OF_ALL: &[&str] =
    &["optLinkId", "optSelectAppId", "createdOnOrAfter", "createdBefore", "user", "state"];

/// The parameters of `GET /links/{linkId}/requests`.
const OF_LINK: &[&str] = &["selectionAppId", "clientContextHandle", "selectionAppSheet", "pending"];

/// What only the premium version of the service takes.
const PREMIUM: &[&str] = &["optEngineGroupNamePattern", "optEngineGroupId"];

/// Every parameter of a list.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    OF_ALL.iter().chain(OF_LINK).chain(PREMIUM).copied()
}

/// `GET /requests`.
pub(super) fn all(odag: &Odag, echo: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    let query = Query::of(echo, OF_ALL)?;
    let (link, app) = (query.text("optLinkId"), query.text("optSelectAppId"));
    if link.is_some() && app.is_some() {
        let problem = "only one ID parameter may be given, and there is optLinkId as well";
        return Err(Malformed::new("optSelectAppId", problem));
    }
    let mut filters = Vec::new();
    filters.extend(link.map(of_link_id));
    filters.extend(app.map(of_selection_app));
    filters.extend(query.time("createdOnOrAfter")?.map(|time| created(Test::AtLeast(time))));
    filters.extend(query.time("createdBefore")?.map(|time| created(Test::Less(time))));
    filters.extend(query.text("user").map(of_user));
    filters.extend(query.text("state").map(in_states).transpose()?);
    Ok(list(odag, filters))
}

/// `GET /links/{linkId}/requests`. A link is known by the requests that name it, and by nothing else.
pub(super) fn of_link(odag: &Odag, echo: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    let query = Query::of(echo, OF_LINK)?;
    let link = echo.id.as_deref().expect("the route of a link has its id in the path");
    let mut filters = vec![of_link_id(link)];
    filters.extend(query.text("selectionAppId").map(of_selection_app));
    filters.extend(query.text("clientContextHandle").map(|handle| is("clientContextHandle", handle)));
    filters.extend(query.text("selectionAppSheet").map(|sheet| is("sheetname", sheet)));
    if query.flag("pending")? {
        filters.push(pending());
    }
    Ok(list(odag, filters))
}

/// Whether a list of a link asks for less than all that the link has.
pub(super) fn narrows(echo: &Echo) -> bool {
    query::pairs(&echo.query).iter().any(|(name, _)| OF_LINK.contains(&name.as_str()))
}

/// One more than a list may have: that it is there says that the list is too long.
fn list(odag: &Odag, filters: Vec<Filter>) -> Command {
    Command::List {
        filter: Filter::And(filters),
        // By number: no source says an order, and clients sort for themselves.
        sort: Vec::new(),
        page: Page { first: 0, size: odag.list_limit + 1 },
        count: false,
        // A family has no limit of its own; see `wire::list`.
        kin: Kin::None,
    }
}

/// What is not acknowledged: clients look for their just-finished requests here. A request that was purged is no
/// longer there at all.
// Quirk: pending is not the same as unfinished; fixtures/qlik-odag/list-pending-keeps-what-just-finished.http
pub(super) fn pending() -> Filter {
    Filter::Field(Field::Acknowledged, Test::Equal(Value::Integer(0)))
}

pub(super) fn of_link_id(id: &str) -> Filter {
    Filter::Or(vec![is("link", id), is("link/id", id)])
}

pub(super) fn of_selection_app(id: &str) -> Filter {
    Filter::Or(vec![is("selectionApp", id), is("selectionApp/id", id), is("selectionAppId", id)])
}

/// A user has up to three names: the ledger's, and the two that the owner of the attributes shows.
pub(super) fn of_user(user: &str) -> Filter {
    let owner = Filter::Field(Field::Owner, equal(user));
    Filter::Or(vec![owner, is("owner/userId", user), is("owner/name", user)])
}

fn created(test: Test) -> Filter {
    Filter::Field(Field::CreatedAt, test)
}

/// A member of the attributes, or with a `/` a member of that member, is this text.
fn is(member: &str, text: &str) -> Filter {
    let field = Field::Attribute { dialect: DIALECT.name.to_owned(), member: member.to_owned() };
    Filter::Field(field, equal(text))
}

fn equal(text: &str) -> Test {
    Test::Equal(Value::Text(text.to_owned()))
}

/// Any of the states that a string of flags names.
fn in_states(flags: &str) -> Result<Filter, Malformed> {
    let mut words = Vec::new();
    for flag in flags.chars() {
        let (_, named) = states::FLAGS.iter().find(|(known, _)| *known == flag).ok_or_else(|| {
            Malformed::new("state", format!("{flag:?} is no flag; there are q, v, i, c, h, l, f, s and d"))
        })?;
        words.extend_from_slice(named);
    }
    Ok(states::showing(&words))
}

/// The parameters of a list. A name that is a parameter of no list is passed over, like everywhere in this API.
struct Query(Vec<(String, String)>);

impl Query {
    /// Refuses what would make a wrong list without a word: a parameter of another list, one in another case, one
    /// that stands there twice or has no value.
    fn of(echo: &Echo, takes: &[&str]) -> Result<Query, Malformed> {
        let mut taken: Vec<(String, String)> = Vec::new();
        for (name, value) in query::pairs(&echo.query) {
            if takes.contains(&name.as_str()) {
                if value.is_empty() {
                    return Err(Malformed::new(name, "has no value"));
                }
                if taken.iter().any(|(known, _)| *known == name) {
                    return Err(Malformed::new(name, "is given twice"));
                }
                taken.push((name, value));
                continue;
            }
            let same = |known: &&&str| known.eq_ignore_ascii_case(&name);
            if let Some(meant) = takes.iter().find(same) {
                return Err(Malformed::new(name, format!("is not known; did you mean {meant}?")));
            }
            if PREMIUM.iter().any(|known| same(&known)) {
                return Err(Malformed::new(name, "engine groups are not known here"));
            }
            if OF_ALL.iter().chain(OF_LINK).any(|known| same(&known)) {
                let problem = format!("is no parameter of this list; there are {}", takes.join(", "));
                return Err(Malformed::new(name, problem));
            }
        }
        Ok(Query(taken))
    }

    fn text(&self, name: &str) -> Option<&str> {
        query::first(&self.0, name)
    }

    fn flag(&self, name: &'static str) -> Result<bool, Malformed> {
        match self.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Malformed::new(name, "expected true or false")),
        }
    }

    fn time(&self, name: &'static str) -> Result<Option<Value>, Malformed> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let expected = "expected an ISO 8601 date, or date and time, such as 2026-01-31T08:00:00Z";
        let milliseconds = milliseconds(text).ok_or_else(|| Malformed::new(name, expected))?;
        Ok(Some(Value::Integer(milliseconds)))
    }
}

/// The first whole millisecond that is not before a time. That it may lack its time of day and its offset is inferred, for the
/// page says no more than `Date`.
fn milliseconds(text: &str) -> Option<i64> {
    i64::try_from((iso8601(text)? + 999_999).div_euclid(1_000_000)).ok()
}
