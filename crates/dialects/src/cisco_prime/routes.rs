//! One row per operation. The version is the first segment below the base, so every path begins with `{version}`; the
//! login page has a base of its own and nothing below it.

use http::Method;

use super::{Prime, catalogues, decode, encode, history, lists, operations};
use crate::grammar::route;
use crate::{Access, BodyRule, Document, Evidence, Operation, Route};

/// The bases, as [`Dialect::paths`](crate::Dialect::paths) has them.
pub(super) const PATHS: &[&str] = &[API, LOGIN];

/// Where the API lives.
const API: &str = "/webacs/api";

/// The page that a request without credentials is sent to.
pub(super) const LOGIN: &str = "/webacs/pages/common/login.jsp";

/// The versions, as the first segment below the base.
pub(super) const VERSIONS: &[&str] = &["v1", "v2", "v3", "v4"];

/// The newest of them.
pub(super) const NEWEST: u8 = 4;

/// The number of a version, from 1.
pub(super) fn version(name: &str) -> Option<u8> {
    VERSIONS.iter().zip(1..).find(|(known, _)| **known == name).map(|(_, number)| number)
}

/// The one entity type so far.
pub(super) const JOB_SUMMARY: &str = "JobSummary";

/// The name of the one operation that has pages.
pub(super) const LIST: &str = "jobsummaries";

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

const PUT: &[Method] = &[Method::PUT];

/// All operations.
pub(super) static ROUTES: [Route<Prime>; 10] = [
    Route {
        operation: Operation {
            body: BodyRule::Document,
            ..Operation::write(
                "cancelrunning",
                PUT,
                "/{version}/op/jobService/cancelrunning",
                "Stops running instances of jobs, by run id.",
            )
        },
        decode: decode::cancel_running,
        encode: operations::cancel_running,
    },
    Route {
        operation: Operation {
            body: BodyRule::Document,
            ..Operation::write(
                "suspend",
                PUT,
                "/{version}/op/jobService/suspend",
                "Keeps the triggers of jobs from firing until they are resumed; runs at work go on. By job id.",
            )
        },
        decode: decode::suspend,
        encode: operations::suspend,
    },
    Route {
        operation: Operation {
            body: BodyRule::Document,
            ..Operation::write(
                "resume",
                PUT,
                "/{version}/op/jobService/resume",
                "Lets the triggers of suspended jobs fire again, by job id.",
            )
        },
        decode: decode::resume,
        encode: operations::resume,
    },
    Route {
        operation: Operation {
            body: BodyRule::Document,
            ..Operation::write(
                "cancel",
                PUT,
                "/{version}/op/jobService/cancel",
                "Ends the triggers of jobs for good; runs at work go on. By job id.",
            )
        },
        decode: decode::cancel,
        encode: operations::cancel,
    },
    Route {
        operation: Operation::read(
            "jobsummary",
            "/{version}/data/JobSummary/{id}",
            "Tells the status of a job and of its latest run, by job id.",
        ),
        decode: decode::job_summary,
        encode: encode::job_summary,
    },
    Route {
        operation: Operation {
            evidence: Evidence::Observed,
            ..Operation::read(
                "runhistory",
                "/{version}/op/jobService/runhistory",
                "Tells the runs of the jobs that meet the conditions of its query.",
            )
        },
        decode: history::decode,
        encode: history::encode,
    },
    Route {
        operation: Operation {
            evidence: Evidence::Observed,
            ..Operation::read(
                LIST,
                "/{version}/data/JobSummary",
                "Lists jobs, by id only or whole, a page at a time; finds and sorts them by their attributes.",
            )
        },
        decode: lists::decode,
        encode: lists::encode,
    },
    Route {
        operation: Operation {
            evidence: Evidence::Observed,
            ..Operation::read("operations", "/{version}/op", "Lists the operations there are.")
        },
        decode: catalogues::decode,
        encode: catalogues::operations,
    },
    Route {
        operation: Operation {
            evidence: Evidence::Observed,
            ..Operation::read("entitytypes", "/{version}/data", "Lists the entity types there are.")
        },
        decode: catalogues::decode,
        encode: catalogues::entity_types,
    },
    Route {
        operation: Operation {
            access: Access::Open,
            document: Some(LOGIN_PAGE),
            evidence: Evidence::Inferred,
            ..Operation::read("login", "", "The page that a request without credentials is redirected to.")
        },
        decode: route::unasked,
        encode: encode::document,
    },
];
