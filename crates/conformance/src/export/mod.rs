//! Fixtures in the words of other tools, for those who have them already, and for a second judge who shares no code with
//! the first. Reads and writes no file.

mod asserts;

mod hurl;

#[cfg(test)]
mod tests;

pub use hurl::hurl;

use crate::fixture::Fixture;

/// Why a case cannot be said in another tool's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unfit {
    /// It wants switches that a running gateway may not have.
    Options,
    /// It wants the server's clock at a certain time.
    Clock,
    /// A body that the tool cannot take apart: broken on purpose, or with a name that stands twice.
    Body,
}

impl Unfit {
    /// The reason in a word, as summaries count it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Unfit::Options => "options",
            Unfit::Clock => "clock",
            Unfit::Body => "body",
        }
    }
}

/// What no server that runs can be asked.
fn unfit(fixture: &Fixture) -> Option<Unfit> {
    if !fixture.head.options.is_empty() {
        Some(Unfit::Options)
    } else if fixture.head.clock.is_some() {
        Some(Unfit::Clock)
    } else {
        None
    }
}
