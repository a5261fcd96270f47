//! What came of each operation between each pair of dialects, for people.

use std::collections::BTreeMap;
use std::fmt;

use countermand_dialects::{ALL, Dialect};

use super::Kind;

/// How many answers were of which kind.
#[derive(Default)]
pub(crate) struct Table {
    cells: BTreeMap<(&'static str, String, &'static str), BTreeMap<Kind, usize>>,
}

impl Table {
    pub(crate) fn count(&mut self, from: &Dialect, to: &Dialect, operation: &str, kind: Kind) {
        let cell = self.cells.entry((from.name, operation.to_owned(), to.name)).or_default();
        *cell.entry(kind).or_default() += 1;
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<20} {:<20}", "from", "operation")?;
        for to in ALL {
            write!(f, " {:<28}", to.name)?;
        }
        let mut rows: Vec<(&str, &str)> =
            self.cells.keys().map(|(from, operation, _)| (*from, operation.as_str())).collect();
        rows.dedup();
        for (from, operation) in rows {
            write!(f, "\n{from:<20} {operation:<20}")?;
            for to in ALL {
                let cell = self.cells.get(&(from, operation.to_owned(), to.name));
                write!(f, " {:<28}", cell.map_or_else(|| "-".to_owned(), shown))?;
            }
        }
        writeln!(f)
    }
}

fn shown(cell: &BTreeMap<Kind, usize>) -> String {
    let part = |(kind, count): (&Kind, &usize)| match kind {
        Kind::Same => format!("same {count}"),
        Kind::Lossy => format!("lossy {count}"),
        Kind::Unsupported => format!("unsupported {count}"),
    };
    cell.iter().map(part).collect::<Vec<_>>().join(", ")
}
