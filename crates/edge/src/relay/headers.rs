//! The headers of a message on its way through: what belongs to the connection stays there, what is left keeps its
//! order, and the legacy server is told whom it talks to. Knows nothing of bodies.

use std::net::IpAddr;

use countermand_upstream::Connection;
use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, EXPECT, FORWARDED, HOST, HeaderMap, HeaderName,
    HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, SET_COOKIE, TE, TRANSFER_ENCODING, UPGRADE, VIA,
};

use super::framing::{self, Length};
use crate::origin::{Arrival, in_words};
use crate::request_id::X_REQUEST_ID;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// What we are in `Via` (RFC 9110 §7.6.3): the version we were spoken to in, and a name that tells nothing of hosts.
const VIA_US: HeaderValue = HeaderValue::from_static("1.1 countermand");

/// How many headers of our own a request gets at most.
const OURS: usize = 9;

/// Who asks, for the headers that say so.
pub(super) struct Teller<'a> {
    /// The client and the URL it used, as far as trusted proxies and the connection say.
    pub(super) arrival: &'a Arrival,
    /// What the mount takes away in front of the path, with what proxies took away before.
    pub(super) prefix: &'a str,
    /// The request's id.
    pub(super) request_id: &'a str,
}

/// What is not as the client wrote it.
#[derive(Default)]
pub(super) struct Edits {
    /// What the legacy server is called instead.
    pub(super) host: Option<HeaderValue>,
    /// Credentials in place of the client's own.
    pub(super) credentials: Option<HeaderValue>,
    /// The client's cookies on one line, where it wrote several.
    pub(super) cookies: Option<HeaderValue>,
    /// Whether the client waits to be told to send its body.
    pub(super) expects: bool,
}

/// RFC 9113 §8.2.3: clients of HTTP/2 may write each cookie on a line of its own, which servers before it do not know. `None`
/// where there is nothing to join.
pub(super) fn cookies(headers: &HeaderMap) -> Option<HeaderValue> {
    let lines: Vec<&[u8]> = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if lines.len() < 2 {
        return None;
    }
    let mut joined = HeaderValue::from_bytes(&lines.join(&b"; "[..])).ok()?;
    joined.set_sensitive(true);
    Some(joined)
}

/// On which connection a request goes. Whoever logs in by NTLM, or by Negotiate where that is NTLM, has logged in for all
/// that follows on the connection: it must be nobody else's.
pub(super) fn connection(headers: &HeaderMap) -> Connection {
    let mut lines = headers.get_all(AUTHORIZATION).iter().map(HeaderValue::as_bytes);
    let is_bound = |line: &[u8]| {
        let scheme = line.split(|byte| *byte == b' ').next().unwrap_or_default();
        scheme.eq_ignore_ascii_case(b"ntlm") || scheme.eq_ignore_ascii_case(b"negotiate")
    };
    if lines.any(is_bound) { Connection::Fresh } else { Connection::Kept }
}

/// What of a request's headers goes on, and what the legacy server is told besides.
pub(super) fn of_request(headers: &HeaderMap, edits: Edits, teller: &Teller<'_>) -> HeaderMap {
    let Edits { host, credentials, cookies, expects } = edits;
    let mut kept = end_to_end(headers, OURS, |name| match *name {
        COOKIE => credentials.is_none(),
        EXPECT => expects,
        _ => !is_told(name),
    });
    // Each in the place where the client wrote its own.
    if let Some(host) = host {
        kept.insert(HOST, host);
    }
    if let (Some(cookies), None) = (cookies, &credentials) {
        kept.insert(COOKIE, cookies);
    }
    if let Some(credentials) = credentials {
        kept.insert(AUTHORIZATION, credentials);
    }
    if accepts_trailers(headers) {
        kept.insert(TE, HeaderValue::from_static("trailers"));
        // RFC 9110 §10.1.4: it belongs to the connection, which says so.
        kept.insert(CONNECTION, HeaderValue::from_static("TE"));
    }
    kept.append(VIA, VIA_US);
    tell(&mut kept, teller);
    kept
}

/// What of an answer's headers goes on; or why it is none. `is_ours`: it is one to credentials of our own.
pub(super) fn of_response(headers: &HeaderMap, is_ours: bool) -> Result<HeaderMap, &'static str> {
    let length = framing::length(headers)?;
    // One more for the request id.
    let mut kept = end_to_end(headers, 1, |name| match *name {
        CONTENT_LENGTH => length != Length::Untold,
        // Whoever has it is let in as we are.
        SET_COOKIE => !is_ours,
        _ => true,
    });
    if let Length::Once(length) = length {
        // In the place of the first.
        kept.insert(CONTENT_LENGTH, length);
    }
    Ok(kept)
}

/// RFC 9110 §7.6.1: everything but what belongs to the connection, which are the headers named here and those that
/// `Connection` names. `HeaderMap` keeps the order of distinct names, as long as nothing is removed from it.
fn end_to_end(headers: &HeaderMap, more: usize, keeps: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    let named: Vec<&str> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|names| names.split(',').map(str::trim))
        .collect();
    let mut kept = HeaderMap::with_capacity(headers.keys_len() + more);
    for (name, value) in headers {
        let is_named = named.iter().any(|named| named.eq_ignore_ascii_case(name.as_str()));
        // A client that names the host would have it removed after it was looked at.
        if !is_hop(name) && (!is_named || *name == HOST) && keeps(name) {
            kept.append(name, value.clone());
        }
    }
    kept
}

/// `Upgrade` with it: nothing is upgraded through here, and RFC 9110 §7.8 lets a server pass over the wish. `Trailer` is
/// not of these, nor is `Expect`.
fn is_hop(name: &HeaderName) -> bool {
    matches!(*name, CONNECTION | PROXY_AUTHENTICATE | PROXY_AUTHORIZATION | TE | TRANSFER_ENCODING | UPGRADE)
        || matches!(name.as_str(), "keep-alive" | "proxy-connection")
}

/// Whether a header is one in which proxies tell of the client: ours replace them all, so that nothing which a stranger
/// wrote reaches a server that believes us.
fn is_told(name: &HeaderName) -> bool {
    const STEM: &[u8] = b"x-forwarded-";
    // To programs behind CGI, WSGI and their like a hyphen and an underscore are the same.
    let same = |(is, wanted): (&u8, &u8)| is == wanted || (*is == b'_' && *wanted == b'-');
    let stem = name.as_str().as_bytes().get(..STEM.len());
    *name == FORWARDED || stem.is_some_and(|stem| stem.iter().zip(STEM).all(same))
}

fn accepts_trailers(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(TE).iter().filter_map(|value| value.to_str().ok());
    codings
        .flat_map(|codings| codings.split(','))
        .any(|coding| coding.trim().eq_ignore_ascii_case("trailers"))
}

/// Who asked and by which URL, in the standard's words and in those that were there before it. One element, and not one
/// more: who is believed was decided here, and behind us only this counts.
fn tell(headers: &mut HeaderMap, teller: &Teller<'_>) {
    let Teller { arrival: Arrival { origin, client, .. }, prefix, request_id } = teller;
    let address = client.map(in_words);
    // RFC 7239 §6: an IPv6 address stands in brackets and quotes.
    let (open, close) = if matches!(client, Some(IpAddr::V6(_))) { ("\"[", "]\"") } else { ("", "") };
    let known = address.as_deref().unwrap_or("unknown");
    let parts = ["for=", open, known, close, ";host=\"", &origin.authority, "\";proto=", &origin.scheme];
    // The texts are addresses, hosts that were checked and ids of visible ASCII.
    let value = |text: String| HeaderValue::try_from(text).ok();
    let host = headers.get(HOST).filter(|host| *host == origin.authority.as_str()).cloned();
    let scheme = match origin.scheme.as_str() {
        "http" => Some(HeaderValue::from_static("http")),
        "https" => Some(HeaderValue::from_static("https")),
        other => value(other.to_owned()),
    };
    let prefix = Some(*prefix).filter(|prefix| !prefix.is_empty());
    let told = [
        (FORWARDED, value(parts.concat())),
        (X_FORWARDED_FOR, address.and_then(value)),
        (X_FORWARDED_HOST, host.or_else(|| value(origin.authority.clone()))),
        (X_FORWARDED_PROTO, scheme),
        (X_FORWARDED_PREFIX, prefix.map(str::to_owned).and_then(value)),
        (X_REQUEST_ID, value((*request_id).to_owned())),
    ];
    for (name, value) in told {
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use countermand_dialects::Origin;
    use http::header::{HeaderMap, HeaderName, HeaderValue};

    use super::{Edits, Teller, of_request, of_response};
    use crate::origin::Arrival;

    fn map(lines: &[&str]) -> HeaderMap {
        let pair = |line: &&str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())
        };
        let mut map = HeaderMap::new();
        for (name, value) in lines.iter().map(pair) {
            map.append(name, value);
        }
        map
    }

    fn lines(headers: &HeaderMap) -> Vec<String> {
        headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect()
    }

    fn asked(headers: &[&str], client: &str) -> Vec<String> {
        let arrival = Arrival {
            origin: Origin::new("https", "prime.example:8443"),
            client: client.parse::<IpAddr>().ok(),
            refusal: None,
        };
        let teller = Teller { arrival: &arrival, prefix: "/vp", request_id: "run-15" };
        lines(&of_request(&map(headers), Edits::default(), &teller))
    }

    #[test]
    fn what_belongs_to_the_connection_stays_there_and_the_rest_keeps_its_order() {
        let headers = map(&[
            "server: Apache",
            "connection: close, X-Hop",
            "content-type: a/b",
            "x-hop: 1",
            "keep-alive: timeout=5",
            "set-cookie: a=1",
            "upgrade: h2c",
            "transfer-encoding: chunked",
            "x-last: 1",
            "set-cookie: b=2",
            "trailer: x-sum",
        ]);
        let kept = [
            "server: Apache",
            "content-type: a/b",
            "set-cookie: a=1",
            "set-cookie: b=2",
            "x-last: 1",
            "trailer: x-sum",
        ];
        assert_eq!(lines(&of_response(&headers, false).unwrap()), kept);
    }

    #[test]
    fn the_legacy_server_is_told_who_asks_and_nothing_that_the_client_made_up() {
        let told = asked(
            &[
                "host: prime.example",
                "x-forwarded-for: 1.1.1.1",
                "accept: a/b",
                "forwarded: for=1.1.1.1",
                "via: 1.0 squid",
                "x-forwarded-port: 1",
                "connection: host, authorization",
                "te: gzip, Trailers",
            ],
            "2001:db8::7",
        );
        let expected = [
            "host: prime.example",
            "accept: a/b",
            "via: 1.0 squid",
            "via: 1.1 countermand",
            "te: trailers",
            "connection: TE",
            "forwarded: for=\"[2001:db8::7]\";host=\"prime.example:8443\";proto=https",
            "x-forwarded-for: 2001:db8::7",
            "x-forwarded-host: prime.example:8443",
            "x-forwarded-proto: https",
            "x-forwarded-prefix: /vp",
            "x-request-id: run-15",
        ];
        assert_eq!(told, expected);
        assert!(
            asked(&[], "nobody")
                .contains(&"forwarded: for=unknown;host=\"prime.example:8443\";proto=https".to_owned())
        );
    }
}
