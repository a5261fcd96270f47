//! Oracle Enterprise Scheduler (ESS), REST API `/ess/rest/scheduler/v1`: Fusion Applications and SOA Suite 14.1.2,
//! whose pages describe the same API.
//!
//! Spoken so far: cancelling, holding, releasing and deleting one request, reading it, and what a job says of its own
//! execution. JSON in every answer, under one of two media types. Orders take no body, and one that comes is not looked
//! at.
//!
//! Not spoken: `forceCancel`. Only a request that waits for an asynchronous answer may be cancelled by force, which its
//! attributes say and no command can ask for, so a forced cancel from here could end one that still runs.
//!
//! Of an [`Echo`], `version` is which media type the answer has (`routes::PLAIN`, `routes::RESOURCE`), `path` the path
//! below the base, `query` what `fields`, `excludeFields` and `links` are read from, `root_url` what every `href`
//! begins with, `id` the `requestId` as asked. The formats are always JSON.
//!
//! A job's attributes under `oracle-ess` are members of `RequestDetails` that the model has no word for, such as
//! `jobDefinitionId`, `product` or `requestParameters`. They are written as they were given, byte by byte, where the
//! model has nothing to say itself; `parentRequestId`, `absParentRequestId` and `requestType` overrule it. A `state`
//! among them is a word the model has no state for, such as `SCHEDULE_ENDED`: it is written, with its `cause` and
//! `processPhase`, for as long as the job is in the state it stands for.

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

#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use countermand_model::{Command, Fault, Outcome};
use http::Response;

use crate::grammar::number;
use crate::{
    Codec, Dialect, Echo, Evidence, Head, Ids, Malformed, Origin, Quirk, Scheme, Switch, SwitchKind, Switches,
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
    quirks: QUIRKS,
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
    // Both documented; the token is OAuth2's there, and whatever the realm knows here.
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

const QUIRKS: &[Quirk] = &[
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/cancel-unexpected-body.http",
        "Actions are POSTs without a body; one that comes is ignored, whatever its Content-Type.",
    ),
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/cancel-running.http",
        "A cancel that was begun is 200 with links, not 202 or 204.",
    ),
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/cancel-succeeded.http",
        "A state that cannot be cancelled is 400, not 409.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/cancel-repeated.http",
        "A cancel of a request that is cancelling already is 200, so that it may be repeated.",
    ),
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/cancel-completed.http",
        "COMPLETED is not an end: post-processing still runs and can be cancelled.",
    ),
    Quirk::new(
        Evidence::Observed,
        "oracle-ess/cancel-waiting.http",
        "`rel` is in upper case, although every page prints it in lower or camel case.",
    ),
    Quirk::new(
        Evidence::Observed,
        "oracle-ess/get-succeeded.http",
        "The links are the same in every state; isCancellable and its like say what is possible.",
    ),
    Quirk::new(
        Evidence::Observed,
        "oracle-ess/get-waiting.http",
        "The links to parents lead to request -1 or 0 where there is none.",
    ),
    Quirk::new(
        Evidence::Observed,
        "oracle-ess/get-waiting.http",
        "elapsedTime is -999 until the request has run.",
    ),
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/hold-parent.http",
        "A hold or release of a parent reaches the children that it fits; the others are passed over.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/hold-repeated.http",
        "Holding what is held is 200, so that it may be repeated; releasing what is not held is 400.",
    ),
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/delete-succeeded.http",
        "A delete is 204 without a body, and the request is not found from then on.",
    ),
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/delete-child.http",
        "A child is deleted with its parent only: by itself it is 400, ended or not.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/execution-status-success.http",
        "A job's report is of the request in the path; its requestHandle is not looked at, because none was given out.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/execution-status-business-error.http",
        "BUSINESS_ERROR ends a request in ERROR, and SUSPEND leaves it in PAUSED.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/execution-status-wrong-state.http",
        "A report that the request's state does not lead to is 400, except the same end again.",
    ),
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/check-in-cancelling.http",
        "A job that asks whether it is being cancelled is answered a bare JSON boolean.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/check-in-cancelled.http",
        "A job whose cancel was confirmed already is told to stop as well.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/permissions.http",
        "The permissions are the ESS_REQUEST_ actions of Oracle's data security: their schema is not published.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/permissions-as-reader.http",
        "Only who may write is told the permissions.",
    ),
    Quirk::new(
        Evidence::Observed,
        "oracle-ess/cancel-host-and-port.http",
        "An href is absolute, with the scheme, host and port that the client used.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/cancel-id-not-a-number.http",
        "An id is an int64, exact to the last digit; a text that is none is 400.",
    ),
    Quirk::new(
        Evidence::Observed,
        "oracle-ess/get-attributes.http",
        "Members without a value are left out, never null.",
    ),
    Quirk::new(
        Evidence::Observed,
        "oracle-ess/get-fields.http",
        "`fields=state` shows that and nothing else; `@full` and `@basic` are names of sets.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/get-state-word-kept.http",
        "A state word without a counterpart in the model is written back while its state lasts.",
    ),
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/cancel-unknown-id.http",
        "An error's code is `errorCode`, without the `o:` of Oracle's other REST services.",
    ),
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/cancel-parent.http",
        "A cancel of a parent reaches every child that has not ended.",
    ),
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/get-vendor-type.http",
        "Both media types are spoken; reading one request adds charset=utf-8 or type=singular.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/get-odd-accept.http",
        "An Accept that names neither is answered in JSON.",
    ),
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/cancel-as-reader.http",
        "403 is a request that is there and not yours to cancel, 404 one that is not there.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/cancel-trailing-slash.http",
        "A slash at the end is tolerated on lists only, so not here.",
    ),
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
        if named || !self.always_port {
            return origin.to_string();
        }
        let port = if origin.scheme == "https" { 443 } else { 80 };
        Origin { authority: format!("{}:{port}", origin.authority), ..origin.clone() }.to_string()
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
