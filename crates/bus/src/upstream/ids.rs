//! The ids of one server's jobs, for callers of any dialect. A caller of the server's own dialect uses them as they are. For
//! any other, in this order:
//!
//! 1. a job of the ledger that the caller's id means there, and that is registered with an alias in the server's dialect:
//!    that alias;
//! 2. the number that the caller's id means, in the ledger or else by its dialect's rule, as the server's dialect writes
//!    numbers;
//! 3. else there is no such job.
//!
//! Back it goes the same way, and only so: a job whose number means another one to the caller has no id for it. No dialect is known here by name.

use countermand_dialects::{Dialect, Ids};
use countermand_model::{
    Alias, Command, Fault, FaultKind, Field, Filter, Job, Outcome, Snapshot, Target, Test, Value,
};

use super::journal::{Journal, Namesake};
use super::targets;

/// Translates between callers and one server.
pub(super) struct Names {
    /// The server's dialect.
    pub(super) server: &'static Dialect,
    pub(super) journal: Journal,
}

/// A command in the server's ids.
pub(super) struct Outward {
    /// The command; `None` where none of its targets has an id there.
    pub(super) command: Option<Command>,
    /// Which targets of the caller's command have one.
    pub(super) has_id: Vec<bool>,
}

impl Names {
    pub(super) fn is_own(&self, dialect: &str) -> bool {
        dialect == self.server.name
    }

    /// A caller's command in the server's ids.
    ///
    /// # Errors
    /// The ledger could not say, or a condition cannot be said in the server's ids.
    pub(super) async fn outward(&self, dialect: &'static str, command: &Command) -> Result<Outward, Fault> {
        let written = command.targets();
        if self.is_own(dialect) {
            return Ok(Outward { command: Some(command.clone()), has_id: vec![true; written.len()] });
        }
        let found = self.of_server(dialect, written).await?;
        let has_id: Vec<bool> = found.iter().map(Option::is_some).collect();
        let known: Vec<Target> = found.into_iter().flatten().collect();
        if known.is_empty() && !written.is_empty() {
            return Ok(Outward { command: None, has_id });
        }
        let mut command = targets::with(command, known);
        if let Command::List { filter, .. } | Command::Runs { filter } = &mut command {
            self.filter_outward(dialect, filter).await?;
        }
        Ok(Outward { command: Some(command), has_id })
    }

    /// The server's name of each target, where it has one.
    async fn of_server(
        &self,
        dialect: &'static str,
        written: &[Target],
    ) -> Result<Vec<Option<Target>>, Fault> {
        if written.is_empty() {
            return Ok(Vec::new());
        }
        let namesakes = (self.journal.namesakes)((dialect, written.to_vec())).await?;
        let pairs = written.iter().zip(namesakes);
        Ok(pairs.map(|(target, namesake)| self.one_outward(target, namesake)).collect())
    }

    fn one_outward(&self, target: &Target, namesake: Option<Namesake>) -> Option<Target> {
        let Ids { number, write, is_id, .. } = self.server.ids;
        let alias = namesake.as_ref().and_then(|job| alias(&job.aliases, self.server.name));
        let written = match alias {
            Some(alias) => alias.id.clone(),
            None => write(namesake.map_or(target.number, |job| Some(job.number))?),
        };
        // What is no id there would be a path that nobody meant.
        is_id(&written).then(|| Target { number: number(&written), written, dataset: None })
    }

    /// Puts the server's ids into the conditions of a list.
    async fn filter_outward(&self, dialect: &'static str, filter: &mut Filter) -> Result<(), Fault> {
        let mut asked = Vec::new();
        each_id(filter, &mut |value| asked.push(*value));
        let write = write_of(dialect);
        let asked: Vec<Target> = asked
            .into_iter()
            .map(|number| Target { written: write(number), ..Target::number(number) })
            .collect();
        let mut found = self.of_server(dialect, &asked).await?.into_iter();
        let mut is_said = true;
        each_id(filter, &mut |value| {
            match found.next().flatten() {
                // No job has the number 0: a condition on an id that means none there fits none.
                None => *value = 0,
                Some(target) => match target.number {
                    Some(number) => *value = number,
                    None => is_said = false,
                },
            }
        });
        let problem =
            "The server behind this gateway writes that job's id in a way that no list can ask for.";
        is_said.then_some(()).ok_or_else(|| Fault::new(FaultKind::Unsupported, problem))
    }

    /// What came of a command, in the caller's ids, and how many jobs have none and were left out.
    ///
    /// # Errors
    /// The ledger could not say.
    pub(super) async fn inward(
        &self,
        dialect: &'static str,
        written: &[Target],
        mut outcome: Outcome,
    ) -> Result<(Outcome, u64), Fault> {
        if self.is_own(dialect) {
            return Ok((outcome, 0));
        }
        let mut asked = Vec::new();
        each_job(&mut outcome, &mut |job| {
            asked.push(self.target(alias(&job.aliases, self.server.name), job.number));
            asked.push(self.target(alias(&job.parent_aliases, self.server.name), job.parent.unwrap_or(0)));
        });
        if asked.is_empty() {
            return Ok((outcome, 0));
        }
        let found = (self.journal.namesakes)((self.server.name, asked.clone())).await?;
        let taken = self.taken(dialect, &asked, &found).await?;
        let mut found = found.into_iter().zip(taken);
        let mut next = || found.next().unwrap_or((None, false));
        each_job(&mut outcome, &mut |job| {
            let (own, parent) = (next(), next());
            rename(&mut job.number, &mut job.aliases, own, dialect);
            let mut number = job.parent.unwrap_or(0);
            rename(&mut number, &mut job.parent_aliases, parent, dialect);
            job.parent = job.parent.and((number > 0).then_some(number));
        });
        asked_for(dialect, written, &mut outcome);
        let mut left_out = 0;
        leave_out(dialect, &mut outcome, &mut left_out);
        Ok((outcome, left_out))
    }

    /// Which of the server's jobs that the ledger does not know have a number that, to this caller, is another job's: the
    /// ledger gives that number another id there. Shown by it, an order to the one would reach the other.
    async fn taken(
        &self,
        dialect: &'static str,
        asked: &[Target],
        found: &[Option<Namesake>],
    ) -> Result<Vec<bool>, Fault> {
        let unknown = asked.iter().zip(found).filter(|(_, found)| found.is_none());
        let numbers: Vec<i64> = unknown.filter_map(|(target, _)| target.number).collect();
        let write = write_of(dialect);
        let shown: Vec<Target> = numbers
            .iter()
            .map(|number| Target { written: write(*number), ..Target::number(*number) })
            .collect();
        let mut meant = self.of_server(dialect, &shown).await?.into_iter();
        let mut is_taken = |target: &Target, found: &Option<Namesake>| {
            found.is_none()
                && target.number.is_some()
                && meant.next().flatten().and_then(|meant| meant.number) != target.number
        };
        Ok(asked.iter().zip(found).map(|(target, found)| is_taken(target, found)).collect())
    }

    /// A job as the server writes it.
    fn target(&self, alias: Option<&Alias>, number: i64) -> Target {
        let Ids { number: read, write, .. } = self.server.ids;
        match alias {
            Some(alias) => Target { written: alias.id.clone(), number: read(&alias.id), dataset: None },
            None => Target { written: write(number), number: (number > 0).then_some(number), dataset: None },
        }
    }
}

/// How a caller's dialect writes numbers. The control API, which is no dialect, writes them in decimal.
fn write_of(dialect: &str) -> fn(i64) -> String {
    countermand_dialects::by_name(dialect).map_or(|number| number.to_string(), |dialect| dialect.ids.write)
}

fn alias<'a>(aliases: &'a [Alias], dialect: &str) -> Option<&'a Alias> {
    aliases.iter().find(|alias| alias.dialect == dialect)
}

/// Gives a job the number and the ids in that dialect of the one in the ledger that stands for it. Where none does, and its
/// number is taken, it has none.
fn rename(
    number: &mut i64,
    aliases: &mut Vec<Alias>,
    (namesake, is_taken): (Option<Namesake>, bool),
    dialect: &str,
) {
    match namesake {
        Some(namesake) => {
            *number = namesake.number;
            aliases.extend(namesake.aliases.into_iter().filter(|alias| alias.dialect == dialect));
        }
        None if is_taken => *number = 0,
        None => {}
    }
}

/// The jobs that a caller asked for by name answer by that name, whatever others they have.
fn asked_for(dialect: &str, written: &[Target], outcome: &mut Outcome) {
    let answer_to = |target: &Target, job: &mut Job| match target.number {
        // Asked for by its number: that is written as numbers are, however the caller wrote it.
        Some(number) if alias(&job.aliases, dialect).is_none() => job.number = number,
        Some(_) | None => {
            let alias =
                Alias { dialect: dialect.to_owned(), id: target.written.clone(), number: target.number };
            job.aliases.insert(0, alias);
            job.number = target.number.unwrap_or(job.number);
        }
    };
    match outcome {
        Outcome::Acted { targets, .. } => {
            for (target, acted) in written.iter().zip(targets) {
                if let Some(after) = &mut acted.after {
                    answer_to(target, &mut after.job);
                }
            }
        }
        Outcome::Read { snapshot: Some(snapshot), .. } => {
            if let Some(target) = written.first() {
                answer_to(target, &mut snapshot.job);
            }
        }
        Outcome::Read { snapshot: None, .. }
        | Outcome::Confirmed
        | Outcome::Listed { .. }
        | Outcome::Runs { .. }
        | Outcome::Permitted(_)
        | Outcome::CheckedIn(_) => {}
    }
}

/// Takes out what the caller's dialect has no id for.
fn leave_out(dialect: &str, outcome: &mut Outcome, left_out: &mut u64) {
    let has_id = |job: &Job| job.number > 0 || alias(&job.aliases, dialect).is_some();
    let mut keep = |job: &Job| {
        let keeps = has_id(job);
        *left_out += u64::from(!keeps);
        keeps
    };
    match outcome {
        Outcome::Listed { jobs: snapshots, .. } | Outcome::Runs { parents: snapshots, .. } => {
            snapshots.retain(|snapshot| keep(&snapshot.job));
            snapshots.iter_mut().for_each(|snapshot| snapshot.kin.retain(&mut keep));
        }
        Outcome::Acted { targets, .. } => {
            let snapshots = targets.iter_mut().filter_map(|acted| acted.after.as_mut());
            snapshots.for_each(|snapshot| snapshot.kin.retain(&mut keep));
        }
        Outcome::Read { snapshot, .. } => {
            snapshot.iter_mut().for_each(|snapshot| snapshot.kin.retain(&mut keep));
        }
        Outcome::Confirmed | Outcome::Permitted(_) | Outcome::CheckedIn(_) => {}
    }
}

/// Every job of an outcome, in an order that stays the same.
fn each_job(outcome: &mut Outcome, visit: &mut dyn FnMut(&mut Job)) {
    let snapshots: Vec<&mut Snapshot> = match outcome {
        Outcome::Acted { targets, .. } => {
            targets.iter_mut().filter_map(|acted| acted.after.as_deref_mut()).collect()
        }
        Outcome::Read { snapshot, .. } => snapshot.as_deref_mut().into_iter().collect(),
        Outcome::Listed { jobs, .. } => jobs.iter_mut().collect(),
        Outcome::Runs { parents, .. } => parents.iter_mut().collect(),
        Outcome::Confirmed | Outcome::Permitted(_) | Outcome::CheckedIn(_) => Vec::new(),
    };
    for snapshot in snapshots {
        visit(&mut snapshot.job);
        snapshot.kin.iter_mut().for_each(&mut *visit);
    }
}

/// Every id that a condition compares a job's, or its parent's, with.
fn each_id(filter: &mut Filter, visit: &mut dyn FnMut(&mut i64)) {
    match filter {
        Filter::And(all) | Filter::Or(all) => all.iter_mut().for_each(|one| each_id(one, visit)),
        Filter::Not(one) => each_id(one, visit),
        Filter::Field(field, test) if is_id(field) => match test {
            Test::Equal(Value::Integer(id)) | Test::NotEqual(Value::Integer(id)) => visit(id),
            Test::In(values) => {
                for value in values {
                    if let Value::Integer(id) = value {
                        visit(id);
                    }
                }
            }
            Test::Equal(Value::Text(_))
            | Test::NotEqual(Value::Text(_))
            | Test::Less(_)
            | Test::Greater(_)
            | Test::AtMost(_)
            | Test::AtLeast(_)
            | Test::StartsWith(_)
            | Test::Contains(_)
            | Test::Missing => {}
        },
        Filter::Field(..) => {}
    }
}

fn is_id(field: &Field) -> bool {
    match field {
        Field::Number | Field::Id | Field::Parent | Field::ParentId => true,
        Field::Latest(field) => is_id(field),
        _ => false,
    }
}
