//! The quirk table: what is odd about the API and relied upon, each row with the fixture that pins it.

use crate::{Evidence, Quirk};

/// The rows, orders first, then reading one request, then lists.
pub(super) const QUIRKS: &[Quirk] = &[
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
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/force-cancel-too-soon.http",
        "A forced cancel is for an asynchronous request that has been cancelling in silence for half an hour; any other is 400.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/force-cancel-parent.http",
        "A parent is not ended by force, its children are: it is they that wait for an answer.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/hold-parent-repeated.http",
        "A hold of a family may be repeated while one of its children is at work.",
    ),
    Quirk::new(
        Evidence::Observed,
        "oracle-ess/list-pages.http",
        "Pages are counted from 1 and say how many requests stand on them; nothing says how many there are in all.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/list-bad-page.http",
        "Page 0 is refused: a client that counts from 0 would see one page twice.",
    ),
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/list-multi-select.http",
        "Requests that are named by id= stand in batch, without a count.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/list-repeated-parameters.http",
        "A parameter that a list takes is refused where it is there twice or in another case.",
    ),
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/list-fields.http",
        "Quotes around `fields`, as in the example of the reference page, are no part of the names.",
    ),
    Quirk::new(
        Evidence::Observed,
        "oracle-ess/list-unknown-field.http",
        "A field that no request has is 400, in words that a client was seen to look for.",
    ),
    Quirk::new(
        Evidence::Documented,
        "oracle-ess/list-order-by.http",
        "Of several fields in orderBy only the first counts.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/list-q-absent-member.http",
        "A request without a member fits no comparison of it, not even ne.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/list-q-times.http",
        "A time's offset may begin with the blank that an unescaped plus becomes.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/list-q-text.http",
        "ew is answered for states only; where it cannot be, it is refused and not answered wrongly.",
    ),
    Quirk::new(
        Evidence::Observed,
        "oracle-ess/list-trailing-slash.http",
        "A slash at the end of a list's path is tolerated.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/resources.http",
        "The links of the root are the operations that are served.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "oracle-ess/submit-refused.http",
        "Submitting, updating and subscribing are 501: known, and not done here.",
    ),
];
