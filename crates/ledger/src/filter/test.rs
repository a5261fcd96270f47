//! Tests on fields, as conditions.

use countermand_model::{Field, Test, Value as Sought};
use rusqlite::types::Value;

use super::Query;
use super::field::{Attribute, Column, Row};
use super::sight::seen_in;

/// What is never true.
const NEVER: &str = "0";

impl Query<'_> {
    pub(super) fn test(&mut self, field: &Field, test: &Test) -> String {
        match self.column(field) {
            Column::SeenIn(table) => self.test_seen(table, test),
            Column::Attribute(attribute) => self.test_attribute(&attribute, test),
            Column::Integer(column) => self.test_column(&column, false, test),
            Column::Text(column) => self.test_column(&column, true, test),
            Column::Id(row) => self.test_id(&row, test),
            Column::OfLatest(table, field) => {
                let condition = self.of_latest(|query| query.test(field, test));
                format!("EXISTS (SELECT 1 {} AND {condition})", self.latest(table))
            }
        }
    }

    fn test_column(&mut self, column: &str, is_text: bool, test: &Test) -> String {
        let fits = |sought: &Sought| matches!(sought, Sought::Text(_)) == is_text;
        match test {
            Test::Missing => format!("{column} IS NULL"),
            Test::Equal(sought) if fits(sought) => self.compare(column, "=", sought),
            Test::NotEqual(sought) if fits(sought) => self.compare(column, "<>", sought),
            Test::NotEqual(_) => format!("{column} IS NOT NULL"),
            Test::Less(sought) if fits(sought) => self.compare(column, "<", sought),
            Test::Greater(sought) if fits(sought) => self.compare(column, ">", sought),
            Test::AtMost(sought) if fits(sought) => self.compare(column, "<=", sought),
            Test::AtLeast(sought) if fits(sought) => self.compare(column, ">=", sought),
            Test::In(sought) => {
                let places = self.places(sought.iter().filter(|sought| fits(sought)));
                format!("{column} IN ({places})")
            }
            Test::StartsWith(start) if is_text => {
                format!("instr({column}, {}) = 1", self.values.bind(start.clone()))
            }
            Test::Contains(part) if is_text => {
                format!("instr({column}, {}) > 0", self.values.bind(part.clone()))
            }
            Test::Equal(_)
            | Test::Less(_)
            | Test::Greater(_)
            | Test::AtMost(_)
            | Test::AtLeast(_)
            | Test::StartsWith(_)
            | Test::Contains(_) => NEVER.to_owned(),
        }
    }

    /// Equality looks at every id of a job, as a target does; any other test at the one it shows.
    fn test_id(&mut self, row: &Row, test: &Test) -> String {
        let is_number = |sought: &&Sought| matches!(sought, Sought::Integer(_));
        match test {
            Test::Equal(sought) => {
                let places = self.places(std::iter::once(sought).filter(is_number));
                self.is_one_of(row, &places)
            }
            Test::In(sought) => {
                let places = self.places(sought.iter().filter(is_number));
                self.is_one_of(row, &places)
            }
            Test::NotEqual(sought) => {
                let places = self.places(std::iter::once(sought).filter(is_number));
                format!("({} IS NOT NULL AND NOT ({}))", self.id(row), self.is_one_of(row, &places))
            }
            Test::Less(Sought::Text(_))
            | Test::Greater(Sought::Text(_))
            | Test::AtMost(Sought::Text(_))
            | Test::AtLeast(Sought::Text(_))
            | Test::StartsWith(_)
            | Test::Contains(_) => NEVER.to_owned(),
            Test::Less(_) | Test::Greater(_) | Test::AtMost(_) | Test::AtLeast(_) | Test::Missing => {
                let id = format!("({})", self.id(row));
                self.test_column(&id, false, test)
            }
        }
    }

    fn test_attribute(&mut self, attribute: &Attribute<'_>, test: &Test) -> String {
        // An object or an array is a value, but equal to none and in no order.
        let order = |sought: &Sought| match sought {
            Sought::Text(_) => " AND json_each.type = 'text'",
            Sought::Integer(_) => " AND json_each.type IN ('integer', 'real', 'true', 'false')",
        };
        let (sought, types, operator) = match test {
            Test::Missing => {
                return format!(
                    "{} IS NULL",
                    self.attribute(attribute, "1", " AND json_each.type <> 'null'")
                );
            }
            Test::In(sought) => {
                let atom = self.attribute(attribute, "json_each.atom", "");
                return format!("{atom} IN ({})", self.places(sought));
            }
            Test::StartsWith(text) | Test::Contains(text) => {
                let atom = self.attribute(attribute, "json_each.atom", " AND json_each.type = 'text'");
                let sought = self.values.bind(text.clone());
                let at = if matches!(test, Test::StartsWith(_)) { "= 1" } else { "> 0" };
                return format!("instr({atom}, {sought}) {at}");
            }
            Test::Equal(sought) => (sought, "", "="),
            Test::NotEqual(sought) => (sought, "", "<>"),
            Test::Less(sought) => (sought, order(sought), "<"),
            Test::Greater(sought) => (sought, order(sought), ">"),
            Test::AtMost(sought) => (sought, order(sought), "<="),
            Test::AtLeast(sought) => (sought, order(sought), ">="),
        };
        let atom = self.attribute(attribute, "json_each.atom", types);
        self.compare(&atom, operator, sought)
    }

    fn test_seen(&mut self, table: &str, test: &Test) -> String {
        let mut any = |dialects: &[Sought]| {
            let mut text = String::from("(");
            for dialect in dialects {
                if let Sought::Text(dialect) = dialect {
                    text.push_str(&seen_in(table, dialect, &mut self.values));
                    text.push_str(" OR ");
                }
            }
            text + "0)"
        };
        match test {
            Test::Equal(dialect) => any(std::slice::from_ref(dialect)),
            Test::NotEqual(dialect) => format!("NOT {}", any(std::slice::from_ref(dialect))),
            Test::In(dialects) => any(dialects),
            Test::Less(_)
            | Test::Greater(_)
            | Test::AtMost(_)
            | Test::AtLeast(_)
            | Test::StartsWith(_)
            | Test::Contains(_)
            | Test::Missing => NEVER.to_owned(),
        }
    }

    fn compare(&mut self, column: &str, operator: &str, sought: &Sought) -> String {
        format!("{column} {operator} {}", self.values.bind(value(sought)))
    }

    /// The places of these values, as a list.
    fn places<'s>(&mut self, sought: impl IntoIterator<Item = &'s Sought>) -> String {
        let places: Vec<_> = sought.into_iter().map(|sought| self.values.bind(value(sought))).collect();
        places.join(", ")
    }
}

fn value(sought: &Sought) -> Value {
    match sought {
        Sought::Integer(integer) => Value::Integer(*integer),
        Sought::Text(text) => Value::Text(text.clone()),
    }
}
