//! Requests against a dialect's table of routes: which row is meant, why none is, and what `Allow` says. The words of
//! a refusal are each dialect's own.

use countermand_model::{Command, FaultKind};
use http::{HeaderValue, Method};

use crate::grammar::{path, query};
use crate::{Echo, Malformed, Operation, Route};

/// A row of the table.
#[derive(Clone, Debug)]
pub struct Hit<'p> {
    /// Its index.
    pub index: usize,
    /// Its operation.
    pub operation: &'static Operation,
    /// What the variable segments of its path took, raw, in order.
    pub taken: Vec<&'p str>,
}

/// Why no row is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Miss {
    /// None has the path.
    Path,
    /// Some have the path, none of them the method.
    Method,
    /// Some have the path and the method, but want another value of a query parameter.
    Selector,
}

impl Miss {
    /// The fault that it is, if the dialect has no other opinion.
    #[must_use]
    pub const fn kind(self) -> FaultKind {
        match self {
            Miss::Path => FaultKind::UnknownRoute,
            Miss::Method => FaultKind::WrongMethod,
            Miss::Selector => FaultKind::Malformed,
        }
    }
}

/// The first row that has this raw path and this method, and whose selector the query meets.
///
/// # Errors
/// What the row that came nearest lacks.
pub fn find<'p, C>(
    routes: &'static [Route<C>],
    path: &'p str,
    method: &Method,
    query: &str,
) -> Result<Hit<'p>, Miss> {
    let selected = |(name, value): (&str, &str)| query::value(query, name).as_deref() == Some(value);
    // The method is the cheapest to ask for, and leaves few rows whose path is to be looked at.
    for (index, Route { operation, .. }) in routes.iter().enumerate() {
        if operation.methods.contains(method)
            && operation.selector.is_none_or(selected)
            && let Some(taken) = path::matches(operation.path, path)
        {
            return Ok(Hit { index, operation, taken });
        }
    }
    Err(nearest(routes, path, method))
}

/// What the row that came nearest lacks, where there is none that has everything.
fn nearest<C>(routes: &'static [Route<C>], path: &str, method: &Method) -> Miss {
    let mut there = at(routes, path).peekable();
    if there.peek().is_none() {
        Miss::Path
    } else if there.any(|hit| hit.operation.methods.contains(method)) {
        Miss::Selector
    } else {
        Miss::Method
    }
}

/// The rows that have this raw path, by whatever method.
pub fn at<'p, C>(routes: &'static [Route<C>], path: &'p str) -> impl Iterator<Item = Hit<'p>> {
    routes.iter().enumerate().filter_map(move |(index, Route { operation, .. })| {
        path::matches(operation.path, path).map(|taken| Hit { index, operation, taken })
    })
}

/// Decodes the requests of a row that no engine is asked for, because it has a document or is refused with its head.
///
/// # Errors
/// Always; and never called.
pub fn unasked<C>(_codec: &C, _echo: &Echo, _body: &[u8]) -> Result<Command, Malformed> {
    Err(Malformed::new("", "this is answered without a command"))
}

/// The value of `Allow`: each method of these operations once, in their order.
///
/// # Panics
/// Never: methods are tokens, and tokens are fit for a header.
pub fn allow(operations: impl IntoIterator<Item = &'static Operation>) -> HeaderValue {
    let mut methods: Vec<&str> = Vec::new();
    for method in operations.into_iter().flat_map(|operation| operation.methods) {
        if !methods.contains(&method.as_str()) {
            methods.push(method.as_str());
        }
    }
    HeaderValue::try_from(methods.join(", ")).expect("methods are tokens")
}
