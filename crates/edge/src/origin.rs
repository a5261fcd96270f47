//! The scheme and authority the client used, and who it is: from what it says itself, what trusted proxies say of it, and
//! the connection.

use std::net::{IpAddr, SocketAddr};

use countermand_dialects::Origin;
use countermand_model::{Fault, FaultKind};
use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;
use http::{Extensions, HeaderMap, Version};

use crate::forwarded::{self, Forwarded};
use crate::{Local, Settings};

/// Where a request came from and what it was meant for.
pub(crate) struct Arrival {
    /// What URLs in answers begin with. Always there: a refusal, too, may be full of absolute URLs.
    pub(crate) origin: Origin,
    /// The client's address, as far as it is known.
    pub(crate) client: Option<IpAddr>,
    /// What is wrong with the request's `Host`, or with what a trusted proxy says.
    pub(crate) refusal: Option<Fault>,
}

impl Arrival {
    pub(crate) fn of(parts: &Parts, extensions: &Extensions, settings: &Settings) -> Arrival {
        let peer = extensions.get::<SocketAddr>().map(|address| address.ip().to_canonical());
        let mut problem = None;
        let told = peer.map(|peer| forwarded::of(&parts.headers, peer, &settings.trusted_proxies));
        let told = told.transpose().unwrap_or_else(|header| {
            problem = Some(format!("The {header} header is malformed."));
            None
        });
        let told = told.unwrap_or_default();
        let host = authority(parts).and_then(|named| match &told.host {
            Some(host) => sound(host).map(Some),
            None => Ok(named),
        });
        let host = host.unwrap_or_else(|malformed| {
            problem = Some(malformed.to_owned());
            None
        });
        let local = extensions.get::<Local>();
        let refusal = problem.map(|problem| Fault::new(FaultKind::Malformed, problem));
        Arrival { origin: origin(host, &told, local, settings), client: told.client.or(peer), refusal }
    }
}

/// An address as text. Every call has one, so the usual kind is not left to the machinery of formats.
pub(crate) fn in_words(address: IpAddr) -> String {
    let IpAddr::V4(address) = address else { return address.to_string() };
    let mut text = String::with_capacity("255.255.255.255".len());
    for (place, octet) in address.octets().into_iter().enumerate() {
        if place > 0 {
            text.push('.');
        }
        for (value, least) in [(octet / 100, 100), (octet / 10 % 10, 10), (octet % 10, 0)] {
            if octet >= least {
                text.push(char::from(b'0' + value));
            }
        }
    }
    text
}

fn origin(host: Option<String>, told: &Forwarded, local: Option<&Local>, settings: &Settings) -> Origin {
    let prefix = told.prefix.clone();
    if let Some(public) = &settings.public_url {
        return Origin { prefix, ..public.clone() };
    }
    let secure = local.is_some_and(|local| local.secure);
    let scheme = told.scheme.clone().unwrap_or_else(|| if secure { "https" } else { "http" }.to_owned());
    // A listener that does not tell is on this host.
    let ours = || local.map_or_else(|| "localhost".to_owned(), |local| local.address.to_string());
    let mut authority = host.unwrap_or_else(ours);
    let usual = if scheme == "https" { 443 } else { 80 };
    if let Some(port) = told.port.filter(|port| *port != usual) {
        let names_port = authority.parse::<Authority>().is_ok_and(|authority| authority.port().is_some());
        if !names_port {
            authority = format!("{authority}:{port}");
        }
    }
    Origin { scheme, authority, prefix }
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
    if is_usual(text) {
        return Ok(text.to_owned());
    }
    let authority: Authority = text.parse().map_err(|_| MALFORMED)?;
    let host = authority.host();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%!$()*+,;=:[]".contains(&byte);
    let port = text.strip_prefix(host).unwrap_or_default();
    let port_is_sound = port.is_empty() || port == ":" || authority.port_u16().is_some();
    let is_sound = !host.is_empty() && host.bytes().all(plain) && !text.contains('@') && port_is_sound;
    if is_sound { Ok(text.to_owned()) } else { Err(MALFORMED) }
}

/// Whether it is what nearly every client writes: then the rest need not be asked.
fn is_usual(text: &str) -> bool {
    let (name, port) = text.split_once(':').unwrap_or((text, "0"));
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::{in_words, sound};

    #[test]
    fn an_address_reads_as_the_standard_library_writes_it() {
        for octet in 0..=255 {
            let address = std::net::Ipv4Addr::new(octet, 255 - octet, 0, octet);
            assert_eq!(in_words(address.into()), address.to_string());
        }
        assert_eq!(in_words("2001:db8::7".parse().unwrap()), "2001:db8::7");
    }

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
