//! How many cases came to which end, in a line.

use std::collections::BTreeMap;
use std::fmt;

use crate::run::{Outcome, Verdict};

/// How many cases came to which end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// As expected.
    pub passed: usize,
    /// Not as expected, or not to be played to the end.
    pub failed: usize,
    /// Not played, by the reason.
    pub skipped: BTreeMap<&'static str, usize>,
    /// States of `then` that nobody could be asked for.
    pub unseen: usize,
}

impl Counts {
    /// Counts verdicts.
    #[must_use]
    pub fn of<'v>(verdicts: impl IntoIterator<Item = &'v Verdict>) -> Counts {
        let mut counts = Counts::default();
        for verdict in verdicts {
            counts.unseen += verdict.unseen;
            match &verdict.result {
                Outcome::Passed => counts.passed += 1,
                Outcome::Failed(_) | Outcome::Broken(_) => counts.failed += 1,
                Outcome::Skipped(skip) => *counts.skipped.entry(skip.name()).or_default() += 1,
            }
        }
        counts
    }
}

impl Counts {
    /// How many were played.
    #[must_use]
    pub const fn played(&self) -> usize {
        self.passed + self.failed
    }

    /// How many were not.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.skipped.values().sum()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let skipped = self.skipped();
        write!(f, "{} passed, {} failed, {skipped} skipped", self.passed, self.failed)?;
        if skipped > 0 {
            let reasons: Vec<_> =
                self.skipped.iter().map(|(reason, count)| format!("{count}: {reason}")).collect();
            write!(f, " ({})", reasons.join(", "))?;
        }
        if self.unseen > 0 {
            write!(f, ", {} states not looked at", self.unseen)?;
        }
        Ok(())
    }
}
