//! Engines whose jobs live on legacy servers, and the ledger's part in them: where the bus has functions, there is the
//! journal of a store.

use std::sync::Arc;
use std::time::Duration;

use countermand_bus::upstream::{Journal, Leftover, Namesake, Upstream, UpstreamFigures, UpstreamSettings};
use countermand_ledger::{self as ledger, AuditRow, AuditTarget, Clock, Store, Ticket};
use countermand_model::{Acted, Target};
use countermand_upstream::Link;
use prometheus_client::registry::Registry;

use crate::config;

/// Until a connection to a server is there. A server that does not take one within this is out of reach, whatever time
/// its command has left.
const CONNECT: Duration = Duration::from_secs(5);

/// The engine of each server, in the order of the configuration.
pub(super) fn engines(
    servers: &[config::Upstream],
    store: &Store,
    clock: &Arc<dyn Clock>,
    registry: &mut Registry,
) -> Vec<Upstream> {
    if servers.is_empty() {
        // No figures either, of which there would be none.
        return Vec::new();
    }
    let figures = UpstreamFigures::new(registry);
    let engine = |server: &config::Upstream| {
        let clock = Arc::clone(clock);
        let settings = UpstreamSettings {
            name: server.name.clone(),
            dialect: server.dialect,
            codec: Arc::clone(&server.codec),
            link: Link::new(server.base.clone(), &server.trust, CONNECT),
            authorization: server.authorization.clone(),
            timeout: server.timeout,
            concurrency: server.concurrency,
            journal: journal(&store.journal(&server.namespace, &server.name)),
            clock: Arc::new(move || clock.now()),
        };
        Upstream::new(settings, &figures)
    };
    servers.iter().map(engine).collect()
}

/// The ledger's journal as the bus knows it.
fn journal(journal: &ledger::Journal) -> Journal {
    let (sent, settled, refused) = (journal.clone(), journal.clone(), journal.clone());
    let (came_to_nothing, unsettled, namesakes) = (journal.clone(), journal.clone(), journal.clone());
    Journal {
        sent: Arc::new(move |call| {
            let journal = sent.clone();
            Box::pin(async move { journal.sent(&call).await.map(|Ticket(ticket)| ticket) })
        }),
        settled: Arc::new(move |(ticket, at, acted)| {
            let journal = settled.clone();
            let targets = acted.iter().map(audited).collect();
            Box::pin(async move { journal.settled(Ticket(ticket), at, targets).await })
        }),
        came_to_nothing: Arc::new(move |(ticket, kind)| {
            let journal = came_to_nothing.clone();
            Box::pin(async move { journal.came_to_nothing(Ticket(ticket), kind).await })
        }),
        refused: Arc::new(move |(call, kind)| {
            let journal = refused.clone();
            Box::pin(async move { journal.refused(&call, kind).await })
        }),
        unsettled: Arc::new(move |()| {
            let journal = unsettled.clone();
            Box::pin(async move {
                let rows = journal.unsettled().await?;
                Ok(rows.into_iter().map(|(Ticket(ticket), row)| leftover(ticket, row)).collect())
            })
        }),
        namesakes: Arc::new(move |(dialect, targets)| {
            let journal = namesakes.clone();
            Box::pin(async move {
                let found = journal.namesakes(dialect, targets).await?.into_iter();
                Ok(found.map(|job| job.map(namesake)).collect())
            })
        }),
    }
}

fn audited(acted: &Acted) -> AuditTarget {
    AuditTarget {
        written: acted.target.written.clone(),
        number: acted.target.number,
        effect: Some(acted.effect),
        before: acted.before,
        after: acted.after.as_ref().map(|after| after.job.state),
    }
}

fn leftover(ticket: u64, row: AuditRow) -> Leftover {
    let target =
        |target: AuditTarget| Target { written: target.written, number: target.number, dataset: None };
    Leftover {
        ticket,
        command: row.command,
        dialect: row.dialect,
        user: row.by,
        request_id: row.request_id,
        targets: row.targets.into_iter().map(target).collect(),
    }
}

fn namesake(found: ledger::Namesake) -> Namesake {
    Namesake { number: found.number, aliases: found.aliases }
}
