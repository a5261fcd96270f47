//! What an upstream engine asks of the ledger: to write down what is sent before it is sent and what came of it, and to
//! tell which ids of two dialects mean one job. Functions, because the bus knows no ledger.

use std::sync::Arc;

use countermand_model::{Acted, Alias, Call, Fault, FaultKind, Target};
use futures_util::future::BoxFuture;

/// A function of the ledger.
type Ask<A, B> = Arc<dyn Fn(A) -> BoxFuture<'static, Result<B, Fault>> + Send + Sync>;

/// The audit of one engine. Each changing command has exactly one row: one that is `sent`, and later `settled` or
/// `came_to_nothing`, or one that is `refused`.
#[derive(Clone)]
pub struct Journal {
    /// Writes the row of a command that is about to be sent, durably, and gives the ticket that completes it.
    pub sent: Ask<Call, u64>,
    /// Completes a row: when it was known what came of each target, and what.
    pub settled: Ask<(u64, i64, Vec<Acted>), ()>,
    /// Completes a row of which nothing was taken after all.
    pub came_to_nothing: Ask<(u64, FaultKind), ()>,
    /// Writes the row of a command that is not sent.
    pub refused: Ask<(Call, FaultKind), ()>,
    /// The rows that an earlier process sent and did not complete.
    pub unsettled: Ask<(), Vec<Leftover>>,
    /// Per target, as it is written in that dialect, the job of the ledger that it means there.
    pub namesakes: Ask<(&'static str, Vec<Target>), Vec<Option<Namesake>>>,
}

/// A job of the ledger that stands for one elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Namesake {
    /// Its number.
    pub number: i64,
    /// Its ids in dialects that do not use the number.
    pub aliases: Vec<Alias>,
}

/// A command that was sent by an earlier process and of which nothing more is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// What completes its row.
    pub ticket: u64,
    /// Its [`name`](countermand_model::Command::name).
    pub command: String,
    /// The dialect it was given in.
    pub dialect: String,
    /// Who gave it.
    pub user: String,
    /// The request it came with.
    pub request_id: String,
    /// Its targets, in its order.
    pub targets: Vec<Target>,
}
