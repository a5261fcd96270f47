//! What the documents of a server tell of jobs and runs, as jobs of the model. Knows neither requests nor outcomes.

use countermand_model::{Children, Job, Kind, Snapshot, State, Tally, Trigger, derive};
use serde_json::{Map, Value};

use super::super::query::instant;
use super::super::wire::{JobSummaryWire, ToldIdWire, ToldJobWire, ToldResultWire, ToldSummaryWire};
use super::super::{NAME, states, summary};
use crate::Malformed;
use crate::grammar::number;

/// A job with its latest run, as `jobSummaryDTO` tells of both.
pub(super) fn summarized(told: &ToldSummaryWire, at: i64) -> Result<Snapshot, Malformed> {
    let id = id(told.id.as_deref(), "jobSummaryDTO/id")?;
    let run = match &told.summary.run_id {
        Some(_) => Some(run(id, &told.summary, &told.summary, &[], at)?),
        None => None,
    };
    let snapshot = job(id, told.display_name.as_deref(), &told.summary, run.into_iter().collect(), at)?;
    // A single job has no children; only in a history is it a run of its own.
    let kin = if snapshot.job.kind == Kind::Single { Vec::new() } else { snapshot.kin };
    Ok(Snapshot { kin, ..Snapshot::of(snapshot.job) })
}

/// A job with runs, as `runhistory` tells of them.
pub(super) fn with_history(told: &ToldJobWire, at: i64) -> Result<Snapshot, Malformed> {
    let id = id(told.id.as_deref(), "job/jobId")?;
    let runs =
        told.runs.iter().map(|told_run| run(id, &told.summary, &told_run.summary, &told_run.results, at));
    job(id, None, &told.summary, runs.collect::<Result<_, _>>()?, at)
}

/// A job of which only the id and the displayName are told. What stands in that before the jobStatus is not known for
/// sure, and so nobody's name.
pub(super) fn named(told: &ToldIdWire, at: i64) -> Result<Snapshot, Malformed> {
    let id = id(told.id.as_deref(), "entityId")?;
    let display_name = told.display_name.as_deref().unwrap_or_default();
    let job_status = Some(summary::status_in(display_name).to_owned());
    job(id, Some(display_name), &JobSummaryWire { job_status, ..JobSummaryWire::default() }, Vec::new(), at)
}

/// An id: what this dialect takes for one.
fn id(text: Option<&str>, place: &str) -> Result<i64, Malformed> {
    let text = text.unwrap_or_default();
    number::decimal(text.trim()).ok_or_else(|| Malformed::new(place, format!("{text:?} is not an id")))
}

fn job(
    id: i64,
    display_name: Option<&str>,
    told: &JobSummaryWire,
    runs: Vec<Job>,
    at: i64,
) -> Result<Snapshot, Malformed> {
    let trigger = trigger(told)?;
    let mut kept = Kept::default();
    // One whose only run is itself was registered alone.
    let (mut job, kin) = match <[Job; 1]>::try_from(runs) {
        Ok([alone]) if alone.number == id => {
            kept = Kept::of(&alone);
            let has_own_word = trigger.as_ref().is_none_or(|trigger| {
                let word = states::untriggered_word(alone.state, alone.started_at.is_some());
                trigger.next_run_at.is_none() && told.job_status.as_deref() == Some(word)
            });
            let trigger = trigger.filter(|_| !has_own_word);
            (Job { kind: Kind::Single, parent: None, trigger, ..alone.clone() }, vec![alone])
        }
        Ok([run]) => (parent(id, trigger, std::slice::from_ref(&run), at), vec![run]),
        Err(runs) => (parent(id, trigger, &runs, at), runs),
    };
    job.name = told.job_name.clone();
    job.description = told.description.clone();
    job.job_type = told.job_type.clone();
    job.owner = told.username.clone();
    if let (Some(word), true) = (told.job_status.as_deref(), job.trigger.is_some())
        && word != states::job_status(&job)
    {
        kept.text("jobStatus", word);
        kept.put_into(&mut job);
    }
    if let Some(display_name) = display_name.filter(|name| *name != summary::display_name(&job)) {
        kept.text(summary::DISPLAY_NAME, display_name);
    }
    kept.put_into(&mut job);
    let kin = if job.kind == Kind::Single { vec![job.clone()] } else { kin };
    Ok(Snapshot { kin, ..Snapshot::of(job) })
}

/// Its children are those that are told of: how many there are besides, nobody says.
fn parent(id: i64, trigger: Option<Trigger>, runs: &[Job], at: i64) -> Job {
    let mut tally = Tally::default();
    runs.iter().for_each(|run| tally.add(run.state, 1));
    let state = derive(&tally, trigger.as_ref().map(|trigger| trigger.state), false);
    let children = Children { total: tally.total(), unfinished: tally.unfinished() };
    let earliest = runs.iter().map(|run| run.created_at).min();
    Job {
        kind: Kind::Parent,
        trigger,
        children,
        state: state.unwrap_or(State::Queued),
        created_at: earliest.unwrap_or(at),
        changed_at: runs.iter().map(|run| run.changed_at).max().unwrap_or(at),
        started_at: runs.iter().filter_map(|run| run.started_at).min(),
        ..Job::new(id, at)
    }
}

fn run(
    job_id: i64,
    told_job: &JobSummaryWire,
    told: &JobSummaryWire,
    results: &[ToldResultWire],
    at: i64,
) -> Result<Job, Malformed> {
    let id = id(told.run_id.as_deref(), "runId")?;
    let started_at = time("lastStartTime", told.last_start_time.as_deref())?;
    let finished_at = time("completionTime", told.completion_time.as_deref())?;
    // Quirk: runStatus and resultStatus may be missing; fixtures/cisco-prime/v1-job-summary-json.http
    let work = told.run_status.as_deref().unwrap_or(states::UNKNOWN);
    let result = told.result_status.as_deref();
    let job_status = told_job.job_status.as_deref();
    let fits = |state| {
        let word = states::untriggered_word(state, started_at.is_some());
        id != job_id || job_status.is_none_or(|told| told == word)
    };
    let reading = states::read_run(work, result, fits)
        .ok_or_else(|| Malformed::new("runStatus", format!("{work:?} is no state of a run")))?;
    let mut kept = Kept::default();
    reading.work.into_iter().for_each(|word| kept.text("runStatus", word));
    reading.result.into_iter().for_each(|word| kept.text("resultStatus", word));
    kept.results(results);
    let mut run = Job {
        kind: Kind::Child,
        parent: Some(job_id),
        state: reading.state,
        owner: told_job.username.clone(),
        started_at,
        finished_at,
        created_at: started_at.unwrap_or(at),
        changed_at: finished_at.or(started_at).unwrap_or(at),
        ..Job::new(id, at)
    };
    kept.put_into(&mut run);
    Ok(run)
}

fn trigger(told: &JobSummaryWire) -> Result<Option<Trigger>, Malformed> {
    let next_run_at = time("nextRunTime", told.next_run_time.as_deref())?;
    let Some(word) = told.job_status.as_deref() else { return Ok(None) };
    let state = states::read_trigger(word)
        .ok_or_else(|| Malformed::new("jobStatus", format!("{word:?} is no state of a job")))?;
    Ok(Some(Trigger { state, next_run_at, rule: None }))
}

fn time(name: &str, text: Option<&str>) -> Result<Option<i64>, Malformed> {
    let read = |text| instant(text).ok_or_else(|| Malformed::new(name, format!("{text:?} is not a time")));
    text.map(read).transpose()
}

/// What is kept in the attributes of a job.
#[derive(Default)]
struct Kept(Map<String, Value>);

impl Kept {
    fn of(job: &Job) -> Kept {
        let kept = job.attributes_of(NAME).and_then(|text| serde_json::from_str(text).ok());
        Kept(kept.unwrap_or_default())
    }

    fn text(&mut self, member: &str, text: &str) {
        self.0.insert(member.to_owned(), Value::from(text));
    }

    fn results(&mut self, results: &[ToldResultWire]) {
        let item = |result: &ToldResultWire| {
            let members = [("property", &result.property), ("value", &result.value)];
            let members = members.into_iter().filter_map(|(name, text)| {
                text.as_ref().map(|text| (name.to_owned(), Value::from(text.as_str())))
            });
            Value::Object(members.collect())
        };
        if !results.is_empty() {
            self.0.insert("results".to_owned(), results.iter().map(item).collect());
        }
    }

    fn put_into(&self, job: &mut Job) {
        job.attributes.clear();
        if !self.0.is_empty() {
            job.attributes.push((NAME.to_owned(), Value::Object(self.0.clone()).to_string()));
        }
    }
}
