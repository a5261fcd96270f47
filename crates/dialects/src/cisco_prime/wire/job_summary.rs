//! `queryResponse` with one `JobSummary` in it.

use super::super::routes::JOB_SUMMARY;
use super::style::{Style, Typed, domain, in_format};
use crate::Echo;
use crate::grammar::json::Writer as Json;
use crate::grammar::xml::Writer as Xml;

const RESPONSE_TYPE: &str = "getEntity";
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
    pub(in super::super) fn write(&self, echo: &Echo) -> Vec<u8> {
        in_format(echo, || self.json(echo), || self.xml(echo))
    }

    fn url(&self, echo: &Echo) -> String {
        format!("{}/{JOB_SUMMARY}/{}", echo.root_url, self.id)
    }

    fn json(&self, echo: &Echo) -> Vec<u8> {
        let style = Style::of(echo);
        let mut json = style.json();
        json.object(|json| {
            json.member_object("queryResponse", |json| {
                attributes(style, json, echo);
                // Quirk: `entity` is an array in v1 too, even of one; fixtures/cisco-prime/v1-job-summary-json.http
                json.member_array("entity", |json| {
                    json.object(|json| {
                        json.member_string("@dtoType", DTO_TYPE);
                        json.member_string("@type", JOB_SUMMARY);
                        json.member_string("@url", &self.url(echo));
                        json.member_object(DTO_TYPE, |json| {
                            json.member_string("@displayName", &self.display_name);
                            style.number_attribute(json, "@id", self.id);
                            for (name, text, typed) in self.summary.elements(style) {
                                style.element(json, name, text, typed);
                            }
                        });
                    });
                });
            });
        });
        json.finish()
    }

    fn xml(&self, echo: &Echo) -> Vec<u8> {
        let style = Style::of(echo);
        let (domain, url, id) = (domain(echo), self.url(echo), self.id.to_string());
        let mut attributes = vec![("type", JOB_SUMMARY)];
        if style.is_v4() {
            attributes.push(("domain", &domain));
        }
        attributes.extend([
            ("responseType", RESPONSE_TYPE),
            ("requestUrl", echo.request_url.as_str()),
            ("rootUrl", echo.root_url.as_str()),
        ]);
        let mut xml = Xml::new();
        xml.element("queryResponse", &attributes, |xml| {
            xml.element("entity", &[("dtoType", DTO_TYPE), ("type", JOB_SUMMARY), ("url", &url)], |xml| {
                xml.element(DTO_TYPE, &[("displayName", &self.display_name), ("id", &id)], |xml| {
                    for (name, text, _) in self.summary.elements(style) {
                        xml.text_element(name, text);
                    }
                });
            });
        });
        xml.finish()
    }
}

impl JobSummaryWire {
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

/// In the order of the captures of lists: v1 has the type before the URLs, v4 the domain after it.
fn attributes(style: Style, json: &mut Json, echo: &Echo) {
    let request_url = style.json_url(&echo.request_url);
    let root_url = style.json_url(&echo.root_url);
    if style.is_v1() {
        json.member_string("@responseType", RESPONSE_TYPE);
        json.member_string("@type", JOB_SUMMARY);
        json.member_string("@rootUrl", &root_url);
        json.member_string("@requestUrl", &request_url);
        return;
    }
    json.member_string("@type", JOB_SUMMARY);
    if style.is_v4() {
        json.member_string("@domain", &domain(echo));
    }
    json.member_string("@requestUrl", &request_url);
    json.member_string("@responseType", RESPONSE_TYPE);
    json.member_string("@rootUrl", &root_url);
}
