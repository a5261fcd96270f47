//! What a request asks. Ids in bodies of `cancelrunning` are run ids; ids in paths of `data/JobSummary` are job ids.

use countermand_model::{Cancel, Command, Kin, Reach, Results, Status, Target};

use super::Prime;
use super::wire::RunIdsWire;
use crate::grammar::number;
use crate::{Echo, Malformed};

pub(super) fn cancel_running(_: &Prime, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
    let runs = RunIdsWire::read(echo.body, body)?;
    // A run id is a Java long: one that no job can have is not found, it is not malformed.
    let target = |id: i64| Target { written: id.to_string(), number: (id > 0).then_some(id), dataset: None };
    let targets = runs.run_ids.into_iter().map(target).collect();
    Ok(Command::Cancel(Cancel { targets, reach: Reach::One, ..Cancel::default() }))
}

pub(super) fn job_summary(_: &Prime, echo: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    let written = echo.id.as_deref().unwrap_or_default();
    // Java reads `0015` as 15, so that is what was asked for: fixtures/cisco-prime/id-with-leading-zeros-json.http
    let target = number::decimal(written)
        .map_or_else(|| Target { written: written.to_owned(), number: None, dataset: None }, Target::number);
    Ok(Command::Status(Status { target, results: Results::None, kin: Kin::Latest }))
}

/// Of a route that answers with its own document.
pub(super) fn nothing(_: &Prime, _: &Echo, _: &[u8]) -> Result<Command, Malformed> {
    Err(Malformed::new("", "this page takes no command"))
}
