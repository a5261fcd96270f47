//! Who a case's users are on a target: names and passwords that are never shown.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;

use crate::fixture::User;

/// The `Authorization` headers of the users of fixtures.
#[derive(Clone, Default)]
pub struct Credentials {
    operator: Option<HeaderValue>,
    reader: Option<HeaderValue>,
    wrong: Option<HeaderValue>,
}

impl Credentials {
    /// From `NAME:PASSWORD` of who may write, and of who may only read.
    ///
    /// # Errors
    /// A sentence, without the password, where one of them is not of that form.
    pub fn basic(operator: Option<&str>, reader: Option<&str>) -> Result<Credentials, String> {
        let header = |pair: &str| {
            pair.split_once(':')
                .filter(|(name, _)| !name.is_empty())
                .ok_or("write a user as NAME:PASSWORD")?;
            let mut value = HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(pair)))
                .map_err(|_| "the user cannot stand in a header")?;
            value.set_sensitive(true);
            Ok::<_, String>(value)
        };
        // A password that is longer than the right one is not the right one.
        let wrong = operator.map(|pair| format!("{pair}-and-wrong"));
        Ok(Credentials {
            operator: operator.map(header).transpose()?,
            reader: reader.map(header).transpose()?,
            wrong: wrong.as_deref().map(header).transpose()?,
        })
    }

    /// The header of a user; `None` where there is none, which for [`User::None`] is as it should be.
    #[must_use]
    pub fn of(&self, user: User) -> Option<HeaderValue> {
        match user {
            User::Operator => self.operator.clone(),
            User::Reader => self.reader.clone(),
            User::Wrong => self.wrong.clone(),
            User::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_headers_and_secrets_are_not_shown() {
        let credentials = Credentials::basic(Some("operator:se:cret"), None).unwrap();
        assert_eq!(credentials.of(User::Operator).unwrap(), "Basic b3BlcmF0b3I6c2U6Y3JldA==");
        assert_ne!(credentials.of(User::Wrong), credentials.of(User::Operator));
        assert_eq!((credentials.of(User::Reader), credentials.of(User::None)), (None, None));
        assert!(format!("{:?}", credentials.of(User::Operator)).contains("Sensitive"));
        assert_eq!(Credentials::basic(Some("secret"), None).err().unwrap(), "write a user as NAME:PASSWORD");
    }
}
