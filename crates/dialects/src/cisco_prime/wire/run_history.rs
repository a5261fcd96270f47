//! `mgmtResponse` with the runs of jobs, grouped by job. Quirk: what is absent is left out, and a run without results
//! has an empty `results`; fixtures/cisco-prime/v1-runhistory-running-json.http

use super::mgmt_response;
use super::style::{Style, Typed, in_format};
use crate::Echo;
use crate::grammar::json::Writer as Json;
use crate::grammar::xml::Writer as Xml;

/// The whole answer.
#[derive(Debug)]
pub(in super::super) struct HistoryWire {
    pub(in super::super) jobs: Vec<JobWire>,
}

/// `job`.
#[derive(Debug)]
pub(in super::super) struct JobWire {
    pub(in super::super) description: Option<String>,
    pub(in super::super) job_id: String,
    pub(in super::super) job_name: Option<String>,
    pub(in super::super) job_status: &'static str,
    pub(in super::super) job_type: Option<String>,
    pub(in super::super) next_run_time: Option<String>,
    /// `runInstances/runInstance`.
    pub(in super::super) runs: Vec<RunWire>,
}

/// `runInstance`.
#[derive(Debug)]
pub(in super::super) struct RunWire {
    pub(in super::super) completion_time: Option<String>,
    pub(in super::super) last_start_time: Option<String>,
    pub(in super::super) result_status: Option<String>,
    /// `results/result`.
    pub(in super::super) results: Vec<ResultWire>,
    pub(in super::super) run_id: String,
    pub(in super::super) run_status: String,
}

/// `result`.
#[derive(Debug)]
pub(in super::super) struct ResultWire {
    pub(in super::super) property: Option<String>,
    pub(in super::super) value: Option<String>,
}

type Element<'a> = (&'static str, Option<&'a str>, Typed);

const RUNS: (&str, &str) = ("runInstances", "runInstance");
const RESULTS: (&str, &str) = ("results", "result");

impl HistoryWire {
    pub(in super::super) fn write(&self, echo: &Echo) -> Vec<u8> {
        in_format(echo, || self.json(echo), || self.xml(echo))
    }

    fn json(&self, echo: &Echo) -> Vec<u8> {
        let style = Style::of(echo);
        let mut json = style.json();
        json.object(|json| {
            json.member_object("mgmtResponse", |json| {
                mgmt_response::attributes(style, json, echo);
                style.repeated(json, "job", &self.jobs, |json, job| {
                    members(style, json, &job.elements());
                    style.collection(json, RUNS, &job.runs, |json, run| {
                        let [before, after] = run.elements();
                        members(style, json, &before);
                        style.collection(json, RESULTS, &run.results, |json, result| {
                            members(style, json, &result.elements());
                        });
                        members(style, json, &after);
                    });
                });
            });
        });
        json.finish()
    }

    fn xml(&self, echo: &Echo) -> Vec<u8> {
        let mut xml = Xml::new();
        xml.element("mgmtResponse", &mgmt_response::xml_attributes(echo), |xml| {
            for job in &self.jobs {
                xml.element("job", &[], |xml| {
                    children(xml, &job.elements());
                    xml.element(RUNS.0, &[], |xml| job.runs.iter().for_each(|run| run.xml(xml)));
                });
            }
        });
        xml.finish()
    }
}

/// Elements are in the documented order, which is alphabetical; `runInstances` is the last.
impl JobWire {
    fn elements(&self) -> [Element<'_>; 6] {
        [
            ("description", self.description.as_deref(), Typed::Text),
            ("jobId", Some(&self.job_id), Typed::Long),
            ("jobName", self.job_name.as_deref(), Typed::Text),
            ("jobStatus", Some(self.job_status), Typed::Text),
            ("jobType", self.job_type.as_deref(), Typed::Text),
            ("nextRunTime", self.next_run_time.as_deref(), Typed::Text),
        ]
    }
}

impl RunWire {
    /// Those before `results`, and those after it. That runId is a number is inferred from the payload of
    /// `cancelrunning`, where it is one.
    fn elements(&self) -> [Vec<Element<'_>>; 2] {
        let before = vec![
            ("completionTime", self.completion_time.as_deref(), Typed::Text),
            ("lastStartTime", self.last_start_time.as_deref(), Typed::Text),
            ("resultStatus", self.result_status.as_deref(), Typed::Text),
        ];
        let after = vec![
            ("runId", Some(self.run_id.as_str()), Typed::Long),
            ("runStatus", Some(&self.run_status), Typed::Text),
        ];
        [before, after]
    }

    fn xml(&self, xml: &mut Xml) {
        let [before, after] = self.elements();
        xml.element(RUNS.1, &[], |xml| {
            children(xml, &before);
            xml.element(RESULTS.0, &[], |xml| {
                for result in &self.results {
                    xml.element(RESULTS.1, &[], |xml| children(xml, &result.elements()));
                }
            });
            children(xml, &after);
        });
    }
}

impl ResultWire {
    fn elements(&self) -> [Element<'_>; 2] {
        [("property", self.property.as_deref(), Typed::Text), ("value", self.value.as_deref(), Typed::Text)]
    }
}

fn members(style: Style, json: &mut Json, elements: &[Element<'_>]) {
    for (name, text, typed) in elements {
        if let Some(text) = text {
            style.element(json, name, text, *typed);
        }
    }
}

fn children(xml: &mut Xml, elements: &[Element<'_>]) {
    for (name, text, _) in elements {
        if let Some(text) = text {
            xml.text_element(name, text);
        }
    }
}
