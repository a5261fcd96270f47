//! What is counted of a server behind the gateway. Who shows it, and where, is not known here.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The counters of all servers behind one gateway.
#[derive(Clone, Debug, Default)]
pub struct UpstreamFigures {
    requests: Family<Came, Counter>,
    refused: Family<Refused, Counter>,
    breaker: Family<Of, Gauge>,
    left_out: Family<Of, Counter>,
}

/// The counters of one server.
#[derive(Clone, Debug)]
pub(super) struct Figures {
    engine: String,
    all: UpstreamFigures,
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CameOf {
    /// It was answered.
    Answered,
    /// It was answered by a proxy, or a server that is not up: 502, 503, 504.
    Unavailable,
    /// Nothing of it was sent.
    Unsent,
    /// It was sent, or may have been, and no whole answer came.
    Unanswered,
}

/// Why a call was refused before anything was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Because {
    /// As many calls as there may be are under way.
    Overloaded,
    /// The server is left alone.
    Open,
}

/// Where a breaker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    Closed,
    Probing,
    Open,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Of {
    engine: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Came {
    engine: String,
    came_of: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Refused {
    engine: String,
    because: &'static str,
}

impl UpstreamFigures {
    /// Counters that are shown by `registry`.
    pub fn new(registry: &mut Registry) -> UpstreamFigures {
        let figures = UpstreamFigures::default();
        let help = "Requests to servers behind the gateway, by what came of them";
        registry.register("countermand_upstream_requests", help, figures.requests.clone());
        let help = "Calls refused before anything was asked of the server behind";
        registry.register("countermand_upstream_refused", help, figures.refused.clone());
        let help = "Whether a server behind is left alone: 0 no, 1 one call finds out, 2 yes";
        registry.register("countermand_upstream_breaker", help, figures.breaker.clone());
        let help = "Jobs of a server behind that a list left out, having no id in the caller's dialect";
        registry.register("countermand_upstream_left_out", help, figures.left_out.clone());
        figures
    }

    /// The counters of one server.
    pub(super) fn of(&self, engine: &str) -> Figures {
        Figures { engine: engine.to_owned(), all: self.clone() }
    }
}

impl Figures {
    pub(super) fn asked(&self, came_of: CameOf) {
        let came_of = match came_of {
            CameOf::Answered => "answered",
            CameOf::Unavailable => "unavailable",
            CameOf::Unsent => "unsent",
            CameOf::Unanswered => "unanswered",
        };
        self.all.requests.get_or_create_owned(&Came { engine: self.engine.clone(), came_of }).inc();
    }

    pub(super) fn refused(&self, because: Because) {
        let because = match because {
            Because::Overloaded => "overloaded",
            Because::Open => "open",
        };
        self.all.refused.get_or_create_owned(&Refused { engine: self.engine.clone(), because }).inc();
    }

    pub(super) fn left_out(&self, jobs: u64) {
        self.all.left_out.get_or_create_owned(&Of { engine: self.engine.clone() }).inc_by(jobs);
    }

    pub(super) fn stands(&self, stand: Stand) {
        let value = match stand {
            Stand::Closed => 0,
            Stand::Probing => 1,
            Stand::Open => 2,
        };
        self.all.breaker.get_or_create_owned(&Of { engine: self.engine.clone() }).set(value);
    }

    /// Counters that nobody shows.
    #[cfg(test)]
    pub(super) fn unseen(engine: &str) -> Figures {
        UpstreamFigures::default().of(engine)
    }
}
