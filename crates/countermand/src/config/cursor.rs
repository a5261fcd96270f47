//! A typed way through one TOML table: each key is asked for by name and kind, and what was never asked for is an
//! unknown key in the end. Collects mistakes instead of stopping at one. Knows no particular key.

use std::ops::Range;

use countermand_dialects::OptionValue;
use countermand_dialects::grammar::spelling;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{At, Findings};

/// One table while it is read.
pub(super) struct Cursor<'t> {
    table: &'t DeTable<'t>,
    /// How messages call the table: `server`, `realms.ops`, `mounts`; empty for the whole file.
    name: String,
    /// Where the table begins.
    pub(super) at: usize,
    known: Vec<&'static str>,
}

impl<'t> Cursor<'t> {
    pub(super) fn root(table: &'t Spanned<DeTable<'t>>) -> Cursor<'t> {
        Cursor::new(table.get_ref(), String::new(), table.span())
    }

    fn new(table: &'t DeTable<'t>, name: String, span: Range<usize>) -> Cursor<'t> {
        Cursor { table, name, at: span.start, known: Vec::new() }
    }

    /// A text.
    pub(super) fn text(&mut self, key: &'static str, findings: &mut Findings<'_>) -> Option<At<String>> {
        self.read(key, "a text in quotes", findings, |value| value.as_str().map(str::to_owned))
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str, findings: &mut Findings<'_>) -> Option<At<bool>> {
        self.read(key, "true or false", findings, |value| match value {
            DeValue::Boolean(flag) => Some(*flag),
            _ => None,
        })
    }

    /// A text or a whole number; the number as its decimal text.
    pub(super) fn quantity(
        &mut self,
        key: &'static str,
        example: &'static str,
        findings: &mut Findings<'_>,
    ) -> Option<At<String>> {
        self.read(key, example, findings, |value| {
            value.as_str().map(str::to_owned).or_else(|| integer(value).map(|number| number.to_string()))
        })
    }

    /// An array of texts, each with its place.
    pub(super) fn texts(
        &mut self,
        key: &'static str,
        findings: &mut Findings<'_>,
    ) -> Option<At<Vec<At<String>>>> {
        let value = self.find(key)?;
        texts(&self.path(key), value, findings).map(|texts| At { value: texts, at: value.span().start })
    }

    /// A table.
    pub(super) fn table(&mut self, key: &'static str, findings: &mut Findings<'_>) -> Option<Cursor<'t>> {
        let value = self.find(key)?;
        let path = self.path(key);
        let Some(table) = value.get_ref().as_table() else {
            findings.mistake(value.span().start, wrong_kind(&path, &format!("a table, [{path}]"), value));
            return None;
        };
        Some(Cursor::new(table, path, self.key_span(key)))
    }

    /// An array of tables.
    pub(super) fn tables(&mut self, key: &'static str, findings: &mut Findings<'_>) -> Vec<Cursor<'t>> {
        let Some(value) = self.find(key) else { return Vec::new() };
        let path = self.path(key);
        let wanted = format!("an array of tables, [[{path}]]");
        let Some(array) = value.get_ref().as_array() else {
            findings.wrong_kind(self.at, key, value.span().start, wrong_kind(&path, &wanted, value));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in array.iter() {
            match item.get_ref().as_table() {
                Some(table) => tables.push(Cursor::new(table, path.clone(), item.span())),
                None => findings.mistake(item.span().start, wrong_kind(&path, &wanted, item)),
            }
        }
        tables
    }

    /// The members of a table whose keys are names the user chose, each a table, in the order of the file.
    pub(super) fn named_tables(&self, findings: &mut Findings<'_>) -> Vec<(At<String>, Cursor<'t>)> {
        let mut tables = Vec::new();
        for (key, value) in self.members() {
            let path = self.path(&key.value);
            match value.get_ref().as_table() {
                Some(table) => {
                    tables.push((key.clone(), Cursor::new(table, path, key.at..key.at)));
                }
                None => findings
                    .mistake(value.span().start, wrong_kind(&path, &format!("a table, [{path}]"), value)),
            }
        }
        tables
    }

    /// The members of a table whose keys are names the user chose, each an array of texts.
    pub(super) fn named_texts(&self, findings: &mut Findings<'_>) -> Vec<(At<String>, Vec<At<String>>)> {
        let members = self.members().into_iter();
        members
            .filter_map(|(key, value)| {
                let texts = texts(&self.path(&key.value), value, findings)?;
                Some((key, texts))
            })
            .collect()
    }

    /// The members of a table whose keys are names the user chose, each a plain value.
    pub(super) fn named_options(&self, findings: &mut Findings<'_>) -> Vec<(At<String>, OptionValue)> {
        let mut options = Vec::new();
        for (key, value) in self.members() {
            let option = match value.get_ref() {
                DeValue::Boolean(flag) => Some(OptionValue::Flag(*flag)),
                DeValue::String(text) => Some(OptionValue::Text(text.clone().into_owned())),
                other => integer(other).map(OptionValue::Integer),
            };
            match option {
                Some(option) => options.push((key, option)),
                None => findings.mistake(
                    value.span().start,
                    wrong_kind(&self.path(&key.value), "true, false, a number or a text", value),
                ),
            }
        }
        options
    }

    /// Ends the reading: what was never asked for is unknown.
    pub(super) fn finish(self, findings: &mut Findings<'_>) {
        for (key, _) in self.members() {
            let name = key.value.as_str();
            if self.known.contains(&name) {
                continue;
            }
            let place = if self.name.is_empty() { "here".to_owned() } else { format!("in {}", self.name) };
            let advice = spelling::advice(name, &self.known);
            findings.mistake(key.at, format!("unknown key {name} {place}; {advice}"));
        }
    }

    fn read<T>(
        &mut self,
        key: &'static str,
        wanted: &str,
        findings: &mut Findings<'_>,
        convert: impl FnOnce(&DeValue<'_>) -> Option<T>,
    ) -> Option<At<T>> {
        let value = self.find(key)?;
        let at = value.span().start;
        let converted = convert(value.get_ref());
        if converted.is_none() {
            findings.wrong_kind(self.at, key, at, wrong_kind(&self.path(key), wanted, value));
        }
        converted.map(|value| At { value, at })
    }

    fn find(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.known.push(key);
        self.table.get(key)
    }

    fn members(&self) -> Vec<(At<String>, &'t Spanned<DeValue<'t>>)> {
        let mut members: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| {
                (At { value: key.get_ref().clone().into_owned(), at: key.span().start }, value)
            })
            .collect();
        members.sort_by_key(|(key, _)| key.at);
        members
    }

    fn key_span(&self, key: &str) -> Range<usize> {
        self.table.get_key_value(key).map_or(0..0, |(key, _)| key.span())
    }

    fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }
}

fn texts(path: &str, value: &Spanned<DeValue<'_>>, findings: &mut Findings<'_>) -> Option<Vec<At<String>>> {
    let wanted = "an array of texts, such as [\"ana\", \"li\"]";
    let Some(array) = value.get_ref().as_array() else {
        findings.mistake(value.span().start, wrong_kind(path, wanted, value));
        return None;
    };
    let mut texts = Vec::new();
    for item in array.iter() {
        match item.get_ref().as_str() {
            Some(text) => texts.push(At { value: text.to_owned(), at: item.span().start }),
            None => findings.mistake(item.span().start, wrong_kind(path, wanted, item)),
        }
    }
    Some(texts)
}

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

fn wrong_kind(path: &str, wanted: &str, value: &Spanned<DeValue<'_>>) -> String {
    let kind = match value.get_ref() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    };
    format!("{path} is {kind}; write {wanted}")
}
