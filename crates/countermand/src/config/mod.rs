//! The configuration: a file read once, every mistake found and placed, and what is left is data that can be run.
//!
//! Raw and checked are two types. `raw` is the file as written, `check` and its neighbours turn it into a
//! [`Config`], `compose` runs it. Nothing here binds an address or opens a ledger.

mod checked;

mod mistake;

mod cursor;

mod raw;

mod units;

mod check;

mod secrets;

mod server;

mod control;

mod realms;

mod engines;

mod references;

mod mounts;

mod legacy;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use toml::de::DeTable;

pub use checked::{
    Config, Control, Ledger, Legacy, Limits, Mount, Realm, Server, Upstream, UserFiles, Users, all_dialects,
};
use mistake::Findings;
pub use mistake::{Mistake, Place};
pub(crate) use secrets::{GUESSABLE, made_up, token};
pub use units::address;

/// Why there is no [`Config`].
#[derive(Debug)]
pub enum LoadError {
    /// The file could not be read.
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Every mistake in it, in the order of the file.
    Mistakes(Vec<Mistake>),
}

/// Reads a configuration file and the files it names. `environment` is asked for secrets that stand in no file.
///
/// # Errors
/// The file cannot be read, or has mistakes: all of them are told.
pub fn load(file: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<Config, LoadError> {
    let text = std::fs::read_to_string(file)
        .map_err(|source| LoadError::Unreadable { file: file.to_owned(), source })?;
    parse(file, &text, environment)
}

/// The same from a text; `file` is what it is called and what relative paths in it are relative to.
///
/// # Errors
/// Every mistake in it.
pub fn parse(
    file: &Path,
    text: &str,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Config, LoadError> {
    let mut findings = Findings::new(file, text);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        findings.mistake(at, format!("not TOML: {}; texts stand in quotes", error.message()));
    }
    let broken = findings.count();
    let raw = raw::Raw::read(&document, &mut findings);
    if broken > 0 {
        // What the parser recovered is good enough to find misspelt keys in, not to miss anything in.
        findings.forget_echoes(broken);
        return Err(LoadError::Mistakes(findings.into_parts().0));
    }
    let folder = file.parent().unwrap_or(Path::new(""));
    let config = check::config(&raw, &check::Context { folder, environment }, &mut findings);
    let (mistakes, notes) = findings.into_parts();
    match config {
        Some(config) if mistakes.is_empty() => Ok(Config { notes, ..config }),
        _ => Err(LoadError::Mistakes(mistakes)),
    }
}
