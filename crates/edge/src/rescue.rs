//! A panic becomes a fault, so that it is answered in the caller's dialect. What it said goes to the log alone.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};

use countermand_model::{Fault, FaultKind};
use futures_util::FutureExt;

/// Runs a function that must not take the connection down with it.
///
/// Unwind safety is asserted because what is shared across the boundary is either read only (codecs) or its owner's
/// to protect (engines, whose locks poison themselves).
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| fault(panic.as_ref()))
}

/// The same for a future. Not an `async fn`, which would keep room for what it is given twice.
pub(crate) fn caught_async<T>(
    run: impl Future<Output = Result<T, Fault>>,
) -> impl Future<Output = Result<T, Fault>> {
    let caught = AssertUnwindSafe(run).catch_unwind();
    caught.map(|answer| answer.unwrap_or_else(|panic| Err(fault(panic.as_ref()))))
}

fn fault(panic: &(dyn Any + Send)) -> Fault {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Fault::new(FaultKind::Internal, "An internal error occurred.")
        .with_detail(format!("panic: {}", words.unwrap_or("without words")))
}
