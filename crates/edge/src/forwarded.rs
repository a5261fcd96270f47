//! What proxies say of the client: RFC 7239 `Forwarded`, or the `X-Forwarded-*` that were there before it. It believes
//! those it is told to trust, and whom they name, from the nearest one on: what a client wrote itself stands behind the
//! first name that nobody vouches for.

use std::net::{IpAddr, SocketAddr};

use http::header::{FORWARDED, HeaderMap};
use ipnet::IpNet;

/// What is known of the client through proxies. What none of them said is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forwarded {
    /// Its address: the nearest one that is no trusted proxy's.
    pub(crate) client: Option<IpAddr>,
    /// The scheme it used: `http` or `https`.
    pub(crate) scheme: Option<String>,
    /// The host it named, perhaps with a port.
    pub(crate) host: Option<String>,
    /// The port it used, where that is said apart from the host.
    pub(crate) port: Option<u16>,
    /// The path that a proxy took away in front of ours: empty, or beginning with `/` and not ending with one.
    pub(crate) prefix: String,
}

/// What one proxy says of who asked it.
#[derive(Clone, Debug, Default)]
struct Hop {
    client: Option<IpAddr>,
    scheme: Option<String>,
    host: Option<String>,
}

/// Reads the headers of a request that came from `peer`. `Forwarded` beats the `X-Forwarded-*`.
///
/// # Errors
/// A trusted proxy sent what cannot be understood: which header it is.
pub(crate) fn of(headers: &HeaderMap, peer: IpAddr, trusted: &[IpNet]) -> Result<Forwarded, &'static str> {
    let is_trusted =
        |address: IpAddr| trusted.iter().any(|network| network.contains(&address.to_canonical()));
    if !is_trusted(peer) {
        return Ok(Forwarded::default());
    }
    let standard = headers.contains_key(FORWARDED);
    let hops = if standard { forwarded(headers)? } else { x_forwarded_for(headers)? };

    // From the right, which is the nearest: each hop that a trusted proxy wrote, and the last of them is the client's.
    let mut told = Forwarded::default();
    let mut depth = 0;
    for hop in hops.iter().rev() {
        depth += 1;
        told.client = hop.client.or(told.client);
        told.scheme = hop.scheme.clone().or(told.scheme);
        told.host = hop.host.clone().or(told.host);
        if !hop.client.is_some_and(is_trusted) {
            break;
        }
    }
    if !standard {
        let said = |name| at_depth(headers, name, depth);
        told.scheme =
            said("x-forwarded-proto")?.map(|text| scheme(&text, "X-Forwarded-Proto")).transpose()?;
        told.host = said("x-forwarded-host")?;
        let port = said("x-forwarded-port")?;
        told.port = port.map(|text| text.parse().map_err(|_| "X-Forwarded-Port")).transpose()?;
    }
    told.prefix = at_depth(headers, "x-forwarded-prefix", depth)?
        .map(|text| prefix(&text))
        .transpose()?
        .unwrap_or_default();
    Ok(told)
}

/// The value that the proxy wrote which is that many hops away. One that writes a single value for all of them, which
/// is common, means the client.
fn at_depth(headers: &HeaderMap, name: &'static str, depth: usize) -> Result<Option<String>, &'static str> {
    let values = list(headers, name)?;
    let place = values.len().saturating_sub(depth.max(1));
    Ok(values.into_iter().nth(place))
}

/// The members of a header that is a list, over all its lines.
fn list(headers: &HeaderMap, name: &'static str) -> Result<Vec<String>, &'static str> {
    let mut members = Vec::new();
    for line in headers.get_all(name) {
        let line = line.to_str().map_err(|_| name)?;
        members.extend(
            line.split(',').map(|member| member.trim().to_owned()).filter(|member| !member.is_empty()),
        );
    }
    Ok(members)
}

fn x_forwarded_for(headers: &HeaderMap) -> Result<Vec<Hop>, &'static str> {
    let hop = |text: String| Hop { client: node(&text), ..Hop::default() };
    Ok(list(headers, "x-forwarded-for")?.into_iter().map(hop).collect())
}

/// RFC 7239 §4: elements parted by commas, each of pairs parted by semicolons, each value a token or quoted.
fn forwarded(headers: &HeaderMap) -> Result<Vec<Hop>, &'static str> {
    const NAME: &str = "Forwarded";
    let mut hops = Vec::new();
    for line in headers.get_all(FORWARDED) {
        let line = line.to_str().map_err(|_| NAME)?;
        for element in parts(line, ',').ok_or(NAME)? {
            let mut hop = Hop::default();
            for pair in parts(element, ';').ok_or(NAME)?.into_iter().filter(|pair| !pair.is_empty()) {
                let (name, value) = pair.split_once('=').ok_or(NAME)?;
                let value = unquoted(value).ok_or(NAME)?;
                match name.to_ascii_lowercase().as_str() {
                    "for" => hop.client = node(&value),
                    "proto" => hop.scheme = Some(scheme(&value, NAME)?),
                    "host" => hop.host = Some(value),
                    // `by`, and what §5.5 leaves to others.
                    _ => {}
                }
            }
            hops.push(hop);
        }
    }
    Ok(hops)
}

/// The parts of a text between separators that are not within quotes; `None` where a quote does not end.
fn parts(text: &str, separator: char) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (place, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if character == separator && !quoted => {
                parts.push(text[start..place].trim());
                start = place + character.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    (!quoted).then_some(parts)
}

/// A token as it is; a quoted text without its quotes and escapes.
fn unquoted(text: &str) -> Option<String> {
    let Some(inner) = text.strip_prefix('"') else { return (!text.contains('"')).then(|| text.to_owned()) };
    let inner = inner.strip_suffix('"')?;
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        plain.push(if character == '\\' { characters.next()? } else { character });
    }
    Some(plain)
}

/// An address with or without a port; `None` for `unknown`, a name that hides one (§6.3), and anything else.
fn node(text: &str) -> Option<IpAddr> {
    let address = text
        .parse::<SocketAddr>()
        .map(|address| address.ip())
        .or_else(|_| text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text).parse());
    address.ok().map(|address: IpAddr| address.to_canonical())
}

fn scheme(text: &str, header: &'static str) -> Result<String, &'static str> {
    let scheme = text.to_ascii_lowercase();
    if scheme == "http" || scheme == "https" { Ok(scheme) } else { Err(header) }
}

/// A path that can stand in a URL without changing what the rest of it means.
fn prefix(text: &str) -> Result<String, &'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/".contains(&byte);
    let path = text.trim_end_matches('/');
    let is_path =
        path.is_empty() || (path.starts_with('/') && !path.starts_with("//") && path.bytes().all(plain));
    if is_path { Ok(path.to_owned()) } else { Err("X-Forwarded-Prefix") }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::{HeaderName, HeaderValue};

    use super::{Forwarded, of};

    /// Headers as `Name: value` lines, from a trusted peer in 10.0.0.0/8.
    fn read(lines: &[&str]) -> Result<Forwarded, &'static str> {
        read_from("10.0.0.1", lines)
    }

    fn read_from(peer: &str, lines: &[&str]) -> Result<Forwarded, &'static str> {
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = line.split_once(": ").unwrap();
            headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        }
        of(&headers, peer.parse().unwrap(), &["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()])
    }

    fn told(client: &str, scheme: &str, host: &str) -> Result<Forwarded, &'static str> {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let client = some(client).map(|text| text.parse().unwrap());
        Ok(Forwarded { client, scheme: some(scheme), host: some(host), ..Forwarded::default() })
    }

    #[test]
    fn a_stranger_is_not_believed() {
        let lines = ["Forwarded: for=1.2.3.4;proto=https;host=a", "X-Forwarded-Prefix: /evil"];
        assert_eq!(read_from("192.0.2.1", &lines), Ok(Forwarded::default()));
    }

    #[test]
    fn forwarded_is_read_from_the_right_as_far_as_it_is_vouched_for() {
        let check = |line: &str, expected| assert_eq!(read(&[line]), expected, "{line}");
        check(
            "Forwarded: for=192.0.2.60;proto=https;host=prime.example",
            told("192.0.2.60", "https", "prime.example"),
        );
        check("Forwarded: For=\"[2001:db8::17]:4711\"; Proto=HTTPS", told("2001:db8::17", "https", ""));
        check(
            "Forwarded: host=\"prime.example:8443\";for=\"192.0.2.1:80\"",
            told("192.0.2.1", "", "prime.example:8443"),
        );
        // The client wrote the first element itself; a trusted proxy wrote the second.
        check(
            "Forwarded: for=1.1.1.1;host=evil, for=192.0.2.60;proto=https",
            told("192.0.2.60", "https", ""),
        );
        // Two proxies of ours: the outer one knows what the client called us.
        check(
            "Forwarded: for=192.0.2.60;proto=https;host=outer, for=10.0.0.7;proto=http;host=inner",
            told("192.0.2.60", "https", "outer"),
        );
        // The outer one says less: the inner one's word stands.
        check(
            "Forwarded: for=192.0.2.60, for=10.0.0.7;proto=http;host=inner",
            told("192.0.2.60", "http", "inner"),
        );
        check("Forwarded: for=unknown;host=a", told("", "", "a"));
        check("Forwarded: for=_hidden;host=a, for=10.0.0.2", told("10.0.0.2", "", "a"));
        check("Forwarded: for=\"a, b;c=\\\"\";host=a", told("", "", "a"));
    }

    #[test]
    fn the_older_headers_are_read_the_same_way() {
        let check =
            |lines: &[&str], expected: Result<Forwarded, _>| assert_eq!(read(lines), expected, "{lines:?}");
        check(
            &[
                "X-Forwarded-For: 1.1.1.1, 192.0.2.60, 10.0.0.7",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: prime.example",
            ],
            told("192.0.2.60", "https", "prime.example"),
        );
        check(
            &[
                "X-Forwarded-For: 192.0.2.60, 10.0.0.7",
                "X-Forwarded-Proto: https, http",
                "X-Forwarded-Host: outer, inner",
            ],
            told("192.0.2.60", "https", "outer"),
        );
        // The client's own value stands before the proxy's.
        check(
            &["X-Forwarded-For: 192.0.2.60", "X-Forwarded-Host: evil", "X-Forwarded-Host: prime.example"],
            told("192.0.2.60", "", "prime.example"),
        );
        let only = |edit: fn(&mut Forwarded)| {
            let mut forwarded = Forwarded::default();
            edit(&mut forwarded);
            Ok(forwarded)
        };
        check(&["X-Forwarded-Port: 8443"], only(|told| told.port = Some(8443)));
        check(&["X-Forwarded-Prefix: /legacy/"], only(|told| told.prefix = "/legacy".to_owned()));
        // The standard's beats them.
        check(&["X-Forwarded-Host: a", "Forwarded: host=b"], told("", "", "b"));
    }

    #[test]
    fn what_a_trusted_proxy_sends_is_understood_or_refused() {
        for (line, header) in [
            ("Forwarded: for=\"1.2.3.4", "Forwarded"),
            ("Forwarded: for", "Forwarded"),
            ("Forwarded: proto=gopher", "Forwarded"),
            ("X-Forwarded-Proto: javascript", "X-Forwarded-Proto"),
            ("X-Forwarded-Port: 99999", "X-Forwarded-Port"),
            ("X-Forwarded-Prefix: //evil.example", "X-Forwarded-Prefix"),
            ("X-Forwarded-Prefix: /a\"b", "X-Forwarded-Prefix"),
        ] {
            assert_eq!(read(&[line]), Err(header), "{line}");
        }
    }
}
