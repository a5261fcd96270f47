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

mod encode;

mod wire;

mod errors;

mod states;

mod vocabulary;

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
    paths: &[
        routes::PLACES[0].base,
        routes::PLACES[1].base,
        routes::PLACES[2].base,
        routes::PLACES[3].base,
        routes::PLACES[4].base,
        routes::PLACES[5].base,
    ],
    claims: None,
    operations: || routes::ROUTES.iter().map(|route| &route.operation).collect(),
    switches: SWITCHES,
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
    states: states::STATES,
    attributes: "Members of the request object that the model has no word for, such as `link`, `selectionState` and the \
                 64-bit hashes, written as the text they were given.",
    // Bearer is documented for the cloud. Basic is ours: Windows has tickets and certificates, which no realm has.
    vocabulary: vocabulary::vocabulary,
    schemes: &[Scheme::Basic, Scheme::Bearer],
    session: None,
    make: |switches| Arc::new(Odag::new(switches)),
};

const CANCEL_REACH: &str = "cancel_reach";
const FLAGS_IN_BODY: &str = "flags_in_body";
const DELETE_REQUEST: &str = "delete_request";
const SUB_REQUESTS: &str = "sub_requests";
const LOAD_STATE: &str = "load_state";
const LIST_LIMIT: &str = "list_limit";
const UNKNOWN_LINK: &str = "unknown_link";

/// What a mount may choose.
const SWITCHES: &[Switch] = &[
    Switch {
        name: CANCEL_REACH,
        kind: SwitchKind::Choice(&["unstarted", "unfinished"]),
        default: "unstarted",
        meaning: "Which sub-requests of a multiple request a cancel stops: those that have not begun to load, or \
                  every one that has not ended. The reference page says both.",
        evidence: Evidence::Documented,
    },
    Switch {
        name: FLAGS_IN_BODY,
        kind: SwitchKind::Flag,
        default: "true",
        meaning: "Whether autoAck and delGenApp are taken from a JSON body where the query has no such name; where \
                  both have one, the query counts. One client sends them so; no server is known to read them.",
        evidence: Evidence::Inferred,
    },
    Switch {
        name: DELETE_REQUEST,
        kind: SwitchKind::Choice(&["refuse", "delete_app", "cancel"]),
        default: "refuse",
        meaning: "What DELETE of a request means, which no page documents: nothing (405), the deletion of its app, as \
                  one client means it, or a cancel, as another does.",
        evidence: Evidence::Inferred,
    },
    Switch {
        name: SUB_REQUESTS,
        kind: SwitchKind::Choice(&["ids", "objects"]),
        default: "ids",
        meaning: "What subRequests of a multiple request holds on Windows: ids, as the page of the model says, or \
                  the objects of the sub-requests, as the page of GET says.",
        evidence: Evidence::Documented,
    },
    Switch {
        name: LOAD_STATE,
        kind: SwitchKind::Choice(&["from_loading", "always"]),
        default: "from_loading",
        meaning: "When a request shows loadState: once it loads, as most pages say, or always, before the load as \
                  pending with an empty host, as the page of loadHost says and one client relies on.",
        evidence: Evidence::Documented,
    },
    Switch {
        name: LIST_LIMIT,
        kind: SwitchKind::Integer(1, 1_000_000),
        default: "10000",
        meaning: "How many requests a list may have. It is one bare array without pages, so a longer one is refused \
                  with 400 rather than cut; count about 3 kB of memory for each of its requests while it is made.",
        evidence: Evidence::Inferred,
    },
    Switch {
        name: UNKNOWN_LINK,
        kind: SwitchKind::Choice(&["empty", "not_found"]),
        default: "empty",
        meaning: "The list of a link that no request names: an empty one, as of a link that was never used, or 404 as \
                  of one that does not exist. Which of them it is cannot be known here.",
        evidence: Evidence::Inferred,
    },
];

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
    Quirk::new(
        Documented,
        "qlik-odag/list-bare-array.http",
        "Lists are bare arrays without pages. One that would be longer than list_limit is refused with 400, never cut.",
    ),
    Quirk::new(
        Observed,
        "qlik-odag/list-pending-keeps-what-just-finished.http",
        "pending=true leaves out acknowledged ends only: what has just succeeded or failed is still in the list.",
    ),
    Quirk::new(
        Inferred,
        "qlik-odag/list-state-flags-go-by-the-word-shown.http",
        "A flag of state means the requests that show its one word, so canceling, canceledAck and failedAck are in no \
         flag's list.",
    ),
    Quirk::new(
        Inferred,
        "qlik-odag/list-parameter-of-the-other-list.http",
        "A parameter of the other list, in another case, empty or repeated is 400, although unknown names are passed \
         over: the list would be another than was asked for, and nothing would say so.",
    ),
    Quirk::new(
        Inferred,
        "qlik-odag/link-without-requests.http",
        "A link that no request names has an empty list and not the documented 404: it may never have been used.",
    ),
    Quirk::new(
        Documented,
        "qlik-odag/p1-delete-app.http",
        "The deletion of an app is 204 without a body and without a Content-Type, though the page prints \
         application/json.",
    ),
    Quirk::new(
        Inferred,
        "qlik-odag/delete-request-is-refused.http",
        "DELETE of a request is 405: two clients send it and mean two things, so an option has to say which.",
    ),
    Quirk::new(
        Documented,
        "qlik-odag/multiple-get-objects.http",
        "subRequests holds ids on one page and objects on another; an option chooses.",
    ),
    Quirk::new(
        Observed,
        "qlik-odag/load-state-always.http",
        "loadState is missing before the load on most pages, and there with an empty host on one; an option chooses.",
    ),
    Quirk::new(
        Inferred,
        "qlik-odag/put-flags-in-body.http",
        "autoAck and delGenApp may stand in a JSON body where the query lacks them; ignoreSucceeded may not, for it is \
         about the answer, and an answer is written from the head.",
    ),
    Quirk::new(
        Observed,
        "qlik-odag/p2-broken-body.http",
        "In the cloud a body that is not understood is answered by {\"message\": …}, without errors.",
    ),
];

/// ODAG on one mount.
#[derive(Debug)]
struct Odag {
    /// How far a cancel reaches.
    cancel_reach: Reach,
    /// Whether flags may stand in the body.
    flags_in_body: bool,
    /// What `DELETE` of a request means.
    delete_request: DeleteRequest,
    /// Whether `subRequests` holds objects and not ids.
    embeds_sub_requests: bool,
    /// Whether `loadState` is shown before the load.
    shows_load_always: bool,
    /// The longest list.
    list_limit: u64,
    /// What the list of a link is that no request names.
    unknown_link: UnknownLink,
}

/// What `DELETE` of a request means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DeleteRequest {
    /// Nothing: there is no such operation.
    Refuse,
    /// Delete its app.
    DeleteApp,
    /// Cancel it.
    Cancel,
}

/// What a link is that no request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UnknownLink {
    /// One that was never used.
    Empty,
    /// None.
    NotFound,
}

impl Odag {
    fn new(switches: &Switches) -> Odag {
        // `Tree` and `Unstarted` are the same for a single request, and a multiple request has no trigger.
        let unfinished = switches.text(CANCEL_REACH) == "unfinished";
        Odag {
            cancel_reach: if unfinished { Reach::Tree } else { Reach::Unstarted },
            flags_in_body: switches.flag(FLAGS_IN_BODY),
            delete_request: match switches.text(DELETE_REQUEST) {
                "delete_app" => DeleteRequest::DeleteApp,
                "cancel" => DeleteRequest::Cancel,
                _ => DeleteRequest::Refuse,
            },
            embeds_sub_requests: switches.text(SUB_REQUESTS) == "objects",
            shows_load_always: switches.text(LOAD_STATE) == "always",
            list_limit: switches.integer(LIST_LIMIT).unsigned_abs(),
            unknown_link: match switches.text(UNKNOWN_LINK) {
                "not_found" => UnknownLink::NotFound,
                _ => UnknownLink::Empty,
            },
        }
    }
}

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
}
