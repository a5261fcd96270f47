//! What can be asked of a job, and what can be answered. Everything between the codecs and the engines speaks
//! these types; nothing here knows HTTP, serialization, a clock or a database.
//!
//! Reading order: a [`Job`] is in a [`State`]; a [`Command`] asks for a move; the [`machine`] says which moves there
//! are; an [`Outcome`] tells what was done to each target; a [`Fault`] tells why nothing was. Times are `i64`
//! milliseconds since 1970-01-01T00:00:00Z. Results and attributes are JSON *text*, kept as it was received.

mod state;

mod job;

pub mod machine;

mod derive;

mod command;

mod filter;

mod outcome;

mod fault;

mod report;

pub use command::{
    Acknowledged, Call, Caller, Cancel, Command, Delivery, Kin, Order, Reach, Results, Status, Target,
};
pub use derive::{Tally, derive};
pub use fault::{Counted, Excess, Fault, FaultKind};
pub use filter::{Field, Filter, Page, Sort, Test, Value};
pub use job::{Alias, Children, Job, Kind, Output, Progress, Trigger, TriggerState};
pub use outcome::{Acted, Effect, Outcome, Permissions, Snapshot};
pub use report::{Draft, Event, NewResults, Patch};
pub use state::State;
