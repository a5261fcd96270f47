//! The two functions that are served, and how a request is found to ask for one. Nothing here knows what a function
//! does.

use countermand_model::{Fault, FaultKind};
use http::Method;

use super::errors::Mistake;
use super::{DetailView, decode, encode, errors};
use crate::grammar::{path, query};
use crate::{Access, BodyRule, Echo, Evidence, Format, Head, Operation, Resend, Route};

/// The functions, in the order of the documentation. The servlet is found by its path and the function by `action`;
/// "baseURL/dbapi.do?action=…" (MK-99ANA004-11, Getting the request status, Stopping an API request).
pub(super) static ROUTES: &[Route<DetailView>] = &[
    Route {
        operation: Operation {
            name: "getStatus",
            methods: &[Method::GET, Method::POST],
            path: "",
            selector: Some(("action", "getStatus")),
            access: Access::Read,
            body: BodyRule::None,
            resend: Resend::Never, // it consumes what it reads
            document: None,
            meaning: "Tells how far a request is and hands out its results.",
            evidence: Evidence::Documented,
        },
        decode: decode::get_status,
        encode: encode::get_status,
    },
    Route {
        operation: Operation {
            name: "abortRequest",
            methods: &[Method::GET, Method::POST],
            path: "",
            selector: Some(("action", "abortRequest")),
            access: Access::Write,
            body: BodyRule::None,
            resend: Resend::Never,
            document: None,
            meaning: "Stops a request.",
            evidence: Evidence::Documented,
        },
        decode: decode::abort_request,
        encode: encode::abort_request,
    },
];

/// The operations of [`ROUTES`].
pub(super) fn operations() -> Vec<&'static Operation> {
    ROUTES.iter().map(|route| &route.operation).collect()
}

/// Whether a path is the abort line as one copy of the manual prints it.
pub(super) fn is_printed_line(path: &str) -> bool {
    printed_line(path).is_some()
}

/// Takes from the head what an answer needs.
pub(super) fn open(codec: &DetailView, head: &Head<'_>) -> Echo {
    let mut echo = Echo {
        operation: None,
        route: 0,
        refusal: None,
        version: 1,
        format: Format::Json,
        body: Format::Json,
        method: head.method.clone(),
        path: head.rest.to_owned(),
        query: String::new(),
        request_url: format!("{}{}", head.origin, head.path),
        root_url: format!("{}{}", head.origin, head.base_path()),
        id: None,
    };
    let Some(query) = query_of(codec, head) else {
        echo.refusal = Some(Fault::new(FaultKind::UnknownRoute, "There is no such resource."));
        return echo;
    };
    echo.query = query;
    let parameters = parameters(&echo.query);
    echo.id = query::first(&parameters, "requestId").map(str::to_owned);
    let action = query::first(&parameters, "action").filter(|action| !action.is_empty());
    let found = ROUTES.iter().enumerate().find(|(_, route)| action == Some(route.operation.name));
    if let Some((index, route)) = found {
        echo.operation = Some(&route.operation);
        echo.route = index;
        echo.refusal = (!serves(&route.operation, head.method))
            .then(|| Fault::new(FaultKind::WrongMethod, "The method is not one of this function's."));
    } else {
        let mistake = if action.is_none() { Mistake::ActionMissing } else { Mistake::ActionUnknown };
        echo.refusal = Some(errors::fault(&echo, mistake));
    }
    echo
}

/// The pairs of a query.
///
/// Quirk: the manuals up to 10.7 print `dataset =<Datasetname>`; pasted, the blank arrives as a part of the name.
/// fixtures/hitachi-detail-view/status-blank-in-parameter-name.http
pub(super) fn parameters(query: &str) -> Vec<(String, String)> {
    query::pairs(query).into_iter().map(|(name, value)| (name.trim().to_owned(), value)).collect()
}

/// The query as it was asked, or as the printed line stands for it; `None` where neither is ours.
fn query_of(codec: &DetailView, head: &Head<'_>) -> Option<String> {
    if head.base.is_some() {
        return head.rest.is_empty().then(|| head.query.unwrap_or_default().to_owned());
    }
    // Quirk: one copy of the manual lost `dbapi.do?action=abortRequest&dataset=` and prints
    // `GET baseURL/<Datasetname>&requestId=<id>`, which is all path. No vendor's server answers to it.
    // fixtures/hitachi-detail-view/abort-printed-line.http
    let (dataset, request_id) = printed_line(head.rest).filter(|_| codec.printed_line)?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("action", "abortRequest");
    query.append_pair("dataset", dataset);
    query.append_pair("requestId", &path::decoded(request_id));
    Some(query.finish())
}

/// Dataset and raw request id of `/<dataset>&requestId=<id>`.
fn printed_line(path: &str) -> Option<(&str, &str)> {
    let (dataset, request_id) = path.strip_prefix('/')?.split_once("&requestId=")?;
    let whole = !request_id.is_empty() && !request_id.contains(['&', '/']);
    (whole && decode::is_dataset(dataset)).then_some((dataset, request_id))
}

/// HEAD goes where GET goes, but must not stop anything: RFC 9110 §9.2.1 calls it safe.
fn serves(operation: &Operation, method: &Method) -> bool {
    operation.methods.contains(method) || (*method == Method::HEAD && operation.access == Access::Read)
}
