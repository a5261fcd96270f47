//! `queryResponse` with one `JobSummary` in it.

use super::super::routes::JOB_SUMMARY;
use super::query_response::{Attributes, borrowed};
use super::style::{Style, Typed, in_format};
use crate::Echo;
use crate::grammar::json::Writer as Json;
use crate::grammar::xml::Writer as Xml;

const ATTRIBUTES: Attributes =
    Attributes { response_type: "getEntity", entity_type: Some(JOB_SUMMARY), page: None };

const DTO_TYPE: &str = "jobSummaryDTO";

/// `entity`: a `JobSummary` with what names it.
#[derive(Debug)]
pub(in super::super) struct EntityWire {
    /// The id of the job.
    pub(in super::super) id: i64,
    pub(in super::super) display_name: String,
    pub(in super::super) summary: JobSummaryWire,
}

/// `jobSummaryDTO`. Quirk: what is absent is left out, in every version and both formats, never null or empty;
/// fixtures/cisco-prime/v1-job-summary-json.http
#[derive(Debug, Default)]
pub(in super::super) struct JobSummaryWire {
    pub(in super::super) completion_time: Option<String>,
    pub(in super::super) description: Option<String>,
    /// In seconds.
    pub(in super::super) duration: Option<String>,
    pub(in super::super) job_name: Option<String>,
    pub(in super::super) job_status: Option<String>,
    pub(in super::super) job_type: Option<String>,
    pub(in super::super) last_start_time: Option<String>,
    pub(in super::super) next_run_time: Option<String>,
    pub(in super::super) result_status: Option<String>,
    pub(in super::super) run_id: Option<String>,
    pub(in super::super) run_status: Option<String>,
    pub(in super::super) username: Option<String>,
}

impl EntityWire {
    /// The answer that has this entity alone.
    pub(in super::super) fn write(&self, echo: &Echo) -> Vec<u8> {
        in_format(echo, || self.json(echo), || self.xml(echo))
    }

    fn json(&self, echo: &Echo) -> Vec<u8> {
        let style = Style::of(echo);
        let mut json = style.json();
        json.object(|json| {
            json.member_object("queryResponse", |json| {
                ATTRIBUTES.json(style, json, echo);
                style.always_array(json, "entity", &[self], |json, entity| entity.members(json, echo));
            });
        });
        json.finish()
    }

    /// The members of an item of `entity`.
    pub(super) fn members(&self, json: &mut Json, echo: &Echo) {
        let style = Style::of(echo);
        json.member_string("@dtoType", DTO_TYPE);
        json.member_string("@type", JOB_SUMMARY);
        json.member_string("@url", &url(echo, self.id));
        json.member_object(DTO_TYPE, |json| {
            json.member_string("@displayName", &self.display_name);
            style.number_attribute(json, "@id", self.id);
            for (name, text, typed) in self.summary.elements(style) {
                style.element(json, name, text, typed);
            }
        });
    }

    fn xml(&self, echo: &Echo) -> Vec<u8> {
        let attributes = ATTRIBUTES.xml(Style::of(echo), echo);
        let mut xml = Xml::new();
        xml.element("queryResponse", &borrowed(&attributes), |xml| self.element(xml, echo));
        xml.finish()
    }

    /// `entity`.
    pub(super) fn element(&self, xml: &mut Xml, echo: &Echo) {
        let (url, id) = (url(echo, self.id), self.id.to_string());
        xml.element("entity", &[("dtoType", DTO_TYPE), ("type", JOB_SUMMARY), ("url", &url)], |xml| {
            xml.element(DTO_TYPE, &[("displayName", &self.display_name), ("id", &id)], |xml| {
                for (name, text, _) in self.summary.elements(Style::of(echo)) {
                    xml.text_element(name, text);
                }
            });
        });
    }
}

/// Where the job of an id is.
pub(super) fn url(echo: &Echo, id: i64) -> String {
    [echo.root_url.as_str(), "/", JOB_SUMMARY, "/", itoa::Buffer::new().format(id)].concat()
}

impl JobSummaryWire {
    /// Where the text of an element belongs. `None`: it is none of them.
    pub(super) fn place(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "completionTime" => &mut self.completion_time,
            "description" => &mut self.description,
            "duration" => &mut self.duration,
            "jobName" => &mut self.job_name,
            "jobStatus" => &mut self.job_status,
            "jobType" => &mut self.job_type,
            "lastStartTime" => &mut self.last_start_time,
            "nextRunTime" => &mut self.next_run_time,
            "resultStatus" => &mut self.result_status,
            "runId" => &mut self.run_id,
            "runStatus" => &mut self.run_status,
            "username" => &mut self.username,
            _ => return None,
        })
    }

    /// Those that are there, in the documented order, which is alphabetical.
    fn elements(&self, style: Style) -> impl Iterator<Item = (&'static str, &str, Typed)> {
        // Quirk: "Types of attributes runId and duration are changed in version 4" from String to Long;
        // fixtures/cisco-prime/v4-job-summary-json.http
        let long_in_v4 = if style.is_v4() { Typed::Long } else { Typed::Text };
        [
            ("completionTime", &self.completion_time, Typed::Text),
            ("description", &self.description, Typed::Text),
            ("duration", &self.duration, long_in_v4),
            ("jobName", &self.job_name, Typed::Text),
            ("jobStatus", &self.job_status, Typed::Text),
            ("jobType", &self.job_type, Typed::Text),
            ("lastStartTime", &self.last_start_time, Typed::Text),
            ("nextRunTime", &self.next_run_time, Typed::Text),
            ("resultStatus", &self.result_status, Typed::Text),
            ("runId", &self.run_id, long_in_v4),
            ("runStatus", &self.run_status, Typed::Text),
            ("username", &self.username, Typed::Text),
        ]
        .into_iter()
        .filter_map(|(name, text, typed)| text.as_deref().map(|text| (name, text, typed)))
    }
}
