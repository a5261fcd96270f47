//! The documents, one-to-one with the bytes. What they mean is `decode.rs`'s and `encode.rs`'s to know.

mod style;

mod operation_payload;

mod operation_result;

mod mgmt_response;

mod run_history;

mod query_response;

mod job_summary;

mod list;

mod catalogue;

mod error_document;

mod read;

mod told_operation;

mod told_query;

pub(super) use catalogue::{CatalogueWire, OperationWire};
pub(super) use error_document::ErrorDocumentWire;
pub(super) use job_summary::{EntityWire, JobSummaryWire};
pub(super) use list::{EntityIdWire, ItemsWire, ListWire};
pub(super) use operation_payload::{JobIds, Payload, RunIds, read_ids, write_ids};
pub(super) use operation_result::{OperationResultWire, StatusWire};
pub(super) use read::{Root, document};
pub(super) use run_history::{HistoryWire, JobWire, ResultWire, RunWire};
pub(super) use style::{DOMAIN, ROOT_DOMAIN};
pub(super) use told_operation::{
    ToldHistoryWire, ToldJobWire, ToldOperationWire, ToldResultWire, ToldStatusWire,
};
pub(super) use told_query::{
    ToldCatalogueWire, ToldEntitiesWire, ToldErrorWire, ToldIdWire, ToldIdsWire, ToldSummaryWire,
};
