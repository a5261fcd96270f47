//! The quirk table: what is odd about the API and relied upon, each row with the fixture that pins it.

use crate::{Evidence, Quirk};

/// The rows of the dialect's table.
pub(super) const QUIRKS: &[Quirk] = &[
    Quirk::new(
        Evidence::Observed,
        "qlik-odag/p1-cancel-queued.http",
        "`action` and its flags are read from the query, although the reference page prints them as path parameters; \
         a PUT without a body or a Content-Type is complete.",
    ),
    Quirk::new(
        Evidence::Observed,
        "qlik-odag/put-redundant-query.http",
        "Unknown and redundant query names (requestId, optOwner, type, cache busters) are passed over, because working \
         clients send them.",
    ),
    Quirk::new(
        Evidence::Observed,
        "qlik-odag/put-inapplicable-flags.http",
        "Flags that the action does not take are not even looked at: one client sends all three with every action.",
    ),
    Quirk::new(
        Evidence::Documented,
        "qlik-odag/p1-cancel-succeeded.http",
        "An action that does not fit the request's state is 404, the same as an unknown id, not 409.",
    ),
    Quirk::new(
        Evidence::Documented,
        "qlik-odag/cancel-ignore-succeeded.http",
        "With ignoreSucceeded=true a cancel of a succeeded request is 200 with the untouched request.",
    ),
    Quirk::new(
        Evidence::Observed,
        "qlik-odag/get-canceled-ack.http",
        "The words are canceled, canceling, canceledAck and failedAck: one l, camel case, although the page's prose \
         says 'canceled-ack'.",
    ),
    Quirk::new(
        Evidence::Observed,
        "qlik-odag/p1-get-all-members.http",
        "On Windows link, owner and generatedApp are objects, whatever the model pages say.",
    ),
    Quirk::new(
        Evidence::Documented,
        "qlik-odag/p3-get-all-members.http",
        "In the cloud link is a string, the owner has a subject and a tenantid, and neither selections nor \
         sub-requests are in the object.",
    ),
    Quirk::new(
        Evidence::Observed,
        "qlik-odag/p1-get-hashes.http",
        "bindingStateHash and selectionStateHash are 64-bit integers beyond 2^53 and are written digit by digit.",
    ),
    Quirk::new(
        Evidence::Documented,
        "qlik-odag/cancel-removes-app.http",
        "A request that was cancelled before it began to load shows no generatedApp and no loadState.",
    ),
    Quirk::new(
        Evidence::Documented,
        "qlik-odag/multiple-cancel.http",
        "Cancel and pause of a multiple request reach only the sub-requests that have not begun to load.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "qlik-odag/p1-xrfkey-differs.http",
        "On Windows an X-Qlik-Xrfkey header and an xrfkey in the query that differ are 400; either one alone, or none, \
         is fine. The proxy in front of the service checks it, so the cloud profiles do not.",
    ),
    Quirk::new(
        Evidence::Documented,
        "qlik-odag/list-bare-array.http",
        "Lists are bare arrays without pages. One that would be longer than list_limit is refused with 400, never cut.",
    ),
    Quirk::new(
        Evidence::Observed,
        "qlik-odag/list-pending-keeps-what-just-finished.http",
        "pending=true leaves out acknowledged ends only: what has just succeeded or failed is still in the list.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "qlik-odag/list-state-flags-go-by-the-word-shown.http",
        "A flag of state means the requests that show its one word, so canceling, canceledAck and failedAck are in no \
         flag's list.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "qlik-odag/list-parameter-of-the-other-list.http",
        "A parameter of the other list, in another case, empty or repeated is 400, although unknown names are passed \
         over: the list would be another than was asked for, and nothing would say so.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "qlik-odag/link-without-requests.http",
        "A link that no request names has an empty list and not the documented 404: it may never have been used.",
    ),
    Quirk::new(
        Evidence::Documented,
        "qlik-odag/p1-delete-app.http",
        "The deletion of an app is 204 without a body and without a Content-Type, though the page prints \
         application/json.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "qlik-odag/delete-request-is-refused.http",
        "DELETE of a request is 405: two clients send it and mean two things, so an option has to say which.",
    ),
    Quirk::new(
        Evidence::Documented,
        "qlik-odag/multiple-get-objects.http",
        "subRequests holds ids on one page and objects on another; an option chooses.",
    ),
    Quirk::new(
        Evidence::Observed,
        "qlik-odag/load-state-always.http",
        "loadState is missing before the load on most pages, and there with an empty host on one; an option chooses.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "qlik-odag/put-flags-in-body.http",
        "autoAck and delGenApp may stand in a JSON body where the query lacks them; ignoreSucceeded may not, for it is \
         about the answer, and an answer is written from the head.",
    ),
    Quirk::new(
        Evidence::Observed,
        "qlik-odag/p2-broken-body.http",
        "In the cloud a body that is not understood is answered by {\"message\": …}, without errors.",
    ),
];
