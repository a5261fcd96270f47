//! `declared.toml`: what gets lost between two dialects, and what one has no word for. A row that nothing needs is as
//! wrong as one that is missing.

use std::cell::RefCell;
use std::collections::BTreeSet;

use countermand_conformance::compare::Difference;
use countermand_dialects::Dialect;
use serde::Deserialize;

use super::{Kind, member};

/// What the declarations say of an answer.
pub(crate) enum Told {
    /// It is as declared.
    As(Kind),
    /// It is not: what would have to be said, each with an example.
    Undeclared(Vec<(String, String)>),
}

/// All rows.
pub(crate) struct Declared {
    rows: Vec<Row>,
    /// Row, dialect before, dialect behind, operation, member: everything that was needed.
    used: RefCell<BTreeSet<(usize, String)>>,
}

/// What is so for each of some dialects before each of some behind, in some operations.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    from: Vec<String>,
    to: Vec<String>,
    operations: Vec<String>,
    /// What is other in an answer: names of members, `status`, `header:…`, or `then` for a state afterwards. Without
    /// it, the operation is refused as unsupported.
    members: Option<Vec<String>>,
    why: String,
}

#[derive(Deserialize)]
struct File {
    row: Vec<Row>,
}

impl Declared {
    pub(crate) fn read() -> Declared {
        let path = crate::tidy::root().join("tests/crossing/declared.toml");
        let file: File = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for row in &file.row {
            assert!(row.why.len() > 20, "a row says why in a sentence");
        }
        Declared { rows: file.row, used: RefCell::default() }
    }

    /// An answer that is the refusal of what the dialect behind cannot say.
    pub(crate) fn unsupported(&self, from: &Dialect, to: &Dialect, operation: &str) -> Told {
        let row = self.rows(from, to, operation).find(|(_, row)| row.members.is_none());
        match row {
            Some((index, _)) => {
                self.used.borrow_mut().insert((index, operation.to_owned()));
                Told::As(Kind::Unsupported)
            }
            None => Told::Undeclared(vec![("unsupported".to_owned(), String::new())]),
        }
    }

    /// An answer that differs.
    pub(crate) fn lossy(
        &self,
        from: &Dialect,
        to: &Dialect,
        operation: &str,
        differences: &[&Difference],
    ) -> Told {
        let mut missing = Vec::new();
        for difference in differences {
            let name = member(difference);
            let has = |row: &Row| row.members.as_ref().is_some_and(|members| members.contains(&name));
            match self.rows(from, to, operation).find(|(_, row)| has(row)) {
                Some((index, _)) => {
                    self.used.borrow_mut().insert((index, name));
                }
                None => {
                    let example = format!(
                        "{}: expected {:?}, seen {:?}",
                        difference.place, difference.expected, difference.seen
                    );
                    missing.push((name, example));
                }
            }
        }
        if missing.is_empty() { Told::As(Kind::Lossy) } else { Told::Undeclared(missing) }
    }

    /// What is declared and was never needed.
    pub(crate) fn unused(&self) -> Vec<String> {
        let used = self.used.borrow();
        let mut unused = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            for name in row.members.as_ref().unwrap_or(&row.operations) {
                if !used.contains(&(index, name.clone())) {
                    unused.push(format!("row {}: {name} ({})", index + 1, row.why));
                }
            }
        }
        unused
    }

    fn rows<'d>(
        &'d self,
        from: &'d Dialect,
        to: &'d Dialect,
        operation: &'d str,
    ) -> impl Iterator<Item = (usize, &'d Row)> {
        let has = |names: &[String], name: &str| names.iter().any(|one| one == name || one == "*");
        self.rows.iter().enumerate().filter(move |(_, row)| {
            has(&row.from, from.name) && has(&row.to, to.name) && has(&row.operations, operation)
        })
    }
}
