//! Filters as SQL. Every value is bound; nothing of a caller's text becomes part of a statement.
//!
//! A field without a value fails every test but `Missing`, also under `Not`: SQLite's third truth, NULL, counts as
//! false in a condition, and `Not` asks for `IS NOT TRUE`. A value of another type than the field's is something
//! else, and neither before nor after it.

mod field;

mod sight;

mod size;

mod test;

use countermand_model::{Field, Filter, Page, Sort};

use crate::rows::stored;
use crate::session::Session;
use field::{Column, Looks};
pub(crate) use sight::{Sight, Values};
pub(crate) use size::{refuse, refuse_command};

/// Whether the job in that row, seen or not, fits a filter as a caller in a dialect means it.
pub(crate) fn fits(session: &Session, sight: Sight<'_>, id: i64, filter: &Filter) -> rusqlite::Result<bool> {
    let mut query = Query::new(session, sight, Looks::AT_JOB)?;
    query.text = format!("jobs.id = {}", query.values.bind(id));
    query.add(filter);
    let sql = format!("SELECT 1 FROM jobs WHERE {}", query.text);
    Ok(session.one(&sql, query.values.all(), |_| Ok(()))?.is_some())
}

/// A condition, and perhaps an order, with the values it binds.
pub(crate) struct Query<'a> {
    pub(crate) text: String,
    pub(crate) values: Values,
    sight: Sight<'a>,
    looks: Looks,
    /// Whether any job has an id of its own in the caller's dialect. Where none has, ids are numbers, which an index
    /// holds.
    has_aliases: bool,
}

impl<'a> Query<'a> {
    /// The jobs that a caller sees in a dialect, called `jobs`.
    pub(crate) fn of_jobs(session: &Session, sight: Sight<'a>) -> rusqlite::Result<Query<'a>> {
        Query::seen(session, sight, Looks::AT_JOB)
    }

    /// The parents and children that a caller sees in a dialect, called `parents` and `jobs`.
    pub(crate) fn of_runs(session: &Session, sight: Sight<'a>) -> rusqlite::Result<Query<'a>> {
        let mut query = Query::seen(session, sight, Looks::AT_PARENT)?;
        let parents = sight.sees("parents", &mut query.values);
        query.text.push_str(" AND ");
        query.text.push_str(&parents);
        Ok(query)
    }

    /// The single jobs that a caller sees in a dialect, each its own only run, called `jobs`.
    pub(crate) fn of_single_runs(session: &Session, sight: Sight<'a>) -> rusqlite::Result<Query<'a>> {
        let mut query = Query::seen(session, sight, Looks::AT_SINGLE)?;
        query.text.push_str(" AND jobs.kind = 'single'");
        Ok(query)
    }

    fn seen(session: &Session, sight: Sight<'a>, looks: Looks) -> rusqlite::Result<Query<'a>> {
        let mut query = Query::new(session, sight, looks)?;
        query.text = sight.sees("jobs", &mut query.values);
        Ok(query)
    }

    /// Without any condition yet.
    fn new(session: &Session, sight: Sight<'a>, looks: Looks) -> rusqlite::Result<Query<'a>> {
        let any = "SELECT 1 FROM aliases WHERE namespace = ?1 AND dialect = ?2 LIMIT 1";
        let has_aliases = session.one(any, (sight.namespace.id, sight.dialect), |_| Ok(()))?.is_some();
        Ok(Query { text: String::new(), values: Values::default(), sight, looks, has_aliases })
    }

    /// Asks that a filter fits as well.
    pub(crate) fn add(&mut self, filter: &Filter) {
        let condition = self.condition(filter);
        self.text.push_str(" AND ");
        self.text.push_str(&condition);
    }

    /// Orders by these fields; ties end with the number. What has no value comes first. A field that was ordered by
    /// already has nothing left to order, and SQLite takes only so many.
    pub(crate) fn sort(&mut self, sort: &[Sort]) {
        self.text.push_str(" ORDER BY ");
        let mut before: Vec<&Field> = Vec::new();
        for Sort { field, descending } in sort {
            if before.contains(&field) {
                continue;
            }
            before.push(field);
            let by = self.value(field);
            if let Some(by) = by {
                self.text.push_str(&by);
                self.text.push_str(if *descending { " DESC, " } else { ", " });
            }
        }
        self.text.push_str("jobs.number");
    }

    /// Leaves only that part.
    pub(crate) fn cut(&mut self, page: Page) {
        let (size, first) = (self.values.bind(stored(page.size)), self.values.bind(stored(page.first)));
        self.text.push_str(&format!(" LIMIT {size} OFFSET {first}"));
    }

    /// The value of a field, to order by. Being seen is no order.
    fn value(&mut self, field: &Field) -> Option<String> {
        Some(match self.column(field) {
            Column::Integer(value) | Column::Text(value) => value,
            Column::Id(row) => self.id(&row),
            Column::Attribute(attribute) => self.attribute(&attribute, "json_each.atom", ""),
            Column::OfLatest(table, field) => {
                let value = self.of_latest(|query| query.value(field))?;
                format!("(SELECT {value} {})", self.latest(table))
            }
            Column::SeenIn(_) => return None,
        })
    }

    fn condition(&mut self, filter: &Filter) -> String {
        match filter {
            Filter::And(parts) => self.join(parts, " AND ", "1"),
            Filter::Or(parts) => self.join(parts, " OR ", "0"),
            Filter::Not(part) => format!("({} IS NOT TRUE)", self.condition(part)),
            Filter::Field(field, test) => self.test(field, test),
        }
    }

    /// Joins in halves: SQLite counts a chain of a thousand as a thousand levels.
    fn join(&mut self, parts: &[Filter], word: &str, none: &str) -> String {
        match parts {
            [] => none.to_owned(),
            [part] => self.condition(part),
            _ => {
                let (left, right) = parts.split_at(parts.len() / 2);
                format!("({}{word}{})", self.join(left, word, none), self.join(right, word, none))
            }
        }
    }
}

#[cfg(test)]
mod tests;
