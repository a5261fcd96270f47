//! What was read, as this dialect says it.

use bytes::Bytes;
use countermand_model::{Fault, FaultKind, Kind, Outcome};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

use super::routes::{JOB_SUMMARY, ROUTES};
use super::{Prime, errors, summary};
use crate::grammar::number;
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
            // The id as it was asked for: a job may have several.
            let id = echo.id.as_deref().and_then(number::decimal);
            let id = id.unwrap_or_else(|| summary::id_of(&snapshot.job));
            response(echo, StatusCode::OK, summary::entity(echo, snapshot, id).write(echo))
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
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    // Quirk: not application/xml; fixtures/cisco-prime/v1-reference-xml.http
    const XML: HeaderValue = HeaderValue::from_static("text/xml");
    let content_type = match echo.format {
        Format::Json => JSON,
        Format::Xml => XML,
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
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
