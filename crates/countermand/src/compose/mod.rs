//! From a checked configuration to a gateway: the one place where ledger, realms, codecs, engines, edge and control
//! API meet. Building binds no address, so that a test has a whole gateway in its own process.

mod legacy;

mod serve;

mod start_error;

mod upstream;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_bus::upstream::Upstream;
use countermand_bus::{Limits, Onion, Settled, Settling};
use countermand_control::Control;
use countermand_edge::{Denied, DeniedHook, Edge, Engine, Realm, RealmConfig, RealmError, Settings};
use countermand_ledger::{self as ledger, Clock, Location, Store};
use prometheus_client::registry::Registry;

use crate::config::{self, Config, Ledger, UserFiles, Users};

pub use serve::{Listening, run, terminated};
pub use start_error::StartError;

/// How many connections read the ledger beside its writer. SQLite reads from memory mostly: more than the processors
/// of a small machine gain nothing.
const READERS: usize = 4;

/// A gateway in this process. Each part is a handle; clones share one gateway.
#[derive(Clone)]
pub struct Gateway {
    /// The jobs.
    pub store: Store,
    /// The dialects, as a tower service of HTTP requests.
    pub edge: Edge,
    /// The control API likewise; without tokens, where the configuration has none, it refuses everybody.
    pub control: Control,
    /// The engines whose jobs live on legacy servers.
    pub upstreams: Vec<Upstream>,
}

impl Gateway {
    /// Opens the ledger and the realms and puts everything together. Blocks while it reads files. Must be called
    /// within a Tokio runtime.
    ///
    /// # Errors
    /// The ledger or a realm does not open, or two mounts are at one path.
    pub fn build(config: &Config, clock: Arc<dyn Clock>) -> Result<Gateway, StartError> {
        let realms = open_realms(config).map_err(StartError::Realms)?;
        let store = open_store(config, Arc::clone(&clock))?;
        let mut registry = Registry::default();
        let settings = Settings {
            public_url: config.server.public_url.clone(),
            trusted_proxies: config.server.trusted_proxies.clone(),
            body_limit: config.limits.body,
            body_timeout: config.limits.body_timeout,
            access_log: config.access,
        };
        let onion = Onion::new(Limits {
            in_flight: config.limits.in_flight,
            call_timeout: config.limits.call_timeout,
        });
        let upstreams = upstream::engines(&config.upstreams, &store, &clock, &mut registry);
        let mount = |mount: &config::Mount| {
            let mut made = self::mount(mount, &onion, &realms, &store, &upstreams);
            made.legacy =
                legacy::legacy(mount, &config.upstreams, &upstreams, &store, &onion, &made.engine, &clock);
            made
        };
        let mounts = config.mounts.iter().map(mount).collect();
        let edge = Edge::new(settings, mounts, &mut registry).map_err(StartError::Mounts)?;
        let tokens = config.control.as_ref().map(|control| control.tokens.clone()).unwrap_or_default();
        let control = Control::new(store.clone(), tokens, registry);
        Ok(Gateway { store, edge, control, upstreams })
    }

    /// Settles what an earlier process sent to legacy servers and did not see the end of. To be called before the first
    /// request; nothing is sent again.
    pub async fn recover(&self) {
        for upstream in &self.upstreams {
            upstream.recover().await;
        }
    }
}

/// What to know of the files of users, before they are opened.
///
/// # Errors
/// Every mistake in every realm's file.
pub fn inspect_realms(config: &Config) -> Result<Vec<RealmError>, Vec<RealmError>> {
    let inspected = config.realms.iter().map(|realm| match &realm.users {
        Users::One { .. } => Ok(Vec::new()),
        Users::Files(files) => Realm::inspect(&realm_config(&realm.name, files)),
    });
    all(inspected).map(|warnings| warnings.into_iter().flatten().collect())
}

/// Opens every realm, or tells what is wrong with any of them.
fn open_realms(config: &Config) -> Result<Vec<Arc<Realm>>, Vec<RealmError>> {
    all(config.realms.iter().map(|realm| match &realm.users {
        Users::One { user, password } => Ok(Realm::of_one(&realm.name, user, password)),
        Users::Files(files) => Realm::open(realm_config(&realm.name, files)),
    }))
}

/// Everything that came of several things, or every mistake in any of them.
fn all<T>(results: impl Iterator<Item = Result<T, Vec<RealmError>>>) -> Result<Vec<T>, Vec<RealmError>> {
    let mut fine = Vec::new();
    let mut mistakes = Vec::new();
    for result in results {
        match result {
            Ok(one) => fine.push(one),
            Err(more) => mistakes.extend(more),
        }
    }
    if mistakes.is_empty() { Ok(fine) } else { Err(mistakes) }
}

fn realm_config(name: &str, files: &UserFiles) -> RealmConfig {
    RealmConfig {
        name: name.to_owned(),
        htpasswd: files.htpasswd.clone(),
        tokens: files.tokens.clone(),
        read: files.read.clone(),
        write: files.write.clone(),
        admin: files.admin.clone(),
        groups: files.groups.iter().cloned().collect::<BTreeMap<_, _>>(),
    }
}

fn open_store(config: &Config, clock: Arc<dyn Clock>) -> Result<Store, StartError> {
    let location = match &config.ledger {
        Ledger::Memory => Location::Memory,
        Ledger::File(file) => Location::File(file.clone()),
    };
    let config = ledger::Config {
        durable: matches!(location, Location::File(_)),
        location,
        clock,
        // One more than may be in flight could never wait here.
        queue: config.limits.in_flight,
        readers: READERS,
    };
    Store::open(config).map_err(StartError::Ledger)
}

fn mount(
    mount: &config::Mount,
    onion: &Onion,
    realms: &[Arc<Realm>],
    store: &Store,
    upstreams: &[Upstream],
) -> countermand_edge::Mount {
    let engine = match mount.upstream {
        Some(index) => onion.around(upstreams[index].clone(), Settling::Looked),
        None => engine(onion, store, &mount.namespace),
    };
    countermand_edge::Mount {
        dialect: mount.dialect,
        codec: Arc::clone(&mount.codec),
        prefix: mount.prefix.clone(),
        path: mount.path.clone(),
        realm: mount.realm.map(|realm| Arc::clone(&realms[realm])),
        own_scope: mount.own_scope,
        engine,
        denied: denied(store.clone(), mount.namespace.clone()),
        legacy: None,
    }
}

/// The ledger's engine over one namespace, and how it tells the onion that a cancel has come to its end.
fn engine(onion: &Onion, store: &Store, namespace: &str) -> Engine {
    let (settling, its_namespace) = (store.clone(), namespace.to_owned());
    let settled: Settled = Arc::new(move |number, limit| {
        let (store, namespace) = (settling.clone(), its_namespace.clone());
        Box::pin(async move { store.settled(&namespace, number, limit).await })
    });
    onion.around(store.engine(namespace), Settling::Told(settled))
}

/// A known user who may not has a row in the audit.
fn denied(store: Store, namespace: String) -> DeniedHook {
    Arc::new(move |denied: Denied| {
        let (store, namespace) = (store.clone(), namespace.clone());
        Box::pin(async move {
            let request_id = denied.request_id.clone();
            let denied = ledger::Denied {
                caller: denied.caller,
                dialect: denied.dialect,
                operation: denied.operation.to_owned(),
                written: denied.written,
                request_id: denied.request_id,
            };
            if let Err(fault) = store.audit_refusal(&namespace, denied).await {
                tracing::error!(%fault, request_id, "a refusal is not in the audit");
            }
        })
    })
}
