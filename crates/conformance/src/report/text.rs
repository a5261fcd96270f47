//! The report for people: a tree by dialect, and under each case that fell short every difference with its place.

use std::fmt::Write;

use super::shown::{body_diff, plain};
use super::{Counts, why};
use crate::compare::Difference;
use crate::run::{Outcome, Verdict};

/// How much of a value is shown on a line.
const LONGEST: usize = 160;

/// How a report looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// With colours of a terminal.
    pub colour: bool,
    /// Every case, not just those that fell short.
    pub verbose: bool,
}

impl Style {
    fn painted(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn red(self, text: &str) -> String {
        self.painted("31", text)
    }

    fn green(self, text: &str) -> String {
        self.painted("32", text)
    }

    fn faint(self, text: &str) -> String {
        self.painted("2", text)
    }
}

/// The tree: a line per dialect, and below it the cases that have something to say.
#[must_use]
pub fn dialects(verdicts: &[Verdict], style: Style) -> String {
    let mut out = String::new();
    let mut names: Vec<&str> = verdicts.iter().map(|verdict| verdict.fixture.dialect.name).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let of = || verdicts.iter().filter(|verdict| verdict.fixture.dialect.name == name);
        let _ = writeln!(out, "{name}: {}", Counts::of(of()));
        for verdict in of() {
            out.push_str(&case(verdict, style));
        }
    }
    out
}

/// What is said of one case; nothing of one that passed or was skipped, unless everything is to be said.
#[must_use]
pub fn case(verdict: &Verdict, style: Style) -> String {
    let fixture = &verdict.fixture;
    let title = format!("{}: {}", fixture.name, fixture.head.title);
    match &verdict.result {
        Outcome::Passed if style.verbose => format!("  {} {title}\n", style.green("✓")),
        Outcome::Skipped(skip) if style.verbose => format!("  - {title} (skipped: {})\n", skip.advice()),
        Outcome::Passed | Outcome::Skipped(_) => String::new(),
        Outcome::Broken(problem) => {
            let place = style.faint(&fixture.path.display().to_string());
            format!("  {} {title}\n    {place}\n    {}\n", style.red("✗"), plain(problem))
        }
        Outcome::Failed(differences) => failed(verdict, differences, &title, style),
    }
}

fn failed(verdict: &Verdict, differences: &[Difference], title: &str, style: Style) -> String {
    let fixture = &verdict.fixture;
    let mut out = format!("  {} {title}\n", style.red("✗"));
    let known = format!("{}: {}", fixture.head.evidence.name(), fixture.head.source);
    let _ = writeln!(out, "    {}", style.faint(&format!("{} ({known})", fixture.path.display())));
    for (index, exchange) in fixture.exchanges.iter().enumerate() {
        let here: Vec<_> = differences.iter().filter(|difference| difference.answer == index + 1).collect();
        if here.is_empty() {
            continue;
        }
        let _ = writeln!(out, "    answer {} to {}", index + 1, exchange.request.start);
        for difference in &here {
            out.push_str(&one(difference, style));
        }
        let in_body = |difference: &&Difference| {
            difference.place != "status" && !difference.place.starts_with("header:")
        };
        if let Some(seen) = verdict.answers.get(index).filter(|_| here.iter().any(in_body)) {
            for line in body_diff(&exchange.response, seen, &verdict.base, fixture.head.exact) {
                let line = match line.as_bytes().first() {
                    Some(b'-') => style.red(&line),
                    Some(b'+') => style.green(&line),
                    _ => style.faint(&line),
                };
                let _ = writeln!(out, "        {line}");
            }
        }
    }
    for difference in differences.iter().filter(|difference| difference.answer == 0) {
        out.push_str(&one(difference, style));
    }
    for reason in why(fixture) {
        let _ = writeln!(out, "    why it matters: {reason}");
    }
    out
}

fn one(difference: &Difference, style: Style) -> String {
    let part = |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), short);
    let place = if difference.place.is_empty() { "the whole document" } else { &difference.place };
    format!(
        "      {place}\n        expected {}\n        seen     {}\n",
        style.green(&part(&difference.expected)),
        style.red(&part(&difference.seen))
    )
}

fn short(text: &str) -> String {
    let mut short: String = plain(text).chars().take(LONGEST).collect();
    if short.len() < plain(text).len() {
        short.push('…');
    }
    short
}
