//! The audit, page by page.

use http::{Response, StatusCode};

use crate::asked::Asked;
use crate::wire::{AuditRowWire, AuditWire};
use crate::{ControlBody, Problem, answer};

/// `GET /v1/audit`: all namespaces, because a row says which it is about.
pub(crate) async fn page(mut asked: Asked) -> Result<Response<ControlBody>, Problem> {
    let after = asked.query.after()?.unwrap_or(0);
    let limit = asked.query.limit()?;
    asked.query.finish()?;
    let log = asked.store().audit(after, limit).await?;
    let next = log.entries.last().map(|row| row.seq).filter(|seq| *seq < log.last);
    let entries = log.entries.iter().map(AuditRowWire::of).collect();
    Ok(answer::json(StatusCode::OK, &AuditWire { entries, next }))
}
