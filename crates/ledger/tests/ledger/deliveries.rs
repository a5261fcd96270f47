//! Results that are handed out once: reserved, confirmed, drained; and what a crash or a second reader does.

use countermand_model::*;

use crate::support::*;

async fn take(ledger: &Ledger) -> Box<Snapshot> {
    ledger.status(1, Results::Undelivered, Kin::None).await.unwrap()
}

async fn add(ledger: &Ledger, from: u64, items: &[&str]) {
    let items = items.iter().map(|item| (*item).to_owned()).collect();
    let event = Event { results: Some(NewResults { from, items }), ..Event::default() };
    ledger.event(1, event).await.unwrap();
}

async fn confirm(ledger: &Ledger, delivery: Option<Delivery>) {
    let outcome = ledger.ask(Command::Confirm { delivery: delivery.unwrap() }).await;
    assert_eq!(outcome, Outcome::Confirmed);
}

#[tokio::test]
async fn results_are_delivered_once_and_in_order() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Running)).await;
    let nothing = take(&ledger).await;
    assert_eq!((nothing.results.len(), nothing.delivery), (0, None));

    add(&ledger, 0, &["24.00", "2"]).await;
    let first = take(&ledger).await;
    assert_eq!(first.results, ["24.00", "2"]);
    confirm(&ledger, first.delivery).await;
    assert_eq!(ledger.job(1).await.results_delivered, 2);
    add(&ledger, 2, &["3"]).await;
    let second = take(&ledger).await;
    assert_eq!(second.results, ["3"]);
    confirm(&ledger, second.delivery).await;

    let commits = ledger.store.figures().commits;
    assert_eq!(take(&ledger).await.delivery, None);
    assert_eq!(ledger.store.figures().commits, commits, "nothing to deliver is nothing to write");

    ledger.say(1, State::Succeeded, "a").await.unwrap();
    ledger.pass(7);
    let last = take(&ledger).await;
    assert_eq!((last.results.len(), last.delivery.is_some()), (0, true), "the news that there are no more");
    confirm(&ledger, last.delivery).await;
    assert_eq!(ledger.job(1).await.drained_at, Some(START + 7));
    let drained = take(&ledger).await;
    assert_eq!((drained.delivery, drained.job.drained_at), (None, Some(START + 7)));
    let all = ledger.status(1, Results::All, Kin::None).await.unwrap();
    assert_eq!(all.results, ["24.00", "2", "3"], "who does not take sees all");
}

#[tokio::test]
async fn a_second_reader_gets_nothing_meanwhile() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Running)).await;
    add(&ledger, 0, &["1"]).await;
    ledger.say(1, State::Succeeded, "a").await.unwrap();
    let first = take(&ledger).await;
    assert_eq!(first.results, ["1"]);
    let second = take(&ledger).await;
    assert_eq!((second.results.len(), second.delivery, second.job.drained_at), (0, None, None));

    ledger.pass(29_999);
    assert_eq!(take(&ledger).await.delivery, None);
    ledger.pass(1);
    let again = take(&ledger).await;
    assert_eq!(again.results, ["1"], "nobody confirmed");
    confirm(&ledger, first.delivery).await;
    assert_eq!(ledger.job(1).await.results_delivered, 0, "that one had run out");
    confirm(&ledger, again.delivery).await;
    confirm(&ledger, again.delivery).await;
    let job = ledger.job(1).await;
    assert_eq!((job.results_delivered, job.drained_at), (1, Some(START + 30_000)));
}

#[tokio::test]
async fn a_clock_that_is_set_back_holds_no_results_back() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Running)).await;
    add(&ledger, 0, &["1"]).await;
    assert_eq!(take(&ledger).await.results, ["1"]);
    ledger.pass(-3_600_000);
    let again = take(&ledger).await;
    assert_eq!(again.results, ["1"], "nobody confirmed, and nobody knows how long ago");
    assert_eq!(take(&ledger).await.results.len(), 0);
    ledger.pass(30_000);
    assert_eq!(take(&ledger).await.results, ["1"]);
}

#[tokio::test]
async fn what_was_not_confirmed_before_a_crash_is_delivered_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::file(&path);
    ledger.put(1, in_state(State::Running)).await;
    add(&ledger, 0, &["1", "2"]).await;
    let taken = take(&ledger).await;
    assert_eq!(taken.results.len(), 2);
    drop(ledger);

    let ledger = Ledger::file(&path);
    let again = take(&ledger).await;
    assert_eq!(again.results, ["1", "2"]);
    confirm(&ledger, again.delivery).await;
    drop(ledger);

    let ledger = Ledger::file(&path);
    assert_eq!(take(&ledger).await.results.len(), 0, "a confirmation is durable");
    assert_eq!(ledger.audit().await, []);
}

/// Pitfall hitachi-detail-view 4.
#[tokio::test]
async fn a_cumulative_reading_takes_nothing_but_the_end() {
    let ledger = Ledger::memory();
    let read = async || ledger.status(1, Results::Cumulative, Kin::None).await.unwrap();
    ledger.put(1, in_state(State::Running)).await;
    add(&ledger, 0, &["1", "2"]).await;
    let first = read().await;
    assert_eq!(first.results, ["1", "2"]);
    let meanwhile = read().await;
    assert_eq!((meanwhile.results.len(), meanwhile.delivery), (2, None), "reserved, and there all the same");
    confirm(&ledger, first.delivery).await;
    assert_eq!(read().await.results, ["1", "2"], "delivered, and there all the same");
    ledger.say(1, State::Succeeded, "a").await.unwrap();
    let last = read().await;
    assert!(last.results == ["1", "2"] && last.delivery.is_some() && last.job.drained_at.is_none());
    assert!(read().await.delivery.is_none(), "the end is reserved");
    confirm(&ledger, last.delivery).await;
    assert!(read().await.job.drained_at.is_some());
}

#[tokio::test]
async fn many_readers_at_once_get_each_result_once() {
    let ledger = Ledger::memory();
    ledger.put(1, in_state(State::Running)).await;
    add(&ledger, 0, &["1", "2", "3"]).await;
    let takes: Vec<_> = (0..16)
        .map(|_| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                let taken = take(&ledger).await;
                if taken.delivery.is_some() {
                    confirm(&ledger, taken.delivery).await;
                }
                taken.results.len()
            })
        })
        .collect();
    let mut delivered = 0;
    for take in takes {
        delivered += take.await.unwrap();
    }
    assert_eq!(delivered, 3);
}
