//! The switches of a mount, and what they are read into: the codec.

use std::time::Duration;

use countermand_model::Results;
use http::{Method, StatusCode};

use super::wire;
use crate::{Echo, Evidence, Switch, SwitchKind, Switches};

/// The rows of the dialect's table.
pub(super) const SWITCHES: &[Switch] = &[
    Switch {
        name: "delivery",
        kind: SwitchKind::Choice(&["once", "cumulative", "repeat"]),
        default: "once",
        meaning: "Whether getStatus hands out each result once; or all so far each time, until the final answer, \
                  which can be had once; or all of them as often as they are asked for. Of an upstream it says how \
                  that hands out: only one that repeats can be asked how far a request is without taking its results.",
        evidence: Evidence::Documented,
    },
    Switch {
        name: "vanished",
        kind: SwitchKind::Choice(&["404", "400"]),
        default: "404",
        meaning: "The status of getStatus for a result that is not there (any more); the manual says both.",
        evidence: Evidence::Documented,
    },
    Switch {
        name: "lifetime",
        kind: SwitchKind::Integer(1, 315_360_000),
        default: "3600",
        meaning: "For how many seconds after its end a request is remembered.",
        evidence: Evidence::Documented,
    },
    Switch {
        name: "settle_ms",
        // Below the default call_timeout of 30 s, so that the wait never turns into a timeout.
        kind: SwitchKind::Integer(0, 25_000),
        default: "2000",
        meaning: "For how many milliseconds abortRequest waits for the end before it answers aborted:false.",
        evidence: Evidence::Inferred,
    },
    Switch {
        name: "has_errors",
        kind: SwitchKind::Choice(&["boolean", "string"]),
        default: "boolean",
        meaning: "Whether hasErrors is a boolean, as captured, or a string, as the manual prints it.",
        evidence: Evidence::Observed,
    },
    Switch {
        name: "printed_line",
        kind: SwitchKind::Flag,
        default: "true",
        meaning: "Whether GET /<dataset>&requestId=<id>, as one copy of the manual prints it, is abortRequest.",
        evidence: Evidence::Inferred,
    },
    Switch {
        name: "client_dataset",
        kind: SwitchKind::Text,
        default: "defaultDs",
        meaning: "The dataset, at an upstream, of requests that are asked for in a dialect without datasets.",
        evidence: Evidence::Documented,
    },
];

/// How often getStatus hands out what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// Each result once.
    Once,
    /// All so far while the request is at work; the final answer once.
    Cumulative,
    /// All, as often as they are asked for.
    Repeat,
}

/// The codec of one mount.
#[derive(Debug)]
pub(super) struct DetailView {
    /// How often getStatus hands out what.
    pub(super) delivery: Delivery,
    /// The status of a cache miss on getStatus.
    pub(super) vanished: StatusCode,
    /// For how many milliseconds after its end a request is remembered.
    pub(super) lifetime: i64,
    /// How long abortRequest waits for the end.
    pub(super) settle: Duration,
    /// How `hasErrors` is written.
    pub(super) has_errors: wire::FlagForm,
    /// Whether the printed abort line is served.
    pub(super) printed_line: bool,
    /// The dataset of requests at a server that nobody names one for.
    pub(super) client_dataset: String,
}

impl DetailView {
    pub(super) fn new(switches: &Switches) -> DetailView {
        DetailView {
            delivery: match switches.text("delivery") {
                "cumulative" => Delivery::Cumulative,
                "repeat" => Delivery::Repeat,
                _ => Delivery::Once,
            },
            vanished: match switches.text("vanished") {
                "400" => StatusCode::BAD_REQUEST,
                _ => StatusCode::NOT_FOUND,
            },
            lifetime: switches.integer("lifetime") * 1000,
            settle: Duration::from_millis(switches.integer("settle_ms").unsigned_abs()),
            has_errors: match switches.text("has_errors") {
                "string" => wire::FlagForm::Text,
                _ => wire::FlagForm::Boolean,
            },
            printed_line: switches.flag("printed_line"),
            client_dataset: switches.text("client_dataset").to_owned(),
        }
    }

    /// Whether a getStatus takes what it is given. A HEAD takes nothing, not even for the half minute that a
    /// reservation lasts: fixtures/hitachi-detail-view/status-head-does-not-consume.http
    pub(super) fn takes(&self, echo: &Echo) -> bool {
        self.delivery != Delivery::Repeat && echo.method != Method::HEAD
    }

    /// Which results a getStatus asks for.
    pub(super) fn results(&self, echo: &Echo) -> Results {
        match self.delivery {
            Delivery::Once if self.takes(echo) => Results::Undelivered,
            Delivery::Cumulative if self.takes(echo) => Results::Cumulative,
            Delivery::Once | Delivery::Cumulative | Delivery::Repeat => Results::All,
        }
    }
}
