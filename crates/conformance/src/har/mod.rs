//! HTTP Archive 1.2 (<http://www.softwareishard.com/blog/har-12-spec/>), the traffic that browsers and proxies save: its
//! objects, a reader that tells where something is not as it must be, and a writer of fixtures. Members that nobody here
//! asks for are written, because the format wants them, and not read. Knows no dialect and touches no file.

mod read;

mod write;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use read::read;
pub use write::write;

/// A document.
#[derive(Debug, Serialize, Deserialize)]
pub struct Har {
    /// Its one member.
    pub log: Log,
}

/// What was exchanged.
#[derive(Debug, Serialize, Deserialize)]
pub struct Log {
    /// `1.2`; no other is read.
    #[serde(deserialize_with = "read::version")]
    version: String,
    /// Who wrote the document.
    pub creator: Tool,
    /// Who exchanged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<Tool>,
    /// What people saw meanwhile.
    #[serde(default)]
    pub pages: Vec<Page>,
    /// The exchanges.
    pub entries: Vec<Entry>,
}

/// A program.
#[derive(Debug, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A page, which groups exchanges.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    #[serde(with = "read::time")]
    started_date_time: Timestamp,
    /// What entries call it by.
    pub id: String,
    /// Its title.
    #[serde(default)]
    pub title: String,
    #[serde(skip_deserializing)]
    page_timings: Nothing,
    #[serde(skip_deserializing)]
    comment: String,
}

/// An exchange.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The page it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pageref: Option<String>,
    /// When it began.
    #[serde(with = "read::time")]
    pub started_date_time: Timestamp,
    #[serde(skip_deserializing)]
    time: i64,
    /// What was sent.
    pub request: Request,
    /// What came back; of status 0 where nothing did.
    pub response: Response,
    #[serde(skip_deserializing)]
    cache: Nothing,
    #[serde(skip_deserializing)]
    timings: Timings,
    #[serde(skip_deserializing)]
    comment: String,
}

/// What was sent.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    #[serde(skip_deserializing)]
    http_version: String,
    #[serde(skip_deserializing)]
    cookies: Vec<Pair>,
    /// The headers.
    pub headers: Vec<Pair>,
    #[serde(skip_deserializing)]
    query_string: Vec<Pair>,
    /// The body, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_data: Option<PostData>,
    #[serde(skip_deserializing)]
    headers_size: i64,
    #[serde(skip_deserializing)]
    body_size: i64,
}

/// The body of a request.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostData {
    /// Its media type.
    #[serde(default)]
    pub mime_type: String,
    /// Its text; a form may have its parameters instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What came back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The status.
    pub status: u16,
    #[serde(skip_deserializing)]
    status_text: String,
    #[serde(skip_deserializing)]
    http_version: String,
    #[serde(skip_deserializing)]
    cookies: Vec<Pair>,
    /// The headers.
    pub headers: Vec<Pair>,
    /// The body.
    pub content: Content,
    #[serde(rename = "redirectURL", skip_deserializing)]
    redirect_url: String,
    #[serde(skip_deserializing)]
    headers_size: i64,
    #[serde(skip_deserializing)]
    body_size: i64,
}

/// The body of an answer, without the compression it came in.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// How many bytes it has.
    #[serde(default)]
    pub size: i64,
    /// Its media type.
    #[serde(default)]
    pub mime_type: String,
    /// The text; of a body that was not saved there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// `base64`, where the text is that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
}

/// A name and its value.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pair {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// An object that may be empty.
#[derive(Debug, Default, Serialize)]
struct Nothing {}

/// How long each step took: nobody measured.
#[derive(Debug, Default, Serialize)]
struct Timings {
    send: i64,
    wait: i64,
    receive: i64,
}
