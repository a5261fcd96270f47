//! Where lists are read: on a thread of their own, beside the writer, the runtime and whoever looks at one job.

use std::sync::{Arc, Barrier, mpsc};
use std::time::Duration;

use countermand_model::{Call, Caller, Command, Draft, Filter, Kin, Outcome, Page, Results, Status, Target};
use tower::ServiceExt;

use crate::session::Session;
use crate::{Clock, Config, Location, Put, Store};

/// A clock that tells the name of each thread that reads it, and holds back those that read when they are told to.
struct Telling {
    names: mpsc::SyncSender<String>,
    held: Option<Arc<Barrier>>,
}

impl Clock for Telling {
    fn now(&self) -> i64 {
        let name = std::thread::current().name().unwrap_or_default().to_owned();
        if let (Some(held), true) = (&self.held, name == "ledger-lists") {
            held.wait();
        }
        // Full only where nobody listens any more.
        let _ = self.names.try_send(name);
        7
    }
}

fn open(held: Option<Arc<Barrier>>) -> (Store, mpsc::Receiver<String>) {
    let (names, told) = mpsc::sync_channel(64);
    let clock = Arc::new(Telling { names, held });
    let config = Config { location: Location::Memory, clock, durable: false, queue: 16, readers: 1 };
    (Store::open(config).unwrap(), told)
}

fn call(command: Command) -> Call {
    Call { command, caller: Caller::default(), dialect: "ess", request_id: String::new() }
}

fn list() -> Command {
    let page = Page { first: 0, size: 9 };
    Command::List { filter: Filter::ALL, sort: vec![], page, count: true, kin: Kin::Latest }
}

#[tokio::test]
async fn lists_and_runs_are_read_on_a_thread_of_their_own() {
    let (store, told) = open(None);
    for command in [list(), Command::Runs { filter: Filter::ALL }] {
        store.put("default", Some(1), Draft::default(), Put::default()).await.unwrap();
        while told.try_recv().is_ok() {}
        store.engine("default").oneshot(call(command)).await.unwrap();
        assert_eq!(told.try_iter().collect::<Vec<_>>(), ["ledger-lists"]);
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_list_that_takes_forever_delays_no_write_no_poll_and_no_other_work() {
    let held = Arc::new(Barrier::new(2));
    let (store, _told) = open(Some(Arc::clone(&held)));
    store.put("default", Some(1), Draft::default(), Put::default()).await.unwrap();
    let stuck = tokio::spawn(store.engine("default").oneshot(call(list())));
    tokio::task::yield_now().await;
    // The only reader of lists waits in one until it is let go below; the only thread of this runtime goes on.
    for number in 2..20 {
        store.put("default", Some(number), Draft::default(), Put::default()).await.unwrap();
    }
    // Nor a poll, nor a runner who asks for his orders.
    let status =
        Command::Status(Status { target: Target::number(3), results: Results::None, kin: Kin::None });
    let polled = store.engine("default").oneshot(call(status)).await.unwrap();
    assert!(matches!(polled, Outcome::Read { snapshot: Some(_), .. }));
    store.commands(0, 1).await.unwrap().unwrap();
    assert!(!stuck.is_finished());
    held.wait();
    let Outcome::Listed { total, .. } = stuck.await.unwrap().unwrap() else { panic!("not a list") };
    assert_eq!(total, Some(19), "the list began to read only when it was let go");
}

#[tokio::test]
async fn a_read_that_nobody_waits_for_any_more_stops() {
    let (store, _told) = open(None);
    store.put("default", Some(1), Draft::default(), Put::default()).await.unwrap();
    let (begun, begins) = mpsc::sync_channel(1);
    let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n";
    let forever = {
        let store = store.clone();
        tokio::spawn(async move {
            let read = move |session: &Session| {
                begun.send(()).unwrap();
                session.at_one_moment(|session| session.one(endless, [], |_| Ok(())))
            };
            store.house.readers.read(read).await
        })
    };
    tokio::task::yield_now().await;
    begins.recv().unwrap();
    forever.abort();
    // The only reader is free again, and nothing of the read that was stopped is left.
    let next = tokio::time::timeout(Duration::from_secs(30), store.engine("default").oneshot(call(list())));
    let Outcome::Listed { total, .. } = next.await.unwrap().unwrap() else { panic!("not a list") };
    assert_eq!(total, Some(1));
}
