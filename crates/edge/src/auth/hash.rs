//! One stored password: which kinds are read, what each may cost at most, and whether a password fits it. Slow by
//! design: [`Stored::verify`] belongs on a verifier's thread.

use std::str::FromStr;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use base64::prelude::{BASE64_STANDARD, Engine};
use bcrypt::HashParts;
use sha_crypt::{PasswordVerifier, ShaCrypt};
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

use super::apr1::Apr1;

/// The most that one verification may cost. A file that asks for more would let anybody who knows a name stop the
/// verifiers for seconds at a time.
const MOST_BCRYPT: u32 = 14;
const MOST_ARGON2_KIB: u32 = 256 * 1024;
const MOST_ARGON2_PASSES: u32 = 10;
const MOST_ARGON2_LANES: u32 = 16;
const MOST_SHA_ROUNDS: u32 = 1_000_000;

/// SHA-crypt's rounds: what none written means, and the fewest that the format has.
const SHA_ROUNDS: u32 = 5_000;
const LEAST_SHA_ROUNDS: u32 = 1_000;

/// A stored password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// `$2a$`, `$2b$`, `$2y$`: the text, and its cost. Passwords end after 72 bytes, as everywhere.
    Bcrypt(String, u32),
    /// A PHC string of argon2id, and its memory in KiB times its passes.
    Argon2id(Box<PasswordHash>, u32),
    /// `$5$`, `$6$`: the text, and its rounds.
    ShaCrypt(String, u32),
    /// `$apr1$`.
    Apr1(Apr1),
    /// `{SHA}`: SHA-1 without a salt.
    Sha1([u8; 20]),
}

impl Stored {
    /// Reads the part of a line after the name.
    ///
    /// # Errors
    /// A sentence: what kind it is not, what is broken, or that it costs too much.
    pub(super) fn parse(text: &str) -> Result<Stored, String> {
        if text.starts_with("$2a$") || text.starts_with("$2b$") || text.starts_with("$2y$") {
            bcrypt(text)
        } else if text.starts_with("$argon2id$") {
            argon2id(text)
        } else if let Some(fields) = text.strip_prefix("$5$") {
            sha_crypt(text, fields, 43)
        } else if let Some(fields) = text.strip_prefix("$6$") {
            sha_crypt(text, fields, 86)
        } else if text.starts_with("$apr1$") {
            Apr1::parse(text).map(Stored::Apr1).ok_or_else(|| broken("apr1"))
        } else if let Some(digest) = text.strip_prefix("{SHA}") {
            let digest = BASE64_STANDARD.decode(digest).ok().and_then(|bytes| bytes.try_into().ok());
            digest.map(Stored::Sha1).ok_or_else(|| broken("{SHA}"))
        } else {
            Err("this kind of hash is not read here; bcrypt, argon2id, sha-crypt ($5$, $6$), apr1 and {SHA} are".to_owned())
        }
    }

    /// Whether the password is the stored one. Takes as long as the hash says, whatever the password.
    pub(super) fn verify(&self, password: &[u8]) -> bool {
        match self {
            Stored::Bcrypt(text, _) => bcrypt::verify(password, text).unwrap_or(false),
            Stored::Argon2id(hash, _) => Argon2::default().verify_password(password, hash.as_ref()).is_ok(),
            Stored::ShaCrypt(text, _) => ShaCrypt::default().verify_password(password, text.as_str()).is_ok(),
            Stored::Apr1(hash) => hash.verify(password),
            Stored::Sha1(digest) => Sha1::digest(password).ct_eq(digest).into(),
        }
    }

    /// The kind and its cost: two hashes that agree in both take the same time.
    pub(super) fn expense(&self) -> (&'static str, u32) {
        match self {
            Stored::Bcrypt(_, cost) => ("bcrypt", *cost),
            Stored::Argon2id(_, cost) => ("argon2id", *cost),
            Stored::ShaCrypt(text, rounds) if text.starts_with("$5$") => ("sha256-crypt", *rounds),
            Stored::ShaCrypt(_, rounds) => ("sha512-crypt", *rounds),
            Stored::Apr1(_) => ("apr1", 0),
            Stored::Sha1(_) => ("{SHA}", 0),
        }
    }

    /// Whether a stolen file would give the passwords away.
    pub(super) fn is_weak(&self) -> bool {
        match self {
            Stored::Apr1(_) | Stored::Sha1(_) => true,
            Stored::Bcrypt(..) | Stored::Argon2id(..) | Stored::ShaCrypt(..) => false,
        }
    }
}

fn bcrypt(text: &str) -> Result<Stored, String> {
    let parts = HashParts::from_str(text).map_err(|_| broken("bcrypt"))?;
    let cost = parts.get_cost();
    if !(4..=MOST_BCRYPT).contains(&cost) {
        return Err(format!("a bcrypt cost of {cost} is not taken; make it 4 to {MOST_BCRYPT}"));
    }
    Ok(Stored::Bcrypt(text.to_owned(), cost))
}

fn argon2id(text: &str) -> Result<Stored, String> {
    let hash = PasswordHash::new(text).map_err(|_| broken("argon2id"))?;
    let params = argon2::Params::try_from(&hash).map_err(|_| broken("argon2id"))?;
    if hash.salt.is_none() || hash.hash.is_none() {
        return Err(broken("argon2id"));
    }
    let (memory, passes, lanes) = (params.m_cost(), params.t_cost(), params.p_cost());
    if memory > MOST_ARGON2_KIB || passes > MOST_ARGON2_PASSES || lanes > MOST_ARGON2_LANES {
        return Err(format!(
            "argon2id with m={memory},t={passes},p={lanes} costs too much; at most \
             m={MOST_ARGON2_KIB},t={MOST_ARGON2_PASSES},p={MOST_ARGON2_LANES}"
        ));
    }
    Ok(Stored::Argon2id(Box::new(hash), memory * passes))
}

/// `fields` is `[rounds=N$]SALT$HASH`.
fn sha_crypt(text: &str, fields: &str, length: usize) -> Result<Stored, String> {
    let (rounds, fields) = match fields.strip_prefix("rounds=").map(|fields| fields.split_once('$')) {
        None => (SHA_ROUNDS, fields),
        Some(Some((rounds, fields))) => (rounds.parse().map_err(|_| broken("sha-crypt"))?, fields),
        Some(None) => return Err(broken("sha-crypt")),
    };
    if !(LEAST_SHA_ROUNDS..=MOST_SHA_ROUNDS).contains(&rounds) {
        return Err(format!(
            "{rounds} rounds are not taken; make it {LEAST_SHA_ROUNDS} to {MOST_SHA_ROUNDS}"
        ));
    }
    let (salt, hash) = fields.split_once('$').ok_or_else(|| broken("sha-crypt"))?;
    let sound = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/');
    if salt.len() > 16 || !salt.bytes().all(sound) || hash.len() != length || !hash.bytes().all(sound) {
        return Err(broken("sha-crypt"));
    }
    Ok(Stored::ShaCrypt(text.to_owned(), rounds))
}

fn broken(kind: &str) -> String {
    format!("this begins like {kind}, but the rest of it is not")
}

#[cfg(test)]
mod tests {
    use super::Stored;

    /// "secret" by other programs: glibc's crypt(3), `openssl passwd`, `htpasswd -s`.
    const SECRET: &[&str] = &[
        "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
        "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
        "$2a$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
        "$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA",
        "$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1",
        "$apr1$saltsalt$LrttParrLPdxvgutaSXWJ0",
        "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
    ];

    #[test]
    fn hashes_of_other_programs_are_verified() {
        for text in SECRET {
            let stored = Stored::parse(text).unwrap();
            assert!(stored.verify(b"secret"), "{text}");
            assert!(!stored.verify(b"Secret"), "{text}");
        }
        // From the reference implementation's own tests (P-H-C/phc-winner-argon2, src/test.c).
        let argon2id = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let stored = Stored::parse(argon2id).unwrap();
        assert!(stored.verify(b"password") && !stored.verify(b"secret"));
    }

    #[test]
    fn what_would_cost_too_much_is_refused() {
        let phc = |params: &str| {
            format!("$argon2id$v=19${params}$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")
        };
        let sha = |rounds: &str| SECRET[3].replace("$5$", &format!("$5$rounds={rounds}$"));
        for (text, fine) in [
            (SECRET[0].replace("$04$", "$14$"), true),
            (SECRET[0].replace("$04$", "$15$"), false),
            (phc("m=262144,t=10,p=1"), true),
            (phc("m=262145,t=1,p=1"), false),
            (phc("m=1024,t=11,p=1"), false),
            (sha("1000000"), true),
            (sha("1000001"), false),
            (sha("999"), false),
        ] {
            assert_eq!(Stored::parse(&text).is_ok(), fine, "{text}");
        }
    }

    #[test]
    fn what_is_broken_or_unknown_is_refused() {
        for text in [
            "",
            "secret",
            "$2b$04$short",
            "$2x$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
            "$1$saltsalt$x",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ",
            "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR",
            "$5$salt$x",
            "$6$rounds=x$salt$y",
            "$6$rounds=5000",
            "{SHA}x",
            "{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
            "rl.3StKT.4T8M",
        ] {
            assert!(Stored::parse(text).is_err(), "{text:?}");
        }
    }
}
