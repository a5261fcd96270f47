//! Refusals: a status, the `SimpleExceptionDetail` that explains it, and what both mean to whoever asked.

use bytes::Bytes;
use countermand_model::Fault;
use http::Response;
use http::header::RETRY_AFTER;

use crate::Malformed;
use crate::oracle_ess::wire::GivenExceptionWire;
use crate::oracle_ess::{decode, errors};

/// A refusal.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The HTTP status.
    pub(super) status: u16,
    /// The summary; empty where there is no document.
    pub(super) title: String,
    /// More about it.
    pub(super) detail: Option<String>,
    /// Such as `ESS-00500`.
    code: Option<String>,
    retry_after: Option<u32>,
}

/// The refusal that an answer is; `None` where it is none.
///
/// # Errors
/// A status that refuses, without the document that this API refuses with: somebody in between has answered, and a 404
/// of theirs says nothing about a request. A 401 is theirs to say: a live server has its agent in front of it answer so.
pub(super) fn read(response: &Response<Bytes>) -> Result<Option<Refusal>, Malformed> {
    let status = response.status();
    if status.is_success() {
        return Ok(None);
    }
    let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = header.and_then(|seconds| seconds.trim().parse().ok());
    let status = status.as_u16();
    let given = match decode::object::<GivenExceptionWire>(response.body()) {
        Ok(given) => given,
        Err(_) if status == 401 => {
            GivenExceptionWire { title: String::new(), detail: None, error_code: None }
        }
        Err(malformed) => {
            let problem = format!("status {status} without a SimpleExceptionDetail: {}", malformed.problem);
            return Err(Malformed::new(malformed.place, problem));
        }
    };
    let GivenExceptionWire { title, detail, error_code: code } = given;
    Ok(Some(Refusal { status, title, detail, code, retry_after }))
}

impl Refusal {
    /// Whether it says that there is no such request.
    pub(super) fn is_absence(&self) -> bool {
        self.status == 404
    }

    /// The fault that it is to whoever sent the request.
    ///
    /// Lost is an `errorCode` that the table does not have, but for the log.
    pub(super) fn fault(self, is_about_a_request: bool) -> Fault {
        let kind = errors::kind(self.status, &self.title, is_about_a_request);
        let message = self.detail.unwrap_or(self.title);
        let mut fault = Fault::new(kind, message);
        fault.retry_after = self.retry_after;
        match self.code {
            Some(code) => fault.with_detail(format!("status {}, {code}", self.status)),
            None => fault,
        }
    }
}
