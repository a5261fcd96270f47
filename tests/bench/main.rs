//! `cargo bench -p countermand-tests --bench cost`: what a request costs this program, in CPU, against nginx answering a fixed body in
//! the same run. Slices of one second, anchor and targets in turn; the median of the paired ratios is the figure.
//!
//! Needs nginx, wrk and taskset, on Linux. A slice with an error voids its row. Flags: `--rounds N` (10), `--jobs N`
//! (200000), `--connections N` (64).

#[path = "../client.rs"]
mod client;

#[path = "../server.rs"]
#[expect(dead_code, reason = "shared with the tests; a bench asks for less")]
mod server;

mod load;

mod peer;

mod seed;

use countermand_model::State;

use load::{Case, Slice, cases};
use peer::Nginx;
use seed::{open, seed};
use server::{Server, config};

/// Fewer clean slices than this say nothing.
const ENOUGH: usize = 7;

struct Flags {
    rounds: usize,
    jobs: i64,
    connections: usize,
}

fn flags() -> Flags {
    let words: Vec<String> = std::env::args().collect();
    let after =
        |name: &str| words.iter().position(|word| word == name).and_then(|place| words.get(place + 1));
    let number =
        |name: &str, default: i64| after(name).map_or(default, |text| text.parse().expect("a number"));
    let count = |name: &str, default: i64| usize::try_from(number(name, default)).expect("not negative");
    Flags {
        rounds: count("--rounds", 10),
        jobs: number("--jobs", 200_000),
        connections: count("--connections", 64),
    }
}

/// A bench of refusals would be a fast one: a sample of what was asked to be cancelled must be so.
fn verify(folder: &std::path::Path, cases: &[Case], connections: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let store = open(folder);
    for case in cases {
        for number in case.sample(connections) {
            let (job, _) = runtime.block_on(store.get("default", number)).expect("the bench seeded it");
            assert_eq!(job.state, State::Cancelled, "{}: job {number}; --jobs may be too few", case.name);
        }
    }
    runtime.block_on(store.close());
}

fn median(values: &mut [f64]) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
    (at(0.25), at(0.5), at(0.75))
}

fn main() {
    let flags = flags();
    let folder = tempfile::tempdir().expect("a folder to write in");
    println!(
        "{} queued jobs, {} connections, {} rounds of one second",
        flags.jobs, flags.connections, flags.rounds
    );
    seed(folder.path(), flags.jobs);
    let nginx = Nginx::start(folder.path());
    let mut command = std::process::Command::new("taskset");
    command.args(["-c", "0"]).arg(server::program()).args(["serve", "--config"]);
    let server = Server::spawn({
        command.arg(config(folder.path(), "sqlite:ledger.db"));
        command
    });
    let anchor = Case::anchor(nginx.address);
    let mut cases = cases(server.listen, flags.jobs);
    let mut ratios: Vec<Vec<f64>> = vec![Vec::new(); cases.len()];
    let mut costs: Vec<Vec<f64>> = vec![Vec::new(); cases.len()];
    for _ in 0..flags.rounds {
        for (place, case) in cases.iter_mut().enumerate() {
            let base = Slice::of(&anchor, nginx.worker, flags.connections, folder.path());
            let slice = Slice::of(case, server.id(), flags.connections, folder.path());
            case.advance(&slice, flags.connections);
            if let (Some(base), Some(cost)) = (base.cost(), slice.cost()) {
                ratios[place].push(cost / base);
                costs[place].push(cost);
            }
        }
    }
    server.kill();
    verify(folder.path(), &cases, flags.connections);
    println!("{:<28} {:>24} {:>12} {:>4}", "case", "R (quartiles)", "CPU us", "n");
    for ((case, ratios), costs) in cases.iter().zip(&mut ratios).zip(&mut costs) {
        if ratios.len() < ENOUGH.min(flags.rounds) {
            println!("{:<28} inconclusive: {} clean slices", case.name, ratios.len());
            continue;
        }
        let (low, middle, high) = median(ratios);
        let (_, cost, _) = median(costs);
        println!(
            "{:<28} {:>24} {:>12.1} {:>4}",
            case.name,
            format!("{middle:.2} ({low:.2}-{high:.2})"),
            cost,
            ratios.len()
        );
    }
}
