//! Filters as SQL. Every value is bound; nothing of a caller's text becomes part of a statement.
//!
//! A field without a value fails every test but `Missing`, also under `Not`: SQLite's third truth, NULL, counts as
//! false in a condition, and `Not` asks for `IS NOT TRUE`. A value of another type than the field's is something
//! else, and neither before nor after it.

use countermand_model::{Caller, Fault, FaultKind, Field, Filter, Sort, Test, Value as Sought};
use rusqlite::types::Value;

use crate::rows::CONTROL;
use crate::session::Namespace;

/// How deeply a filter may be nested, and how many values it may hold: well below SQLite's own limits.
const DEPTH: usize = 100;
const VALUES: usize = 10_000;

/// Why a filter cannot be looked up, where it cannot.
pub(crate) fn refuse(filter: &Filter) -> Option<Fault> {
    let (depth, values) = size(filter);
    let fits = depth <= DEPTH && values <= VALUES;
    (!fits).then(|| Fault::new(FaultKind::Malformed, "The filter is too large."))
}

/// A condition, and perhaps an order, with the values it binds from left to right.
pub(crate) struct Query {
    pub(crate) text: String,
    pub(crate) values: Vec<Value>,
    looks: Looks,
}

/// Where fields are looked up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looks {
    /// At the job.
    AtJob,
    /// At the parent, called `parents`; but times at the child, called `jobs`.
    AtParent,
}

impl Query {
    /// The jobs that a caller sees in a dialect.
    pub(crate) fn of_jobs(namespace: Namespace<'_>, dialect: &str, caller: &Caller) -> Query {
        let mut query = Query { text: String::new(), values: Vec::new(), looks: Looks::AtJob };
        query.add_visible("jobs", namespace, dialect, caller);
        query
    }

    /// The parents and children that a caller sees in a dialect.
    pub(crate) fn of_runs(namespace: Namespace<'_>, dialect: &str, caller: &Caller) -> Query {
        let mut query = Query { text: String::new(), values: Vec::new(), looks: Looks::AtParent };
        query.add_visible("parents", namespace, dialect, caller);
        query.text.push_str(" AND ");
        query.add_visible("jobs", namespace, dialect, caller);
        query
    }

    /// Asks that a filter fits as well.
    pub(crate) fn add(&mut self, filter: &Filter) {
        self.text.push_str(" AND ");
        self.compile(filter);
    }

    /// Orders by these fields; ties end with the number. What has no value comes first.
    pub(crate) fn sort(&mut self, sort: &[Sort]) {
        self.text.push_str(" ORDER BY ");
        for Sort { field, descending } in sort {
            match self.column(field) {
                Column::Integer(column) | Column::Text(column) => self.text.push_str(&column),
                Column::Attribute => self.attribute(field, "atom", ""),
                // Being seen is no order.
                Column::SeenIn => self.text.push_str("NULL"),
            }
            self.text.push_str(if *descending { " DESC, " } else { ", " });
        }
        self.text.push_str("jobs.number");
    }

    fn add_visible(&mut self, table: &str, namespace: Namespace<'_>, dialect: &str, caller: &Caller) {
        self.text.push_str(&format!("{table}.namespace = ? AND {table}.hidden = 0"));
        self.values.push(namespace.id.into());
        if dialect != CONTROL {
            self.text.push_str(" AND ");
            self.seen_in(table, dialect);
        }
        if caller.own_only {
            self.text.push_str(&format!(" AND ({table}.owner IS NULL OR {table}.owner = ?)"));
            self.values.push(caller.user.clone().into());
        }
    }

    fn seen_in(&mut self, table: &str, dialect: &str) {
        self.text.push_str(&format!("({table}.dialects IS NULL OR instr({table}.dialects, ?) > 0)"));
        self.values.push(format!(",{dialect},").into());
    }

    fn compile(&mut self, filter: &Filter) {
        match filter {
            Filter::And(parts) => self.join(parts, " AND ", "1"),
            Filter::Or(parts) => self.join(parts, " OR ", "0"),
            Filter::Not(part) => {
                self.text.push('(');
                self.compile(part);
                self.text.push_str(" IS NOT TRUE)");
            }
            Filter::Field(field, test) => self.test(field, test),
        }
    }

    /// Joins in halves: SQLite counts a chain of a thousand as a thousand levels.
    fn join(&mut self, parts: &[Filter], word: &str, none: &str) {
        match parts {
            [] => self.text.push_str(none),
            [part] => self.compile(part),
            _ => {
                let (left, right) = parts.split_at(parts.len() / 2);
                self.text.push('(');
                self.join(left, word, none);
                self.text.push_str(word);
                self.join(right, word, none);
                self.text.push(')');
            }
        }
    }

    fn test(&mut self, field: &Field, test: &Test) {
        match self.column(field) {
            Column::SeenIn => self.test_seen(test),
            Column::Attribute => self.test_attribute(field, test),
            Column::Integer(column) => self.test_column(&column, false, test),
            Column::Text(column) => self.test_column(&column, true, test),
        }
    }

    fn test_column(&mut self, column: &str, is_text: bool, test: &Test) {
        let fits = |sought: &Sought| matches!(sought, Sought::Text(_)) == is_text;
        match test {
            Test::Missing => self.text.push_str(&format!("{column} IS NULL")),
            Test::Equal(sought) if fits(sought) => self.compare(column, "=", sought),
            Test::NotEqual(sought) if fits(sought) => self.compare(column, "<>", sought),
            Test::NotEqual(_) => self.text.push_str(&format!("{column} IS NOT NULL")),
            Test::Less(sought) if fits(sought) => self.compare(column, "<", sought),
            Test::Greater(sought) if fits(sought) => self.compare(column, ">", sought),
            Test::AtMost(sought) if fits(sought) => self.compare(column, "<=", sought),
            Test::AtLeast(sought) if fits(sought) => self.compare(column, ">=", sought),
            Test::In(sought) => {
                let fitting: Vec<_> = sought.iter().filter(|sought| fits(sought)).collect();
                self.text.push_str(column);
                self.any_of(&fitting);
            }
            Test::StartsWith(start) if is_text => {
                self.text.push_str(&format!("instr({column}, ?) = 1"));
                self.values.push(start.clone().into());
            }
            Test::Contains(part) if is_text => {
                self.text.push_str(&format!("instr({column}, ?) > 0"));
                self.values.push(part.clone().into());
            }
            Test::Equal(_)
            | Test::Less(_)
            | Test::Greater(_)
            | Test::AtMost(_)
            | Test::AtLeast(_)
            | Test::StartsWith(_)
            | Test::Contains(_) => self.text.push('0'),
        }
    }

    fn test_attribute(&mut self, field: &Field, test: &Test) {
        // An object or an array is a value, but equal to none and in no order.
        let order = |sought: &Sought| match sought {
            Sought::Text(_) => " AND json_each.type = 'text'",
            Sought::Integer(_) => " AND json_each.type IN ('integer', 'real', 'true', 'false')",
        };
        let compared = match test {
            Test::Missing => {
                self.attribute(field, "1", " AND json_each.type <> 'null'");
                return self.text.push_str(" IS NULL");
            }
            Test::In(sought) => {
                self.attribute(field, "atom", "");
                return self.any_of(&sought.iter().collect::<Vec<_>>());
            }
            Test::StartsWith(text) | Test::Contains(text) => {
                self.text.push_str("instr(");
                self.attribute(field, "atom", " AND json_each.type = 'text'");
                self.values.push(text.clone().into());
                let at_start = matches!(test, Test::StartsWith(_));
                return self.text.push_str(if at_start { ", ?) = 1" } else { ", ?) > 0" });
            }
            Test::Equal(sought) => (sought, "", " = ?"),
            Test::NotEqual(sought) => (sought, "", " <> ?"),
            Test::Less(sought) => (sought, order(sought), " < ?"),
            Test::Greater(sought) => (sought, order(sought), " > ?"),
            Test::AtMost(sought) => (sought, order(sought), " <= ?"),
            Test::AtLeast(sought) => (sought, order(sought), " >= ?"),
        };
        let (sought, types, comparison) = compared;
        self.attribute(field, "atom", types);
        self.text.push_str(comparison);
        self.values.push(value(sought));
    }

    fn test_seen(&mut self, test: &Test) {
        let table = self.table();
        let mut any = |dialects: &[&Sought], words: (&str, &str)| {
            self.text.push_str(words.0);
            for dialect in dialects {
                if let Sought::Text(dialect) = dialect {
                    self.seen_in(table, dialect);
                    self.text.push_str(" OR ");
                }
            }
            self.text.push_str(words.1);
        };
        match test {
            Test::Equal(dialect) => any(&[dialect], ("(", "0)")),
            Test::NotEqual(dialect) => any(&[dialect], ("NOT (", "0)")),
            Test::In(dialects) => any(&dialects.iter().collect::<Vec<_>>(), ("(", "0)")),
            Test::Less(_)
            | Test::Greater(_)
            | Test::AtMost(_)
            | Test::AtLeast(_)
            | Test::StartsWith(_)
            | Test::Contains(_)
            | Test::Missing => self.text.push('0'),
        }
    }

    fn compare(&mut self, column: &str, operator: &str, sought: &Sought) {
        self.text.push_str(&format!("{column} {operator} ?"));
        self.values.push(value(sought));
    }

    fn any_of(&mut self, sought: &[&Sought]) {
        let places = vec!["?"; sought.len()].join(", ");
        self.text.push_str(&format!(" IN ({places})"));
        self.values.extend(sought.iter().map(|sought| value(sought)));
    }

    /// The member of a job's attributes in one dialect. The names are bound, so they need no quoting.
    fn attribute(&mut self, field: &Field, answer: &str, condition: &str) {
        let Field::Attribute { dialect, member } = field else { return };
        let table = self.table();
        self.text.push_str(&format!(
            "(SELECT {answer} FROM attributes, json_each(attributes.value) WHERE attributes.job = {table}.id \
             AND attributes.dialect = ? AND json_each.key = ?{condition})"
        ));
        self.values.extend([dialect.clone().into(), member.clone().into()]);
    }

    fn table(&self) -> &'static str {
        match self.looks {
            Looks::AtJob => "jobs",
            Looks::AtParent => "parents",
        }
    }

    fn column(&self, field: &Field) -> Column {
        let table = self.table();
        let own = |name: &str| format!("{table}.{name}");
        let of_child = |name: &str| format!("jobs.{name}");
        match field {
            Field::Number => Column::Integer(own("number")),
            Field::Parent if self.looks == Looks::AtParent => Column::Integer(own("number")),
            Field::Parent => Column::Integer(own("parent")),
            Field::NextRunAt => Column::Integer(own("trigger_next_run_at")),
            Field::Acknowledged => Column::Integer(own("acknowledged")),
            Field::CreatedAt => Column::Integer(of_child("created_at")),
            Field::StartedAt => Column::Integer(of_child("started_at")),
            Field::FinishedAt => Column::Integer(of_child("finished_at")),
            Field::ChangedAt => Column::Integer(of_child("changed_at")),
            Field::State => Column::Text(own("state")),
            Field::Kind => Column::Text(own("kind")),
            Field::Trigger => Column::Text(own("trigger_state")),
            Field::Dataset => Column::Text(own("dataset")),
            Field::Owner => Column::Text(own("owner")),
            Field::Name => Column::Text(own("name")),
            Field::Description => Column::Text(own("description")),
            Field::Type => Column::Text(own("type")),
            Field::Attribute { .. } => Column::Attribute,
            Field::SeenIn => Column::SeenIn,
        }
    }
}

/// What stands for a field in a statement.
enum Column {
    Integer(String),
    Text(String),
    Attribute,
    SeenIn,
}

fn value(sought: &Sought) -> Value {
    match sought {
        Sought::Integer(integer) => Value::Integer(*integer),
        Sought::Text(text) => Value::Text(text.clone()),
    }
}

/// How deep it is, in levels, and how many values it holds.
fn size(filter: &Filter) -> (usize, usize) {
    // By a list of what is still to be looked at: a filter may be deeper than the stack.
    let (mut deepest, mut values) = (0, 0);
    let mut ahead = vec![(filter, 1)];
    while let Some((filter, depth)) = ahead.pop() {
        deepest = deepest.max(depth);
        match filter {
            Filter::And(parts) | Filter::Or(parts) => {
                // Joined in halves, so many parts add few levels.
                let levels = usize::try_from(parts.len().max(2).ilog2()).unwrap_or(0) + 1;
                ahead.extend(parts.iter().map(|part| (part, depth + levels)));
            }
            Filter::Not(part) => ahead.push((part, depth + 1)),
            Filter::Field(_, Test::In(sought)) => values += sought.len() + 2,
            Filter::Field(..) => values += 3,
        }
    }
    (deepest, values)
}
