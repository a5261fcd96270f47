//! The northbound interface of Cisco Prime Infrastructure (PI) and Evolved Programmable Network Manager (EPNM): the
//! triggers and running instances of `jobService`, and `JobSummary`. API versions 1 to 4, side by side, by the path.
//!
//! Of the [`Echo`] it uses every field: `version` is 1 to 4, `path` is what stands below the version without its
//! suffix, `request_url` and `root_url` are as answers show them, `id` is the job id of `data/JobSummary/{id}`, `range`
//! is for lists.
//!
//! Here: `suspend`, `resume`, `cancel`, `cancelrunning` and `runhistory` of `op/jobService`; `data/JobSummary`, one and
//! many; the catalogues `op` and `data`. Not here: sessions by `JSESSIONID`, of which the row of this dialect names the
//! cookie and the edge does the rest; operations that start jobs, which are refused with 501 and say so,
//! and every other resource, which is 404. Lists know what a list of jobs can be found and sorted by
//! ([`attributes`]); what they cannot, such as `duration`, is a 400 that names it, never a list without it.

mod routes;

mod open;

mod refusals;

mod decode;

mod encode;

mod operations;

mod summary;

mod lists;

mod history;

mod catalogues;

mod query;

mod attributes;

mod asked;

mod wire;

mod errors;

mod limits;

mod states;

mod vocabulary;

mod settings;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use countermand_model::{Command, Fault, Outcome};
use http::Response;

use self::settings::Settings;
use crate::grammar::number;
use crate::{Codec, Dialect, Echo, Evidence, Head, Ids, Malformed, Quirk, RateLimits, Scheme, SessionCookie};

const NAME: &str = "cisco-prime";

/// The row of this dialect.
pub(crate) static DIALECT: Dialect = Dialect {
    name: NAME,
    title: "Cisco Prime Infrastructure, EPN Manager: jobService",
    versions: routes::VERSIONS,
    paths: routes::PATHS,
    claims: None,
    operations: || routes::ROUTES.iter().map(|route| &route.operation).collect(),
    switches: settings::SWITCHES,
    quirks: QUIRKS,
    sources: &[
        "Cisco Prime Infrastructure API reference 1.3 to 3.10, and its page on cancelrunning (v1, v2, v3)",
        "Cisco EPN Manager API reference 3.1 to 7.1; developer.cisco.com/docs/epnm",
        "captures and clients in public repositories: gve-sw/epnm, gve-sw/epnm_usage_tool, \
         aradford123/cisco-prime-infrastructure-examples, durgell/Prime-Infrastructure-3-Querier, \
         automateyournetwork/CiscoPrimeFacts, Checkmk test data",
    ],
    ids: Ids {
        form: "a decimal number from 1 to 9223372036854775807, without leading zeros",
        // What is asked for is read as a number first, so no request could mean an id with leading zeros.
        is_id: |text| number::decimal(text).is_some_and(|id| id.to_string() == text),
        number: number::decimal,
        write: |number| number.to_string(),
    },
    states: states::STATES,
    attributes: "`runStatus` and `resultStatus` of a run, words that are written while the state that they stand for holds; and \
                 `results` of a run, an array of `{\"property\", \"value\"}`, which runhistory shows.",
    vocabulary: vocabulary::vocabulary,
    // The cookie is observed, and a client that logs in once and then sends nothing else; its path is inferred.
    schemes: &[Scheme::Basic],
    session: Some(SessionCookie { name: "JSESSIONID", path: "/webacs" }),
    make: |switches| Arc::new(Prime { settings: Settings::new(switches) }),
};

/// The codec of one mount.
#[derive(Debug)]
struct Prime {
    settings: Settings,
}

impl Codec for Prime {
    fn open(&self, head: &Head<'_>) -> Echo {
        open::open(self, head)
    }

    fn limits(&self, echo: &Echo) -> Option<&RateLimits> {
        self.settings.limits.as_ref()?.of(echo)
    }

    fn decode_request(&self, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
        (routes::ROUTES[echo.route].decode)(self, echo, body)
    }

    fn encode_response(&self, echo: &Echo, answer: &Result<Outcome, Fault>) -> Response<Bytes> {
        match answer {
            Ok(outcome) => (routes::ROUTES[echo.route].encode)(self, echo, outcome),
            Err(fault) => errors::response(echo, fault),
        }
    }
}

const QUIRKS: &[Quirk] = &[
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
];
