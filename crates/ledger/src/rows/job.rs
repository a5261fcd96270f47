//! The whole job: one row, its aliases and its attributes.

use countermand_model::{Alias, Children, Job, Output, Progress, State, Trigger};
use rusqlite::{Row, named_params};

use super::standing::Standing;
use super::words::{Word, counted, dialects, dialects_text, stored, tally, tally_text};
use crate::schema;
use crate::session::{Namespace, Session};

/// What is selected for [`load`], of a table or join in which the job's row is called `jobs`. The last is the row of
/// the parent, where that has aliases: of a job without a parent it costs nothing, of a child one look into an index.
macro_rules! columns {
    () => {
        "jobs.id, jobs.number, jobs.kind, jobs.parent, jobs.state, jobs.previous_state, jobs.acknowledged, \
         jobs.revision, jobs.created_at, jobs.started_at, jobs.finished_at, jobs.changed_at, jobs.heard_at, jobs.owner, \
         jobs.dataset, jobs.dialects, jobs.has_aliases, jobs.has_attributes, jobs.trigger_state, \
         jobs.trigger_next_run_at, jobs.trigger_rule, jobs.children, jobs.progress_total, jobs.progress_matched, \
         jobs.progress_processed, jobs.results_total, jobs.results_delivered, jobs.drained_at, jobs.has_errors, \
         jobs.output_id, jobs.output_name, jobs.name, jobs.description, jobs.type, jobs.message, jobs.runner, \
         (SELECT above.id FROM jobs AS above WHERE above.namespace = jobs.namespace AND above.number = jobs.parent \
          AND above.has_aliases)"
    };
}
pub(crate) use columns;

/// The job in that row.
pub(crate) fn job(session: &Session, namespace: Namespace<'_>, id: i64) -> rusqlite::Result<Job> {
    session
        .sql(concat!("SELECT ", columns!(), " FROM jobs WHERE id = ?1"))?
        .query_row([id], |row| load(session, namespace, row))
}

/// The jobs in those rows, in that order.
pub(crate) fn jobs(session: &Session, namespace: Namespace<'_>, ids: &[i64]) -> rusqlite::Result<Vec<Job>> {
    let ids: Vec<_> = ids.iter().map(i64::to_string).collect();
    session.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM json_each(?1) AS wanted CROSS JOIN jobs WHERE jobs.id = wanted.value ORDER BY wanted.key"
        ),
        [format!("[{}]", ids.join(","))],
        |row| load(session, namespace, row),
    )
}

/// The job in a row of [`columns`], with its aliases and attributes.
pub(crate) fn load(session: &Session, namespace: Namespace<'_>, row: &Row<'_>) -> rusqlite::Result<Job> {
    let id: i64 = row.get("id")?;
    let mut cells = Cells { row, next: 1 };
    let mut job = Job {
        number: cells.take()?,
        namespace: namespace.name.to_owned(),
        aliases: Vec::new(),
        kind: cells.take::<Word<_>>()?.0,
        parent: cells.take()?,
        state: cells.take::<Word<_>>()?.0,
        previous_state: cells.take::<Option<Word<_>>>()?.map(|word| word.0),
        acknowledged: cells.take()?,
        revision: counted(cells.take()?),
        created_at: cells.take()?,
        started_at: cells.take()?,
        finished_at: cells.take()?,
        changed_at: cells.take()?,
        heard_at: cells.take()?,
        owner: cells.take()?,
        dataset: cells.take()?,
        dialects: cells.take::<Option<String>>()?.map(|text| dialects(&text)),
        parent_aliases: Vec::new(),
        attributes: Vec::new(),
        children: Children::default(),
        trigger: None,
        progress: Progress::default(),
        results_total: 0,
        results_delivered: 0,
        drained_at: None,
        has_errors: false,
        output: None,
        name: None,
        description: None,
        job_type: None,
        message: None,
        runner: None,
    };
    let (has_aliases, has_attributes): (bool, bool) = (cells.take()?, cells.take()?);
    let (trigger, next_run_at, rule) = (cells.take::<Option<Word<_>>>()?, cells.take()?, cells.take()?);
    job.trigger = trigger.map(|state| Trigger { state: state.0, next_run_at, rule });
    let children = tally(cells.take::<Option<String>>()?.as_deref())?;
    job.children = Children { total: children.total(), unfinished: children.unfinished() };
    job.progress = Progress {
        total: counted(cells.take()?),
        matched: counted(cells.take()?),
        processed: counted(cells.take()?),
    };
    job.results_total = counted(cells.take()?);
    job.results_delivered = counted(cells.take()?);
    job.drained_at = cells.take()?;
    job.has_errors = cells.take()?;
    let (output_id, output_name) = (cells.take::<Option<String>>()?, cells.take::<Option<String>>()?);
    job.output = output_id.map(|id| Output { id, name: output_name.unwrap_or_default() });
    job.name = cells.take()?;
    job.description = cells.take()?;
    job.job_type = cells.take()?;
    job.message = cells.take()?;
    job.runner = cells.take()?;
    if let Some(parent) = cells.take()? {
        job.parent_aliases = aliases(session, parent)?;
    }
    if has_aliases {
        job.aliases = aliases(session, id)?;
    }
    if has_attributes {
        job.attributes = session.all(
            "SELECT dialect, value FROM attributes WHERE job = ?1 ORDER BY dialect",
            [id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
    }
    Ok(job)
}

/// Writes a job's row, new or not, and answers its key. Aliases, attributes and results have tables of their own.
pub(crate) fn save(
    session: &Session,
    namespace: Namespace<'_>,
    standing: &Standing,
    job: &Job,
) -> rusqlite::Result<i64> {
    let trigger = job.trigger.as_ref();
    session.sql(SAVE)?.query_row(
        named_params! {
            ":namespace": namespace.id,
            ":number": job.number,
            ":kind": Word(job.kind),
            ":parent": job.parent,
            ":state": Word(job.state),
            ":previous_state": job.previous_state.map(Word),
            ":ended": job.state.is_terminal(),
            ":acknowledged": job.acknowledged,
            ":hidden": standing.hidden,
            ":cancel_open": standing.cancel_open,
            ":held_by_order": standing.held_by_order,
            ":trigger_by_order": standing.trigger_by_order,
            ":revision": stored(job.revision),
            ":life": standing.life,
            ":created_at": job.created_at,
            ":started_at": job.started_at,
            ":finished_at": job.finished_at,
            ":changed_at": job.changed_at,
            ":heard_at": job.heard_at,
            ":owner": job.owner,
            ":dataset": job.dataset,
            ":dialects": job.dialects.as_deref().map(dialects_text),
            ":has_aliases": !job.aliases.is_empty(),
            ":has_attributes": !job.attributes.is_empty(),
            ":trigger_state": trigger.map(|trigger| Word(trigger.state)),
            ":trigger_next_run_at": trigger.and_then(|trigger| trigger.next_run_at),
            ":trigger_rule": trigger.and_then(|trigger| trigger.rule.as_deref()),
            ":children": tally_text(&standing.children),
            ":progress_total": stored(job.progress.total),
            ":progress_matched": stored(job.progress.matched),
            ":progress_processed": stored(job.progress.processed),
            ":results_total": stored(job.results_total),
            ":results_delivered": stored(job.results_delivered),
            ":drained_at": job.drained_at,
            ":has_errors": job.has_errors,
            ":output_id": job.output.as_ref().map(|output| &output.id),
            ":output_name": job.output.as_ref().map(|output| &output.name),
            ":name": job.name,
            ":description": job.description,
            ":type": job.job_type,
            ":message": job.message,
            ":runner": job.runner,
            ":room": room(job.state),
        },
        |row| row.get(0),
    )
}

/// What the row of a job in that state holds for later.
fn room(state: State) -> Option<&'static [u8]> {
    (!state.is_at_work() && !state.is_terminal()).then_some(schema::ROOM)
}

/// One statement for both: what is there is overwritten, and the row keeps its key.
const SAVE: &str = "
INSERT INTO jobs (namespace, number, kind, parent, state, previous_state, ended, acknowledged, hidden, cancel_open,
  held_by_order, trigger_by_order, revision, life, created_at, started_at, finished_at, changed_at, heard_at, owner, dataset,
  dialects, has_aliases, has_attributes, trigger_state, trigger_next_run_at, trigger_rule, children, progress_total,
  progress_matched, progress_processed, results_total, results_delivered, drained_at, has_errors, output_id,
  output_name, name, description, type, message, runner, room)
VALUES (:namespace, :number, :kind, :parent, :state, :previous_state, :ended, :acknowledged, :hidden, :cancel_open,
  :held_by_order, :trigger_by_order, :revision, :life, :created_at, :started_at, :finished_at, :changed_at, :heard_at, :owner,
  :dataset, :dialects, :has_aliases, :has_attributes, :trigger_state, :trigger_next_run_at, :trigger_rule, :children,
  :progress_total, :progress_matched, :progress_processed, :results_total, :results_delivered, :drained_at,
  :has_errors, :output_id, :output_name, :name, :description, :type, :message, :runner, :room)
ON CONFLICT (namespace, number) DO UPDATE SET kind = excluded.kind, parent = excluded.parent, state = excluded.state,
  previous_state = excluded.previous_state, ended = excluded.ended, acknowledged = excluded.acknowledged,
  hidden = excluded.hidden, cancel_open = excluded.cancel_open, held_by_order = excluded.held_by_order,
  trigger_by_order = excluded.trigger_by_order, revision = excluded.revision, life = excluded.life,
  created_at = excluded.created_at, started_at = excluded.started_at, finished_at = excluded.finished_at,
  changed_at = excluded.changed_at, heard_at = excluded.heard_at, owner = excluded.owner, dataset = excluded.dataset, dialects = excluded.dialects,
  has_aliases = excluded.has_aliases, has_attributes = excluded.has_attributes,
  trigger_state = excluded.trigger_state, trigger_next_run_at = excluded.trigger_next_run_at,
  trigger_rule = excluded.trigger_rule, children = excluded.children, progress_total = excluded.progress_total,
  progress_matched = excluded.progress_matched, progress_processed = excluded.progress_processed,
  results_total = excluded.results_total, results_delivered = excluded.results_delivered,
  drained_at = excluded.drained_at, has_errors = excluded.has_errors, output_id = excluded.output_id,
  output_name = excluded.output_name, name = excluded.name, description = excluded.description,
  type = excluded.type, message = excluded.message, runner = excluded.runner,
  room = excluded.room
RETURNING id";

/// The ids of the job in that row, in the order given.
pub(crate) fn aliases(session: &Session, id: i64) -> rusqlite::Result<Vec<Alias>> {
    session.all("SELECT dialect, alias, number FROM aliases WHERE job = ?1 ORDER BY position", [id], |row| {
        Ok(Alias { dialect: row.get(0)?, id: row.get(1)?, number: row.get(2)? })
    })
}

/// The cells of a row, left to right.
struct Cells<'a, 'r> {
    row: &'a Row<'r>,
    next: usize,
}

impl Cells<'_, '_> {
    fn take<T: rusqlite::types::FromSql>(&mut self) -> rusqlite::Result<T> {
        self.next += 1;
        self.row.get(self.next - 1)
    }
}
