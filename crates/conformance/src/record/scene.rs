//! The exchanges that become one fixture, and its text. Knows how a fixture is written, not who recorded it.

use std::collections::BTreeSet;

use countermand_dialects::Dialect;

use super::callers::Caller;
use super::jobs::{About, Job};
use super::take::Take;
use super::toml::{inline, quoted};
use crate::compare::json::Json;
use crate::fixture::User;

/// How many exchanges a fixture has at most: one that nobody can read to its end helps nobody.
pub(super) const LONGEST: usize = 100;

/// How many steps a title names.
const TOLD: usize = 4;

/// What follows on each other by one caller with nobody in between.
pub(super) struct Scene {
    pub(super) dialect: &'static Dialect,
    pub(super) caller: Option<Caller>,
    /// The jobs before it, where somebody could be asked.
    pub(super) before: Option<Vec<Job>>,
    /// The jobs after the last exchange.
    pub(super) after: Option<Vec<Job>>,
    pub(super) about: About,
    /// Times that stand in what is given, in ms since 1970 UTC.
    pub(super) given_times: BTreeSet<i64>,
    pub(super) masks: BTreeSet<String>,
    pub(super) takes: Vec<Take>,
}

/// What is told in the head besides what happened.
pub(super) struct Telling<'t> {
    pub(super) source: &'t str,
    pub(super) user: User,
    /// The members of each given job, in the order they are described.
    pub(super) given: Vec<(i64, Vec<(&'static str, Json)>)>,
}

impl Scene {
    pub(super) fn new(dialect: &'static Dialect, caller: Option<Caller>, before: Option<Vec<Job>>) -> Scene {
        let mut given_times = BTreeSet::new();
        before.iter().flatten().for_each(|job| job.times(&mut given_times));
        Scene {
            dialect,
            caller,
            before,
            after: None,
            about: About::default(),
            given_times,
            masks: BTreeSet::new(),
            takes: Vec::new(),
        }
    }

    /// Whether the same was asked and answered before, with nothing changed by this caller in between: a poll.
    pub(super) fn repeats(&self, take: &Take) -> bool {
        let since = self.takes.iter().rposition(|take| take.changes).map_or(0, |place| place + 1);
        let earlier = self.takes[since..].iter().rev().find(|earlier| earlier.request == take.request);
        !take.changes && earlier.is_some_and(|earlier| earlier.answer == take.answer)
    }

    /// The numbers of the jobs that are given, parents first.
    pub(super) fn given(&self) -> Vec<&Job> {
        self.before.as_deref().map(|before| self.about.of(before, self.dialect)).unwrap_or_default()
    }

    /// What the file is called after its number: its first operation.
    pub(super) fn slug(&self) -> String {
        let name = self.takes.first().map_or("nothing", |take| take.operation);
        let mut slug = String::new();
        for letter in name.chars() {
            if letter.is_ascii_uppercase() && slug.ends_with(|last: char| last.is_ascii_lowercase()) {
                slug.push('-');
            }
            slug.push(if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' });
        }
        slug.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
    }

    /// The file.
    pub(super) fn text(&self, telling: &Telling<'_>) -> String {
        let mut text = "+++\n".to_owned();
        let mut line = |name: &str, value: &str| text.push_str(&format!("{name} = {value}\n"));
        line("title", &quoted(&self.title()));
        line("evidence", "\"observed\"");
        line("source", &quoted(telling.source));
        if self.before.is_none() {
            line("note", &quoted("Which jobs were there is not known: nobody could be asked."));
        }
        if telling.user != User::default() {
            line("user", &quoted(telling.user.name()));
        }
        if !self.masks.is_empty() {
            let masks: Vec<_> = self.masks.iter().map(|mask| quoted(mask)).collect();
            line("mask", &format!("[{}]", masks.join(", ")));
        }
        for (number, members) in &telling.given {
            text.push_str(&format!("[[given]]\nnumber = {number}\n"));
            let members = members.iter().filter_map(|(name, value)| Some((name, member(name, value)?)));
            members.for_each(|(name, value)| text.push_str(&format!("{name} = {value}\n")));
        }
        let then: Vec<_> = self.then(telling).collect();
        if !then.is_empty() {
            text.push_str("[then]\n");
            then.iter().for_each(|(number, state)| text.push_str(&format!("{number} = {state:?}\n")));
        }
        text.push_str("+++\n");
        let messages = self.takes.iter().flat_map(|take| [take.request.as_str(), take.answer.as_str()]);
        text + &messages.collect::<Vec<_>>().join("\n---\n") + "\n"
    }

    /// The states of given jobs that are others than before.
    fn then<'s>(&'s self, telling: &Telling<'s>) -> impl Iterator<Item = (i64, &'s str)> {
        let given: BTreeSet<i64> = telling.given.iter().map(|(number, _)| *number).collect();
        let before = self.before.as_deref().unwrap_or_default();
        let after = self.after.as_deref().unwrap_or_default().iter();
        let is_other =
            |job: &&Job| before.iter().any(|was| was.number == job.number && was.state() != job.state());
        let after = after.filter(move |job| given.contains(&job.number)).filter(is_other);
        after.filter_map(|job| Some((job.number, job.state()?)))
    }

    /// `Recorded: cancelrunning 200, runhistory 200 (3 times), and 2 more`.
    fn title(&self) -> String {
        let mut steps: Vec<(String, usize)> = Vec::new();
        for take in &self.takes {
            let step = format!("{} {}", take.operation, take.status);
            match steps.last_mut().filter(|(last, _)| *last == step) {
                Some((_, times)) => *times += 1,
                None => steps.push((step, 1)),
            }
        }
        let told = |(step, times): &(String, usize)| {
            if *times == 1 { step.clone() } else { format!("{step} ({times} times)") }
        };
        let mut title: Vec<_> = steps.iter().take(TOLD).map(told).collect();
        let more: usize = steps.iter().skip(TOLD).map(|(_, times)| times).sum();
        if more > 0 {
            title.push(format!("and {more} more"));
        }
        format!("Recorded: {}", title.join(", "))
    }
}

/// The value of a given job's member. Results are texts that hold JSON, so that `24.00` stays what it is.
fn member(name: &str, value: &Json) -> Option<String> {
    if name != "results" {
        return inline(value);
    }
    let texts: Vec<_> = value.items().iter().map(|item| quoted(&item.to_string())).collect();
    Some(format!("[{}]", texts.join(", ")))
}
