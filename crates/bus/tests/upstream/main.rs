//! The engine of a legacy server from outside: what it sends, what it never sends twice, and what the journal knows.

#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests by #[test]; all of this crate is one, helpers included"
)]

mod stage;

use std::sync::Arc;
use std::time::Duration;

use countermand_bus::upstream::{FAILURES, Leftover, Namesake};
use countermand_model::{Alias, FaultKind, Outcome, State, Target};
use tokio::sync::Notify;
use tower::ServiceExt;

use stage::{Props, Replies, Reply, cancel, effects, list, stage, status};

const ESS: &str = "oracle-ess";

const LOOK: &str = "GET /requests/302";

const ORDER: &str = "POST /requests/302/cancel";

const RUNNING: Reply = Reply::Says(200, "{\"requestId\": 302, \"state\": \"RUNNING\"}");

const CANCELLED: Reply = Reply::Says(200, "{\"requestId\": 302, \"state\": \"CANCELLED\"}");

const TAKEN: Reply = Reply::Says(204, "");

/// Runs until it is cancelled.
fn obeys() -> Replies {
    Arc::new(|line, before| match (line, before) {
        (LOOK, 0) => RUNNING,
        (LOOK, _) => CANCELLED,
        _ => TAKEN,
    })
}

fn job(number: i64) -> Target {
    Target::number(number)
}

#[tokio::test]
async fn the_row_of_an_order_is_there_before_its_first_byte_and_complete_before_the_answer() {
    let stage = stage(obeys(), Props::default()).await;
    let outcome = stage.engine.oneshot(cancel(ESS, &[job(302)])).await.unwrap();
    assert_eq!(effects(&outcome), [("302".to_owned(), "cancelled")]);
    assert_eq!(stage.log.lines(), [LOOK, "sent cancel", ORDER, LOOK, "settled 302=cancelled"]);
}

#[tokio::test]
async fn an_order_that_is_cut_off_is_looked_at_and_not_sent_again() {
    let replies: Replies = Arc::new(|line, before| match (line, before) {
        (LOOK, 0) => RUNNING,
        (LOOK, _) => CANCELLED,
        _ => Reply::Cuts,
    });
    let stage = stage(replies, Props::default()).await;
    let outcome = stage.engine.oneshot(cancel(ESS, &[job(302)])).await.unwrap();
    assert_eq!(effects(&outcome), [("302".to_owned(), "cancelled")], "what was seen is true");
    assert_eq!(stage.log.count(ORDER), 1);
}

#[tokio::test]
async fn what_only_looks_is_asked_again_and_not_for_ever() {
    let replies: Replies = Arc::new(|_, before| match before {
        0 => Reply::Cuts,
        1 => Reply::Says(503, "{}"),
        _ => RUNNING,
    });
    let stage = stage(replies, Props::default()).await;
    let outcome = stage.engine.oneshot(status(ESS, job(302))).await.unwrap();
    let Outcome::Read { snapshot: Some(snapshot), .. } = outcome else { panic!("it is there: {outcome:?}") };
    assert_eq!((snapshot.job.state, stage.log.count(LOOK)), (State::Running, 3));

    let cut = stage::stage(Arc::new(|_, _| Reply::Cuts), Props::default()).await;
    let fault = cut.engine.oneshot(status(ESS, job(302))).await.unwrap_err();
    assert_eq!((fault.kind, cut.log.count(LOOK)), (FaultKind::Unreachable, 3));
}

#[tokio::test]
async fn a_caller_who_goes_away_takes_nothing_along() {
    let (came, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let told = Arc::clone(&came);
    let replies: Replies = Arc::new(move |line, before| match (line, before) {
        (LOOK, 0) => RUNNING,
        (LOOK, _) => CANCELLED,
        _ => {
            told.notify_one();
            TAKEN
        }
    });
    let stage = stage(replies, Props::default()).await;
    let caller = tokio::spawn(stage.engine.clone().oneshot(cancel(ESS, &[job(302)])));
    came.notified().await;
    caller.abort();
    go.notify_one();
    stage.engine.drained().await;
    assert_eq!(stage.log.lines().last().unwrap(), "settled 302=cancelled");
}

#[tokio::test]
async fn an_order_that_hangs_leaves_time_to_look() {
    let replies: Replies = Arc::new(|line, before| match (line, before) {
        (LOOK, 0) => RUNNING,
        (LOOK, _) => CANCELLED,
        _ => Reply::Hangs,
    });
    let stage = stage(replies, Props { timeout: Duration::from_secs(2), ..Props::default() }).await;
    let outcome = stage.engine.oneshot(cancel(ESS, &[job(302)])).await.unwrap();
    assert_eq!(effects(&outcome), [("302".to_owned(), "cancelled")]);
    assert_eq!(stage.log.count(ORDER), 1);
}

#[tokio::test]
async fn a_server_out_of_reach_is_left_alone_and_orders_to_it_have_their_rows() {
    let props = Props { deaf: true, timeout: Duration::from_millis(80), ..Props::default() };
    let stage = stage(obeys(), props).await;
    for _ in 0..FAILURES {
        let fault = stage.engine.clone().oneshot(cancel(ESS, &[job(302)])).await.unwrap_err();
        assert_eq!((fault.kind, fault.retry_after), (FaultKind::Unreachable, None));
    }
    let fault = stage.engine.oneshot(cancel(ESS, &[job(302)])).await.unwrap_err();
    assert_eq!((fault.kind, fault.retry_after), (FaultKind::Unreachable, Some(10)));
    assert_eq!(stage.log.lines(), ["refused unreachable"; FAILURES as usize + 1]);
}

#[tokio::test]
async fn a_full_house_is_told_so_and_has_its_rows() {
    let stage = stage(Arc::new(|_, _| Reply::Hangs), Props { concurrency: 1, ..Props::default() }).await;
    let first = tokio::spawn(stage.engine.clone().oneshot(status(ESS, job(302))));
    while stage.log.count(LOOK) == 0 {
        tokio::task::yield_now().await;
    }
    let fault = stage.engine.oneshot(cancel(ESS, &[job(302)])).await.unwrap_err();
    assert_eq!((fault.kind, fault.retry_after), (FaultKind::Overloaded, Some(1)));
    assert_eq!(stage.log.lines(), [LOOK, "refused overloaded"]);
    first.abort();
}

/// Cisco's 15 is 302 there.
fn mapped(dialect: &str, target: &Target) -> Option<Namesake> {
    let is_it = [("cisco-prime", "15"), (ESS, "302")].contains(&(dialect, target.written.as_str()));
    let alias =
        |dialect: &str, id: &str, number| Alias { dialect: dialect.to_owned(), id: id.to_owned(), number };
    let aliases = vec![alias("cisco-prime", "15", Some(15)), alias(ESS, "302", Some(302))];
    is_it.then_some(Namesake { number: 900, aliases })
}

#[tokio::test]
async fn ids_go_out_as_the_servers_and_come_back_as_the_callers() {
    let stage = stage(obeys(), Props { namesakes: mapped, ..Props::default() }).await;
    let nobody = Target { written: "none".to_owned(), number: None, dataset: None };
    let call = cancel("cisco-prime", &[nobody, job(15)]);
    let outcome = stage.engine.clone().oneshot(call).await.unwrap();
    let expected = [("none".to_owned(), "not_found"), ("15".to_owned(), "cancelled")];
    assert_eq!(effects(&outcome), expected);
    let Outcome::Acted { targets, .. } = &outcome else { panic!("an order: {outcome:?}") };
    let after = &targets[1].after.as_ref().unwrap().job;
    assert_eq!((after.number, after.alias("cisco-prime")), (15, Some("15")));
    assert_eq!(stage.log.lines().last().unwrap(), "settled none=not_found 15=cancelled");
    assert_eq!(stage.log.count(ORDER), 1);
}

#[tokio::test]
async fn an_id_that_is_none_there_is_not_found_and_nothing_is_asked() {
    let stage = stage(obeys(), Props::default()).await;
    let nobody = Target { written: "none".to_owned(), number: None, dataset: None };
    let outcome =
        stage.engine.clone().oneshot(cancel("cisco-prime", std::slice::from_ref(&nobody))).await.unwrap();
    assert_eq!(effects(&outcome), [("none".to_owned(), "not_found")]);
    assert_eq!(stage.log.lines(), ["sent cancel", "settled none=not_found"], "one row, complete");
    let read = stage.engine.oneshot(status("cisco-prime", nobody)).await;
    assert_eq!(read, Ok(Outcome::Read { at: 7, snapshot: None }));
}

fn left_behind() -> Vec<Leftover> {
    vec![Leftover {
        ticket: 1,
        command: "cancel".to_owned(),
        dialect: ESS.to_owned(),
        user: "li".to_owned(),
        request_id: "r0".to_owned(),
        targets: vec![job(302)],
    }]
}

#[tokio::test]
async fn what_was_left_behind_is_looked_at_and_never_sent_again() {
    let props = Props { leftovers: left_behind(), ..Props::default() };
    let stage = stage(Arc::new(|_, _| CANCELLED), props).await;
    stage.engine.recover().await;
    stage.engine.drained().await;
    assert_eq!(stage.log.lines(), [LOOK, "settled 302=cancelled"]);
}

#[tokio::test]
async fn what_was_left_behind_and_cannot_be_seen_is_told_as_unknown() {
    let timeout = Duration::from_millis(80);
    let stage =
        stage(obeys(), Props { leftovers: left_behind(), deaf: true, timeout, ..Props::default() }).await;
    stage.engine.recover().await;
    stage.engine.drained().await;
    assert_eq!(stage.log.lines(), ["settled 302=unverified_unanswered"]);
}

#[tokio::test]
async fn a_family_that_was_left_behind_is_not_said_to_have_ended_before_its_order() {
    let parent = "{\"requestId\": 302, \"state\": \"ERROR\", \"requestType\": \"JOBSET_SINGLETON\"}";
    let ended: Replies = Arc::new(move |_, _| Reply::Says(200, parent));
    for command in ["cancel", "release"] {
        let leftovers = vec![Leftover { command: command.to_owned(), ..left_behind().remove(0) }];
        let stage = stage(Arc::clone(&ended), Props { leftovers, ..Props::default() }).await;
        stage.engine.recover().await;
        stage.engine.drained().await;
        assert_eq!(stage.log.lines(), [LOOK, "settled 302=unverified_unanswered"], "{command}");
    }
}

#[tokio::test]
async fn what_was_left_behind_waits_for_a_place_to_be_looked_at() {
    let came = Arc::new(Notify::new());
    let told = Arc::clone(&came);
    let replies: Replies = Arc::new(move |_, before| {
        told.notify_one();
        if before == 0 { Reply::Hangs } else { CANCELLED }
    });
    let props = Props { leftovers: left_behind(), concurrency: 1, ..Props::default() };
    let stage = stage(replies, props).await;
    let first = tokio::spawn(stage.engine.clone().oneshot(status(ESS, job(302))));
    came.notified().await;
    stage.engine.recover().await;
    // It has begun, and found no place, when others had their turn.
    tokio::task::yield_now().await;
    first.abort();
    stage.engine.drained().await;
    assert_eq!(stage.log.lines(), [LOOK, LOOK, "settled 302=cancelled"]);
}

/// At the beginning; before the order; after it was answered.
#[tokio::test]
async fn a_mistake_in_a_dialect_leaves_a_row_that_is_true() {
    let cases: [(usize, &[&str]); 3] = [
        (0, &["refused internal"]),
        (2, &[LOOK, "refused internal"]),
        (3, &[LOOK, "sent cancel", ORDER, "settled 302=unverified_unanswered"]),
    ];
    for (after, expected) in cases {
        let props = Props { panics_after: Some(after), ..Props::default() };
        let stage = stage(obeys(), props).await;
        let fault = stage.engine.oneshot(cancel(ESS, &[job(302)])).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Internal, "{after}");
        assert_eq!(stage.log.lines(), expected, "{after}");
    }
}

/// The order alone is refused, for what may be said to no order: the audit says the same as the caller is told.
#[tokio::test]
async fn an_order_that_is_refused_as_a_whole_is_told_and_written_down_as_refused() {
    let refusal = "{\"type\": \"about:blank\", \"title\": \"Unauthorized\"}";
    for (status, told) in
        [(401, FaultKind::Unreachable), (415, FaultKind::Unreachable), (429, FaultKind::TooManyRequests)]
    {
        let replies: Replies =
            Arc::new(move |line, _| if line == LOOK { RUNNING } else { Reply::Says(status, refusal) });
        let stage = stage(replies, Props::default()).await;
        let fault = stage.engine.oneshot(cancel(ESS, &[job(302)])).await.unwrap_err();
        assert_eq!(fault.kind, told, "{status}");
        let nothing = format!("nothing {}", told.name());
        assert_eq!(stage.log.lines(), [LOOK, "sent cancel", ORDER, &nothing], "{status}");
    }
}

#[tokio::test]
async fn a_server_that_limits_its_callers_is_not_left_alone() {
    let busy = "{\"type\": \"about:blank\", \"title\": \"Service Unavailable\"}";
    // Each look is tried three times.
    let most = 3 * FAILURES as usize;
    let replies: Replies =
        Arc::new(move |_, before| if before < most { Reply::Says(503, busy) } else { RUNNING });
    let stage = stage(replies, Props::default()).await;
    let looks = (0..FAILURES).map(|_| tokio::spawn(stage.engine.clone().oneshot(status(ESS, job(302)))));
    for look in looks.collect::<Vec<_>>() {
        assert_eq!(look.await.unwrap().unwrap_err().kind, FaultKind::Overloaded);
    }
    let read = stage.engine.oneshot(status(ESS, job(302))).await;
    assert!(matches!(read, Ok(Outcome::Read { snapshot: Some(_), .. })), "{read:?}");
}

/// 302 is 15 to a Cisco caller, so that 15, which nobody has registered, cannot be.
#[tokio::test]
async fn a_job_whose_number_means_another_one_is_not_shown_by_it() {
    let page = "{\"pageIndex\": 1, \"count\": 3, \"items\": [
        {\"requestId\": 15, \"state\": \"RUNNING\", \"requestType\": \"SINGLETON\"},
        {\"requestId\": 16, \"state\": \"RUNNING\", \"requestType\": \"SINGLETON\"},
        {\"requestId\": 302, \"state\": \"RUNNING\", \"requestType\": \"SINGLETON\"}]}";
    let empty = "{\"pageIndex\": 2, \"count\": 0, \"items\": []}";
    let replies: Replies =
        Arc::new(move |line, _| Reply::Says(200, if line.contains("/search/1") { page } else { empty }));
    let stage = stage(replies, Props { namesakes: mapped, ..Props::default() }).await;
    let shown = |outcome: Outcome, dialect: &str| {
        let Outcome::Listed { jobs, .. } = outcome else { panic!("a list: {outcome:?}") };
        let id = |job: &countermand_model::Job| {
            job.alias(dialect).map_or_else(|| job.number.to_string(), ToOwned::to_owned)
        };
        jobs.iter().map(|snapshot| id(&snapshot.job)).collect::<Vec<_>>()
    };
    let listed = stage.engine.clone().oneshot(list("cisco-prime")).await.unwrap();
    assert_eq!(shown(listed, "cisco-prime"), ["16", "15"]);
    let listed = stage.engine.oneshot(list(ESS)).await.unwrap();
    assert_eq!(shown(listed, ESS), ["15", "16", "302"]);
}
