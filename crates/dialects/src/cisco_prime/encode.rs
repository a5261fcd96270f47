//! What was read, as this dialect says it.

use bytes::Bytes;
use countermand_model::{Fault, FaultKind, Job, Kind, Outcome, Snapshot, TriggerState};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use serde::Deserialize;

use super::routes::{JOB_SUMMARY, ROUTES};
use super::wire::{EntityWire, JobSummaryWire};
use super::{NAME, Prime, errors, states};
use crate::grammar::number;
use crate::grammar::time::{Fraction, rfc3339};
use crate::{Echo, Format};

pub(super) fn job_summary(_: &Prime, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    let snapshot = match outcome {
        Outcome::Read { snapshot, .. } => snapshot,
        Outcome::Acted { .. }
        | Outcome::Confirmed
        | Outcome::Listed { .. }
        | Outcome::Runs { .. }
        | Outcome::Permitted(_)
        | Outcome::CheckedIn(_) => return errors::defect(echo),
    };
    match snapshot.as_deref() {
        // Quirk: the ids here are job ids; a run of a job is not found by its run id;
        // fixtures/cisco-prime/v1-run-is-no-job-json.http
        Some(snapshot) if snapshot.job.kind != Kind::Child => {
            response(echo, StatusCode::OK, entity(echo, snapshot).write(echo))
        }
        Some(_) | None => errors::response(echo, &no_such_job(echo)),
    }
}

/// Of a route that answers with its own document.
pub(super) fn document(_: &Prime, echo: &Echo, _: &Outcome) -> Response<Bytes> {
    let Some(document) = ROUTES[echo.route].operation.document else { return errors::defect(echo) };
    let mut response = Response::new(Bytes::from_static(document.body.as_bytes()));
    *response.status_mut() = StatusCode::from_u16(document.status).unwrap_or_default();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(document.content_type));
    response
}

/// A document of ours in the format that was asked for.
pub(super) fn response(echo: &Echo, status: StatusCode, body: Vec<u8>) -> Response<Bytes> {
    let content_type = match echo.format {
        Format::Json => "application/json",
        // Quirk: not application/xml; fixtures/cisco-prime/v1-reference-xml.http
        Format::Xml => "text/xml",
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// The summary of a job: what its trigger says, and how its latest run fares. A job that is registered alone is its
/// own run.
fn entity(echo: &Echo, snapshot: &Snapshot) -> EntityWire {
    let job = &snapshot.job;
    let run = match job.kind {
        Kind::Single => Some(job),
        Kind::Parent | Kind::Child => snapshot.kin.first(),
    };
    let job_status = states::job_status(job);
    let fraction = if echo.version == 1 { Fraction::WhenNotZero } else { Fraction::Always };
    // Quirk: v1 writes a fraction of a second only when there is one, later versions always;
    // fixtures/cisco-prime/v1-job-summary-xml.http and v2-job-summary-json.http
    let time = |milliseconds: i64| rfc3339(milliseconds, fraction);
    let next = job.trigger.as_ref().filter(|trigger| trigger.state == TriggerState::Scheduled);

    let mut summary = JobSummaryWire {
        description: job.description.clone(),
        job_name: job.name.clone(),
        job_status: Some(job_status.to_owned()),
        job_type: job.job_type.clone(),
        next_run_time: next.and_then(|trigger| trigger.next_run_at).map(time),
        username: job.owner.clone(),
        ..JobSummaryWire::default()
    };
    if let Some(run) = run {
        let (work, result) = run_words(run);
        summary.run_id = Some(run.alias(NAME).map_or_else(|| run.number.to_string(), str::to_owned));
        summary.run_status = Some(work);
        summary.result_status = result;
        summary.last_start_time = run.started_at.map(time);
        summary.completion_time = run.finished_at.map(time);
        summary.duration = run.started_at.zip(run.finished_at).map(|(start, end)| {
            let seconds = end.saturating_sub(start).max(0) / 1000;
            seconds.to_string()
        });
    }
    // Quirk: clients take what follows the last comma of displayName for the jobStatus, without trimming it;
    // fixtures/cisco-prime/v1-job-summary-json.http. That the name and the type come before it is inferred.
    let names = [job.name.as_deref(), job.job_type.as_deref(), Some(job_status)];
    let display_name = names.into_iter().flatten().collect::<Vec<_>>().join(",");
    let id = echo.id.as_deref().and_then(number::decimal).unwrap_or(job.number);
    EntityWire { id, display_name, summary }
}

/// The words that a run's registrar kept for it, under this dialect's name in its attributes.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct KeptWords {
    run_status: Option<String>,
    result_status: Option<String>,
}

fn run_words(run: &Job) -> (String, Option<String>) {
    let kept: KeptWords =
        run.attributes_of(NAME).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let (work, result) = states::run_words(run.state);
    let kept_work = kept.run_status.filter(|word| states::is_kept_work(word, run.state));
    let kept_result = kept.result_status.filter(|word| states::is_kept_result(word, run.state));
    (kept_work.unwrap_or_else(|| work.to_owned()), kept_result.or(result.map(str::to_owned)))
}

/// Quirk: the id is written as Java's MessageFormat writes a number, `1,234`, and v4 tells its internal type name;
/// fixtures/cisco-prime/v4-unknown-job-json.http. That JobSummary too is `JobSummaryV4` there is inferred.
fn no_such_job(echo: &Echo) -> Fault {
    let entity = if echo.version == 4 { "JobSummaryV4" } else { JOB_SUMMARY };
    let id = grouped(echo.id.as_deref().unwrap_or_default());
    Fault::new(FaultKind::NotFound, format!("No such entity as {entity} / {id}."))
        .with_code(Some(errors::NO_SUCH_ENTITY))
}

/// Digits in groups of three; what is not digits only stays as it is.
pub(super) fn grouped(id: &str) -> String {
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return id.to_owned();
    }
    let digits = id.trim_start_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    let first = digits.len() % 3;
    let mut groups: Vec<&str> = Vec::with_capacity(digits.len() / 3 + 1);
    groups.extend(Some(&digits[..first]).filter(|group| !group.is_empty()));
    groups.extend((first..digits.len()).step_by(3).map(|start| &digits[start..start + 3]));
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn ids_are_grouped_as_java_does() {
        let cases = [("0", "0"), ("15", "15"), ("999", "999"), ("1234", "1,234"), ("0123456", "123,456")];
        for (id, expected) in cases {
            assert_eq!(grouped(id), expected);
        }
        assert_eq!(grouped("1460170872"), "1,460,170,872");
        assert_eq!(grouped("a1234"), "a1234");
    }
}
