//! The report for CI servers: JUnit XML, a suite per dialect.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::text::{Style, case};
use crate::run::{Outcome, Verdict};

/// The report as JUnit XML.
///
/// # Errors
/// The text cannot be written as XML, which says what the library says of it.
pub fn junit(target: &str, verdicts: &[Verdict], time: Duration) -> Result<String, String> {
    let mut report = Report::new(format!("countermand conform {target}"));
    report.set_time(time);
    let mut names: Vec<&str> = verdicts.iter().map(|verdict| verdict.fixture.dialect.name).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let mut suite = TestSuite::new(name);
        for verdict in verdicts.iter().filter(|verdict| verdict.fixture.dialect.name == name) {
            suite.add_test_case(test_case(verdict));
        }
        report.add_test_suite(suite);
    }
    report.to_string().map_err(|error| format!("the JUnit report cannot be written: {error}"))
}

fn test_case(verdict: &Verdict) -> TestCase {
    let fixture = &verdict.fixture;
    let status = match &verdict.result {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Skipped(skip) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(skip.advice());
            status
        }
        Outcome::Failed(differences) => {
            let places: Vec<_> = differences.iter().map(|difference| difference.place.as_str()).collect();
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(format!("differs at {}", places.join(", ")));
            status.set_description(case(verdict, Style::default()));
            status
        }
        Outcome::Broken(problem) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(problem.as_str());
            status
        }
    };
    let mut test_case = TestCase::new(fixture.name.as_str(), status);
    test_case.set_classname(fixture.dialect.name);
    test_case.set_time(verdict.time);
    test_case.add_property(("title", fixture.head.title.as_str()));
    test_case.add_property(("evidence", fixture.head.evidence.name()));
    test_case
}
