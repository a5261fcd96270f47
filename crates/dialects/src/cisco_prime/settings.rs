//! The switches of a mount, and what they are read into: what `nbi.properties` and `rateService` set on the real server,
//! and what nobody knows for sure.

use super::limits::{self, Limits};
use crate::{Evidence, Switch, SwitchKind, Switches};

/// How one mount behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// How many entities one page may hold.
    pub(super) page_limit: u64,
    /// How many there are on a page whose size nobody said.
    pub(super) unpaged_limit: u64,
    /// Whether lists show the jobs of the user SYSTEM to who did not ask for a user.
    pub(super) system_jobs: bool,
    /// The virtual domains there are; none named is any.
    pub(super) domains: Vec<String>,
    /// The rate limit, where there is one.
    pub(super) limits: Option<Limits>,
}

/// The rows of the dialect's table.
pub(super) const SWITCHES: &[Switch] = &[
    Switch {
        name: "limitPageSize",
        kind: SwitchKind::Integer(1, 10_000),
        default: "1000",
        meaning: "The largest page of a list; asking for more is answered with 503.",
        evidence: Evidence::Observed,
    },
    Switch {
        name: "limitUnpagedQuery",
        kind: SwitchKind::Integer(1, 10_000),
        default: "100",
        meaning: "The size of a page whose size is not said; never more than limitPageSize.",
        evidence: Evidence::Observed,
    },
    Switch {
        name: "systemJobs",
        kind: SwitchKind::Choice(&["asked", "always"]),
        default: "asked",
        meaning: "Whether lists show the jobs of the user SYSTEM always, or only where a condition is about the user.",
        evidence: Evidence::Documented,
    },
    Switch {
        name: "virtualDomains",
        kind: SwitchKind::Text,
        default: "",
        meaning: "The names that _ctx.domain may have, with commas between them, besides ROOT-DOMAIN; empty for any. \
                  Jobs are not divided by domain.",
        evidence: Evidence::Inferred,
    },
    limits::ALL_USERS,
    limits::PER_USER,
    limits::AT_ONCE_PER_USER,
    limits::AT_ONCE,
    limits::WINDOW,
    limits::SEGMENTS,
    limits::COVERS,
];

impl Settings {
    /// What is so when nothing is said.
    #[cfg(test)]
    pub(super) const DEFAULT: Settings = Settings {
        page_limit: 1000,
        unpaged_limit: 100,
        system_jobs: false,
        domains: Vec::new(),
        limits: None,
    };

    pub(super) fn new(switches: &Switches) -> Settings {
        let page_limit = switches.integer("limitPageSize").unsigned_abs();
        let domains = switches.text("virtualDomains").split(',').map(str::trim);
        Settings {
            page_limit,
            unpaged_limit: switches.integer("limitUnpagedQuery").unsigned_abs().min(page_limit),
            system_jobs: switches.text("systemJobs") == "always",
            domains: domains.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            limits: Limits::new(switches),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_table() {
        let switches = Switches::check(SWITCHES, &[]).unwrap();
        assert_eq!(Settings::new(&switches), Settings::DEFAULT);
    }
}
