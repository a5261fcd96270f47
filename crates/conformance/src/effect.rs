//! Whether a case changes anything on the server it is played against, by the dialect's own table of routes. Knows no
//! server.

use countermand_dialects::{Access, Dialect};
use http::Method;

use crate::fixture::{Fixture, Message};
use crate::open;

/// Whether any request of the case is of an operation that may change something. What no route is found for counts as
/// changing unless its method is safe (RFC 9110 §9.2.1): on a foreign server it may be something else.
#[must_use]
pub fn changes(fixture: &Fixture) -> bool {
    fixture.exchanges.iter().any(|exchange| request_changes(fixture.dialect, &exchange.request))
}

/// Whether one request may change something.
pub(crate) fn request_changes(dialect: &Dialect, request: &Message) -> bool {
    let Ok(codec) = dialect.build(&[]) else { return true };
    let Some(echo) = open(dialect, codec.as_ref(), request) else { return true };
    match echo.operation {
        Some(operation) => operation.access == Access::Write,
        None => !Method::from_bytes(request.method().as_bytes()).is_ok_and(|method| method.is_safe()),
    }
}
