//! Where in a dialect a request goes, by the paths that the dialects declare. Knows no server.

use std::sync::Arc;

use countermand_dialects::{ALL, Codec, Dialect, Echo, Head, Origin};
use http::{HeaderMap, Method, Uri, header};

/// Where in a dialect a request goes.
pub(super) struct Place {
    pub(super) dialect: &'static Dialect,
    pub(super) echo: Echo,
    pub(super) codec: Arc<dyn Codec>,
    /// What stands before the dialect's own path.
    pub(super) prefix: String,
}

impl Place {
    /// The dialect that a request is in, by the longest of the declared paths that its path continues; of a dialect that
    /// was named, wherever in the path that stands.
    pub(super) fn of(
        named: Option<&Dialect>,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Option<Place> {
        let path = uri.path();
        let below = |path: &str, base: &str| {
            path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let dialects =
            ALL.iter().copied().filter(|dialect| named.is_none_or(|named| named.name == dialect.name));
        let starts =
            path.match_indices('/').map(|(at, _)| at).take(if named.is_some() { usize::MAX } else { 1 });
        let starts: Vec<usize> = starts.collect();
        let declared = dialects.clone().flat_map(|dialect| {
            dialect.paths.iter().enumerate().map(move |(index, base)| (dialect, Some(index), *base))
        });
        let found = declared.flat_map(|(dialect, index, base)| {
            let at = starts.iter().copied().find(|at| below(&path[*at..], base));
            at.map(|at| (dialect, index, at, at + base.len()))
        });
        let found = found.max_by_key(|(_, _, at, end)| end - at);
        let claimed = || {
            let claims = |dialect: &&&Dialect| dialect.claims.is_some_and(|claims| claims(path));
            ALL.iter().find(claims).map(|dialect| (*dialect, None, 0, 0))
        };
        let (dialect, base, at, end) = found.or_else(claimed)?;
        let codec = dialect.build(&[]).ok()?;
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let origin = Origin::new("http", host);
        let echo = codec.open(&Head {
            method,
            path: &path[at..],
            base,
            rest: &path[end..],
            query: uri.query(),
            headers,
            origin: &origin,
        });
        Some(Place { dialect, echo, codec, prefix: path[..at].to_owned() })
    }
}
