//! The switches of a mount, and what they are read into: what `nbi.properties` and `rateService` set on the real server,
//! and what nobody knows for sure.

use super::limits::{self, Limits};
use super::routes;
use crate::{Evidence, Format, Switch, SwitchKind, Switches};

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
    /// The version that a server is asked in, from 1.
    pub(super) client_version: u8,
    /// The format that a server is asked in.
    pub(super) client_format: Format,
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
    Switch {
        name: "clientVersion",
        kind: SwitchKind::Choice(routes::VERSIONS),
        default: "v4",
        meaning: "Towards a server: the version of the API that it is asked in. v4 is there from PI 3.4 and EPNM 5.0 on.",
        evidence: Evidence::Documented,
    },
    Switch {
        name: "clientFormat",
        kind: SwitchKind::Choice(&["json", "xml"]),
        default: "json",
        meaning: "Towards a server: the format of requests and of the answers asked for.",
        evidence: Evidence::Documented,
    },
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
        client_version: 4,
        client_format: Format::Json,
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
            client_version: routes::version(switches.text("clientVersion")).unwrap_or(routes::NEWEST),
            client_format: if switches.text("clientFormat") == "xml" { Format::Xml } else { Format::Json },
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
