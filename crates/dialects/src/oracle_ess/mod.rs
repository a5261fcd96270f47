//! Oracle Enterprise Scheduler (ESS), REST API `/ess/rest/scheduler/v1`: Fusion Applications and SOA Suite 14.1.2,
//! whose pages describe the same API.
//!
//! Spoken is the control of requests: cancelling, also by force, holding, releasing and deleting one, reading one, lists
//! with their filter language, and what a job says of its own execution. Submitting work is not, and neither are the
//! callbacks and the cluster of a scheduler: `refused.rs` says so to whoever asks. JSON in every answer, under one of two
//! media types. Orders take no body, and one that comes is not looked at.
//!
//! Of an [`Echo`], `version` is which media type the answer has (`routes::PLAIN`, `routes::RESOURCE`), `path` the path
//! below the base, without the slash at the end of a list's, `query` what the parameters are read from, `root_url` what
//! every `href` begins with, `id` the variable segment as asked: a `requestId`, of a list its `pageIndex` or application. The formats are always JSON.
//!
//! A job's attributes under `oracle-ess` are members of `RequestDetails` that the model has no word for, such as
//! `jobDefinitionId`, `product` or `requestParameters`. They are written as they were given, byte by byte, where the
//! model has nothing to say itself; `parentRequestId`, `absParentRequestId` and `requestType` overrule it. A `state`
//! among them is a word the model has no state for, such as `SCHEDULE_ENDED`: it is written, with its `cause` and
//! `processPhase`, for as long as the job is in the state it stands for. Times among them are in the form ESS writes,
//! `2022-05-19T21:48:44.708Z`: lists compare and order them as the texts they are.

mod routes;

mod open;

mod decode;

mod lists;

mod query;

mod selection;

mod refused;

mod act;

mod encode;

mod details;

mod wire;

mod errors;

mod states;

mod vocabulary;

mod quirks;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use countermand_model::{Command, Fault, Outcome};
use http::Response;

use crate::grammar::number;
use crate::{
    Codec, Dialect, Echo, Evidence, Head, Ids, Malformed, Origin, Scheme, Switch, SwitchKind, Switches,
};

const NAME: &str = "oracle-ess";

/// The row of [`ALL`](crate::ALL).
pub(crate) static DIALECT: Dialect = Dialect {
    name: NAME,
    title: "Oracle Enterprise Scheduler",
    versions: &["v1"],
    paths: &["/ess/rest/scheduler/v1"],
    claims: None,
    operations: || routes::ROUTES.iter().map(|route| &route.operation).collect(),
    switches: SWITCHES,
    quirks: quirks::QUIRKS,
    sources: &[
        "https://docs.oracle.com/en/cloud/saas/applications-common/25b/farca/op-ess-rest-scheduler-v1-requests-requestid-cancel-post.html",
        "https://docs.oracle.com/en/cloud/saas/applications-common/24c/farca/op-ess-rest-scheduler-v1-requests-requestid-get.html",
        "https://docs.oracle.com/en/middleware/soa-suite/enterprise-scheduler/14.1.2/rest-api-oes/",
        "https://docs.oracle.com/cd/E72987_01/ess/reference-scheduler/oracle/as/scheduler/State.html",
        "github.com/jujufugh/oci-o11y-solutions, fa-ess-scheduler: an answer recorded from a Fusion server",
    ],
    ids: Ids {
        form: "a decimal number from 1 to 9223372036854775807, without leading zeros",
        // A JSON number has no leading zeros, and an answer must be able to say the id.
        is_id: |text| number::decimal(text).is_some_and(|id| id.to_string() == text),
        number: number::decimal,
        write: |id| id.to_string(),
    },
    states: states::STATES,
    attributes: "Members of RequestDetails that the model has no word for, written as the text they were given; and \
                 `state`, a word that is written while the state that it stands for holds.",
    // Both documented; the token is OAuth2's there, and whatever the realm knows here.
    vocabulary: vocabulary::vocabulary,
    schemes: &[Scheme::Basic, Scheme::Bearer],
    session: None,
    make: |switches| Arc::new(OracleEss::new(switches)),
};

const SWITCHES: &[Switch] = &[
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
struct OracleEss {
    upper_rels: bool,
    always_port: bool,
    wrong_state_code: String,
    unknown_id_code: String,
    page_size: u64,
    batch: bool,
}

impl OracleEss {
    fn new(switches: &Switches) -> OracleEss {
        OracleEss {
            upper_rels: switches.text("rel_case") == "upper",
            always_port: switches.text("href_port") == "always",
            wrong_state_code: switches.text("wrong_state_code").to_owned(),
            unknown_id_code: switches.text("unknown_id_code").to_owned(),
            page_size: switches.integer("page_size").unsigned_abs().max(1),
            batch: switches.text("multi_select") == "batch",
        }
    }

    /// What an `href` begins with.
    fn origin(&self, origin: &Origin) -> String {
        let named =
            origin.authority.parse::<http::uri::Authority>().is_ok_and(|given| given.port().is_some());
        match (self.always_port && !named, origin.scheme.as_str()) {
            (true, "https") => format!("{origin}:443"),
            (true, _) => format!("{origin}:80"),
            (false, _) => origin.to_string(),
        }
    }
}

impl Codec for OracleEss {
    fn open(&self, head: &Head<'_>) -> Echo {
        open::open(self, head)
    }

    fn decode_request(&self, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
        (routes::ROUTES[echo.route].decode)(self, echo, body)
    }

    fn encode_response(&self, echo: &Echo, answer: &Result<Outcome, Fault>) -> Response<Bytes> {
        match answer {
            Ok(outcome) => (routes::ROUTES[echo.route].encode)(self, echo, outcome),
            Err(fault) => errors::fault(self, echo, fault),
        }
    }
}
