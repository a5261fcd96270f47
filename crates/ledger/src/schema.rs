//! The tables of a ledger file, version 4, and what marks the file as one. Statements stand beside their use.
//!
//! Operators query this file with their own tools, so words are stored as words and times as milliseconds since
//! 1970 UTC. A cancel must touch as few trees as it can: no index holds a column that it changes, except the partial
//! one over unfinished children, which lets an order to a parent pass over its thousands of finished runs.

/// What lists look for and are ordered by, and what SQLite is to expect of the tables.
///
/// Each of these indexes ends with the number, so that the jobs of a name come in the order that lists have where none is
/// asked for.
///
/// Untold, SQLite takes a namespace for some ten jobs and would rather walk through one than use any other index. These
/// are the figures of no file but the proportions of many: in each row how many entries the index has, and how many of
/// them share the first column, the first two, and so on. They are written once and never measured, so that two ledgers
/// go about the same question in the same way. <https://sqlite.org/fileformat2.html#the_sqlite_stat1_table>
macro_rules! made_for_lists {
    () => {
        "
CREATE INDEX jobs_by_name ON jobs (namespace, name, number);
CREATE INDEX jobs_by_owner ON jobs (namespace, owner, number);
CREATE INDEX jobs_by_type ON jobs (namespace, type, number);
CREATE INDEX jobs_by_creation ON jobs (namespace, created_at, number);
CREATE INDEX jobs_by_start ON jobs (namespace, started_at, number);
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('jobs', 'jobs_by_number', '1000000 1000000 1'),
  ('jobs', 'jobs_by_parent', '500000 500000 10 2 1'),
  ('jobs', 'jobs_unfinished', '20000 20000 5'),
  ('jobs', 'jobs_by_name', '1000000 1000000 20 1'),
  ('jobs', 'jobs_by_owner', '1000000 1000000 2000 1'),
  ('jobs', 'jobs_by_type', '1000000 1000000 5000 1'),
  ('jobs', 'jobs_by_creation', '1000000 1000000 2 1'),
  ('jobs', 'jobs_by_start', '1000000 1000000 2 1'),
  ('aliases', 'aliases', '100000 100000 100000 1'),
  ('aliases', 'aliases_by_job', '100000 1 1'),
  ('aliases', 'aliases_by_number', '100000 100000 1'),
  ('attributes', 'attributes', '1000000 1 1');
ANALYZE sqlite_schema;
"
    };
}

/// Finds what was sent to another engine and has not come back. A command that is carried out here never stands in it.
macro_rules! made_for_journals {
    () => {
        "
CREATE INDEX audit_unsettled ON audit (engine) WHERE fate = 'sent';
"
    };
}

/// `PRAGMA application_id`: the letters `CMND`.
pub(crate) const APPLICATION_ID: u32 = 0x434D_4E44;

/// `PRAGMA user_version`: the version of the tables below.
pub(crate) const VERSION: u32 = 4;

/// What makes a file of each earlier version one of the next: of version 1 first.
pub(crate) const UPGRADES: [&str; 3] = [
    concat!("ALTER TABLE jobs ADD COLUMN heard_at INTEGER;", made_for_lists!()),
    concat!(
        "ALTER TABLE audit ADD COLUMN engine TEXT; ALTER TABLE audit ADD COLUMN fate TEXT;
         ALTER TABLE audit ADD COLUMN settled_at INTEGER;",
        made_for_journals!()
    ),
    // What was registered before has none, and costs what it did: its page splits once.
    "ALTER TABLE jobs ADD COLUMN room BLOB;",
];

/// Every table there is. One that is missing means a damaged file.
pub(crate) const TABLES: [&str; 8] =
    ["afterwards", "aliases", "attributes", "audit", "commands", "jobs", "namespaces", "results"];

/// What the row of a job holds while it waits: as many bytes as the longest words of its states and its three later times
/// take. They are given up as it moves, so that it finds that much room on its page.
///
/// Jobs are registered one after the other, which fills their pages to the last byte, and nothing else is ever put between
/// them. Without room the first job of a page that moves splits it: three or four pages are written for one cancel, and
/// a fifth of its instructions go into that.
pub(crate) const ROOM: &[u8] = &[0; 32];

/// Every table and index of a file of that version, as what is selected from and the order it is kept in, for a look at
/// its ends.
pub(crate) fn trees(version: u32) -> impl Iterator<Item = (&'static str, &'static str)> {
    let added: [&[_]; 3] = [&TREES_1, &TREES_2, &TREES_3];
    added.into_iter().take(version as usize).flatten().copied()
}

const TREES_1: [(&str, &str); 14] = [
    ("afterwards", "job"),
    ("aliases", "namespace, dialect, alias"),
    ("aliases INDEXED BY aliases_by_job", "job, position"),
    ("aliases INDEXED BY aliases_by_number WHERE number IS NOT NULL", "namespace, number"),
    ("attributes", "job, dialect"),
    ("audit", "seq"),
    ("commands", "seq"),
    ("jobs", "id"),
    ("jobs INDEXED BY jobs_by_number", "namespace, number"),
    ("jobs INDEXED BY jobs_by_parent WHERE parent IS NOT NULL", "namespace, parent, started_at, number"),
    ("jobs INDEXED BY jobs_unfinished WHERE parent IS NOT NULL AND ended = 0", "namespace, parent"),
    ("namespaces", "id"),
    ("namespaces INDEXED BY sqlite_autoindex_namespaces_1", "name"),
    ("results", "job, position"),
];

/// What version 2 adds.
const TREES_2: [(&str, &str); 7] = [
    ("jobs INDEXED BY jobs_by_name", "namespace, name, number"),
    ("jobs INDEXED BY jobs_by_owner", "namespace, owner, number"),
    ("jobs INDEXED BY jobs_by_type", "namespace, type, number"),
    ("jobs INDEXED BY jobs_by_creation", "namespace, created_at, number"),
    ("jobs INDEXED BY jobs_by_start", "namespace, started_at, number"),
    ("sqlite_stat1", "tbl"),
    ("sqlite_stat4", "tbl"),
];

/// What version 3 adds.
const TREES_3: [(&str, &str); 1] = [("audit INDEXED BY audit_unsettled WHERE fate = 'sent'", "engine")];

/// The tables that grow with every job or command and are kept by a number, and that number.
pub(crate) const LARGE: [(&str, &str); 3] = [("audit", "seq"), ("commands", "seq"), ("jobs", "id")];

/// Makes the tables in an empty file.
pub(crate) const CREATE: &str = concat!(
    "
CREATE TABLE namespaces (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

-- One row per job. `id` is the ledger's own and joins the other tables; a row is hidden, never deleted.
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY,
  namespace INTEGER NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  parent INTEGER,                      -- the parent's number
  state TEXT NOT NULL,
  previous_state TEXT,
  ended INTEGER NOT NULL,              -- whether the state is terminal
  acknowledged INTEGER NOT NULL,
  hidden INTEGER NOT NULL,             -- deleted by an order
  cancel_open INTEGER NOT NULL,        -- told to cancel as a whole; stays after an end by that order
  held_by_order INTEGER NOT NULL,      -- a description does not release it
  trigger_by_order INTEGER NOT NULL,   -- a description does not revive its trigger
  revision INTEGER NOT NULL,
  life INTEGER NOT NULL,               -- counts how often its results began anew; a delivery belongs to one life
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  changed_at INTEGER NOT NULL,
  owner TEXT,
  dataset TEXT,
  dialects TEXT,                       -- ',cisco-prime,oracle-ess,': where it is seen; NULL is everywhere
  has_aliases INTEGER NOT NULL,
  has_attributes INTEGER NOT NULL,
  trigger_state TEXT,
  trigger_next_run_at INTEGER,
  trigger_rule TEXT,
  children TEXT,                       -- 'queued=2,running=1': how many children are in each state
  progress_total INTEGER NOT NULL,
  progress_matched INTEGER NOT NULL,
  progress_processed INTEGER NOT NULL,
  results_total INTEGER NOT NULL,
  results_delivered INTEGER NOT NULL,
  drained_at INTEGER,
  has_errors INTEGER NOT NULL,
  output_id TEXT,
  output_name TEXT,
  name TEXT,
  description TEXT,
  type TEXT,
  message TEXT,
  runner TEXT,
  heard_at INTEGER,                    -- the last sign of life while it was being cancelled
  room BLOB                            -- bytes kept free until the job moves: it grows then, and stays on its page
) STRICT;
CREATE UNIQUE INDEX jobs_by_number ON jobs (namespace, number);
CREATE INDEX jobs_by_parent ON jobs (namespace, parent, started_at, number) WHERE parent IS NOT NULL;
CREATE INDEX jobs_unfinished ON jobs (namespace, parent) WHERE parent IS NOT NULL AND ended = 0;

-- `number` is the number the id would mean if it were nobody's alias.
CREATE TABLE aliases (
  namespace INTEGER NOT NULL,
  dialect TEXT NOT NULL,
  alias TEXT NOT NULL,
  number INTEGER,
  job INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (namespace, dialect, alias)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_by_job ON aliases (job, position);
CREATE INDEX aliases_by_number ON aliases (namespace, number) WHERE number IS NOT NULL;

-- `value` is the text of a JSON object, as received.
CREATE TABLE attributes (
  job INTEGER NOT NULL,
  dialect TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (job, dialect)
) STRICT, WITHOUT ROWID;

-- `value` is the text of a JSON value, as received; `position` counts from 0.
CREATE TABLE results (
  job INTEGER NOT NULL,
  position INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (job, position)
) STRICT, WITHOUT ROWID;

-- What a cancel asked for that can be done only when the runner has confirmed it.
CREATE TABLE afterwards (
  job INTEGER PRIMARY KEY,
  delete_output INTEGER NOT NULL,
  by TEXT NOT NULL,
  dialect TEXT NOT NULL,
  request_id TEXT NOT NULL
) STRICT;

-- The feed: what runners must obey.
CREATE TABLE commands (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  job INTEGER NOT NULL,
  command TEXT NOT NULL,
  state_before TEXT NOT NULL,
  state TEXT NOT NULL,
  by TEXT NOT NULL,
  dialect TEXT NOT NULL,
  request_id TEXT NOT NULL
) STRICT;

-- `targets` is a JSON array of {written, number, effect, before, after}. The last three are of a command that goes to another
-- engine; all are NULL where the ledger itself carried it out.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  command TEXT NOT NULL,
  by TEXT NOT NULL,
  client TEXT NOT NULL,
  dialect TEXT NOT NULL,
  request_id TEXT NOT NULL,
  targets TEXT NOT NULL,
  engine TEXT,                         -- the other engine
  fate TEXT,                           -- 'sent' | 'settled' | 'refused:unreachable' or another kind of fault
  settled_at INTEGER                   -- when what came of it was known
) STRICT;
",
    made_for_lists!(),
    made_for_journals!()
);
