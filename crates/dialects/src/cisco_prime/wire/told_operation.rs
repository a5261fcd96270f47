//! `mgmtResponse` as a server tells it: what came of an operation, and the runs of jobs. What may be absent, and what it
//! means, is the client half's to say.

use super::job_summary::JobSummaryWire;
use super::read::{Record, Records, Root};

/// With what came of an operation.
#[derive(Debug, Default)]
pub(in super::super) struct ToldOperationWire {
    /// `operationResult`: just one, which may be an array of one.
    pub(in super::super) results: Vec<ToldOperationResultWire>,
}

impl Root for ToldOperationWire {
    const NAME: &'static str = "mgmtResponse";
}

impl Record for ToldOperationWire {
    type Item = ToldOperationResultWire;

    fn records(&mut self, name: &str) -> Option<Records<'_, ToldOperationResultWire>> {
        (name == "operationResult").then_some(Records { within: None, list: &mut self.results })
    }
}

/// `operationResult`. Its own `message` and `operation` are passed over: each id has its own.
#[derive(Debug, Default)]
pub(in super::super) struct ToldOperationResultWire {
    pub(in super::super) failure: Vec<ToldStatusWire>,
    pub(in super::super) success: Vec<ToldStatusWire>,
}

impl Record for ToldOperationResultWire {
    type Item = ToldStatusWire;

    fn records(&mut self, name: &str) -> Option<Records<'_, ToldStatusWire>> {
        match name {
            "failure" => Some(Records { within: Some("failure"), list: &mut self.failure }),
            "success" => Some(Records { within: Some("success"), list: &mut self.success }),
            _ => None,
        }
    }
}

/// `OperationResultStatus`. Its `status` is passed over: the list that it stands in says the same.
#[derive(Debug, Default)]
pub(in super::super) struct ToldStatusWire {
    pub(in super::super) id: Option<String>,
    pub(in super::super) message: Option<String>,
}

impl Record for ToldStatusWire {
    type Item = ToldStatusWire;

    fn text(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "id" => Some(&mut self.id),
            "message" => Some(&mut self.message),
            _ => None,
        }
    }
}

/// With the runs of jobs.
#[derive(Debug, Default)]
pub(in super::super) struct ToldHistoryWire {
    /// `job`.
    pub(in super::super) jobs: Vec<ToldJobWire>,
}

impl Root for ToldHistoryWire {
    const NAME: &'static str = "mgmtResponse";
}

impl Record for ToldHistoryWire {
    type Item = ToldJobWire;

    fn records(&mut self, name: &str) -> Option<Records<'_, ToldJobWire>> {
        (name == "job").then_some(Records { within: None, list: &mut self.jobs })
    }
}

/// `job`: what a summary says of a job too, and its runs.
#[derive(Debug, Default)]
pub(in super::super) struct ToldJobWire {
    pub(in super::super) id: Option<String>,
    pub(in super::super) summary: JobSummaryWire,
    /// `runInstances/runInstance`.
    pub(in super::super) runs: Vec<ToldRunWire>,
}

impl Record for ToldJobWire {
    type Item = ToldRunWire;

    fn text(&mut self, name: &str) -> Option<&mut Option<String>> {
        if name == "jobId" { Some(&mut self.id) } else { self.summary.place(name) }
    }

    fn records(&mut self, name: &str) -> Option<Records<'_, ToldRunWire>> {
        (name == "runInstances").then_some(Records { within: Some("runInstance"), list: &mut self.runs })
    }
}

/// `runInstance`: what a summary says of a run too, and its results.
#[derive(Debug, Default)]
pub(in super::super) struct ToldRunWire {
    pub(in super::super) summary: JobSummaryWire,
    /// `results/result`.
    pub(in super::super) results: Vec<ToldResultWire>,
}

impl Record for ToldRunWire {
    type Item = ToldResultWire;

    fn text(&mut self, name: &str) -> Option<&mut Option<String>> {
        self.summary.place(name)
    }

    fn records(&mut self, name: &str) -> Option<Records<'_, ToldResultWire>> {
        (name == "results").then_some(Records { within: Some("result"), list: &mut self.results })
    }
}

/// `result`.
#[derive(Debug, Default)]
pub(in super::super) struct ToldResultWire {
    pub(in super::super) property: Option<String>,
    pub(in super::super) value: Option<String>,
}

impl Record for ToldResultWire {
    type Item = ToldResultWire;

    fn text(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "property" => Some(&mut self.property),
            "value" => Some(&mut self.value),
            _ => None,
        }
    }
}
