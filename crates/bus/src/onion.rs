//! The call onion: the one place where a call may be refused for want of room or time.

use std::time::Duration;

use countermand_model::{Call, Fault, Outcome};
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower::timeout::TimeoutLayer;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceBuilder};

use crate::refusal::fault;
use crate::settle::{Settle, Settling};

/// An engine behind its onion, boxed once. The name by which everything above knows it.
pub type Engine = BoxCloneSyncService<Call, Outcome, Fault>;

/// How much may be under way, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls under way at once, over all engines.
    pub in_flight: usize,
    /// How long one call may take. A cancel's `settle` comes on top.
    pub call_timeout: Duration,
}

/// The limits of one gateway, to be put around each of its engines.
#[derive(Clone, Debug)]
pub struct Onion {
    room: GlobalConcurrencyLimitLayer,
    time: TimeoutLayer,
}

impl Onion {
    /// The onion of one gateway.
    #[must_use]
    pub fn new(limits: Limits) -> Onion {
        Onion {
            room: GlobalConcurrencyLimitLayer::new(limits.in_flight),
            time: TimeoutLayer::new(limits.call_timeout),
        }
    }

    /// Puts the onion around an engine. Read from the top: a call meets the layers in this order.
    pub fn around<S>(&self, engine: S, settling: Settling) -> Engine
    where
        S: Service<Call, Response = Outcome, Error = Fault> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
    {
        let limited = ServiceBuilder::new()
            // tower's layers speak `BoxError`; from here up there are only faults.
            .map_err(fault)
            // A full house is told so at once. A queue here would only turn a late answer into a later one.
            .layer(LoadShedLayer::new())
            // The room is the gateway's, not one engine's: memory is what it protects.
            .layer(self.room.clone())
            // The deadline runs from the moment there is room.
            .layer(self.time.clone())
            .service(engine);
        // Outside of the room: a caller who waits to see a cancel through takes nobody's place.
        BoxCloneSyncService::new(Settle::new(limited, settling))
    }
}
