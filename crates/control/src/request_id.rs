//! The id of a request: the caller's own, or a new one. By the same rule as in front of the dialects, so that one id
//! can follow an order through both.

use countermand_model::Call;
use http::HeaderMap;

/// The id that a request brings in its only `X-Request-Id`, where [`Call::takes_request_id`]; else a random one of 32
/// hexadecimal digits.
pub(crate) fn of(headers: &HeaderMap) -> String {
    let mut ids = headers.get_all("x-request-id").iter();
    let id = ids.next().filter(|_| ids.next().is_none()).and_then(|id| id.to_str().ok());
    id.filter(|id| Call::takes_request_id(id)).map_or_else(random, str::to_owned)
}

fn random() -> String {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).expect("the system has randomness");
    format!("{:032x}", u128::from_be_bytes(bits))
}
