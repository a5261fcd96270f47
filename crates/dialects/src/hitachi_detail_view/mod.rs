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

mod client;

mod refused;

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

use self::settings::DetailView;
use crate::grammar::number;
use crate::{Codec, Conversation, Dialect, Echo, Head, Ids, Malformed, Scheme};

/// Its name in configuration, aliases and attributes.
const NAME: &str = "hitachi-detail-view";

/// Its row in the table of dialects.
pub(crate) static DIALECT: Dialect = Dialect {
    name: NAME,
    title: "Hitachi Ops Center Analyzer detail view",
    versions: &["HDCA 8", "Ops Center Analyzer detail view 10", "11.0", "VSP 360 Clear Sight Advanced"],
    paths: &["/dbapi.do", "/clearsightadvanced/dbapi.do"],
    root: "/dbapi.do",
    claims: Some(routes::is_printed_line),
    operations: || routes::ROUTES.iter().map(|route| &route.operation).collect(),
    switches: settings::SWITCHES,
    quirks: quirks::QUIRKS,
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
        // Only of a job that has no request id of its own.
        number: number::canonical,
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

    fn converse(&self, command: &Command, at: i64) -> Result<Box<dyn Conversation>, Fault> {
        client::converse(self, command, at)
    }

    fn decode_response(
        &self,
        _: &Echo,
        command: &Command,
        at: i64,
        response: &Response<Bytes>,
    ) -> Result<Result<Outcome, Fault>, Malformed> {
        client::decode_response(command, at, response)
    }
}
