//! The rate limit: its switches, which requests it is for, and what is said to whoever exceeds it. Nothing is limited
//! unless a switch says so. Counting is not done here.
//!
//! Documented (developer.cisco.com/docs/epnm/rate-limiting) are the four limits, the window with its segments, the 503,
//! that refused requests do not count and those that fail otherwise do, and all sentences but the last. Of these one is
//! observed, `NBI Rate limit for user (user_read) exceeded (More than 5 in 1,000 ms).-PRS-303`, and differs from its
//! documentation in the parentheses and the separator of thousands; that the others have both too is inferred. Which
//! limit is told first where several are exceeded is inferred.

use countermand_model::{Counted, Excess};

use super::encode::grouped;
use crate::{Access, Echo, Evidence, RateLimits, Switch, SwitchKind, Switches};

/// What the vendor writes for no limit.
const OFF: i64 = -1;

/// The switches, in the vendor's own names: `nbi.properties`, later `op/rateService/rateLimits`.
pub(super) const ALL_USERS: Switch =
    threshold("totalRequestThreshold", "How many requests of all users one window may hold. -1: any number.");
pub(super) const PER_USER: Switch =
    threshold("perUserThreshold", "How many requests of one user one window may hold. -1: any number.");
pub(super) const AT_ONCE_PER_USER: Switch = threshold(
    "maxConcurrentQueries",
    "How many requests of one user may be under way at once. -1: any number.",
);
pub(super) const AT_ONCE: Switch = threshold(
    "maxAllUserConcurrentQueries",
    "How many requests of all users may be under way at once. -1: any number.",
);
pub(super) const WINDOW: Switch = Switch {
    name: "windowSize",
    kind: SwitchKind::Integer(1, 86_400_000),
    default: "1000",
    meaning: "The window in which requests are counted, in milliseconds.",
    evidence: Evidence::Documented,
};
pub(super) const SEGMENTS: Switch = Switch {
    name: "windowSegments",
    kind: SwitchKind::Integer(1, 1000),
    default: "10",
    meaning: "Into how many parts the window is divided; it slides by one part at a time.",
    evidence: Evidence::Inferred,
};
pub(super) const COVERS: Switch = Switch {
    name: "rateLimited",
    kind: SwitchKind::Choice(&["all", "data"]),
    default: "all",
    meaning: "Which requests count: all, as of PI 2.2 to 3.7, or those below data/ alone, as of PI 3.8 and EPNM 5.0.",
    evidence: Evidence::Documented,
};

const fn threshold(name: &'static str, meaning: &'static str) -> Switch {
    let kind = SwitchKind::Integer(OFF, 1_000_000_000);
    Switch { name, kind, default: "-1", meaning, evidence: Evidence::Documented }
}

/// The limits of a mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    rates: RateLimits,
    data_only: bool,
}

impl Limits {
    /// `None` where no switch limits anything.
    pub(super) fn new(switches: &Switches) -> Option<Limits> {
        // What is negative is off.
        let limit = |switch: Switch| u64::try_from(switches.integer(switch.name)).ok();
        let rates = RateLimits {
            window: limit(WINDOW)?,
            segments: limit(SEGMENTS)?,
            all_users: limit(ALL_USERS),
            per_user: limit(PER_USER),
            at_once_per_user: limit(AT_ONCE_PER_USER),
            at_once: limit(AT_ONCE),
        };
        let any = [rates.all_users, rates.per_user, rates.at_once_per_user, rates.at_once];
        let data_only = switches.text(COVERS.name) == "data";
        any.iter().any(Option::is_some).then_some(Limits { rates, data_only })
    }

    /// What a request counts against: also one that will not be found. The login page is nobody's request.
    pub(super) fn of(&self, echo: &Echo) -> Option<&RateLimits> {
        let is_open = echo.operation.is_some_and(|operation| operation.access == Access::Open);
        let is_data = echo.path == "/data" || echo.path.starts_with("/data/");
        (!is_open && (is_data || !self.data_only)).then_some(&self.rates)
    }
}

/// What is said to whoever asks too often, without its `.-PRS-303`.
///
/// Quirk: numbers are written as Java's MessageFormat does, `1,000`, and the user stands in parentheses;
/// fixtures/cisco-prime/v1-rate-limit-json.http
pub(super) fn sentence(excess: &Excess) -> String {
    let number = |number: u64| grouped(&number.to_string());
    let most = number(excess.most);
    match (excess.of, &excess.user) {
        (Counted::Within(window), Some(user)) => {
            format!("NBI Rate limit for user ({user}) exceeded (More than {most} in {} ms)", number(window))
        }
        (Counted::Within(window), None) => {
            format!("NBI Global Rate limit exceeded (More than {most} in {} ms)", number(window))
        }
        // That the refused request is among the "Currently" is inferred: what is exceeded is less than that.
        (Counted::AtOnce(now), Some(_)) => {
            format!("Per user concurrent query count exceeded Currently {} : Limit is {most}", number(now))
        }
        // Inferred altogether, after the one before.
        (Counted::AtOnce(now), None) => {
            format!("All user concurrent query count exceeded Currently {} : Limit is {most}", number(now))
        }
    }
}

#[cfg(test)]
mod tests {
    use countermand_model::{Counted, Excess};

    use super::sentence;

    #[test]
    fn each_limit_has_its_sentence_with_separated_thousands() {
        let said =
            |user: Option<&str>, most, of| sentence(&Excess { user: user.map(str::to_owned), most, of });
        for (seen, expected) in [
            (
                said(Some("user_read"), 5, Counted::Within(1000)),
                "NBI Rate limit for user (user_read) exceeded (More than 5 in 1,000 ms)",
            ),
            (
                said(None, 1_234_567, Counted::Within(60_000)),
                "NBI Global Rate limit exceeded (More than 1,234,567 in 60,000 ms)",
            ),
            (
                said(Some("ana"), 5, Counted::AtOnce(6)),
                "Per user concurrent query count exceeded Currently 6 : Limit is 5",
            ),
            (
                said(None, 1000, Counted::AtOnce(1001)),
                "All user concurrent query count exceeded Currently 1,001 : Limit is 1,000",
            ),
        ] {
            assert_eq!(seen, expected);
        }
    }
}
