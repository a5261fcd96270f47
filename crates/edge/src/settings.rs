//! What holds for all mounts, and what a listener tells about a connection. Checked values only: nothing here knows
//! what a configuration file looks like.

use std::net::SocketAddr;
use std::time::Duration;

use countermand_dialects::Origin;
use ipnet::IpNet;

/// What holds for all mounts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The scheme and authority that clients use; beats the `Host` header and what proxies say.
    pub public_url: Option<Origin>,
    /// The proxies whose `Forwarded` and `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The longest request body, in bytes. One more is a [`TooLarge`](countermand_model::FaultKind::TooLarge).
    pub body_limit: usize,
    /// How long a request body may take to arrive, from its head on.
    pub body_timeout: Duration,
    /// Which requests are logged.
    pub access_log: AccessLog,
}

/// Which requests are logged. A defect of ours is logged under each of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessLog {
    /// None.
    None,
    /// Those that were refused or failed.
    Refusals,
    /// Those, and every changing command: what the audit would like to be compared with.
    Commands,
    /// All.
    All,
}

/// Our end of the connection: an extension of every request that a listener hands over, what absolute URLs are built
/// on where the client names no host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    /// The address that the client connected to, as far as we know: ours, or that of the proxy which told us.
    pub address: SocketAddr,
    /// Whether by TLS.
    pub secure: bool,
}
