//! The route table: one row per operation. Dispatch, `Allow`, scopes, metrics and the test of `openapi.json` are
//! derived from it.

use countermand_dialects::grammar::path::matches;
use futures_util::future::BoxFuture;
use http::{Method, Response};

use crate::asked::Asked;
use crate::auth::Access;
use crate::orders::{self, Verb};
use crate::request_body::RequestBody;
use crate::{ControlBody, Problem, audit, events, feed, jobs, probes};

/// One operation.
pub(crate) struct Route {
    /// Its `operationId` in `openapi.json`, which the audit calls it by.
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) handle: Handler,
}

/// Answers one operation. One that takes no body drops it unread.
pub(crate) type Handler =
    fn(Asked, RequestBody) -> BoxFuture<'static, Result<Response<ControlBody>, Problem>>;

/// Every operation.
pub(crate) static ROUTES: [Route; 14] = [
    get("live", "/livez", Access::Open, |asked, _| Box::pin(probes::live(asked))),
    get("ready", "/readyz", Access::Open, |asked, _| Box::pin(probes::ready(asked))),
    get("metrics", "/metrics", Access::Open, |asked, _| Box::pin(probes::metrics(asked))),
    get("describeApi", "/v1/openapi.json", Access::Open, |asked, _| Box::pin(probes::openapi(asked))),
    get("listJobs", "/v1/jobs", Access::Read, |asked, _| Box::pin(jobs::list(asked))),
    post("registerJobs", "/v1/jobs", Access::Admin, |asked, body| Box::pin(jobs::post(asked, body))),
    get("getJob", "/v1/jobs/{number}", Access::Read, |asked, _| Box::pin(jobs::get(asked))),
    put("putJob", "/v1/jobs/{number}", Access::Admin, |asked, body| Box::pin(jobs::put(asked, body))),
    post("postEvent", "/v1/jobs/{number}/events", Access::Run, |asked, body| {
        Box::pin(events::post(asked, body))
    }),
    post("cancelJob", "/v1/jobs/{number}/cancel", Access::Admin, |asked, body| {
        Box::pin(orders::give(asked, body, Verb::Cancel))
    }),
    post("holdJob", "/v1/jobs/{number}/hold", Access::Admin, |asked, body| {
        Box::pin(orders::give(asked, body, Verb::Hold))
    }),
    post("releaseJob", "/v1/jobs/{number}/release", Access::Admin, |asked, body| {
        Box::pin(orders::give(asked, body, Verb::Release))
    }),
    get("followCommands", "/v1/commands", Access::Read, |asked, _| Box::pin(feed::get(asked))),
    get("readAudit", "/v1/audit", Access::Read, |asked, _| Box::pin(audit::page(asked))),
];

const fn get(operation: &'static str, path: &'static str, access: Access, handle: Handler) -> Route {
    Route { operation, method: Method::GET, path, access, handle }
}

const fn put(operation: &'static str, path: &'static str, access: Access, handle: Handler) -> Route {
    Route { operation, method: Method::PUT, path, access, handle }
}

const fn post(operation: &'static str, path: &'static str, access: Access, handle: Handler) -> Route {
    Route { operation, method: Method::POST, path, access, handle }
}

/// Where a method and a path lead.
pub(crate) enum Found {
    /// To a row, with the variable segments of the path.
    Route(&'static Route, Vec<String>),
    /// To a path that has other methods, as `Allow` lists them.
    WrongMethod(String),
    /// Nowhere.
    Nothing,
}

/// Finds the row. HEAD is answered wherever GET is.
pub(crate) fn find(method: &Method, path: &str) -> Found {
    let asked = if method == Method::HEAD { &Method::GET } else { method };
    let mut allow: Vec<&str> = Vec::new();
    for route in &ROUTES {
        let Some(segments) = matches(route.path, path) else { continue };
        if route.method == *asked {
            return Found::Route(route, segments.into_iter().map(str::to_owned).collect());
        }
        allow.push(route.method.as_str());
        if route.method == Method::GET {
            allow.push(Method::HEAD.as_str());
        }
    }
    if allow.is_empty() { Found::Nothing } else { Found::WrongMethod(allow.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(method: Method, path: &str) -> Option<String> {
        match find(&method, path) {
            Found::WrongMethod(allow) => Some(allow),
            Found::Route(..) | Found::Nothing => None,
        }
    }

    #[test]
    fn a_known_path_says_what_it_takes() {
        assert_eq!(allow(Method::DELETE, "/v1/jobs/7").as_deref(), Some("GET, HEAD, PUT"));
        assert_eq!(allow(Method::GET, "/v1/jobs/7/cancel").as_deref(), Some("POST"));
        assert_eq!(allow(Method::OPTIONS, "/v1/jobs").as_deref(), Some("GET, HEAD, POST"));
    }

    #[test]
    fn a_path_is_a_whole_one() {
        for path in
            ["/", "/v1/jobs/", "/v1/jobs//cancel", "/v1/jobs/7/cancel/", "/v1/Jobs", "/v1/jobs/7/restart"]
        {
            assert!(matches!(find(&Method::GET, path), Found::Nothing), "{path}");
        }
        assert!(matches!(find(&Method::HEAD, "/v1/jobs/7"), Found::Route(_, segments) if segments == ["7"]));
    }
}
