//! What is counted of requests. Who shows it, and where, is not known here.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::log::Seen;

/// The buckets, in seconds, that OpenTelemetry's HTTP conventions give `http.server.request.duration`, with three
/// below them: most of our answers take less than a millisecond.
const BUCKETS: [f64; 17] =
    [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The counters of one edge.
pub(crate) struct Metrics {
    requests: Family<Answered, Counter>,
    durations: Family<Asked, Histogram, fn() -> Histogram>,
    authentications: Family<Authenticated, Counter>,
    shadows: Family<Shadowed, Counter>,
    /// What was counted before, by where the names of the dialect and the operation stand: every request comes here, and
    /// a look into two families by all the letters of their labels is a fiftieth of a poll.
    known: RwLock<HashMap<Place, (Counter, Histogram)>>,
}

/// Where the names of a dialect and of an operation stand, and a status.
type Place = (usize, usize, u16);

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    dialect: &'static str,
    operation: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Asked {
    dialect: &'static str,
    operation: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Authenticated {
    realm: String,
    cache: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Shadowed {
    dialect: &'static str,
    operation: &'static str,
    against: &'static str,
    verdict: &'static str,
}

/// What a legacy server's answer was held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Against {
    /// Itself, read and written again.
    Codec,
    /// The answer from what is known here.
    Ledger,
}

impl Against {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Against::Codec => "codec",
            Against::Ledger => "ledger",
        }
    }
}

/// What came of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Same,
    Different,
    NotCompared,
}

/// The counters of the shadow of one operation.
#[derive(Clone, Debug)]
pub(crate) struct ShadowFigures {
    shadows: Family<Shadowed, Counter>,
    dialect: &'static str,
    operation: &'static str,
}

impl ShadowFigures {
    pub(crate) fn count(&self, against: Against, verdict: Verdict) {
        let verdict = match verdict {
            Verdict::Same => "same",
            Verdict::Different => "different",
            Verdict::NotCompared => "not_compared",
        };
        let ShadowFigures { shadows, dialect, operation } = self;
        let labels = Shadowed { dialect, operation, against: against.name(), verdict };
        shadows.get_or_create(&labels).inc();
    }
}

/// How often a realm knew a password at once, and how often it had to verify one.
#[derive(Clone, Debug, Default)]
pub(crate) struct CacheMetrics {
    pub(crate) hits: Counter,
    pub(crate) misses: Counter,
}

impl Metrics {
    pub(crate) fn new(registry: &mut Registry) -> Metrics {
        let metrics = Metrics {
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            authentications: Family::default(),
            shadows: Family::default(),
            known: RwLock::default(),
        };
        let help = "Requests answered, by what was asked for and the status";
        registry.register("countermand_requests", help, metrics.requests.clone());
        let help = "Time from the head of a request to its answer";
        let name = "countermand_request_duration";
        registry.register_with_unit(name, help, Unit::Seconds, metrics.durations.clone());
        let help = "Passwords looked at, by whether the verdict was remembered";
        registry.register("countermand_authentications", help, metrics.authentications.clone());
        let help = "Answers of legacy servers held against ours, by what came of it";
        registry.register("countermand_shadows", help, metrics.shadows.clone());
        metrics
    }

    /// The counters of what is seen in the shadow of a request.
    pub(crate) fn of_shadow(&self, seen: &Seen) -> ShadowFigures {
        let (shadows, dialect, operation) = (self.shadows.clone(), seen.dialect, seen.operation_name());
        ShadowFigures { shadows, dialect, operation }
    }

    /// The counters of one realm.
    pub(crate) fn of_realm(&self, realm: &str) -> CacheMetrics {
        let of = |cache| {
            self.authentications.get_or_create_owned(&Authenticated { realm: realm.to_owned(), cache })
        };
        CacheMetrics { hits: of("hit"), misses: of("miss") }
    }

    pub(crate) fn count(&self, seen: &Seen, status: http::StatusCode, seconds: f64) {
        let (dialect, operation, status) = (seen.dialect, seen.operation_name(), status.as_u16());
        let key = (dialect.as_ptr().addr(), operation.as_ptr().addr(), status);
        // Nothing that can panic runs under the lock.
        if let Some((requests, durations)) =
            self.known.read().unwrap_or_else(PoisonError::into_inner).get(&key)
        {
            requests.inc();
            return durations.observe(seconds);
        }
        let requests = self.requests.get_or_create_owned(&Answered { dialect, operation, status });
        let durations = self.durations.get_or_create_owned(&Asked { dialect, operation });
        requests.inc();
        durations.observe(seconds);
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(key, (requests, durations));
    }
}
