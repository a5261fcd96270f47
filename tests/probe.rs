//! A dialect's codec asked directly, as the pages of the docs need it: a head in, its echo out. No mount, no socket.

use std::sync::Arc;

use countermand_dialects::{Codec, Dialect, Echo, Head, Origin};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};

/// Opens a request under one of the dialect's own paths, with all switches as they come. `media` is what is sent and
/// wanted.
pub(crate) fn open(
    dialect: &Dialect,
    method: &Method,
    target: &str,
    media: &'static str,
) -> (Arc<dyn Codec>, Echo) {
    let codec = dialect.build(&[]).expect("the defaults are fine");
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let base = dialect.paths.iter().enumerate().filter(|(_, base)| path.starts_with(**base));
    let (base, root) = base.max_by_key(|(_, base)| base.len()).expect("one of its own paths");
    let rest = &path[root.len()..];
    let media = HeaderValue::from_static(media);
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, media.clone()), (ACCEPT, media)]);
    let origin = Origin::new("https", "localhost");
    let head = Head { method, path, base: Some(base), rest, query, headers: &headers, origin: &origin };
    let echo = codec.open(&head);
    (codec, echo)
}
