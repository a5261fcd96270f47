//! Everything about a dialect that can be said as data, and the list of them all.

use std::sync::Arc;

use crate::{Codec, Operation, OptionError, OptionValue, States, Switch, Switches, Vocabulary};

/// Every dialect. To add one: a folder, its `mod` line, and its row here.
pub const ALL: &[&Dialect] = &[
    &crate::cisco_prime::DIALECT,
    &crate::hitachi_detail_view::DIALECT,
    &crate::oracle_ess::DIALECT,
    &crate::qlik_odag::DIALECT,
];

/// The dialect of that name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Dialect> {
    ALL.iter().copied().find(|dialect| dialect.name == name)
}

/// A legacy API that we speak.
#[derive(Debug)]
pub struct Dialect {
    /// Its name in configuration and in aliases, such as `cisco-prime`.
    pub name: &'static str,
    /// The product's name.
    pub title: &'static str,
    /// The versions or profiles of it, as users know them.
    pub versions: &'static [&'static str],
    /// The paths it lives under, not decoded. A request belongs to the longest one that it equals or continues after
    /// a `/`. Where there is just one, a mount may replace it.
    pub paths: &'static [&'static str],
    /// The path that an upstream's `url` usually ends with: what a conversation's requests stand below. Empty where that
    /// is the host alone.
    pub root: &'static str,
    /// Whether a path that is under nobody's path is this dialect's all the same.
    pub claims: Option<fn(&str) -> bool>,
    /// Its operations, in the order of its route table.
    pub operations: fn() -> Vec<&'static Operation>,
    /// Its documented switches.
    pub switches: &'static [Switch],
    /// What is odd about it, each proved by a fixture.
    pub quirks: &'static [Quirk],
    /// Where the facts are from.
    pub sources: &'static [&'static str],
    /// How it writes job ids.
    pub ids: Ids,
    /// What it calls the states of a job.
    pub states: States,
    /// What a job's attributes under this dialect's name may hold, in sentences.
    pub attributes: &'static str,
    /// The names it knows, for recordings.
    pub vocabulary: fn() -> Vocabulary,
    /// How its callers may say who they are. What a realm must know for it is the realm's.
    pub schemes: &'static [Scheme],
    /// The cookie in which the real server keeps a login, where it has one.
    pub session: Option<SessionCookie>,
    /// Makes the codec of one mount.
    pub make: fn(&Switches) -> Arc<dyn Codec>,
}

impl Dialect {
    /// Makes the codec of one mount. Switches are checked here, once; no codec function sees configuration.
    ///
    /// # Errors
    /// Every option that has an unknown name or an unfit value.
    pub fn build(&self, options: &[(String, OptionValue)]) -> Result<Arc<dyn Codec>, Vec<OptionError>> {
        Switches::check(self.switches, options).map(|switches| (self.make)(&switches))
    }
}

/// How a dialect writes the ids of jobs.
#[derive(Clone, Copy, Debug)]
pub struct Ids {
    /// What an id of this dialect looks like, for messages: "a decimal number", "24 hexadecimal digits or a GUID".
    pub form: &'static str,
    /// Whether a text is an id of this dialect at all.
    pub is_id: fn(&str) -> bool,
    /// The number a text means where it is nobody's alias.
    pub number: fn(&str) -> Option<i64>,
    /// How a number is written.
    pub write: fn(i64) -> String,
}

/// A scheme of `Authorization`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// A name and a password, RFC 7617.
    Basic,
    /// A token, RFC 6750.
    Bearer,
}

impl Scheme {
    /// The name, as the header writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Scheme::Basic => "Basic",
            Scheme::Bearer => "Bearer",
        }
    }
}

/// A cookie that stands for a login by password. Making it, keeping it and ending it are the edge's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionCookie {
    /// Its name, such as `JSESSIONID`.
    pub name: &'static str,
    /// Below which path clients send it back. What stands in front of the dialect's paths stands in front of it too.
    pub path: &'static str,
}

/// How a fact is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// The vendor's documentation says so.
    Documented,
    /// A real server or a working client shows it.
    Observed,
    /// Our own choice where neither speaks.
    Inferred,
}

impl Evidence {
    /// The name, as fixtures and the docs write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Evidence::Documented => "documented",
            Evidence::Observed => "observed",
            Evidence::Inferred => "inferred",
        }
    }
}

/// Something odd that clients rely on.
#[derive(Clone, Copy, Debug)]
pub struct Quirk {
    /// What is odd, in a sentence.
    pub what: &'static str,
    /// How we know.
    pub evidence: Evidence,
    /// The fixture that pins it, below `fixtures/`.
    pub fixture: &'static str,
}

impl Quirk {
    /// A row of a dialect's table.
    #[must_use]
    pub const fn new(evidence: Evidence, fixture: &'static str, what: &'static str) -> Quirk {
        Quirk { what, evidence, fixture }
    }
}
