//! The scheme and authority the client used, from what it says itself. Trusted proxies and TLS are later issues, so
//! the scheme is `http` unless `public_url` says otherwise.

use countermand_dialects::Origin;
use countermand_model::{Fault, FaultKind};
use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, Version};

use crate::{Local, Settings};

/// The origin of a request, and what is wrong with its `Host`. The origin is always there: the refusal, too, may be
/// full of absolute URLs.
pub(crate) fn of(parts: &Parts, settings: &Settings) -> (Origin, Option<Fault>) {
    let (authority, fault) = match authority(parts) {
        Ok(authority) => (authority, None),
        Err(problem) => (None, Some(Fault::new(FaultKind::Malformed, problem))),
    };
    let origin = settings.public_url.clone().unwrap_or_else(|| {
        let authority = authority.unwrap_or_else(|| ours(parts));
        Origin { scheme: "http".to_owned(), authority }
    });
    (origin, fault)
}

/// What the client calls us; `None` where HTTP/1.0 lets it say nothing.
fn authority(parts: &Parts) -> Result<Option<String>, &'static str> {
    let host = host(&parts.headers)?;
    // RFC 9112 §3.2.2 and RFC 9113 §8.3.1: the target's authority beats `Host`, which must be sound all the same.
    if let Some(authority) = parts.uri.authority() {
        return sound(authority.as_str()).map(Some);
    }
    match host {
        // RFC 9112 §3.2: a request of HTTP/1.1 without Host is answered 400.
        None if parts.version == Version::HTTP_11 => Err("The Host header is missing."),
        None => Ok(None),
        Some(host) => Ok(Some(host)),
    }
}

fn host(headers: &HeaderMap) -> Result<Option<String>, &'static str> {
    let mut hosts = headers.get_all(HOST).iter();
    let Some(host) = hosts.next() else { return Ok(None) };
    if hosts.next().is_some() {
        return Err("There is more than one Host header.");
    }
    host.to_str().map_err(|_| MALFORMED).and_then(sound).map(Some)
}

const MALFORMED: &str = "The Host header is malformed.";

/// A host with an optional port: no user, no path, nothing that would break out of the URLs it is put into.
fn sound(text: &str) -> Result<String, &'static str> {
    let authority: Authority = text.parse().map_err(|_| MALFORMED)?;
    let host = authority.host();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%!$()*+,;=:[]".contains(&byte);
    let port = text.strip_prefix(host).unwrap_or_default();
    let port_is_sound = port.is_empty() || port == ":" || authority.port_u16().is_some();
    let is_sound = !host.is_empty() && host.bytes().all(plain) && !text.contains('@') && port_is_sound;
    if is_sound { Ok(text.to_owned()) } else { Err(MALFORMED) }
}

/// The address the request came in on; a listener that does not tell is on this host.
fn ours(parts: &Parts) -> String {
    let local = parts.extensions.get::<Local>();
    local.map_or_else(|| "localhost".to_owned(), |Local(address)| address.to_string())
}

#[cfg(test)]
mod tests {
    use super::sound;

    #[test]
    fn a_host_is_a_name_or_an_address_with_an_optional_port() {
        for good in ["prime.example", "prime:8080", "10.0.0.1", "[::1]:80", "a", "a_b.example:1"] {
            assert_eq!(sound(good).as_deref(), Ok(good), "{good}");
        }
        for bad in
            ["", "a b", "a/b", "me@prime", "prime:99999", "prime:x", "a\"b", "<a>", "a,b@c", "[::1", "a#"]
        {
            assert!(sound(bad).is_err(), "{bad:?}");
        }
    }
}
