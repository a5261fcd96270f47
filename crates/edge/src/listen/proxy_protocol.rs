//! The PROXY protocol of HAProxy, versions 1 and 2: what a proxy says of a connection before its first byte
//! (haproxy.org, doc/proxy-protocol.txt). The parsing is the `ppp` crate's; here is how much is read, and no byte more.

use std::io;
use std::net::SocketAddr;

use ppp::{v1, v2};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The first bytes tell the version: version 2 begins with these twelve, and no line of version 1 is shorter.
const SIGNATURE: &[u8] = v2::PROTOCOL_PREFIX;

/// The longest line of version 1, with its end (§2.1).
const LONGEST_LINE: usize = 107;

/// The type of the value that tells of TLS (§2.2.5), and the bit in its first byte that says that the client used it.
const TLS: u8 = 0x20;
const CLIENT_USED_TLS: u8 = 0x01;

/// What the proxy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Proxied {
    /// Who connected to the proxy.
    pub(super) client: SocketAddr,
    /// Where.
    pub(super) server: SocketAddr,
    /// Whether by TLS.
    pub(super) secure: bool,
}

/// Reads the header. `None` where the proxy speaks for itself, such as to see whether we are well.
///
/// # Errors
/// There is no such header, or the connection ends within it.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Proxied>> {
    let mut header = vec![0; SIGNATURE.len()];
    stream.read_exact(&mut header).await?;
    if header == SIGNATURE {
        read_binary(stream, header).await
    } else if header.starts_with(b"PROXY ") {
        read_line(stream, header).await
    } else {
        Err(wrong("it does not begin with a PROXY header"))
    }
}

async fn read_binary(
    stream: &mut (impl AsyncRead + Unpin),
    mut header: Vec<u8>,
) -> io::Result<Option<Proxied>> {
    let mut fixed = [0; 4];
    stream.read_exact(&mut fixed).await?;
    header.extend(fixed);
    let start = header.len();
    header.resize(start + usize::from(u16::from_be_bytes([fixed[2], fixed[3]])), 0);
    stream.read_exact(&mut header[start..]).await?;
    let header =
        v2::Header::try_from(header.as_slice()).map_err(|_| wrong("its PROXY header is malformed"))?;
    let (client, server): (SocketAddr, SocketAddr) = match (header.command, header.addresses) {
        (v2::Command::Proxy, v2::Addresses::IPv4(ip)) => {
            ((ip.source_address, ip.source_port).into(), (ip.destination_address, ip.destination_port).into())
        }
        (v2::Command::Proxy, v2::Addresses::IPv6(ip)) => {
            ((ip.source_address, ip.source_port).into(), (ip.destination_address, ip.destination_port).into())
        }
        (v2::Command::Local, _) | (_, v2::Addresses::Unspecified | v2::Addresses::Unix(_)) => {
            return Ok(None);
        }
    };
    let used_tls = |value: &[u8]| value.first().is_some_and(|bits| bits & CLIENT_USED_TLS != 0);
    let secure = header.tlvs().flatten().any(|value| value.kind == TLS && used_tls(&value.value));
    Ok(Some(Proxied { client, server, secure }))
}

async fn read_line(stream: &mut (impl AsyncRead + Unpin), mut line: Vec<u8>) -> io::Result<Option<Proxied>> {
    // Byte by byte: what follows the line is TLS's or HTTP's.
    while !line.ends_with(b"\r\n") {
        if line.len() == LONGEST_LINE {
            return Err(wrong("its PROXY line does not end"));
        }
        line.push(stream.read_u8().await?);
    }
    let header = v1::Header::try_from(line.as_slice()).map_err(|_| wrong("its PROXY line is malformed"))?;
    let (client, server): (SocketAddr, SocketAddr) = match header.addresses {
        v1::Addresses::Tcp4(ip) => {
            ((ip.source_address, ip.source_port).into(), (ip.destination_address, ip.destination_port).into())
        }
        v1::Addresses::Tcp6(ip) => {
            ((ip.source_address, ip.source_port).into(), (ip.destination_address, ip.destination_port).into())
        }
        v1::Addresses::Unknown => return Ok(None),
    };
    Ok(Some(Proxied { client, server, secure: false }))
}

fn wrong(problem: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use ppp::v2;

    use super::{Proxied, read};

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    async fn check(bytes: &[u8], expected: Result<Option<Proxied>, ()>) {
        // What follows the header is somebody else's.
        let sent = [bytes, b"GET /"].concat();
        let mut rest = sent.as_slice();
        assert_eq!(read(&mut rest).await.map_err(|_| ()), expected, "{}", bytes.escape_ascii());
        if expected.is_ok() {
            assert_eq!(rest, b"GET /", "{}", bytes.escape_ascii());
        }
    }

    #[tokio::test]
    async fn a_line_of_version_1_is_read_and_no_byte_more() {
        let proxied = |client, server| {
            Ok(Some(Proxied { client: address(client), server: address(server), secure: false }))
        };
        check(b"PROXY TCP4 10.1.2.3 10.0.0.1 4711 443\r\n", proxied("10.1.2.3:4711", "10.0.0.1:443")).await;
        check(b"PROXY TCP6 2001:db8::1 ::1 4711 443\r\n", proxied("[2001:db8::1]:4711", "[::1]:443")).await;
        check(b"PROXY UNKNOWN\r\n", Ok(None)).await;
        check(b"PROXY UNKNOWN whatever it is\r\n", Ok(None)).await;
        for wrong in [
            &b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[..],
            b"PROXY TCP4 10.1.2.3\r\n",
            b"PROXY TCP4 10.1.2.3 10.0.0.1 99999 443\r\n",
            b"PROXY ",
        ] {
            check(wrong, Err(())).await;
        }
        check(&[b"PROXY UNKNOWN ".as_slice(), &[b'a'; 200]].concat(), Err(())).await;
    }

    #[tokio::test]
    async fn a_header_of_version_2_is_read_with_what_it_says_of_tls() {
        let addresses = (address("10.1.2.3:4711"), address("10.0.0.1:443"));
        let version = v2::Version::Two | v2::Command::Proxy;
        let header = |tls: Option<u8>| {
            let builder = v2::Builder::with_addresses(version, v2::Protocol::Stream, addresses);
            let builder = match tls {
                Some(bits) => builder.write_tlv(v2::Type::SSL, &[bits, 0, 0, 0, 0]).unwrap(),
                None => builder,
            };
            builder.build().unwrap()
        };
        for (tls, secure) in [(None, false), (Some(0), false), (Some(1), true), (Some(7), true)] {
            let expected = Proxied { client: addresses.0, server: addresses.1, secure };
            check(&header(tls), Ok(Some(expected))).await;
        }
        let local = v2::Builder::with_addresses(
            v2::Version::Two | v2::Command::Local,
            v2::Protocol::Stream,
            addresses,
        );
        check(&local.build().unwrap(), Ok(None)).await;
        let mut cut = header(None);
        cut.truncate(20);
        assert!(read(&mut cut.as_slice()).await.is_err());
        let mut version_3 = header(None);
        version_3[12] = 0x31;
        check(&version_3, Err(())).await;
    }
}
