//! A job as this dialect shows it: its trigger, and one of its runs. What `data/JobSummary` and `runhistory` share, and
//! the summary itself.

use std::collections::BTreeMap;

use countermand_model::{Job, Kind, Snapshot, TriggerState};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::wire::{EntityWire, JobSummaryWire};
use super::{NAME, states};
use crate::Echo;
use crate::grammar::number;
use crate::grammar::time::{Fraction, rfc3339};

/// The summary of a job under an id: what its trigger says, and how its latest run fares. A job that is registered
/// alone is its own run.
pub(super) fn entity(echo: &Echo, snapshot: &Snapshot, id: i64) -> EntityWire {
    let job = &snapshot.job;
    let run = match job.kind {
        Kind::Single => Some(job),
        Kind::Parent | Kind::Child => snapshot.kin.first(),
    };
    let mut summary = JobSummaryWire {
        description: job.description.clone(),
        job_name: job.name.clone(),
        job_status: Some(states::job_status(job).to_owned()),
        job_type: job.job_type.clone(),
        next_run_time: next_run(echo, job),
        username: job.owner.clone(),
        ..JobSummaryWire::default()
    };
    if let Some(run) = run {
        let (work, result) = run_words(run);
        summary.run_id = Some(id_of(run).to_string());
        summary.run_status = Some(work);
        summary.result_status = result;
        summary.last_start_time = run.started_at.map(|at| time(echo, at));
        summary.completion_time = run.finished_at.map(|at| time(echo, at));
        summary.duration = run.started_at.zip(run.finished_at).map(|(start, end)| {
            let seconds = end.saturating_sub(start).max(0) / 1000;
            seconds.to_string()
        });
    }
    EntityWire { id, display_name: display_name(job), summary }
}

/// Quirk: clients take what follows the last comma for the jobStatus, without trimming it;
/// fixtures/cisco-prime/v1-job-summary-json.http. That the name and the type come before it is inferred.
///
/// A job that was read from another server keeps the one it has there, while it ends in the present word.
pub(super) fn display_name(job: &Job) -> String {
    let status = states::job_status(job);
    let kept: Option<String> = kept(job, DISPLAY_NAME);
    kept.filter(|kept| status_in(kept) == status).unwrap_or_else(|| {
        let names = [job.name.as_deref(), job.job_type.as_deref(), Some(status)];
        names.into_iter().flatten().collect::<Vec<_>>().join(",")
    })
}

/// The member of a job's attributes that holds a displayName.
pub(super) const DISPLAY_NAME: &str = "displayName";

/// The jobStatus in a displayName: what follows the last comma. Clients of v3 trim it.
pub(super) fn status_in(display_name: &str) -> &str {
    display_name.rsplit(',').next().unwrap_or_default().trim()
}

/// The id that a job is shown with. An alias in this dialect is a number too.
pub(super) fn id_of(job: &Job) -> i64 {
    job.alias(NAME).and_then(number::decimal).unwrap_or(job.number)
}

/// Quirk: v1 writes a fraction of a second only when there is one, later versions always;
/// fixtures/cisco-prime/v1-job-summary-xml.http and v2-job-summary-json.http
pub(super) fn time(echo: &Echo, milliseconds: i64) -> String {
    rfc3339(milliseconds, if echo.version == 1 { Fraction::WhenNotZero } else { Fraction::Always })
}

/// When the trigger fires next, where it will.
pub(super) fn next_run(echo: &Echo, job: &Job) -> Option<String> {
    let trigger = job.trigger.as_ref().filter(|trigger| trigger.state == TriggerState::Scheduled);
    trigger.and_then(|trigger| trigger.next_run_at).map(|at| time(echo, at))
}

/// The runStatus and the resultStatus of a run: the words that its registrar kept for it under this dialect's name in
/// its attributes, where they are still true, else those of its state.
pub(super) fn run_words(run: &Job) -> (String, Option<String>) {
    let (kept_work, kept_result) = (kept::<String>(run, "runStatus"), kept::<String>(run, "resultStatus"));
    let (work, result) = states::run_words(run.state);
    let work = states::shown(Some(work), kept_work.as_deref(), states::OTHER_WORK, run.state);
    let result = states::shown(result, kept_result.as_deref(), states::OTHER_RESULTS, run.state);
    let result = result.filter(|word| *word != states::NO_RESULT);
    (work.unwrap_or_default().to_owned(), result.map(str::to_owned))
}

/// What a registrar kept of a job in this dialect's words; nothing where it is of another type. Each member is read for
/// itself: one that is not understood takes no other with it.
pub(super) fn kept<'j, T: Deserialize<'j>>(job: &'j Job, member: &str) -> Option<T> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(job.attributes_of(NAME)?).ok()?;
    serde_json::from_str(members.get(member)?.get()).ok()
}
