//! Qlik On-Demand App Generation: requests for generated apps, their state, and the orders given to them.
//!
//! One API in three profiles, told apart by their base; [`Echo::version`] is the profile's number.
//!
//! | profile | base | a request | ids in the wild |
//! |---|---|---|---|
//! | 1 | `/api/odag/v1` | `/requests/{id}` | GUID; Qlik Sense Enterprise on Windows |
//! | 2 | `/api/v1/odagrequests` | `/{id}` | 24 hexadecimal digits; Qlik Cloud, what its own pages call |
//! | 3 | `/api/analytics/odag-requests` | `/{id}` | 24 hexadecimal digits; Qlik Cloud, public |
//!
//! Sources: the pages in [`DIALECT`]`.sources`. Where a page and a working client differ, the client is followed: the
//! page prints `action` and its flags as path parameters, every client sends them in the query.
//!
//! Left out on purpose: lists, submitting, deleting and reloading apps; the JSON body that one client sends *besides* a
//! complete `action` in the query (its body is drained and not read, so flags that stand only there count as absent);
//! `traceId` in errors, because a codec does not know the request's id.
//!
//! Of [`Echo`] this dialect uses `operation`, `route`, `refusal`, `version`, `method`, `path` (as profile 1 writes it, in
//! all profiles), `query` and `id`; the URLs stay empty, for ODAG prints none and sends no `Location`.

mod routes;

mod open;

mod decode;

mod encode;

mod wire;

mod errors;

mod states;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use countermand_model::{Command, Fault, FaultKind, Outcome, Reach};
use http::Response;

use crate::{
    Codec, Dialect, Echo, Evidence, Head, Ids, Malformed, Quirk, Scheme, Switch, SwitchKind, Switches,
};

/// The dialect as data.
pub(crate) static DIALECT: Dialect = Dialect {
    name: "qlik-odag",
    title: "Qlik On-Demand App Generation",
    versions: &["1: Windows", "2: cloud v1", "3: cloud public"],
    paths: &[routes::PROFILES[0].base, routes::PROFILES[1].base, routes::PROFILES[2].base],
    claims: None,
    operations: || routes::ROUTES.iter().map(|route| &route.operation).collect(),
    switches: &[Switch {
        name: CANCEL_REACH,
        kind: SwitchKind::Choice(&["unstarted", "unfinished"]),
        default: "unstarted",
        meaning: "Which sub-requests of a multiple request a cancel stops: those that have not begun to load, or \
                  every one that has not ended. The reference page says both.",
        evidence: Evidence::Documented,
    }],
    quirks: QUIRKS,
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
    // Bearer is documented for the cloud. Basic is ours: Windows has tickets and certificates, which no realm has.
    schemes: &[Scheme::Basic, Scheme::Bearer],
    session: None,
    make: |switches| Arc::new(Odag::new(switches)),
};

const CANCEL_REACH: &str = "cancel_reach";

use Evidence::{Documented, Inferred, Observed};

/// What is odd about ODAG, each proved by a fixture and marked where it happens.
const QUIRKS: &[Quirk] = &[
    Quirk::new(
        Observed,
        "qlik-odag/p1-cancel-queued.http",
        "`action` and its flags are read from the query, although the reference page prints them as path parameters; \
         a PUT without a body or a Content-Type is complete.",
    ),
    Quirk::new(
        Observed,
        "qlik-odag/put-redundant-query.http",
        "Unknown and redundant query names (requestId, optOwner, type, cache busters) are passed over, because working \
         clients send them.",
    ),
    Quirk::new(
        Observed,
        "qlik-odag/put-inapplicable-flags.http",
        "Flags that the action does not take are not even looked at: one client sends all three with every action.",
    ),
    Quirk::new(
        Documented,
        "qlik-odag/p1-cancel-succeeded.http",
        "An action that does not fit the request's state is 404, the same as an unknown id, not 409.",
    ),
    Quirk::new(
        Documented,
        "qlik-odag/cancel-ignore-succeeded.http",
        "With ignoreSucceeded=true a cancel of a succeeded request is 200 with the untouched request.",
    ),
    Quirk::new(
        Observed,
        "qlik-odag/get-canceled-ack.http",
        "The words are canceled, canceling, canceledAck and failedAck: one l, camel case, although the page's prose \
         says 'canceled-ack'.",
    ),
    Quirk::new(
        Observed,
        "qlik-odag/p1-get-all-members.http",
        "On Windows link, owner and generatedApp are objects, whatever the model pages say.",
    ),
    Quirk::new(
        Documented,
        "qlik-odag/p3-get-all-members.http",
        "In the cloud link is a string, the owner has a subject and a tenantid, and neither selections nor \
         sub-requests are in the object.",
    ),
    Quirk::new(
        Observed,
        "qlik-odag/p1-get-hashes.http",
        "bindingStateHash and selectionStateHash are 64-bit integers beyond 2^53 and are written digit by digit.",
    ),
    Quirk::new(
        Documented,
        "qlik-odag/cancel-removes-app.http",
        "A request that was cancelled before it began to load shows no generatedApp and no loadState.",
    ),
    Quirk::new(
        Documented,
        "qlik-odag/multiple-cancel.http",
        "Cancel and pause of a multiple request reach only the sub-requests that have not begun to load.",
    ),
    Quirk::new(
        Inferred,
        "qlik-odag/p1-xrfkey-differs.http",
        "On Windows an X-Qlik-Xrfkey header and an xrfkey in the query that differ are 400; either one alone, or none, \
         is fine. The proxy in front of the service checks it, so the cloud profiles do not.",
    ),
];

/// ODAG on one mount.
#[derive(Debug)]
struct Odag {
    /// How far a cancel reaches.
    cancel_reach: Reach,
}

impl Odag {
    fn new(switches: &Switches) -> Odag {
        // `Tree` and `Unstarted` are the same for a single request, and a multiple request has no trigger.
        let unfinished = switches.text(CANCEL_REACH) == "unfinished";
        Odag { cancel_reach: if unfinished { Reach::Tree } else { Reach::Unstarted } }
    }
}

impl Codec for Odag {
    fn open(&self, head: &Head<'_>) -> Echo {
        open::open(head)
    }

    fn decode_request(&self, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
        (routes::ROUTES[echo.route].decode)(self, echo, body)
    }

    fn encode_response(&self, echo: &Echo, answer: &Result<Outcome, Fault>) -> Response<Bytes> {
        match answer {
            Ok(outcome) if echo.operation.is_some() => {
                (routes::ROUTES[echo.route].encode)(self, echo, outcome)
            }
            Ok(_) => errors::answer(echo, &Fault::new(FaultKind::Internal, errors::UNEXPECTED)),
            Err(fault) => errors::answer(echo, fault),
        }
    }
}
