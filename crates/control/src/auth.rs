//! Who asks, and what they may. Knows bearer tokens by their digests only.

use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use subtle::{Choice, ConstantTimeEq};

use crate::Problem;

/// A bearer token that opens the control API.
#[derive(Clone, Debug)]
pub struct Token {
    /// Whose it is: the user in the audit.
    pub name: String,
    /// BLAKE3 of the token.
    pub digest: [u8; 32],
    /// What it opens.
    pub scope: Scope,
}

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everything.
    Admin,
    /// What a runner needs: its events, the commands it must obey, and all reading.
    Run,
    /// Reading.
    Read,
}

/// What a route asks of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Access {
    /// Nothing, not even that there is one.
    Open,
    /// That it may read.
    Read,
    /// That it may speak for a runner.
    Run,
    /// That it may do anything.
    Admin,
}

impl Scope {
    /// Whether it is enough for a route.
    pub(crate) fn allows(self, access: Access) -> bool {
        match access {
            Access::Open | Access::Read => true,
            Access::Run => matches!(self, Scope::Admin | Scope::Run),
            Access::Admin => self == Scope::Admin,
        }
    }
}

/// The token that a request carries.
///
/// Every digest is compared, and each in constant time, so that the time says nothing about how near a guess was. A
/// digest is enough: tokens are long and random, so there is nothing for a slow hash to slow down.
///
/// # Errors
/// 401 with the challenge of RFC 6750 §3.
pub(crate) fn authenticate<'t>(tokens: &'t [Token], headers: &HeaderMap) -> Result<&'t Token, Problem> {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = value
        .and_then(|value| value.trim().split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| blake3::hash(token.trim().as_bytes()));
    let Some(given) = given else {
        return Err(Problem::unauthorized(
            "The control API takes `Authorization: Bearer TOKEN`.",
            "Bearer realm=\"countermand\"",
        ));
    };
    let mut found = None;
    for token in tokens {
        let same: Choice = token.digest.ct_eq(given.as_bytes());
        if same.into() {
            found = Some(token);
        }
    }
    found.ok_or_else(|| {
        Problem::unauthorized(
            "The token is not known here.",
            "Bearer realm=\"countermand\", error=\"invalid_token\"",
        )
    })
}

/// 403.
pub(crate) fn forbidden(token: &Token) -> Problem {
    let scope = match token.scope {
        Scope::Admin => "admin",
        Scope::Run => "run",
        Scope::Read => "read",
    };
    let detail = format!("The token `{}` has the scope `{scope}`, which is not enough for this.", token.name);
    Problem::new(StatusCode::FORBIDDEN, detail)
}
