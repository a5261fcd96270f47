//! tower's own errors, turned into faults. The only place that knows them.

use countermand_model::{Fault, FaultKind};
use tower::BoxError;
use tower::load_shed::error::Overloaded;
use tower::timeout::error::Elapsed;

/// Seconds after which a refused caller may try again.
const RETRY_AFTER: u32 = 1;

/// The fault that an error of the onion stands for.
pub(crate) fn fault(error: BoxError) -> Fault {
    let error = match error.downcast::<Fault>() {
        Ok(fault) => return *fault,
        Err(error) => error,
    };
    if error.is::<Overloaded>() {
        let message = "The server is busy. Nothing was done; try again.";
        return Fault::new(FaultKind::Overloaded, message).with_retry_after(RETRY_AFTER);
    }
    if error.is::<Elapsed>() {
        let message =
            "The deadline passed. Whether the command was carried out is not known; read the status.";
        return Fault::new(FaultKind::Timeout, message);
    }
    Fault::new(FaultKind::Internal, "The server could not carry out the command.")
        .with_detail(format!("an error that no layer of the onion is known to raise: {error}"))
}
