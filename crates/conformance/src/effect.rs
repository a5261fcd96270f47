//! Whether a case changes anything on the server it is played against, by the dialect's own table of routes. Knows no
//! server.

use countermand_dialects::{Access, Dialect, Head, Origin};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use crate::fixture::{Fixture, Message};

/// Whether any request of the case is of an operation that may change something. What no route is found for counts as
/// changing unless its method is safe (RFC 9110 §9.2.1): on a foreign server it may be something else.
#[must_use]
pub fn changes(fixture: &Fixture) -> bool {
    fixture.exchanges.iter().any(|exchange| request_changes(fixture.dialect, &exchange.request))
}

/// Whether one request may change something.
pub(crate) fn request_changes(dialect: &Dialect, request: &Message) -> bool {
    let method = Method::from_bytes(request.method().as_bytes()).unwrap_or(Method::POST);
    let Ok(uri) = request.target().parse::<Uri>() else { return true };
    let path = uri.path();
    let below = |base: &str| path.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let bases = dialect.paths.iter().enumerate();
    let found =
        bases.filter_map(|(index, base)| Some((index, below(base)?))).min_by_key(|(_, rest)| rest.len());
    let Ok(codec) = dialect.build(&[]) else { return true };
    let headers: HeaderMap = request
        .headers
        .iter()
        .filter_map(|(name, value)| {
            Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?))
        })
        .collect();
    let origin = Origin::new("http", "localhost");
    let echo = codec.open(&Head {
        method: &method,
        path,
        base: found.map(|(index, _)| index),
        rest: found.map_or(path, |(_, rest)| rest),
        query: uri.query(),
        headers: &headers,
        origin: &origin,
    });
    match echo.operation {
        Some(operation) => operation.access == Access::Write,
        None => !method.is_safe(),
    }
}
