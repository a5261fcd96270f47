//! Opening and closing: what is not a sound ledger of ours is told so and left alone.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use countermand_ledger::{Config, Location, OpenError, Put, Refused, Store};
use countermand_model::*;

use crate::support::*;

fn open(path: &Path) -> Result<Store, OpenError> {
    let clock = Arc::new(countermand_ledger::Wall);
    let location = Location::File(path.to_owned());
    Store::open(Config { location, clock, durable: true, queue: 16, readers: 1 })
}

/// Opening fails, says these words and the path, and changes nothing.
#[track_caller]
fn refuses(path: &Path, words: &str) -> OpenError {
    let before = path.is_file().then(|| fs::read(path).unwrap());
    let error = open(path).err().unwrap();
    let text = error.to_string();
    assert!(text.contains(words), "{text:?} does not say {words:?}");
    assert!(text.contains(path.file_name().unwrap().to_str().unwrap()), "{text:?} does not say where");
    assert_eq!(path.is_file().then(|| fs::read(path).unwrap()), before, "the file was changed");
    error
}

/// A sound ledger with one job.
async fn sound(path: &Path) {
    let ledger = Ledger::file(path);
    ledger.put(1, in_state(State::Running)).await;
    ledger.store.close().await;
}

#[tokio::test]
async fn what_was_answered_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    {
        let ledger = Ledger::file(&path);
        ledger.put(1, in_state(State::Running)).await;
        ledger.act(cancel(&[1], Reach::One)).await;
        let receiver = ledger.store.commands_watch();
        assert_eq!(*receiver.borrow(), 1);
    }
    let ledger = Ledger::file(&path);
    assert_eq!(ledger.state(1).await, State::Cancelling);
    assert_eq!((ledger.audit().await.len(), ledger.feed().await.len()), (1, 1));
    assert_eq!(*ledger.store.commands_watch().borrow(), 1);
    #[cfg(unix)]
    for ending in ["", "-wal", "-shm", "-lock"] {
        use std::os::unix::fs::PermissionsExt;
        let name = folder.path().join(format!("ledger.db{ending}"));
        assert_eq!(fs::metadata(&name).unwrap().permissions().mode() & 0o777, 0o600, "{}", name.display());
    }
}

#[tokio::test]
async fn a_closed_ledger_refuses_and_leaves_its_file_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::file(&path);
    ledger.put(1, in_state(State::Running)).await;
    ledger.store.ready().await.unwrap();
    ledger.store.close().await;
    ledger.store.close().await;
    let refused = ledger.try_put(2, Draft::default()).await.unwrap_err();
    assert!(matches!(refused, Refused::Unable(Fault { kind: FaultKind::Overloaded, .. })));
    assert_eq!(ledger.store.ready().await.unwrap_err().kind, FaultKind::Overloaded);
    assert_eq!(Ledger::file(&path).state(1).await, State::Running);
}

#[tokio::test]
async fn a_second_process_is_kept_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::file(&path);
    assert!(matches!(refuses(&path, "in use by another process"), OpenError::Locked { .. }));
    #[cfg(unix)]
    {
        let link = folder.path().join("link.db");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(matches!(open(&link), Err(OpenError::Locked { .. })), "by another name, too");
    }
    drop(ledger);
    open(&path).unwrap();
}

#[tokio::test]
async fn what_is_not_a_ledger_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);

    fs::create_dir(path("directory")).unwrap();
    assert!(matches!(refuses(&path("directory"), "a directory"), OpenError::NotALedger { .. }));

    for (name, bytes) in [("short", &b"hello"[..]), ("long", &[7; 4096][..])] {
        fs::write(path(name), bytes).unwrap();
        assert!(matches!(refuses(&path(name), "some other file"), OpenError::NotALedger { .. }));
    }

    let foreign = rusqlite::Connection::open(path("foreign")).unwrap();
    foreign.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE jobs (id)").unwrap();
    drop(foreign);
    let error = refuses(&path("foreign"), "another program's SQLite database");
    assert!(matches!(error, OpenError::NotALedger { .. }));

    refuses(&path("nowhere/ledger.db"), "make its directory first");
}

/// How many pages the rows of jobs take.
fn pages_of_jobs(path: &Path) -> i64 {
    let file = rusqlite::Connection::open(path).unwrap();
    file.query_row("SELECT count(*) FROM dbstat WHERE name = 'jobs'", [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn a_job_that_moves_stays_on_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::file(&path);
    let drafts = (1..=2000).map(|number| (Some(number), in_state(State::Queued))).collect();
    ledger.store.put_all("default", drafts, Put::default()).await.unwrap();
    let before = pages_of_jobs(&path);
    for number in (1..=2000).step_by(2) {
        ledger.say(number, State::Running, "farm-1").await.unwrap();
    }
    let all: Vec<_> = (1..=2000).collect();
    ledger.act(cancel(&all, Reach::One)).await;
    for number in (1..=2000).step_by(2) {
        ledger.say(number, State::Cancelled, "farm-1").await.unwrap();
    }
    ledger.store.close().await;
    assert_eq!(pages_of_jobs(&path), before);
}

#[tokio::test]
async fn an_empty_file_is_not_silently_a_new_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    sound(&path).await;
    fs::write(&path, b"").unwrap();
    assert!(matches!(refuses(&path, "is empty: remove it"), OpenError::Empty { .. }));

    // What a crash leaves of a new ledger is under another name.
    fs::remove_file(&path).unwrap();
    fs::write(folder.path().join("ledger.db-new"), b"").unwrap();
    open(&path).unwrap();
    assert!(!folder.path().join("ledger.db-new").exists());
}

#[tokio::test]
async fn a_newer_ledger_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    sound(&path).await;
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 5").unwrap();
    assert!(matches!(refuses(&path, "format 5"), OpenError::Newer { found: 5, known: 4, .. }));
}

#[tokio::test]
async fn a_damaged_ledger_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    sound(&path).await;
    let bytes = fs::read(&path).unwrap();

    fs::write(&path, &bytes[..bytes.len() - 4096]).unwrap();
    assert!(matches!(refuses(&path, "shorter than"), OpenError::Damaged { .. }));

    let mut garbled = bytes.clone();
    garbled[100..200].fill(0xff);
    fs::write(&path, &garbled).unwrap();
    assert!(matches!(refuses(&path, "damaged"), OpenError::Damaged { .. }));

    fs::write(&path, &bytes).unwrap();
    rusqlite::Connection::open(&path).unwrap().execute_batch("DROP TABLE audit").unwrap();
    assert!(matches!(refuses(&path, "no table audit"), OpenError::Damaged { .. }));

    fs::remove_file(&path).unwrap();
    fs::write(folder.path().join("ledger.db-wal"), [1; 64]).unwrap();
    assert!(matches!(refuses(&path, "-wal"), OpenError::Damaged { .. }));
    assert!(!path.exists(), "no new ledger hides the loss");
}

#[tokio::test]
async fn a_ledger_with_damaged_pages_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::file(&path);
    let long = |number| (Some(number), Draft { name: Patch::Set(Some("x".repeat(500))), ..Draft::default() });
    ledger.store.put_all("default", (1..500).map(long).collect(), Put::default()).await.unwrap();
    ledger.store.close().await;
    let bytes = fs::read(&path).unwrap();
    let pages = bytes.len() / PAGE;

    let third: Vec<_> = (1..pages).step_by(3).collect();
    // Or only one, in the midst of the jobs.
    for damaged in [third, vec![pages / 2]] {
        let mut garbled = bytes.clone();
        damaged.iter().for_each(|page| garble(&mut garbled[page * PAGE..][..PAGE]));
        fs::write(&path, &garbled).unwrap();
        assert!(matches!(refuses(&path, "damaged"), OpenError::Damaged { .. }));
    }
    fs::write(&path, &bytes).unwrap();
    open(&path).unwrap();
}

const PAGE: usize = 4096;

/// Bytes that mean nothing, the same each time.
fn garble(page: &mut [u8]) {
    let mut noise = 7_u32;
    for byte in page {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = noise.to_be_bytes()[0];
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_ledger_in_memory_leaves_nothing_behind() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Queued)).await;
    let open = fs::read_dir("/proc/self/fd").unwrap().flatten();
    let names = open.filter_map(|entry| fs::read_link(entry.path()).ok());
    let named = names.filter(|name| name.ends_with("memory.db") || name.ends_with("memory.db-wal"));
    assert_eq!(named.count(), 0, "a name ends in (deleted) when it is gone");
    for number in 2..200 {
        ledger.put(number, Draft { name: Patch::Set(Some("x".repeat(4000))), ..Draft::default() }).await;
    }
    assert_eq!(ledger.store.list("default", Filter::ALL, 0, 1000).await.unwrap().len(), 199);
}
