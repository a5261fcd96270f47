//! The query of a request, parameter by parameter. An unknown one is refused: `?stat=running` must not list everything.

use std::ops::RangeInclusive;

use countermand_dialects::grammar::query::pairs;

use crate::Problem;
use crate::read::names::{self, DEFAULT_NAMESPACE, did_you_mean};

/// Parameters that are asked for one by one; in the end none may be left.
pub(crate) struct Query {
    given: Vec<(String, String)>,
    asked: Vec<&'static str>,
}

impl Query {
    /// The parameters of a raw query.
    pub(crate) fn of(raw: Option<&str>) -> Query {
        Query { given: pairs(raw.unwrap_or_default()), asked: Vec::new() }
    }

    /// A parameter as text.
    ///
    /// # Errors
    /// 400 when it is there twice.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, Problem> {
        self.asked.push(name);
        let Some(at) = self.given.iter().position(|(given, _)| given == name) else { return Ok(None) };
        let (_, value) = self.given.remove(at);
        if self.given.iter().any(|(given, _)| given == name) {
            return Err(Problem::malformed(format!("?{name}= is there twice")));
        }
        Ok(Some(value))
    }

    /// A parameter that a function reads, saying what is wrong in a sentence.
    pub(crate) fn parsed<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Problem> {
        self.text(name)?
            .map(|text| read(&text).map_err(|why| Problem::malformed(format!("?{name}=: {why}"))))
            .transpose()
    }

    /// A whole number in a range.
    pub(crate) fn number(
        &mut self,
        name: &'static str,
        range: RangeInclusive<i64>,
    ) -> Result<Option<i64>, Problem> {
        self.parsed(name, |text| {
            let number = text.parse().ok().filter(|number| range.contains(number));
            number.ok_or_else(|| format!("a whole number from {} to {}", range.start(), range.end()))
        })
    }

    /// A sequence number to continue from.
    pub(crate) fn after(&mut self) -> Result<Option<u64>, Problem> {
        Ok(self.number("after", 0..=i64::MAX)?.map(i64::unsigned_abs))
    }

    /// How many entries a page has at most: 100 where nothing is said, 1000 at most.
    pub(crate) fn limit(&mut self) -> Result<u64, Problem> {
        Ok(self.number("limit", 1..=1000)?.map_or(100, i64::unsigned_abs))
    }

    /// `true` or `false`; absent is `false`.
    pub(crate) fn flag(&mut self, name: &'static str) -> Result<bool, Problem> {
        let read = |text: &str| text.parse().map_err(|_| "true or false".to_owned());
        Ok(self.parsed(name, read)?.unwrap_or(false))
    }

    /// The namespace, where one is named.
    pub(crate) fn named_namespace(&mut self) -> Result<Option<String>, Problem> {
        self.parsed("namespace", names::namespace)
    }

    /// The namespace.
    pub(crate) fn namespace(&mut self) -> Result<String, Problem> {
        Ok(self.named_namespace()?.unwrap_or_else(|| DEFAULT_NAMESPACE.to_owned()))
    }

    /// # Errors
    /// 400 with the nearest name when a parameter is left that nobody asked for.
    pub(crate) fn finish(&mut self) -> Result<(), Problem> {
        match self.given.first() {
            None => Ok(()),
            Some((name, _)) => {
                let hint = did_you_mean(name, self.asked.iter().copied());
                Err(Problem::malformed(format!("there is no parameter `{name}` here{hint}")))
            }
        }
    }
}
