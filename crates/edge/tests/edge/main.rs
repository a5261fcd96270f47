//! The edge from outside: whole requests through a whole stack, with a small dialect of the tests' own.

mod access;
mod bodies;
mod deliveries;
mod dialect;
mod failures;
mod listening;
mod logins;
mod mounts;
mod support;
