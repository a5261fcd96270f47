//! What a list is asked for besides its conditions: which page, in what order, whole or by id only.
//!
//! Documented: `.full`, `.firstResult`, `.maxResults`, `.sort`, `.or_filter`, and `Range: instances=a-b` in place of the
//! two that page, which "will override" it. Observed: `.nocount`. Other names with a leading dot change what a list
//! holds (`.group`, `.transform`): passed over, they would make it a wrong list, so they are refused.

use super::super::settings::Settings;
use super::super::wire::DOMAIN;
use super::Condition;
use crate::Malformed;
use crate::grammar::query::pairs;
use crate::grammar::spelling;

/// Every control.
pub(in super::super) const NAMES: [&str; 7] =
    [".full", ".firstResult", ".maxResults", ".sort", ".or_filter", ".nocount", DOMAIN];

/// Everything in the query of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Controls {
    /// Whole entities, not only their ids.
    pub(in super::super) full: bool,
    /// Any of the conditions is enough.
    pub(in super::super) any: bool,
    /// Whether the answer says how many there are.
    pub(in super::super) count: bool,
    /// The attributes to sort by, and which of them largest first.
    pub(in super::super) sort: Vec<(String, bool)>,
    pub(in super::super) conditions: Vec<Condition>,
}

/// Which part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Paging {
    /// How many to pass over.
    pub(in super::super) first: u64,
    /// How many at most, from 1.
    pub(in super::super) size: u64,
    /// Whether it was the `Range` header that said so.
    pub(in super::super) by_range: bool,
}

impl Controls {
    /// Reads a query. What pages is for [`Paging::read`] to look at.
    ///
    /// # Errors
    /// With the parameter: one that is not known, or said twice, or a value it cannot have.
    pub(in super::super) fn read(query: &str) -> Result<Controls, Malformed> {
        let pairs = pairs(query);
        let mut controls =
            Controls { full: false, any: false, count: true, sort: Vec::new(), conditions: Vec::new() };
        for (place, (name, value)) in pairs.iter().enumerate() {
            let name = name.as_str();
            if NAMES.contains(&name) && pairs[..place].iter().any(|(earlier, _)| earlier == name) {
                return Err(Malformed::new(name, "it is said more than once"));
            }
            match name {
                ".full" => controls.full = flag(name, value)?,
                ".or_filter" => controls.any = flag(name, value)?,
                ".nocount" => controls.count = !flag(name, value)?,
                ".sort" => controls.sort = sort(name, value)?,
                ".firstResult" | ".maxResults" | DOMAIN => {}
                _ if name.is_empty() || name.starts_with(['.', '_']) => return Err(unknown(name)),
                _ => controls.conditions.push(Condition::read(name, value)?),
            }
        }
        Ok(controls)
    }
}

impl Paging {
    /// Reads the page from a query and the `Range` header; where neither says anything, the first page of the size
    /// that is usual.
    ///
    /// # Errors
    /// With the parameter or the header: what is not a number, or a page that begins or ends nowhere. A size over the
    /// limit is none: it has an answer of its own.
    pub(in super::super) fn read(
        query: &str,
        range: Option<&str>,
        settings: &Settings,
    ) -> Result<Paging, Malformed> {
        let pairs = pairs(query);
        let number = |name: &str, least: u64| {
            let written = pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
            written.map(|written| whole(name, written, least)).transpose()
        };
        let usual = settings.unpaged_limit;
        match (number(".firstResult", 0)?, number(".maxResults", 1)?) {
            (None, None) => range
                .and_then(|range| range.trim().strip_prefix("instances"))
                .map_or(Ok(Paging { first: 0, size: usual, by_range: false }), instances),
            // Quirk: either of the two overrides the whole header; fixtures/cisco-prime/range-is-overridden-json.http
            (first, size) => {
                Ok(Paging { first: first.unwrap_or(0), size: size.unwrap_or(usual), by_range: false })
            }
        }
    }
}

/// What follows `instances`: `=0-3`. A `Range` of another unit is none at all, RFC 9110 §14.2.
fn instances(rest: &str) -> Result<Paging, Malformed> {
    let wrong =
        || Malformed::new("Range", format!("instances{rest} is no range; expected such as instances=0-3"));
    let (first, last) = rest.strip_prefix('=').and_then(|rest| rest.split_once('-')).ok_or_else(wrong)?;
    let (first, last) = (whole("Range", first, 0), whole("Range", last, 0));
    match (first, last) {
        (Ok(first), Ok(last)) if first <= last => {
            Ok(Paging { first, size: last - first + 1, by_range: true })
        }
        _ => Err(wrong()),
    }
}

/// A whole number that fits into a Java `int`, as those of a page do.
fn whole(name: &str, written: &str, least: u64) -> Result<u64, Malformed> {
    let number = written.trim().parse::<u64>().ok();
    number
        .filter(|number| (least..=i32::MAX.unsigned_abs().into()).contains(number))
        .ok_or_else(|| Malformed::new(name, format!("{written:?} is no number from {least} to {}", i32::MAX)))
}

fn flag(name: &str, written: &str) -> Result<bool, Malformed> {
    match written {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Malformed::new(name, format!("it is {written:?}; expected true or false"))),
    }
}

/// Quirk: a `+` before a name means ascending and, not percent-encoded, arrives as a blank;
/// fixtures/cisco-prime/sort-plus-and-minus-json.http
fn sort(name: &str, written: &str) -> Result<Vec<(String, bool)>, Malformed> {
    let key = |key: &str| {
        let key = key.trim();
        let (attribute, descending) = match key.strip_prefix('-') {
            Some(attribute) => (attribute, true),
            None => (key.strip_prefix('+').unwrap_or(key), false),
        };
        let is_there = !attribute.is_empty();
        is_there
            .then(|| (attribute.to_owned(), descending))
            .ok_or_else(|| Malformed::new(name, format!("there is no attribute in {written:?}")))
    };
    written.split(',').map(key).collect()
}

fn unknown(name: &str) -> Malformed {
    let advice = spelling::advice(name, &NAMES);
    Malformed::new(name, format!("this parameter is not served here; {advice}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: Settings = Settings::DEFAULT;

    fn paging(query: &str, range: Option<&str>) -> Result<(u64, u64, bool), String> {
        Paging::read(query, range, &SETTINGS)
            .map(|paging| (paging.first, paging.size, paging.by_range))
            .map_err(|malformed| malformed.to_string())
    }

    #[test]
    fn a_page_is_told_by_parameters_then_by_the_header_then_by_default() {
        assert_eq!(paging("", None), Ok((0, 100, false)));
        assert_eq!(paging(".firstResult=5", None), Ok((5, 100, false)));
        assert_eq!(paging(".maxResults=7&.firstResult=5", Some("instances=0-3")), Ok((5, 7, false)));
        assert_eq!(paging("", Some("instances=2-5")), Ok((2, 4, true)));
        assert_eq!(paging("", Some("bytes=2-5")), Ok((0, 100, false)));
        assert_eq!(paging(".maxResults=5000", None), Ok((0, 5000, false)));
    }

    #[test]
    fn a_page_that_is_none_is_refused_with_its_place() {
        for query in [
            ".maxResults=0",
            ".maxResults=-1",
            ".firstResult=-1",
            ".firstResult=",
            ".firstResult=1e3",
            ".maxResults=99999999999",
        ] {
            let name = query.split_once('=').unwrap().0;
            assert!(paging(query, None).unwrap_err().starts_with(&format!("{name}: ")), "{query}");
        }
        for range in
            ["instances", "instances=", "instances=3", "instances=3-2", "instances=-3", "instances=0-1,3-4"]
        {
            assert!(paging("", Some(range)).unwrap_err().starts_with("Range: "), "{range}");
        }
    }

    #[test]
    fn controls_are_told_from_conditions() {
        let controls =
            Controls::read(".full=true&.or_filter=true&.nocount=true&.sort=+a,-b,%2Bc&a=1&a=2&_ctx.domain=X")
                .unwrap();
        assert!(controls.full && controls.any && !controls.count);
        let sort = [("a", false), ("b", true), ("c", false)].map(|(name, down)| (name.to_owned(), down));
        assert_eq!(controls.sort, sort);
        assert_eq!(controls.conditions.len(), 2);
    }

    #[test]
    fn a_control_that_is_not_understood_is_refused_with_its_place() {
        for (query, place, problem) in [
            (".ful=true", ".ful", "did you mean .full?"),
            (".group=/a", ".group", "there are .full"),
            ("_docs", "_docs", "there are .full"),
            ("=1", "", "there are .full"),
            (".full=yes", ".full", "expected true or false"),
            (".full=true&.full=false", ".full", "more than once"),
            (".sort=", ".sort", "no attribute"),
            (".sort=a,,b", ".sort", "no attribute"),
            (".sort=-", ".sort", "no attribute"),
            ("a", "a", "there is no value"),
        ] {
            let wrong = Controls::read(query).unwrap_err();
            assert_eq!(wrong.place, place, "{query}");
            assert!(wrong.problem.contains(problem), "{query}: {wrong}");
        }
    }
}
