//! Many jobs, one per line, registered as they arrive. Memory holds one batch of lines and the first failures, whatever
//! the length of the body.

use bytes::{Buf, BytesMut};
use countermand_ledger::Refused;
use countermand_model::Draft;
use http::{Response, StatusCode};

use crate::answer;
use crate::asked::Asked;
use crate::read::describe::describe;
use crate::request_body::{LONGEST, RequestBody, too_large};
use crate::wire::{FailedWire, ImportedWire};
use crate::{ControlBody, Problem, jobs};

/// How many lines are registered in one transaction.
const BATCH: usize = 256;

/// How many bytes of lines are held before they are registered.
const BATCH_BYTES: usize = LONGEST;

/// How many failures are told; all are counted.
const TOLD: usize = 100;

/// `POST /v1/jobs` with `application/x-ndjson`. Each line is taken or refused by itself; a line with a number is
/// registered under it, so an import can be repeated. Blank lines are passed over.
///
/// # Errors
/// The body broke off, or the ledger failed: the lines before are registered, and the problem says how many.
pub(crate) async fn register(
    asked: Asked,
    body: RequestBody,
    namespace: Option<String>,
) -> Result<Response<ControlBody>, Problem> {
    let mut lines = Lines::of(body);
    let mut import = Import { asked, batch: Batch::default(), told: Vec::new(), failed: 0, registered: 0 };
    while let Some(line) = lines.next().await.map_err(|problem| import.after_some(&problem))? {
        let described = line.text.and_then(|text| {
            let (number, in_line, draft) = describe(&text)?;
            Ok((jobs::agreed(namespace.as_deref(), in_line)?, number, draft, text.len()))
        });
        match described {
            Ok((namespace, number, draft, bytes)) => {
                if import.batch.is_full() || import.batch.namespace != namespace {
                    import.flush().await?;
                    import.batch.namespace = namespace;
                }
                import.batch.push(line.number, number, draft, bytes);
            }
            Err(problem) => import.fail(line.number, problem),
        }
    }
    import.flush().await?;
    let Import { registered, failed: failed_total, mut told, .. } = import;
    // A line that is no description is known before the batch around it was registered.
    told.sort_by_key(|(line, _)| *line);
    let failed = told.iter().map(|(line, problem)| FailedWire { line: *line, problem: problem.wire() });
    let imported = ImportedWire { registered, failed_total, failed: failed.collect() };
    Ok(answer::json(StatusCode::OK, &imported))
}

/// What came of the lines so far.
struct Import {
    asked: Asked,
    batch: Batch,
    told: Vec<(u64, Problem)>,
    failed: u64,
    registered: u64,
}

impl Import {
    fn fail(&mut self, line: u64, problem: Problem) {
        self.failed += 1;
        if self.told.len() < TOLD {
            self.told.push((line, problem));
        }
    }

    /// Registers the batch.
    async fn flush(&mut self) -> Result<(), Problem> {
        let Batch { namespace, lines, drafts, .. } = std::mem::take(&mut self.batch);
        if drafts.is_empty() {
            return Ok(());
        }
        let answers = self.asked.store().put_all(&namespace, drafts, jobs::described_by(&self.asked)).await;
        let answers = answers.map_err(|fault| self.after_some(&Problem::from(fault)))?;
        for (line, answer) in lines.into_iter().zip(answers) {
            match answer {
                Ok(_) => self.registered += 1,
                Err(Refused::Unable(fault)) => return Err(self.after_some(&Problem::from(fault))),
                Err(refused) => self.fail(line, refused.into()),
            }
        }
        Ok(())
    }

    /// A problem in the middle of the work, which says how far it had come.
    fn after_some(&self, problem: &Problem) -> Problem {
        let detail = format!("{} Before that, {} jobs were registered.", problem.detail(), self.registered);
        Problem::new(problem.status(), detail)
    }
}

/// Lines to be registered in one transaction.
#[derive(Default)]
struct Batch {
    namespace: String,
    /// Their numbers in the body.
    lines: Vec<u64>,
    drafts: Vec<(Option<i64>, Draft)>,
    bytes: usize,
}

impl Batch {
    fn is_full(&self) -> bool {
        self.drafts.len() >= BATCH || self.bytes >= BATCH_BYTES
    }

    fn push(&mut self, line: u64, number: Option<i64>, draft: Draft, bytes: usize) {
        self.lines.push(line);
        self.drafts.push((number, draft));
        self.bytes += bytes;
    }
}

/// One line.
struct Line {
    /// From 1.
    number: u64,
    /// Its bytes; 413 where they are too many.
    text: Result<BytesMut, Problem>,
}

/// The lines of a body that are not blank.
struct Lines {
    body: RequestBody,
    buffer: BytesMut,
    /// How far `buffer` is known to hold no line break.
    searched: usize,
    number: u64,
    /// In a line that is too long, whose bytes are thrown away.
    overlong: bool,
    ended: bool,
}

impl Lines {
    fn of(body: RequestBody) -> Lines {
        Lines { body, buffer: BytesMut::new(), searched: 0, number: 0, overlong: false, ended: false }
    }

    async fn next(&mut self) -> Result<Option<Line>, Problem> {
        loop {
            let line_break = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n');
            if let Some(at) = line_break {
                let line = self.buffer.split_to(self.searched + at);
                self.buffer.advance(1);
                if let Some(line) = self.line(line) {
                    return Ok(Some(line));
                }
            } else if self.ended {
                let line = self.buffer.split();
                let is_one = self.overlong || !line.is_empty();
                return Ok(if is_one { self.line(line) } else { None });
            } else {
                self.read_on().await?;
            }
        }
    }

    async fn read_on(&mut self) -> Result<(), Problem> {
        self.searched = self.buffer.len();
        if self.searched > LONGEST {
            self.overlong = true;
            self.buffer.clear();
            self.searched = 0;
        }
        match self.body.next().await? {
            Some(data) => self.buffer.extend_from_slice(&data),
            None => self.ended = true,
        }
        Ok(())
    }

    /// Counts a line; `None` for a blank one.
    fn line(&mut self, text: BytesMut) -> Option<Line> {
        self.searched = 0;
        self.number += 1;
        let overlong = std::mem::take(&mut self.overlong) || text.len() > LONGEST;
        let text = if overlong { Err(too_large()) } else { Ok(text) };
        let blank = text.as_ref().is_ok_and(|text| text.trim_ascii().is_empty());
        (!blank).then_some(Line { number: self.number, text })
    }
}
