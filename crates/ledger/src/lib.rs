//! Durable jobs on SQLite: a [`Store`] to describe, move and list them, and a tower service of
//! [`Call`](countermand_model::Call)s over it. Nothing here knows HTTP or a dialect.
//!
//! Reading order: `open` checks a file and makes the connections; `writer` groups what changes into transactions
//! and answers after the commit, and `checkpoint` writes its log back; `readers` look on beside it, and `hot` keeps copies of what is polled; `act` is what an order does, `put` and `event` are what
//! the owner of the jobs says; everything that changes a job goes through `family`, which keeps its parent in step.

mod clock;

mod open;

mod schema;

mod session;

mod rows;

mod writer;

mod turn;

mod checkpoint;

mod readers;

mod signals;

mod hot;

mod resolve;

mod family;

mod afterwards;

mod act;

mod put;

mod draft;

mod keep;

mod aliases;

mod results;

mod event;

mod read;

mod filter;

mod deliver;

mod feed;

mod audit;

mod journal;

mod contract;

mod store;

mod engine;

pub use clock::{Clock, Wall};
pub use contract::{
    AuditRow, AuditTarget, Denied, Elsewhere, Entry, Fate, Figures, Log, Namesake, Put, Refused, Ticket,
};
pub use engine::Engine;
pub use journal::Journal;
pub use open::{Config, Location, OpenError};
pub use store::Store;
