//! What is written, one struct per document, one field per member, in the order of the bytes. What is read has no
//! structs: see [`crate::read`].

use std::collections::BTreeMap;

use countermand_ledger::{AuditRow, AuditTarget, Entry, Fate};
use countermand_model::{Effect, Job, Output, State, Trigger};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::read::time;

/// A job. Every member is always there, `null` where it has no value; only a list and the answer to an event leave
/// `results` out.
#[derive(Serialize)]
pub(crate) struct JobWire<'a> {
    number: i64,
    namespace: &'a str,
    aliases: BTreeMap<&'a str, AliasWire<'a>>,
    dialects: Option<&'a [String]>,
    dataset: Option<&'a str>,
    kind: &'static str,
    parent: Option<i64>,
    children: ChildrenWire,
    trigger: Option<TriggerWire<'a>>,
    owner: Option<&'a str>,
    name: Option<&'a str>,
    description: Option<&'a str>,
    r#type: Option<&'a str>,
    state: &'static str,
    previous_state: Option<&'static str>,
    created_at: String,
    started_at: Option<String>,
    finished_at: Option<String>,
    progress: ProgressWire,
    #[serde(skip_serializing_if = "Option::is_none")]
    results: Option<Vec<TextWire<'a>>>,
    has_errors: bool,
    output: Option<OutputWire<'a>>,
    acknowledged: bool,
    message: Option<&'a str>,
    attributes: BTreeMap<&'a str, TextWire<'a>>,
    revision: u64,
}

/// One id is a string, several are an array.
#[derive(Serialize)]
#[serde(untagged)]
enum AliasWire<'a> {
    One(&'a str),
    Many(Vec<&'a str>),
}

#[derive(Serialize)]
struct ChildrenWire {
    total: u64,
    unfinished: u64,
}

#[derive(Serialize)]
struct TriggerWire<'a> {
    state: &'static str,
    next_run_at: Option<String>,
    rule: Option<&'a str>,
}

#[derive(Serialize)]
struct ProgressWire {
    total: u64,
    matched: u64,
    processed: u64,
}

#[derive(Serialize)]
struct OutputWire<'a> {
    id: &'a str,
    name: &'a str,
}

/// JSON text, written as it was received.
struct TextWire<'a>(&'a str);

impl Serialize for TextWire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'a> JobWire<'a> {
    /// A job, with its results where they are shown.
    pub(crate) fn of(job: &'a Job, results: Option<&'a [String]>) -> JobWire<'a> {
        JobWire {
            number: job.number,
            namespace: &job.namespace,
            aliases: aliases(job.aliases.iter().map(|alias| (alias.dialect.as_str(), alias.id.as_str()))),
            dialects: job.dialects.as_deref(),
            dataset: job.dataset.as_deref(),
            kind: job.kind.name(),
            parent: job.parent,
            children: ChildrenWire { total: job.children.total, unfinished: job.children.unfinished },
            trigger: job.trigger.as_ref().map(trigger),
            owner: job.owner.as_deref(),
            name: job.name.as_deref(),
            description: job.description.as_deref(),
            r#type: job.job_type.as_deref(),
            state: job.state.name(),
            previous_state: job.previous_state.map(State::name),
            created_at: time::write(job.created_at),
            started_at: job.started_at.map(time::write),
            finished_at: job.finished_at.map(time::write),
            progress: ProgressWire {
                total: job.progress.total,
                matched: job.progress.matched,
                processed: job.progress.processed,
            },
            results: results.map(|results| results.iter().map(|text| TextWire(text)).collect()),
            has_errors: job.has_errors,
            output: job.output.as_ref().map(output),
            acknowledged: job.acknowledged,
            message: job.message.as_deref(),
            attributes: job.attributes.iter().map(|(name, text)| (name.as_str(), TextWire(text))).collect(),
            revision: job.revision,
        }
    }
}

fn trigger(trigger: &Trigger) -> TriggerWire<'_> {
    TriggerWire {
        state: trigger.state.name(),
        next_run_at: trigger.next_run_at.map(time::write),
        rule: trigger.rule.as_deref(),
    }
}

fn output(output: &Output) -> OutputWire<'_> {
    OutputWire { id: &output.id, name: &output.name }
}

fn aliases<'a>(ids: impl Iterator<Item = (&'a str, &'a str)>) -> BTreeMap<&'a str, AliasWire<'a>> {
    let mut of_dialect: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (dialect, id) in ids {
        of_dialect.entry(dialect).or_default().push(id);
    }
    let form = |ids: Vec<&'a str>| if let [id] = ids[..] { AliasWire::One(id) } else { AliasWire::Many(ids) };
    of_dialect.into_iter().map(|(dialect, ids)| (dialect, form(ids))).collect()
}

/// A page of jobs.
#[derive(Serialize)]
pub(crate) struct JobsWire<'a> {
    pub(crate) jobs: Vec<JobWire<'a>>,
    /// What `after` continues from; `null` on the last page.
    pub(crate) next: Option<i64>,
}

/// A page of the feed.
#[derive(Serialize)]
pub(crate) struct CommandsWire<'a> {
    pub(crate) commands: Vec<EntryWire<'a>>,
    /// What `after` continues from. Always there: more will come.
    pub(crate) next: u64,
}

/// What runners must obey.
#[derive(Serialize)]
pub(crate) struct EntryWire<'a> {
    seq: u64,
    at: String,
    namespace: &'a str,
    number: i64,
    aliases: BTreeMap<&'a str, AliasWire<'a>>,
    command: &'a str,
    state_before: &'static str,
    state: &'static str,
    by: &'a str,
    dialect: &'a str,
    request_id: &'a str,
}

impl<'a> EntryWire<'a> {
    pub(crate) fn of(entry: &'a Entry) -> EntryWire<'a> {
        EntryWire {
            seq: entry.seq,
            at: time::write(entry.at),
            namespace: &entry.namespace,
            number: entry.number,
            aliases: aliases(entry.aliases.iter().map(|(dialect, id)| (dialect.as_str(), id.as_str()))),
            command: &entry.command,
            state_before: entry.state_before.name(),
            state: entry.state.name(),
            by: &entry.by,
            dialect: &entry.dialect,
            request_id: &entry.request_id,
        }
    }
}

/// A page of the audit.
#[derive(Serialize)]
pub(crate) struct AuditWire<'a> {
    pub(crate) entries: Vec<AuditRowWire<'a>>,
    /// What `after` continues from; `null` on the last page.
    pub(crate) next: Option<u64>,
}

/// One changing command.
#[derive(Serialize)]
pub(crate) struct AuditRowWire<'a> {
    seq: u64,
    at: String,
    namespace: &'a str,
    command: &'a str,
    by: &'a str,
    client: &'a str,
    dialect: &'a str,
    request_id: &'a str,
    /// The engine elsewhere that it went to; `null`: it was carried out here.
    engine: Option<&'a str>,
    /// Whether what came of it is known, or that it cannot be.
    settled: bool,
    settled_at: Option<String>,
    /// Why nothing of it was taken elsewhere.
    fault: Option<&'static str>,
    targets: Vec<AuditTargetWire<'a>>,
}

#[derive(Serialize)]
struct AuditTargetWire<'a> {
    written: &'a str,
    number: Option<i64>,
    effect: Option<&'static str>,
    before: Option<&'static str>,
    after: Option<&'static str>,
}

impl<'a> AuditRowWire<'a> {
    pub(crate) fn of(row: &'a AuditRow) -> AuditRowWire<'a> {
        let (settled_at, fault) = match row.elsewhere.as_ref().map(|elsewhere| elsewhere.fate) {
            None => (Some(row.at), None),
            Some(Fate::Sent) => (None, None),
            Some(Fate::Settled { at }) => (Some(at), None),
            Some(Fate::Refused { kind, at }) => (Some(at), Some(kind.name())),
        };
        AuditRowWire {
            seq: row.seq,
            at: time::write(row.at),
            namespace: &row.namespace,
            command: &row.command,
            by: &row.by,
            client: &row.client,
            dialect: &row.dialect,
            request_id: &row.request_id,
            engine: row.elsewhere.as_ref().map(|elsewhere| elsewhere.engine.as_str()),
            settled: settled_at.is_some(),
            settled_at: settled_at.map(time::write),
            fault,
            targets: row.targets.iter().map(audit_target).collect(),
        }
    }
}

fn audit_target(target: &AuditTarget) -> AuditTargetWire<'_> {
    AuditTargetWire {
        written: &target.written,
        number: target.number,
        effect: target.effect.map(Effect::name),
        before: target.before.map(State::name),
        after: target.after.map(State::name),
    }
}

/// What came of many lines.
#[derive(Default, Serialize)]
pub(crate) struct ImportedWire<'a> {
    pub(crate) registered: u64,
    pub(crate) failed_total: u64,
    /// The first of them.
    pub(crate) failed: Vec<FailedWire<'a>>,
}

/// A line that was refused.
#[derive(Serialize)]
pub(crate) struct FailedWire<'a> {
    /// From 1, blank ones counted.
    pub(crate) line: u64,
    pub(crate) problem: ProblemWire<'a>,
}

/// RFC 9457 §3.1, with our extension members.
#[derive(Serialize)]
pub(crate) struct ProblemWire<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pointer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revision: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) oldest: Option<u64>,
}

impl<'a> ProblemWire<'a> {
    pub(crate) fn new(
        kind: &'static str,
        title: &'static str,
        status: u16,
        detail: &'a str,
    ) -> ProblemWire<'a> {
        let (state, pointer, revision, oldest) = (None, None, None, None);
        ProblemWire { r#type: kind, title, status, detail, state, pointer, revision, oldest }
    }
}
