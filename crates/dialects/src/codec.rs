//! A dialect's behaviour on one mount or towards one server: pure functions, and what they hand each other.

use std::borrow::Cow;

use bytes::Bytes;
use countermand_model::{Command, Fault, Outcome};
use http::{HeaderMap, Method, Response};

use crate::{Conversation, Operation};

/// A dialect, in both directions.
///
/// The server half speaks to callers: `open` is called with the head of every request of the mount, `decode_request` when the body is there,
/// `encode_response` exactly once, whatever happened in between.
///
/// The client half speaks to servers: `converse` carries a command out there, and `decode_response` reads what one
/// answered to a caller's own request. A job of theirs has the number that its id means by
/// [`Ids::number`](crate::Ids), or 0 where it means none; an id that is not that number's own way of writing stands
/// among its aliases. What the model has no word for stands in the job's attributes under this dialect's name, where
/// `encode_response` looks for it: what was decoded is written again as it was.
pub trait Codec: Send + Sync + 'static {
    /// Takes from the head everything that any answer needs. What is wrong with the head is put into
    /// [`Echo::refusal`]: it is answered after authentication, not here.
    fn open(&self, head: &Head<'_>) -> Echo;

    /// How often and how many at once a request like this one may be made on this mount; `None`: as often as anybody
    /// likes. Asked once it is known who asks, before anything else may refuse.
    fn limits(&self, _echo: &Echo) -> Option<&RateLimits> {
        None
    }

    /// Reads the command. Called only where [`Echo::operation`] is known and [`Echo::refusal`] is empty. `body` is
    /// empty where the operation takes none.
    ///
    /// # Errors
    /// The bytes, the path or the query are not what the operation takes.
    fn decode_request(&self, echo: &Echo, body: &[u8]) -> Result<Command, Malformed>;

    /// Writes the answer, in the format the caller asked for. Total: every outcome and every fault has bytes.
    ///
    /// Headers about the connection, the body's length, the date and the request id are the edge's.
    fn encode_response(&self, echo: &Echo, answer: &Result<Outcome, Fault>) -> Response<Bytes>;

    /// Begins to carry out a command at a server of this dialect. The ids of its targets are that server's. `at` is now,
    /// for the outcome, and for times that the server does not tell.
    ///
    /// # Errors
    /// [`Unsupported`](countermand_model::FaultKind::Unsupported): this dialect cannot say it. Nothing was sent.
    fn converse(&self, command: &Command, at: i64) -> Result<Box<dyn Conversation>, Fault>;

    /// What a server's answer means to the request that was opened as `echo` and decoded as `command`; a refusal is a
    /// [`Fault`] in the `Ok`. It undoes [`encode_response`](Codec::encode_response).
    ///
    /// # Errors
    /// It is no answer of this dialect to this request.
    fn decode_response(
        &self,
        echo: &Echo,
        command: &Command,
        at: i64,
        response: &Response<Bytes>,
    ) -> Result<Result<Outcome, Fault>, Malformed>;
}

/// How often a mount may be asked. What is absent is not limited. Counting, and the clock, are the edge's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// The window that requests are counted in, in milliseconds; at least 1.
    pub window: u64,
    /// Into how many parts the window is divided; at least 1. It slides by one part at a time: what was counted in its
    /// oldest is forgotten together.
    pub segments: u64,
    /// Requests of everybody in one window.
    pub all_users: Option<u64>,
    /// Requests of one user in one window.
    pub per_user: Option<u64>,
    /// Requests of one user under way at once.
    pub at_once_per_user: Option<u64>,
    /// Requests of everybody under way at once.
    pub at_once: Option<u64>,
}

/// The head of a request, as the edge saw it.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The method.
    pub method: &'a Method,
    /// The whole path, not decoded.
    pub path: &'a str,
    /// Which of [`Dialect::paths`](crate::Dialect::paths) it was found under; `None` where the dialect claimed it.
    pub base: Option<usize>,
    /// The path after that base, not decoded: empty, or beginning with `/`.
    pub rest: &'a str,
    /// The query, not decoded, without its `?`.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The scheme and authority the client used.
    pub origin: &'a Origin,
}

impl Head<'_> {
    /// The path up to and with the base, as the client sees it: what a root URL is built on.
    #[must_use]
    pub fn base_path(&self) -> &str {
        self.path.strip_suffix(self.rest).unwrap_or(self.path)
    }
}

/// The scheme and authority the client used, after what trusted proxies and `public_url` say: what stands in front of a
/// path in an absolute URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// `http` or `https`.
    pub scheme: String,
    /// Host, with its port where the client wrote one.
    pub authority: String,
    /// What a proxy took away in front of the path: empty, or beginning with `/` and not ending with one.
    pub prefix: String,
}

impl Origin {
    /// A scheme and an authority, with nothing taken away.
    #[must_use]
    pub fn new(scheme: impl Into<String>, authority: impl Into<String>) -> Origin {
        Origin { scheme: scheme.into(), authority: authority.into(), prefix: String::new() }
    }

    /// The absolute URL of a path, which is given in pieces, made at once in its full length.
    #[must_use]
    pub fn url(&self, path: &[&str]) -> String {
        let outside = [self.scheme.as_str(), "://", &self.authority, &self.prefix];
        let pieces = || outside.iter().chain(path);
        let mut url = String::with_capacity(pieces().map(|piece| piece.len()).sum());
        pieces().for_each(|piece| url.push_str(piece));
        url
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.prefix)
    }
}

/// What every answer to a request may need, taken from its head before anything could fail. One plain struct for all
/// dialects; each says in its `mod.rs` which fields it uses and how.
#[derive(Clone, Debug)]
pub struct Echo {
    /// What is asked for; `None` where no route matched.
    pub operation: Option<&'static Operation>,
    /// The index of that route in the dialect's own table.
    pub route: usize,
    /// Why the request is refused although its caller is known: no such route, wrong method, a format nobody writes.
    pub refusal: Option<Fault>,
    /// The API version the caller speaks, from 1; or which of a dialect's profiles.
    pub version: u8,
    /// The format of the answer.
    pub format: Format,
    /// The format of the request body.
    pub body: Format,
    /// The method.
    pub method: Method,
    /// The path below the API's root, as the dialect shows it in errors.
    pub path: String,
    /// The query, not decoded; empty where there is none.
    pub query: String,
    /// The `Range` header, where the dialect pages by it.
    pub range: Option<String>,
    /// The request's own URL, as the dialect shows it.
    pub request_url: String,
    /// The URL below which the API lives, as the dialect shows it.
    pub root_url: String,
    /// The id in the path or the query, decoded, as it was asked for.
    pub id: Option<String>,
}

/// A representation of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON.
    Json,
    /// XML.
    Xml,
}

/// Bytes that were not understood, and where. Whoever called the decoder knows whose fault that is, so there is no
/// conversion into a [`Fault`] here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// A JSON pointer, an element path, a parameter's name, or `line:column`; empty for the document as a whole.
    pub place: String,
    /// What is wrong there, and what was expected.
    pub problem: Cow<'static, str>,
    /// The dialect's own code for just this mistake.
    pub code: Option<&'static str>,
}

impl Malformed {
    /// Something is wrong at a place. Readers quote what they met, which may be as long as the body; of a long text
    /// the middle is left out, so that no answer and no line of the log grows with it.
    #[must_use]
    pub fn new(place: impl Into<String>, problem: impl Into<Cow<'static, str>>) -> Malformed {
        Malformed {
            place: abridged(place.into().into()).into_owned(),
            problem: abridged(problem.into()),
            code: None,
        }
    }

    /// Adds the dialect's own code.
    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> Malformed {
        self.code = Some(code);
        self
    }
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.place.is_empty() {
            f.write_str(&self.problem)
        } else {
            write!(f, "{}: {}", self.place, self.problem)
        }
    }
}

impl std::error::Error for Malformed {}

/// How many bytes of each end of a long text are kept.
const KEPT: usize = 250;

fn abridged(text: Cow<'static, str>) -> Cow<'static, str> {
    if text.len() <= 2 * KEPT {
        return text;
    }
    let head = &text[..text.floor_char_boundary(KEPT)];
    let tail = &text[text.ceil_char_boundary(text.len() - KEPT)..];
    format!("{head}…{tail}").into()
}

#[cfg(test)]
mod tests {
    use crate::grammar::{json, xml};

    #[test]
    fn a_mistake_is_told_without_the_whole_body() {
        let long = "ä".repeat(300_000);
        let wrong = json::read::<i64>(format!("\"{long}\"").as_bytes()).unwrap_err();
        assert!(
            wrong.to_string().len() < 2_000 && wrong.problem.contains("expected i64"),
            "{}",
            wrong.to_string().len()
        );
        for body in
            [format!("<{long}"), format!("<{long}/>"), format!("<a>&{long};</a>"), format!("<a><{long}>")]
        {
            let wrong = xml::read(body.as_bytes(), "a", |_| Ok(())).unwrap_err();
            assert!(wrong.to_string().len() < 2_000, "{}", wrong.to_string().len());
        }
    }
}
