//! The files of a realm, read together: passwords, tokens, or both. What stands in a line is its own parser's.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::htpasswd::{self, LineError, Users};
use super::realm::{RealmConfig, RealmError};
use super::tokens::{self, Tokens};

/// Where the people of a realm stand.
#[derive(Clone, Debug)]
pub(super) struct Files {
    realm: String,
    htpasswd: Option<PathBuf>,
    tokens: Option<PathBuf>,
}

/// Who there is, as the files have it.
#[derive(Debug, Default)]
pub(super) struct People {
    pub(super) users: Users,
    pub(super) tokens: Tokens,
}

/// What changes when one of the files is written, replaced or touched; of a file that is not there, nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signatures([Option<Signature>; 2]);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Signature {
    length: u64,
    modified: Option<SystemTime>,
    inode: u64,
}

impl Files {
    pub(super) fn of(config: &RealmConfig) -> Files {
        Files { realm: config.name.clone(), htpasswd: config.htpasswd.clone(), tokens: config.tokens.clone() }
    }

    /// The files as they are now.
    pub(super) fn signatures(&self) -> Signatures {
        let of = |path: &Option<PathBuf>| {
            let metadata = path.as_ref().and_then(|path| fs::metadata(path).ok());
            metadata.map(|metadata| Signature::of(&metadata))
        };
        Signatures([of(&self.htpasswd), of(&self.tokens)])
    }

    /// Reads them. The signatures are of before the reading, so that a change in between is seen at the next look.
    ///
    /// # Errors
    /// Every line that is wrong in either, or that one cannot be read.
    pub(super) fn read(&self) -> Result<(People, Signatures), Vec<RealmError>> {
        let signatures = self.signatures();
        let users = self.one(self.htpasswd.as_deref(), "the file of users", htpasswd::parse);
        let tokens = self.one(self.tokens.as_deref(), "the file of tokens", tokens::parse);
        match (users, tokens) {
            (Ok(users), Ok(tokens)) => Ok((People { users, tokens }, signatures)),
            (users, tokens) => Err([users.err(), tokens.err()].into_iter().flatten().flatten().collect()),
        }
    }

    /// What is weak in what was read.
    pub(super) fn warnings(&self, people: &People) -> Vec<RealmError> {
        let warning = |LineError { line, problem }: &LineError| {
            self.error(self.htpasswd.as_deref(), Some(*line), problem.clone())
        };
        people.users.warnings.iter().map(warning).collect()
    }

    /// Their names, for messages.
    pub(super) fn names(&self) -> String {
        let names = [&self.htpasswd, &self.tokens].into_iter().flatten();
        names.map(|path| path.display().to_string()).collect::<Vec<_>>().join(" or ")
    }

    fn one<T: Default>(
        &self,
        path: Option<&Path>,
        what: &str,
        parse: fn(&str) -> Result<T, Vec<LineError>>,
    ) -> Result<T, Vec<RealmError>> {
        let Some(file) = path else { return Ok(T::default()) };
        let text = fs::read_to_string(file)
            .map_err(|cause| vec![self.error(path, None, format!("{what} cannot be read: {cause}"))])?;
        parse(&text).map_err(|errors| {
            let error = |LineError { line, problem }| self.error(path, Some(line), problem);
            errors.into_iter().map(error).collect()
        })
    }

    fn error(&self, file: Option<&Path>, line: Option<usize>, problem: String) -> RealmError {
        RealmError { realm: self.realm.clone(), file: file.map(Path::to_owned), line, problem }
    }
}

impl Signature {
    fn of(metadata: &Metadata) -> Signature {
        Signature { length: metadata.len(), modified: metadata.modified().ok(), inode: inode(metadata) }
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

/// Elsewhere length and time must do.
#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}
