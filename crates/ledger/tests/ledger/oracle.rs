//! What a list and runs are, by the plainest means: a walk through all jobs in memory.

use std::cmp::Ordering;
use std::collections::HashMap;

use countermand_model::*;

/// All jobs of a namespace, by number, and who looks at them in which dialect.
pub(crate) struct Oracle<'a> {
    jobs: &'a [Job],
    /// Who is whose child.
    families: HashMap<i64, Vec<&'a Job>>,
    dialect: &'a str,
    caller: &'a Caller,
}

/// The job and the run that a filter looks at, and whether jobs are looked at as the parents of their runs.
#[derive(Clone, Copy)]
struct Seen<'a> {
    job: &'a Job,
    run: &'a Job,
    is_grouped: bool,
}

impl<'a> Oracle<'a> {
    pub(crate) fn new(jobs: &'a [Job], dialect: &'a str, caller: &'a Caller) -> Oracle<'a> {
        let mut families: HashMap<_, Vec<_>> = HashMap::new();
        for job in jobs {
            families.entry(job.parent.unwrap_or(0)).or_default().push(job);
        }
        Oracle { jobs, families, dialect, caller }
    }

    /// A page, and how many there are in all.
    pub(crate) fn list(&self, filter: &Filter, sort: &[Sort], page: Page, kin: Kin) -> (Vec<Snapshot>, u64) {
        let alone = |job| Seen { job, run: job, is_grouped: false };
        let found: Vec<_> = self.visible().filter(|job| self.fits(alone(job), filter)).collect();
        let total = found.len() as u64;
        let keys = |job| sort.iter().map(|by| self.value(alone(job), &by.field)).collect::<Vec<_>>();
        let mut found: Vec<_> = found.into_iter().map(|job| (keys(job), job)).collect();
        found.sort_by(|(left, _), (right, _)| {
            let steps = sort.iter().zip(left.iter().zip(right));
            let orders = steps.map(|(by, (left, right))| {
                let order = ranked(left, right);
                if by.descending { order.reverse() } else { order }
            });
            orders.fold(Ordering::Equal, Ordering::then)
        });
        let first = usize::try_from(page.first).unwrap();
        let size = usize::try_from(page.size).unwrap();
        let shown = found.into_iter().skip(first).take(size);
        (
            shown.map(|(_, job)| Snapshot { kin: self.kin(job, kin), ..Snapshot::of(job.clone()) }).collect(),
            total,
        )
    }

    /// Every job with the runs that fit.
    pub(crate) fn runs(&self, filter: &Filter) -> Vec<Snapshot> {
        let of = |job: &'a Job| {
            let mut runs: Vec<_> = match job.kind {
                Kind::Single => vec![job],
                Kind::Parent => self.children(job).collect(),
                Kind::Child => vec![],
            };
            runs.retain(|run| self.fits(Seen { job, run, is_grouped: true }, filter));
            runs.sort_by_key(|run| (run.started_at.is_none(), run.started_at));
            Snapshot { kin: runs.into_iter().cloned().collect(), ..Snapshot::of(job.clone()) }
        };
        self.visible().map(of).filter(|snapshot| !snapshot.kin.is_empty()).collect()
    }

    fn sees(&self, job: &Job) -> bool {
        let listed = |dialects: &Vec<String>| dialects.iter().any(|one| one == self.dialect);
        let is_shown = self.dialect == "control" || job.dialects.as_ref().is_none_or(listed);
        is_shown
            && (!self.caller.own_only || job.owner.as_ref().is_none_or(|owner| *owner == self.caller.user))
    }

    fn visible(&self) -> impl Iterator<Item = &'a Job> {
        self.jobs.iter().filter(|job| self.sees(job))
    }

    fn children(&self, parent: &Job) -> impl Iterator<Item = &'a Job> {
        let children = self.families.get(&parent.number).into_iter().flatten().copied();
        children.filter(|job| self.sees(job))
    }

    fn latest(&self, job: &Job) -> Option<&'a Job> {
        self.children(job).max_by_key(|child| (child.started_at, child.number))
    }

    /// The children that come with a job.
    pub(crate) fn kin(&self, job: &Job, kin: Kin) -> Vec<Job> {
        match kin {
            Kin::None => vec![],
            Kin::Latest => self.latest(job).into_iter().cloned().collect(),
            Kin::All => self.children(job).cloned().collect(),
        }
    }

    /// The numbers that a job's ids mean, in the order given.
    fn ids(&self, job: &Job) -> Vec<i64> {
        let mut ids = job.aliases.iter().filter(|alias| alias.dialect == self.dialect).peekable();
        if ids.peek().is_none() { vec![job.number] } else { ids.filter_map(|alias| alias.number).collect() }
    }

    /// The ids that a field looks at; `None` for another field.
    fn ids_in(&self, seen: Seen<'a>, field: &Field) -> Option<Vec<i64>> {
        let of_parent = |job: &Job| {
            let place = self.jobs.binary_search_by_key(&job.parent?, |other| other.number);
            place.ok().map(|place| &self.jobs[place])
        };
        match field {
            Field::Id => Some(self.ids(seen.job)),
            Field::ParentId if seen.is_grouped => Some(self.ids(seen.job)),
            Field::ParentId => Some(of_parent(seen.job).map_or(vec![], |parent| self.ids(parent))),
            Field::Latest(field) => self.ids_in(self.seen_latest(seen), field),
            _ => None,
        }
    }

    fn seen_latest(&self, seen: Seen<'a>) -> Seen<'a> {
        let latest = self.latest(seen.job).unwrap_or(seen.job);
        Seen { job: latest, run: latest, is_grouped: false }
    }

    /// A field's value as a filter sees it.
    fn value(&self, seen: Seen<'a>, field: &Field) -> Option<Value> {
        let Seen { job, run, is_grouped } = seen;
        let text = |text: &Option<String>| text.clone().map(Value::Text);
        let name = |name: &str| Some(Value::Text(name.to_owned()));
        match field {
            Field::Number => Some(Value::Integer(job.number)),
            Field::State => name(run.state.name()),
            Field::Kind => name(job.kind.name()),
            Field::Parent if is_grouped => Some(Value::Integer(job.number)),
            Field::Parent => job.parent.map(Value::Integer),
            Field::Trigger => job.trigger.as_ref().and_then(|trigger| name(trigger.state.name())),
            Field::NextRunAt => job.trigger.as_ref()?.next_run_at.map(Value::Integer),
            Field::Dataset => text(&job.dataset),
            Field::Owner => text(&job.owner),
            Field::Name => text(&job.name),
            Field::Description => text(&job.description),
            Field::Type => text(&job.job_type),
            Field::CreatedAt => Some(Value::Integer(run.created_at)),
            Field::StartedAt => run.started_at.map(Value::Integer),
            Field::FinishedAt => run.finished_at.map(Value::Integer),
            Field::ChangedAt => Some(Value::Integer(run.changed_at)),
            Field::Acknowledged => Some(Value::Integer(i64::from(job.acknowledged))),
            Field::Attribute { dialect, member } => {
                // The test's attributes are `{"member": integer or text without escapes}`, or such an object in a member.
                let (before, after) = match member.split_once('/') {
                    Some((outer, inner)) => (format!("{{\"{outer}\":{{\"{inner}\":"), "}}"),
                    None => (format!("{{\"{member}\":"), "}"),
                };
                let text = job.attributes_of(dialect)?.strip_prefix(&before)?.strip_suffix(after)?;
                let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
                Some(quoted.map_or_else(
                    || Value::Integer(text.parse().unwrap()),
                    |text| Value::Text(text.to_owned()),
                ))
            }
            Field::Id | Field::ParentId => Some(Value::Integer(*self.ids_in(seen, field)?.first()?)),
            Field::Latest(field) => self.value(self.seen_latest(seen), field),
            Field::SeenIn => None,
        }
    }

    fn fits(&self, seen: Seen<'a>, filter: &Filter) -> bool {
        match filter {
            Filter::And(parts) => parts.iter().all(|part| self.fits(seen, part)),
            Filter::Or(parts) => parts.iter().any(|part| self.fits(seen, part)),
            Filter::Not(part) => !self.fits(seen, part),
            Filter::Field(Field::SeenIn, test) => seen_in(seen.job, test),
            Filter::Field(Field::Latest(field), test) if **field == Field::SeenIn => {
                seen_in(self.seen_latest(seen).job, test)
            }
            Filter::Field(field, test) => {
                let Some(value) = self.value(seen, field) else { return *test == Test::Missing };
                let ids = self.ids_in(seen, field);
                let is = |sought: &Value| {
                    let of = |ids: &Vec<i64>| ids.iter().any(|id| Value::Integer(*id) == *sought);
                    ids.as_ref().map_or(value == *sought, of)
                };
                let text = match &value {
                    Value::Text(text) => Some(text.as_str()),
                    Value::Integer(_) => None,
                };
                match test {
                    Test::Missing => false,
                    Test::Equal(sought) => is(sought),
                    Test::NotEqual(sought) => !is(sought),
                    Test::In(sought) => sought.iter().any(is),
                    Test::Less(sought) => order(&value, sought) == Some(Ordering::Less),
                    Test::Greater(sought) => order(&value, sought) == Some(Ordering::Greater),
                    Test::AtMost(sought) => order(&value, sought).is_some_and(Ordering::is_le),
                    Test::AtLeast(sought) => order(&value, sought).is_some_and(Ordering::is_ge),
                    Test::StartsWith(start) => text.is_some_and(|text| text.starts_with(start.as_str())),
                    Test::Contains(part) => text.is_some_and(|text| text.contains(part.as_str())),
                }
            }
        }
    }
}

fn seen_in(job: &Job, test: &Test) -> bool {
    let seen = |sought: &Value| {
        let Value::Text(sought) = sought else { return false };
        job.dialects.as_ref().is_none_or(|dialects| dialects.contains(sought))
    };
    match test {
        Test::Equal(sought) => seen(sought),
        Test::NotEqual(sought) => !seen(sought),
        Test::In(sought) => sought.iter().any(seen),
        Test::Less(_)
        | Test::Greater(_)
        | Test::AtMost(_)
        | Test::AtLeast(_)
        | Test::StartsWith(_)
        | Test::Contains(_)
        | Test::Missing => false,
    }
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Integer(_), Value::Text(_)) | (Value::Text(_), Value::Integer(_)) => None,
    }
}

/// The order of a list: no value, numbers, texts.
fn ranked(left: &Option<Value>, right: &Option<Value>) -> Ordering {
    match (left, right) {
        (Some(Value::Integer(_)), Some(Value::Text(_))) => Ordering::Less,
        (Some(Value::Text(_)), Some(Value::Integer(_))) => Ordering::Greater,
        (Some(left), Some(right)) => order(left, right).expect("of one type"),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}
