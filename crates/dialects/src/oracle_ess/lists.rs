//! Lists: what is asked for by query and page, and the documents that answer. What `q` may say is `query/`'s, what an
//! item shows `details.rs`'s.
//!
//! No document says how many requests there are in all, or whether there is a next page: clients stop at a page that is
//! short or empty.

use bytes::Bytes;
use countermand_model::{Command, Field, Filter, Kin, Outcome, Page, Sort, Test, Value};
use http::Response;

use super::details::{rel, request_details};
use super::selection::Selection;
use super::wire::{LinkWire, ListWire, ResourceWire, write_resources};
use super::{OracleEss, encode, query, refused, routes};
use crate::grammar::query::{first, pairs};
use crate::{Echo, Malformed};

/// How many requests one `id=` may name (inferred): no more than a page has by default, so that the answer is one page.
const MAX_IDS: usize = 200;

/// `GET /requests`: a page of what `q` asks for, or the requests that `id` names.
///
/// Quirk: the reference page of this operation knows no pages, and a server that answered everything at once is not
/// known: it is the first page, or the one that `pageIndex` names (inferred); fixtures/oracle-ess/list-pages.http
pub(super) fn requests(codec: &OracleEss, echo: &Echo, _body: &[u8]) -> Result<Command, Malformed> {
    let filter = asked_for(echo)?;
    match ids(echo)? {
        None => page_of(codec, echo, filter),
        Some(ids) => {
            let named = Filter::Field(Field::Id, Test::In(ids.into_iter().map(Value::Integer).collect()));
            list(echo, Filter::And(vec![named, filter]), Page { first: 0, size: MAX_IDS as u64 })
        }
    }
}

/// `GET /requests/search/{pageIndex}`.
pub(super) fn search(codec: &OracleEss, echo: &Echo, _body: &[u8]) -> Result<Command, Malformed> {
    page_of(codec, echo, asked_for(echo)?)
}

/// `GET /query/{application}/requests`.
pub(super) fn of_application(codec: &OracleEss, echo: &Echo, _body: &[u8]) -> Result<Command, Malformed> {
    let application = Value::Text(echo.id.clone().unwrap_or_default());
    let own = Filter::Field(query::given("application"), Test::Equal(application));
    page_of(codec, echo, Filter::And(vec![own, asked_for(echo)?]))
}

/// `GET` of the root: nothing is looked up for it.
pub(super) fn resources(_codec: &OracleEss, _echo: &Echo, _body: &[u8]) -> Result<Command, Malformed> {
    let page = Page { first: 0, size: 0 };
    Ok(Command::List { filter: Filter::Or(Vec::new()), sort: Vec::new(), page, count: false, kin: Kin::None })
}

/// The answer of a list.
pub(super) fn listed(codec: &OracleEss, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    let Outcome::Listed { at, jobs, .. } = outcome else { return encode::defect(codec, echo) };
    let selection = Selection::read(&echo.query);
    let own =
        LinkWire { href: [echo.root_url.as_str(), &echo.path].concat(), rel: rel(codec.upper_rels, "self") };
    let is_multi_select = is_requests(echo) && matches!(ids(echo), Ok(Some(_)));
    let list = ListWire {
        items: jobs
            .iter()
            .map(|shown| request_details(codec, echo, &shown.job, None, *at, &selection))
            .collect(),
        is_batch: is_multi_select && codec.batch,
        page_index: page_index(echo).ok().filter(|_| !is_multi_select),
        links: vec![own],
    };
    encode::json(echo, 200, list.write())
}

/// The answer of the root: every operation that is served, with its link.
///
/// Quirk: the members of a link are documented, which links there are is not: they are the table of routes;
/// fixtures/oracle-ess/resources.http
pub(super) fn shown_resources(codec: &OracleEss, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    let Outcome::Listed { .. } = outcome else { return encode::defect(codec, echo) };
    let resources = routes::ROUTES
        .iter()
        .map(|route| &route.operation)
        .filter(|operation| refused::reason(operation).is_none());
    let links = resources.flat_map(|operation| {
        let [(media_type, _), _] = routes::offers(Some(operation));
        operation.methods.iter().filter(|method| *method != http::Method::HEAD).map(move |method| {
            ResourceWire {
                href: format!("{}{}", echo.root_url, operation.path),
                rel: rel(codec.upper_rels, operation.name),
                media_type,
                method: method.as_str(),
                is_templated: operation.path.contains('{'),
            }
        })
    });
    encode::json(echo, 200, write_resources(&links.collect::<Vec<_>>()))
}

fn page_of(codec: &OracleEss, echo: &Echo, filter: Filter) -> Result<Command, Malformed> {
    let before = u64::from(page_index(echo)?) - 1;
    list(echo, filter, Page { first: before * codec.page_size, size: codec.page_size })
}

fn list(echo: &Echo, filter: Filter, page: Page) -> Result<Command, Malformed> {
    check_names(echo)?;
    Selection::check(&echo.query)?;
    Ok(Command::List { filter, sort: order(echo)?, page, count: false, kin: Kin::None })
}

/// Refuses a parameter of the list that is there twice, of which one would not count, and one in another case, which
/// would not count at all: the answer would be a list of something else. What is no parameter of it is not looked at.
///
/// Quirk: so id=1&id=2 is refused rather than read as id=1; fixtures/oracle-ess/list-repeated-parameters.http
fn check_names(echo: &Echo) -> Result<(), Malformed> {
    let its_own = if is_requests(echo) { Some("id") } else { None };
    let page = if is_search(echo) { None } else { Some("pageIndex") };
    let pairs = pairs(&echo.query);
    for name in ["q", "fields", "excludeFields", "orderBy"].into_iter().chain(its_own).chain(page) {
        let mut given = pairs.iter().filter(|(given, _)| given.eq_ignore_ascii_case(name));
        let Some((first, _)) = given.next() else { continue };
        if first != name {
            return Err(Malformed::new(first, format!("there is no such parameter; did you mean {name}?")));
        }
        if given.next().is_some() {
            return Err(Malformed::new(name, "it is given more than once"));
        }
    }
    Ok(())
}

/// What `q` asks for; without it, or where it is empty, every request.
fn asked_for(echo: &Echo) -> Result<Filter, Malformed> {
    let pairs = pairs(&echo.query);
    let filter = first(&pairs, "q").unwrap_or_default().trim_end();
    if filter.is_empty() { Ok(Filter::ALL) } else { query::read(filter) }
}

/// `pageIndex`, an int32 from 1 on, which is the default.
///
/// Quirk: the first page is 1, as the recorded client asks for it, although a hand-written contract counts from 0. So 0
/// is refused: a client that counts from 0 would otherwise see one page twice; fixtures/oracle-ess/list-bad-page.http
fn page_index(echo: &Echo) -> Result<u32, Malformed> {
    let pairs = pairs(&echo.query);
    let written = if is_search(echo) { echo.id.as_deref() } else { first(&pairs, "pageIndex") };
    let Some(written) = written.filter(|written| !written.is_empty()) else { return Ok(1) };
    let digits = written.bytes().all(|byte| byte.is_ascii_digit());
    let index =
        digits.then(|| written.parse::<i32>().ok()).flatten().and_then(|index| u32::try_from(index).ok());
    index.filter(|index| *index > 0).ok_or_else(|| {
        Malformed::new(
            "pageIndex",
            format!("a page from 1 to {} (int32) was expected, not {written:?}", i32::MAX),
        )
    })
}

/// The requests that `id` names; `None` where it is absent or empty.
fn ids(echo: &Echo) -> Result<Option<Vec<i64>>, Malformed> {
    let pairs = pairs(&echo.query);
    let list = first(&pairs, "id").unwrap_or_default();
    let mut ids = Vec::new();
    for written in list.split(',').map(str::trim).filter(|written| !written.is_empty()) {
        let digits = written.strip_prefix('-').unwrap_or(written);
        let id = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| written.parse().ok()).flatten();
        ids.push(id.ok_or_else(|| {
            Malformed::new("id", format!("a whole number of 64 bits (int64) was expected, not {written:?}"))
        })?);
    }
    if ids.len() > MAX_IDS {
        return Err(Malformed::new(
            "id",
            format!("there are {} ids, and one call takes {MAX_IDS}", ids.len()),
        ));
    }
    Ok((!ids.is_empty()).then_some(ids))
}

/// `orderBy=field[:asc|desc]`. Without it the order is that of the requests' numbers (inferred).
///
/// Quirk: of several fields only the first counts; fixtures/oracle-ess/list-order-by.http
fn order(echo: &Echo) -> Result<Vec<Sort>, Malformed> {
    let refused = |problem: String| Err(Malformed::new("orderBy", problem));
    let pairs = pairs(&echo.query);
    let list = first(&pairs, "orderBy").unwrap_or_default();
    let written = list.split(',').next().unwrap_or_default().trim();
    if written.is_empty() {
        return Ok(Vec::new());
    }
    let (field, direction) = written.split_once(':').unwrap_or((written, "asc"));
    let descending = match direction.trim().to_ascii_lowercase().as_str() {
        "asc" => false,
        "desc" => true,
        _ => return refused(format!("{direction:?} is neither asc nor desc")),
    };
    let field = field.trim();
    let name = match query::find(field) {
        Ok(name) => name,
        Err(near) => {
            let advice = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
            return refused(format!("{field:?} is not a field that lists are ordered by{advice}"));
        }
    };
    match name.order() {
        Some(fields) => Ok(fields.into_iter().map(|field| Sort { field, descending }).collect()),
        None => refused(format!("{} is not a field that lists are ordered by here", name.name)),
    }
}

/// Whether it is the one list that takes ids.
fn is_requests(echo: &Echo) -> bool {
    echo.operation.is_some_and(|operation| operation.name == "requests")
}

/// Whether it is the one list whose page is in the path.
fn is_search(echo: &Echo) -> bool {
    echo.operation.is_some_and(|operation| operation.name == "search")
}
