//! `cargo bench -p countermand-tests --bench cost`: what a request costs this program in CPU, against nginx answering a fixed
//! body in the same run, and against others who could answer the same; its memory, its start, its latency at a fixed
//! rate, and whether `kill -9` loses anything under this load. Holds all of it to the goals.
//!
//! Installs what it needs by `tests/bench/install`, where that is allowed. Flags: `--quick` (without the largest ledger, ten
//! thousand connections and slower disks; ten minutes instead of an hour at most), `--write` (the tables and drawings
//! go into `docs`), `--rounds N` (10, quick 7), `--jobs N` (1000000), `--only WORD` (groups whose name holds it: cases,
//! sizes, connections, stores, open, standing, crash).

#[path = "../client.rs"]
mod client;

#[path = "../server.rs"]
#[expect(dead_code, reason = "shared with the tests; a bench asks for less")]
mod server;

mod process;

mod asked;

#[expect(dead_code, reason = "shared with the bench of instructions, which has its own list of them")]
mod cases;

mod seed;

mod world;

mod peer;

mod load;

mod figure;

mod rows;

mod measure;

mod open_loop;

mod standing;

mod crash;

mod results;

mod report;

mod plot;

use std::path::Path;

use cases::{CANCEL, CANCEL_SCATTERED, POLL, POLL_SCATTERED};
use peer::{Kind, Peer};
use plot::Plot;
use process::{many_connections, target};
use results::Results;
use rows::sized;
use world::{Kept, Templates, World};

struct Flags {
    quick: bool,
    write: bool,
    rounds: usize,
    jobs: i64,
    /// A word in the name of the group.
    only: String,
    /// A word in the name of the row.
    rows: String,
}

fn flags() -> Flags {
    let words: Vec<String> = std::env::args().collect();
    let has = |name: &str| words.iter().any(|word| word == name);
    let after =
        |name: &str| words.iter().position(|word| word == name).and_then(|place| words.get(place + 1));
    let number =
        |name: &str, default: i64| after(name).map_or(default, |text| text.parse().expect("a number"));
    let quick = has("--quick");
    Flags {
        quick,
        write: has("--write"),
        rounds: usize::try_from(number("--rounds", if quick { 7 } else { 10 })).expect("not negative"),
        jobs: number("--jobs", 1_000_000),
        only: after("--only").cloned().unwrap_or_default(),
        rows: after("--rows").cloned().unwrap_or_default(),
    }
}

fn main() {
    let flags = flags();
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench");
    let installed = std::process::Command::new(here.join("install")).status().expect("bash is there");
    assert!(installed.success(), "what is missing is named above");
    many_connections();
    // Not where temporary files are: those may be in memory, which syncs for nothing.
    let folder = tempfile::tempdir_in(target("")).expect("target is a folder to write in");
    let results = run(&flags, folder.path());
    let text = report::markdown(&results);
    println!("\n{text}");
    if flags.write {
        let docs = here.join("../../docs");
        report::write(&docs.join("performance.md"), &text);
        std::fs::write(docs.join("performance-size.svg"), by_size(&results, &flags)).expect("docs is there");
        std::fs::write(docs.join("performance-batch.svg"), by_batch(&results)).expect("docs is there");
    }
}

fn run(flags: &Flags, folder: &Path) -> Results {
    let wanted = |name: &str| name.contains(&flags.only);
    let mut templates = Templates::new(folder);
    let mut results = Results { jobs: flags.jobs, rounds: flags.rounds, ..Results::default() };
    if wanted("crash") {
        results.kept = Some(crash::crash(3, flags.jobs, &mut templates, folder));
    }
    let sizes = rows::ledgers(flags.quick, flags.jobs);
    if wanted("standing") {
        results.standing = Some(standing::standing(&sizes, &POLL, 3, &mut templates, folder));
    }
    let anchor = Peer::start(Kind::Nginx, folder);
    let behind = Peer::start(Kind::Behind, folder);
    let mut base = Vec::new();
    for mut group in rows::groups(flags.quick, flags.jobs, behind.address) {
        group.rows.retain(|row| row.name.contains(&flags.rows));
        if wanted(group.name) && !group.rows.is_empty() {
            println!("{}: {} rows, {} rounds", group.name, group.rows.len(), flags.rounds);
            let measured =
                measure::measure(&group.rows, flags.rounds, &mut templates, &anchor, folder, &mut base);
            results.groups.push((group.name, measured));
        }
    }
    if wanted("open") {
        let ours =
            World { store: Kept::Durable, jobs: flags.jobs, front: None }.start(&mut templates, folder);
        let rounds = if flags.quick { 3 } else { 7 };
        results.open = Some(open_loop::open_loop(&ours, flags.jobs, &CANCEL, rounds, folder));
    }
    results.anchor = figure::Figure::of(&base);
    results
}

/// What a request costs over the size of the ledger.
fn by_size(results: &Results, flags: &Flags) -> String {
    let line = |case: &asked::Case| {
        let points = rows::ledgers(flags.quick, flags.jobs).into_iter();
        points.filter_map(|jobs| Some((jobs as f64, results.row(&sized(case, jobs))?.cost()?))).collect()
    };
    let lines = vec![("poll", line(&POLL_SCATTERED)), ("cancel XML, durable", line(&CANCEL_SCATTERED))];
    let title = "Cost of a request by the size of the ledger, random ids";
    Plot { title, across: "jobs in the ledger", up: "CPU µs per request", lines }.svg()
}

/// What one id of a request costs over how many there are.
fn by_batch(results: &Results) -> String {
    let names = [
        (1.0, CANCEL.name),
        (10.0, "batch XML, 10 ids"),
        (100.0, "batch XML, 100 ids"),
        (1000.0, "batch XML, 1,000 ids"),
    ];
    let point = |(ids, name): (f64, &str)| {
        let cost = results.row(name)?.cost()?;
        Some((
            ids,
            figure::Figure { low: cost.low / ids, middle: cost.middle / ids, high: cost.high / ids, ..cost },
        ))
    };
    let lines = vec![("cancel XML, durable", names.into_iter().filter_map(point).collect())];
    let title = "Cost of one id by the size of its batch";
    Plot { title, across: "ids in one request", up: "CPU µs per id", lines }.svg()
}
