//! What is known of a request that no answer came to. The one question that matters is whether anything of it was sent.

use std::error::Error;
use std::fmt;
use std::io;

/// A request without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoAnswer {
    /// Whether not one byte of the request was given to a connection. Where that cannot be proved, this is false.
    pub unsent: bool,
    /// What kept the answer away.
    pub cause: Cause,
    /// The same in words, for the log. Names the server's address; not for strangers.
    pub why: String,
}

/// What kept an answer away. RFC 9209 has a word for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The request cannot be sent to anybody: its path leaves the server's URL.
    Target,
    /// The server's name has no address.
    Name,
    /// Nobody listens there.
    Refused,
    /// No connection was there in time.
    ConnectTimeout,
    /// The handshake of TLS failed, or the server could not be trusted.
    Tls,
    /// No connection could be made, for another reason.
    Connect,
    /// The connection ended before the answer had begun.
    Cut,
    /// What came was not HTTP/1.
    NotHttp,
    /// The answer had not begun in time.
    Late,
}

impl Cause {
    /// RFC 9209 §2.3: the `error` of `Proxy-Status`.
    #[must_use]
    pub const fn proxy_status(self) -> &'static str {
        match self {
            Cause::Target => "http_request_error",
            Cause::Name => "dns_error",
            Cause::Refused => "connection_refused",
            Cause::ConnectTimeout => "connection_timeout",
            Cause::Tls => "tls_protocol_error",
            Cause::Connect => "destination_unavailable",
            Cause::Cut => "connection_terminated",
            Cause::NotHttp => "http_protocol_error",
            Cause::Late => "http_response_timeout",
        }
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl Error for NoAnswer {}

impl NoAnswer {
    /// No connection could be made.
    pub(crate) fn unconnected(error: &(dyn Error + 'static)) -> NoAnswer {
        let cause = causes(error).find_map(known).unwrap_or(Cause::Connect);
        NoAnswer { unsent: true, cause, why: told(error) }
    }

    /// The connection ended before an answer had begun.
    pub(crate) fn broken(error: &hyper::Error, unsent: bool) -> NoAnswer {
        let cause = if error.is_parse() { Cause::NotHttp } else { Cause::Cut };
        NoAnswer { unsent, cause, why: told(error) }
    }
}

/// What keeps a connection away, where the error is one that says so.
fn known(error: &(dyn Error + 'static)) -> Option<Cause> {
    if error.is::<rustls::Error>() {
        return Some(Cause::Tls);
    }
    // The resolver's error has no type of its own.
    if error.to_string().starts_with("dns error") {
        return Some(Cause::Name);
    }
    match error.downcast_ref::<io::Error>()?.kind() {
        io::ErrorKind::ConnectionRefused => Some(Cause::Refused),
        io::ErrorKind::TimedOut => Some(Cause::ConnectTimeout),
        _ => None,
    }
}

fn told(error: &(dyn Error + 'static)) -> String {
    let texts: Vec<String> = causes(error).map(ToString::to_string).collect();
    texts.join(": ")
}

/// An error and what is behind it. An `io::Error` that wraps another error does not name it as its source.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| next(*error))
}

fn next<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}
