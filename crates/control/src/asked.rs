//! What a handler gets besides the body: one authenticated request, its transport forgotten.

use std::sync::Arc;

use bytes::Bytes;
use countermand_dialects::grammar;
use countermand_ledger::Store;
use http::{HeaderMap, StatusCode};
use tokio::sync::watch;

use crate::Problem;
use crate::media::{self, Media};
use crate::query::Query;
use crate::request_body::RequestBody;
use crate::service::Shared;

/// One request.
pub(crate) struct Asked {
    /// What the process shares.
    pub(crate) shared: Arc<Shared>,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The variable segments of the path, not decoded.
    pub(crate) segments: Vec<String>,
    /// The query.
    pub(crate) query: Query,
    /// The token's name; empty on open routes.
    pub(crate) by: String,
    /// Where the request came from; empty where the listener does not say.
    pub(crate) client: String,
    /// The request's id.
    pub(crate) request_id: String,
}

impl Asked {
    /// The ledger.
    pub(crate) fn store(&self) -> &Store {
        &self.shared.store
    }

    /// The number in the path.
    ///
    /// # Errors
    /// 404: there can be no job of that number.
    pub(crate) fn number(&self) -> Result<i64, Problem> {
        let segment = self.segments.first().map_or("", String::as_str);
        grammar::number::decimal(segment).ok_or_else(|| {
            Problem::new(
                StatusCode::NOT_FOUND,
                "There is no such job: a job's number is a decimal number from 1 to 9223372036854775807.",
            )
        })
    }

    /// The body, where it is one JSON document.
    ///
    /// # Errors
    /// 415 where it says that it is something else, 413 where it is too long, 400 where it breaks off.
    pub(crate) async fn one_document(&self, body: RequestBody) -> Result<Bytes, Problem> {
        self.says_one_document()?;
        body.collect().await
    }

    /// The same where there need be none. What the head says of no bytes does not count: many clients label them.
    ///
    /// # Errors
    /// As [`one_document`](Asked::one_document), where there is one.
    pub(crate) async fn one_document_or_none(&self, body: RequestBody) -> Result<Option<Bytes>, Problem> {
        let bytes = body.collect().await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.says_one_document()?;
        Ok(Some(bytes))
    }

    /// Turns to `true` when answers that wait are to come to an end.
    pub(crate) fn draining(&self) -> watch::Receiver<bool> {
        self.shared.draining.subscribe()
    }

    fn says_one_document(&self) -> Result<(), Problem> {
        match media::of(&self.headers)? {
            Media::Json => Ok(()),
            Media::Lines => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "One document is application/json; only POST /v1/jobs takes application/x-ndjson.",
            )),
        }
    }
}
