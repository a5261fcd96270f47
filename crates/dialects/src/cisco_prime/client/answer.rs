//! Answers as outcomes: the body of one that was understood, or the fault of one that refuses.

use std::collections::HashMap;

use bytes::Bytes;
use countermand_model::{Command, Effect, Fault, Kind, Outcome, Snapshot, Target};
use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};

use super::super::errors;
use super::super::operations::effect_of;
use super::super::wire::{
    Root, ToldEntitiesWire, ToldHistoryWire, ToldIdsWire, ToldOperationWire, ToldStatusWire, document,
};
use super::jobs;
use crate::conversation::{self, Heard};
use crate::{Format, Malformed};

/// An answer, read by `read` where it is one of success. What a server refuses is a fault in the `Ok`.
pub(super) fn answered<R: Root, T>(
    response: &Response<Bytes>,
    read: impl FnOnce(R) -> Result<T, Malformed>,
) -> Result<Result<T, Fault>, Malformed> {
    let format = format(response);
    if response.status() != StatusCode::OK {
        return errors::fault(format, response).map(Err);
    }
    let format = format.ok_or_else(|| Malformed::new("Content-Type", "it is neither JSON nor XML"))?;
    document(format, response.body()).and_then(read).map(Ok)
}

/// What was heard, as a document that is read by `read`.
///
/// # Errors
/// As of [`conversation::understood`].
pub(super) fn understood<R: Root, T>(
    heard: Heard,
    read: impl FnOnce(R) -> Result<T, Malformed>,
) -> Result<T, Fault> {
    conversation::understood(heard, |response| answered(response, read))
}

/// What an answer is written in, which need not be what was asked for.
fn format(response: &Response<Bytes>) -> Option<Format> {
    let media = response.headers().get(CONTENT_TYPE)?.to_str().ok()?.to_ascii_lowercase();
    let essence = media.split(';').next().unwrap_or_default().trim();
    match essence {
        "application/json" => Some(Format::Json),
        "text/xml" | "application/xml" => Some(Format::Xml),
        _ => None,
    }
}

/// The one job of an answer to `data/JobSummary/{id}`, with its latest run.
pub(super) fn only(told: &ToldEntitiesWire, at: i64) -> Result<Snapshot, Malformed> {
    let [snapshot] = <[Snapshot; 1]>::try_from(snapshots(told, at)?)
        .map_err(|several| Malformed::new("entity", format!("there are {}; expected one", several.len())))?;
    Ok(snapshot)
}

/// The same of the job that was asked for.
///
/// # Errors
/// It is another one.
pub(super) fn asked_for(id: i64, told: &ToldEntitiesWire, at: i64) -> Result<Snapshot, Malformed> {
    let snapshot = only(told, at)?;
    let problem = || format!("{} is not the job that was asked for", snapshot.job.number);
    if snapshot.job.number == id { Ok(snapshot) } else { Err(Malformed::new("jobSummaryDTO/id", problem())) }
}

/// A page of whole jobs.
pub(super) fn list(told: &ToldEntitiesWire, at: i64) -> Result<Outcome, Malformed> {
    Ok(Outcome::Listed { at, jobs: snapshots(told, at)?, total: total(told.count.as_deref())? })
}

/// The jobs of a page, each with its latest run.
pub(super) fn snapshots(told: &ToldEntitiesWire, at: i64) -> Result<Vec<Snapshot>, Malformed> {
    let summaries = told.entities.iter().map(|entity| match entity.summaries.as_slice() {
        [summary] => jobs::summarized(summary, at),
        _ => Err(Malformed::new("entity", "there is not just one jobSummaryDTO in it")),
    });
    summaries.collect()
}

/// A page of ids.
pub(super) fn ids(told: &ToldIdsWire, at: i64) -> Result<Outcome, Malformed> {
    let jobs = told.ids.iter().map(|id| jobs::named(id, at)).collect::<Result<_, _>>()?;
    Ok(Outcome::Listed { at, jobs, total: total(told.count.as_deref())? })
}

/// Jobs with their runs. The order of a server is not documented; in the model jobs are by number, and runs in the order
/// they started.
pub(super) fn histories(told: &ToldHistoryWire, at: i64) -> Result<Vec<Snapshot>, Malformed> {
    let jobs = told.jobs.iter().map(|job| jobs::with_history(job, at));
    let mut jobs = jobs.collect::<Result<Vec<_>, _>>()?;
    jobs.sort_by_key(|snapshot| snapshot.job.number);
    for snapshot in &mut jobs {
        snapshot.kin.sort_by_key(|run| (run.started_at.is_none(), run.started_at, run.number));
    }
    Ok(jobs)
}

/// Puts the runs that its history tells of in the place of the latest of a job.
pub(super) fn add_runs(job: &mut Snapshot, history: Snapshot) {
    job.job.children = history.job.children;
    job.kin = history.kin;
}

/// A page holds no more jobs than it was asked for.
pub(super) fn check_page(jobs: &[Snapshot], most: u64) -> Result<(), Malformed> {
    if jobs.len() as u64 <= most {
        return Ok(());
    }
    Err(Malformed::new("entity", format!("there are {}; asked was for {most}", jobs.len())))
}

/// How many jobs there are in all, where that is told.
pub(super) fn total(count: Option<&str>) -> Result<Option<u64>, Malformed> {
    let read = |text: &str| {
        text.trim().parse().map_err(|_| Malformed::new("count", format!("{text:?} is not a number of jobs")))
    };
    count.map(read).transpose()
}

/// What a server told of an order to one id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Whether it stands among those that succeeded.
    pub(super) is_success: bool,
    /// What the sentence about it means, where it is one of ours.
    pub(super) effect: Option<Effect>,
}

/// What is told of each of the targets; `None` where nothing is. An id that was asked for twice may be answered once.
///
/// # Errors
/// There is not just one result, or one without an id.
pub(super) fn words(
    told: &ToldOperationWire,
    targets: &[Target],
    command: &Command,
) -> Result<Vec<Option<Word>>, Malformed> {
    let [result] = told.results.as_slice() else {
        let problem = format!("there are {}; expected one", told.results.len());
        return Err(Malformed::new("operationResult", problem));
    };
    // Of each id what is told, the first of it last.
    let mut by_id: HashMap<i64, Vec<Word>> = HashMap::new();
    let in_order = result.success.iter().map(|status| (true, status));
    let in_order = in_order.chain(result.failure.iter().map(|status| (false, status)));
    for (is_success, ToldStatusWire { id, message }) in in_order.rev() {
        let text = id.as_deref().unwrap_or_default();
        let id = text.trim().parse().map_err(|_| Malformed::new("id", format!("{text:?} is not an id")))?;
        let effect = effect_of(command, is_success, message.as_deref().unwrap_or_default());
        by_id.entry(id).or_default().push(Word { is_success, effect });
    }
    let word = |target: &Target| {
        let words = by_id.get_mut(&target.written.parse().ok()?)?;
        if words.len() > 1 { words.pop() } else { words.last().cloned() }
    };
    Ok(targets.iter().map(word).collect())
}

/// What an order did to each of the targets, as far as the server's words say it. A success of which the server says
/// nothing more may be anything from begun to done; a failure, anything that does not fit.
pub(super) fn effects(
    told: &ToldOperationWire,
    targets: &[Target],
    command: &Command,
) -> Result<Vec<Effect>, Malformed> {
    let effect = |word: Option<Word>| match word {
        Some(Word { effect: Some(effect), .. }) => effect,
        Some(Word { is_success: true, .. }) => Effect::UnverifiedTaken,
        Some(Word { is_success: false, .. }) => Effect::NotPossible,
        None => Effect::UnverifiedUnanswered,
    };
    Ok(words(told, targets, command)?.into_iter().map(effect).collect())
}

/// The run of an id among the latest runs of jobs.
pub(super) fn run(jobs: &[Snapshot], id: i64) -> Option<Snapshot> {
    let runs = jobs.iter().flat_map(|snapshot| match snapshot.job.kind {
        Kind::Single => std::slice::from_ref(&snapshot.job),
        Kind::Parent | Kind::Child => snapshot.kin.as_slice(),
    });
    runs.filter(|run| run.number == id).map(|run| Snapshot::of(run.clone())).next()
}
