//! What a dialect calls the states of a job, as data: the row's view of its `states.rs`. Knows no dialect's words.

use countermand_model::State;

/// A dialect's words for the states, both ways. What a word is read as follows from how states are written: the states
/// that are written with it, or the one that it stands for besides.
#[derive(Clone, Copy, Debug)]
pub struct States {
    /// Where the words stand in an answer about a job, such as `runStatus`.
    pub members: &'static [&'static str],
    /// The words for a state, one for each of the members; `None` where that member is left out.
    pub words: fn(State) -> Vec<Option<&'static str>>,
    /// The vendor's words that no state alone is written as.
    pub others: fn() -> Vec<OtherWord>,
    /// Words in requests that mean states in another way than an answer's do.
    pub asked: fn() -> Vec<AskedWord>,
    /// What is lost where several states have the same words, and why it may be.
    pub losses: &'static [(State, &'static str)],
}

/// A word that no state alone is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherWord {
    /// The member it stands in.
    pub member: &'static str,
    /// The word.
    pub word: &'static str,
    /// The state it stands for.
    pub state: State,
    /// When that state is written so.
    pub when: &'static str,
}

/// A word that a request says about states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedWord {
    /// Where it stands: an operation and a member or parameter of it.
    pub place: &'static str,
    /// The word.
    pub word: String,
    /// The states that it means, or reports; none where it is a sign of life only.
    pub states: Vec<State>,
}

impl States {
    /// The states that are written just like this one.
    #[must_use]
    pub fn alike(&self, state: State) -> Vec<State> {
        let words = (self.words)(state);
        State::ALL.into_iter().filter(|other| *other != state && (self.words)(*other) == words).collect()
    }
}
