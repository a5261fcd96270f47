//! Who answers a call, and under which limits: the call onion in front of an engine, and the engine whose jobs live on a
//! legacy server. Nothing here knows the ledger or any one dialect; a caller's refusal leaves here as a
//! [`Fault`](countermand_model::Fault) and becomes bytes in that caller's dialect.

mod onion;

mod refusal;

mod settle;

pub mod upstream;

mod either;

#[cfg(test)]
mod tests;

pub use either::Either;
pub use onion::{Engine, Limits, Onion};
pub use settle::{LOOKS, Settled, Settling};
