//! One row per operation. The version is the first segment below the base, so every path begins with `{version}`; the
//! login page has a base of its own and nothing below it.

use http::Method;

use super::{Prime, catalogues, decode, encode, history, lists, operations};
use crate::{Access, BodyRule, Document, Evidence, Operation, Route};

/// The bases, as [`Dialect::paths`](crate::Dialect::paths) has them.
pub(super) const PATHS: &[&str] = &[API, LOGIN];

/// Where the API lives.
const API: &str = "/webacs/api";

/// The page that a request without credentials is sent to.
pub(super) const LOGIN: &str = "/webacs/pages/common/login.jsp";

/// The versions, as the first segment below the base.
pub(super) const VERSIONS: &[&str] = &["v1", "v2", "v3", "v4"];

/// The one entity type so far.
pub(super) const JOB_SUMMARY: &str = "JobSummary";

/// The name of the one operation that has pages.
pub(super) const LIST: &str = "jobsummaries";

/// HEAD is answered as GET; the edge leaves out the body.
pub(super) const READS: &[Method] = &[Method::GET, Method::HEAD];

/// Quirk: a client that sends no credentials and follows the redirect must find a page, with 200, that is not JSON;
/// fixtures/cisco-prime/login-page.http
const LOGIN_PAGE: &Document = &Document {
    status: 200,
    content_type: "text/html;charset=UTF-8",
    body: "<!DOCTYPE html>\n<html><head><title>Login</title></head><body><p>This API takes HTTP Basic \
           credentials. There is nothing to log in to here.</p></body></html>\n",
};

/// Operations that start jobs, by `PUT`, below `op/`. Submitting work is not for us: these are told apart from what does
/// not exist, so that a client is not looking for a mistake of its own. All but the last are documented; the last was
/// seen in a client.
pub(super) const STARTERS: &[&str] = &[
    "cliTemplateConfiguration/deployTemplateThroughJob",
    "cliTemplateConfiguration/deploy",
    "devices/bulkImport",
    "wlanProvisioning/deployTemplate",
];

/// All operations.
pub(super) static ROUTES: [Route<Prime>; 10] = [
    Route {
        operation: Operation {
            name: "cancelrunning",
            methods: &[Method::PUT],
            path: "/{version}/op/jobService/cancelrunning",
            selector: None,
            access: Access::Write,
            body: BodyRule::Document,
            document: None,
            meaning: "Stops running instances of jobs, by run id.",
            evidence: Evidence::Documented,
        },
        decode: decode::cancel_running,
        encode: operations::cancel_running,
    },
    Route {
        operation: Operation {
            name: "suspend",
            methods: &[Method::PUT],
            path: "/{version}/op/jobService/suspend",
            selector: None,
            access: Access::Write,
            body: BodyRule::Document,
            document: None,
            meaning: "Keeps the triggers of jobs from firing until they are resumed; runs at work go on. By job id.",
            evidence: Evidence::Documented,
        },
        decode: decode::suspend,
        encode: operations::suspend,
    },
    Route {
        operation: Operation {
            name: "resume",
            methods: &[Method::PUT],
            path: "/{version}/op/jobService/resume",
            selector: None,
            access: Access::Write,
            body: BodyRule::Document,
            document: None,
            meaning: "Lets the triggers of suspended jobs fire again, by job id.",
            evidence: Evidence::Documented,
        },
        decode: decode::resume,
        encode: operations::resume,
    },
    Route {
        operation: Operation {
            name: "cancel",
            methods: &[Method::PUT],
            path: "/{version}/op/jobService/cancel",
            selector: None,
            access: Access::Write,
            body: BodyRule::Document,
            document: None,
            meaning: "Ends the triggers of jobs for good; runs at work go on. By job id.",
            evidence: Evidence::Documented,
        },
        decode: decode::cancel,
        encode: operations::cancel,
    },
    Route {
        operation: Operation {
            name: "jobsummary",
            methods: READS,
            path: "/{version}/data/JobSummary/{id}",
            selector: None,
            access: Access::Read,
            body: BodyRule::None,
            document: None,
            meaning: "Tells the status of a job and of its latest run, by job id.",
            evidence: Evidence::Documented,
        },
        decode: decode::job_summary,
        encode: encode::job_summary,
    },
    Route {
        operation: Operation {
            name: "runhistory",
            methods: READS,
            path: "/{version}/op/jobService/runhistory",
            selector: None,
            access: Access::Read,
            body: BodyRule::None,
            document: None,
            meaning: "Tells the runs of the jobs that meet the conditions of its query.",
            evidence: Evidence::Observed,
        },
        decode: history::decode,
        encode: history::encode,
    },
    Route {
        operation: Operation {
            name: LIST,
            methods: READS,
            path: "/{version}/data/JobSummary",
            selector: None,
            access: Access::Read,
            body: BodyRule::None,
            document: None,
            meaning: "Lists jobs, by id only or whole, a page at a time; finds and sorts them by their attributes.",
            evidence: Evidence::Observed,
        },
        decode: lists::decode,
        encode: lists::encode,
    },
    Route {
        operation: Operation {
            name: "operations",
            methods: READS,
            path: "/{version}/op",
            selector: None,
            access: Access::Read,
            body: BodyRule::None,
            document: None,
            meaning: "Lists the operations there are.",
            evidence: Evidence::Observed,
        },
        decode: catalogues::decode,
        encode: catalogues::operations,
    },
    Route {
        operation: Operation {
            name: "entitytypes",
            methods: READS,
            path: "/{version}/data",
            selector: None,
            access: Access::Read,
            body: BodyRule::None,
            document: None,
            meaning: "Lists the entity types there are.",
            evidence: Evidence::Observed,
        },
        decode: catalogues::decode,
        encode: catalogues::entity_types,
    },
    Route {
        operation: Operation {
            name: "login",
            methods: READS,
            path: "",
            selector: None,
            access: Access::Open,
            body: BodyRule::None,
            document: Some(LOGIN_PAGE),
            meaning: "The page that a request without credentials is redirected to.",
            evidence: Evidence::Inferred,
        },
        decode: decode::nothing,
        encode: encode::document,
    },
];
