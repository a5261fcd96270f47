//! Mounts in front of legacy servers: what the edge leaves to them, and what becomes of what their shadow shows.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use countermand_bus::upstream::Upstream;
use countermand_bus::{Either, Onion, Settling};
use countermand_conformance::compare::{self, Seen};
use countermand_conformance::record::{Answered, Asked, Noted, Settings, Tape};
use countermand_dialects::Dialect;
use countermand_edge::{
    Compare, Difference, Engine, Exchange, Keep, Legacy, LegacyConfig, Mode, ShadowConfig,
};
use countermand_ledger::{Clock, Store};
use http::header::HOST;
use http::{HeaderValue, Response};
use tokio::sync::mpsc;

use crate::config;

/// How many exchanges may wait to be written down. What is more is lost: nobody is to wait for a fixture.
const WAITING: usize = 64;

/// The most fixtures of one run. Who has so many has read none.
const MOST: usize = 1000;

/// The legacy server of a mount. `ours` is the mount's own engine inside its onion.
pub(super) fn legacy(
    mount: &config::Mount,
    servers: &[config::Upstream],
    engines: &[Upstream],
    store: &Store,
    onion: &Onion,
    ours: &Engine,
    clock: &Arc<dyn Clock>,
) -> Option<Arc<Legacy>> {
    let legacy = mount.legacy.as_ref()?;
    let server = &servers[legacy.upstream];
    let wants = |mode| legacy.modes().any(|wanted| wanted == mode);
    let either = wants(Mode::ServeElsePassthrough).then(|| {
        let ledger = Engine::new(store.engine(&mount.namespace));
        let either = Either::new(ledger, Engine::new(engines[legacy.upstream].clone()));
        // Of jobs over there nobody tells when they stop.
        onion.around(either, Settling::Looked)
    });
    let shadow = wants(Mode::Shadow).then(|| ShadowConfig {
        compare: compare(),
        keep: legacy.shadow_into.as_deref().map(|folder| keep(folder, mount.dialect)),
        ledger: mount.upstream.is_none().then(|| ours.clone()),
        clock: {
            let clock = Arc::clone(clock);
            Arc::new(move || clock.now())
        },
    });
    Some(Arc::new(Legacy::new(LegacyConfig {
        base: server.base.clone(),
        trust: server.trust.clone(),
        timeout: server.timeout,
        host: legacy.host,
        credentials: server.authorization.clone().filter(|_| legacy.own_credentials),
        mode: legacy.mode,
        operations: legacy.operations.clone(),
        either,
        shadow,
    })))
}

/// The comparer of fixtures.
fn compare() -> Compare {
    Arc::new(|legacy: &Response<Bytes>, ours: &Response<Bytes>| {
        let found = compare::sides(&Seen::from(legacy), &Seen::from(ours));
        let difference = |compare::Difference { place, expected, seen, .. }| Difference {
            place,
            legacy: expected,
            ours: seen,
        };
        found.into_iter().map(difference).collect()
    })
}

/// Writes a fixture of each kind of difference into a folder, by the recorder: what no table of the dialect knows is
/// replaced, and no credentials are in it. Must be called within a Tokio runtime.
fn keep(folder: &Path, dialect: &'static Dialect) -> Keep {
    let (sender, mut exchanges) = mpsc::channel::<Exchange>(WAITING);
    let mut tape = Tape::new(Settings {
        into: folder.to_owned(),
        upstream: String::new(),
        dialect: Some(dialect),
        keep: Vec::new(),
        control: None,
        source: "a shadow".to_owned(),
    });
    tokio::spawn(async move {
        // One file for each operation, status and set of places: the thousandth of a kind teaches nothing.
        let mut known = BTreeSet::new();
        while let Some(exchange) = exchanges.recv().await {
            let status = exchange.response.status();
            let is_new = known.insert((exchange.operation, status.as_u16(), exchange.places.clone()));
            if !is_new || known.len() > MOST {
                continue;
            }
            if let Err(error) = write(&mut tape, exchange).await {
                tracing::error!(%error, "a fixture of a shadow cannot be written");
            }
        }
    });
    Arc::new(move |exchange| {
        if sender.try_send(exchange).is_err() {
            tracing::warn!("shadow: too many differences at once; one of them is not written down");
        }
    })
}

async fn write(tape: &mut Tape, exchange: Exchange) -> std::io::Result<()> {
    let Exchange { request: (method, uri, mut headers, body), response, places, .. } = exchange;
    // Over HTTP/2 the host stands in the target, and beats a header everywhere.
    if let Some(host) = uri.authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok()) {
        headers.insert(HOST, host);
    }
    tape.turn(format!("a shadow, in which these places differ: {}", places.join(", ")))?;
    let coming = tape.before(&method, &uri, &headers).await;
    let asked = Asked { method, uri, headers, body: Some(body) };
    let (head, body) = response.into_parts();
    let answered = Answered { status: head.status, headers: head.headers, body: Some(body) };
    let noted = tape.after(coming, &asked, &answered).await?;
    if let Noted::LeftOut(reason) = noted {
        tracing::warn!(reason, "shadow: a difference of which no fixture can be made");
    }
    // Each is a file of its own, and there as soon as it was seen.
    tape.turn("a shadow".to_owned())
}
