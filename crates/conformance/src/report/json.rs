//! The report for programs.

use serde_json::{Value, json};

use super::{Counts, why};
use crate::compare::Difference;
use crate::run::{Outcome, Verdict};

/// The report as one JSON document. `duration_ms` is the time that all cases took together, as a clock on the wall
/// shows it.
#[must_use]
pub fn json(target: &str, verdicts: &[Verdict], duration_ms: u128) -> Value {
    let counts = Counts::of(verdicts);
    let milliseconds = |time: u128| u64::try_from(time).unwrap_or(u64::MAX);
    let cases: Vec<Value> = verdicts.iter().map(case).collect();
    json!({
        "target": target,
        "passed": counts.passed,
        "failed": counts.failed,
        "skipped": counts.skipped,
        "states_not_looked_at": counts.unseen,
        "duration_ms": milliseconds(duration_ms),
        "cases": cases,
    })
}

fn case(verdict: &Verdict) -> Value {
    let fixture = &verdict.fixture;
    let (result, reason, differences) = match &verdict.result {
        Outcome::Passed => ("passed", None, Vec::new()),
        Outcome::Failed(differences) => ("failed", None, differences.iter().map(difference).collect()),
        Outcome::Broken(problem) => ("broken", Some(problem.clone()), Vec::new()),
        Outcome::Skipped(skip) => ("skipped", Some(skip.name().to_owned()), Vec::new()),
    };
    let why = if verdict.result.fell_short() { why(fixture) } else { Vec::new() };
    json!({
        "case": fixture.name,
        "file": fixture.path.display().to_string(),
        "title": fixture.head.title,
        "evidence": fixture.head.evidence.name(),
        "result": result,
        "reason": reason,
        "differences": differences,
        "why": why,
        "duration_ms": u64::try_from(verdict.time.as_millis()).unwrap_or(u64::MAX),
    })
}

fn difference(difference: &Difference) -> Value {
    json!({
        "answer": difference.answer,
        "place": difference.place,
        "expected": difference.expected,
        "seen": difference.seen,
    })
}
