//! `Authorization: Basic`, RFC 7617. Only reads; whether it is true is another's question.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use countermand_model::{Fault, FaultKind};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};

/// The longest password that is looked at. SHA-crypt takes time in the square of the length, so a header full of
/// password would cost more than the caps on hashes allow.
const LONGEST_PASSWORD: usize = 1024;

/// Old clients forget the padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A name and a password, as they came: `NAME:PASSWORD`. The first colon parts them, so a name has none.
pub(super) struct Credentials {
    joined: String,
    colon: usize,
}

impl Credentials {
    /// The credentials of a request.
    ///
    /// # Errors
    /// `NoCredentials` without the header; `BadCredentials` where it is there twice, of another scheme, or not what
    /// RFC 7617 describes. Text is UTF-8, as our challenge says; control characters are not text (§2).
    pub(super) fn of(headers: &HeaderMap) -> Result<Credentials, Fault> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            return Err(Fault::new(FaultKind::NoCredentials, "Authentication is required."));
        };
        let credentials = if values.next().is_some() { None } else { parse(value) };
        credentials.ok_or_else(bad)
    }

    pub(super) fn name(&self) -> &str {
        &self.joined[..self.colon]
    }

    pub(super) fn password(&self) -> &str {
        &self.joined[self.colon + 1..]
    }

    /// Both, unambiguously.
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.joined.as_bytes()
    }
}

/// The one answer to everything that is wrong with credentials: it does not say what.
pub(super) fn bad() -> Fault {
    Fault::new(FaultKind::BadCredentials, "The user name or the password is wrong.")
}

/// Whether this is the scheme that browsers remember and send by themselves.
pub(crate) fn is_basic(value: Option<&HeaderValue>) -> bool {
    value.is_some_and(|value| token(value).is_some())
}

/// What follows the scheme, where that is Basic. Schemes are compared without case (RFC 9110 §11.1).
fn token(value: &HeaderValue) -> Option<&[u8]> {
    let (scheme, token) = value.as_bytes().split_at_checked(6)?;
    scheme.eq_ignore_ascii_case(b"basic ").then(|| token.trim_ascii())
}

fn parse(value: &HeaderValue) -> Option<Credentials> {
    let decoded = BASE64.decode(token(value)?).ok()?;
    let joined = String::from_utf8(decoded).ok()?;
    let colon = joined.find(':')?;
    let is_text = !joined.contains(char::is_control);
    let is_sane = colon > 0 && joined.len() - colon - 1 <= LONGEST_PASSWORD;
    (is_text && is_sane).then_some(Credentials { joined, colon })
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, Engine};
    use http::HeaderMap;
    use http::header::AUTHORIZATION;

    use super::Credentials;

    fn read(header: &str) -> Option<(String, String)> {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, header.parse().unwrap())]);
        let credentials = Credentials::of(&headers).ok()?;
        Some((credentials.name().to_owned(), credentials.password().to_owned()))
    }

    #[test]
    fn the_examples_of_rfc_7617_are_read() {
        let pair = |name: &str, password: &str| Some((name.to_owned(), password.to_owned()));
        assert_eq!(read("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), pair("Aladdin", "open sesame"));
        assert_eq!(read("basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ"), pair("Aladdin", "open sesame"));
        assert_eq!(read("Basic dGVzdDoxMjPCow=="), pair("test", "123£"));
        assert_eq!(read(&format!("Basic {}", BASE64_STANDARD.encode("ana:a:b"))), pair("ana", "a:b"));
        assert_eq!(read(&format!("Basic {}", BASE64_STANDARD.encode("ana:"))), pair("ana", ""));
    }

    #[test]
    fn anything_else_is_refused() {
        let long = format!("ana:{}", "x".repeat(1025));
        for joined in [&b"no colon"[..], b":nobody", b"ana:\xff", b"ana:a\0b", b"a\nna:x", long.as_bytes()] {
            assert_eq!(read(&format!("Basic {}", BASE64_STANDARD.encode(joined))), None, "{joined:?}");
        }
        for header in ["Basic", "Basic ", "Basic ***", "Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ=="] {
            assert_eq!(read(header), None, "{header}");
        }
    }
}
