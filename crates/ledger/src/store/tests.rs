//! What only a look inside can bring about: a disk that is full, and a file that is damaged while it is open.

use std::sync::Arc;

use countermand_model::{Draft, FaultKind, Patch};

use super::*;
use crate::{Location, Wall};

fn memory() -> Store {
    let config =
        Config { location: Location::Memory, clock: Arc::new(Wall), durable: false, queue: 16, readers: 1 };
    Store::open(config).unwrap()
}

fn named(length: usize) -> Draft {
    Draft { name: Patch::Set(Some("x".repeat(length))), ..Draft::default() }
}

/// Lets the file grow to so many pages and no further.
async fn limit(store: &Store, pages: i64) {
    let set = move |turn: &mut crate::turn::Turn<'_>| {
        turn.session.one(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
    };
    store.house.writer.write(set).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_not_ready_although_it_fails_before_the_commit() {
    let store = memory();
    store.put("default", Some(1), named(1), Put::default()).await.unwrap();
    store.ready().await.unwrap();
    // Less than there is already: not a page more.
    limit(&store, 1).await;
    let refused = store.put("default", Some(2), named(100_000), Put::default()).await.unwrap_err();
    assert!(matches!(refused, Refused::Unable(Fault { kind: FaultKind::Internal, .. })));
    for _ in 0..2 {
        assert!(store.ready().await.unwrap_err().detail.unwrap().contains("full"));
        // What writes nothing, or finds room in a page that is there, shows nothing.
        store.put("default", Some(1), named(1), Put::default()).await.unwrap();
        store.put("default", Some(1), named(2), Put::default()).await.unwrap();
    }
    limit(&store, 1_000_000).await;
    for _ in 0..2 {
        store.ready().await.unwrap();
    }
    let left = |session: &Session| session.one("SELECT count(*) FROM afterwards", [], |row| row.get(0));
    assert_eq!(store.house.readers.read(left).await, Ok(Some(0)));
}

#[tokio::test]
async fn a_file_that_is_found_damaged_is_not_ready_again() {
    let store = memory();
    let corrupt = |_: &mut crate::turn::Turn<'_>| -> rusqlite::Result<()> {
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        Err(rusqlite::Error::SqliteFailure(code, None))
    };
    store.house.writer.write(corrupt).await.unwrap_err();
    for _ in 0..2 {
        assert_eq!(store.ready().await.unwrap_err().kind, FaultKind::Internal);
        store.put("default", Some(1), named(1), Put::default()).await.unwrap();
    }
}
