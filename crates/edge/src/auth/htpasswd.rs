//! A file of users: one `NAME:HASH` a line, `#` before a comment. Every mistake has its line.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::hash::Stored;

/// The users of a file.
#[derive(Debug, Default)]
pub(super) struct Users {
    pub(super) stored: HashMap<String, Stored>,
    /// What verifying a stranger's password costs: a hash of the kind and cost that most users have. That it is one of
    /// theirs does not matter: whatever comes out, the answer is no.
    pub(super) decoy: Option<Stored>,
    /// Lines that are taken and should not be needed.
    pub(super) warnings: Vec<LineError>,
}

/// What is wrong on a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LineError {
    /// From 1.
    pub(super) line: usize,
    pub(super) problem: String,
}

/// What stands in a file of users or tokens, each with its line from 1: not what is blank or begins with `#`.
pub(super) fn entries(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(index, content)| (index + 1, content.trim()));
    lines.filter(|(_, content)| !content.is_empty() && !content.starts_with('#'))
}

/// Reads a file.
///
/// # Errors
/// Every line that is not one: no colon, no name, a hash that is broken or costs too much, a name that was there before.
pub(super) fn parse(text: &str) -> Result<Users, Vec<LineError>> {
    let mut users = Users::default();
    let mut errors = Vec::new();
    let mut lines: HashMap<String, usize> = HashMap::new();
    for (line, content) in entries(text) {
        match entry(content) {
            Err(problem) => errors.push(LineError { line, problem }),
            Ok((name, stored)) => match lines.entry(name.to_owned()) {
                Entry::Occupied(first) => {
                    let problem = format!("{name} is on line {} already", first.get());
                    errors.push(LineError { line, problem });
                }
                Entry::Vacant(vacant) => {
                    vacant.insert(line);
                    users.warnings.extend(warning(name, &stored, line));
                    users.stored.insert(name.to_owned(), stored);
                }
            },
        }
    }
    users.decoy = decoy(users.stored.values());
    if errors.is_empty() { Ok(users) } else { Err(errors) }
}

fn entry(content: &str) -> Result<(&str, Stored), String> {
    let (name, hash) = content.split_once(':').ok_or("there is no colon: a line is NAME:HASH")?;
    if name.is_empty() || name.contains(char::is_control) {
        return Err("the name is empty or has control characters in it".to_owned());
    }
    // Old tools put more fields after a second colon.
    let hash = hash.split(':').next().unwrap_or_default();
    Stored::parse(hash).map(|stored| (name, stored)).map_err(|problem| format!("{name}: {problem}"))
}

fn warning(name: &str, stored: &Stored, line: usize) -> Option<LineError> {
    let (kind, _) = stored.expense();
    let problem = format!("{name}: {kind} is weak; make a new hash with `countermand user add`");
    stored.is_weak().then_some(LineError { line, problem })
}

/// One of the hashes whose kind and cost most have; of two equally common ones, the dearer.
fn decoy<'s>(stored: impl Iterator<Item = &'s Stored>) -> Option<Stored> {
    let mut kinds: HashMap<(&str, u32), (usize, &Stored)> = HashMap::new();
    for stored in stored {
        kinds.entry(stored.expense()).or_insert((0, stored)).0 += 1;
    }
    let most = kinds.into_iter().max_by_key(|((kind, cost), (count, _))| (*count, *cost, *kind));
    most.map(|(_, (_, stored))| stored.clone())
}

#[cfg(test)]
mod tests {
    use super::parse;

    const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
    const SHA: &str = "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=";

    #[test]
    fn comments_blanks_and_carriage_returns_are_passed_over() {
        let users = parse(&format!("# users\r\n\r\nana:{BCRYPT}\r\n  li:{SHA}:more \n")).unwrap();
        assert_eq!(users.stored.len(), 2);
        assert_eq!(users.warnings.len(), 1);
        assert_eq!(users.warnings[0].line, 4);
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let errors = parse(&format!("ana:{BCRYPT}\nnobody\n:{SHA}\nana:{SHA}\nli:plain")).unwrap_err();
        assert_eq!(errors.iter().map(|error| error.line).collect::<Vec<_>>(), [2, 3, 4, 5]);
        assert!(errors[2].problem.contains("line 1"), "{errors:?}");
        assert!(!errors[3].problem.contains("plain"), "a stray password is not repeated: {errors:?}");
    }

    #[test]
    fn a_stranger_costs_what_most_users_cost() {
        let dear = BCRYPT.replace("$04$", "$05$");
        let users = parse(&format!("a:{SHA}\nb:{BCRYPT}\nc:{dear}\nd:{dear}")).unwrap();
        assert_eq!(users.decoy.unwrap().expense(), ("bcrypt", 5));
        assert!(parse("# nobody").unwrap().decoy.is_none());
    }
}
