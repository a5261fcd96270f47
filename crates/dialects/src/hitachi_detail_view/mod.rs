//! The database API (`dbapi.do`) of Hitachi Data Center Analytics 8, the Ops Center Analyzer detail view 10 and 11,
//! and VSP 360 Clear Sight Advanced: one servlet that is told by the query parameter `action` what to do.
//!
//! Served are the two functions about running requests. `getStatus` hands out results as they come, 206 while there
//! are more to come and 200 at the end; what was handed out is gone. `abortRequest` stops a request, by GET.
//!
//! Of the [`Echo`] it uses the operation, the route, the method, the id (the request id as asked for) and the query;
//! for the printed abort line the query is the one that the line stands for. Format and version do not vary: every
//! answer is JSON, whatever `Accept` says.
//!
//! A failed request whose attributes under this dialect's name hold `{"error": {"status", "code", "error"}}` is
//! answered by getStatus with that status and that error: "It can also get all the error conditions of the original
//! API requests". The status is 400 to 599, the code eight hexadecimal digits, the text not empty; what is there and
//! is not that is a 500 that says so. Without `error` a failed request is a complete one that has errors (inferred). The
//! refusals about licences, which share their codes with authorization, come this way and no other: there is no licence
//! here.
//!
//! Absent: `query` and every other function. They are known by name and refused, so that the first 206 of a request,
//! whose body nobody has printed, is never written here, and `x-waitTime`, which decides when it is, is not looked at.

mod routes;

mod open;

mod decode;

mod encode;

mod wire;

mod refused;

mod errors;

mod states;

mod vocabulary;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countermand_model::{Command, Fault, Outcome, Results};
use http::{Method, Response, StatusCode};

use crate::{
    Codec, Dialect, Echo, Evidence, Head, Ids, Malformed, Quirk, Scheme, Switch, SwitchKind, Switches,
};

/// Its name in configuration, aliases and attributes.
const NAME: &str = "hitachi-detail-view";

/// Its row in the table of dialects.
pub(crate) static DIALECT: Dialect = Dialect {
    name: NAME,
    title: "Hitachi Ops Center Analyzer detail view",
    versions: &["HDCA 8", "Ops Center Analyzer detail view 10", "11.0", "VSP 360 Clear Sight Advanced"],
    paths: &["/dbapi.do", "/clearsightadvanced/dbapi.do"],
    claims: Some(routes::is_printed_line),
    operations: routes::operations,
    switches: SWITCHES,
    quirks: QUIRKS,
    sources: &[
        "Ops Center Analyzer Detail View REST API Reference Guide, MK-99ANA004-11: Stopping an API request",
        "MK-99ANA004-11: Getting the request status",
        "MK-99ANA004-11: Caching asynchronous requests; Asynchronous request processing",
        "Ops Center Analyzer 10.7, detail view REST API: Request API resources",
        "captured answer of VSP 360 Clear Sight Advanced: github.com/vsubrama1967/LDEV_MPB_Balancing",
    ],
    ids: Ids {
        form: "any text, such as 316829382_14",
        is_id: decode::is_request_id,
        number: decode::number,
        write: |number| number.to_string(),
    },
    states: states::STATES,
    attributes: "`error`: `{\"status\", \"code\", \"error\"}`, how the original request failed; getStatus of a failed request \
                 answers so. The status is 400 to 599, the code eight hexadecimal digits, the text not empty; what is \
                 not that is a 500 that says where.",
    // Bearer is documented for Ops Center Portal users, and what clients of VSP 360 send.
    vocabulary: vocabulary::vocabulary,
    schemes: &[Scheme::Basic, Scheme::Bearer],
    session: None,
    make: |switches| Arc::new(DetailView::new(switches)),
};

const SWITCHES: &[Switch] = &[
    Switch {
        name: "delivery",
        kind: SwitchKind::Choice(&["once", "cumulative", "repeat"]),
        default: "once",
        meaning: "Whether getStatus hands out each result once; or all so far each time, until the final answer, \
                  which can be had once; or all of them as often as they are asked for.",
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
];

const QUIRKS: &[Quirk] = &[
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/status-running-hands-out-once.http",
        "A request at work is 206, never 202; its results so far come with it, each one once.",
    ),
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/status-drain.http",
        "The final answer can be had once: a second getStatus is a cache miss, 404 720600E6.",
    ),
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/status-vanished-400.http",
        "The same cache miss may be a 400; the manual says both on one page.",
    ),
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/status-lifetime-expired.http",
        "A request is forgotten 3600 s after its end, not after its beginning.",
    ),
    Quirk::new(
        Evidence::Observed,
        "hitachi-detail-view/status-reference-page.http",
        "hasErrors is a boolean on the wire and a string in the manual.",
    ),
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/status-bytes-untouched.http",
        "Results keep their digits, their blanks in keys and their nulls: 24.00 stays 24.00.",
    ),
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/abort-queued.http",
        "abortRequest changes something by GET; no answer may be cached.",
    ),
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/abort-running-not-stopped.http",
        "A request that was processed but not stopped is 200 aborted:false, not an error.",
    ),
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/abort-already-aborted.http",
        "The text on the wire is not the text in the manual's table: it names the request id, says aborted where \
               the table says stopped, and has no full stop.",
    ),
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/abort-not-in-cache.http",
        "Codes are per function: a cache miss is 720600E6 on getStatus, B5040016 on abortRequest.",
    ),
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/abort-without-request-id.http",
        "The same mistake has other words in another function: \"not specified\" and \"is not specified\".",
    ),
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/abort-by-a-reader.http",
        "One who may not is answered 401, as one who is not known; there is no 403.",
    ),
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/status-blank-in-parameter-name.http",
        "A blank before = is part of the parameter's name, as the manuals up to 10.7 print it.",
    ),
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/abort-printed-line.http",
        "One copy of the manual lost dbapi.do?action=…&dataset= from the request line; the rest is served.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "hitachi-detail-view/status-wrong-dataset.http",
        "A request id belongs to its dataset; in another one it is a cache miss.",
    ),
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/status-relays-the-original-error.http",
        "getStatus answers with the error of the original request, whose code has another prefix.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "hitachi-detail-view/status-relays-no-nonsense.http",
        "What is said to be the original request's error and is not one is a 500 with the reason, not a completion.",
    ),
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/status-relays-a-licence-refusal.http",
        "…E9 is both \"License is not valid.\" and \"Authorization needed.\"; the former is only ever relayed.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "hitachi-detail-view/action-query.http",
        "The vendor's other functions, each of which may start a request, are refused by name, with 400.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "hitachi-detail-view/abort-two-request-ids.http",
        "A parameter that has two different values is an error; twice the same value is not.",
    ),
    Quirk::new(
        Evidence::Documented,
        "hitachi-detail-view/status-wrong-password-is-json.http",
        "Credentials are Basic or Bearer, and the errors are the same; the words of the challenge are inferred.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "hitachi-detail-view/status-leading-zero.http",
        "A request id is a text: 0101 is not 101.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "hitachi-detail-view/abort-then-drain.http",
        "An aborted request is 200 aborted:true, so that a poller comes to an end.",
    ),
];

/// How often getStatus hands out what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Delivery {
    /// Each result once.
    Once,
    /// All so far while the request is at work; the final answer once.
    Cumulative,
    /// All, as often as they are asked for.
    Repeat,
}

/// The codec of one mount.
#[derive(Debug)]
struct DetailView {
    /// How often getStatus hands out what.
    delivery: Delivery,
    /// The status of a cache miss on getStatus.
    vanished: StatusCode,
    /// For how many milliseconds after its end a request is remembered.
    lifetime: i64,
    /// How long abortRequest waits for the end.
    settle: Duration,
    /// How `hasErrors` is written.
    has_errors: wire::FlagForm,
    /// Whether the printed abort line is served.
    printed_line: bool,
}

impl DetailView {
    fn new(switches: &Switches) -> DetailView {
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
        }
    }

    /// Whether a getStatus takes what it is given. A HEAD takes nothing, not even for the half minute that a
    /// reservation lasts: fixtures/hitachi-detail-view/status-head-does-not-consume.http
    fn takes(&self, echo: &Echo) -> bool {
        self.delivery != Delivery::Repeat && echo.method != Method::HEAD
    }

    /// Which results a getStatus asks for.
    fn results(&self, echo: &Echo) -> Results {
        match self.delivery {
            Delivery::Once if self.takes(echo) => Results::Undelivered,
            Delivery::Cumulative if self.takes(echo) => Results::Cumulative,
            Delivery::Once | Delivery::Cumulative | Delivery::Repeat => Results::All,
        }
    }
}

impl Codec for DetailView {
    fn open(&self, head: &Head<'_>) -> Echo {
        open::open(self, head)
    }

    fn decode_request(&self, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
        (routes::ROUTES[echo.route].decode)(self, echo, body)
    }

    fn encode_response(&self, echo: &Echo, answer: &Result<Outcome, Fault>) -> Response<Bytes> {
        match answer {
            Ok(outcome) => (routes::ROUTES[echo.route].encode)(self, echo, outcome),
            Err(fault) => errors::response(self, echo, fault),
        }
    }
}
