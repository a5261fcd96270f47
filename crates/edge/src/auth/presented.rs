//! What a request says of who asks: a name and a password, or a token. Only reads; whether it is true is another's
//! question.

use countermand_dialects::Scheme;
use countermand_model::{Fault, FaultKind};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};

use super::basic::Credentials;

/// The longest token that is looked at. Ours have 64 characters, a JWT of another system may have a few thousand.
const LONGEST_TOKEN: usize = 8 << 10;

/// What stands in `Authorization`.
pub(super) enum Presented<'h> {
    /// Basic, RFC 7617.
    Password(Credentials),
    /// Bearer, RFC 6750.
    Token(&'h [u8]),
}

impl Presented<'_> {
    /// What the header says; `None` where there is none.
    ///
    /// # Errors
    /// `BadCredentials` where it is there twice, of a scheme that is not one of these, or not what its scheme describes.
    pub(super) fn of<'h>(headers: &'h HeaderMap, schemes: &[Scheme]) -> Result<Option<Presented<'h>>, Fault> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else { return Ok(None) };
        let presented = if values.next().is_some() { None } else { parse(value, schemes) };
        presented.map(Some).ok_or_else(bad)
    }
}

/// The one answer to everything that is wrong with credentials: it does not say what.
pub(super) fn bad() -> Fault {
    Fault::new(FaultKind::BadCredentials, "The user name or the password is wrong.")
}

/// The same of a token.
pub(super) fn bad_token() -> Fault {
    Fault::new(FaultKind::BadCredentials, "The token is not valid here.")
}

/// Whether this is the scheme that browsers remember and send by themselves.
pub(crate) fn is_basic(value: Option<&HeaderValue>) -> bool {
    value.is_some_and(|value| after(Scheme::Basic, value).is_some())
}

/// Whether a token was presented: who gets it wrong is told so in its own words (RFC 6750 §3.1).
pub(crate) fn is_bearer(value: Option<&HeaderValue>) -> bool {
    value.is_some_and(|value| after(Scheme::Bearer, value).is_some())
}

fn parse<'h>(value: &'h HeaderValue, schemes: &[Scheme]) -> Option<Presented<'h>> {
    schemes.iter().find_map(|scheme| {
        let rest = after(*scheme, value)?;
        match scheme {
            Scheme::Basic => Credentials::parse(rest).map(Presented::Password),
            Scheme::Bearer => is_token(rest).then_some(Presented::Token(rest)),
        }
    })
}

/// What follows a scheme, where it is that one. Schemes are compared without case (RFC 9110 §11.1).
fn after(scheme: Scheme, value: &HeaderValue) -> Option<&[u8]> {
    let (name, rest) = value.as_bytes().split_at_checked(scheme.name().len())?;
    let is_it = name.eq_ignore_ascii_case(scheme.name().as_bytes());
    rest.strip_prefix(b" ").filter(|_| is_it).map(<[u8]>::trim_ascii)
}

/// RFC 6750 §2.1 has fewer characters; what matters is that it is one word of a sane length.
fn is_token(text: &[u8]) -> bool {
    (1..=LONGEST_TOKEN).contains(&text.len()) && text.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use countermand_dialects::Scheme;
    use http::HeaderMap;
    use http::header::AUTHORIZATION;

    use super::Presented;

    /// What is read of a header, in one word.
    fn read(header: &str, schemes: &[Scheme]) -> String {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, header.parse().unwrap())]);
        match Presented::of(&headers, schemes) {
            Ok(None) => "nothing".to_owned(),
            Ok(Some(Presented::Password(credentials))) => credentials.name().to_owned(),
            Ok(Some(Presented::Token(token))) => String::from_utf8(token.to_vec()).unwrap(),
            Err(_) => "bad".to_owned(),
        }
    }

    #[test]
    fn each_scheme_is_read_where_the_dialect_has_it() {
        let both = [Scheme::Basic, Scheme::Bearer];
        for (header, with_both, basic_only) in [
            ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "Aladdin"),
            ("Bearer mF_9.B5f-4.1JqM", "mF_9.B5f-4.1JqM", "bad"),
            ("bearer  x ", "x", "bad"),
            ("Bearer", "bad", "bad"),
            ("Bearer ", "bad", "bad"),
            ("Bearer two words", "bad", "bad"),
            ("Bearerx", "bad", "bad"),
            ("Digest username=\"ana\"", "bad", "bad"),
            ("", "bad", "bad"),
        ] {
            assert_eq!(read(header, &both), with_both, "{header}");
            assert_eq!(read(header, &both[..1]), basic_only, "{header}");
        }
        assert_eq!(read(&format!("Bearer {}", "x".repeat(9000)), &both), "bad");
        assert!(matches!(Presented::of(&HeaderMap::new(), &both), Ok(None)));
    }
}
