//! The id of a request: the caller's own, or a new one.

use http::HeaderMap;

/// The id that a request brings in `X-Request-Id`, where it is 1 to 128 visible ASCII characters; else a random one.
pub(crate) fn of(headers: &HeaderMap) -> String {
    let given = headers.get("x-request-id").and_then(|value| value.to_str().ok());
    given
        .filter(|id| (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()))
        .map_or_else(random, str::to_owned)
}

fn random() -> String {
    let bits = getrandom::u64().expect("the system has randomness");
    format!("{bits:016x}")
}
