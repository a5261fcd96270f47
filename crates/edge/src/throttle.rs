//! Counts the requests of a mount against what its codec allows: how many within a sliding window and how many at once,
//! of one user and of everybody. What a refusal looks like is the dialect's; when nothing is limited, nothing is counted.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countermand_dialects::RateLimits;
use countermand_model::{Counted, Excess, Fault, FaultKind};
use tokio::time::Instant;

/// The counters of one mount. Of each user who ever asked there is one, so the realm bounds them.
pub(crate) struct Throttle {
    /// What segments are numbered from.
    start: Instant,
    counters: Arc<Mutex<Counters>>,
}

#[derive(Default)]
struct Counters {
    all: Counter,
    users: HashMap<String, Counter>,
}

/// The requests of somebody.
#[derive(Default)]
struct Counter {
    /// The segments of the window in which something was counted, the oldest first, each with how many.
    segments: VecDeque<(u64, u64)>,
    /// The sum of these.
    within: u64,
    /// Under way.
    at_once: u64,
}

/// A request that was let through. It is under way until this is dropped.
pub(crate) struct Admitted {
    counters: Arc<Mutex<Counters>>,
    user: String,
}

impl Throttle {
    pub(crate) fn new() -> Throttle {
        Throttle { start: Instant::now(), counters: Arc::default() }
    }

    /// Counts a request of a user, or refuses it uncounted. Where several limits are exceeded, the first in the order of
    /// [`RateLimits`] is told.
    ///
    /// # Errors
    /// `TooManyRequests`, with the limit.
    pub(crate) fn admit(&self, limits: &RateLimits, user: &str) -> Result<Admitted, Fault> {
        let segment = self.segment(limits);
        let mut counters = locked(&self.counters);
        let Counters { all, users } = &mut *counters;
        if !users.contains_key(user) {
            users.insert(user.to_owned(), Counter::default());
        }
        let own = users.get_mut(user).expect("it was put there if it was not there before");
        all.slide(segment, limits.segments);
        own.slide(segment, limits.segments);

        let window = Counted::Within(limits.window);
        exceeds(all.within, limits.all_users, None, window)?;
        exceeds(own.within, limits.per_user, Some(user), window)?;
        exceeds(own.at_once, limits.at_once_per_user, Some(user), Counted::AtOnce(own.at_once + 1))?;
        exceeds(all.at_once, limits.at_once, None, Counted::AtOnce(all.at_once + 1))?;

        all.count(segment);
        own.count(segment);
        Ok(Admitted { counters: Arc::clone(&self.counters), user: user.to_owned() })
    }

    /// The number of the present segment.
    fn segment(&self, limits: &RateLimits) -> u64 {
        let elapsed = self.start.elapsed().as_millis() * u128::from(limits.segments);
        u64::try_from(elapsed / u128::from(limits.window.max(1))).unwrap_or(u64::MAX)
    }
}

impl Counter {
    /// Forgets what the window has left behind.
    fn slide(&mut self, now: u64, segments: u64) {
        while let Some(&(segment, count)) = self.segments.front()
            && segment.saturating_add(segments) <= now
        {
            self.segments.pop_front();
            self.within -= count;
        }
    }

    fn count(&mut self, now: u64) {
        match self.segments.back_mut() {
            Some((segment, count)) if *segment == now => *count += 1,
            Some(_) | None => self.segments.push_back((now, 1)),
        }
        self.within += 1;
        self.at_once += 1;
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut counters = locked(&self.counters);
        counters.all.at_once -= 1;
        if let Some(own) = counters.users.get_mut(&self.user) {
            own.at_once -= 1;
        }
    }
}

fn exceeds(count: u64, most: Option<u64>, user: Option<&str>, of: Counted) -> Result<(), Fault> {
    let Some(most) = most.filter(|most| count >= *most) else { return Ok(()) };
    let excess = Excess { user: user.map(str::to_owned), most, of };
    let message = "There are too many requests; try again later.";
    Err(Fault::new(FaultKind::TooManyRequests, message).with_excess(excess))
}

/// Sums and differences of small numbers: nothing panics under the lock.
fn locked(counters: &Mutex<Counters>) -> MutexGuard<'_, Counters> {
    counters.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use countermand_dialects::RateLimits;
    use countermand_model::{Counted, Excess, FaultKind};
    use tokio::time::advance;

    use super::Throttle;

    const NONE: RateLimits = RateLimits {
        window: 1000,
        segments: 10,
        all_users: None,
        per_user: None,
        at_once_per_user: None,
        at_once: None,
    };

    impl Throttle {
        /// Whether a request is let through; it is over at once.
        fn lets(&self, limits: &RateLimits, user: &str) -> bool {
            self.admit(limits, user).is_ok()
        }

        fn excess(&self, limits: &RateLimits, user: &str) -> Excess {
            let fault = self.admit(limits, user).err().expect("it is over the limit");
            assert_eq!(fault.kind, FaultKind::TooManyRequests);
            *fault.excess.expect("it says of what")
        }
    }

    async fn milliseconds(count: u64) {
        advance(Duration::from_millis(count)).await;
    }

    /// Pitfall cisco-prime 14.
    #[tokio::test(start_paused = true)]
    async fn the_sixth_request_of_a_user_in_a_window_is_refused_and_not_counted() {
        let (throttle, limits) = (Throttle::new(), RateLimits { per_user: Some(5), ..NONE });
        assert!((0..5).all(|_| throttle.lets(&limits, "ana")));
        for _ in 0..100 {
            let excess = throttle.excess(&limits, "ana");
            assert_eq!(excess, Excess { user: Some("ana".into()), most: 5, of: Counted::Within(1000) });
        }
        assert!(throttle.lets(&limits, "li"), "another user has their own window");
        milliseconds(1000).await;
        assert!((0..5).all(|_| throttle.lets(&limits, "ana")), "the hundred refusals count for nothing");
        assert!(!throttle.lets(&limits, "ana"));
    }

    #[tokio::test(start_paused = true)]
    async fn the_window_slides_by_a_segment() {
        let (throttle, limits) = (Throttle::new(), RateLimits { per_user: Some(2), ..NONE });
        assert!(throttle.lets(&limits, "ana"));
        milliseconds(500).await;
        assert!(throttle.lets(&limits, "ana") && !throttle.lets(&limits, "ana"));
        milliseconds(499).await;
        assert!(!throttle.lets(&limits, "ana"));
        milliseconds(1).await;
        assert!(throttle.lets(&limits, "ana"), "the first is out of the window");
        assert!(!throttle.lets(&limits, "ana"), "the second is not");
        milliseconds(500).await;
        assert!(throttle.lets(&limits, "ana") && !throttle.lets(&limits, "ana"));
        milliseconds(1_000_000_000).await;
        assert!(throttle.lets(&limits, "ana") && throttle.lets(&limits, "ana"));
        let counters = super::locked(&throttle.counters);
        assert_eq!((counters.users["ana"].segments.len(), counters.all.segments.len()), (1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn everybodys_window_counts_what_everybody_does() {
        let limits = RateLimits { all_users: Some(2), per_user: Some(2), segments: 1, ..NONE };
        let throttle = Throttle::new();
        assert!(throttle.lets(&limits, "ana") && throttle.lets(&limits, "li"));
        let excess = Excess { user: None, most: 2, of: Counted::Within(1000) };
        assert_eq!(throttle.excess(&limits, "bo"), excess);
        milliseconds(1000).await;
        assert!(throttle.lets(&limits, "bo"));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_under_way_is_counted_until_it_ends() {
        let limits = RateLimits { at_once_per_user: Some(2), at_once: Some(3), ..NONE };
        let throttle = Throttle::new();
        let ana = [(); 2].map(|()| throttle.admit(&limits, "ana").ok().unwrap());
        let own = Excess { user: Some("ana".into()), most: 2, of: Counted::AtOnce(3) };
        assert_eq!(throttle.excess(&limits, "ana"), own);
        let li = throttle.admit(&limits, "li").ok().unwrap();
        let all = Excess { user: None, most: 3, of: Counted::AtOnce(4) };
        assert_eq!(throttle.excess(&limits, "li"), all);
        drop(ana);
        assert!(throttle.lets(&limits, "ana") && throttle.lets(&limits, "li"));
        drop(li);
        let counters = super::locked(&throttle.counters);
        assert!(counters.all.at_once == 0 && counters.users.values().all(|counter| counter.at_once == 0));
    }
}
