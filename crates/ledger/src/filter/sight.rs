//! What a caller sees: one namespace, what is not deleted, what is shown in his dialect, and perhaps only his own.

use countermand_model::Caller;
use rusqlite::types::Value;

use crate::rows::CONTROL;
use crate::session::Namespace;

/// Who looks, and where.
#[derive(Clone, Copy)]
pub(crate) struct Sight<'a> {
    pub(crate) namespace: Namespace<'a>,
    pub(crate) dialect: &'static str,
    pub(crate) caller: &'a Caller,
}

/// The values that a statement binds, by their numbers in it.
#[derive(Clone, Default)]
pub(crate) struct Values(Vec<Value>);

impl Values {
    /// Binds one more; answers its place in the statement.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("?{}", self.0.len())
    }

    /// All of them, for the statement.
    pub(crate) fn all(&self) -> impl rusqlite::Params {
        rusqlite::params_from_iter(&self.0)
    }
}

impl Sight<'_> {
    /// The condition that a row of the jobs table, called `table`, is seen.
    pub(crate) fn sees(&self, table: &str, values: &mut Values) -> String {
        let namespace = values.bind(self.namespace.id);
        let mut text = format!("{table}.namespace = {namespace} AND {table}.hidden = 0");
        if self.dialect != CONTROL {
            text.push_str(" AND ");
            text.push_str(&seen_in(table, self.dialect, values));
        }
        if self.caller.own_only {
            let user = values.bind(self.caller.user.clone());
            text.push_str(&format!(" AND ({table}.owner IS NULL OR {table}.owner = {user})"));
        }
        text
    }
}

/// The condition that a job is shown in a dialect.
pub(super) fn seen_in(table: &str, dialect: &str, values: &mut Values) -> String {
    let listed = values.bind(format!(",{dialect},"));
    format!("({table}.dialects IS NULL OR instr({table}.dialects, {listed}) > 0)")
}
