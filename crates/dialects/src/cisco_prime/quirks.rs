//! The quirk table: what is odd about the API and relied upon, each row with the fixture that pins it.

use crate::{Evidence, Quirk};

/// The rows of the dialect's table.
pub(super) const QUIRKS: &[Quirk] = &[
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/v1-reference-json.http",
        "v1 JSON writes every slash as `\\/`, a collection of one as an object and an empty one as \"\".",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/v2-reference-json.http",
        "From v2 on a collection is always an array, `operationResult` too, and the order of `@` members is another.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/v3-reference-xml.http",
        "`failure` holds `failure` items and `success` holds `success` items; both are there, even when empty.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/v1-numeric-name-json.http",
        "v1 JSON makes a number or a boolean of every element text that looks like one, even a name.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/v1-job-summary-json.http",
        "v1 JSON writes attributes as strings, and `entity` as an array even of one; displayName ends in the jobStatus.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/v4-job-summary-json.http",
        "runId and duration of a JobSummary are numbers in v4 and strings before; v4 tells the virtual domain.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/v1-job-summary-xml.http",
        "v1 writes a fraction of a second only when there is one; later versions always write three digits.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/v1-completed-job-still-runs-json.http",
        "jobStatus is the trigger's: COMPLETED beside a runStatus of RUNNING is normal.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/ids-in-every-form-json.http",
        "Ids may be a number, a text, an object or an array of these, in every version.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/extra-root-member-json.http",
        "A JSON request may have other members beside its root.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/v1-query-is-echoed.http",
        "requestUrl is without the suffix and with the query, which v1 JSON escapes as HTML; data/ decodes it first.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "cisco-prime/suffix-beats-accept.http",
        "The suffix wins against Accept, and XML is the default.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/json-suffix-with-xml-body.http",
        "The suffix does not choose the parser of the body; Content-Type does, and without it a body is XML.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/stray-content-type-on-get.http",
        "A GET may have any Content-Type.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/wrong-method-json.http",
        "A wrong method is 404 with an errorDocument, never 405.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/v1-unknown-entity-type-json.http",
        "An unknown entity type is 404 with PRS-102, and queryParams is the text of a Java map.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/v4-unknown-job-json.http",
        "An unknown id is 404 with PRS-101 and the id as `1,234`; v4 tells its internal type name and the domain and \
         leaves out the first slash of uriPath.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/no-credentials.http",
        "Without credentials: 302 to the login page, no 401.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/dead-session-json.http",
        "A login is kept in the cookie JSESSIONID and may be left out then; a session that is over is as no credentials.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/login-page.http",
        "The page behind that redirect is 200 and HTML, so that a client fails in its JSON parser and knows why.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/v1-rate-limit-json.http",
        "Whoever asks too often, where a switch says how often that is, gets 503 with PRS-303 and no Retry-After.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/v1-run-is-no-job-json.http",
        "cancelrunning takes run ids; JobSummary takes job ids, and a run is not found there.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/run-id-is-no-job-id-json.http",
        "suspend, resume and cancel take job ids; what nothing triggers is not found there.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/suspend-spares-the-run-json.http",
        "suspend, resume and cancel are for the trigger alone: a run at work goes on beside a jobStatus of SUSPENDED.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/suspend-resume-cancel-session-json.http",
        "A suspended trigger can be resumed, a cancelled one never.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "cisco-prime/v2-suspend-twice-json.http",
        "What is suspended or resumed already is a success; what is cancelled already is a failure.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/v1-ids-json.http",
        "A list without `.full` holds ids: text in the member `$`, a string, and jobs only, never their runs.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/v4-full-json.http",
        "v4 lists begin with `@last`, `@first`, `@count` as numbers; v1 has them as strings, and in another order.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "cisco-prime/v1-empty-list-json.http",
        "A list of nothing has `@count` 0 and no array in v1, an empty one later; `@last` is one before `@first`.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/range-json.http",
        "A page by `Range: instances=a-b` is 200 with Content-Range, not 206.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/range-is-overridden-json.http",
        "`.firstResult` or `.maxResults` overrides the whole Range header.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "cisco-prime/page-past-the-end-json.http",
        "A page past the end is empty and no error: jobs may go between two pages.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/page-too-large-json.http",
        "A page over the limit is 503, as asking too often is; its sentence and code are inferred.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/sort-plus-and-minus-json.http",
        "A `+` before a sort key may arrive as a blank.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/find-by-bare-value-json.http",
        "Values of conditions may stand without quotes.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "cisco-prime/unknown-word-json.http",
        "A word that an enumeration does not have is 400, not an empty list; PENDING_EXECUTION and PENDINGEXECUTION differ.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "cisco-prime/find-by-kept-run-status-json.http",
        "A condition on a status finds the jobs that show the word, also one that was kept for a run.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "cisco-prime/duration-is-not-found-by-json.http",
        "duration is shown, but a list neither finds nor sorts by it: 400.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/system-jobs-json.http",
        "Lists leave out the jobs of SYSTEM unless a condition is about the user.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/runhistory-no-parameters-json.http",
        "A run history without parameters has no runs.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/runhistory-unknown-job-json.http",
        "A run history of a job that nobody knows is 200 without a job.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/v1-runhistory-running-json.http",
        "v1 writes one job, one run and one result as objects, and no results as \"\".",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/v3-operations-json.http",
        "The catalogue names an operation by the last segment of its path, and tells the path from op/ on.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "cisco-prime/unknown-domain-json.http",
        "Any virtual domain is echoed, unless a switch lists those there are.",
    ),
    Quirk::new(
        Evidence::Inferred,
        "cisco-prime/v1-deploy-through-job-json.http",
        "Operations that start jobs are 501, told from what does not exist.",
    ),
    Quirk::new(
        Evidence::Observed,
        "cisco-prime/find-by-run-id-json.http",
        "Towards a server: a run has no resource, so it is looked at as the latest run of its job; of any other nothing is \
         seen, and an order to it is judged by the server's word.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/v1-cancel-every-trigger-json.http",
        "Towards a server: what its runs and triggers were told is in two lists whose sentences nobody knows; a failure \
         that is not in our own words is one that does not fit.",
    ),
    Quirk::new(
        Evidence::Documented,
        "cisco-prime/suspend-spares-the-run-json.http",
        "Towards a server: a cancel of a job together with its runs takes several orders, and is refused; one of a run is \
         cancelrunning.",
    ),
];
