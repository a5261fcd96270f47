//! The head of a request: its query, wherever it stands, and the function that it asks for. Reads no body.

use countermand_model::{Fault, FaultKind};

use super::errors::Mistake;
use super::routes::{self, Ambiguous, ROUTES};
use super::{DetailView, errors, refused};
use crate::grammar::path;
use crate::{Echo, Format, Head};

/// See [`Codec::open`](crate::Codec::open).
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
        range: None,
        request_url: String::new(),
        root_url: String::new(),
        id: None,
    };
    let Some(query) = query_of(codec, head) else {
        echo.refusal = Some(Fault::new(FaultKind::UnknownRoute, "There is no such resource."));
        return echo;
    };
    echo.query = query;
    let parameters = routes::parameters(&echo.query);
    echo.id = routes::value(&parameters, "requestId").ok().flatten().map(str::to_owned);
    let action = match routes::value(&parameters, "action") {
        Ok(Some(action)) => action,
        Ok(None) => return with_refusal(echo, Mistake::ActionMissing),
        Err(Ambiguous) => return with_refusal(echo, Mistake::ActionAmbiguous),
    };
    // By `action` alone, not by the method: a wrong method is told with the code of the function that was named.
    let found = ROUTES.iter().enumerate().find(|(_, route)| action == route.operation.name);
    let Some((index, route)) = found else { return with_refusal(echo, Mistake::ActionUnknown) };
    echo.operation = Some(&route.operation);
    echo.route = index;
    if !route.operation.methods.contains(head.method) {
        let message = "The method is not one of this function's.";
        echo.refusal = Some(Fault::new(FaultKind::WrongMethod, message));
        return echo;
    }
    match refused::reason(&echo) {
        Some(mistake) => with_refusal(echo, mistake),
        None => echo,
    }
}

fn with_refusal(mut echo: Echo, mistake: Mistake) -> Echo {
    echo.refusal = Some(errors::fault(&echo, mistake));
    echo
}

/// The query as it was asked, or as the printed line stands for it; `None` where neither is ours.
fn query_of(codec: &DetailView, head: &Head<'_>) -> Option<String> {
    if head.base.is_some() {
        return head.rest.is_empty().then(|| head.query.unwrap_or_default().to_owned());
    }
    // Quirk: one copy of the manual lost `dbapi.do?action=abortRequest&dataset=` and prints
    // `GET baseURL/<Datasetname>&requestId=<id>`, which is all path. No vendor's server answers to it.
    // fixtures/hitachi-detail-view/abort-printed-line.http
    let (dataset, request_id) = routes::printed_line(head.rest).filter(|_| codec.printed_line)?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("action", "abortRequest");
    query.append_pair("dataset", dataset);
    query.append_pair("requestId", &path::decoded(request_id));
    Some(query.finish())
}
