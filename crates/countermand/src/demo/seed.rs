//! The jobs a demo begins with. They are written as the control API takes them, in `seed.ndjson`, so that the file is
//! also an example for `countermand job import`. Their numbers are promised and do not change.

use countermand_control::describe;
use countermand_ledger::{Put, Refused, Store};
use countermand_model::{Draft, Patch};

/// The namespace of a demo.
pub(super) const NAMESPACE: &str = "default";

const JOBS: &str = include_str!("seed.ndjson");

/// Who the audit says it was.
const BY: &str = "demo";

/// The seed jobs, parents before their children.
pub(super) fn jobs() -> Vec<(i64, Draft)> {
    JOBS.lines()
        .map(|line| {
            let (number, _, draft) = describe(line.as_bytes()).expect("a seed describes a job");
            (number.expect("a seed has a number"), draft)
        })
        .collect()
}

/// Registers the seed jobs that are not there yet. A store that was used before keeps what happened in it.
pub(super) async fn plant(store: &Store) -> Result<(), Refused> {
    for (number, draft) in jobs() {
        let only_new = Put { if_revision: Some(0), ..by_demo() };
        match store.put(NAMESPACE, Some(number), draft, only_new).await {
            Ok(_) | Err(Refused::Stale { .. }) => {}
            Err(refused) => return Err(refused),
        }
    }
    Ok(())
}

/// Starts a seed job afresh, when it is one that had something to do; the others stay ended.
pub(super) async fn renew(store: &Store, number: i64) -> Result<(), Refused> {
    let Some((_, draft)) = jobs().into_iter().find(|(seed, _)| *seed == number) else { return Ok(()) };
    match draft.state {
        Patch::Set(state) if !state.is_terminal() => {
            store.put(NAMESPACE, Some(number), draft, Put { replace: true, ..by_demo() }).await.map(|_| ())
        }
        Patch::Set(_) | Patch::Keep => Ok(()),
    }
}

fn by_demo() -> Put {
    Put { by: BY.to_owned(), ..Put::default() }
}
