//! Ledgers to measure in: many queued jobs, and what is looked up in them afterwards.

use std::path::Path;
use std::sync::Arc;

use countermand_ledger::{Config, Location, Put, Store, Wall};
use countermand_model::{Draft, Patch, State};

/// Opens a ledger's file. Nothing needs to be on disk before a whole ledger has been written.
pub(crate) fn open(file: &Path) -> Store {
    let location = Location::File(file.to_owned());
    let config = Config { location, clock: Arc::new(Wall), durable: false, queue: 4096, readers: 1 };
    Store::open(config).expect("the bench's own ledger")
}

/// Writes a ledger of jobs 1 to `jobs`, all queued.
pub(crate) fn seed(file: &Path, jobs: i64) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let store = open(file);
    let mut first = 1;
    while first <= jobs {
        let end = (first + 10_000).min(jobs + 1);
        let queued = |number| (Some(number), Draft { state: Patch::Set(State::Queued), ..Draft::default() });
        let drafts = (first..end).map(queued).collect();
        let taken = runtime.block_on(store.put_all("default", drafts, Put::default()));
        assert!(taken.expect("the ledger takes them").iter().all(Result::is_ok), "a job was refused");
        first = end;
    }
    runtime.block_on(store.close());
}
