-- The tables of version 3 as they were made, kept to show that such a file is still opened.
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
  heard_at INTEGER                     -- the last sign of life while it was being cancelled
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

CREATE INDEX audit_unsettled ON audit (engine) WHERE fate = 'sent';
