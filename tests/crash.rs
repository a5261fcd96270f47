//! What was answered is what is on disk: after `kill -9`, and in the order of system calls.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countermand_ledger::{Config, Location, Put, Store, Wall};
use countermand_model::{Draft, Patch, State};

use crate::client::Client;
use crate::server::{BASIC, Server, config};

const ROUNDS: u64 = 30;
const JOBS: i64 = 600;
const CLIENTS: i64 = 6;

fn open(path: &std::path::Path) -> Store {
    let location = Location::File(path.to_owned());
    let config = Config { location, clock: Arc::new(Wall), durable: true, queue: 4096, readers: 1 };
    Store::open(config).expect("the ledger opens after a crash")
}

/// Odd numbers are running, even ones queued.
fn seed(runtime: &tokio::runtime::Runtime, store: &Store) {
    let drafts = (1..=JOBS).map(|number| {
        let state = if number % 2 == 0 { State::Queued } else { State::Running };
        (Some(number), Draft { state: Patch::Set(state), ..Draft::default() })
    });
    let put = runtime
        .block_on(store.put_all("default", drafts.collect(), Put::default()))
        .expect("an empty ledger takes them");
    assert!(put.iter().all(Result::is_ok));
    runtime.block_on(store.close());
}

/// Cancels its share of the jobs, one after the other; returns those answered with success.
fn storm(server: SocketAddr, share: i64, answered: &AtomicUsize) -> Vec<i64> {
    let mut done = Vec::new();
    let Ok(mut client) = Client::connect(server) else { return done };
    let headers = format!("{BASIC}Content-Type: application/xml\r\n");
    for number in (1..=JOBS).filter(|number| number % CLIENTS == share) {
        let body = format!(
            "<jobRunOperationPayload><runIds><runId>{number}</runId></runIds></jobRunOperationPayload>"
        );
        let Ok(answer) = client.request("PUT /webacs/api/v1/op/jobService/cancelrunning", &headers, &body)
        else {
            break;
        };
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(answer.body.contains("<success><success>"), "{}", answer.body);
        done.push(number);
        answered.fetch_add(1, Ordering::Relaxed);
    }
    done
}

#[test]
fn no_answered_cancel_is_lost_by_kill_9() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut kept = 0;
    for round in 0..ROUNDS {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("ledger.db");
        seed(&runtime, &open(&database));
        let server = Server::start(&config(folder.path(), "sqlite:ledger.db"));
        let address = server.listen;
        let answered = Arc::new(AtomicUsize::new(0));
        let storms: Vec<_> = (0..CLIENTS)
            .map(|share| {
                let answered = Arc::clone(&answered);
                std::thread::spawn(move || storm(address, share, &answered))
            })
            .collect();
        // The blow falls in the middle of the storm, each round somewhere else.
        let blow = 20 + (round * 37 % 400) as usize;
        let over = || storms.iter().all(std::thread::JoinHandle::is_finished);
        while answered.load(Ordering::Relaxed) < blow && !over() {
            std::thread::yield_now();
        }
        server.kill();
        let done: Vec<i64> =
            storms.into_iter().flat_map(|storm| storm.join().expect("no wrong answer")).collect();
        assert!(done.len() >= blow, "round {round}: only {} of {blow} were answered", done.len());

        let store = open(&database);
        for number in &done {
            let (job, _) = runtime.block_on(store.get("default", *number)).expect("it was there");
            let expected = if number % 2 == 0 { State::Cancelled } else { State::Cancelling };
            assert_eq!(job.state, expected, "round {round}: job {number} was answered as cancelled");
        }
        let audited = runtime.block_on(store.audit(0, 10_000)).unwrap().entries.len();
        assert!(audited >= done.len(), "round {round}: {audited} rows for {} answers", done.len());
        kept += done.len();
        runtime.block_on(store.close());
    }
    println!("{ROUNDS} times kill -9: {kept} answered cancels, none lost");
}

/// Cancels job by job over one connection under strace; returns for each answer how many syncs ended between the
/// answer before and this one.
fn syncs_before_each_answer(store: &str) -> Vec<usize> {
    const CANCELS: i64 = 20;
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let mut command = Command::new("strace");
    command.args(["-f", "-s", "32", "-e", "trace=fdatasync,fsync,write,writev,sendto", "-o"]).arg(&trace);
    command.arg(crate::server::program()).args(["serve", "--config"]).arg(config(folder.path(), store));
    let server = Server::spawn(command);
    for number in 1..=CANCELS {
        server.control(&format!("PUT /v1/jobs/{number}"), "{\"state\":\"queued\"}");
    }
    let mut client = server.client();
    for number in 1..=CANCELS {
        let body = format!(
            "<jobRunOperationPayload><runIds><runId>{number}</runId></runIds></jobRunOperationPayload>"
        );
        let headers = format!("{BASIC}Content-Type: application/xml\r\n");
        let answer =
            client.request("PUT /webacs/api/v1/op/jobService/cancelrunning", &headers, &body).unwrap();
        assert_eq!(answer.status, 200);
    }
    drop(client);
    // strace ends, and its file is whole, when the traced program has ended.
    let traced = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", server.id())).unwrap();
    let program = traced.split_whitespace().next().expect("strace has a child").to_owned();
    assert!(Command::new("kill").args(["-TERM", &program]).status().unwrap().success());
    server.wait();

    let mut counts = Vec::new();
    let mut syncs = 0;
    for line in std::fs::read_to_string(&trace).unwrap().lines() {
        let sync = line.contains("fdatasync") || line.contains("fsync");
        let ended = line.ends_with("= 0");
        if sync && ended {
            syncs += 1;
        } else if line.contains("HTTP/1.1 200 OK") {
            counts.push(syncs);
            syncs = 0;
        }
    }
    assert_eq!(counts.len(), usize::try_from(CANCELS).unwrap(), "one 200 per cancel");
    counts
}

#[test]
fn no_200_leaves_before_the_sync_that_covers_it() {
    let counts = syncs_before_each_answer("sqlite:ledger.db");
    assert!(counts.iter().all(|syncs| *syncs >= 1), "syncs before each answer: {counts:?}");
}

#[test]
fn the_same_test_sees_a_ledger_that_does_not_sync() {
    let counts = syncs_before_each_answer("memory");
    assert!(counts.contains(&0), "syncs before each answer: {counts:?}");
}
