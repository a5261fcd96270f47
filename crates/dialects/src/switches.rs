//! A mount's options: documented switches of its dialect, checked once at start.

use std::collections::BTreeMap;

use crate::Evidence;
use crate::grammar::spelling;

/// A documented switch.
#[derive(Clone, Copy, Debug)]
pub struct Switch {
    /// Its name in `[mounts.options]`.
    pub name: &'static str,
    /// What it may be.
    pub kind: SwitchKind,
    /// What it is when nothing is said, as it would be written.
    pub default: &'static str,
    /// What it does, in a sentence.
    pub meaning: &'static str,
    /// How the default is known.
    pub evidence: Evidence,
}

/// What a switch may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchKind {
    /// `true` or `false`.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number in a range, both ends in it.
    Integer(i64, i64),
    /// Any text.
    Text,
}

/// An option as configuration has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionValue {
    /// A boolean.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
}

impl std::fmt::Display for OptionValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OptionValue::Flag(flag) => write!(f, "{flag}"),
            OptionValue::Integer(integer) => write!(f, "{integer}"),
            OptionValue::Text(text) => write!(f, "{text:?}"),
        }
    }
}

/// An option that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionError {
    /// The option's name, as written.
    pub name: String,
    /// What is wrong with it, and what it could be.
    pub problem: String,
}

/// The switches of one mount, every one of them set.
#[derive(Clone, Debug)]
pub struct Switches(BTreeMap<&'static str, OptionValue>);

impl Switches {
    /// Sets each switch to its option or its default.
    ///
    /// # Errors
    /// Every option that has an unknown name or an unfit value.
    pub fn check(
        table: &'static [Switch],
        options: &[(String, OptionValue)],
    ) -> Result<Switches, Vec<OptionError>> {
        let mut set: BTreeMap<_, _> =
            table.iter().map(|switch| (switch.name, switch.default_value())).collect();
        let mut errors = Vec::new();
        for (name, value) in options {
            let problem = match table.iter().find(|switch| switch.name == name) {
                None => Some(unknown(table, name)),
                Some(switch) if switch.kind.takes(value) => {
                    set.insert(switch.name, value.clone());
                    None
                }
                Some(switch) => Some(format!("{value} is not {}", switch.kind)),
            };
            errors.extend(problem.map(|problem| OptionError { name: name.clone(), problem }));
        }
        if errors.is_empty() { Ok(Switches(set)) } else { Err(errors) }
    }

    /// A [`SwitchKind::Flag`] of the dialect's own table.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(OptionValue::Flag(true)))
    }

    /// A [`SwitchKind::Integer`] of the dialect's own table.
    #[must_use]
    pub fn integer(&self, name: &str) -> i64 {
        match self.0.get(name) {
            Some(OptionValue::Integer(integer)) => *integer,
            Some(OptionValue::Flag(_) | OptionValue::Text(_)) | None => 0,
        }
    }

    /// A [`SwitchKind::Choice`] or [`SwitchKind::Text`] of the dialect's own table.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        match self.0.get(name) {
            Some(OptionValue::Text(text)) => text,
            Some(OptionValue::Flag(_) | OptionValue::Integer(_)) | None => "",
        }
    }
}

fn unknown(table: &[Switch], name: &str) -> String {
    if table.is_empty() {
        return "this dialect has no options".to_owned();
    }
    let names: Vec<_> = table.iter().map(|switch| switch.name).collect();
    let advice = spelling::advice(name, &names);
    format!("no such option; {advice}")
}

impl Switch {
    fn default_value(&self) -> OptionValue {
        match self.kind {
            SwitchKind::Flag => OptionValue::Flag(self.default == "true"),
            SwitchKind::Integer(least, _) => OptionValue::Integer(self.default.parse().unwrap_or(least)),
            SwitchKind::Choice(_) | SwitchKind::Text => OptionValue::Text(self.default.to_owned()),
        }
    }
}

impl SwitchKind {
    fn takes(self, value: &OptionValue) -> bool {
        match (self, value) {
            (SwitchKind::Flag, OptionValue::Flag(_)) | (SwitchKind::Text, OptionValue::Text(_)) => true,
            (SwitchKind::Choice(words), OptionValue::Text(text)) => words.contains(&text.as_str()),
            (SwitchKind::Integer(least, most), OptionValue::Integer(integer)) => {
                (least..=most).contains(integer)
            }
            _ => false,
        }
    }
}

impl std::fmt::Display for SwitchKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SwitchKind::Flag => f.write_str("true or false"),
            SwitchKind::Choice(words) => write!(f, "one of {}", words.join(", ")),
            SwitchKind::Integer(least, most) => write!(f, "a whole number from {least} to {most}"),
            SwitchKind::Text => f.write_str("a text"),
        }
    }
}
