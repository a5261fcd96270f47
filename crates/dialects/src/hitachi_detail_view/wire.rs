//! The documents, one struct each. Members stand in the order of the manual's pages; nothing here knows a job.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Malformed;
use crate::grammar::json::{Slashes, Writer};

/// How a flag is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FlagForm {
    /// `false`
    Boolean,
    /// `"false"`
    Text,
}

/// The answer of getStatus: `{"status": {…}, "result": […]}`.
#[derive(Debug)]
pub(super) struct StatusWire<'a> {
    /// Resources to look at.
    pub(super) total: u64,
    /// Resources that matched.
    pub(super) matched: u64,
    /// Resources looked at.
    pub(super) processed: u64,
    /// Processed to the end.
    pub(super) completed: bool,
    /// Stopped.
    pub(super) aborted: bool,
    /// Whether something went wrong.
    pub(super) has_errors: bool,
    /// How `hasErrors` is written.
    pub(super) has_errors_form: FlagForm,
    /// Resources, each the text of a JSON object, written as it is: `24.00`, blanks in keys and `null` samples are
    /// the original server's business.
    pub(super) result: &'a [String],
}

impl StatusWire<'_> {
    /// The bytes.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut json = Writer::new(Slashes::Plain);
        let mut number = itoa::Buffer::new();
        json.object(|json| {
            json.member_object("status", |json| {
                json.member_raw("total", number.format(self.total));
                json.member_raw("matched", number.format(self.matched));
                json.member_raw("processed", number.format(self.processed));
                json.member_flag("completed", self.completed);
                json.member_flag("aborted", self.aborted);
                match self.has_errors_form {
                    FlagForm::Boolean => json.member_flag("hasErrors", self.has_errors),
                    FlagForm::Text => {
                        json.member_string("hasErrors", if self.has_errors { "true" } else { "false" });
                    }
                }
            });
            json.member_array("result", |json| self.result.iter().for_each(|item| json.raw(item)));
        });
        json.finish()
    }
}

/// The answer of abortRequest: `{"aborted": true, "id": "316829382_14"}`.
#[derive(Debug)]
pub(super) struct AbortWire<'a> {
    /// Whether it was stopped.
    pub(super) aborted: bool,
    /// The request id, as asked for.
    pub(super) id: &'a str,
}

impl AbortWire<'_> {
    /// The bytes.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut json = Writer::new(Slashes::Plain);
        json.object(|json| {
            json.member_flag("aborted", self.aborted);
            json.member_string("id", self.id);
        });
        json.finish()
    }
}

/// Every error: `{"code": "B5040016", "error": "…"}`, both texts, even where the code is all digits.
#[derive(Debug)]
pub(super) struct ErrorWire<'a> {
    /// Eight upper-case hexadecimal digits.
    pub(super) code: &'a str,
    /// A sentence.
    pub(super) error: &'a str,
}

impl ErrorWire<'_> {
    /// The bytes.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut json = Writer::new(Slashes::Plain);
        json.object(|json| {
            json.member_string("code", self.code);
            json.member_string("error", self.error);
        });
        json.finish()
    }
}

/// The answer of getStatus as a server wrote it. What else it says is passed over.
#[derive(Debug, Deserialize)]
pub(super) struct ReceivedWire {
    /// How far the request is.
    pub(super) status: ReceivedStatusWire,
    /// The resources, each as the text it is.
    #[serde(default)]
    pub(super) result: Vec<Box<RawValue>>,
}

/// How far a request is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReceivedStatusWire {
    pub(super) total: u64,
    pub(super) matched: u64,
    pub(super) processed: u64,
    pub(super) completed: bool,
    pub(super) aborted: bool,
    pub(super) has_errors: FlagWire,
}

/// A flag in either form.
// Quirk: a boolean on the wire, a string in the manual; fixtures/hitachi-detail-view/status-has-errors-as-text.http
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "FlagFormWire")]
pub(super) struct FlagWire(pub(super) bool);

#[derive(Deserialize)]
#[serde(untagged)]
enum FlagFormWire {
    Boolean(bool),
    Text(String),
}

impl TryFrom<FlagFormWire> for FlagWire {
    type Error = &'static str;

    fn try_from(form: FlagFormWire) -> Result<FlagWire, &'static str> {
        match form {
            FlagFormWire::Boolean(flag) => Ok(FlagWire(flag)),
            FlagFormWire::Text(text) => match text.as_str() {
                "true" => Ok(FlagWire(true)),
                "false" => Ok(FlagWire(false)),
                _ => Err("expected true or false"),
            },
        }
    }
}

/// The answer of abortRequest as a server wrote it.
#[derive(Debug, Deserialize)]
pub(super) struct AbortedWire {
    /// Whether it was stopped.
    pub(super) aborted: bool,
    /// The request id.
    pub(super) id: String,
}

/// An error as a server wrote it.
#[derive(Debug, Deserialize)]
pub(super) struct ReceivedErrorWire {
    /// Eight hexadecimal digits.
    pub(super) code: String,
    /// A sentence.
    pub(super) error: String,
}

/// What a job's attributes under this dialect's name may hold: `{"error": {"status": 400, "code": "43050005", "error":
/// "…"}}`. Other members are passed over.
#[derive(Debug, Deserialize)]
pub(super) struct AttributesWire {
    /// How the original request failed.
    pub(super) error: Option<RelayedWire>,
}

/// The error of an original request, in its own function's words.
#[derive(Debug, Deserialize)]
pub(super) struct RelayedWire {
    /// The HTTP status, 400 to 599.
    pub(super) status: u16,
    /// The code, with its function's prefix: eight hexadecimal digits.
    pub(super) code: String,
    /// The text.
    pub(super) error: String,
}

impl RelayedWire {
    /// Whether this API could have answered so. "code: Eight-digit hexadecimal error code. error: Error message"
    /// (MK-99ANA004-11, Getting information about a dataset).
    ///
    /// # Errors
    /// With the place of the member that is not right.
    pub(super) fn check(&self) -> Result<(), Malformed> {
        let is_code = self.code.len() == 8 && self.code.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !(400..600).contains(&self.status) {
            Err(Malformed::new("/error/status", "the status of an error is 400 to 599"))
        } else if !is_code {
            Err(Malformed::new("/error/code", "a code is eight hexadecimal digits"))
        } else if self.error.is_empty() {
            Err(Malformed::new("/error/error", "the text is empty"))
        } else {
            Ok(())
        }
    }
}
