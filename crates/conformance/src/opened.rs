//! A case's request as its dialect's codec sees it: the head opened, nothing decoded. Knows no server.

use countermand_dialects::{Codec, Dialect, Echo, Head, Origin};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use crate::fixture::Message;

/// What a codec of this dialect takes from the head of a request, at the base that a mount at the dialect's own paths
/// would find; `None` where the request is none of HTTP's.
#[must_use]
pub fn open(dialect: &Dialect, codec: &dyn Codec, request: &Message) -> Option<Echo> {
    let method = Method::from_bytes(request.method().as_bytes()).ok()?;
    let uri = request.target().parse::<Uri>().ok()?;
    let path = uri.path();
    let below = |base: &str| path.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let bases = dialect.paths.iter().enumerate();
    let found =
        bases.filter_map(|(index, base)| Some((index, below(base)?))).min_by_key(|(_, rest)| rest.len());
    let headers: HeaderMap = request
        .headers
        .iter()
        .filter_map(|(name, value)| {
            Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?))
        })
        .collect();
    // A case that is about the host writes it out; elsewhere a placeholder stands for it.
    let host = request.header("host").filter(|host| !host.contains("{{"));
    Some(codec.open(&Head {
        method: &method,
        path,
        base: found.map(|(index, _)| index),
        rest: found.map_or(path, |(_, rest)| rest),
        query: uri.query(),
        headers: &headers,
        origin: &Origin::new("http", host.unwrap_or("localhost")),
    }))
}
