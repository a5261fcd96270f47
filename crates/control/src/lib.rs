//! The control API: how the owner of the jobs describes them, how runners learn what to do and say how they fare, and
//! how an operator looks on. A tower service over the ledger's [`Store`](countermand_ledger::Store); it opens no socket
//! and knows no legacy dialect but for the names and ids there are.
//!
//! Reading order: `routes` is the table of operations; `service` is the path of one request through it; `jobs`,
//! `events`, `orders`, `feed` and `audit` are the operations; `read` and `wire` are what comes in and goes out;
//! `problem` is every refusal. `openapi.json` says the same to programs.

mod service;

mod routes;

mod auth;

mod asked;

mod jobs;

mod ndjson;

mod events;

mod orders;

mod feed;

mod sse;

mod audit;

mod probes;

mod figures;

mod read;

mod wire;

mod problem;

mod conditions;

mod query;

mod answer;

mod media;

mod request_body;

mod request_id;

#[cfg(test)]
mod tests;

pub use answer::ControlBody;
pub use auth::{Scope, Token};
pub use jobs::render;
pub use problem::Problem;
pub use read::describe::describe;
pub use service::Control;
