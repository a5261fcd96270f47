//! Who answers a call, and under which limits: the call onion in front of an engine. Nothing here knows HTTP, the
//! ledger or any one dialect; a caller's refusal leaves here as a [`Fault`](countermand_model::Fault) and becomes bytes
//! in that caller's dialect.

mod onion;

mod refusal;

mod settle;

#[cfg(test)]
mod tests;

pub use onion::{Engine, Limits, Onion};
pub use settle::Settled;
