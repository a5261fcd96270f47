//! Operations of the API that are refused here, each with its reason: what starts work, and what needs a scheduler of
//! our own. They have routes, so that a caller is told that they are known and why they are not carried out.

use bytes::Bytes;
use countermand_model::{Fault, FaultKind, Outcome};
use http::Response;

use super::{OracleEss, encode};
use crate::grammar::route;
use crate::{Echo, Evidence, Operation, Route};

/// A row.
pub(super) const fn row(operation: Operation) -> Route<OracleEss> {
    let operation = Operation { evidence: Evidence::Inferred, ..operation };
    Route { operation, decode: route::unasked, encode }
}

/// Why an operation is refused, where it is.
///
/// Quirk: 501, which no client was seen to repeat a POST after, and not 500 or 503 (inferred);
/// fixtures/oracle-ess/submit-refused.http
pub(super) fn reason(operation: &Operation) -> Option<Fault> {
    let message = match operation.name {
        "submit" | "submitArgs" => {
            "Submitting work is not done here: this gateway controls requests that a scheduler runs. Submit to the scheduler itself."
        }
        "update" => {
            "Parameters, schedules and callbacks of a request are not changed here. Change them in the scheduler itself."
        }
        "subscribe" => "There are no callbacks here. Ask for the state of the request instead.",
        "quiesceState" => "There is no cluster here whose quiesce state could be told.",
        _ => return None,
    };
    Some(Fault::new(FaultKind::Unsupported, message))
}

/// No engine is asked, so there is no outcome: whatever comes is a defect.
fn encode(codec: &OracleEss, echo: &Echo, _outcome: &Outcome) -> Response<Bytes> {
    encode::defect(codec, echo)
}
