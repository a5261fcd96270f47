//! Words of the model in columns of text, and its counts in SQLite's signed integers.

use countermand_model::{Effect, FaultKind, Kind, State, Tally, TriggerState};
use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};

/// A model word in a column: a newtype, because both the words and the conversions belong to other crates.
#[derive(Clone, Copy)]
pub(crate) struct Word<T>(pub(crate) T);

/// A type whose values have names.
pub(crate) trait Named: Copy {
    fn name(self) -> &'static str;
    fn from_name(name: &str) -> Option<Self>;
}

macro_rules! named {
    ($($word:ty),+) => {
        $(impl Named for $word {
            fn name(self) -> &'static str {
                <$word>::name(self)
            }
            fn from_name(name: &str) -> Option<Self> {
                <$word>::from_name(name)
            }
        })+
    };
}

named!(State, Kind, TriggerState);

impl Named for Effect {
    fn name(self) -> &'static str {
        Effect::name(self)
    }
    fn from_name(name: &str) -> Option<Self> {
        Effect::ALL.into_iter().find(|effect| effect.name() == name)
    }
}

impl Named for FaultKind {
    fn name(self) -> &'static str {
        FaultKind::name(self)
    }
    fn from_name(name: &str) -> Option<Self> {
        FaultKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl<T: Named> Word<T> {
    /// The word of that name, which may be a part of what a column has.
    pub(crate) fn of(name: &str) -> FromSqlResult<Word<T>> {
        T::from_name(name).map(Word).ok_or_else(|| unknown(name))
    }
}

impl<T: Named> FromSql for Word<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Word::of(value.as_str()?)
    }
}

impl<T: Named> ToSql for Word<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.name()))
    }
}

/// What is said of a word in a file that this program does not know there.
pub(crate) fn unknown(word: &str) -> FromSqlError {
    FromSqlError::Other(format!("{word:?} is not a word this ledger knows here").into())
}

/// How many children are in each state, as `queued=2,running=1`; nothing where there is none.
pub(crate) fn tally_text(tally: &Tally) -> Option<String> {
    let mut text = String::new();
    for state in State::ALL {
        let count = tally.count(state);
        if count > 0 {
            let comma = if text.is_empty() { "" } else { "," };
            text.push_str(comma);
            text.push_str(state.name());
            text.push('=');
            text.push_str(&count.to_string());
        }
    }
    (!text.is_empty()).then_some(text)
}

/// The reverse of [`tally_text`].
pub(super) fn tally(text: Option<&str>) -> Result<Tally, FromSqlError> {
    let mut tally = Tally::default();
    for part in text.into_iter().flat_map(|text| text.split(',')) {
        let (name, count) = part.split_once('=').ok_or_else(|| unknown(part))?;
        let state = State::from_name(name).ok_or_else(|| unknown(part))?;
        tally.add(state, count.parse().map_err(|_| unknown(part))?);
    }
    Ok(tally)
}

/// The dialects a job is seen in, as `,a,b,`, so that a search for `,a,` finds one.
pub(super) fn dialects_text(dialects: &[String]) -> String {
    let mut text = String::from(",");
    for dialect in dialects {
        text.push_str(dialect);
        text.push(',');
    }
    text
}

/// The reverse of [`dialects_text`].
pub(super) fn dialects(text: &str) -> Vec<String> {
    text.split(',').filter(|dialect| !dialect.is_empty()).map(str::to_owned).collect()
}

/// A count as SQLite keeps it. Counts beyond 2^63−1 do not come about by counting; a description that claims one gets
/// the largest there is.
pub(crate) fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count as SQLite kept it.
pub(crate) fn counted(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}
