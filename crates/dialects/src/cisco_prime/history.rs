//! `GET op/jobService/runhistory`: the runs of the jobs that meet all conditions, grouped by job.
//!
//! Documented are the four parameters, that no parameters are no runs, and the shape. That conditions on several jobs'
//! runs show only the runs that meet them, and that this is no list with pages, follow from there.

use bytes::Bytes;
use countermand_model::{Command, Filter, Job, Outcome, Snapshot};
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::query::Condition;
use super::wire::{DOMAIN, HistoryWire, JobWire, ResultWire, RunWire};
use super::{Prime, attributes, encode, errors, states, summary};
use crate::grammar::query::pairs;
use crate::{Echo, Malformed};

/// The member of a run's attributes that holds its results: an array of objects with `property` and `value`.
const RESULTS: &str = "results";

/// # Errors
/// With the parameter that is not understood.
pub(super) fn decode(_: &Prime, echo: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    let parameters = pairs(&echo.query);
    let conditions = parameters.iter().filter(|(name, _)| name != DOMAIN).map(|(name, value)| {
        let condition = Condition::read(name, value)?;
        attributes::filter(attributes::RUN_HISTORY, &condition)
    });
    let conditions = conditions.collect::<Result<Vec<_>, _>>()?;
    // Quirk: "If no parameters are specified, no run instances will be returned";
    // fixtures/cisco-prime/runhistory-no-parameters-json.http
    let filter = if conditions.is_empty() { Filter::Or(conditions) } else { Filter::And(conditions) };
    Ok(Command::Runs { filter })
}

pub(super) fn encode(_: &Prime, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    let parents = match outcome {
        Outcome::Runs { parents, .. } => parents,
        Outcome::Acted { .. }
        | Outcome::Read { .. }
        | Outcome::Confirmed
        | Outcome::Listed { .. }
        | Outcome::Permitted(_)
        | Outcome::CheckedIn(_) => return errors::defect(echo),
    };
    // Quirk: a job that nobody knows is 200 without a job; fixtures/cisco-prime/runhistory-unknown-job-json.http
    let history = HistoryWire { jobs: parents.iter().map(|parent| job(echo, parent)).collect() };
    encode::response(echo, StatusCode::OK, history.write(echo))
}

fn job(echo: &Echo, snapshot: &Snapshot) -> JobWire {
    let job = &snapshot.job;
    JobWire {
        description: job.description.clone(),
        job_id: summary::id_of(job).to_string(),
        job_name: job.name.clone(),
        job_status: states::job_status(job),
        job_type: job.job_type.clone(),
        next_run_time: summary::next_run(echo, job),
        runs: snapshot.kin.iter().map(|run| instance(echo, run)).collect(),
    }
}

fn instance(echo: &Echo, run: &Job) -> RunWire {
    let (run_status, result_status) = summary::run_words(run);
    RunWire {
        completion_time: run.finished_at.map(|at| summary::time(echo, at)),
        last_start_time: run.started_at.map(|at| summary::time(echo, at)),
        result_status,
        results: results(run),
        run_id: summary::id_of(run).to_string(),
        run_status,
    }
}

/// What a registrar kept of the run's results; nothing of ours stands in for them.
fn results(run: &Job) -> Vec<ResultWire> {
    let kept: Vec<KeptResult<'_>> = summary::kept(run, RESULTS).unwrap_or_default();
    kept.into_iter()
        .map(|kept| ResultWire { property: kept.property.map(text), value: kept.value.map(text) })
        .collect()
}

/// One of them, as it was registered.
#[derive(Deserialize)]
struct KeptResult<'a> {
    #[serde(borrow, default)]
    property: Option<&'a RawValue>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

/// A text, or the JSON text of what is none: v1 itself writes numbers for texts.
fn text(value: &RawValue) -> String {
    serde_json::from_str(value.get()).unwrap_or_else(|_| value.get().to_owned())
}
