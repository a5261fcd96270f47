//! Whether a server is worth asking. One that has failed several times in a row is left alone for a while; then one call
//! finds out whether it is back.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::figures::{Figures, Stand};

/// Requests in a row without an answer after which a server is left alone.
pub const FAILURES: u32 = 5;

/// How long it is left alone.
pub const OPEN_FOR: Duration = Duration::from_secs(10);

/// After how long a call makes sense while another one finds out: that is a matter of one answer.
const PROBING: Duration = Duration::from_secs(1);

/// The breaker of one server.
pub(super) struct Breaker {
    state: Mutex<State>,
    figures: Figures,
}

#[derive(Clone, Copy)]
enum State {
    /// Calls go through. So many requests have failed since the last answer.
    Closed(u32),
    /// No call goes through until then; the next one afterwards finds out.
    Open(Instant),
    /// One call finds out.
    Probing,
}

/// A call that may go on.
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
    is_probe: bool,
}

impl Breaker {
    pub(super) fn new(figures: Figures) -> Breaker {
        figures.stands(Stand::Closed);
        Breaker { state: Mutex::new(State::Closed(0)), figures }
    }

    /// Lets a call through, or says after how long it makes sense.
    pub(super) fn admit(&self) -> Result<Pass<'_>, Duration> {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_probe = match *state {
            State::Closed(_) => false,
            State::Open(until) if until > now => return Err(until - now),
            State::Open(_) => {
                self.goes(&mut state, State::Probing);
                true
            }
            State::Probing => return Err(PROBING),
        };
        Ok(Pass { breaker: self, is_probe })
    }

    /// A request was answered. Whatever else is known, the server is there.
    pub(super) fn answered(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.goes(&mut state, State::Closed(0));
    }

    /// A request was not answered.
    pub(super) fn failed(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let next = match *state {
            State::Closed(before) if before + 1 < FAILURES => State::Closed(before + 1),
            State::Closed(_) | State::Probing => State::Open(Instant::now() + OPEN_FOR),
            // A call that was let through before: it says nothing new.
            State::Open(until) => State::Open(until),
        };
        self.goes(&mut state, next);
    }

    fn goes(&self, state: &mut State, next: State) {
        let stand = |state: State| match state {
            State::Closed(_) => Stand::Closed,
            State::Open(_) => Stand::Open,
            State::Probing => Stand::Probing,
        };
        let (before, after) = (stand(*state), stand(next));
        *state = next;
        if before != after {
            self.figures.stands(after);
        }
    }
}

impl Drop for Pass<'_> {
    /// A probe that asked nothing has found nothing out: the next call does.
    fn drop(&mut self) {
        if self.is_probe {
            let mut state = self.breaker.state.lock().unwrap_or_else(PoisonError::into_inner);
            if matches!(*state, State::Probing) {
                self.breaker.goes(&mut state, State::Open(Instant::now()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker() -> Breaker {
        Breaker::new(Figures::unseen("old"))
    }

    fn fail(breaker: &Breaker, times: u32) {
        (0..times).for_each(|_| breaker.failed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_fails_in_a_row_is_left_alone_for_a_while() {
        let breaker = breaker();
        fail(&breaker, FAILURES - 1);
        breaker.answered();
        fail(&breaker, FAILURES - 1);
        assert!(breaker.admit().is_ok());
        breaker.failed();
        assert_eq!(breaker.admit().err(), Some(OPEN_FOR));
        tokio::time::advance(OPEN_FOR - Duration::from_secs(1)).await;
        breaker.failed();
        assert_eq!(breaker.admit().err(), Some(Duration::from_secs(1)), "a late failure opens it no longer");
    }

    #[tokio::test(start_paused = true)]
    async fn one_call_finds_out_whether_it_is_back() {
        let breaker = breaker();
        fail(&breaker, FAILURES);
        tokio::time::advance(OPEN_FOR).await;
        let probe = breaker.admit().unwrap();
        assert_eq!(breaker.admit().err(), Some(PROBING));
        drop(probe);
        let probe = breaker.admit().unwrap_or_else(|_| panic!("the last one asked nothing"));
        breaker.failed();
        drop(probe);
        assert_eq!(breaker.admit().err(), Some(OPEN_FOR));
        tokio::time::advance(OPEN_FOR).await;
        let probe = breaker.admit().unwrap();
        breaker.answered();
        drop(probe);
        assert!(breaker.admit().is_ok() && breaker.admit().is_ok());
    }
}
