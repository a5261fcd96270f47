//! The northbound interface of Cisco Prime Infrastructure (PI) and Evolved Programmable Network Manager (EPNM): the
//! triggers and running instances of `jobService`, and `JobSummary`. API versions 1 to 4, side by side, by the path.
//!
//! Of the [`Echo`] it uses every field: `version` is 1 to 4, `path` is what stands below the version without its
//! suffix, `request_url` and `root_url` are as answers show them, `id` is the job id of `data/JobSummary/{id}`, `range`
//! is for lists.
//!
//! Here: `suspend`, `resume`, `cancel`, `cancelrunning` and `runhistory` of `op/jobService`; `data/JobSummary`, one and
//! many; the catalogues `op` and `data`. Not here: sessions by `JSESSIONID`, of which the row of this dialect names the
//! cookie and the edge does the rest; operations that start jobs, which are refused with 501 and say so,
//! and every other resource, which is 404. Lists know what a list of jobs can be found and sorted by
//! ([`attributes`]); what they cannot, such as `duration`, is a 400 that names it, never a list without it.

mod routes;

mod open;

mod client;

mod refused;

mod decode;

mod encode;

mod operations;

mod summary;

mod lists;

mod history;

mod catalogues;

mod query;

mod attributes;

mod asked;

mod said;

mod wire;

mod errors;

mod limits;

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

use self::settings::Settings;
use crate::grammar::number;
use crate::{Codec, Conversation, Dialect, Echo, Head, Ids, Malformed, RateLimits, Scheme, SessionCookie};

const NAME: &str = "cisco-prime";

/// The row of this dialect.
pub(crate) static DIALECT: Dialect = Dialect {
    name: NAME,
    title: "Cisco Prime Infrastructure, EPN Manager: jobService",
    versions: routes::VERSIONS,
    paths: routes::PATHS,
    root: "/webacs/api",
    claims: None,
    operations: || routes::ROUTES.iter().map(|route| &route.operation).collect(),
    switches: settings::SWITCHES,
    quirks: quirks::QUIRKS,
    sources: &[
        "Cisco Prime Infrastructure API reference 1.3 to 3.10, and its page on cancelrunning (v1, v2, v3)",
        "Cisco EPN Manager API reference 3.1 to 7.1; developer.cisco.com/docs/epnm",
        "captures and clients in public repositories: gve-sw/epnm, gve-sw/epnm_usage_tool, \
         aradford123/cisco-prime-infrastructure-examples, durgell/Prime-Infrastructure-3-Querier, \
         automateyournetwork/CiscoPrimeFacts, Checkmk test data",
    ],
    ids: Ids {
        form: "a decimal number from 1 to 9223372036854775807, without leading zeros",
        // What is asked for is read as a number first, so no request could mean an id with leading zeros.
        is_id: |text| number::canonical(text).is_some(),
        number: number::decimal,
        write: |number| number.to_string(),
    },
    states: states::STATES,
    attributes: "`runStatus` and `resultStatus` of a run and `jobStatus` of a trigger, words that are written while the state that \
                 they stand for holds (an empty `resultStatus`: none is written); `displayName` of a job, written while it \
                 ends in the jobStatus; and `results` of a run, an array of `{\"property\", \"value\"}`, which runhistory shows.",
    vocabulary: vocabulary::vocabulary,
    // The cookie is observed, and a client that logs in once and then sends nothing else; its path is inferred.
    schemes: &[Scheme::Basic],
    session: Some(SessionCookie { name: "JSESSIONID", path: "/webacs" }),
    make: |switches| Arc::new(Prime { settings: Settings::new(switches) }),
};

/// The codec of one mount.
#[derive(Debug)]
struct Prime {
    settings: Settings,
}

impl Codec for Prime {
    fn open(&self, head: &Head<'_>) -> Echo {
        open::open(self, head)
    }

    fn limits(&self, echo: &Echo) -> Option<&RateLimits> {
        self.settings.limits.as_ref()?.of(echo)
    }

    fn decode_request(&self, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
        (routes::ROUTES[echo.route].decode)(self, echo, body)
    }

    fn encode_response(&self, echo: &Echo, answer: &Result<Outcome, Fault>) -> Response<Bytes> {
        match answer {
            Ok(outcome) => (routes::ROUTES[echo.route].encode)(self, echo, outcome),
            Err(fault) => errors::response(echo, fault),
        }
    }

    fn converse(&self, command: &Command, at: i64) -> Result<Box<dyn Conversation>, Fault> {
        client::converse(self, command, at)
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
