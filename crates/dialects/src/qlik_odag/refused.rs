//! Operations of the API that are refused here: what starts work, and what is about apps. They have routes, so that a
//! caller is told that they are known and not carried out.

use countermand_model::{Fault, FaultKind};
use http::Method;

use super::{Odag, encode};
use crate::grammar::route;
use crate::{Operation, Route};

/// A row.
pub(super) const fn row(operation: Operation) -> Route<Odag> {
    Route { operation, decode: route::unasked, encode: encode::unasked }
}

/// Why an operation is refused, where it is: of the table, whatever is posted.
pub(super) fn reason(operation: &Operation) -> Option<Fault> {
    let message = "This service controls requests that are there; it neither submits, reloads nor renames.";
    operation.methods.contains(&Method::POST).then(|| Fault::new(FaultKind::Unsupported, message))
}
