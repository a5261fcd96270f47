//! The id of a request: the caller's own, or a new one. By the same rule as in front of the dialects, so that one id
//! can follow an order through both.

use http::HeaderMap;

/// The longest id of a caller that is taken over.
const LONGEST: usize = 128;

/// The id that a request brings in its only `X-Request-Id`, where that is visible ASCII and not too long; else a
/// random one of 32 hexadecimal digits.
pub(crate) fn of(headers: &HeaderMap) -> String {
    let mut ids = headers.get_all("x-request-id").iter();
    let id = ids.next().filter(|_| ids.next().is_none()).and_then(|id| id.to_str().ok());
    id.filter(|id| (1..=LONGEST).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()))
        .map_or_else(random, str::to_owned)
}

fn random() -> String {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).expect("the system has randomness");
    format!("{:032x}", u128::from_be_bytes(bits))
}
