//! Fixtures as a tool of their own: read, played against a target, compared by value, rewritten, reported. The target
//! may be a gateway in this process, one that runs somewhere, or the legacy server that a dialect imitates; nothing here
//! knows how a gateway is built.
//!
//! Reading order: [`fixture`] is a case as data and the strict reader of its file; [`place`] names places in answers,
//! [`compare`] finds what differs there; [`Target`](target::Target) is whoever answers; [`run`] plays cases and
//! [`report`] tells what came of it; [`record`] makes cases of what a client and a server said to each other,
//! [`import`] of what others saved of that, and [`export`] and [`har`] say cases in the words of other tools.

pub mod fixture;

pub mod place;

pub mod fill;

pub mod compare;

pub mod select;

mod opened;

pub mod effect;

pub mod target;

pub mod run;

pub mod update;

pub mod record;

pub mod report;

pub mod export;

pub mod har;

pub mod import;

pub use opened::open;
