//! The id of a request: the caller's own where it is sane, else a new one. Echoed on every answer, and in the log, the
//! audit and the span, so that the three can be laid side by side.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use countermand_model::Call;
use http::{HeaderMap, HeaderName};

/// The header, in both directions.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Makes ids of 128 bits that are unlike any other's, of this process or another. They are no secret: two keyed hashes
/// of a counter do, and cost no system call.
pub(crate) struct Ids {
    keys: [RandomState; 2],
    next: AtomicU64,
}

impl Ids {
    pub(crate) fn new() -> Ids {
        Ids { keys: [RandomState::new(), RandomState::new()], next: AtomicU64::new(0) }
    }

    /// The caller's id, or a new one.
    pub(crate) fn of(&self, headers: &HeaderMap) -> String {
        sane(headers).map_or_else(|| self.make(), str::to_owned)
    }

    fn make(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let halves = self.keys.each_ref().map(|key| key.hash_one(number).to_be_bytes());
        let mut id = [0; 32];
        for (place, byte) in id.chunks_exact_mut(2).zip(halves.as_flattened()) {
            place.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
        str::from_utf8(&id).expect("hexadecimal digits").to_owned()
    }
}

/// The caller's id, where there is just one and it is taken.
fn sane(headers: &HeaderMap) -> Option<&str> {
    let mut ids = headers.get_all(X_REQUEST_ID).iter();
    let id = ids.next().filter(|_| ids.next().is_none())?.to_str().ok()?;
    Call::takes_request_id(id).then_some(id)
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::{Ids, X_REQUEST_ID};

    #[test]
    fn a_sane_id_is_kept_and_any_other_is_replaced() {
        let ids = Ids::new();
        let of = |text: &str| ids.of(&HeaderMap::from_iter([(X_REQUEST_ID, text.parse().unwrap())]));
        assert_eq!(of("run-15/é".split('/').next().unwrap()), "run-15");
        for bad in ["", "two words", "tab\there", &"x".repeat(129)] {
            let made = of(bad);
            assert_eq!(made.len(), 32, "{bad:?} became {made:?}");
            assert!(made.bytes().all(|byte| byte.is_ascii_hexdigit()));
        }
        assert_ne!(ids.of(&HeaderMap::new()), ids.of(&HeaderMap::new()));
    }
}
