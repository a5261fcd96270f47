//! A gateway on its addresses: bound before anybody is told that it is ready, and ended in good order.

use std::net::SocketAddr;
use std::sync::Arc;

use countermand_edge::Mode;
use countermand_edge::listen::{self, Tls, TlsFiles, Transport};
use countermand_ledger::{Clock, Wall};
use futures_util::FutureExt;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::{Gateway, StartError};
use crate::config::{Config, Limits, Mount};

/// A gateway whose addresses are bound: connections wait in the backlog until it serves.
pub struct Listening {
    gateway: Gateway,
    edge: (TcpListener, Transport),
    control: Option<(TcpListener, Transport)>,
    limits: Limits,
}

/// Builds a gateway on the wall clock and serves it until `shutdown`.
///
/// # Errors
/// Why it did not start.
pub async fn run(
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    let clock: Arc<dyn Clock> = Arc::new(Wall);
    let gateway = Gateway::build(&config, clock)?;
    for note in &config.notes {
        tracing::warn!("{note}");
    }
    let listening = gateway.listen(&config).await?;
    listening.serve(shutdown).await;
    Ok(())
}

impl Gateway {
    /// Binds the addresses of the configuration.
    ///
    /// # Errors
    /// One of them cannot be listened at.
    pub async fn listen(self, config: &Config) -> Result<Listening, StartError> {
        let server = &config.server;
        let proxies = server.proxy_protocol.then(|| server.trusted_proxies.as_slice().into());
        let passes =
            |mount: &Mount| mount.legacy.as_ref().is_some_and(|legacy| legacy.modes().any(Mode::is_relayed));
        let keeps_spelling = config.mounts.iter().any(passes);
        let transport = Transport { proxy_protocol: proxies, tls: tls(server.tls.as_ref())?, keeps_spelling };
        let edge = (bind("the dialects", server.listen).await?, transport);
        let control = match &config.control {
            Some(control) => {
                let transport = Transport { tls: tls(control.tls.as_ref())?, ..Transport::default() };
                Some((bind("the control API", control.listen).await?, transport))
            }
            None => None,
        };
        Ok(Listening { gateway: self, edge, control, limits: config.limits.clone() })
    }
}

impl Listening {
    /// Where the dialects are; the port is a real one also where 0 was asked for.
    ///
    /// # Panics
    /// Never: a bound socket has an address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.edge.0.local_addr().expect("a bound socket has an address")
    }

    /// Where the control API is, where there is one.
    ///
    /// # Panics
    /// Never: a bound socket has an address.
    #[must_use]
    pub fn control_address(&self) -> Option<SocketAddr> {
        self.control.as_ref().map(|(control, _)| control.local_addr().expect("a bound socket has an address"))
    }

    /// Serves until `shutdown`, then lets requests under way end, as long as the configuration allows, and closes the
    /// ledger. Says in the log when it is ready, with its addresses, and when it has ended: whoever started it can wait
    /// for that.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send + 'static) {
        // Before the first request: what is open now was left behind by an earlier process.
        self.gateway.recover().await;
        tracing::info!(
            listen = %self.address(),
            control = self.control_address().map(tracing::field::display),
            "ready"
        );
        let Listening {
            gateway: Gateway { store, edge, control, upstreams },
            edge: (edge_listener, transport),
            control: control_listener,
            limits,
        } = self;
        let limits = listen::Limits {
            head: limits.head,
            connections: limits.connections,
            head_timeout: limits.head_timeout,
            idle: limits.idle,
            drain: limits.drain,
        };
        let shutdown = shutdown.boxed().shared();
        let dialects = listen::serve(edge_listener, edge, limits, transport, shutdown.clone());
        let controlled = async {
            let Some((listener, transport)) = control_listener else { return 0 };
            // Streams of commands have no end of their own; told first, they do not use up the deadline.
            let drained = control.clone();
            let shutdown = shutdown.map(move |()| drained.drain());
            listen::serve(listener, control, limits, transport, shutdown).await.cut
        };
        let (dialects, control_cut) = tokio::join!(dialects, controlled);
        let cut = dialects.cut + control_cut;
        if cut > 0 {
            tracing::warn!(cut, "connections were still at work when limits.drain was over");
        }
        // Orders go on without their callers, and the audit is to know how they ended. Each has its deadline.
        for upstream in &upstreams {
            upstream.drained().await;
        }
        store.close().await;
        tracing::info!("ended");
    }
}

/// SIGTERM or SIGINT.
///
/// # Errors
/// The process cannot hear signals.
pub fn terminated() -> Result<impl Future<Output = ()> + Send + 'static, StartError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(StartError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(StartError::Signals)?;
    Ok(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!(signal = name, "ends; requests under way are finished first");
    })
}

fn tls(files: Option<&TlsFiles>) -> Result<Option<Arc<Tls>>, StartError> {
    files.map(|files| Tls::open(files.clone())).transpose().map_err(StartError::Tls)
}

async fn bind(what: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { what, address, source })
}
