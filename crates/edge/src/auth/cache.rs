//! Verdicts on passwords, remembered for a while. Passwords are not kept, only their keyed hash, under a key that is
//! made at start and never leaves the process: a core dump tells nobody a password.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::users::Member;

/// How long a password that fits is not verified again.
const SUCCESS: Duration = Duration::from_secs(300);

/// How long one that does not fit is not; short, so that whoever was just given a password need not wait.
const FAILURE: Duration = Duration::from_secs(2);

/// How many of each are kept.
const MOST: usize = 10_000;

/// A name and a password, hashed under the key of the process.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Fingerprint([u8; 32]);

/// Makes fingerprints.
pub(super) struct Fingerprints([u8; 32]);

impl Fingerprints {
    /// Under a new random key.
    ///
    /// # Errors
    /// The operating system has no random numbers.
    pub(super) fn new() -> Result<Fingerprints, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Fingerprints(key))
    }

    pub(super) fn of(&self, name_and_password: &[u8]) -> Fingerprint {
        Fingerprint(*blake3::keyed_hash(&self.0, name_and_password).as_bytes())
    }
}

/// Who it was; `None` where the password did not fit.
pub(super) type Verdict = Option<Arc<Member>>;

/// The verdicts on one state of a file. A new file has a new cache, so nothing outlives what it was based on.
#[derive(Default)]
pub(super) struct Cache {
    /// Two stores, so that a flood of wrong passwords drives out no right one.
    successes: Mutex<Store>,
    failures: Mutex<Store>,
}

impl Cache {
    /// A verdict that still holds.
    pub(super) fn get(&self, fingerprint: &Fingerprint) -> Option<Verdict> {
        let now = Instant::now();
        let get = |store: &Mutex<Store>| locked(store).get(fingerprint, now);
        get(&self.successes).or_else(|| get(&self.failures))
    }

    pub(super) fn put(&self, fingerprint: Fingerprint, verdict: Verdict) {
        let (store, lifetime) =
            if verdict.is_some() { (&self.successes, SUCCESS) } else { (&self.failures, FAILURE) };
        locked(store).put(fingerprint, verdict, Instant::now() + lifetime);
    }
}

/// A poisoned lock guards nothing that could be half done: entries are whole or absent.
fn locked(store: &Mutex<Store>) -> std::sync::MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

type Map = HashMap<Fingerprint, (Verdict, Instant), BuildHasherDefault<FirstBytes>>;

/// Two halves. When the young one is full it becomes the old one, and what was old goes at once: eviction costs a
/// pointer, and what is used moves back to the young.
#[derive(Default)]
struct Store {
    young: Map,
    old: Map,
}

impl Store {
    fn get(&mut self, fingerprint: &Fingerprint, now: Instant) -> Option<Verdict> {
        if let Some((verdict, until)) = self.young.get(fingerprint) {
            return (now < *until).then(|| verdict.clone());
        }
        let (verdict, until) = self.old.remove(fingerprint)?;
        if now >= until {
            return None;
        }
        self.put(*fingerprint, verdict.clone(), until);
        Some(verdict)
    }

    fn put(&mut self, fingerprint: Fingerprint, verdict: Verdict, until: Instant) {
        if self.young.len() >= MOST / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(fingerprint, (verdict, until));
    }
}

/// A fingerprint is a hash already; nobody without the key can choose its first bytes.
#[derive(Default)]
struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn write(&mut self, bytes: &[u8]) {
        let first = bytes.first_chunk().copied().unwrap_or_default();
        self.0 = u64::from_ne_bytes(first);
    }

    /// The length that an array writes before its bytes says nothing.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::advance;

    use super::{Cache, Fingerprints, MOST};
    use crate::auth::Member;

    fn fingerprints() -> Fingerprints {
        Fingerprints::new().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn verdicts_are_forgotten_in_time() {
        let (cache, made) = (Cache::default(), fingerprints());
        let (right, wrong) = (made.of(b"ana:right"), made.of(b"ana:wrong"));
        cache.put(right, Some(Member::anybody()));
        cache.put(wrong, None);
        assert_eq!(cache.get(&wrong).map(|verdict| verdict.is_some()), Some(false));
        advance(Duration::from_secs(2)).await;
        assert!(cache.get(&wrong).is_none());
        assert!(cache.get(&right).is_some_and(|verdict| verdict.is_some()));
        advance(Duration::from_secs(298)).await;
        assert!(cache.get(&right).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_of_wrong_passwords_drives_out_no_right_one_and_is_bounded() {
        let (cache, made) = (Cache::default(), fingerprints());
        let right = made.of(b"ana:right");
        cache.put(right, Some(Arc::clone(&Member::anybody())));
        for number in 0..3 * MOST {
            cache.put(made.of(format!("ana:{number}").as_bytes()), None);
        }
        assert!(cache.get(&right).is_some());
        let failures = super::locked(&cache.failures);
        assert!(failures.young.len() + failures.old.len() <= MOST);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_used_stays_when_others_come() {
        let (cache, made) = (Cache::default(), fingerprints());
        let used = made.of(b"ana:right");
        cache.put(used, Some(Member::anybody()));
        for number in 0..2 * MOST {
            cache.put(made.of(format!("u{number}:x").as_bytes()), Some(Member::anybody()));
            assert!(cache.get(&used).is_some(), "gone after {number}");
        }
    }
}
