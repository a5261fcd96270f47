//! The cases: every dialect's poll and cancel, and what is refused.

use crate::asked::{Case, OPERATOR, Order, Payload, Written};

const XML: Payload = Payload {
    media: "application/xml",
    before: "<?xml version=\"1.0\" ?><jobRunOperationPayload><runIds>",
    each: "<runId>{id}</runId>",
    between: "",
    after: "</runIds></jobRunOperationPayload>",
};

const JSON: Payload = Payload {
    media: "application/json",
    before: "{\"jobRunOperationPayload\":{\"runIds\":{\"runId\":[",
    each: "{id}",
    between: ",",
    after: "]}}}",
};

/// The status of an Oracle ESS request: the poll of the goals.
pub(crate) const POLL: Case = Case {
    name: "poll",
    method: "GET",
    path: "/ess/rest/scheduler/v1/requests/{id}",
    payload: None,
    targets: 1,
    order: Order::Hot,
    written: Written::Decimal,
    login: OPERATOR,
    status: 200,
    consumes: false,
};

/// Cisco's cancelrunning, version 1 in XML: the cancel of the goals.
pub(crate) const CANCEL: Case = Case {
    name: "cancel XML",
    method: "PUT",
    path: "/webacs/api/v1/op/jobService/cancelrunning",
    payload: Some(XML),
    order: Order::Next,
    consumes: true,
    ..POLL
};

/// The same of many runs at once.
pub(crate) const fn batch(name: &'static str, targets: i64) -> Case {
    Case { name, targets, ..CANCEL }
}

/// A thousand in one request.
pub(crate) const BATCH: Case = batch("batch XML, 1,000 ids", 1000);

/// Polls whose ids come from all jobs.
pub(crate) const POLL_SCATTERED: Case = Case { name: "poll, random ids", order: Order::Scattered, ..POLL };

/// Cancels whose ids come from all jobs.
pub(crate) const CANCEL_SCATTERED: Case =
    Case { name: "cancel XML, random ids", order: Order::Scattered, ..CANCEL };

/// Every other case that this program answers by itself.
pub(crate) const OTHERS: [Case; 9] = [
    Case {
        name: "cancel JSON",
        path: "/webacs/api/v4/op/jobService/cancelrunning.json",
        payload: Some(JSON),
        ..CANCEL
    },
    Case { name: "cisco-prime poll", path: "/webacs/api/v4/data/JobSummary/{id}.json", ..POLL },
    Case {
        name: "hitachi-detail-view poll",
        path: "/dbapi.do?action=getStatus&dataset=defaultDs&requestId={id}",
        status: 206,
        ..POLL
    },
    Case {
        name: "hitachi-detail-view cancel",
        path: "/dbapi.do?action=abortRequest&dataset=defaultDs&requestId={id}",
        order: Order::Next,
        consumes: true,
        ..POLL
    },
    Case {
        name: "oracle-ess cancel",
        method: "POST",
        path: "/ess/rest/scheduler/v1/requests/{id}/cancel",
        order: Order::Next,
        consumes: true,
        ..POLL
    },
    Case { name: "qlik-odag poll", path: "/api/odag/v1/requests/{id}", written: Written::Hex, ..POLL },
    Case {
        name: "qlik-odag cancel",
        method: "PUT",
        path: "/api/odag/v1/requests/{id}?action=cancel",
        written: Written::Hex,
        order: Order::Next,
        consumes: true,
        ..POLL
    },
    // operator:wrong
    Case { name: "wrong password", login: "Basic b3BlcmF0b3I6d3Jvbmc=", status: 401, ..POLL },
    Case {
        name: "malformed body",
        payload: Some(Payload { after: "</runIds>", ..XML }),
        status: 400,
        consumes: false,
        ..CANCEL
    },
];

/// All that are answered in different ways: a cancel is the same wherever its job is.
pub(crate) fn distinct() -> Vec<Case> {
    [&[POLL, POLL_SCATTERED, CANCEL, BATCH][..], &OTHERS].concat()
}
