//! Who we are to a server: the value of `Authorization`. Where the secrets come from is not known here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

/// RFC 7617: a name without a colon, and a password, in UTF-8. Marked as sensitive, so that no log shows it.
///
/// # Errors
/// What is wrong with the name.
pub fn basic(user: &str, password: &str) -> Result<HeaderValue, String> {
    if user.contains(':') || user.chars().any(char::is_control) {
        return Err(format!("{user:?} cannot be a user's name: it has a colon or a control character"));
    }
    let encoded = STANDARD.encode(format!("{user}:{password}"));
    Ok(sensitive(&format!("Basic {encoded}")).expect("base64 is visible ASCII"))
}

/// RFC 6750: a token. Marked as sensitive.
///
/// # Errors
/// It has characters that no header carries. It is not quoted.
pub fn bearer(token: &str) -> Result<HeaderValue, String> {
    let fits = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    let value = fits.then(|| sensitive(&format!("Bearer {token}"))).flatten();
    value.ok_or_else(|| "the token is empty or has characters that no header carries".to_owned())
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_headers_that_no_log_shows() {
        let value = basic("ana", "ö:s").unwrap();
        assert_eq!(value, "Basic YW5hOsO2OnM=");
        assert!(value.is_sensitive() && bearer("t0ken").unwrap().is_sensitive());
        assert!(basic("a:b", "x").is_err() && bearer("two words").is_err() && bearer("").is_err());
    }
}
