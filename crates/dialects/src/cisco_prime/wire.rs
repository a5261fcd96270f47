//! The documents, one-to-one with the bytes. What they mean is `decode.rs`'s and `encode.rs`'s to know.

mod style;

mod operation_payload;

mod operation_result;

mod job_summary;

mod error_document;

pub(super) use error_document::ErrorDocumentWire;
pub(super) use job_summary::{EntityWire, JobSummaryWire};
pub(super) use operation_payload::{JobIds, Payload, RunIds, read_ids};
pub(super) use operation_result::{OperationResultWire, StatusWire};
