//! `GET op` and `GET data`: what there is here, from the table of routes.
//!
//! Seen is what a client reads of them: the names, the methods, the paths and URLs. The `responseType` of each is inferred.

use bytes::Bytes;
use countermand_model::{Command, Filter, Kin, Outcome, Page};
use http::{Response, StatusCode};

use super::routes::{JOB_SUMMARY, ROUTES};
use super::wire::{CatalogueWire, OperationWire};
use super::{Prime, encode};
use crate::{Echo, Malformed};

/// Where operations live below a version.
const OPERATIONS: &str = "/{version}/op/";

/// A catalogue asks nothing of an engine; there is no smaller question than for none of the jobs.
///
/// # Errors
/// None.
pub(super) fn decode(_: &Prime, _: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    Ok(Command::List {
        filter: Filter::Or(Vec::new()),
        sort: Vec::new(),
        page: Page { first: 0, size: 0 },
        count: false,
        kin: Kin::None,
    })
}

/// Quirk: the name of an operation is the last segment of its path, and the path is told from `op/` on;
/// fixtures/cisco-prime/v3-operations-json.http
pub(super) fn operations(_: &Prime, echo: &Echo, _: &Outcome) -> Response<Bytes> {
    let operations = ROUTES.iter().filter_map(|route| {
        let path = route.operation.path.strip_prefix(OPERATIONS)?;
        let name = path.rsplit('/').next()?;
        Some(OperationWire { name, method: route.operation.methods.first()?.as_str(), path })
    });
    let catalogue = CatalogueWire::Operations(operations.collect());
    encode::response(echo, StatusCode::OK, catalogue.write(echo))
}

pub(super) fn entity_types(_: &Prime, echo: &Echo, _: &Outcome) -> Response<Bytes> {
    let catalogue = CatalogueWire::EntityTypes(vec![JOB_SUMMARY]);
    encode::response(echo, StatusCode::OK, catalogue.write(echo))
}
