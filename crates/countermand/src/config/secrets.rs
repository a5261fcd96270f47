//! Secrets of the configuration: read from files or the environment, kept as digests where they are only
//! compared. Never quotes one in a message.

use std::path::Path;

/// Fewer characters than this can be guessed by trying.
const SHORT: usize = 16;

/// What to say of a token that is shorter.
pub(crate) const GUESSABLE: &str =
    "the token is short enough to be guessed; take one of at least 16 characters";

/// Bytes of a token that is made up: as many as a key has.
const MADE_UP: usize = 32;

/// A token that nobody guesses, in hexadecimal digits.
pub(crate) fn made_up() -> Result<String, String> {
    let mut bytes = [0; MADE_UP];
    getrandom::fill(&mut bytes).map_err(|error| format!("no randomness for a token: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A token's digest, and whether it is short enough to be guessed.
pub(crate) fn token(token: &str) -> Result<([u8; 32], bool), String> {
    let token = token.trim_end_matches(['\r', '\n']);
    if token.is_empty() {
        return Err("the token is empty; write one that cannot be guessed".to_owned());
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(
            "the token has characters that no Authorization header carries; use letters and digits, in \
                    one line"
                .to_owned(),
        );
    }
    Ok((digest(token), token.len() < SHORT))
}

/// A token in a file of its own.
pub(super) fn token_file(file: &Path) -> Result<([u8; 32], bool), String> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("{} cannot be read: {error}; write the token into it", file.display()))?;
    token(&text).map_err(|problem| format!("{}: {problem}", file.display()))
}

/// A secret in a file of its own, that is sent to another server and so kept as it is.
pub(super) fn secret_file(file: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("{} cannot be read: {error}; write the secret into it", file.display()))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(format!("{} is empty; write the secret into it", file.display())),
        secret => Ok(secret.to_owned()),
    }
}

/// What is kept of a token.
pub(super) fn digest(token: &str) -> [u8; 32] {
    *blake3::hash(token.as_bytes()).as_bytes()
}
