//! A mistake in a configuration, and the collection that finds them all before anything is said. Knows lines and
//! columns, not what a key means.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

/// A place in a file, as editors count: lines and columns (in characters) from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as it was named.
    pub file: PathBuf,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// Something that cannot stay as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub place: Place,
    /// What is wrong there and what to write instead, in one line.
    pub problem: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

/// A value and the byte of the file at which it is written.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) at: usize,
}

/// Mistakes, and notes that are none, of one file, in the order they are found.
pub(super) struct Findings<'a> {
    file: &'a Path,
    text: &'a str,
    mistakes: Vec<(usize, String)>,
    notes: Vec<(usize, String)>,
    /// The keys whose values are of the wrong kind, each with where its table begins.
    wrong: BTreeSet<(usize, &'static str)>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(file: &'a Path, text: &'a str) -> Findings<'a> {
        Findings { file, text, mistakes: Vec::new(), notes: Vec::new(), wrong: BTreeSet::new() }
    }

    /// A mistake at a byte of the file.
    pub(super) fn mistake(&mut self, at: usize, problem: impl Into<String>) {
        self.mistakes.push((at, one_line(&problem.into())));
    }

    /// A key of the table that begins at a byte has a value of the wrong kind, written at another.
    pub(super) fn wrong_kind(&mut self, table: usize, key: &'static str, at: usize, problem: String) {
        self.wrong.insert((table, key));
        self.mistake(at, problem);
    }

    /// A table has none of these keys. Nothing is said where one is there and has been complained of.
    pub(super) fn missing(&mut self, table: usize, keys: &[&'static str], at: usize, problem: String) {
        if !keys.iter().any(|key| self.wrong.contains(&(table, *key))) {
            self.mistake(at, problem);
        }
    }

    /// Something to know that does not keep the gateway from starting.
    pub(super) fn note(&mut self, at: usize, remark: impl Into<String>) {
        self.notes.push((at, one_line(&remark.into())));
    }

    /// Takes the value, or notes the problem at its place.
    pub(super) fn take<T>(&mut self, at: usize, result: Result<T, String>) -> Option<T> {
        result.map_err(|problem| self.mistake(at, problem)).ok()
    }

    pub(super) fn has_mistakes(&self) -> bool {
        !self.mistakes.is_empty()
    }

    /// Forgets what was found from `kept` on in lines that hold one of the first `kept` mistakes: what follows from
    /// broken syntax is not worth a line of its own.
    pub(super) fn forget_echoes(&mut self, kept: usize) {
        let broken: Vec<_> = self.mistakes.iter().take(kept).map(|(at, _)| self.place(*at).line).collect();
        let mut echoes = self.mistakes.split_off(kept);
        echoes.retain(|(at, _)| !broken.contains(&self.place(*at).line));
        self.mistakes.append(&mut echoes);
    }

    pub(super) fn count(&self) -> usize {
        self.mistakes.len()
    }

    /// Mistakes and notes, each in the order of the file.
    pub(super) fn into_parts(mut self) -> (Vec<Mistake>, Vec<Mistake>) {
        self.mistakes.sort_by_key(|(at, _)| *at);
        self.notes.sort_by_key(|(at, _)| *at);
        let placed = |found: &[(usize, String)]| {
            found
                .iter()
                .map(|(at, problem)| Mistake { place: self.place(*at), problem: problem.clone() })
                .collect()
        };
        (placed(&self.mistakes), placed(&self.notes))
    }

    fn place(&self, at: usize) -> Place {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Place {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// A message of one line without control characters, whatever it quotes.
fn one_line(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}
