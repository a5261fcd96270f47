//! The functions of the vendor's that are refused here, each by its name. They have rows, so that a caller is told that
//! they are known, and so that configuration can name them.
//!
//! "any dbapi function, not only `query`, can become an async job": to carry one out would be to start work, which is the
//! original server's.

use bytes::Bytes;
use countermand_model::Outcome;
use http::{Method, Response};

use super::errors::{self, Mistake};
use super::{DetailView, routes};
use crate::grammar::route;
use crate::{Access, Echo, Evidence, Operation, Route};

/// A row for each. `methods` has the documented one first.
pub(super) const fn row(
    name: &'static str,
    methods: &'static [Method],
    access: Access,
    meaning: &'static str,
) -> Route<DetailView> {
    let operation = Operation {
        selector: Some(("action", name)),
        access,
        evidence: Evidence::Inferred,
        ..Operation::write(name, methods, "", meaning)
    };
    Route { operation, decode: route::unasked, encode }
}

/// Why an operation is refused, where it is: with the head, before a body is read.
pub(super) fn reason(echo: &Echo) -> Option<Mistake> {
    match echo.operation?.name {
        "getStatus" | "abortRequest" => None,
        // The one thing that the manual has a code for.
        "getServerInfo" if routes::value(&routes::parameters(&echo.query), "dataset") == Ok(None) => {
            Some(Mistake::DatasetMissing)
        }
        "getServerInfo" | "getAuditLogs" => Some(Mistake::NotServed),
        _ => Some(Mistake::StartsWork),
    }
}

/// No engine is asked, so there is no outcome: whatever comes is a defect.
fn encode(codec: &DetailView, echo: &Echo, _outcome: &Outcome) -> Response<Bytes> {
    errors::answer(codec, echo, Mistake::Internal)
}
