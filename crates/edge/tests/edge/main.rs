//! The edge from outside: whole requests through a whole stack, with a small dialect of the tests' own.

#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests by #[test]; all of this crate is one, helpers included"
)]

mod access;
mod bodies;
mod deliveries;
mod dialect;
mod failures;
mod listening;
mod logging;
mod logins;
mod mounts;
mod relaying;
mod sessions;
mod support;
mod throttling;
mod tokens;
mod transport;
