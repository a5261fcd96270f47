//! The query language of `data/` and of `runhistory`: `name=value` and `name=operator(…)` as conditions, names with a
//! leading dot as controls. What the names of a resource mean is `attributes.rs`'s to know.

mod condition;

mod control;

mod instant;

pub(super) use condition::{Comparison, Condition};
pub(super) use control::{Controls, NAMES as CONTROLS, Paging};
pub(super) use instant::instant;
