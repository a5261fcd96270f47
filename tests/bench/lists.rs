//! `cargo bench -p countermand-tests --bench lists`: how long a page of 100 takes in a durable ledger of 100,000 jobs, asked
//! of the engine as a dialect asks it. Each list is read without and with the number of all, its first page and one deep
//! inside, and with the latest child of each job.
//!
//! Flags: `--jobs N` (100000), `--rounds N` (15), `--only WORD` (lists whose name holds it).

mod shelf;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use countermand_ledger::{Config, Location, Put, Store, Wall};
use countermand_model::{Call, Caller, Command, Filter, Kin, Outcome, Page, Sort};
use tower::ServiceExt;

use shelf::{Question, questions};

struct Flags {
    rounds: usize,
    jobs: i64,
    only: String,
}

fn flags() -> Flags {
    let words: Vec<String> = std::env::args().collect();
    let after =
        |name: &str| words.iter().position(|word| word == name).and_then(|place| words.get(place + 1));
    let number = |name, default| after(name).map_or(default, |text| text.parse().expect("a number"));
    Flags {
        rounds: usize::try_from(number("--rounds", 15)).expect("not negative"),
        jobs: number("--jobs", 100_000),
        only: after("--only").cloned().unwrap_or_default(),
    }
}

fn open(folder: &Path) -> Store {
    let location = Location::File(folder.join("ledger.db"));
    let config = Config { location, clock: Arc::new(Wall), durable: true, queue: 64, readers: 1 };
    Store::open(config).expect("the bench's own ledger")
}

/// A list in one of its forms.
#[derive(Clone, Copy)]
struct Form {
    deep: bool,
    count: bool,
    kin: Kin,
}

const FORMS: [Form; 5] = [
    Form { deep: false, count: false, kin: Kin::None },
    Form { deep: false, count: true, kin: Kin::None },
    Form { deep: true, count: false, kin: Kin::None },
    Form { deep: true, count: true, kin: Kin::None },
    Form { deep: false, count: true, kin: Kin::Latest },
];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let flags = flags();
    let folder = tempfile::tempdir().expect("a folder to write in");
    let store = open(folder.path());
    for part in shelf::drafts(flags.jobs).chunks(10_000) {
        let taken =
            store.put_all("default", part.to_vec(), Put::default()).await.expect("the ledger takes them");
        assert!(taken.iter().all(Result::is_ok), "a job was refused");
    }
    store.close().await;
    let bench = Bench { store: open(folder.path()), rounds: flags.rounds };
    let bytes = std::fs::metadata(folder.path().join("ledger.db")).map_or(0, |file| file.len());
    println!("{} jobs, {} MiB, median of {} in ms (slowest)", flags.jobs, bytes >> 20, flags.rounds);
    println!(
        "{:<52} {:>7} {:>14} {:>14} {:>14} {:>14} {:>14}",
        "list", "fits", "first", "first, total", "deep", "deep, total", "latest, total"
    );
    for question in questions(flags.jobs).into_iter().filter(|question| question.name.contains(&flags.only)) {
        bench.ask(&question).await;
    }
    bench.store.close().await;
}

struct Bench {
    store: Store,
    rounds: usize,
}

impl Bench {
    /// A line of the table.
    async fn ask(&self, question: &Question) {
        let Some(sort) = &question.sort else {
            let (figure, groups) =
                self.time(question, Command::Runs { filter: question.filter.clone() }).await;
            return println!("{:<52} {groups:>7} {figure:>14}", question.name);
        };
        let everything = list(&question.filter, sort, Page { first: 0, size: 0 }, FORMS[1]);
        let (_, fits) = self.time(question, everything).await;
        let mut line = format!("{:<52} {fits:>7}", question.name);
        for form in FORMS {
            let page = Page { first: if form.deep { fits * 9 / 10 } else { 0 }, size: 100 };
            let (figure, _) = self.time(question, list(&question.filter, sort, page, form)).await;
            line.push_str(&format!(" {figure:>14}"));
        }
        println!("{line}");
    }

    /// How long it takes, and how many there are, as far as the answer says.
    async fn time(&self, question: &Question, command: Command) -> (String, u64) {
        let (mut times, mut fits) = (Vec::new(), 0);
        for _ in 0..self.rounds {
            let call = Call {
                command: command.clone(),
                caller: Caller::default(),
                dialect: question.dialect,
                request_id: String::new(),
            };
            let begun = Instant::now();
            let outcome = self.store.engine("default").oneshot(call).await.expect("an answer");
            times.push(begun.elapsed().as_secs_f64() * 1000.0);
            fits = match outcome {
                Outcome::Listed { total, .. } => total.unwrap_or(0),
                Outcome::Runs { parents, .. } => parents.len() as u64,
                other => panic!("neither a list nor runs: {other:?}"),
            };
        }
        times.sort_by(f64::total_cmp);
        (format!("{:.1} ({:.1})", times[times.len() / 2], times[times.len() - 1]), fits)
    }
}

fn list(filter: &Filter, sort: &[Sort], page: Page, form: Form) -> Command {
    Command::List { filter: filter.clone(), sort: sort.to_vec(), page, count: form.count, kin: form.kin }
}
