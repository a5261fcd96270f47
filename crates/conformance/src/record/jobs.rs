//! The jobs of a gateway of ours while it is recorded: what a case is given, and what has become of it. Knows the members
//! of the control API's jobs, and no dialect by name.

use std::collections::BTreeSet;

use countermand_dialects::Dialect;
use countermand_model::{Command, Target};

use super::clean::{Cleaner, instant};
use super::stand_in::is_time;
use crate::compare::json::Json;
use crate::fixture::MEMBERS;
use crate::target::{Control, Trouble};

/// A job, as the control API tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) number: i64,
    /// Its members that can be given, with their values, in the order of [`MEMBERS`].
    members: Vec<(&'static str, Json)>,
    /// How many children it has; its state is then theirs.
    children: i64,
}

/// Members whose values are the same whoever wrote them: numbers, states and times. Others are given only where the
/// dialect shows them.
const PLAIN: [&str; 11] = [
    "aliases",
    "dataset",
    "kind",
    "parent",
    "trigger",
    "state",
    "created_at",
    "started_at",
    "finished_at",
    "progress",
    "acknowledged",
];

/// Members of a parent that follow from its children.
const DERIVED: [&str; 3] = ["state", "started_at", "finished_at"];

/// Every job that a dialect sees, by number.
pub(super) async fn seen_by(dialect: &Dialect, control: &Control) -> Result<Vec<Job>, Trouble> {
    let results = (dialect.vocabulary)().shown.contains(&"results");
    let jobs = control.described(results).await?;
    let sees = |job: &&Json| match job.member("dialects") {
        Some(Json::Array(names)) => names.iter().any(|name| name.text() == Some(dialect.name)),
        _ => true,
    };
    let mut jobs: Vec<_> = jobs.iter().filter(sees).filter_map(Job::read).collect();
    jobs.sort_by_key(|job| job.number);
    Ok(jobs)
}

impl Job {
    fn read(job: &Json) -> Option<Job> {
        let members =
            MEMBERS.iter().filter_map(|member| Some((member.name, job.member(member.name)?.clone())));
        Some(Job {
            number: job.member("number")?.integer()?,
            members: members.collect(),
            children: job.member("children")?.member("total")?.integer()?,
        })
    }

    fn member(&self, name: &str) -> Option<&Json> {
        self.members.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    pub(super) fn state(&self) -> Option<&str> {
        self.member("state")?.text()
    }

    /// The number of its family: its parent's, or its own.
    fn family(&self) -> i64 {
        self.member("parent").and_then(Json::integer).unwrap_or(self.number)
    }

    fn is_called(&self, target: &Target, dialect: &Dialect) -> bool {
        let aliases = self.member("aliases").and_then(|aliases| aliases.member(dialect.name));
        let is = |alias: &Json| alias.text() == Some(target.written.as_str());
        Some(self.number) == target.number
            || aliases.is_some_and(|aliases| is(aliases) || aliases.items().iter().any(is))
    }

    /// What is given of it: members and their values, cleaned as messages are.
    pub(super) fn given(&self, dialect: &Dialect, cleaner: &mut Cleaner<'_>) -> Vec<(&'static str, Json)> {
        let shown = (dialect.vocabulary)().shown;
        let members = self.members.iter().filter(|(name, value)| {
            let is_wanted = PLAIN.contains(name) || *name == "has_errors" || shown.contains(name);
            let is_derived = self.children > 0 && DERIVED.contains(name);
            is_wanted && !is_derived && !is_blank(name, value)
        });
        members.filter_map(|(name, value)| Some((*name, clean(name, value, dialect, cleaner)?))).collect()
    }

    /// Every time that stands in its description, in ms since 1970 UTC.
    pub(super) fn times(&self, times: &mut BTreeSet<i64>) {
        for (_, value) in &self.members {
            collect_times(value, times);
        }
    }
}

fn collect_times(value: &Json, times: &mut BTreeSet<i64>) {
    match value {
        Json::Text(text) if is_time(text) => times.extend(instant(text)),
        Json::Array(items) => items.iter().for_each(|item| collect_times(item, times)),
        Json::Object(members) => members.iter().for_each(|(_, value)| collect_times(value, times)),
        Json::Null | Json::Flag(_) | Json::Number(_) | Json::Text(_) => {}
    }
}

/// Whether a job of which nothing is said has the same there.
fn is_blank(name: &str, value: &Json) -> bool {
    let blank = MEMBERS.iter().find(|member| member.name == name).and_then(|member| member.blank);
    let nought = |value: &Json| matches!(value, Json::Number(number) if number == "0");
    let is_nothing = matches!(value, Json::Object(members) if members.iter().all(|(_, value)| nought(value)));
    let is_default = name == "kind" && value.text() == Some("single");
    *value == Json::Null || is_nothing || is_default || blank.is_some_and(|blank| value.to_string() == blank)
}

fn clean(name: &str, value: &Json, dialect: &Dialect, cleaner: &mut Cleaner<'_>) -> Option<Json> {
    let only = |value: &Json| Some(Json::Object(vec![(dialect.name.to_owned(), value.clone())]));
    match name {
        // Of other dialects' ids nothing is shown.
        "aliases" => only(value.member(dialect.name)?),
        "attributes" => only(&cleaner.json(value.member(dialect.name)?)),
        // As the answers have them: items of an array.
        "results" => Some(cleaner.json(value)),
        "trigger" => {
            let Json::Object(members) = value else { return None };
            let shown = members.iter().filter(|(name, value)| name != "rule" && *value != Json::Null);
            Some(Json::Object(shown.cloned().collect()))
        }
        _ => Some(match value {
            Json::Text(text) => Json::Text(cleaner.known_text_at(&crate::place::Path::root(), text)),
            Json::Null | Json::Flag(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => value.clone(),
        }),
    }
}

/// Which jobs the requests of a case are about.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    targets: Vec<Target>,
    is_everything: bool,
}

impl About {
    /// A request asks for this.
    pub(super) fn add(&mut self, command: &Command) {
        self.targets.extend_from_slice(command.targets());
        self.is_everything |= matches!(command, Command::List { .. } | Command::Runs { .. });
    }

    /// Those of some jobs: all for a list, else those that are named, with their families; parents before children.
    pub(super) fn of<'j>(&self, jobs: &'j [Job], dialect: &Dialect) -> Vec<&'j Job> {
        let named =
            jobs.iter().filter(|job| self.targets.iter().any(|target| job.is_called(target, dialect)));
        let families: BTreeSet<i64> = named.map(Job::family).collect();
        let mut chosen: Vec<_> =
            jobs.iter().filter(|job| self.is_everything || families.contains(&job.family())).collect();
        chosen.sort_by_key(|job| (job.family() != job.number, job.number));
        chosen
    }
}
