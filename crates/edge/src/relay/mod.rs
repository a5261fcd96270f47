//! A mount in front of the legacy server that it will replace one day: which operations that server answers, and how
//! its answers come through. It knows HTTP and no dialect: nothing that passes here is understood, so nothing of it can
//! be lost.
//!
//! A request is sent once. What hyper hands back because no connection had taken it is given to another one, and that is
//! all: whether a server has seen a request, nobody knows once its first byte was written.
//!
//! Reading order: [`Legacy`], `headers`, `framing`, `upload` and `download`.

mod download;

mod framing;

mod headers;

mod shadow;

mod target;

mod upload;

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::time::Duration;

use countermand_model::{Fault, FaultKind};
use countermand_upstream::{Base, Cause, Link, NoAnswer, Trust};
use http::header::{HOST, TRANSFER_ENCODING};
use http::request::Parts;
use http::{Extensions, HeaderValue, Request, Response, StatusCode, Version};
use http_body::Body as _;
use tokio::time::{Instant, sleep};

use self::headers::{Edits, Teller};
use self::shadow::Shadow;
use self::target::Places;
use crate::mount::Found;
use crate::origin::Arrival;
use crate::{Engine, Mount};

pub(crate) use self::download::Download;
pub(crate) use self::shadow::Subject;
pub use self::shadow::{Compare, Difference, Exchange, Keep, LONGEST_COPY, ShadowConfig};
pub(crate) use self::upload::{Progress, Upload};

/// Who answers an operation of a mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// We do, from the mount's engine.
    Serve,
    /// The legacy server; its answer streams through.
    Passthrough,
    /// The legacy server, whose answer streams through; afterwards it is seen how ours would differ.
    Shadow,
    /// We do, where the job is known here; where it is not, the legacy server is asked.
    ServeElsePassthrough,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Mode; 4] = [Mode::Serve, Mode::Passthrough, Mode::Shadow, Mode::ServeElsePassthrough];

    /// The name, as configuration writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Mode::Serve => "serve",
            Mode::Passthrough => "passthrough",
            Mode::Shadow => "shadow",
            Mode::ServeElsePassthrough => "serve-else-passthrough",
        }
    }

    /// Whether the legacy server's own bytes are the answer.
    #[must_use]
    pub const fn is_relayed(self) -> bool {
        match self {
            Mode::Passthrough | Mode::Shadow => true,
            Mode::Serve | Mode::ServeElsePassthrough => false,
        }
    }
}

/// What the legacy server is called in `Host`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum HostName {
    /// What the client calls us. The name was the legacy server's own before we came, and the URLs in its answers then
    /// lead to us.
    #[default]
    Client,
    /// What its URL calls it.
    Legacy,
}

/// What is known of a legacy server.
#[derive(Clone)]
pub struct LegacyConfig {
    /// Its URL.
    pub base: Base,
    /// Its TLS.
    pub trust: Trust,
    /// Until an answer has begun, from the end of the request on; and between two parts of it.
    pub timeout: Duration,
    /// What it is called.
    pub host: HostName,
    /// Replaces the callers' own credentials, cookies among them; `None`: theirs go through untouched.
    pub credentials: Option<HeaderValue>,
    /// Who answers what is not named in `operations`, and what is no operation at all.
    pub mode: Mode,
    /// Who answers these, by the vendor's names.
    pub operations: Vec<(&'static str, Mode)>,
    /// Who answers calls under [`Mode::ServeElsePassthrough`]; `None` where that is not.
    pub either: Option<Engine>,
    /// What becomes of what is seen under [`Mode::Shadow`]; `None` where that is not.
    pub shadow: Option<ShadowConfig>,
}

/// The legacy server behind a mount.
pub struct Legacy {
    link: Link<Upload>,
    host: HeaderValue,
    places: Places,
    shadow: Option<Shadow>,
    config: LegacyConfig,
}

impl fmt::Debug for Legacy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LegacyConfig { base, mode, .. } = &self.config;
        f.debug_struct("Legacy").field("base", base).field("mode", mode).finish_non_exhaustive()
    }
}

/// A body that did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut(String);

impl Cut {
    fn new(why: impl Into<String>) -> Cut {
        Cut(why.into())
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Cut {}

/// Why nothing came through: what the caller is told, and what `Proxy-Status` says of it (RFC 9209 §2.3).
pub(crate) struct Failed {
    pub(crate) fault: Fault,
    pub(crate) error: &'static str,
}

/// A request to be passed on.
pub(crate) struct Passing<'a> {
    pub(crate) found: &'a Found<'a>,
    pub(crate) parts: &'a Parts,
    /// Of the request: among them how the client spelt its headers, which only hyper can read.
    pub(crate) extensions: Extensions,
    pub(crate) arrival: &'a Arrival,
    pub(crate) request_id: &'a str,
    /// How long its body may take.
    pub(crate) body_timeout: Duration,
    /// What is to be compared with ours afterwards.
    pub(crate) subject: Option<Subject>,
}

impl Legacy {
    /// The server that a configuration describes. Connects to nothing yet.
    #[must_use]
    pub fn new(config: LegacyConfig) -> Legacy {
        let host = config.base.host();
        let places = Places::of(&config.base);
        let link = Link::new(places.server(), &config.trust, config.timeout);
        let shadow = config.shadow.clone().map(Shadow::new);
        Legacy { link, host, places, shadow, config }
    }

    /// Who answers an operation; `None` is a path that is none.
    pub(crate) fn mode(&self, operation: Option<&str>) -> Mode {
        let named = self.config.operations.iter().find(|(name, _)| Some(*name) == operation);
        named.map_or(self.config.mode, |(_, mode)| *mode)
    }

    /// Who answers calls where both may.
    pub(crate) fn either(&self) -> Option<&Engine> {
        self.config.either.as_ref()
    }

    /// Passes a request on, and tells what the answer begins with as soon as it begins.
    ///
    /// Dropping the future, or the body of the answer, ends the request there too.
    pub(crate) async fn pass(
        &self,
        mut passing: Passing<'_>,
        mut upload: Upload,
    ) -> Result<Response<Download>, Failed> {
        let subject = passing.subject.take();
        let watch = self.shadow.as_ref().zip(subject).and_then(|(shadow, subject)| shadow.watch(subject));
        let mut watch = watch.map(Box::new);
        if let Some(watch) = &watch {
            upload.copy_to(watch.asked());
        }
        let has_body = !upload.is_end_stream();
        let progress = has_body.then(|| upload.progress());
        let request_id = passing.request_id;
        let body_timeout = if has_body { passing.body_timeout } else { Duration::ZERO };
        let request = self.request(passing, upload).map_err(|why| Failed {
            fault: Fault::new(FaultKind::Malformed, "The path cannot be passed on.").with_detail(why),
            error: Cause::Target.proxy_status(),
        })?;
        let until = Instant::now() + body_timeout + self.config.timeout;
        let connection = headers::connection(request.headers());
        let mut sending = pin!(self.link.send(request, connection, until));
        let mut patience = None;
        let answer = poll_fn(|context| {
            let answer = sending.as_mut().poll(context);
            if answer.is_ready() || !progress.as_deref().is_some_and(Progress::is_done) {
                return answer;
            }
            // All of the body is with the server: from here on it is its time.
            let patience = patience.get_or_insert_with(|| Box::pin(sleep(self.config.timeout)));
            patience.as_mut().poll(context).map(|()| Err(late()))
        });
        let answer = answer.await;
        let answer = answer.map_err(|no_answer| failed(&no_answer, progress.as_deref()))?;
        if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
            let fault = Fault::new(FaultKind::Unreachable, NONSENSE);
            return Err(Failed {
                fault: fault.with_detail("it switches protocols unasked"),
                error: "http_upgrade_failed",
            });
        }
        let (mut parts, body) = answer.into_parts();
        if let Some(watch) = &mut watch {
            watch.begins(parts.status, &parts.headers);
        }
        let kept = headers::of_response(&parts.headers, self.config.credentials.is_some());
        parts.headers = kept.map_err(|why| Failed {
            fault: Fault::new(FaultKind::Unreachable, NONSENSE).with_detail(why),
            error: Cause::NotHttp.proxy_status(),
        })?;
        // What is between the legacy server and us is no concern of the client.
        parts.version = Version::HTTP_11;
        let download = Download::new(body, self.config.timeout, progress, request_id, watch);
        Ok(Response::from_parts(parts, download))
    }

    fn request(&self, passing: Passing<'_>, upload: Upload) -> Result<Request<Upload>, String> {
        let Passing { found, parts, extensions, arrival, request_id, .. } = passing;
        let Mount { prefix, .. } = found.mount;
        let uri = self.places.target(found, &parts.uri)?;
        let host = match self.config.host {
            HostName::Legacy => Some(self.host.clone()),
            HostName::Client => match parts.uri.authority() {
                // RFC 9112 §3.2.2 and RFC 9113 §8.3.1: whatever stands in `Host` beside it.
                Some(authority) => HeaderValue::from_str(authority.as_str()).ok(),
                None if parts.headers.contains_key(HOST) => None,
                None => HeaderValue::from_str(&arrival.origin.authority).ok(),
            },
        };
        let prefix = [arrival.origin.prefix.as_str(), prefix].concat();
        let progress = upload.progress();
        let credentials = self.config.credentials.clone();
        let cookies = (parts.version == Version::HTTP_2).then(|| headers::cookies(&parts.headers)).flatten();
        let edits = Edits { host, credentials, cookies, expects: progress.is_held() };
        let teller = Teller { arrival, prefix: &prefix, request_id };
        let mut headers = headers::of_request(&parts.headers, edits, &teller);
        if !upload.is_end_stream() && upload.size_hint().exact().is_none() {
            // hyper sends no body with a GET of which nobody says that it has one.
            headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        }
        let mut request = Request::new(upload);
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        *request.extensions_mut() = extensions;
        if progress.is_held() {
            hyper::ext::on_informational(&mut request, move |told| {
                if told.status() == StatusCode::CONTINUE {
                    progress.asked();
                }
            });
        }
        Ok(request)
    }
}

const UNREACHABLE: &str = "The server behind this gateway could not be reached. Nothing was done.";

const NONSENSE: &str = "The server behind this gateway broke off, or its answer was not understood. Whether the command was carried out is not known; read the status.";

fn late() -> NoAnswer {
    let why = "the request was sent, and no answer had begun in time".to_owned();
    NoAnswer { unsent: false, cause: Cause::Late, why }
}

fn failed(no_answer: &NoAnswer, upload: Option<&Progress>) -> Failed {
    let error = no_answer.cause.proxy_status();
    if let Some(fault) = upload.and_then(Progress::mistake) {
        return Failed { fault: fault.with_detail(&no_answer.why), error: "http_request_error" };
    }
    let fault = match no_answer.cause {
        Cause::Target => Fault::new(FaultKind::Malformed, "The path cannot be passed on."),
        Cause::ConnectTimeout => Fault::new(
            FaultKind::Timeout,
            "The server behind this gateway does not take connections. Nothing was done.",
        ),
        Cause::Late => Fault::new(
            FaultKind::Timeout,
            "The server behind this gateway did not answer in time. Whether the command was carried out is not known; read the status.",
        ),
        Cause::Name | Cause::Refused | Cause::Tls | Cause::Connect | Cause::Cut | Cause::NotHttp => {
            Fault::new(FaultKind::Unreachable, if no_answer.unsent { UNREACHABLE } else { NONSENSE })
        }
    };
    Failed { fault: fault.with_detail(&no_answer.why), error }
}
