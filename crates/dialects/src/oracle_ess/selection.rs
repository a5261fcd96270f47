//! What a caller wants to see of a request: `fields`, `excludeFields` and `links`. What a member holds is not known here.

use super::query;
use crate::Malformed;
use crate::grammar::query::value;
use crate::grammar::spelling::nearest;

/// Which members and links are shown.
pub(super) struct Selection {
    fields: Option<Vec<String>>,
    excluded: Vec<String>,
    rels: Option<Vec<String>>,
}

/// Sets of members that `fields` may name.
///
/// Quirk: what `@basic` leaves out is not published, so both show everything (inferred);
/// fixtures/oracle-ess/get-fields.http
const SETS: [&str; 2] = ["@full", "@basic"];

impl Selection {
    /// Reads a query whose names were checked. A parameter that is empty selects nothing away.
    pub(super) fn read(query: &str) -> Selection {
        let some = |names: Vec<String>| (!names.is_empty()).then_some(names);
        let is_set = |name: &String| SETS.contains(&name.as_str());
        Selection {
            fields: some(names(query, "fields")).filter(|names| !names.iter().any(is_set)),
            excluded: names(query, "excludeFields"),
            rels: some(names(query, "links")),
        }
    }

    /// Everything.
    pub(super) fn all() -> Selection {
        Selection { fields: None, excluded: Vec::new(), rels: None }
    }

    /// Whether every name that members are chosen by is a member's.
    ///
    /// Quirk: one that is not is 400 and says so; a client was seen to look for "unrecognized field" in the text;
    /// fixtures/oracle-ess/list-unknown-field.http
    ///
    /// # Errors
    /// The first that is not, and what it was probably meant to be.
    pub(super) fn check(query: &str) -> Result<(), Malformed> {
        for (parameter, sets) in [("fields", &SETS[..]), ("excludeFields", &[])] {
            let names = names(query, parameter);
            if names.is_empty() {
                // As a rule: a poll names none, and the table is long.
                continue;
            }
            let known: Vec<&str> = members().chain(sets.iter().copied()).collect();
            if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
                let advice =
                    nearest(name, &known).map_or_else(String::new, |near| format!("; did you mean {near}?"));
                return Err(Malformed::new(parameter, format!("unrecognized field {name:?}{advice}")));
            }
        }
        Ok(())
    }

    /// Whether a member is shown.
    pub(super) fn shows(&self, member: &str) -> bool {
        let among = |names: &[String]| names.iter().any(|name| name == member);
        self.fields.as_deref().is_none_or(among) && !among(&self.excluded)
    }

    /// Whether a link is shown. Clients write a `rel` as the docs do or as the server does, so its case is ignored.
    pub(super) fn links_to(&self, rel: &str) -> bool {
        self.rels.as_ref().is_none_or(|rels| rels.iter().any(|wanted| wanted.eq_ignore_ascii_case(rel)))
    }
}

/// The names of a list with commas.
///
/// Quirk: the reference page puts its example into quotes, `?fields="requestId"`, so quotes around the list or a name
/// are no part of it; fixtures/oracle-ess/list-fields.http
fn names(query: &str, parameter: &str) -> Vec<String> {
    let Some(list) = value(query, parameter) else { return Vec::new() };
    let blank = |letter: char| letter == '"' || letter.is_whitespace();
    list.split(',')
        .map(|name| name.trim_matches(blank))
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The members that `fields` may name: those that a live server takes, and those that a filter may name besides, which
/// a job's attributes may have.
pub(super) fn members() -> impl Iterator<Item = &'static str> {
    let others = query::NAMES.iter().map(|row| row.name).filter(|name| !DETAILS.contains(name));
    DETAILS.iter().copied().chain(others)
}

/// The members of `RequestDetails`. Source: the field list of the recorded client.
const DETAILS: [&str; 80] = [
    "absParentRequestId",
    "application",
    "cause",
    "causeDescription",
    "completedTime",
    "deployedApplicationName",
    "description",
    "dispatcher",
    "dmsRID",
    "ecid",
    "elapsedTime",
    "enterpriseId",
    "errorType",
    "errorTypeDescription",
    "errorWarningDetail",
    "errorWarningMessage",
    "errorWarningTime",
    "executableState",
    "executionAttempt",
    "executionMode",
    "executionType",
    "expiration",
    "flowId",
    "instanceParentExecAttempt",
    "instanceParentId",
    "isAsynchronous",
    "isAsyncRecoverable",
    "isCancellable",
    "isForceCancelAllowed",
    "isHoldable",
    "isRecoverable",
    "isTimedOut",
    "jobDefinitionId",
    "jobDescription",
    "jobDisplayName",
    "jobType",
    "lastScheduleInstanceId",
    "lastSubRequestSet",
    "links",
    "logicalClusterName",
    "notificationUrl",
    "parentExecAttempt",
    "parentRequestId",
    "pausedCount",
    "postProcessMessage",
    "postProcessStatus",
    "preProcessMessage",
    "preprocessStatus",
    "previousState",
    "priority",
    "processEndTime",
    "processGroup",
    "processor",
    "processPhase",
    "processPhaseDescription",
    "processStartTime",
    "product",
    "requestCategory",
    "requestedEndTime",
    "requestedStartTime",
    "requestId",
    "requestMode",
    "requestParameters",
    "requestType",
    "retriedCount",
    "runAsUser",
    "schedule",
    "scheduleDefinition",
    "scheduledTime",
    "state",
    "stateChangeTime",
    "stateDescription",
    "stepId",
    "submissionTime",
    "submitter",
    "submitterDmsECID",
    "submitterDmsRID",
    "submitterFlowId",
    "submitterGUID",
    "subRequestSet",
];
