//! The switches of a mount, and what they are read into: the codec.

use super::wire::RelationWire;
use super::{details, errors};
use crate::{Evidence, Origin, Switch, SwitchKind, Switches};

/// The rows of the dialect's table.
pub(super) const SWITCHES: &[Switch] = &[
    Switch {
        name: "rel_case",
        kind: SwitchKind::Choice(&["upper", "lower"]),
        default: "upper",
        meaning: "How links write `rel`: `upper` as the live server does (FORCECANCEL), `lower` as the docs print it (forceCancel).",
        evidence: Evidence::Observed,
    },
    Switch {
        name: "href_port",
        kind: SwitchKind::Choice(&["as_asked", "always"]),
        default: "as_asked",
        meaning: "Whether links name the port only where the client did, or always, as in the recorded answer (https://HOST:443/...).",
        evidence: Evidence::Inferred,
    },
    Switch {
        name: "wrong_state_code",
        kind: SwitchKind::Text,
        default: errors::WRONG_STATE_CODE,
        meaning: "The `errorCode` of an order that does not fit the request's state; the real one is not known. Empty: none.",
        evidence: Evidence::Inferred,
    },
    Switch {
        name: "unknown_id_code",
        kind: SwitchKind::Text,
        default: errors::UNKNOWN_ID_CODE,
        meaning: "The `errorCode` of an unknown request; the real one is not known. Empty: none.",
        evidence: Evidence::Inferred,
    },
    Switch {
        name: "page_size",
        kind: SwitchKind::Integer(1, 1000),
        default: "200",
        meaning: "How many requests a page of a list has; 200 as in the recorded answer.",
        evidence: Evidence::Observed,
    },
    Switch {
        name: "multi_select",
        kind: SwitchKind::Choice(&["batch", "items"]),
        default: "batch",
        meaning: "Where a list of `id=` holds its requests: in `batch`, as the docs have it, or in `items` with their `count`, as a client's mock has it.",
        evidence: Evidence::Documented,
    },
];

/// The codec of one mount: its switches, read.
#[derive(Debug)]
pub(super) struct OracleEss {
    pub(super) upper_rels: bool,
    /// What the links of a request are called.
    pub(super) relations: Vec<RelationWire>,
    pub(super) always_port: bool,
    pub(super) wrong_state_code: String,
    pub(super) unknown_id_code: String,
    pub(super) page_size: u64,
    pub(super) batch: bool,
}

impl OracleEss {
    pub(super) fn new(switches: &Switches) -> OracleEss {
        let upper_rels = switches.text("rel_case") == "upper";
        OracleEss {
            upper_rels,
            relations: details::relations(upper_rels),
            always_port: switches.text("href_port") == "always",
            wrong_state_code: switches.text("wrong_state_code").to_owned(),
            unknown_id_code: switches.text("unknown_id_code").to_owned(),
            page_size: switches.integer("page_size").unsigned_abs().max(1),
            batch: switches.text("multi_select") == "batch",
        }
    }

    /// What an `href` begins with, up to and with a path.
    pub(super) fn url(&self, origin: &Origin, path: &str) -> String {
        let names_port =
            || origin.authority.parse::<http::uri::Authority>().is_ok_and(|given| given.port().is_some());
        if !self.always_port || names_port() {
            return origin.url(&[path]);
        }
        let port = if origin.scheme == "https" { 443 } else { 80 };
        Origin { authority: format!("{}:{port}", origin.authority), ..origin.clone() }.url(&[path])
    }
}
