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
//! model has nothing to say itself; `parentRequestId`, `absParentRequestId`, `requestType` and `processEndTime` overrule it,
//! and, for as long as the `state` among them holds, so do `elapsedTime`, `isCancellable` and its like. A `state`
//! among them is a word the model has no state for, such as `SCHEDULE_ENDED`: it is written, with its `cause` and
//! `processPhase`, for as long as the job is in the state it stands for. Times among them are in the form ESS writes,
//! `2022-05-19T21:48:44.708Z`: lists compare and order them as the texts they are.

mod routes;

mod open;

mod decode;

mod lists;

mod query;

mod selection;

mod client;

mod refused;

mod act;

mod encode;

mod details;

mod wire;

mod errors;

mod states;

mod vocabulary;

mod settings;

mod quirks;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use countermand_model::{Command, Fault, Outcome};
use http::Response;

use self::settings::OracleEss;
use crate::grammar::number;
use crate::{Codec, Conversation, Dialect, Echo, Head, Ids, Malformed, Scheme};

const NAME: &str = "oracle-ess";

/// The row of [`ALL`](crate::ALL).
pub(crate) static DIALECT: Dialect = Dialect {
    name: NAME,
    title: "Oracle Enterprise Scheduler",
    versions: &["v1"],
    paths: &["/ess/rest/scheduler/v1"],
    root: "/ess/rest/scheduler/v1",
    claims: None,
    operations: || routes::ROUTES.iter().map(|route| &route.operation).collect(),
    switches: settings::SWITCHES,
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
        is_id: |text| number::canonical(text).is_some(),
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

    fn converse(&self, command: &Command, at: i64) -> Result<Box<dyn Conversation>, Fault> {
        client::converse(command, at)
    }

    fn decode_response(
        &self,
        echo: &Echo,
        command: &Command,
        at: i64,
        response: &Response<Bytes>,
    ) -> Result<Result<Outcome, Fault>, Malformed> {
        client::decode_response(echo, command, at, response)
    }
}
