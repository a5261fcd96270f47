//! A ledger of so many queued jobs, for a server to be started on.

use std::path::Path;
use std::sync::Arc;

use countermand_ledger::{Config, Location, Put, Store, Wall};
use countermand_model::{Draft, Patch, State};

/// The ledger of [`crate::server::config`] in that folder.
pub(crate) fn open(folder: &Path) -> Store {
    let location = Location::File(folder.join("ledger.db"));
    let config = Config { location, clock: Arc::new(Wall), durable: true, queue: 4096, readers: 1 };
    Store::open(config).expect("the bench's own ledger")
}

/// Registers the jobs 1 to `jobs`.
pub(crate) fn seed(folder: &Path, jobs: i64) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let store = open(folder);
    let numbers: Vec<i64> = (1..=jobs).collect();
    for part in numbers.chunks(10_000) {
        let queued = || Draft { state: Patch::Set(State::Queued), ..Draft::default() };
        let drafts = part.iter().map(|number| (Some(*number), queued())).collect();
        runtime.block_on(store.put_all("default", drafts, Put::default())).expect("the ledger takes them");
    }
    runtime.block_on(store.close());
}
