//! What is counted here: the requests of this API, and what the ledger counts of itself. Who shows it is not known here.

use std::fmt;

use countermand_ledger::Store;
use http::StatusCode;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use crate::routes::Route;

/// How many requests each route answered, by the first digit of the status.
pub(crate) struct Tally(Family<Answered, Counter>);

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    /// Empty, as the route is, for what was refused before a route was known to be meant.
    method: &'static str,
    route: &'static str,
    status: &'static str,
}

impl Tally {
    pub(crate) fn new(registry: &mut Registry) -> Tally {
        let requests = Family::default();
        let help = "Requests to the control API, by route and class of status";
        registry.register("countermand_control_requests", help, requests.clone());
        Tally(requests)
    }

    pub(crate) fn count(&self, route: Option<&'static Route>, status: StatusCode) {
        let (method, route) = route.map_or(("", ""), |route| (route.method.as_str(), route.path));
        self.0.get_or_create(&Answered { method, route, status: class(status) }).inc();
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        0 | 1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

/// The ledger's figures, read when they are asked for.
pub(crate) struct LedgerFigures(pub(crate) Store);

impl fmt::Debug for LedgerFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LedgerFigures")
    }
}

impl Collector for LedgerFigures {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let figures = self.0.figures();
        let (commands, commits) = (ConstCounter::new(figures.commands), ConstCounter::new(figures.commits));
        let copies = ConstCounter::new(figures.copies);
        let waiting = ConstGauge::new(figures.waiting);
        let mut write = |name, help, metric: &dyn EncodeMetric| {
            metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)
        };
        write("countermand_ledger_commands", "Changing commands committed.", &commands)?;
        write("countermand_ledger_commits", "Commits, each of one or more writes.", &commits)?;
        write("countermand_ledger_copies", "Readings answered by a copy in memory.", &copies)?;
        write("countermand_ledger_waiting", "Writes that wait for the writer.", &waiting)
    }
}
