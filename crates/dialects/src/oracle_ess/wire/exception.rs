//! `SimpleExceptionDetail`: a refusal.

use std::borrow::Cow;

use serde::Deserialize;

use crate::grammar::json::{Slashes, Writer};

/// `SimpleExceptionDetail`. `type` and `title` are required.
pub(in crate::oracle_ess) struct ExceptionWire<'e> {
    /// A URI.
    pub(in crate::oracle_ess) kind: Cow<'static, str>,
    /// A summary.
    pub(in crate::oracle_ess) title: &'e str,
    /// The HTTP status.
    pub(in crate::oracle_ess) status: u16,
    /// More about it.
    pub(in crate::oracle_ess) detail: Option<&'e str>,
    /// Such as `ESS-00500`.
    ///
    /// Quirk: plain `errorCode`, not the `o:errorCode` of Oracle's other REST services;
    /// fixtures/oracle-ess/cancel-unknown-id.http
    pub(in crate::oracle_ess) error_code: Option<&'e str>,
}

impl ExceptionWire<'_> {
    /// The document.
    pub(in crate::oracle_ess) fn write(&self) -> Vec<u8> {
        let mut json = Writer::new(Slashes::Plain);
        json.object(|json| {
            json.member_string("type", &self.kind);
            json.member_string("title", self.title);
            json.member_integer("status", self.status.into());
            if let Some(detail) = self.detail {
                json.member_string("detail", detail);
            }
            if let Some(code) = self.error_code {
                json.member_string("errorCode", code);
            }
        });
        json.finish()
    }
}

/// `SimpleExceptionDetail` as a server wrote it. Its `type` is not looked at: nobody says which there are.
#[derive(Deserialize)]
pub(in crate::oracle_ess) struct GivenExceptionWire {
    /// A summary. Required, and by it a refusal of this API is told from a page of something in between.
    pub(in crate::oracle_ess) title: String,
    /// More about it.
    pub(in crate::oracle_ess) detail: Option<String>,
    /// Such as `ESS-00500`.
    #[serde(rename = "errorCode")]
    pub(in crate::oracle_ess) error_code: Option<String>,
}
