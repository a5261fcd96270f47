//! What needs no token: whether the process lives and is ready, its figures, and the description of this API.

use http::{Response, StatusCode};
use prometheus_client::encoding::text::encode;

use crate::asked::Asked;
use crate::{ControlBody, Problem, answer};

/// The description of this API, OpenAPI 3.1. Written by hand; a test holds it against the route table and the wire.
pub(crate) const OPENAPI: &str = include_str!("openapi.json");

/// `GET /livez`: the process answers.
pub(crate) async fn live(_: Asked) -> Result<Response<ControlBody>, Problem> {
    Ok(answer::whole(StatusCode::OK, "text/plain; charset=utf-8", "ok\n"))
}

/// `GET /readyz`: the ledger reads and writes, and the process is not about to end.
pub(crate) async fn ready(asked: Asked) -> Result<Response<ControlBody>, Problem> {
    if *asked.draining().borrow() {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Shutting down."));
    }
    asked.store().ready().await?;
    Ok(answer::whole(StatusCode::OK, "text/plain; charset=utf-8", "ok\n"))
}

/// `GET /v1/openapi.json`.
pub(crate) async fn openapi(_: Asked) -> Result<Response<ControlBody>, Problem> {
    Ok(answer::whole(StatusCode::OK, "application/json", OPENAPI))
}

/// `GET /metrics`: OpenMetrics 1.0.0, of the whole process.
pub(crate) async fn metrics(asked: Asked) -> Result<Response<ControlBody>, Problem> {
    let mut text = String::new();
    encode(&mut text, &asked.shared.registry).expect("writing to a String does not fail");
    Ok(answer::whole(StatusCode::OK, "application/openmetrics-text; version=1.0.0; charset=utf-8", text))
}
