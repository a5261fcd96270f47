//! The quirk table: what is odd about the API and relied upon, each row with the fixture that pins it.

use crate::{Evidence, Quirk};

/// The rows of the dialect's table.
pub(super) const QUIRKS: &[Quirk] = &[
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
        "hitachi-detail-view/abort-twice.http",
        "Nothing looks at a request without taking its results, so at an upstream an abort is verified by a second abort, \
         whose refusal says what became of the request.",
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
