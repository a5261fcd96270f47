//! Groups whose members hurt: what fails is told so, the others are on disk, and nobody waits for ever.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rusqlite::Connection;

use super::*;

struct Zero;

impl Clock for Zero {
    fn now(&self) -> i64 {
        0
    }
}

/// A desk over one small table, whose references are checked by COMMIT only.
fn desk(folder: &tempfile::TempDir) -> (Writer, Desk, Arc<Signals>) {
    desk_with(folder, |_| true)
}

/// The same with another answer to a file that somebody else holds: whether to try again.
fn desk_with(folder: &tempfile::TempDir, busy: fn(i32) -> bool) -> (Writer, Desk, Arc<Signals>) {
    let mut connection = Connection::open(folder.path().join("t.db")).unwrap();
    connection.busy_handler(Some(busy)).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;
             CREATE TABLE t (i INTEGER PRIMARY KEY,
                             next INTEGER REFERENCES t (i) DEFERRABLE INITIALLY DEFERRED, b BLOB) STRICT;",
        )
        .unwrap();
    let signals = Arc::new(Signals::new(0));
    let (writer, desk) = Writer::new(Session::new(connection), 16, Arc::new(Zero), Arc::clone(&signals));
    (writer, desk, signals)
}

/// Puts every write into the queue before the thread sits down, so that they are one group.
fn as_one_group(
    writer: &Writer,
    desk: Desk,
    statements: &[&'static str],
) -> (Vec<Result<(), Fault>>, std::thread::JoinHandle<()>) {
    let mut waiting: Vec<BoxFuture<'_, Result<(), Fault>>> = statements
        .iter()
        .map(|&statement| {
            let work = move |turn: &mut Turn<'_>| {
                assert_ne!(statement, "panic", "as it was told");
                turn.session.run(statement, []).map(|_| ())
            };
            writer.write(work).boxed()
        })
        .collect();
    for write in &mut waiting {
        assert!(write.as_mut().now_or_never().is_none());
    }
    let thread = std::thread::spawn(move || desk.sit(Arc::new(None)));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    (waiting.into_iter().map(|write| runtime.block_on(write)).collect(), thread)
}

fn rows(folder: &tempfile::TempDir) -> Vec<i64> {
    let connection = Connection::open(folder.path().join("t.db")).unwrap();
    let mut statement = connection.prepare("SELECT i FROM t ORDER BY i").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_group_is_one_commit() {
    let folder = tempfile::tempdir().unwrap();
    let (writer, desk, signals) = desk(&folder);
    let inserts = ["INSERT INTO t (i) VALUES (1)", "INSERT INTO t (i) VALUES (2)"];
    let (answers, thread) = as_one_group(&writer, desk, &inserts);
    assert_eq!(answers, [Ok(()), Ok(())]);
    assert_eq!(signals.commits.load(Relaxed), 1);
    drop(writer);
    thread.join().unwrap();
    assert_eq!(rows(&folder), [1, 2]);
}

#[test]
fn only_what_fails_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let (writer, desk, _) = desk(&folder);
    let statements = [
        "INSERT INTO t (i) VALUES (1)",
        "panic",
        "INSERT INTO t (i) VALUES ('not a number')",
        // Fails in COMMIT, not before.
        "INSERT INTO t (i, next) VALUES (4, 99)",
        "INSERT INTO t (i) VALUES (5)",
    ];
    let (answers, thread) = as_one_group(&writer, desk, &statements);
    let kinds: Vec<_> = answers.iter().map(|answer| answer.as_ref().err().map(|fault| fault.kind)).collect();
    let internal = Some(FaultKind::Internal);
    assert_eq!(kinds, [None, internal, internal, internal, None]);
    assert!(answers[1].as_ref().unwrap_err().detail.as_ref().unwrap().contains("as it was told"));
    drop(writer);
    thread.join().unwrap();
    assert_eq!(rows(&folder), [1, 5]);
}

#[test]
fn a_full_disk_is_told_and_gone_when_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let (writer, desk, _) = desk(&folder);
    let fill = "INSERT INTO t (i, b) VALUES (2, zeroblob(1000000))";
    desk.session.one("PRAGMA max_page_count = 20", [], |_| Ok(())).unwrap();
    let statements = ["INSERT INTO t (i) VALUES (1)", fill, "INSERT INTO t (i) VALUES (3)"];
    let (answers, thread) = as_one_group(&writer, desk, &statements);
    assert_eq!(answers.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    assert!(answers[1].as_ref().unwrap_err().detail.as_ref().unwrap().contains("full"));
    drop(writer);
    thread.join().unwrap();
    assert_eq!(rows(&folder), [1, 3]);
}

#[test]
fn only_what_is_the_disks_is_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let (writer, desk, _) = desk(&folder);
    let fails = |statement: &'static str| {
        let (reply, _answer) = oneshot::channel();
        let work = move |turn: &mut Turn<'_>| turn.session.run(statement, []);
        desk.commit(&mut [Box::new(Write { work, made: None, reply })]).unwrap_err();
    };
    fails("INSERT INTO t (i, next) VALUES (1, 99)");
    assert!(writer.trouble().is_none());
    desk.session.one("PRAGMA max_page_count = 20", [], |_| Ok(())).unwrap();
    fails("INSERT INTO t (i, b) VALUES (2, zeroblob(1000000))");
    desk.commit(&mut []).unwrap();
    assert!(writer.trouble().is_some_and(|trouble| !trouble.is_lasting));
    writer.is_well_again();
    assert!(writer.trouble().is_none());
}

#[test]
fn a_transaction_that_cannot_begin_is_asked_for_once() {
    static ASKED: AtomicU64 = AtomicU64::new(0);
    let folder = tempfile::tempdir().unwrap();
    let (writer, desk, _) = desk_with(&folder, |_| {
        ASKED.fetch_add(1, Relaxed);
        false
    });
    let other = Connection::open(folder.path().join("t.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let inserts = ["INSERT INTO t (i) VALUES (1)", "INSERT INTO t (i) VALUES (2)"];
    let (answers, thread) = as_one_group(&writer, desk, &inserts);
    assert!(
        answers.iter().all(|answer| answer.as_ref().is_err_and(|fault| fault.kind == FaultKind::Internal))
    );
    assert_eq!(ASKED.load(Relaxed), 1, "each alone would wait as long again");
    other.execute_batch("ROLLBACK").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(writer.write(|turn| turn.session.run("INSERT INTO t (i) VALUES (3)", []))).unwrap();
    drop(writer);
    thread.join().unwrap();
    assert_eq!(rows(&folder), [3]);
}

#[test]
fn who_went_away_meanwhile_is_not_tried_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (_writer, desk, _) = desk(&folder);
    let (reply, answer) = oneshot::channel::<Result<usize, Fault>>();
    let patient = std::sync::Mutex::new(Some(answer));
    let insert = |turn: &mut Turn<'_>| turn.session.run("INSERT INTO t (i) VALUES (1)", []);
    let left = Box::new(Write { work: insert, made: None, reply });
    let (reply, _answer) = oneshot::channel();
    let leave = move |turn: &mut Turn<'_>| {
        patient.lock().unwrap().take();
        turn.session.run("INSERT INTO t (i) VALUES ('not a number')", [])
    };
    desk.settle(vec![left, Box::new(Write { work: leave, made: None, reply })]);
    drop(desk);
    assert_eq!(rows(&folder), [0_i64; 0]);
}

#[test]
fn nobody_waits_for_a_thread_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let (writer, desk, _) = desk(&folder);
    let mut waiting = writer.write(|_| Ok(())).boxed();
    assert!(waiting.as_mut().now_or_never().is_none());
    drop(desk);
    assert_eq!(waiting.now_or_never().unwrap().unwrap_err().kind, FaultKind::Timeout);
    let refused = writer.write(|_| Ok(())).now_or_never().unwrap().unwrap_err();
    assert_eq!(refused.kind, FaultKind::Overloaded);
}
