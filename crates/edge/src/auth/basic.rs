//! What follows `Authorization: Basic`, RFC 7617. Only reads; whether it is true is another's question.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

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
    /// Reads what follows the scheme. Text is UTF-8, as our challenge says; control characters are not text (§2).
    pub(super) fn parse(token: &[u8]) -> Option<Credentials> {
        let decoded = BASE64.decode(token).ok()?;
        let joined = String::from_utf8(decoded).ok()?;
        let colon = joined.find(':')?;
        let is_text = !joined.contains(char::is_control);
        let is_sane = colon > 0 && joined.len() - colon - 1 <= LONGEST_PASSWORD;
        (is_text && is_sane).then_some(Credentials { joined, colon })
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

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, Engine};

    use super::Credentials;

    fn read(token: &str) -> Option<(String, String)> {
        let credentials = Credentials::parse(token.as_bytes())?;
        Some((credentials.name().to_owned(), credentials.password().to_owned()))
    }

    #[test]
    fn the_examples_of_rfc_7617_are_read() {
        let pair = |name: &str, password: &str| Some((name.to_owned(), password.to_owned()));
        assert_eq!(read("QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), pair("Aladdin", "open sesame"));
        assert_eq!(read("QWxhZGRpbjpvcGVuIHNlc2FtZQ"), pair("Aladdin", "open sesame"));
        assert_eq!(read("dGVzdDoxMjPCow=="), pair("test", "123£"));
        assert_eq!(read(&BASE64_STANDARD.encode("ana:a:b")), pair("ana", "a:b"));
        assert_eq!(read(&BASE64_STANDARD.encode("ana:")), pair("ana", ""));
    }

    #[test]
    fn anything_else_is_refused() {
        let long = format!("ana:{}", "x".repeat(1025));
        for joined in [&b"no colon"[..], b":nobody", b"ana:\xff", b"ana:a\0b", b"a\nna:x", long.as_bytes()] {
            assert_eq!(read(&BASE64_STANDARD.encode(joined)), None, "{joined:?}");
        }
        for token in ["", "***"] {
            assert_eq!(read(token), None, "{token}");
        }
    }
}
