//! An entry of an archive as an exchange on the wire. What cannot be one is refused with the reason, which quotes nothing
//! of the entry.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use countermand_dialects::ALL;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};

use crate::har::{Content, Entry, Pair, PostData};
use crate::record::{Answered, Asked, LONGEST_BODY};

/// What stands for credentials that the archive does not have. Nobody writes them anywhere: a caller is told from others
/// by them.
const SOMEBODY: HeaderValue = HeaderValue::from_static("somebody");

/// A request and its answer.
pub(super) struct Exchange {
    pub(super) asked: Asked,
    pub(super) answered: Answered,
}

impl Exchange {
    /// The exchange of an entry that goes there. `is_stripped`: nothing in the archive says who asks.
    pub(super) fn of(entry: Entry, method: Method, uri: Uri, is_stripped: bool) -> Result<Exchange, String> {
        let Entry { request, response, .. } = entry;
        if response.status == 304 {
            return Err("a 304 stands for an answer that the browser had before".to_owned());
        }
        let status = StatusCode::from_u16(response.status).ok().filter(|status| status.as_u16() >= 200);
        let status = status.ok_or("there is no answer")?;
        // Of `user:password@host` the last part only.
        let host = uri.authority().and_then(|authority| authority.as_str().rsplit('@').next());
        let host =
            HeaderValue::try_from(host.unwrap_or_default()).map_err(|_| "its URL is not understood")?;
        let mut headers = map(&request.headers);
        headers.insert(header::HOST, host);
        if status != StatusCode::UNAUTHORIZED {
            sign(&mut headers, is_stripped);
        }
        if let Some(body) = &request.post_data {
            name_media(&mut headers, &body.mime_type);
        }
        let body = request.post_data.map_or(Ok(Vec::new()), sent)?;
        let asked = Asked { method, uri, headers, body: within_limit(body) };
        let mut headers = map(&response.headers);
        name_media(&mut headers, &response.content.mime_type);
        // An archive has what was compressed as it was before.
        headers.remove(header::CONTENT_ENCODING);
        let body = came(response.content)?;
        let answered = Answered { status, headers, body: within_limit(body) };
        Ok(Exchange { asked, answered })
    }
}

/// Where the request of an entry goes.
pub(super) fn target(entry: &Entry) -> Result<(Method, Uri), String> {
    let method = Method::from_bytes(entry.request.method.as_bytes()).map_err(|_| "its method is none")?;
    let url = entry.request.url.split('#').next().unwrap_or_default();
    let uri: Uri = url.parse().map_err(|_| "its URL is not understood")?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err("its URL is not one of HTTP".to_owned());
    }
    Ok((method, uri))
}

/// Headers that can be sent; names like `:authority`, which HTTP/2 has, are none.
fn map(headers: &[Pair]) -> HeaderMap {
    let pair = |header: &Pair| {
        let name = HeaderName::try_from(header.name.as_str()).ok()?;
        Some((name, HeaderValue::try_from(header.value.as_str()).ok()?))
    };
    headers.iter().filter_map(pair).collect()
}

/// Says what a body is where only the archive does: some tools leave headers out.
fn name_media(headers: &mut HeaderMap, media: &str) {
    if let Ok(media) = HeaderValue::try_from(media)
        && !media.is_empty()
        && !headers.contains_key(header::CONTENT_TYPE)
    {
        headers.insert(header::CONTENT_TYPE, media);
    }
}

/// Names a caller where a request was let in and does not say by what: by a cookie that no dialect knows, or by what the
/// browser has left out.
fn sign(headers: &mut HeaderMap, is_stripped: bool) {
    if headers.contains_key(header::AUTHORIZATION) {
        return;
    }
    let cookies: Vec<_> = headers.get_all(header::COOKIE).iter().cloned().collect();
    let is_session = |cookie: &HeaderValue| {
        let text = cookie.to_str().unwrap_or_default();
        ALL.iter().filter_map(|dialect| dialect.session).any(|session| text.contains(session.name))
    };
    if is_stripped || !cookies.is_empty() && !cookies.iter().any(is_session) {
        headers.insert(header::AUTHORIZATION, SOMEBODY);
    }
}

fn sent(body: PostData) -> Result<Vec<u8>, String> {
    let is_empty_form = body.mime_type.is_empty();
    match body.text {
        Some(text) => Ok(text.into_bytes()),
        None if is_empty_form => Ok(Vec::new()),
        None => Err("the request's body was not saved as text".to_owned()),
    }
}

fn came(content: Content) -> Result<Vec<u8>, String> {
    match (content.text, content.encoding.as_deref()) {
        (Some(text), None | Some("")) => Ok(text.into_bytes()),
        (Some(text), Some("base64")) => {
            BASE64_STANDARD.decode(text).map_err(|_| "the answer's body is no base64".to_owned())
        }
        (Some(_), Some(_)) => Err("the answer's body is encoded, and not as base64".to_owned()),
        (None, _) if content.size > 0 => Err("the answer's body was not saved".to_owned()),
        (None, _) => Ok(Vec::new()),
    }
}

/// `None`, which a recording refuses, where it is longer than it may be.
fn within_limit(body: Vec<u8>) -> Option<Bytes> {
    (body.len() <= LONGEST_BODY).then(|| body.into())
}
