//! Qlik On-Demand App Generation: requests for generated apps, their state, their lists, and the orders given to them.
//!
//! One API in three profiles, told apart by their bases; [`Echo::version`] is the profile's number.
//!
//! | profile | a request | the requests of a link | ids in the wild |
//! |---|---|---|---|
//! | 1, Qlik Sense Enterprise on Windows | `/api/odag/v1/requests/{id}` | `/api/odag/v1/links/{linkId}/requests` | GUID |
//! | 2, Qlik Cloud, what its own pages call | `/api/v1/odagrequests/{id}` | `/api/v1/odaglinks/{linkId}/requests` | 24 hexadecimal digits |
//! | 3, Qlik Cloud, public | `/api/analytics/odag-requests/{id}` | `/api/analytics/odag-links/{linkId}/requests` | 24 hexadecimal digits |
//!
//! Sources: the pages in [`DIALECT`]`.sources`. Where a page and a working client differ, the client is followed: the
//! page prints `action` and its flags as path parameters, every client sends them in the query.
//!
//! Where a job's link lives: in its attributes under `qlik-odag`, as `link`; beside it `selectionApp`, `sheetname`,
//! `clientContextHandle`, `templateApp` and whatever else the service says of a request. A link or an app may be a text
//! or an object with an `id`. The model has no links: one is known by the requests that name it.
//!
//! Left out on purpose: links themselves (`GET /links`), submitting, reloading and renaming, which are refused with 501;
//! `/about` and `/checksettings`, which tell of a service that is not here; `traceId` in errors, because a codec does not
//! know the request's id; `/api/v1/csrf-token`, because nobody logs in by a cookie here: clients take its 404 for "none
//! is needed", and what a page of another site sends is refused by the edge.
//!
//! Of [`Echo`] this dialect uses `operation`, `route`, `refusal`, `version`, `method`, `path` (as profile 1 writes it, in
//! all profiles), `query` and `id` (of the request, or of the link); the URLs stay empty, for ODAG prints none and sends
//! no `Location`.

mod routes;

mod open;

mod decode;

mod filter;

mod client;

mod refused;

mod encode;

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
use countermand_model::{Command, Fault, FaultKind, Outcome};
use http::Response;

use self::settings::Odag;
use crate::{Codec, Conversation, Dialect, Echo, Head, Ids, Malformed, Scheme};

/// The dialect as data.
pub(crate) static DIALECT: Dialect = Dialect {
    name: "qlik-odag",
    title: "Qlik On-Demand App Generation",
    versions: &["1: Windows", "2: cloud v1", "3: cloud public"],
    paths: &[
        routes::PLACES[0].base,
        routes::PLACES[1].base,
        routes::PLACES[2].base,
        routes::PLACES[3].base,
        routes::PLACES[4].base,
        routes::PLACES[5].base,
    ],
    root: "",
    claims: None,
    operations: || routes::ROUTES.iter().map(|route| &route.operation).collect(),
    switches: settings::SWITCHES,
    quirks: quirks::QUIRKS,
    sources: &[
        "https://help.qlik.com/en-US/sense-developer/May2025/Subsystems/ODAGserviceAPI/Content/methods-put-requests-requestId.htm",
        "https://help.qlik.com/en-US/sense-developer/May2025/Subsystems/ODAGserviceAPI/Content/methods-get-requests-requestId.htm",
        "https://help.qlik.com/en-US/sense-developer/May2023/Subsystems/ODAGserviceAPI/Content/models-requeststatefull.htm",
        "https://help.qlik.com/en-US/sense-developer/August2022/Subsystems/ODAGserviceAPI/Content/models-requestloadinfo.htm",
        "https://qlik.dev/apis/rest/analytics/odag-requests/",
        "https://qlik.dev/toolkits/qlik-cli/analytics/analytics-odag-request-update/",
        "@qlik/api 2.19.0, analytics/odag-requests.d.ts",
        "https://github.com/undsoul/qlik-odag-extension",
        "https://github.com/qlik-oss/gopherciser",
    ],
    ids: Ids {
        form: "24 hexadecimal digits or a GUID",
        is_id: decode::is_id,
        number: decode::number,
        write: encode::id_of_number,
    },
    states: states::STATES,
    attributes: "Members of the request object that the model has no word for, such as `link`, `selectionState` and the \
                 64-bit hashes, written as the text they were given.",
    // Bearer is documented for the cloud. Basic is ours: Windows has tickets and certificates, which no realm has.
    vocabulary: vocabulary::vocabulary,
    schemes: &[Scheme::Basic, Scheme::Bearer],
    session: None,
    make: |switches| Arc::new(Odag::new(switches)),
};

impl Codec for Odag {
    fn open(&self, head: &Head<'_>) -> Echo {
        open::open(self, head)
    }

    fn decode_request(&self, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
        (routes::ROUTES[echo.route].decode)(self, echo, body)
    }

    fn encode_response(&self, echo: &Echo, answer: &Result<Outcome, Fault>) -> Response<Bytes> {
        match answer {
            Ok(outcome) if echo.operation.is_some() => {
                (routes::ROUTES[echo.route].encode)(self, echo, outcome)
            }
            Ok(_) => errors::answer(self, echo, &Fault::new(FaultKind::Internal, errors::UNEXPECTED)),
            Err(fault) => errors::answer(self, echo, fault),
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
