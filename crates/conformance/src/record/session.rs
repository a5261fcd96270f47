//! What a session is told, what it is handed, and what it says of it. Data only.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use bytes::Bytes;
use countermand_dialects::Dialect;
use http::{HeaderMap, Method, StatusCode, Uri};

use super::Keep;
use crate::target::Control;

/// The longest body that becomes part of a fixture, in bytes: 1 MiB, as much as a gateway takes by default.
pub const LONGEST_BODY: usize = 1 << 20;

/// What a session is told beforehand.
pub struct Settings {
    /// The folder that gets a folder per dialect.
    pub into: PathBuf,
    /// The authority of the server, such as `prime.example:8080`; empty where the client calls the server itself.
    pub upstream: String,
    /// What is spoken, where paths do not begin as the dialect's own.
    pub dialect: Option<&'static Dialect>,
    /// Places that are recorded as they are.
    pub keep: Vec<Keep>,
    /// Who knows the jobs, where the server is a gateway of ours.
    pub control: Option<Control>,
    /// What was recorded, in a sentence without the names of hosts.
    pub source: String,
}

/// A request, as it came.
pub struct Asked {
    /// The method.
    pub method: Method,
    /// The target: path and query, and the scheme where the client named it; `http` where it did not.
    pub uri: Uri,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; `None` where it was longer than [`LONGEST_BODY`].
    pub body: Option<Bytes>,
}

/// An answer, as it came.
pub struct Answered {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; `None` where it was longer than [`LONGEST_BODY`].
    pub body: Option<Bytes>,
}

/// What became of an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It is part of a fixture.
    Recorded,
    /// It is like one before, and nothing has happened since.
    Folded,
    /// It is left out, with the reason.
    LeftOut(String),
}

/// What became of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many files were written.
    pub fixtures: usize,
    /// How many exchanges they hold.
    pub recorded: usize,
    /// How many were like one before.
    pub folded: usize,
    /// How many were left out, by reason.
    pub left_out: BTreeMap<String, usize>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { fixtures, recorded, folded, .. } = self;
        write!(f, "{fixtures} fixtures with {recorded} exchanges; {folded} repeated ones are folded")?;
        for (reason, count) in &self.left_out {
            write!(f, "\nleft out {count}: {reason}")?;
        }
        Ok(())
    }
}
