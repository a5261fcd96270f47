//! A file of bearer tokens: one `NAME:{SHA256}HEX` a line, `#` before a comment. The file holds digests, never a token.
//! A fast hash does, since a token is made of random bits and nobody guesses it. One name may have several, so that a
//! new token can be handed out before the old one is taken away.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::htpasswd::{LineError, entries};

/// What stands before the digest, so that another kind can come later.
const SCHEME: &str = "{SHA256}";

/// SHA-256 of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// Of a token as a request brings it.
    pub(super) fn of(token: &[u8]) -> TokenDigest {
        TokenDigest(Sha256::digest(token).into())
    }

    /// Takes the same time whatever differs.
    pub(super) fn is(&self, other: &TokenDigest) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// Reads `{SHA256}` and 64 hexadecimal digits.
    fn parse(text: &str) -> Option<TokenDigest> {
        let digits = text.strip_prefix(SCHEME)?;
        if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let mut digest = [0; 32];
        for (byte, place) in digest.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&digits[place..place + 2], 16).ok()?;
        }
        Some(TokenDigest(digest))
    }
}

/// The tokens of a file: whose each is.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) issued: Vec<(String, TokenDigest)>,
}

impl Tokens {
    /// Whether somebody of that name has a token.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.issued.iter().any(|(holder, _)| holder == name)
    }
}

/// Reads a file.
///
/// # Errors
/// Every line that is not one: no colon, no name, no digest, a token that was there before. A line is not repeated in
/// the message: somebody may have put the token itself there.
pub(super) fn parse(text: &str) -> Result<Tokens, Vec<LineError>> {
    let mut tokens = Tokens::default();
    let mut errors = Vec::new();
    let mut lines: HashMap<TokenDigest, usize> = HashMap::new();
    for (line, content) in entries(text) {
        match entry(content) {
            Err(problem) => errors.push(LineError { line, problem }),
            Ok((name, digest)) => match lines.insert(digest, line) {
                Some(first) => {
                    let problem = format!("this token is on line {first} already; give each its own");
                    errors.push(LineError { line, problem });
                }
                None => tokens.issued.push((name.to_owned(), digest)),
            },
        }
    }
    if errors.is_empty() { Ok(tokens) } else { Err(errors) }
}

fn entry(content: &str) -> Result<(&str, TokenDigest), String> {
    let (name, digest) = content.split_once(':').ok_or("there is no colon: a line is NAME:{SHA256}HEX")?;
    if name.is_empty() || name.contains(char::is_control) {
        return Err("the name is empty or has control characters in it".to_owned());
    }
    TokenDigest::parse(digest).map(|digest| (name, digest)).ok_or_else(|| {
        format!("{name}: no {{SHA256}} with 64 hexadecimal digits; make a line with `countermand user token`")
    })
}

#[cfg(test)]
mod tests {
    use super::{TokenDigest, parse};

    /// `printf secret | sha256sum`
    const SECRET: &str = "{SHA256}2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    #[test]
    fn the_digest_of_another_program_is_ours() {
        let tokens = parse(&format!("# tokens\r\n\r\nana:{SECRET}\r\n")).unwrap();
        let [(name, digest)] = &tokens.issued[..] else { panic!("{tokens:?}") };
        assert!(name == "ana" && digest.is(&TokenDigest::of(b"secret")));
        assert!(!digest.is(&TokenDigest::of(b"Secret")));
        assert!(tokens.knows("ana") && !tokens.knows("li"));
    }

    #[test]
    fn one_name_may_have_two_tokens_and_case_does_not_count() {
        let other = SECRET.replace("2bb8", "2bb9").to_uppercase();
        assert_eq!(parse(&format!("ana:{SECRET}\nana:{other}")).unwrap().issued.len(), 2);
    }

    #[test]
    fn every_mistake_is_told_with_its_line_and_without_the_line() {
        let short = &SECRET[..40];
        let text = format!(
            "ana:{SECRET}\nhunter2\n:{SECRET}\nli:hunter2\nli:{short}\nli:{}\nli:{SECRET}",
            SECRET.replace("2bb8", "zzzz")
        );
        let errors = parse(&text).unwrap_err();
        assert_eq!(errors.iter().map(|error| error.line).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7]);
        assert!(errors.iter().all(|error| !error.problem.contains("hunter2")), "{errors:?}");
        assert!(errors[5].problem.contains("line 1"), "{errors:?}");
    }
}
