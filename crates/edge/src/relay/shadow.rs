//! What ours would have been: after the legacy server has answered, its answer is read by the dialect's client half and
//! written again by its server half, and a job that is known here is read here too. What differs is where our bytes
//! would. Nobody waits for it, and nothing is done by it that a reading could do.
//!
//! How answers are compared is not known here, nor what becomes of those that differ: that is handed in.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use countermand_dialects::{Codec, Dialect, Echo, Safety};
use countermand_model::{Call, Caller, Command, Fault, FaultKind, Outcome};
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, Method, Response, StatusCode, Uri};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use crate::Engine;
use crate::metrics::{Against, ShadowFigures, Verdict};

/// The longest body that is kept for a comparison, in bytes. A longer one is counted as not compared.
pub const LONGEST_COPY: usize = 1 << 20;

/// How many exchanges are kept or compared at once: with both bodies, no more than twice as many times
/// [`LONGEST_COPY`].
const AT_ONCE: usize = 32;

/// How many places of a comparison stand in its line of the log.
const SHOWN: usize = 8;

/// Compares the legacy server's answer, which comes first, with ours.
pub type Compare = Arc<dyn Fn(&Response<Bytes>, &Response<Bytes>) -> Vec<Difference> + Send + Sync>;

/// Is handed each exchange whose answer ours would differ from.
pub type Keep = Arc<dyn Fn(Exchange) + Send + Sync>;

/// A place in which ours differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where: `status`, `header:content-type`, a JSON pointer, an element path.
    pub place: String,
    /// What the legacy server says there; `None`: nothing.
    pub legacy: Option<String>,
    /// What we would say; `None`: nothing.
    pub ours: Option<String>,
}

/// What the legacy server was asked and has answered.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The vendor's name of the operation; `unknown` where it is none.
    pub operation: &'static str,
    /// The request, as the client sent it: its body, and what it says of its path and of itself.
    pub request: (Method, Uri, HeaderMap, Bytes),
    /// The answer.
    pub response: Response<Bytes>,
    /// Where ours differs.
    pub places: Vec<String>,
}

/// What becomes of what is seen.
#[derive(Clone)]
pub struct ShadowConfig {
    /// Compares.
    pub compare: Compare,
    /// Keeps what differs; `None`: the log and the metrics are enough.
    pub keep: Option<Keep>,
    /// Who knows jobs here; `None`: nobody does.
    pub ledger: Option<Engine>,
    /// Now, in milliseconds since 1970 UTC, for answers that tell no time.
    pub clock: Arc<dyn Fn() -> i64 + Send + Sync>,
}

/// The shadow of a mount.
pub(super) struct Shadow {
    config: ShadowConfig,
    room: Arc<Semaphore>,
}

/// What is known of a request that will be compared.
pub(crate) struct Subject {
    pub(crate) dialect: &'static Dialect,
    pub(crate) codec: Arc<dyn Codec>,
    pub(crate) echo: Echo,
    /// Who asks.
    pub(crate) caller: Caller,
    pub(crate) request_id: String,
    pub(crate) figures: ShadowFigures,
    /// The request's method, target and headers.
    pub(crate) request: (Method, Uri, HeaderMap),
}

/// A body that goes by, as far as it is kept.
#[derive(Debug, Default)]
pub(super) struct Copied {
    bytes: BytesMut,
    /// Whether it is there to its end, and not too long.
    whole: bool,
    too_long: bool,
}

impl Copied {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.too_long |= self.bytes.len() + bytes.len() > LONGEST_COPY;
        if self.too_long {
            self.bytes = BytesMut::new();
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }

    pub(super) fn end(&mut self) {
        self.whole = !self.too_long;
    }

    fn take(&mut self) -> Option<Bytes> {
        self.whole.then(|| std::mem::take(&mut self.bytes).freeze())
    }
}

/// A copy that the one who sends fills and the one who compares reads.
pub(super) type Shared = Arc<Mutex<Copied>>;

/// An exchange while it goes by.
pub(crate) struct Watch {
    subject: Subject,
    config: ShadowConfig,
    asked: Shared,
    answered: Copied,
    head: Option<(StatusCode, HeaderMap)>,
    _room: OwnedSemaphorePermit,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("echo", &self.subject.echo).finish_non_exhaustive()
    }
}

impl Shadow {
    pub(super) fn new(config: ShadowConfig) -> Shadow {
        Shadow { config, room: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Begins to watch an exchange. `None`: it is one that is not compared, which is counted.
    pub(super) fn watch(&self, subject: Subject) -> Option<Watch> {
        let echo = &subject.echo;
        // A fixed document is no answer of a codec; what is handed out once is not looked at besides.
        let is_apart = echo
            .operation
            .is_some_and(|operation| operation.document.is_some() || operation.safety == Safety::Consuming);
        let room = Arc::clone(&self.room).try_acquire_owned().ok();
        let Some(room) = room.filter(|_| !is_apart && echo.method != Method::HEAD) else {
            subject.figures.count(Against::Codec, Verdict::NotCompared);
            return None;
        };
        let (config, asked) = (self.config.clone(), Shared::default());
        Some(Watch { subject, config, asked, answered: Copied::default(), head: None, _room: room })
    }
}

impl Watch {
    /// Where the request's body is copied to.
    pub(super) fn asked(&self) -> Shared {
        Arc::clone(&self.asked)
    }

    /// The answer has begun.
    pub(super) fn begins(&mut self, status: StatusCode, headers: &HeaderMap) {
        self.head = Some((status, headers.clone()));
    }

    /// More of the answer's body went by.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.answered.add(bytes);
    }

    /// The answer has gone by, to its end or not.
    pub(super) fn ends(mut self, whole: bool) {
        if whole {
            self.answered.end();
        }
        // Where nobody runs any more, nobody reads what came of it either.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(self.compare());
        }
    }

    async fn compare(mut self) {
        let figures = self.subject.figures.clone();
        let Some((legacy, body)) = self.exchange() else {
            figures.count(Against::Codec, Verdict::NotCompared);
            return;
        };
        let Watch { subject, config, .. } = self;
        let Subject { dialect, codec, echo, caller, request_id, request, .. } = subject;
        let (echo, legacy) = (Arc::new(echo), Arc::new(legacy));
        let told = Told { dialect, echo, codec, config, figures, legacy, request_id: request_id.clone() };
        let (aside_told, aside_body) = (told.clone(), body.clone());
        let Some((mut places, command)) = aside(move || aside_told.by_codec(&aside_body)).await else {
            told.figures.count(Against::Codec, Verdict::NotCompared);
            return;
        };
        let known = match told.config.ledger.clone().zip(command.filter(is_harmless)) {
            Some((ledger, command)) => {
                let call = Call { command, caller, dialect: dialect.name, request_id };
                ledger.oneshot(call).await.ok().filter(knows)
            }
            None => None,
        };
        if let Some(outcome) = known {
            let aside_told = told.clone();
            let here = aside(move || aside_told.differs(Against::Ledger, &Ok(outcome))).await;
            places.extend(here.unwrap_or_default());
        }
        if let (Some(keep), false) = (&told.config.keep, places.is_empty()) {
            places.sort();
            places.dedup();
            let (method, uri, headers) = request;
            let response = (*told.legacy).clone();
            let operation = told.operation();
            keep(Exchange { operation, request: (method, uri, headers, body), response, places });
        }
    }

    /// The answer and the request's body, where both are there to their ends and not packed.
    fn exchange(&mut self) -> Option<(Response<Bytes>, Bytes)> {
        let (status, headers) = self.head.take()?;
        let is_packed = |value: &http::HeaderValue| !value.as_bytes().eq_ignore_ascii_case(b"identity");
        if headers.get_all(CONTENT_ENCODING).iter().any(is_packed) {
            return None;
        }
        let body = self.asked.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let mut legacy = Response::new(self.answered.take()?);
        *legacy.status_mut() = status;
        *legacy.headers_mut() = headers;
        Some((legacy, body))
    }
}

/// A whole exchange.
#[derive(Clone)]
struct Told {
    dialect: &'static Dialect,
    echo: Arc<Echo>,
    codec: Arc<dyn Codec>,
    config: ShadowConfig,
    figures: ShadowFigures,
    legacy: Arc<Response<Bytes>>,
    request_id: String,
}

impl Told {
    /// The places in which the answer differs once it was read and written again, and what was asked.
    fn by_codec(&self, body: &[u8]) -> (Vec<String>, Option<Command>) {
        let command = match &self.echo.refusal {
            Some(refusal) => Err(refusal.clone()),
            None => self.codec.decode_request(&self.echo, body).map_err(|malformed| {
                Fault::new(FaultKind::Malformed, malformed.to_string()).with_code(malformed.code)
            }),
        };
        let command = match command {
            Ok(command) => command,
            // The legacy server may have understood it: a difference like any other.
            Err(fault) => return (self.differs(Against::Codec, &Err(fault)), None),
        };
        match self.codec.decode_response(&self.echo, &command, (self.config.clock)(), &self.legacy) {
            Ok(answer) => (self.differs(Against::Codec, &answer), Some(command)),
            Err(malformed) => {
                self.figures.count(Against::Codec, Verdict::Different);
                let (dialect, operation) = (self.dialect.name, self.operation());
                let (request_id, place) = (&self.request_id, &malformed.place);
                tracing::warn!(
                    dialect,
                    operation,
                    request_id,
                    place,
                    "shadow: an answer that we do not understand"
                );
                tracing::debug!(dialect, operation, request_id, %malformed, "shadow: why");
                (vec![format!("answer: {}", malformed.place)], Some(command))
            }
        }
    }

    /// The places in which ours would differ, had this come of it.
    fn differs(&self, against: Against, answer: &Result<Outcome, Fault>) -> Vec<String> {
        let ours = self.codec.encode_response(&self.echo, answer);
        let differences = (self.config.compare)(&self.legacy, &ours);
        let verdict = if differences.is_empty() { Verdict::Same } else { Verdict::Different };
        self.figures.count(against, verdict);
        if !differences.is_empty() {
            let places: Vec<_> = differences.iter().take(SHOWN).map(|found| found.place.as_str()).collect();
            let (dialect, operation, request_id) = (self.dialect.name, self.operation(), &self.request_id);
            let (count, against) = (differences.len(), against.name());
            // What stands there is the callers' own; the places say where to look.
            tracing::warn!(
                dialect,
                operation,
                request_id,
                against,
                count,
                ?places,
                "shadow: ours would differ"
            );
            for Difference { place, legacy, ours } in &differences {
                tracing::debug!(
                    dialect,
                    operation,
                    request_id,
                    against,
                    place,
                    ?legacy,
                    ?ours,
                    "shadow: a difference"
                );
            }
        }
        differences.into_iter().map(|difference| difference.place).collect()
    }

    fn operation(&self) -> &'static str {
        self.echo.operation.map_or("unknown", |operation| operation.name)
    }
}

/// Whether a command may be carried out here as well: it reads one job, and takes nothing.
fn is_harmless(command: &Command) -> bool {
    match command {
        Command::Status(status) => !status.results.takes(),
        Command::Permissions { .. } => true,
        // Lists show what is here and there, so they differ as long as jobs move; a sign of life is written down.
        Command::List { .. } | Command::Runs { .. } | Command::CheckIn { .. } => false,
        Command::Cancel(_)
        | Command::Hold(_)
        | Command::Release(_)
        | Command::Acknowledge { .. }
        | Command::DeleteOutput { .. }
        | Command::Delete { .. }
        | Command::Confirm { .. }
        | Command::Report { .. } => false,
    }
}

/// Whether the job is one that is known here.
fn knows(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Read { snapshot, .. } => snapshot.is_some(),
        Outcome::Permitted(permissions) => permissions.is_some(),
        Outcome::Acted { .. }
        | Outcome::Confirmed
        | Outcome::Listed { .. }
        | Outcome::Runs { .. }
        | Outcome::CheckedIn(_) => false,
    }
}

/// Runs a comparison where nobody's request waits for it: documents of a megabyte take their time. `None`: the codec
/// panicked over them.
#[expect(
    clippy::disallowed_methods,
    reason = "bounded by the room of `Shadow`, which every comparison holds"
)]
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}
